"""The workbooks of a team and of a programme hold what the app's own reports say, for those who may have them."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from sqlalchemy import event

from db.records import Person, Selection
from db.store import audit
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.estimate import Estimate
from qa_app.words import NOTHING_IN_PERIOD, write_measured
from qa_app.workflows import packs
from qa_app.workflows.agent_results import report_agent
from qa_app.workflows.programme import report_programme
from qa_app.workflows.team_pack import Report, pack_team
from qa_app.workflows.team_scores import report_team
from tests.qa_app.workbooks.reading import read_filled, read_table
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CY,
    FACILITATOR,
    LEAD,
    MANAGER,
    NINA,
    NORTH,
    SAM,
    T1,
    T2,
    T3,
    T4,
    UTC_ZONE,
    House,
)

START, END = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture
def graded(sqlite_house: House) -> House:
    """Three random reviews of Nina and a targeted one that fails the form; one of Sam."""
    house = sqlite_house
    house.grade(BO, T1, {"empathy": "1"})
    house.grade(BO, T2, {"wait": 3})
    house.release(house.grade(CY, T3, {"solution": "n/a"}))
    house.grade(BO, T1, {"identity": "no"}, selection=Selection.TARGETED)
    house.grade(BO, T4, {"note": "=1+1"}, comment="@everybody")
    return house


def ignore(_done: int, _total: int) -> None:
    """Nobody waits."""


def write_team(house: House, actor: Person, name: str = "North", report: Report = ignore) -> Workbook:
    target = io.BytesIO()
    pack = packs.export_team_pack(
        house.act(actor), name, start=START, end=END, zone=UTC_ZONE, target=target, report=report
    )
    assert pack.name == f"team-{name.lower()}-2026-03-01-2026-03-31.xlsx"
    return load_workbook(target, data_only=True)


def write_programme(house: House, actor: Person) -> Workbook:
    target = io.BytesIO()
    packs.export_programme(house.act(actor), start=START, end=END, zone=UTC_ZONE, target=target)
    return load_workbook(target, data_only=True)


def read_words(workbook: Workbook, title: str) -> set[object]:
    return {cell.value for cell in read_filled(workbook) if cell.parent.title == title}


def test_team_workbook_says_what_the_reports_say(graded: House) -> None:
    told: list[tuple[int, int]] = []
    workbook = write_team(graded, COACH, report=lambda done, total: told.append((done, total)))
    assert workbook.sheetnames == ["Summary", "Agents", "Nina North", "Ratings", "Recompute", "Methods"]
    team = report_team(graded.act(COACH), NORTH.id, start=START, end=END, zone=UTC_ZONE)
    agent = report_agent(graded.act(COACH), NINA.id, start=START, end=END, zone=UTC_ZONE)
    (standing,) = team.standings
    assert f"Team score {write_measured(team.mean)}" in read_words(workbook, "Summary")
    assert NOTHING_IN_PERIOD not in read_words(workbook, "Summary")
    assert f"Score {write_measured(agent.score)}" in read_words(workbook, "Nina North")
    assert {write_measured(one.mean) for one in standing.skills} <= read_words(workbook, "Nina North")
    assert {one.step for one in agent.practise} <= read_words(workbook, "Nina North")
    (row,) = read_table(workbook["Agents"], "Agents")
    assert isinstance(standing.score, Estimate)
    assert (row["Agent"], row["As graded, %"], row["Reviews"]) == ("Nina North", pytest.approx(standing.score.value), 3)
    assert told == [(4, 12), (8, 12), (12, 12)]
    with graded.store.read() as tx:
        assert audit.entries(tx)[0].action == "export.team"


def test_every_review_of_the_team_stands_under_one_number_and_agrees_when_computed_again(graded: House) -> None:
    workbook = write_team(graded, COACH)
    agent = report_agent(graded.act(COACH), NINA.id, start=START, end=END, zone=UTC_ZONE)
    again = read_table(workbook["Recompute"], "Recompute")
    assert [(row["No."], row["Ticket"], row["Reported, %"]) for row in again] == [
        (number, line.ticket.external_id, float(line.review.score.reported or 0))
        for number, line in enumerate(agent.reviews, start=1)
        if line.review.score
    ]
    assert [(row["Reported again, %"], row["Agrees"]) for row in again] == [
        (row["Reported, %"], "✓ agrees") for row in again
    ]
    assert 0 in {row["Form fail sets, %"] for row in again}
    answers = [(row["Review"], row["Criterion"], row["Answer"]) for row in read_table(workbook["Ratings"], "Ratings")]
    assert answers == [
        (number, rating.label, rating.answer)
        for number, line in enumerate(agent.reviews, start=1)
        for rating in line.ratings
    ]


def test_programme_says_what_the_report_says(graded: House) -> None:
    graded.grade(BO, T4, {"wait": 3})
    report = report_programme(graded.act(MANAGER), start=START, end=END, zone=UTC_ZONE)
    workbook = write_programme(graded, MANAGER)
    assert workbook.sheetnames == [
        *("Summary", "Trend", "Teams", "Critical errors", "Reviewers", "Calibration and sampling", "Methods"),
    ]
    words = read_words(workbook, "Summary")
    figures = [figure for figure in report.figures if figure.value.n_units]
    assert {figure.label for figure in figures} <= words
    assert {write_measured(figure.value) for figure in figures} <= words
    assert NOTHING_IN_PERIOD not in words
    assert {("Reviews", "6: 5 at random, 1 targeted"), ("Active agents with a random review", "2 of 2")} <= set(
        report.counts
    )
    assert "Hold a calibration." in words
    teams = read_table(workbook["Teams"], "Teams")
    assert [(row["Team"], row["Agents"], row["Reviews"]) for row in teams] == [("North", 1, 3), ("South", 1, 2)]
    with graded.store.read() as tx:
        assert audit.entries(tx)[0].action == "export.programme"


def test_who_may_have_what(graded: House) -> None:
    assert "Sam South" in write_team(graded, MANAGER, "South").sheetnames
    for actor, name in ((LEAD, "South"), (MANAGER, "West"), (NINA, "North")):
        with pytest.raises(NotFound):
            write_team(graded, actor, name)
    for actor in (BO, FACILITATOR):
        with pytest.raises(NotAllowed):
            write_team(graded, actor)
    of_lead = read_table(write_programme(graded, LEAD)["Teams"], "Teams")
    assert [row["Team"] for row in of_lead] == ["North"]
    for actor in (COACH, BO, FACILITATOR, SAM):
        with pytest.raises(NotAllowed):
            write_programme(graded, actor)


def test_work_that_is_stopped_leaves_no_trace(graded: House) -> None:
    def stop(_done: int, _total: int) -> None:
        raise Refused("stopped", "Stopped.")

    with pytest.raises(Refused):
        write_team(graded, COACH, report=stop)
    with graded.store.read() as tx:
        assert audit.entries(tx)[0].action != "export.team"


def count_statements(house: House, work: Callable[[], object]) -> int:
    counted: list[str] = []

    def count(*arguments: object) -> None:
        counted.append(str(arguments[2]))

    event.listen(house.store.engine, "before_cursor_execute", count)
    try:
        work()
    finally:
        event.remove(house.store.engine, "before_cursor_execute", count)
    return len(counted)


def test_a_pack_of_more_agents_and_reviews_costs_no_more_statements(graded: House) -> None:
    def read(team: Person | None) -> Callable[[], object]:
        return lambda: list(
            pack_team(
                graded.act(ADMIN), team.team_id if team else None, start=START, end=END, zone=UTC_ZONE, report=ignore
            ).members()
        )

    one, both = count_statements(graded, read(SAM)), count_statements(graded, read(None))
    for ticket in (T1, T2, T3, T4):
        graded.grade(CY, ticket)
    more = count_statements(graded, read(None))
    assert (both - one, more - both) == (-1, 0)  # all teams at once need no team's name
