"""What a meeting leaves to do: who may be asked to, who sees it, and in which order it stands."""

from datetime import date, timedelta

import pytest

from db.records import CalibrationSession, Person, PersonId
from qa_app.errors import NotFound, Refused
from qa_app.followup import Progress
from qa_app.workflows import access, calibration, findings
from qa_app.workflows.findings import NewFinding
from tests.factories import NOON
from tests.qa_app.workflows.house import ADMIN, BO, COACH, CY, DI, FACILITATOR, LEAD, NINA, T1, T2, House

TODAY = NOON.date()


def hold(house: House) -> CalibrationSession:
    """Bo and Cy graded T1 and T2, and everybody may look."""
    session = house.open_session(T1.id, T2.id)
    house.grade_session(session, {"Bo": ({}, {}), "Cy": ({}, {})}, BO, CY)
    return calibration.reveal_session(house.act(FACILITATOR), session.id)


def ask(action: str = "Reword it", owner: PersonId | None = None, due_on: date | None = None) -> NewFinding:
    return NewFinding("empathy", "ambiguous_text", "Once is enough", T1.id, action, owner, due_on)


@pytest.mark.parametrize("owner", [NINA.id, DI.id, PersonId("nobody")], ids=["an agent", "switched off", "unknown"])
def test_whoever_cannot_be_given_anything_to_do_owns_no_finding(sqlite_house: House, owner: PersonId) -> None:
    session = hold(sqlite_house)
    access.set_active(sqlite_house.act(ADMIN), DI.id, active=False)
    with pytest.raises(Refused) as refusal:
        findings.record_finding(sqlite_house.act(FACILITATOR), session.id, ask(owner=owner))
    assert refusal.value.code == "finding-owner"
    assert owner not in {one.id for one in findings.list_owners(sqlite_house.act(FACILITATOR), session.id)}


def test_those_who_took_part_are_offered_first(sqlite_house: House) -> None:
    session = hold(sqlite_house)
    offered = [one.name for one in findings.list_owners(sqlite_house.act(FACILITATOR), session.id)]
    assert offered == ["Bo", "Cy", "Fay Facilitator", "Ada Admin", "Col Coach", "Di", "Lou Lead", "Max Manager"]


def test_list_begins_with_what_is_overdue(sqlite_house: House) -> None:
    context, session = sqlite_house.act(FACILITATOR), hold(sqlite_house)
    day = timedelta(days=1)
    for new in (
        ask(""),
        ask("some day"),
        ask("done"),
        ask("today", due_on=TODAY),
        ask("yesterday", BO.id, TODAY - day),
    ):
        made = findings.record_finding(context, session.id, new)
        if new.action == "done":
            findings.finish_finding(context, made.id, done=True)
    lines = findings.list_findings(context)
    assert [(line.finding.action, line.progress(TODAY)) for line in lines] == [
        ("yesterday", Progress.OVERDUE),
        ("today", Progress.OPEN),
        ("some day", Progress.OPEN),
        ("done", Progress.DONE),
        ("", Progress.NOTHING),
    ]
    first = lines[0]
    assert (first.session, first.criterion, first.ticket, first.owner, first.by, first.done_by) == (
        *("Week 10", "Empathy", "101", "Bo", "Fay Facilitator", ""),
    )
    assert lines[3].done_by == "Fay Facilitator"


@pytest.mark.parametrize(
    ("person", "seen"),
    [(FACILITATOR, 2), (LEAD, 2), (BO, 2), (COACH, 1), (DI, 0)],
    ids=lambda one: getattr(one, "name", one),
)
def test_findings_are_for_who_runs_took_part_or_owns(sqlite_house: House, person: Person, seen: int) -> None:
    session = hold(sqlite_house)
    made = [
        findings.record_finding(sqlite_house.act(FACILITATOR), session.id, ask(owner=owner))
        for owner in (BO.id, COACH.id)
    ]
    context = sqlite_house.act(person)
    assert len(findings.list_findings(context)) == seen
    if seen == 0:
        with pytest.raises(NotFound):
            findings.finish_finding(context, made[1].id, done=True)
    if person is COACH:
        findings.finish_finding(context, made[1].id, done=True)
        assert findings.list_findings(context)[0].done_by == "Col Coach"


def test_decision_about_a_ticket_that_is_still_graded_blind_is_kept_back(sqlite_house: House) -> None:
    session = hold(sqlite_house)
    findings.record_finding(sqlite_house.act(FACILITATOR), session.id, ask(owner=DI.id))
    assert len(findings.list_findings(sqlite_house.act(DI))) == 1
    sqlite_house.open_session(T1.id, graders=(DI, BO))
    assert findings.list_findings(sqlite_house.act(DI)) == ()
