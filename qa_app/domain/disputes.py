"""Disputes: what may be contested until when, who grades again, who decides, and what follows for the review."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from db.records import (
    Dispute,
    DisputeItem,
    DisputeKind,
    DisputeState,
    Person,
    PersonId,
    Review,
    ReviewState,
    Role,
    TeamId,
)
from qa_app.domain.moves import Move, find_move
from qa_app.errors import NotAllowed, Refused
from qa_app.words import write_count
from scorecards.answers import Answer
from scorecards.model import DisputeRules, Scorecard
from scorecards.narrowing import with_drivers
from scorecards.scoring import Given, check

_S = DisputeState

MOVES: tuple[Move[DisputeState], ...] = (
    Move("uphold", frozenset({_S.OPEN}), _S.UPHELD, "dispute.decide"),
    Move("revise", frozenset({_S.OPEN}), _S.REVISED, "dispute.decide"),
    Move("revise in part", frozenset({_S.OPEN}), _S.PARTLY_REVISED, "dispute.decide"),
    Move("settle as wrong agent", frozenset({_S.OPEN}), _S.WRONG_AGENT, "dispute.decide"),
    Move("withdraw", frozenset({_S.OPEN}), _S.WITHDRAWN, "dispute.raise"),
)

REVIEW_AFTER: Mapping[DisputeState, ReviewState] = MappingProxyType(
    {
        _S.OPEN: ReviewState.DISPUTED,
        _S.UPHELD: ReviewState.UPHELD,
        _S.REVISED: ReviewState.REVISED,
        _S.PARTLY_REVISED: ReviewState.REVISED,
        _S.WRONG_AGENT: ReviewState.REVISED,
        _S.WITHDRAWN: ReviewState.ACKNOWLEDGED,
    }
)
"""The state of the review while a dispute is open, and once it has ended; of a wrong agent's, unless it is voided."""

CONTESTABLE = frozenset({ReviewState.RELEASED, ReviewState.ACKNOWLEDGED, ReviewState.UPHELD})
LONGEST = 8000
"""Characters of a reason or a decision."""
_ABOUT_WORDS = frozenset({"comment-required", "reason-required"})
"""Problems of an answer that the words of a decision make good."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the agent may contest, and until when."""

    rules: DisputeRules
    until: datetime
    rounds_left: int
    problem: str
    """Why nothing can be contested now, in a sentence; empty where it can."""

    @property
    def open(self) -> bool:
        """Whether the review can be contested now."""
        return not self.problem


def require_move(source: DisputeState, target: DisputeState) -> Move[DisputeState]:
    """The move from one state to another; raises Refused where there is none."""
    return find_move(MOVES, source=source, target=target, thing="dispute")


def end_of_window(first_released_at: datetime, *, days: int) -> datetime:
    """Until when the review may be contested; a correction does not start the time again."""
    return first_released_at + timedelta(days=days)


def due_after(raised_at: datetime, rules: DisputeRules) -> datetime:
    """By when a dispute is decided."""
    return raised_at + timedelta(days=rules.decision_days)


def is_overdue(dispute: Dispute, *, now: datetime) -> bool:
    """Whether it is still open after the day by which it was to be decided."""
    return dispute.state is DisputeState.OPEN and dispute.due_at is not None and now > dispute.due_at


def tell_terms(review: Review, rules: DisputeRules, *, rounds_used: int, now: datetime) -> Terms:
    """What may be contested until when; `rounds_used` counts earlier disputes of the review that were not withdrawn."""
    until = end_of_window(review.released_at or now, days=rules.window_days)
    left = max(rules.rounds - rounds_used, 0)
    return Terms(rules, until, left, _find_problem(review, rules, until, left, now))


def _find_problem(review: Review, rules: DisputeRules, until: datetime, left: int, now: datetime) -> str:
    if not rules.allowed:
        return "The scorecard of this review allows no disputes."
    if review.state is ReviewState.DISPUTED:
        return "The review is contested already; wait for the decision."
    if review.state not in CONTESTABLE:
        return f"The review is {review.state}; only a released or acknowledged one can be contested."
    if left == 0:
        times = "once" if rules.rounds == 1 else f"{rules.rounds} times"
        return f"The review was contested before, and its scorecard allows that {times}."
    if now > until:
        after = write_count(rules.window_days, "day")
        return f"The time to contest it ended on {until.day} {until:%B %Y}, {after} after its release."
    return ""


def require_raisable(dispute: Dispute, review: Review, terms: Terms, scorecard: Scorecard) -> None:
    """Do nothing where the dispute may be raised.

    Raises:
        Refused: the review's state, the window, the rounds or the dispute itself does not allow it; all is said at
            once.
    """
    problems = [terms.problem] if terms.problem else []
    if dispute.kind is DisputeKind.WRONG_AGENT:
        problems += [] if dispute.reason.strip() else ["Say why this was not your work."]
        problems += ["Contest either the grades or that it was your work."] if dispute.items else []
    else:
        problems += _find_item_problems(dispute, review, scorecard)
    if max((len(dispute.reason), *(len(item.reason) for item in dispute.items))) > LONGEST:
        problems.append(f"A reason has {LONGEST} characters at most; shorten it.")
    if problems:
        raise Refused("dispute-not-possible", " ".join(problems))


