from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from db.records import CalibrationSession, ReviewId, Selection, SessionId
from db.store import people, reviews
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.estimate import Estimate
from qa_app.reports import CriterionAgreement
from qa_app.stats.agreement import Agreement, measure_criterion
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.workflows import calibration, findings
from qa_app.workflows.calibration import NewSession
from qa_app.workflows.calibration_results import RESAMPLES, report_session
from qa_app.workflows.findings import NewFinding
from qa_app.workflows.session_window import pool, read_session
from qa_app.workflows.shelf import Shelf
from scorecards.answers import Answer
from tests.factories import fill
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
    T1,
    T2,
    T3,
    T4,
    VERSION,
    House,
)

NA = float("nan")
SEED = 5
TICKETS = (T1.id, T2.id, T3.id, T4.id)
GIVEN: Mapping[str, tuple[Mapping[str, str | float], ...]] = {
    "Bo": (
        {"empathy": "5", "wait": 0},
        {"empathy": "4", "solution": "n/a", "wait": 2.5},
        {"greeting": "no", "empathy": "3", "solution": "partly"},
        {"empathy": "2", "solution": "none", "wait": 10},
    ),
    "Cy": (
        {"empathy": "4", "wait": 0},
        {"greeting": "no", "empathy": "4", "solution": "n/a", "wait": 2},
        {"greeting": "no", "empathy": "3", "solution": "none"},
        {"empathy": "2", "solution": "partly", "wait": 9},
    ),
    "Di": (
        {"empathy": "5", "wait": 1},
        {"empathy": "5", "solution": "partly", "wait": 2},
        {"greeting": "no", "empathy": "1", "solution": "partly", "wait": 0.5},
    ),
}
"""Di has not got round to the last ticket."""
Cells = list[list[float | None]]
TABLES: Mapping[str, tuple[Level, tuple[float, ...], Cells]] = {
    # Places among the options, ranks from worst to best, minutes; tickets in rows, Bo, Cy and Di in columns.
    "greeting": (Level.NOMINAL, (0.0, 1.0), [[0, 0, 0], [0, 1, 0], [1, 1, 1], [0, 0, None]]),
    "empathy": (Level.ORDINAL, (0.0, 1.0, 2.0, 3.0, 4.0), [[4, 3, 4], [3, 3, 4], [2, 2, 0], [1, 1, None]]),
    "solution": (Level.ORDINAL, (0.0, 1.0, 2.0), [[2, 2, 2], [NA, NA, 1], [1, 0, 1], [0, 1, None]]),
    "identity": (Level.NOMINAL, (0.0, 1.0), [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, None]]),
    "wait": (Level.INTERVAL, (), [[0, 0, 1], [2.5, 2, 2], [0, 0, 0.5], [10, 9, None]]),
}


@pytest.fixture
def session(house: House) -> CalibrationSession:
    new = NewSession("Week 10", VERSION.id, TICKETS, (BO.id, CY.id, DI.id), selection=Selection.STRATIFIED, seed=SEED)
    session = calibration.open_session(house.act(FACILITATOR), new)
    house.grade_session(session, GIVEN, BO, CY, DI)
    return calibration.reveal_session(house.act(FACILITATOR), session.id)


def test_agreement_equals_a_direct_call_of_the_statistics(house: House, session: CalibrationSession) -> None:
    report = report_session(house.act(BO), session.id)
    assert [line.criterion_id for line in report.agreement] == list(TABLES)
    for line in report.agreement:
        level, scale, cells = TABLES[line.criterion_id]
        assert line.level == level
        assert measures(line) == measures(measure(level, scale, cells)), line.criterion_id
    counts = {line.criterion_id: (line.chosen, line.not_applicable, line.missing) for line in report.agreement}
    assert counts == {**dict.fromkeys(TABLES, (11, 0, 1)), "solution": (9, 2, 1)}
    # Of the pairs on each ticket 1, 1/3, 1 and 1 agree on the greeting.
    percent = report.agreement[0].percent
    assert isinstance(percent, Estimate)
    assert percent.value == pytest.approx(100 * (1 + 1 / 3 + 1 + 1) / 4)


