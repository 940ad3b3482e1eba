"""Setting a calibration session up: its tickets and how each was picked, what keeps it from opening, who gets what."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from db.engine import Transaction
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    CalibrationSession,
    Frame,
    PersonId,
    Purpose,
    Review,
    ReviewId,
    ReviewState,
    Sample,
    SampleItem,
    ScorecardVersion,
    ScorecardVersionId,
    Selection,
    SessionKind,
    SessionState,
    SessionTicket,
    TicketId,
)
from db.store import assignments, calibration, people, reviews, samples, scorecards, tickets
from db.store.contested import Contested, contested
from qa_app.domain.access import allows, reach
from qa_app.domain.calibration import graders, is_own, is_provably_blind, opening_problems, settled_tickets
from qa_app.domain.sampling import find_replacement
from qa_app.errors import Refused
from qa_app.workflows.context import Context
from qa_app.workflows.forms import form_of
from qa_app.workflows.in_force import find_published
from qa_app.workflows.sampling import NewPlan, draw_within
from qa_app.workflows.scope import find_blind_tickets, limit_frame
from scorecards.narrowing import with_drivers

_NEXT_IN_LINE = "one of the graders of the calibration handled it, or has it to grade already"


@dataclass(frozen=True, slots=True)
class Picks:
    """Which tickets a session wants, and how they are to be picked; the ways may be mixed."""

    plan: NewPlan | None = None
    """Draws tickets as a part of opening: a session that is refused leaves no sample behind."""
    contested: int = 0
    """So many of the most contested tickets besides."""
    by_hand: tuple[TicketId, ...] = ()
    selection: Selection = Selection.BY_HAND
    """How the tickets in `by_hand` were picked, where something else picked them before."""
    seed: int = 1


def pick_tickets(
    tx: Transaction, context: Context, picks: Picks, grader_ids: Sequence[PersonId]
) -> tuple[SessionTicket, ...]:
    """The tickets of a new session, each with how it was picked: drawn ones first, then contested, then by hand.

    What was drawn stays drawn although it is contested as well: it belongs to the random core. A drawn ticket that one
    of the graders handled, discussed before or has open in another session is exchanged for the next in line.
    """
    spoilt = _find_spoilt(tx, grader_ids)
    picked: dict[TicketId, Selection] = {}
    if picks.plan is not None:
        sample = draw_within(tx, context, picks.plan, seed=picks.seed)
        drawn = _exchange(tx, sample, spoilt, grader_ids)
        picked = dict.fromkeys(drawn, sample.selection)
    if picks.contested:
        frame = picks.plan.frame if picks.plan is not None else Frame()
        found = (one.ticket_id for one in find_contested(tx, context, frame))
        worst = [key for key in found if key not in spoilt and key not in picked]
        heads = tickets.tickets_by_id(tx, worst)
        fit = [key for key in worst if not is_own(heads[key], grader_ids)]
        picked |= dict.fromkeys(fit[: picks.contested], Selection.TARGETED)
    chosen = [key for key in picks.by_hand if key not in picked]
    # One that stands twice by hand stays twice, so that opening can say so.
    together = [*picked.items(), *((key, picks.selection) for key in chosen)]
    return tuple(SessionTicket(key, place, how) for place, (key, how) in enumerate(together, start=1))


def find_contested(tx: Transaction, context: Context, frame: Frame) -> tuple[Contested, ...]:
    """Contested tickets within the actor's reach, most contested first, without those that they grade blind."""
    within = limit_frame(context.actor, "calibration.open", replace(frame, reviewed=None))
    hidden = find_blind_tickets(tx, context.actor.id)
    return tuple(one for one in contested(tx, within) if one.ticket_id not in hidden)


