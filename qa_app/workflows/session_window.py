"""Sessions that are read together: small ones say little, so results pool a rolling window of the same structure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from db.engine import Transaction
from db.records import (
    CalibrationSession,
    Person,
    Purpose,
    Reference,
    Review,
    ScorecardVersion,
    Selection,
)
from db.store import calibration, reviews, scorecards
from qa_app.domain.calibration import REVEALED, counts_for_agreement
from qa_app.words import write_count
from qa_app.workflows.calibration import may_run
from qa_app.workflows.session_tables import Graded, References, Unit, index_answers
from scorecards.answers import Answer
from scorecards.model import CriterionType

WINDOW_SESSIONS = 6
WINDOW_DAYS = 182
ENOUGH_TICKETS = 48
"""Tickets from which no earlier session is added: by then a reviewer who is half a level stricter is found."""
AT_RANDOM = frozenset({Selection.RANDOM, Selection.STRATIFIED})
"""How tickets were picked that speak of everyday work; contested ones and those picked by hand do not."""


@dataclass(frozen=True, slots=True)
class SessionAnswers:
    """A revealed session with its blind grades, the expert's among them, and what was agreed."""

    session: CalibrationSession
    reviews: tuple[Review, ...]
    references: tuple[Reference, ...]
    not_blind: tuple[Review, ...] = ()
    """Grades by people who had seen others': kept, and counted nowhere."""

    def only_random(self) -> "SessionAnswers":
        """The same for the tickets that were drawn at random or by strata."""
        kept = tuple(item for item in self.session.tickets if item.selection in AT_RANDOM)
        return replace(self, session=replace(self.session, tickets=kept))

    @property
    def counted(self) -> tuple[Review, ...]:
        """Those that enter agreement."""
        return tuple(review for review in self.reviews if counts_for_agreement(review, self.session))


def find_course(
    tx: Transaction, actor: Person, session: CalibrationSession, version: ScorecardVersion
) -> tuple[CalibrationSession, ...]:
    """The session and all revealed before it on a scorecard of the same structure that the actor may read.

    Newest first.
    """
    own_only = not may_run(actor)
    seen = calibration.sessions(tx, grader_id=actor.id if own_only else None)
    versions = scorecards.versions_by_id(tx, {one.scorecard_version_id for one in seen})
    last = session.revealed_at or session.created_at, session.id
    before = [
        (one.revealed_at, one.id, one)
        for one in seen
        if one.state in REVEALED
        and one.revealed_at is not None
        and (one.revealed_at, one.id) < last
        and versions[one.scorecard_version_id].structure_hash == version.structure_hash
    ]
    return (session, *(one for _, _, one in sorted(before, key=lambda found: found[:2], reverse=True)))


def find_window(
    tx: Transaction, actor: Person, session: CalibrationSession, version: ScorecardVersion
) -> tuple[CalibrationSession, ...]:
    """The session and those before it that are read together with it, newest first.

    Earlier sessions are added until there are enough tickets or sessions, or until they are too old.
    """
    found: list[CalibrationSession] = []
    oldest = (session.revealed_at or session.created_at) - timedelta(days=WINDOW_DAYS)
    for one in find_course(tx, actor, session, version):
        n_tickets = sum(len(kept.tickets) for kept in found)
        old = (one.revealed_at or one.created_at) < oldest
        if old or len(found) == WINDOW_SESSIONS or n_tickets >= ENOUGH_TICKETS:
            break
        found.append(one)
    return tuple(found)


def read_session(tx: Transaction, session: CalibrationSession) -> SessionAnswers:
    """The blind grades of a revealed session and its references."""
    found = reviews.graded(tx, session_id=session.id, purpose=Purpose.CALIBRATION)
    blind = tuple(review for review in found if review.saw_other_grades is False)
    others = tuple(review for review in found if review.saw_other_grades is not False)
    return SessionAnswers(session, blind, calibration.references(tx, session.id), others)


def pool(sessions: Sequence[SessionAnswers], version: ScorecardVersion) -> Graded:
    """The answers of all sessions as tables, units being tickets of sessions: a ticket graded again is a new unit."""
    counted = [review for one in sessions for review in one.counted]
    references: dict[tuple[Unit, str], Answer] = {}
    for one in sessions:
        references |= find_references(one)
    return Graded(
        criteria=tuple(one for one in version.scorecard.criteria if one.type is not CriterionType.TEXT),
        units=tuple((one.session.id, item.ticket_id) for one in sessions for item in one.session.tickets),
        raters=tuple(dict.fromkeys(key for one in sessions for key in one.session.reviewer_ids)),
        answers=index_answers(counted),
        references=references,
        asked={one.session.id: frozenset(one.session.reviewer_ids) for one in sessions},
    )


def find_references(one: SessionAnswers) -> References:
    """The answer that counts as right: what the meeting agreed on, else what the expert answered."""
    expert = {
        ((one.session.id, review.ticket_id), rating.criterion_id): rating.answer
        for review in one.reviews
        if review.reviewer_id == one.session.expert_id
        for rating in review.ratings
    }
    kept = {
        kind: {
            ((one.session.id, item.ticket_id), item.criterion_id): item.answer
            for item in one.references
            if item.kind == kind
        }
        for kind in ("expert", "agreed")
    }
    return expert | kept["expert"] | kept["agreed"]


def describe_window(sessions: Sequence[CalibrationSession]) -> str:
    """Which sessions are read together, for a methods sheet."""
    rule = (
        f"sessions on scorecards of the same structure that were revealed in the {WINDOW_DAYS} days before, at most "
        f"{WINDOW_SESSIONS}, until there are {ENOUGH_TICKETS} tickets"
    )
    if len(sessions) == 1:
        return f"None; there would be {rule}"
    n_tickets = sum(len(one.tickets) for one in sessions)
    return f"{', '.join(one.name for one in sessions)}: {write_count(n_tickets, 'ticket')}. The rule: {rule}"
