"""The life of a coaching session, what the data suggest for its agenda, and how a follow-up is to be read."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from db.records import AgendaPoint, CoachingSession, CoachingState, Dispute, Goal, GoalState, PointKind
from qa_app.coaching import Place, Proposal, is_overdue
from qa_app.domain.coaching import Guidance
from qa_app.domain.coaching_terms import require_follow_up, require_held
from qa_app.domain.moves import Move, find_move
from qa_app.estimate import Estimate, Measured
from qa_app.reports import Advice, EvidenceLine, RatingLine, ReviewLine
from qa_app.words import write_count, write_day

_S = CoachingState

MOVES: tuple[Move[CoachingState], ...] = (
    Move("hold", frozenset({_S.PLANNED}), _S.HELD, "coaching.write"),
    Move("call off", frozenset({_S.PLANNED}), _S.CANCELLED, "coaching.write"),
    Move("follow up", frozenset({_S.HELD}), _S.FOLLOWED_UP, "coaching.write"),
)

WINDOW_DAYS = 56
"""Of a follow-up, to each side: eight weeks hold enough reviews of one agent to say something."""
LEAST_COLLEAGUES = 3
"""Fewer are no team to compare with, and their figure would be one person's."""
_MOST_PRAISED = 2


def require_move(source: CoachingState, target: CoachingState) -> Move[CoachingState]:
    """The move from one state to another; raises Refused where there is none."""
    return find_move(MOVES, source=source, target=target, thing="coaching session")


def hold(
    session: CoachingSession, day: date | None, follow_up_on: date | None, *, planned_on: date, today: date
) -> CoachingSession:
    """The session as held on a day, else on its own as far as that has come; `planned_on`: when it was planned.

    Raises:
        Refused: it cannot have been held on that day, or its follow-up would not come after it.
    """
    held_on = day or min(session.held_on, today)
    require_held(held_on, first=min(session.held_on, planned_on), today=today)
    held = replace(session, held_on=held_on, follow_up_on=follow_up_on or session.follow_up_on)
    require_follow_up(held_on, held.follow_up_on)
    return held


def split_days(set_on: date, today: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """First and last day before and after a goal was set: its own day still belongs to before."""
    window = timedelta(days=WINDOW_DAYS)
    one = timedelta(days=1)
    return (set_on - window + one, set_on), (set_on + one, max(min(today, set_on + window), set_on))


def propose(
    guidance: Guidance,
    lines: Sequence[ReviewLine],
    goals: Iterable[Goal],
    disputes: Iterable[tuple[Dispute, ReviewLine | None]],
    *,
    n_unread: int,
    today: date,
) -> tuple[Proposal, ...]:
    """What to praise, what to practise, open goals, open disputes and unread reviews, in the order of a session.

    `lines` are the released reviews, newest first; each praise and each practice comes with the answer that shows it.
    """
    found = [_advised(PointKind.PRAISE, advice, lines, best=True) for advice in guidance.praise]
    found += _praised(lines)
    found += [_advised(PointKind.PRACTISE, advice, lines, best=False) for advice in guidance.practise]
    found += [_goal(goal, today) for goal in goals if goal.state is GoalState.OPEN]
    found += [_dispute(dispute, line) for dispute, line in disputes]
    if n_unread:
        found.append(Proposal(PointKind.UNREAD, f"{write_count(n_unread, 'review')} not acknowledged yet."))
    return tuple(found)


def leave_out(proposals: Iterable[Proposal], points: Iterable[AgendaPoint]) -> tuple[Proposal, ...]:
    """The proposals that are not on the agenda yet."""
    there = {(point.kind, point.skill, point.goal_id, point.review_id) for point in points}
    by_skill = {(point.kind, point.skill) for point in points if point.skill and point.kind is PointKind.PRACTISE}
    return tuple(
        one
        for one in proposals
        if (one.kind, one.skill) not in by_skill
        and (one.kind, one.skill, one.goal_id, one.place.review_id if one.place else None) not in there
    )


def find_place(line: ReviewLine, rating: RatingLine) -> Place:
    """The place of one answer: its first piece of evidence, where there is one."""
    evidence: EvidenceLine | None = next(iter(rating.evidence), None)
    words = f"{rating.label}: {rating.answer}"
    return Place(line.review.id, rating.criterion_id, line.ticket.external_id, words, evidence)


def read_follow_up(
    change: Measured, before: Measured, after: Measured, team_before: Measured, *, target: Decimal | None
) -> tuple[str, ...]:
    """What must be said with the figures: few reviews, noise, return to the mean, the target."""
    remarks = []
    if isinstance(change, Estimate):
        if change.low is None or change.high is None:
            remarks.append("Too few reviews to tell a change from noise.")
        elif change.low <= 0 <= change.high:
            remarks.append("Within noise: these reviews do not show that anything changed.")
    low = isinstance(before, Estimate) and isinstance(team_before, Estimate) and before.value < team_before.value
    if low:
        remarks.append(
            "The skill stood below the team's when it was chosen. What is chosen for being low tends to rise by itself "
            "(regression to the mean); the comparison with the team does not take that out."
        )
    if target is not None:
        remarks.append(tell_target(after, target))
    return tuple(remarks)


def tell_target(measured: Measured, target: Decimal) -> str:
    """How a mean stands to its target."""
    if not isinstance(measured, Estimate):
        return f"Target {target.normalize():f}%: no review yet."
    surely = measured.low if measured.low is not None else None
    if surely is not None and surely >= target:
        return f"Target {target.normalize():f}% reached: even the lower limit lies there."
    if measured.value >= target:
        return f"Target {target.normalize():f}% reached, but the margin still reaches below it."
    if measured.high is not None and measured.high < target:
        return f"Target {target.normalize():f}% not reached: even the upper limit lies below it."
    return f"Target {target.normalize():f}% not reached yet, though the margin reaches it."


def _advised(kind: PointKind, advice: Advice, lines: Sequence[ReviewLine], *, best: bool) -> Proposal:
    """The highest or lowest answer of the skill shows it, one with evidence before one without."""
    rated = [
        ((-rating.value if best else rating.value), not rating.evidence, place, line, rating)
        for place, line in enumerate(lines)
        for rating in line.ratings
        if rating.skill == advice.skill and rating.value is not None
    ]
    shown = min(rated, key=lambda one: one[:3], default=None)
    where = find_place(shown[3], shown[4]) if shown else None
    return Proposal(kind, f"{advice.label}: {advice.why}", advice.skill, where)


def _praised(lines: Sequence[ReviewLine]) -> list[Proposal]:
    marked = [(line, rating) for line in lines for rating in line.ratings if rating.praise]
    return [
        Proposal(
            PointKind.PRAISE,
            f"A reviewer praised: {rating.label}." + (f" {rating.comment}" if rating.comment else ""),
            rating.skill,
            find_place(line, rating),
        )
        for line, rating in marked[:_MOST_PRAISED]
    ]


def _goal(goal: Goal, today: date) -> Proposal:
    due = ""
    if goal.due_on is not None:
        due = f" ({'overdue since' if is_overdue(goal, today) else 'until'} {write_day(goal.due_on)})"
    return Proposal(PointKind.GOAL, f"{goal.text}{due}", goal.skill, goal_id=goal.id)


def _dispute(dispute: Dispute, line: ReviewLine | None) -> Proposal:
    where = Place(dispute.review_id, None, line.ticket.external_id, "Contested review", None) if line else None
    return Proposal(PointKind.DISPUTE, f"Open dispute: {dispute.reason}", place=where)