def choose_criteria(tx: Transaction, version_id: ScorecardVersionId, wanted: Sequence[str]) -> tuple[str, ...] | None:
    """The criteria that a session grades, with those that their conditions rest on; None for all.

    Raises:
        Refused: the scorecard has no such criterion.
    """
    version = scorecards.version(tx, version_id)
    if version is None or not wanted:
        return None
    known = {criterion.id for criterion in version.scorecard.criteria}
    unknown = sorted(set(wanted) - known)
    if unknown:
        raise Refused("unknown-criterion", f"The scorecard has no criterion {', '.join(unknown)}.")
    chosen = with_drivers(version.scorecard, wanted)
    return None if len(chosen) == len(known) else chosen


def find_drawn_session(context: Context, sample: Sample) -> CalibrationSession | None:
    """The calibration that a sample was drawn for: its tickets are handed out by opening that, and not again.

    None too for whoever does not run calibrations, and where the session was cancelled.
    """
    if reach(context.actor, "calibration.open").nothing or not sample.items:
        return None
    standing = {item.replaced_by or item.ticket_id for item in sample.items}
    with context.store.read() as tx:
        found = calibration.sessions(tx, ticket_id=min(standing))
    for session in found:
        drawn = {one.ticket_id for one in session.tickets if one.selection is sample.selection}
        if drawn == standing and session.state is not SessionState.CANCELLED:
            return session
    return None


def check_set_up(tx: Transaction, context: Context, session: CalibrationSession) -> None:
    """Do nothing where the session can be opened; raises Refused with all that is wrong."""
    find_published(tx, session.scorecard_version_id)
    wanted = [item.ticket_id for item in session.tickets]
    found = tickets.tickets_by_id(tx, wanted)
    handlers = {
        key: (*((ticket.agent_id,) if ticket.agent_id else ()), *ticket.other_agent_ids)
        for key, ticket in found.items()
    }
    problems = list(opening_problems(session, handlers))
    within = [ticket for ticket in found.values() if allows(context.actor, "calibration.open", team_id=ticket.team_id)]
    if len(within) < len(set(wanted)):
        problems.append("One of these tickets does not exist, or is out of your reach; choose again.")
    problems += idle_problems(tx, graders(session))
    if problems:
        raise Refused("session-set-up", " ".join(problems))


def idle_problems(tx: Transaction, grader_ids: Sequence[PersonId]) -> tuple[str, ...]:
    """A sentence where some of these people cannot grade; nothing where all can."""
    known = people.people_by_id(tx, grader_ids)
    idle = [key for key in grader_ids if key not in known or reach(known[key], "calibration.grade").nothing]
    if not idle:
        return ()
    return (f"{len(idle)} of the reviewers may not grade or have no active account; choose again.",)


def take_existing(tx: Transaction, context: Context, session: CalibrationSession) -> Mapping[PersonId, set[TicketId]]:
    """Copy everyday reviews that are provably blind into a session that starts from existing ones.

    Returns the tickets that each grader has a grade of by now. The everyday review stays as it is, and counts for its
    agent as before; the copy belongs to the session alone.
    """
    taken: dict[PersonId, set[TicketId]] = {}
    if session.kind is not SessionKind.EXISTING:
        return taken
    version = scorecards.version(tx, session.scorecard_version_id)
    keys = [item.ticket_id for item in session.tickets]
    found = reviews.reviews(tx, ticket_ids=keys, purpose=Purpose.QUALITY, superseded=True)
    heads = tickets.tickets_by_id(tx, keys)
    now = context.now()
    blind = [review for review in found if is_provably_blind(review, session, heads[review.ticket_id], now=now)]
    copies: dict[ReviewId, ReviewId] = {}
    made = []
    for review in blind:
        if review.ticket_id not in taken.setdefault(review.reviewer_id, set()) and version is not None:
            made.append(_copy(context, review, session, version))
            copies[made[-1].id] = review.id
            taken[review.reviewer_id].add(review.ticket_id)
    reviews.add_reviews(tx, made)
    calibration.add_copies(tx, copies)
    return taken


