from dataclasses import replace
from datetime import date, timedelta

import pytest

from db.records import (
    AssignmentState,
    CalibrationSession,
    Frame,
    Person,
    PersonId,
    Purpose,
    Reference,
    Role,
    ScorecardVersionId,
    Selection,
    SessionId,
    SessionState,
    SessionTicket,
    TicketId,
)
from db.store import assignments, audit, people
from db.store import calibration as store
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused
from qa_app.workflows import access, calibration, findings, grading, sampling
from qa_app.workflows.calibration import NewSession
from qa_app.workflows.findings import NewFinding
from qa_app.workflows.sampling import NewPlan
from scorecards.answers import MISSING, NOT_APPLICABLE, Answer
from tests.factories import NOON, fill, make_person
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CY,
    DI,
    FACILITATOR,
    LEAD,
    MANAGER,
    NINA,
    NORTH,
    T1,
    T2,
    T3,
    T4,
    VERSION,
    House,
)

S = SessionState
NEW = NewSession(" Week 10 ", VERSION.id, (T1.id, T2.id), (BO.id, CY.id), due_at=NOON + timedelta(days=5), seed=9)


def test_session_that_draws_keeps_its_sample_only_if_it_opens(house: House) -> None:
    plan = NewPlan("Week 10", Frame(), size=2)
    drawing = replace(NEW, ticket_ids=(), plan=plan)
    with pytest.raises(Refused):
        calibration.open_session(house.act(FACILITATOR), replace(drawing, reviewer_ids=(BO.id,)))
    assert sampling.list_samples(house.act(FACILITATOR)) == ()
    session = calibration.open_session(house.act(FACILITATOR), drawing)
    [sample] = sampling.list_samples(house.act(FACILITATOR))
    assert (sample.seed, sample.plan.name) == (9, "Week 10")
    assert session.tickets == tuple(
        SessionTicket(item.ticket_id, place, Selection.RANDOM) for place, item in enumerate(sample.items, start=1)
    )


def test_session_hands_every_ticket_to_every_reviewer(house: House) -> None:
    session = calibration.open_session(house.act(FACILITATOR), replace(NEW, selection=Selection.RANDOM))
    assert session == CalibrationSession(
        session.id,
        name="Week 10",
        scorecard_version_id=VERSION.id,
        facilitator_id=FACILITATOR.id,
        state=S.OPEN,
        created_at=NOON,
        tickets=(SessionTicket(T1.id, 1, Selection.RANDOM), SessionTicket(T2.id, 2, Selection.RANDOM)),
        reviewer_ids=(BO.id, CY.id),
        due_at=NOON + timedelta(days=5),
        opened_at=NOON,
        seed=9,
    )
    assert calibration.find_session(house.act(BO), session.id) == session
    with house.store.read() as tx:
        given = assignments.assignments(tx, session_id=session.id)
        entry = audit.entries(tx)[0]
    assert {(each.reviewer_id, each.ticket_id) for each in given} == {
        (BO.id, T1.id), (BO.id, T2.id), (CY.id, T1.id), (CY.id, T2.id),
    }  # fmt: skip
    assert {(each.purpose, each.selection, each.due_at) for each in given} == {
        (Purpose.CALIBRATION, Selection.RANDOM, session.due_at)
    }
    assert (entry.action, entry.after) == ("calibration.open", {"tickets": 2, "reviewers": 2, "seed": 9})


