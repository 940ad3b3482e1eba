"""Calibration sessions: their states, who may see which answers when, and what makes a grade blind.

The blindness rule: until a session is revealed, nobody sees another's answers, whoever asks and by whatever way. It is
stricter than the access policy, and workflows ask both.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from db.records import (
    CalibrationSession,
    Person,
    PersonId,
    Purpose,
    Review,
    Role,
    SessionId,
    SessionState,
    Ticket,
    TicketId,
)
from qa_app.domain.moves import Move, find_move
from qa_app.domain.review_states import COMPLETE, UNDO_WINDOW
from qa_app.errors import Refused
from qa_app.words import write_count

_S = SessionState

MOVES: tuple[Move[SessionState], ...] = (
    Move("open", frozenset({_S.DRAFT}), _S.OPEN, "calibration.open"),
    Move("reveal", frozenset({_S.OPEN}), _S.REVEALED, "calibration.reveal"),
    Move("close", frozenset({_S.REVEALED}), _S.CLOSED, "calibration.record"),
    Move("cancel", frozenset({_S.DRAFT, _S.OPEN}), _S.CANCELLED, "calibration.open"),
)
"""There is no way back from revealed: what was seen cannot be unseen, so a second try is a new session."""

REVEALED = frozenset({_S.REVEALED, _S.CLOSED})
_STILL_BLIND = frozenset({_S.DRAFT, _S.OPEN})
_ANSWERABLE = frozenset({Role.ADMIN, Role.MANAGER, Role.FACILITATOR})
_LEAST_REVIEWERS = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reviewer is: all that anyone may know of another before the reveal."""

    reviewer_id: PersonId
    submitted: int
    expected: int


def require_move(source: SessionState, target: SessionState) -> Move[SessionState]:
    """The move from one state to another; raises Refused where there is none."""
    return find_move(MOVES, source=source, target=target, thing="calibration session")


def graders(session: CalibrationSession) -> tuple[PersonId, ...]:
    """Everybody who grades in the session: its reviewers and, where there is one, the expert."""
    expert = () if session.expert_id is None else (session.expert_id,)
    return tuple(dict.fromkeys((*session.reviewer_ids, *expert)))


def attendants(session: CalibrationSession) -> tuple[PersonId, ...]:
    """Everybody who can be at the meeting: who runs it, who graded, and the expert."""
    return tuple(dict.fromkeys((session.facilitator_id, *graders(session))))


def opening_problems(session: CalibrationSession, handlers: Mapping[TicketId, Collection[PersonId]]) -> tuple[str, ...]:
    """Everything that keeps a draft from being opened, in sentences for people; empty where it is fine.

    `handlers` are the agents who handled each ticket.
    """
    problems = []
    if not session.tickets:
        problems.append("The session has no ticket; add at least one, better six or more.")
    if len(session.reviewer_ids) < _LEAST_REVIEWERS:
        there = write_count(len(session.reviewer_ids), "reviewer")
        problems.append(f"The session has {there}; agreement needs at least {_LEAST_REVIEWERS}.")
    if len({ticket.ticket_id for ticket in session.tickets}) < len(session.tickets):
        problems.append("A ticket stands twice in the session; keep it once.")
    own = sum(
        1 for ticket in session.tickets for grader in graders(session) if grader in handlers.get(ticket.ticket_id, ())
    )
    if own:
        problems.append(f"Own work would be graded in {write_count(own, 'case')}; take those tickets or reviewers out.")
    return tuple(problems)


def is_own(ticket: Ticket, grader_ids: Collection[PersonId]) -> bool:
    """Whether one of the graders handled the ticket, and so may not grade it."""
    return not {ticket.agent_id, *ticket.other_agent_ids}.isdisjoint(grader_ids)


def settled_tickets(session: CalibrationSession) -> frozenset[TicketId]:
    """Tickets that nobody who grades in this session can grade blind in another one: discussed, or about to be."""
    if session.state is SessionState.CANCELLED:
        return frozenset()
    return frozenset(item.ticket_id for item in session.tickets)


def is_provably_blind(review: Review, session: CalibrationSession, ticket: Ticket, *, now: datetime) -> bool:
    """Whether an everyday review may stand in a session for a grade of its author.

    It was stored when it was submitted that no other grade could be seen; it is a first grade and no correction, which
    comes after talk; and it answers the same wording about the same words: this very version of the scorecard, and of
    the ticket. What its author learned afterwards cannot have changed it, once the submit cannot be undone any more.
    """
    return (
        review.purpose is Purpose.QUALITY
        and review.state in COMPLETE
        and review.submitted_at is not None
        and now - review.submitted_at > UNDO_WINDOW
        and review.saw_other_grades is False
        and review.supersedes_id is None
        and review.reviewer_id in graders(session)
        and review.scorecard_version_id == session.scorecard_version_id
        and (review.ticket_id, review.ticket_version) == (ticket.id, ticket.version)
    )