def hand_out(
    session: CalibrationSession, graded: Mapping[PersonId, set[TicketId]], *, new_id: Callable[[], str]
) -> tuple[Assignment, ...]:
    """Every ticket for every grader, but for those that are graded already."""
    return tuple(
        Assignment(
            id=AssignmentId(new_id()),
            ticket_id=item.ticket_id,
            scorecard_version_id=session.scorecard_version_id,
            reviewer_id=grader,
            purpose=Purpose.CALIBRATION,
            selection=item.selection,
            state=AssignmentState.OPEN,
            assigned_at=session.created_at,
            assigned_by=session.facilitator_id,
            due_at=session.due_at,
            session_id=session.id,
        )
        for grader in graders(session)
        for item in session.tickets
        if item.ticket_id not in graded.get(grader, ())
    )


def withdraw_open(tx: Transaction, context: Context, session: CalibrationSession, reason: str) -> None:
    """Take back what is still to be graded."""
    for left in assignments.assignments(tx, session_id=session.id, state=AssignmentState.OPEN):
        assignments.set_assignment_state(tx, left.id, AssignmentState.WITHDRAWN, at=context.now(), reason=reason)


def _find_spoilt(tx: Transaction, grader_ids: Sequence[PersonId]) -> frozenset[TicketId]:
    """Tickets that a grader discussed in a session before, or has to grade already, in another or in daily work."""
    discussed = {
        key
        for grader in grader_ids
        for session in calibration.sessions(tx, grader_id=grader)
        for key in settled_tickets(session)
    }
    waiting = {
        one.ticket_id
        for grader in grader_ids
        for one in assignments.assignments(tx, reviewer_id=grader, state=AssignmentState.OPEN)
    }
    return frozenset(discussed | waiting)


def _exchange(
    tx: Transaction, sample: Sample, spoilt: frozenset[TicketId], grader_ids: Sequence[PersonId]
) -> Iterator[TicketId]:
    """The tickets of a sample in its order, with the next in line of its stratum for each that cannot be graded."""
    drawn = [item.ticket_id for item in sample.items]
    heads = tickets.tickets_by_id(tx, drawn)
    unfit = {key for key in drawn if key in spoilt or is_own(heads[key], grader_ids)}
    if unfit.isdisjoint(drawn):
        yield from drawn
        return
    everything = tickets.frame_tickets(tx, sample.plan.frame)
    fit = [ticket for ticket in everything if ticket.id not in spoilt and not is_own(ticket, grader_ids)]
    for place, item in enumerate(sample.items):
        if item.ticket_id not in unfit:
            yield item.ticket_id
            continue
        stand_in = find_replacement(sample, fit, item.ticket_id)
        if stand_in is not None:
            samples.replace_item(tx, sample.id, item.ticket_id, by=stand_in, reason=_NEXT_IN_LINE)
            sample = replace(sample, items=_put(sample.items, place, replace(item, replaced_by=stand_in)))
            yield stand_in


def _put(items: tuple[SampleItem, ...], place: int, item: SampleItem) -> tuple[SampleItem, ...]:
    return (*items[:place], item, *items[place + 1 :])


def _copy(context: Context, review: Review, session: CalibrationSession, version: ScorecardVersion) -> Review:
    form = form_of(version, session)
    asked = {criterion.id for criterion in form.version.scorecard.criteria}
    ratings = tuple(rating for rating in review.ratings if rating.criterion_id in asked)
    selection = next(item.selection for item in session.tickets if item.ticket_id == review.ticket_id)
    return replace(
        review,
        id=ReviewId(context.new_id()),
        purpose=Purpose.CALIBRATION,
        selection=selection,
        state=ReviewState.SUBMITTED,
        ratings=ratings,
        evidence=tuple(quote for quote in review.evidence if quote.criterion_id in asked),
        assignment_id=None,
        session_id=session.id,
        released_at=None,
        submission_key=None,
        score=form.score(ratings),
    )
