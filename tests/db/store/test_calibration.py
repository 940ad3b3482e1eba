from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from db.engine import Store
from db.problems import RuleBroken, StaleRevision
from db.records import Finding, FindingId, Purpose, Reference, Review, ReviewId, ReviewState, SessionId, SessionState
from db.store import calibration, reviews
from scorecards.answers import NOT_APPLICABLE, Answer
from tests.db.world import AGENT, DRAFT, NOON, OTHER_REVIEWER, REVIEWER, SESSION, TICKETS, add_work


@pytest.fixture
def meeting(store: Store) -> Store:
    with store.write() as tx:
        add_work(tx)
    return store


def grade(name: str, ticket: int, **changes: object) -> Review:
    blind = replace(
        DRAFT,
        id=ReviewId(name),
        ticket_id=TICKETS[ticket].id,
        session_id=SESSION.id,
        purpose=Purpose.CALIBRATION,
        state=ReviewState.SUBMITTED,
        submitted_at=NOON,
    )
    return replace(blind, **changes)  # type: ignore[arg-type]


def test_session_comes_back_as_it_went_in(meeting: Store) -> None:
    with meeting.read() as tx:
        assert calibration.session(tx, SESSION.id) == SESSION
        assert calibration.session(tx, SessionId("none")) is None


def test_sessions_are_listed_newest_first_by_grader_and_by_ticket(meeting: Store) -> None:
    later = replace(
        SESSION,
        id=SessionId("s2"),
        created_at=NOON + timedelta(days=1),
        tickets=SESSION.tickets[:1],
        reviewer_ids=(REVIEWER.id,),
        expert_id=AGENT.id,
    )
    with meeting.write() as tx:
        calibration.add_session(tx, later)
    with meeting.read() as tx:
        assert calibration.sessions(tx) == (later, SESSION)
        assert calibration.sessions(tx, grader_id=REVIEWER.id) == (later, SESSION)
        assert calibration.sessions(tx, grader_id=OTHER_REVIEWER.id) == (SESSION,)
        assert calibration.sessions(tx, grader_id=AGENT.id) == (later,)
        assert calibration.sessions(tx, grader_id=AGENT.id, ticket_id=TICKETS[0].id) == ()
        assert calibration.sessions(tx, ticket_id=TICKETS[0].id) == (SESSION,)
        assert calibration.sessions(tx, ticket_id=TICKETS[1].id) == (later, SESSION)


def test_session_moves_on_from_the_expected_state_only(meeting: Store) -> None:
    at = NOON + timedelta(days=1)
    with meeting.write() as tx:
        calibration.set_session_state(tx, SESSION.id, SessionState.REVEALED, at=at, expected=SessionState.OPEN)
        with pytest.raises(StaleRevision):
            calibration.set_session_state(tx, SESSION.id, SessionState.REVEALED, at=NOON, expected=SessionState.OPEN)
        calibration.set_session_state(
            tx, SESSION.id, SessionState.CLOSED, at=at + timedelta(hours=1), expected=SessionState.REVEALED
        )
    with meeting.read() as tx:
        assert calibration.session(tx, SESSION.id) == replace(
            SESSION, state=SessionState.CLOSED, revealed_at=at, closed_at=at + timedelta(hours=1)
        )


def test_progress_counts_submitted_tickets_of_each_reviewer(meeting: Store) -> None:
    grades = [
        grade("g1", 0),
        grade("g2", 1),
        grade("again", 1, supersedes_id=ReviewId("g2"), supersede_reason="slip"),
        grade("draft", 0, reviewer_id=OTHER_REVIEWER.id, state=ReviewState.DRAFT, submitted_at=None),
        grade("void", 1, reviewer_id=OTHER_REVIEWER.id, state=ReviewState.VOIDED),
        grade("other", 2, session_id=None, purpose=Purpose.QUALITY),
    ]
    with meeting.write() as tx:
        reviews.add_reviews(tx, grades)
        assert calibration.progress(tx, [SESSION.id, SessionId("none")]) == {SESSION.id: {REVIEWER.id: 2}}
        assert calibration.progress(tx, []) == {}


def test_references_lie_beside_each_other_by_kind_and_are_written_anew(meeting: Store) -> None:
    def reference(criterion: str, answer: Answer, kind: str = "agreed") -> Reference:
        return Reference(SESSION.id, TICKETS[0].id, criterion, answer, kind, OTHER_REVIEWER.id, NOON)

    first = [reference("tone", Answer.choose("3")), reference("tone", NOT_APPLICABLE, "expert")]
    second = [reference("tone", Answer.choose("4")), reference("wait", Answer.measure(Decimal("1.5")))]
    with meeting.write() as tx:
        calibration.add_references(tx, first)
        calibration.add_references(tx, second)
        with pytest.raises(RuleBroken) as refusal:
            calibration.add_references(tx, [reference("tone", NOT_APPLICABLE, "guess")])
    assert refusal.value.constraint == "ck_reference_kind"
    with meeting.read() as tx:
        assert calibration.references(tx, SESSION.id) == (second[0], first[1], second[1])


def test_findings_come_back_in_the_order_of_the_meeting(meeting: Store) -> None:
    full = Finding(
        FindingId("f2"),
        SESSION.id,
        criterion_id="tone",
        cause="guideline_gap",
        decision="Say what counts",
        by=OTHER_REVIEWER.id,
        at=NOON,
        ticket_id=TICKETS[0].id,
        action="Write it down",
        owner_id=REVIEWER.id,
        due_on=date(2026, 3, 31),
        guideline_needs_update=True,
    )
    bare = Finding(FindingId("f1"), SESSION.id, "tone", "slip", "None", by=REVIEWER.id, at=NOON + timedelta(minutes=1))
    with meeting.write() as tx:
        calibration.add_finding(tx, bare)
        calibration.add_finding(tx, full)
    with meeting.read() as tx:
        assert calibration.findings(tx, SESSION.id) == (full, bare)
