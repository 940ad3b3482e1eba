"""A reviewer's own agreement with colleagues over time, from revealed calibrations alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from db.records import CalibrationSession, PersonId, Purpose, Review, SessionId, TicketId
from db.store import calibration, reviews
from qa_app.domain.access import require
from qa_app.domain.calibration import REVEALED, counts_for_agreement
from qa_app.estimate import Measured
from qa_app.stats.mean import mean
from qa_app.workflows.context import Context
from scorecards.answers import Answer, AnswerState


@dataclass(frozen=True, slots=True)
class OwnAgreement:
    """How often the actor gave the same answer as colleagues in one calibration."""

    session_id: SessionId
    name: str
    revealed_at: datetime
    same: Measured
    """Percent of equal answers, mean over the tickets that both graded blind. Not corrected for chance."""


def trace_agreement(context: Context) -> tuple[OwnAgreement, ...]:
    """The actor's agreement in each revealed calibration that they graded in, newest first.

    A ticket's share is over all colleagues and all criteria that one of the two answered; the interval is that of a
    mean over tickets, because answers on one ticket hang together.
    """
    actor = context.actor
    require(actor, "calibration.grade", owner_id=actor.id)
    with context.store.read() as tx:
        sessions = {
            session.id: session
            for session in calibration.sessions(tx, grader_id=actor.id)
            if session.state in REVEALED and session.revealed_at is not None and actor.id in session.reviewer_ids
        }
        keys = {item.ticket_id for session in sessions.values() for item in session.tickets}
        graded = reviews.reviews(tx, ticket_ids=keys, purpose=Purpose.CALIBRATION) if keys else ()
    found = []
    for session in sessions.values():
        counted = [review for review in graded if counts_for_agreement(review, session)]
        shares = list(_shares(session, counted, actor.id))
        colleagues = len({review.reviewer_id for review in counted} - {actor.id})
        measured = mean(shares, bounds=(0.0, 100.0), n_raters=colleagues + 1)
        found.append(OwnAgreement(session.id, session.name, session.revealed_at or session.created_at, measured))
    return tuple(sorted(found, key=lambda one: (one.revealed_at, one.session_id), reverse=True))


def _shares(session: CalibrationSession, graded: Sequence[Review], own_id: PersonId) -> Iterator[float]:
    """Percent of equal answers, ticket by ticket; a ticket that nobody else graded has none."""
    by_ticket: dict[TicketId, dict[PersonId, Review]] = {}
    for review in graded:
        by_ticket.setdefault(review.ticket_id, {})[review.reviewer_id] = review
    for item in session.tickets:
        cells = by_ticket.get(item.ticket_id, {})
        if own_id in cells:
            own = _answers(cells[own_id])
            pairs = [pair for key, other in cells.items() if key != own_id for pair in _pair(own, _answers(other))]
            if pairs:
                yield 100 * sum(pairs) / len(pairs)


def _pair(first: Mapping[str, Answer], second: Mapping[str, Answer]) -> Iterator[bool]:
    for criterion_id in sorted(first.keys() | second.keys()):
        yield first.get(criterion_id) == second.get(criterion_id)


def _answers(review: Review) -> dict[str, Answer]:
    """What was chosen or held to be not applicable; texts cannot be equal or not."""
    return {
        rating.criterion_id: rating.answer
        for rating in review.ratings
        if rating.answer.state is not AnswerState.MISSING and rating.answer.text is None
    }