def test_session_that_cannot_be_opened_says_why_and_hands_nothing_out(house: House) -> None:
    access.set_active(house.act(ADMIN), DI.id, active=False)
    refused = {}
    for name, new in {
        "name": replace(NEW, name=" "),
        "version": replace(NEW, version_id=ScorecardVersionId("none")),
        "tickets": replace(NEW, ticket_ids=()),
        "twice": replace(NEW, ticket_ids=(T1.id, T1.id)),
        "unknown": replace(NEW, ticket_ids=(T1.id, TicketId("none"))),
        "reviewers": replace(NEW, reviewer_ids=(BO.id,)),
        "disabled": replace(NEW, reviewer_ids=(BO.id, DI.id)),
        "stranger": replace(NEW, reviewer_ids=(BO.id, PersonId("none"))),
        "agent": replace(NEW, ticket_ids=(T4.id,), reviewer_ids=(BO.id, NINA.id)),
        "own work": replace(NEW, reviewer_ids=(BO.id, NINA.id)),
    }.items():
        with pytest.raises(Refused) as refusal:
            calibration.open_session(house.act(FACILITATOR), new)
        refused[name] = (refusal.value.code, refusal.value.message)
    assert {name: code for name, (code, _) in refused.items()} == {
        "name": "session-name",
        "version": "version-not-in-force",
        **dict.fromkeys(
            ("tickets", "twice", "unknown", "reviewers", "disabled", "stranger", "agent", "own work"), "session-set-up"
        ),
    }
    assert "Own work would be graded in 2 cases" in refused["own work"][1]
    assert "1 of the reviewers may not grade" in refused["own work"][1]
    assert calibration.list_sessions(house.act(FACILITATOR)) == ()
    assert grading.list_queue(house.act(BO)) == ()


def test_ticket_is_in_one_open_calibration_of_a_reviewer_at_a_time(house: House) -> None:
    calibration.open_session(house.act(FACILITATOR), NEW)
    with pytest.raises(Conflict) as refusal:
        calibration.open_session(house.act(FACILITATOR), replace(NEW, ticket_ids=(T2.id, T3.id)))
    assert refusal.value.code == "session-overlap"
    assert len(calibration.list_sessions(house.act(FACILITATOR))) == 1


def test_everyday_review_of_a_ticket_may_stand_beside_its_calibration(house: House) -> None:
    everyday = house.assign(BO, T1)
    session = calibration.open_session(house.act(FACILITATOR), NEW)
    assert {row.assignment.id for row in grading.list_queue(house.act(BO))} >= {everyday}
    assert len(house.queue_of(BO, session.id)) == 2