def _find_item_problems(dispute: Dispute, review: Review, scorecard: Scorecard) -> list[str]:
    problems = []
    if not dispute.reason.strip() and not dispute.items:
        problems.append("Say what you contest: a reason for the whole review, or one for each criterion.")
    given = {rating.criterion_id: rating.answer for rating in review.ratings}
    labels = {criterion.id: criterion.label for criterion in scorecard.criteria}
    keys = [item.criterion_id for item in dispute.items]
    problems += [f"“{labels.get(key, key)}” stands there twice." for key in dict.fromkeys(keys) if keys.count(key) > 1]
    for item in dispute.items:
        if item.criterion_id not in given:
            problems.append(f"There is no criterion {item.criterion_id!r} in this review.")
            continue
        label = labels[item.criterion_id]
        if not item.reason.strip():
            problems.append(f"“{label}” is contested without a reason; give one.")
        if item.proposed == given[item.criterion_id]:
            problems.append(f"“{label}” has the proposed answer already.")
        elif item.proposed is not None:
            problems += find_misfits(scorecard, given, {item.criterion_id: item.proposed})
    return problems


def find_misfits(scorecard: Scorecard, given: Mapping[str, Answer], changed: Mapping[str, Answer]) -> list[str]:
    """Why these answers cannot stand in the place of those given, in sentences; comments and reasons aside."""
    after = {key: Given(answer) for key, answer in {**given, **changed}.items()}
    return [
        f"{problem.message[:1].upper()}{problem.message[1:]}."
        for problem in check(scorecard, after)
        if problem.code not in _ABOUT_WORDS
        and (
            problem.criterion_id in changed
            or (problem.code == "missing-answer" and _is_new(problem.criterion_id, given))
        )
    ]


def _is_new(criterion_id: str, given: Mapping[str, Answer]) -> bool:
    """Whether a criterion had no answer before because it was not asked."""
    return criterion_id not in given or given[criterion_id].state == "missing"


def list_asked_again(scorecard: Scorecard, dispute: Dispute) -> tuple[str, ...] | None:
    """The criteria that a second grader grades, with those that their conditions rest on; None: the whole form."""
    contested = [item.criterion_id for item in dispute.items]
    if not contested or scorecard.disputes.graded_again == "whole":
        return None
    asked = with_drivers(scorecard, contested)
    return None if len(asked) == len(scorecard.criteria) else asked


def needs_second_grade(dispute: Dispute, rules: DisputeRules) -> bool:
    """Whether a blind second grade comes before the decision."""
    return dispute.kind is DisputeKind.GRADES and rules.decided_by == "blind"


def pick_second_grader(
    people: Collection[Person],
    *,
    not_blind: Collection[PersonId],
    holders: Collection[PersonId] | None,
    load: Mapping[PersonId, int],
    team_id: TeamId | None = None,
) -> tuple[Person, ...]:
    """Who can grade a second time, the least loaded first, then by name.

    Args:
        people: Everybody there is.
        not_blind: The agent, the author, and who has graded the ticket, opened the review or was asked before.
        holders: Who has the certificate that the scorecard asks for; None where it asks for none.
        load: How many assignments each has open.
        team_id: The agent's; who is limited to other teams is left out.
    """
    able = [
        person
        for person in people
        if person.active
        and Role.REVIEWER in person.roles
        and person.id not in not_blind
        and (not person.team_scope or team_id in person.team_scope)
        and (holders is None or person.id in holders)
    ]
    return tuple(sorted(able, key=lambda person: (load.get(person.id, 0), person.name.casefold(), person.id)))


def name_owner(
    dispute: Dispute, review: Review, rules: DisputeRules, *, second_grader: PersonId | None
) -> PersonId | None:
    """Who may decide besides leads: the author where the scorecard says so, or the second grader.

    `second_grader` is given once their grade is in.
    """
    if dispute.kind is DisputeKind.WRONG_AGENT or rules.decided_by == "lead":
        return None
    return review.reviewer_id if rules.decided_by == "author" else second_grader


def tell_deciders(dispute: Dispute, rules: DisputeRules) -> str:
    """Who may decide, in a sentence."""
    lead = "a lead of the agent's team"
    if dispute.kind is DisputeKind.WRONG_AGENT or rules.decided_by == "lead":
        return f"This dispute is decided by {lead}."
    if rules.decided_by == "author":
        return f"This dispute is decided by the author of the review, or by {lead}."
    return f"This dispute is decided by {lead}, or by the second grader once their grade is in."


def require_decider(review: Review, decider: PersonId, *, owner: PersonId | None = None) -> None:
    """Do nothing where the decider is neither the author (unless the scorecard says so) nor the agent of the review.

    Raises:
        NotAllowed: one would judge one's own grade or one's own work.
    """
    if decider == review.agent_id or (decider == review.reviewer_id and owner != decider):
        raise NotAllowed(
            "own-dispute",
            "A dispute is decided by somebody who neither gave the grade nor did the work. Ask a colleague.",
        )


def require_words(words: str) -> str:
    """The words of a decision, without blanks around them; raises Refused where there are none or too many."""
    words = words.strip()
    if not words:
        raise Refused("dispute-decision", "Write what was decided and why; the agent reads it.")
    if len(words) > LONGEST:
        raise Refused("dispute-decision", f"A decision has {LONGEST} characters at most; shorten it.")
    return words


def conclude(items: Sequence[DisputeItem], changed: Collection[str]) -> DisputeState:
    """What a decision comes to: nothing changed, all that was contested, or some of it or something else."""
    if not changed:
        return DisputeState.UPHELD
    contested = {item.criterion_id for item in items}
    return DisputeState.REVISED if contested <= set(changed) else DisputeState.PARTLY_REVISED