def measure_progress(session: CalibrationSession, submitted: Mapping[PersonId, int]) -> tuple[Progress, ...]:
    """How far each grader is, in the session's order."""
    return tuple(Progress(grader, submitted.get(grader, 0), len(session.tickets)) for grader in graders(session))


def require_revealable(session: CalibrationSession, submitted: Mapping[PersonId, int]) -> None:
    """Do nothing where the session may be revealed. Waiting for everybody is wise but not required.

    Raises:
        Refused: it is not open, or fewer than two reviewers have submitted anything.
    """
    require_move(session.state, SessionState.REVEALED)
    ready = sum(1 for reviewer in session.reviewer_ids if submitted.get(reviewer, 0) > 0)
    if ready < _LEAST_REVIEWERS:
        raise Refused(
            "nothing-to-reveal",
            f"Grades of {write_count(ready, 'reviewer')} are in, and it takes {_LEAST_REVIEWERS} to compare. "
            "Wait for more, or cancel the session.",
        )


def require_movable(session: CalibrationSession, due_at: datetime | None, *, now: datetime) -> None:
    """Do nothing where the deadline of the session may become this one; raises Refused where not."""
    if session.state not in _STILL_BLIND:
        raise Refused("deadline-over", f"This session is {session.state}; it takes no grades any more.")
    if due_at is not None and due_at <= now:
        raise Refused("deadline-past", "The new deadline has passed already; choose a later one.")


def visible_ratings(session: CalibrationSession, reviewer: PersonId, viewer: Person) -> bool:
    """Whether the viewer may see this reviewer's answers, scores and comments in the session.

    Before the reveal, and in a cancelled session: own ones only, whatever one's role; a facilitator sees progress.
    After it: everybody who took part, and people who answer for calibrations. Agents never, not even as viewers of
    their own ticket.
    """
    if not viewer.active or viewer.roles <= {Role.AGENT}:
        return False
    if viewer.id == reviewer:
        return True
    if session.state not in REVEALED:
        return False
    took_part = viewer.id == session.facilitator_id or viewer.id in graders(session)
    return took_part or not viewer.roles.isdisjoint(_ANSWERABLE)


def blind_tickets(sessions: Iterable[CalibrationSession], viewer: PersonId) -> frozenset[TicketId]:
    """Tickets of which the viewer may not see any grade by another, of whatever purpose and from wherever.

    They belong to sessions, not yet revealed, in which the viewer grades: an everyday review of such a ticket would
    give the answer away just as well as a colleague's calibration grade.
    """
    return frozenset(
        ticket.ticket_id
        for session in sessions
        if session.state in _STILL_BLIND and viewer in graders(session)
        for ticket in session.tickets
    )


def visible_review(review: Review, viewer: Person, *, sessions: Mapping[SessionId, CalibrationSession]) -> bool:
    """Whether blindness lets the viewer see a review; the access policy is asked besides.

    `sessions` holds the review's own session and every session in which the viewer grades.
    """
    if review.reviewer_id == viewer.id:
        return True
    if review.ticket_id in blind_tickets(sessions.values(), viewer.id):
        return False
    if review.session_id is not None:
        return visible_ratings(sessions[review.session_id], review.reviewer_id, viewer)
    return True


def sees_other_grades(
    author: Person,
    ticket_id: TicketId,
    others: Iterable[Review],
    *,
    sessions: Mapping[SessionId, CalibrationSession],
) -> bool:
    """What a review stores as `saw_other_grades`: whether its author can see another's grade of the ticket right now.

    `others` are the ticket's reviews that the access policy lets the author read. What a reveal has shown cannot be
    unseen: a second session on the same ticket hides it again, and is no second blind try for those who took part.
    """
    return any(
        review.ticket_id == ticket_id
        and review.reviewer_id != author.id
        and review.state in COMPLETE
        and (_was_revealed(review, author, sessions) or visible_review(review, author, sessions=sessions))
        for review in others
    )


def _was_revealed(review: Review, viewer: Person, sessions: Mapping[SessionId, CalibrationSession]) -> bool:
    return review.session_id is not None and visible_ratings(sessions[review.session_id], review.reviewer_id, viewer)


def counts_for_agreement(review: Review, session: CalibrationSession) -> bool:
    """Whether a grade enters the session's agreement: its own, submitted, by one of its reviewers, and proven blind.

    The expert's answers are a reference, so the expert counts only as one of the reviewers.
    """
    return (
        review.purpose is Purpose.CALIBRATION
        and review.session_id == session.id
        and review.reviewer_id in session.reviewer_ids
        and review.state in COMPLETE
        and review.saw_other_grades is False
    )
