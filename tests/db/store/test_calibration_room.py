"""What stands around a calibration session: its kind, series, feedback, checks, certificates."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from db.engine import Store
from db.problems import DuplicateKey, RuleBroken, StaleRevision, UnknownId
from db.records import (
    AssignmentId,
    CalibrationSeries,
    Certificate,
    CertificateId,
    CertificateRule,
    CheckKind,
    Feedback,
    Finding,
    FindingId,
    Frame,
    HiddenCheck,
    PersonId,
    Purpose,
    ReferencePolicy,
    ReviewId,
    SeriesId,
    SessionId,
    SessionKind,
)
from db.store import assignments, calibration, certificates, checks, reviews, series
from scorecards.model import Channel
from tests.db.world import (
    AGENT,
    ASSIGNMENT,
    NOON,
    OTHER_REVIEWER,
    REVIEWER,
    SESSION,
    SUBMITTED,
    TICKETS,
    add_work,
)

SERIES = CalibrationSeries(
    SeriesId("weekly"),
    name="Weekly",
    scorecard_id="core",
    facilitator_id=OTHER_REVIEWER.id,
    frame=Frame(channels=(Channel.CHAT,), created_from=NOON),
    random_tickets=6,
    contested_tickets=2,
    reviewer_ids=(REVIEWER.id, OTHER_REVIEWER.id),
    every_weeks=2,
    days_to_grade=5,
    next_on=date(2026, 3, 9),
    created_at=NOON,
    created_by=OTHER_REVIEWER.id,
    criterion_ids=("empathy",),
    agent_hidden=False,
    seed=2**40,
)
BARE = replace(SERIES, id=SeriesId("bare"), criterion_ids=None, next_on=date(2026, 3, 2), expert_id=AGENT.id,
               reference_policy=ReferencePolicy.EXPERT)  # fmt: skip


@pytest.fixture
def room(store: Store) -> Store:
    with store.write() as tx:
        add_work(tx)
    return store


def test_session_of_a_series_comes_back_as_it_went_in(room: Store) -> None:
    later = replace(
        SESSION,
        id=SessionId("s2"),
        kind=SessionKind.EXISTING,
        reference_policy=ReferencePolicy.EXPERT,
        expert_id=AGENT.id,
        criterion_ids=("empathy",),
        agent_hidden=False,
        series_id=SERIES.id,
    )
    with room.write() as tx:
        series.add_series(tx, SERIES)
        calibration.add_session(tx, later)
        assert calibration.sessions(tx, series_id=SERIES.id) == (later,)
        assert {one.id: one.series_id for one in calibration.sessions(tx)} == {"s1": None, "s2": SERIES.id}


def test_series_is_due_on_its_day_until_it_rests_or_was_opened(room: Store) -> None:
    with room.write() as tx:
        for one in (SERIES, BARE):
            series.add_series(tx, one)
        assert series.list_series(tx) == (BARE, SERIES)
        assert series.list_series(tx, due_on=date(2026, 3, 8)) == (BARE,)
        assert series.list_series(tx, due_on=date(2026, 3, 9)) == (BARE, SERIES)
        series.advance_series(tx, BARE.id, next_on=date(2026, 3, 16), expected=BARE.next_on)
        with pytest.raises(StaleRevision):
            series.advance_series(tx, BARE.id, next_on=date(2026, 3, 30), expected=BARE.next_on)
        assert series.list_series(tx, due_on=date(2026, 3, 9)) == (SERIES,)
        series.set_series_active(tx, SERIES.id, active=False)
        assert series.list_series(tx, due_on=date(2026, 3, 9)) == ()
        assert series.series(tx, SERIES.id) == replace(SERIES, active=False)
        with pytest.raises(UnknownId):
            series.set_series_active(tx, SeriesId("none"), active=True)


def test_deadline_moves_from_the_expected_one_only(room: Store) -> None:
    first, second = NOON + timedelta(days=5), NOON + timedelta(days=9)
    with room.write() as tx:
        calibration.move_deadline(tx, SESSION.id, first, expected=None)
        with pytest.raises(StaleRevision):
            calibration.move_deadline(tx, SESSION.id, second, expected=None)
        calibration.move_deadline(tx, SESSION.id, second, expected=first)
        assert calibration.session(tx, SESSION.id) == replace(SESSION, due_at=second)


def test_attendance_is_noted_of_anybody_and_asks_nobody_to_grade(room: Store) -> None:
    with room.write() as tx:
        assert calibration.attendance(tx, SESSION.id) == {}
        for person_id, there in ((REVIEWER.id, True), (AGENT.id, True), (REVIEWER.id, False)):
            calibration.note_attendance(tx, SESSION.id, person_id, there=there)
        assert calibration.attendance(tx, SESSION.id) == {AGENT.id: True, REVIEWER.id: False}
        assert calibration.session(tx, SESSION.id) == SESSION
        with pytest.raises(RuleBroken):
            calibration.note_attendance(tx, SESSION.id, PersonId("nobody"), there=True)


def test_feedback_is_one_text_a_reviewer_and_session(room: Store) -> None:
    first = Feedback(SESSION.id, REVIEWER.id, "Read the anchors", OTHER_REVIEWER.id, NOON)
    other = Feedback(SESSION.id, OTHER_REVIEWER.id, "Fine", OTHER_REVIEWER.id, NOON)
    second = replace(first, text="Read the anchors of tone", at=NOON + timedelta(hours=1))
    with room.write() as tx:
        for one in (first, other, second):
            calibration.save_feedback(tx, one)
        assert calibration.feedback(tx, SESSION.id) == (second, other)
        assert calibration.feedback(tx, SESSION.id, reviewer_id=REVIEWER.id) == (second,)
        assert calibration.feedback(tx, SESSION.id, reviewer_id=AGENT.id) == ()


def test_finding_is_done_once_and_can_be_opened_again(room: Store) -> None:
    made = Finding(FindingId("f1"), SESSION.id, "tone", "slip", "None", by=REVIEWER.id, at=NOON)
    at = NOON + timedelta(days=2)
    with room.write() as tx:
        calibration.add_finding(tx, made)
        calibration.finish_finding(tx, made.id, by=OTHER_REVIEWER.id, at=at)
        with pytest.raises(DuplicateKey):
            calibration.finish_finding(tx, made.id, by=REVIEWER.id, at=NOON)
        done = replace(made, done_at=at, done_by=OTHER_REVIEWER.id)
        assert calibration.findings(tx) == calibration.findings(tx, SESSION.id) == (done,)
        calibration.reopen_finding(tx, made.id)
        assert calibration.finding(tx, made.id) == made
        assert calibration.finding(tx, FindingId("none")) is None
        with pytest.raises(UnknownId):
            calibration.reopen_finding(tx, made.id)


def test_copies_name_the_everyday_review_that_they_are_of(room: Store) -> None:
    copy = replace(
        SUBMITTED, id=ReviewId("copy"), purpose=Purpose.CALIBRATION, session_id=SESSION.id, submission_key=None
    )
    with room.write() as tx:
        reviews.add_reviews(tx, [SUBMITTED, copy])
        calibration.add_copies(tx, {copy.id: SUBMITTED.id})
        assert calibration.copies(tx, SESSION.id) == {copy.id: SUBMITTED.id}
        assert calibration.copies(tx, SessionId("none")) == {}


def test_checks_are_found_by_themselves_and_by_what_they_repeat(room: Store) -> None:
    pair = HiddenCheck(AssignmentId("a2"), CheckKind.PAIR, ASSIGNMENT.id, NOON, OTHER_REVIEWER.id)
    repeat = HiddenCheck(AssignmentId("a3"), CheckKind.REPEAT, ASSIGNMENT.id, NOON, OTHER_REVIEWER.id)
    with room.write() as tx:
        assignments.add_assignments(
            tx,
            [
                replace(ASSIGNMENT, id=pair.assignment_id, reviewer_id=OTHER_REVIEWER.id, purpose=Purpose.CHECK),
                replace(ASSIGNMENT, id=repeat.assignment_id, ticket_id=TICKETS[1].id, purpose=Purpose.CHECK),
            ],
        )
        checks.add_checks(tx, [repeat, pair])
        with pytest.raises(DuplicateKey):
            checks.add_checks(tx, [pair])
        assert checks.checks(tx) == checks.checks_of(tx, [ASSIGNMENT.id]) == (pair, repeat)
        assert checks.checks(tx, assignment_ids=[repeat.assignment_id, ASSIGNMENT.id]) == (repeat,)
        assert checks.checks_of(tx, [pair.assignment_id]) == ()


def test_certificate_holds_from_its_grant_until_it_expires_or_is_withdrawn(room: Store) -> None:
    rule = CertificateRule("core", Decimal("0.80"), 60, 180, 90, OTHER_REVIEWER.id, NOON)
    stricter = replace(rule, least_agreement=Decimal("0.85"), required=True)
    made = Certificate(
        CertificateId("c1"),
        REVIEWER.id,
        "core",
        granted_at=NOON,
        expires_at=NOON + timedelta(days=90),
        granted_by=OTHER_REVIEWER.id,
        figures={"agreement": 0.9, "low": 0.81, "high": 0.95, "answers": 96, "tickets": 12, "limit": 0.8},
        session_ids=(SESSION.id,),
    )
    with room.write() as tx:
        for one in (rule, stricter):
            certificates.save_rule(tx, one)
        assert certificates.rules(tx) == {"core": stricter}
        certificates.add_certificate(tx, made)
        held = {
            days: certificates.certificates(tx, scorecard_id="core", valid_at=NOON + timedelta(days=days))
            for days in (-1, 0, 89, 90)
        }
        assert held == {-1: (), 0: (made,), 89: (made,), 90: ()}
        assert certificates.certificates(tx, person_id=OTHER_REVIEWER.id) == ()
        ended = NOON + timedelta(days=3)
        certificates.withdraw_certificate(tx, made.id, at=ended)
        assert certificates.certificates(tx) == (replace(made, withdrawn_at=ended),)
        assert certificates.certificates(tx, valid_at=NOON) == ()
        with pytest.raises(UnknownId):
            certificates.withdraw_certificate(tx, made.id, at=ended)