def test_one_measurement_serves_everybody_until_something_is_done_with_the_session(
    house: House, session: CalibrationSession
) -> None:
    shelf = Shelf()
    looks = {person.id: replace(house.act(person), shelf=shelf) for person in (BO, FACILITATOR)}
    of_bo, of_fay = (report_session(context, session.id) for context in looks.values())
    alone = report_session(house.act(FACILITATOR), session.id)
    assert of_fay.readings is of_bo.readings
    assert of_fay == alone
    assert [(one.methods[-1].text.split(" by ")[1]) for one in (of_bo, of_fay)] == ["Bo", "Fay Facilitator"]

    house.submit(BO, house.assign(BO, T1), fill())
    assert report_session(looks[BO.id], session.id).readings is of_bo.readings  # everyday work changes nothing here
    calibration.record_agreed(
        house.act(FACILITATOR), session.id, ticket_id=T3.id, criterion_id="empathy", answer=Answer.choose("2")
    )
    later = report_session(looks[BO.id], session.id)
    assert (of_bo.readings.n_agreed, later.readings.n_agreed) == (0, 1)
    assert later == report_session(house.act(BO), session.id)


def test_answers_stand_side_by_side_with_how_far_they_lie_apart(house: House, session: CalibrationSession) -> None:
    calibration.record_agreed(
        house.act(FACILITATOR), session.id, ticket_id=T3.id, criterion_id="empathy", answer=Answer.choose("2")
    )
    report = report_session(house.act(MANAGER), session.id)
    assert len(report.sheets) == 4 * 6
    sheets = {(sheet.ticket_id, sheet.criterion_id): sheet for sheet in report.sheets}
    empathy = sheets[T3.id, "empathy"]
    # Two of three pairs are two steps of four apart.
    assert (empathy.words, empathy.apart) == ({BO.id: "3", CY.id: "3", DI.id: "1"}, 33)
    assert empathy.reference is not None
    assert empathy.reference.answer == Answer.choose("2")
    assert sheets[T2.id, "solution"].words == {
        BO.id: "Not applicable", CY.id: "Not applicable", DI.id: "Partly solved",
    }  # fmt: skip
    # Two of three pairs differ on whether it applies, which is all or nothing.
    assert sheets[T2.id, "solution"].apart == 67
    assert sheets[T2.id, "wait"].words[BO.id] == "2.5 min"
    assert sheets[T4.id, "empathy"].words[DI.id] == "—"
    assert sheets[T4.id, "empathy"].ratings[DI.id] is None


def test_scores_counts_people_and_findings_are_those_of_the_session(house: House, session: CalibrationSession) -> None:
    finding = findings.record_finding(
        house.act(FACILITATOR), session.id, NewFinding("empathy", "slip", "Overlooked", T3.id)
    )
    house.tick(hours=1)
    report = report_session(house.act(CY), session.id)
    assert (report.session, report.version, report.facilitator) == (session, VERSION, FACILITATOR)
    assert (report.reviewers, report.submitted, report.expected) == ((BO, CY, DI), 11, 12)
    assert [ticket.id for _, ticket in report.tickets] == list(TICKETS)
    assert ([line.finding for line in report.findings], report.made_at) == ([finding], house.now)
    # Cy gives 0.75 of the empathy, two of six weights; Di waits a minute of ten, one weight.
    assert report.scores[T1.id] == {BO.id: Decimal("100.0"), CY.id: Decimal("91.7"), DI.id: Decimal("98.3")}
    assert set(report.scores[T4.id]) == {BO.id, CY.id}
    methods = {method.topic: method.text for method in report.methods}
    assert methods["Session"] == "Week 10: 4 tickets, 3 reviewers; tickets picked: stratified"
    assert methods["Grades used"].startswith("11 blind grades of 12 expected")
    assert f"{RESAMPLES} resamples, seed {SEED}" in methods["Intervals"]


def test_same_session_gives_the_same_numbers_each_time(house: House, session: CalibrationSession) -> None:
    first, again = (report_session(house.act(person), session.id).agreement for person in (BO, ADMIN))
    assert [measures(line) for line in first] == [measures(line) for line in again]


def test_expert_stands_beside_the_reviewers_and_not_in_the_agreement(house: House) -> None:
    new = NewSession("Expert", VERSION.id, (T1.id, T2.id), (BO.id, CY.id), expert_id=DI.id)
    session = calibration.open_session(house.act(FACILITATOR), new)
    given = {"Bo": ({}, {}), "Cy": ({}, {}), "Di": ({"greeting": "no"}, {"greeting": "no"})}
    house.grade_session(session, given, BO, CY, DI)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    report = report_session(house.act(DI), session.id)
    assert (report.reviewers, report.submitted, report.expected) == ((BO, CY, DI), 6, 6)
    greeting = report.agreement[0]
    assert (greeting.chosen, greeting.missing) == (4, 0)
    assert report.sheets[0].criterion_id == "greeting"
    assert report.sheets[0].words == {BO.id: "Yes", CY.id: "Yes", DI.id: "No"}


