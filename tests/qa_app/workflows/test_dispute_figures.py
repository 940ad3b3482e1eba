"""How disputes end, in figures; Wilson's intervals as `proportion` has them, which is tested against the paper."""

import pytest

from db.records import DisputeItem, DisputeKind
from db.store import tickets
from qa_app.errors import NotAllowed
from qa_app.estimate import Estimate, Undefined
from qa_app.reports import Section
from qa_app.stats.proportion import in_percent, proportion
from qa_app.workflows import disputes, second_grading
from qa_app.workflows.deciding import decide_dispute, settle_wrong_agent
from qa_app.workflows.dispute_figures import report_disputes
from scorecards.answers import Answer
from tests.factories import fill, make_conversation
from tests.qa_app.workflows.house import BO, COACH, CY, DI, MANAGER, NINA, T1, T2, T3, House
from tests.qa_app.workflows.test_disputes import only


def table(section: Section) -> list[tuple[object, ...]]:
    return [tuple(row) for row in section.rows]


def test_figures_count_what_was_decided_and_how_far_two_blind_grades_agree(house: House) -> None:
    # Four tickets graded by Bo, contested on empathy (and greeting in the first); Cy grades each of them again.
    more = tuple(make_conversation(number, agent=NINA) for number in (5, 6))
    with house.store.write() as tx:
        tickets.add_conversations(tx, more)
    contested = (T1, T2, T3, more[0].ticket)
    again = ({"empathy": "5", "greeting": "yes"}, {"empathy": "2"}, {"empathy": "3"}, {"empathy": "2"})
    for ticket, second in zip(contested, again, strict=True):
        first = house.grade(BO, ticket, {"empathy": "2", "greeting": "no"})
        house.release(first)
        items = [DisputeItem("empathy", "Read on")] + [DisputeItem("greeting", "I did")] * ("greeting" in second)
        raised = disputes.raise_dispute(house.act(NINA), first.id, reason="Too hard", items=tuple(items))
        asked = second_grading.assign_second_grader(house.act(MANAGER), raised.id, CY.id)
        house.submit(CY, asked, only(fill(second), *second))
        house.tick(days=2 if second["empathy"] == "5" else 1)
        # The lead follows the second grade in the first and the third case.
        answers = {"empathy": Answer.choose(second["empathy"])} if second["empathy"] in {"3", "5"} else {}
        decide_dispute(house.act(MANAGER), raised.id, decision="So.", answers=answers)
    moved = house.grade(DI, more[1].ticket)
    house.release(moved)
    wrong = disputes.raise_dispute(house.act(NINA), moved.id, reason="Not me", kind=DisputeKind.WRONG_AGENT)
    settle_wrong_agent(house.act(MANAGER), wrong.id, decision="No.", void=True)

    found = report_disputes(house.act(MANAGER))
    sections = {section.key: section for section in found.sections}
    assert found.decided == 4
    # Raised, open, upheld, partly revised, revised, wrong agent, withdrawn, median and longest days.
    assert table(sections["outcomes"]) == [
        ("Grades", 4, 0, 2, 1, 1, 0, 0, 1.0, 2.0),
        ("Whose work it was", 1, 0, 0, 0, 0, 1, 0, 0.0, 0.0),
    ]
    assert table(sections["criteria"]) == [
        ("Care", "Empathy", 4, 2, in_percent(proportion(2, 4))),
        ("Care", "Greeting", 1, 0, in_percent(proportion(0, 1))),
    ]
    assert table(sections["reviewers"]) == [("Bo", 4, 2, in_percent(proportion(2, 4)))]
    ((label, n_tickets, same),) = table(sections["second_grades"])
    # Of the tickets none, one, none and one of the criteria asked were answered alike: mean of 0, 100, 0, 100.
    assert (label, n_tickets) == ("Care", 4)
    assert isinstance(same, Estimate)
    assert (same.value, same.n_units) == (50.0, 4)
    lines = {row[0]: row for row in table(sections["second_grades_1"])}
    percent = lines["Empathy"][4]
    assert isinstance(percent, Estimate)
    assert (percent.value, percent.n_units) == (50.0, 4)
    assert set(lines) == {"Empathy", "Greeting"}  # what was not asked again has nothing to compare
    assert isinstance(lines["Greeting"][4], Undefined)  # one ticket is never an agreement


def test_figures_are_for_leads(house: House) -> None:
    for person in (CY, COACH, NINA):
        with pytest.raises(NotAllowed):
            report_disputes(house.act(person))
    empty = report_disputes(house.act(MANAGER))
    assert [(section.key, section.rows) for section in empty.sections] == [
        *(("outcomes", ()), ("criteria", ()), ("reviewers", ()), ("second_grades", ())),
    ]