@pytest.mark.parametrize("actor", [BO, COACH, NINA], ids=lambda person: person.name)
def test_reviewers_coaches_and_agents_run_no_session(house: House, actor: Person) -> None:
    session = house.open_session()
    context = house.act(actor)
    for act in (
        lambda: calibration.open_session(context, NEW),
        lambda: calibration.reveal_session(context, session.id),
        lambda: calibration.close_session(context, session.id),
        lambda: findings.record_finding(context, session.id, FINDING),
        lambda: agree(context_house=house, actor=actor, session_id=session.id),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_lead_opens_sessions_on_tickets_of_own_teams_only(house: House) -> None:
    with pytest.raises(Refused) as refusal:
        calibration.open_session(house.act(LEAD), replace(NEW, ticket_ids=(T1.id, T4.id)))
    assert "out of your reach" in refusal.value.message
    assert calibration.open_session(house.act(LEAD), NEW).facilitator_id == LEAD.id


def test_list_says_who_is_done_and_reviewers_find_their_own(house: House) -> None:
    first = house.open_session(T1.id, T2.id, graders=(BO, CY))
    house.tick(days=1)
    second = house.open_session(T3.id, graders=(CY, DI))
    house.grade_session(first, {"Bo": ({}, {}), "Cy": ({},)}, BO, CY)
    rows = calibration.list_sessions(house.act(MANAGER))
    assert [(row.session.id, row.facilitator, row.scorecard) for row in rows] == [
        (second.id, "Fay Facilitator", "Care, version 1"),
        (first.id, "Fay Facilitator", "Care, version 1"),
    ]
    assert [(row.progress, row.submitted, row.expected) for row in rows] == [({}, 0, 2), ({BO.id: 2, CY.id: 1}, 3, 4)]
    assert rows[1].names == {BO.id: "Bo", CY.id: "Cy"}
    for person, found in ((BO, [first.id]), (CY, [second.id, first.id]), (DI, [second.id]), (COACH, [])):
        assert [row.session.id for row in calibration.list_sessions(house.act(person))] == found
    with pytest.raises(NotAllowed):
        calibration.list_sessions(house.act(NINA))


def test_session_of_others_is_not_found_by_a_reviewer(house: House) -> None:
    session = house.open_session(T1.id, graders=(BO, CY))
    assert calibration.find_session(house.act(ADMIN), session.id).id == session.id
    for person, wanted in ((DI, session.id), (COACH, session.id), (BO, SessionId("none"))):
        with pytest.raises(NotFound):
            calibration.find_session(house.act(person), wanted)


def test_expert_grades_and_is_counted_like_the_reviewers(house: House) -> None:
    new = replace(NEW, ticket_ids=(T1.id,), expert_id=DI.id)
    session = calibration.open_session(house.act(FACILITATOR), new)
    house.grade_session(session, {"Bo": ({},), "Di": ({},)}, BO, DI)
    (row,) = calibration.list_sessions(house.act(DI))
    assert (row.progress, row.submitted, row.expected) == ({BO.id: 1, DI.id: 1}, 2, 3)
    assert calibration.find_session(house.act(DI), session.id) == session


def test_reveal_withdraws_what_is_open_and_cannot_be_undone(house: House) -> None:
    session = house.open_session(T1.id, T2.id, graders=(BO, CY))
    house.grade_session(session, {"Bo": ({}, {}), "Cy": ({},)}, BO, CY)
    left = house.queue_of(CY, session.id)
    (late,) = left.values()
    draft = grading.save_draft(house.act(CY), late, fill(), expected_revision=0)
    house.tick(hours=1)
    revealed = calibration.reveal_session(house.act(FACILITATOR), session.id)
    assert (revealed.state, revealed.revealed_at) == (S.REVEALED, house.now)
    assert calibration.find_session(house.act(BO), session.id) == revealed
    assert house.queue_of(CY, session.id) == {}
    with house.store.read() as tx:
        assignment = assignments.assignment(tx, late)
        entry = audit.entries(tx)[0]
    assert assignment is not None
    assert (assignment.state, assignment.skip_reason) == (AssignmentState.WITHDRAWN, "the session was revealed")
    assert (entry.action, entry.before, entry.after) == (
        "calibration.revealed", {"state": "open"}, {"state": "revealed", "submitted": 3},
    )  # fmt: skip
    with pytest.raises(Conflict):
        grading.submit_review(house.act(CY), late, fill(), submission_key="late")
    assert house.stored(draft.id) == draft
    with pytest.raises(Conflict) as refusal:
        calibration.reveal_session(house.act(FACILITATOR), session.id)
    assert refusal.value.code == "session-revealed"


def test_reveal_waits_for_two_reviewers(house: House) -> None:
    session = house.open_session(T1.id, T2.id, graders=(BO, CY))
    house.grade_session(session, {"Bo": ({}, {})}, BO)
    with pytest.raises(Refused) as refusal:
        calibration.reveal_session(house.act(FACILITATOR), session.id)
    assert refusal.value.code == "nothing-to-reveal"
    house.grade_session(session, {"Cy": ({},)}, CY)
    assert calibration.reveal_session(house.act(ADMIN), session.id).state is S.REVEALED


def test_close_ends_the_meeting_after_the_reveal(house: House) -> None:
    session = house.open_session(T1.id)
    with pytest.raises(Refused):
        calibration.close_session(house.act(FACILITATOR), session.id)
    house.grade_session(session, {"Bo": ({},), "Cy": ({},)}, BO, CY)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    house.tick(hours=1)
    closed = calibration.close_session(house.act(FACILITATOR), session.id)
    assert (closed.state, closed.closed_at) == (S.CLOSED, house.now)
    assert calibration.find_session(house.act(BO), session.id) == closed
    with pytest.raises(Refused):
        calibration.close_session(house.act(FACILITATOR), session.id)
    with pytest.raises(Refused) as refusal:
        findings.record_finding(house.act(FACILITATOR), session.id, FINDING)
    assert refusal.value.code == "session-not-revealed"


FINDING = NewFinding("empathy", "ambiguous_text", " Say it once is enough ", T1.id, " Reword ", BO.id, date(2026, 3, 9))


def test_finding_keeps_cause_decision_action_and_owner(house: House) -> None:
    session = revealed_session(house)
    finding = findings.record_finding(house.act(FACILITATOR), session.id, FINDING)
    assert (finding.decision, finding.action, finding.owner_id, finding.due_on) == (
        "Say it once is enough", "Reword", BO.id, date(2026, 3, 9),
    )  # fmt: skip
    assert (finding.by, finding.at) == (FACILITATOR.id, NOON)
    with house.store.read() as tx:
        assert store.findings(tx, session.id) == (finding,)


def test_finding_that_does_not_fit_is_refused(house: House) -> None:
    blind = house.open_session(T2.id)
    session = revealed_session(house)
    refused = []
    for session_id, new in (
        (blind.id, FINDING),
        (session.id, replace(FINDING, cause="mood")),
        (session.id, replace(FINDING, decision=" ")),
        (session.id, replace(FINDING, criterion_id="colour")),
        (session.id, replace(FINDING, ticket_id=T4.id)),
    ):
        with pytest.raises(Refused) as refusal:
            findings.record_finding(house.act(FACILITATOR), session_id, new)
        refused.append(refusal.value.code)
    assert refused == [
        "session-not-revealed", "finding-cause", "finding-decision", "not-in-session", "not-in-session",
    ]  # fmt: skip
    with house.store.read() as tx:
        assert store.findings(tx, session.id) == ()


def test_agreed_answer_is_a_layer_of_its_own_and_can_be_changed(house: House) -> None:
    session = revealed_session(house)
    for answer in (Answer.choose("partly"), NOT_APPLICABLE):
        calibration.record_agreed(
            house.act(FACILITATOR), session.id, ticket_id=T1.id, criterion_id="solution", answer=answer
        )
    with house.store.read() as tx:
        assert store.references(tx, session.id) == (
            Reference(session.id, T1.id, "solution", NOT_APPLICABLE, "agreed", FACILITATOR.id, NOON),
        )
        entry = audit.entries(tx)[0]
    assert (entry.action, entry.after["criterion"]) == ("calibration.agree", "solution")


@pytest.mark.parametrize(
    ("ticket_id", "criterion_id", "answer", "code"),
    [
        (T4.id, "solution", Answer.choose("full"), "not-in-session"),
        (T1.id, "colour", Answer.choose("full"), "not-in-session"),
        (T1.id, "solution", Answer.choose("blue"), "agreed-answer"),
        (T1.id, "solution", MISSING, "agreed-answer"),
        (T1.id, "greeting", NOT_APPLICABLE, "agreed-answer"),
    ],
    ids=["ticket", "criterion", "option", "missing", "not applicable"],
)
def test_agreed_answer_that_does_not_fit_is_refused(
    sqlite_house: House, ticket_id: TicketId, criterion_id: str, answer: Answer, code: str
) -> None:
    session = revealed_session(sqlite_house)
    with pytest.raises(Refused) as refusal:
        calibration.record_agreed(
            sqlite_house.act(FACILITATOR), session.id, ticket_id=ticket_id, criterion_id=criterion_id, answer=answer
        )
    assert refusal.value.code == code


def test_agreed_answer_of_a_blind_session_is_refused(house: House) -> None:
    session = house.open_session(T1.id)
    with pytest.raises(Refused) as refusal:
        agree(context_house=house, actor=FACILITATOR, session_id=session.id)
    assert refusal.value.code == "session-not-revealed"


def test_scoped_reviewer_takes_part_in_a_session_of_any_team(house: House) -> None:
    scoped = replace(make_person("Eli", Role.REVIEWER), team_scope=frozenset({NORTH.id}))
    with house.store.write() as tx:
        people.add_person(tx, scoped)
    session = house.open_session(T4.id, graders=(BO, scoped))
    assert set(house.queue_of(scoped, session.id)) == {T4.id}


def revealed_session(house: House) -> CalibrationSession:
    session = house.open_session(T1.id)
    house.grade_session(session, {"Bo": ({},), "Cy": ({"empathy": "3"},)}, BO, CY)
    return calibration.reveal_session(house.act(FACILITATOR), session.id)


def agree(*, context_house: House, actor: Person, session_id: SessionId) -> None:
    calibration.record_agreed(
        context_house.act(actor), session_id, ticket_id=T1.id, criterion_id="greeting", answer=Answer.choose("yes")
    )