def test_blind_session_has_no_report_for_anybody(house: House) -> None:
    session = house.open_session(T1.id, graders=(BO, CY))
    house.grade_session(session, {"Bo": ({},), "Cy": ({},)}, BO, CY)
    for person in (BO, CY, FACILITATOR, MANAGER, ADMIN):
        with pytest.raises(Refused) as refusal:
            report_session(house.act(person), session.id)
        assert refusal.value.code == "session-blind"
    for person in (DI, COACH):
        with pytest.raises(NotFound):
            report_session(house.act(person), session.id)
    with pytest.raises(NotAllowed):
        report_session(house.act(NINA), session.id)


def test_results_are_for_those_who_took_part_and_those_who_run_calibrations(
    house: House, session: CalibrationSession
) -> None:
    calibration.close_session(house.act(FACILITATOR), session.id)
    for person in (BO, CY, DI, FACILITATOR, MANAGER, LEAD, ADMIN):
        assert report_session(house.act(person), session.id).session.id == session.id
    for person in (COACH, NINA):
        with pytest.raises((NotFound, NotAllowed)):
            report_session(house.act(person), session.id)


def test_grade_that_was_not_blind_is_left_out(house: House, session: CalibrationSession) -> None:
    # No workflow lets a late grade in; one that came in another way says of itself that it is not blind.
    with house.store.write() as tx:
        (blind,) = reviews.reviews(tx, session_id=session.id, ticket_ids=[T1.id], reviewer_id=DI.id)
        late = replace(blind, id=ReviewId("late"), ticket_id=T4.id, submission_key=None, saw_other_grades=True)
        reviews.add_review(tx, late)
    report = report_session(house.act(BO), session.id)
    assert (report.submitted, report.not_blind) == (11, ((DI.id, T4.id),))
    assert DI.id not in report.scores[T4.id]
    assert report.agreement[0].missing == 1


def test_whoever_was_not_asked_is_not_missing(house: House, session: CalibrationSession) -> None:
    # The same answers as an earlier session of Bo and Cy only: nobody asked Di for its four tickets.
    earlier = replace(session, id=SessionId("before"), reviewer_ids=(BO.id, CY.id))
    with house.store.read() as tx:
        graded = pool([read_session(tx, one) for one in (session, earlier)], VERSION)
    assert (len(graded.units), len(graded.raters), graded.n_not_asked) == (8, 3, 4)


def measure(level: Level, scale: tuple[float, ...], cells: Cells) -> Agreement:
    values = np.array([[NA if cell is None else cell for cell in row] for row in cells], dtype=np.float64)
    applies_not = np.array([[cell is not None and np.isnan(cell) for cell in row] for row in cells])
    table = RatingsTable(values, applies_not, level, scale, TICKETS, (BO.id, CY.id, DI.id))
    return measure_criterion(table, seed=SEED, n_resamples=RESAMPLES)


def measures(line: CriterionAgreement | Agreement) -> tuple[object, ...]:
    names = ("percent", "within_one", "kappa", "alpha", "applicable_percent", "applicable_alpha")
    return tuple(getattr(line, name) for name in names)


def test_two_reviewers_of_one_name_stay_two(sqlite_house: House) -> None:
    with sqlite_house.store.write() as tx:
        people.update_person(tx, replace(CY, name="Bo"))
    session = sqlite_house.open_session(T1.id)
    sqlite_house.grade_session(session, {"Bo": ({},), "Cy": ({"greeting": "no"},)}, BO, CY)
    calibration.reveal_session(sqlite_house.act(FACILITATOR), session.id)
    report = report_session(sqlite_house.act(FACILITATOR), session.id)
    names = ["Bo (bo@example.org)", "Bo (cy@example.org)"]
    assert [person.name for person in report.reviewers] == names
    (heat,) = (section for section in report.sections if section.key == "heat")
    assert {reviewer for _, reviewer, _ in heat.rows} == set(names)
