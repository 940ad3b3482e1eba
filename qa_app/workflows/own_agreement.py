"""A reviewer's own agreement with colleagues over time, from revealed calibrations alone."""

from dataclasses import dataclass
from datetime import datetime

from db.records import PersonId, Purpose, ScorecardVersion, SessionId
from db.store import calibration, reviews, scorecards
from qa_app.domain.access import require
from qa_app.domain.calibration import REVEALED
from qa_app.estimate import Measured
from qa_app.stats.mean import mean_rows
from qa_app.stats.peers import count_equal
from qa_app.stats.reasons import undefined
from qa_app.workflows.context import Context
from qa_app.workflows.session_window import SessionAnswers, pool


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

    A ticket's share is over all colleagues and all criteria that one of the two answered, texts left out; the interval
    is that of a mean over tickets, because answers on one ticket hang together. It is the figure that the session's
    results show of the actor.
    """
    actor = context.actor
    require(actor, "calibration.grade", owner_id=actor.id)
    with context.store.read() as tx:
        sessions = [
            session
            for session in calibration.sessions(tx, grader_id=actor.id)
            if session.state in REVEALED and session.revealed_at is not None and actor.id in session.reviewer_ids
        ]
        versions = scorecards.versions_by_id(tx, [session.scorecard_version_id for session in sessions])
        keys = {item.ticket_id for session in sessions for item in session.tickets}
        graded = reviews.graded(tx, ticket_ids=keys, purpose=Purpose.CALIBRATION) if keys else ()
    found = [
        OwnAgreement(
            session.id,
            session.name,
            session.revealed_at or session.created_at,
            _measure(SessionAnswers(session, graded, ()), versions[session.scorecard_version_id], actor.id),
        )
        for session in sessions
    ]
    return tuple(sorted(found, key=lambda one: (one.revealed_at, one.session_id), reverse=True))


def _measure(answers: SessionAnswers, version: ScorecardVersion, own_id: PersonId) -> Measured:
    tables = list(pool((answers,), version).tables.values())
    if not tables:
        return undefined("no-values", n_units=0, n_raters=0, n_values=0)
    reviewers = answers.session.reviewer_ids
    shares = 100 * count_equal(tables).among(range(len(reviewers)))
    colleagues = len({review.reviewer_id for review in answers.counted} - {own_id})
    (own,) = mean_rows([shares[reviewers.index(own_id)]], bounds=(0.0, 100.0), n_raters=colleagues + 1)
    return own
