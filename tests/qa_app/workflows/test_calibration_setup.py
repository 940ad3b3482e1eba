"""Setting a session up: how its tickets are picked, what is graded, what it will be worth."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.records import (
    AssignmentState,
    Frame,
    Person,
    ReferencePolicy,
    Review,
    ReviewState,
    Selection,
    SessionId,
    SessionKind,
    SessionState,
    TicketId,
)
from db.store import assignments, audit
from db.store import calibration as store
from db.store import reviews as reviews_store
from db.store.contested import Contested
from qa_app.errors import Conflict, NotAllowed, Refused
from qa_app.workflows import (
    agent_results,
    calibration,
    calibration_planning,
    calibration_results,
    disputes,
    findings,
    grading,
    reviews,
    sampling,
    upkeep,
)
from qa_app.workflows.calibration import NewSession
from qa_app.workflows.grading import Filled
from qa_app.workflows.sampling import NewPlan
from tests.factories import NOON, fill
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CY,
    DI,
    FACILITATOR,
    NINA,
    T1,
    T2,
    T3,
    UTC_ZONE,
    VERSION,
    House,
)

NEW = NewSession("Week 10", VERSION.id, (), (BO.id, CY.id), seed=9)
ONE = NewPlan("Week 10", Frame(), size=1)
PART = ("solution", "greeting")


def contest(house: House) -> None:
    """T2 is disputed once and revised once, T3 has two reviews that differ in three criteria; T1 has two alike."""
    disputed = house.grade(DI, T2)
    house.release(disputed)
    disputes.raise_dispute(house.act(NINA), disputed.id, reason="Too hard")
    second = house.grade(CY, T2)
    reviews.correct_review(house.act(CY), second.id, fill(), reason="Slip")
    house.grade(BO, T3)
    house.grade(CY, T3, {"greeting": "no", "empathy": "3", "wait": 2}, comment="Hm")
    house.grade(BO, T1)
    house.grade(CY, T1)


def test_contested_tickets_are_counted_by_reason_and_the_most_contested_come_first(house: House) -> None:
    contest(house)
    found = calibration_planning.list_contested(house.act(FACILITATOR))
    assert [one.counts for one in found] == [
        Contested(T3.id, differing=3),
        Contested(T2.id, disputes=1, revisions=1),
    ]
    assert [one.ticket for one in found] == [T3, T2]
    house.open_session(T3.id, graders=(BO, FACILITATOR))
    assert [one.ticket for one in calibration_planning.list_contested(house.act(FACILITATOR))] == [T2]
    with pytest.raises(NotAllowed):
        calibration_planning.list_contested(house.act(BO))


def test_session_mixes_ways_to_pick_and_keeps_each(house: House) -> None:
    contest(house)
    session = calibration.open_session(
        house.act(FACILITATOR), replace(NEW, plan=ONE, contested=1, ticket_ids=(T1.id, T3.id))
    )
    # This seed draws T3, which is the most contested as well: it stays one of the random core.
    assert [(item.ticket_id, item.selection) for item in session.tickets] == [
        (T3.id, Selection.RANDOM),
        (T2.id, Selection.TARGETED),
        (T1.id, Selection.BY_HAND),
    ]
    with house.store.read() as tx:
        given = assignments.assignments(tx, session_id=session.id)
    assert {(one.ticket_id, one.selection) for one in given} == {
        (item.ticket_id, item.selection) for item in session.tickets
    }


def test_drawn_ticket_that_a_grader_discussed_before_gives_way_to_the_next_in_line(house: House) -> None:
    first = calibration.open_session(house.act(FACILITATOR), replace(NEW, plan=ONE))
    (before,) = first.tickets
    second = calibration.open_session(house.act(FACILITATOR), replace(NEW, plan=ONE))
    (now,) = second.tickets
    assert now.ticket_id != before.ticket_id
    assert now.selection is Selection.RANDOM
    newest, _ = sampling.list_samples(house.act(FACILITATOR))
    (item,) = newest.items
    assert (item.ticket_id, item.replaced_by) == (before.ticket_id, now.ticket_id)
    assert item.replacement_reason == "one of the graders of the calibration handled it, or has it to grade already"
    calibration.cancel_session(house.act(FACILITATOR), first.id, why="Twice")
    third = calibration.open_session(house.act(FACILITATOR), replace(NEW, plan=ONE))
    assert third.tickets == first.tickets


def test_drawn_ticket_that_a_grader_has_in_the_queue_gives_way_to_the_next_in_line(sqlite_house: House) -> None:
    first = calibration.open_session(sqlite_house.act(FACILITATOR), replace(NEW, plan=ONE))
    calibration.cancel_session(sqlite_house.act(FACILITATOR), first.id, why="A trial")
    (drawn,) = first.tickets
    sqlite_house.assign(BO, next(ticket for ticket in (T1, T2, T3) if ticket.id == drawn.ticket_id))
    second = calibration.open_session(sqlite_house.act(FACILITATOR), replace(NEW, plan=ONE))
    assert [item.ticket_id for item in second.tickets] != [drawn.ticket_id]


def test_session_whose_tickets_are_all_used_up_is_refused(sqlite_house: House) -> None:
    everything = replace(NEW, plan=replace(ONE, size=4))
    calibration.open_session(sqlite_house.act(FACILITATOR), everything)
    with pytest.raises(Refused) as refusal:
        calibration.open_session(sqlite_house.act(FACILITATOR), everything)
    assert "The session has no ticket" in refusal.value.message


def test_everyday_review_stands_for_a_grade_where_it_is_provably_blind(house: House) -> None:
    first = house.grade(BO, T1, {"empathy": "4"})
    seen = house.grade(CY, T1)  # Bo's review lay open to Cy by then
    house.release(first)
    assert (first.saw_other_grades, seen.saw_other_grades) == (False, True)
    corrected = house.grade(BO, T2)
    corrected = reviews.correct_review(house.act(BO), corrected.id, fill({"empathy": "4"}), reason="Slip")
    new = replace(NEW, ticket_ids=(T1.id, T2.id), kind=SessionKind.EXISTING)
    house.tick(seconds=31)  # until then a submit can be undone
    session = calibration.open_session(house.act(FACILITATOR), new)
    with house.store.read() as tx:
        copies = store.copies(tx, session.id)
        made = {one.id: one for one in reviews_store.reviews(tx, session_id=session.id)}
        entry = audit.entries(tx)[0]
    assert set(copies.values()) == {first.id, corrected.supersedes_id}
    copy = next(one for one in made.values() if one.ticket_id == T1.id)
    assert copy == replace(
        first, id=copy.id, purpose=copy.purpose, selection=Selection.BY_HAND, session_id=session.id,
        assignment_id=None, submission_key=None, revision=copy.revision,
    )  # fmt: skip
    assert (copy.state, copy.saw_other_grades, copy.ratings) == (ReviewState.SUBMITTED, False, first.ratings)
    assert entry.after["existing"] == 2
    assert house.queue_of(BO, session.id) == {}
    assert set(house.queue_of(CY, session.id)) == {T1.id, T2.id}
    (row,) = calibration.list_sessions(house.act(FACILITATOR))
    assert row.progress == {BO.id: 2}


def test_copied_grade_never_enters_the_agents_score(sqlite_house: House) -> None:
    sqlite_house.grade(BO, T1)
    new = replace(NEW, ticket_ids=(T1.id,), kind=SessionKind.EXISTING)
    day = NOON.date()
    context = sqlite_house.act(COACH)
    sqlite_house.tick(seconds=31)
    before = agent_results.report_agent(context, NINA.id, start=day, end=day, zone=UTC_ZONE)
    calibration.open_session(sqlite_house.act(FACILITATOR), new)
    after = agent_results.report_agent(context, NINA.id, start=day, end=day, zone=UTC_ZONE)
    assert after.score == before.score


def test_part_of_a_scorecard_is_asked_and_has_no_score(sqlite_house: House) -> None:
    session = calibration.open_session(
        sqlite_house.act(FACILITATOR), replace(NEW, ticket_ids=(T1.id,), criterion_ids=PART)
    )
    assert session.criterion_ids == ("greeting", "solution")
    (row,) = grading.list_queue(sqlite_house.act(BO))
    desk = grading.open_desk(sqlite_house.act(BO), row.assignment.id)
    assert (row.asked, [criterion.id for criterion in desk.version.scorecard.criteria]) == (2, ["greeting", "solution"])
    given = [submit_part(sqlite_house, person, session.id) for person in (BO, CY)]
    assert [review.score for review in given] == [None, None]
    assert upkeep.recompute_scores(sqlite_house.act(ADMIN)) == upkeep.ScoreCheck(2, ())
    calibration.reveal_session(sqlite_house.act(FACILITATOR), session.id)
    report = calibration_results.report_session(sqlite_house.act(BO), session.id)
    assert [line.criterion_id for line in report.agreement] == ["greeting", "solution"]
    with pytest.raises(Refused) as refusal:
        findings.record_finding(
            sqlite_house.act(FACILITATOR), session.id, findings.NewFinding("empathy", "slip", "None", T1.id)
        )
    assert refusal.value.code == "not-in-session"


def submit_part(house: House, person: Person, session_id: SessionId) -> Review:
    queue = house.queue_of(person, session_id)
    part = Filled(tuple(rating for rating in fill().ratings if rating.criterion_id in PART))
    return house.submit(person, queue[T1.id], part)


def test_all_criteria_are_the_whole_scorecard(sqlite_house: House) -> None:
    everything = tuple(criterion.id for criterion in VERSION.scorecard.criteria)
    session = calibration.open_session(
        sqlite_house.act(FACILITATOR), replace(NEW, ticket_ids=(T1.id,), criterion_ids=everything)
    )
    assert session.criterion_ids is None
    with pytest.raises(Refused) as refusal:
        calibration.open_session(
            sqlite_house.act(FACILITATOR), replace(NEW, ticket_ids=(T2.id,), criterion_ids=("colour",))
        )
    assert refusal.value.code == "unknown-criterion"


def test_agent_is_named_only_where_the_session_says_so(sqlite_house: House) -> None:
    named = {}
    for hidden, ticket in ((True, T1), (False, T2)):
        new = replace(NEW, ticket_ids=(ticket.id,), agent_hidden=hidden)
        session = calibration.open_session(sqlite_house.act(FACILITATOR), new)
        row = next(one for one in grading.list_queue(sqlite_house.act(BO)) if one.assignment.session_id == session.id)
        named[hidden] = (row.agent, grading.open_desk(sqlite_house.act(BO), row.assignment.id).form.agent_hidden)
    assert named == {True: (None, True), False: (NINA, False)}


def test_reference_is_the_experts_where_there_is_one(sqlite_house: House) -> None:
    of_meeting = calibration.open_session(sqlite_house.act(FACILITATOR), replace(NEW, ticket_ids=(T1.id,)))
    of_expert = calibration.open_session(
        sqlite_house.act(FACILITATOR), replace(NEW, ticket_ids=(T2.id,), expert_id=DI.id)
    )
    assert of_meeting.reference_policy is ReferencePolicy.MEETING
    assert of_expert.reference_policy is ReferencePolicy.EXPERT


def test_deadline_moves_with_a_reason_and_the_queues_with_it(house: House) -> None:
    first, second = NOON + timedelta(days=5), NOON + timedelta(days=9)
    session = calibration.open_session(house.act(FACILITATOR), replace(NEW, ticket_ids=(T1.id,), due_at=first))
    house.submit(BO, house.queue_of(BO, session.id)[T1.id], fill())
    moved = calibration.move_deadline(house.act(FACILITATOR), session.id, second, why=" Two are ill ")
    assert calibration.find_session(house.act(BO), session.id) == moved == replace(session, due_at=second)
    with house.store.read() as tx:
        given = {one.reviewer_id: one.due_at for one in assignments.assignments(tx, session_id=session.id)}
        entry = audit.entries(tx)[0]
    assert given == {BO.id: first, CY.id: second}
    assert (entry.action, entry.actor_id, entry.at, entry.why) == (
        "calibration.deadline", FACILITATOR.id, NOON, "Two are ill",
    )  # fmt: skip
    written = [moment.isoformat(timespec="microseconds") for moment in (first, second)]
    assert [entry.before, entry.after] == [{"due": moment} for moment in written]


def test_deadline_that_cannot_move_says_why(sqlite_house: House) -> None:
    session = calibration.open_session(sqlite_house.act(FACILITATOR), replace(NEW, ticket_ids=(T1.id,)))
    later = NOON + timedelta(days=1)
    refused = []
    for due_at, why in ((later, " "), (NOON, "Now")):
        with pytest.raises(Refused) as refusal:
            calibration.move_deadline(sqlite_house.act(FACILITATOR), session.id, due_at, why=why)
        refused.append(refusal.value.code)
    with pytest.raises(NotAllowed):
        calibration.move_deadline(sqlite_house.act(BO), session.id, later, why="More time")
    calibration.cancel_session(sqlite_house.act(FACILITATOR), session.id, why="No time")
    with pytest.raises(Refused) as refusal:
        calibration.move_deadline(sqlite_house.act(FACILITATOR), session.id, later, why="Again")
    assert [*refused, refusal.value.code] == ["deadline-reason", "deadline-past", "deadline-over"]


def test_cancelled_session_takes_its_work_back_and_shows_nobody_anything(sqlite_house: House) -> None:
    session = sqlite_house.open_session(T1.id)
    grade = sqlite_house.submit(BO, sqlite_house.queue_of(BO, session.id)[T1.id], fill())
    with pytest.raises(Refused):
        calibration.cancel_session(sqlite_house.act(FACILITATOR), session.id, why=" ")
    gone = calibration.cancel_session(sqlite_house.act(FACILITATOR), session.id, why="The card changes")
    assert gone.state is SessionState.CANCELLED
    assert sqlite_house.queue_of(CY, session.id) == {}
    with sqlite_house.store.read() as tx:
        given = {one.reviewer_id: one.state for one in assignments.assignments(tx, session_id=session.id)}
        entry = audit.entries(tx)[0]
    assert given == {BO.id: AssignmentState.DONE, CY.id: AssignmentState.WITHDRAWN}
    assert (entry.action, entry.why) == ("calibration.cancelled", "The card changes")
    assert sqlite_house.stored(grade.id) == grade
    with pytest.raises(Refused):
        calibration_results.report_session(sqlite_house.act(FACILITATOR), session.id)
    with pytest.raises(Refused):
        calibration.reveal_session(sqlite_house.act(FACILITATOR), session.id)


def test_ticket_that_was_discussed_is_not_graded_blind_a_second_time(sqlite_house: House) -> None:
    first = sqlite_house.open_session(T1.id)
    sqlite_house.grade_session(first, {"Bo": ({},), "Cy": ({},)}, BO, CY)
    calibration.reveal_session(sqlite_house.act(FACILITATOR), first.id)
    second = sqlite_house.open_session(T1.id, graders=(BO, DI))
    again = sqlite_house.submit(BO, sqlite_house.queue_of(BO, second.id)[T1.id], fill())
    fresh = sqlite_house.submit(DI, sqlite_house.queue_of(DI, second.id)[T1.id], fill())
    assert (again.saw_other_grades, fresh.saw_other_grades) == (True, False)


def test_foresight_tells_the_interval_and_the_price(sqlite_house: House) -> None:
    """By hand: for two raters and two values Fleiss' kappa has the variance of Donner & Eliasziw 1992,
    (1 - k) ((1 - k) (1 - 2k) + k (2 - k) / (2 p (1 - p))) / n: k = .6, p = .25, n = 20 gives .4 (-.08 + 2.24) / 20
    = .0432, and 1.96 times its root is .407."""
    for person, seconds in ((BO, 240), (CY, 360), (DI, 0)):
        made = sqlite_house.assign(person, T1)
        sqlite_house.submit(person, made, replace(fill(), active_seconds=seconds))
    seen = calibration_planning.foresee(sqlite_house.act(FACILITATOR), VERSION.id, tickets=20, reviewers=2)
    assert seen.half_width == pytest.approx(1.959964 * 0.0432**0.5, rel=1e-6)
    assert (seen.minutes_each, seen.measured, seen.minutes) == (5.0, 2, 200.0)
    assert seen.useful_tickets == 148  # (1.96 / .15)^2 * .864 = 147.5
    for tickets, reviewers in ((0, 2), (5, 1)):
        with pytest.raises(Refused):
            calibration_planning.foresee(
                sqlite_house.act(FACILITATOR), VERSION.id, tickets=tickets, reviewers=reviewers
            )


def test_session_overlap_by_hand_is_refused(sqlite_house: House) -> None:
    sqlite_house.open_session(T1.id)
    with pytest.raises(Conflict):
        sqlite_house.open_session(TicketId("t1"))
