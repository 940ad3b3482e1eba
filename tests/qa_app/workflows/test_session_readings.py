"""What is read from a revealed session beside the coefficients, by worked lines and against `plumbline agreement`."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.session import SESSION, Size, fill_store
from db.engine import Store, open_store
from db.records import CalibrationSession, Selection
from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import CalibrationReport, RatingsReport, Readings
from qa_app.workflows import calibration
from qa_app.workflows.calibration import NewSession
from qa_app.workflows.calibration_results import RESAMPLES, report_session
from qa_app.workflows.own_agreement import trace_agreement
from qa_app.workflows.ratings_file import LevelName, read_ratings
from qa_app.workflows.ratings_report import report_file
from scorecards.answers import Answer
from scorecards.values import answer_value
from tests.conftest import copy_sqlite
from tests.factories import NOON
from tests.qa_app.workflows.house import BO, CY, DI, FACILITATOR, T1, T2, T3, T4, VERSION, House

Given = Mapping[str, tuple[Mapping[str, str | float], ...]]
ALL_BEST: Given = {"Bo": ({}, {}), "Cy": ({}, {}), "Di": ({}, {})}
Numbers = tuple[float, float | None, float | None]


def reveal(house: House, session: CalibrationSession, given: Given) -> CalibrationSession:
    people = [person for person in (BO, CY, DI) if person.name in given]
    house.grade_session(session, given, *people)
    house.tick(days=1)
    return calibration.reveal_session(house.act(FACILITATOR), session.id)


def numbers(measured: Measured) -> Numbers:
    assert isinstance(measured, Estimate), measured
    shown = measured.shown
    return measured.value, shown.low, shown.high


def hundred(measured: Measured) -> Numbers:
    value, low, high = numbers(measured)
    return 100 * value, None if low is None else 100 * low, None if high is None else 100 * high


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Store) -> tuple[CalibrationReport, RatingsReport]:
    """A simulated session whose third reviewer is strict, and the report on the same ratings as a spreadsheet."""
    store = open_store("sqlite://")
    copy_sqlite(sqlite_template, store)
    context = fill_store(store, Size(tickets=40, reviewers=4, criteria=4), stricter={2: 0.6})
    report = report_session(context, SESSION)
    store.close()
    path = tmp_path_factory.mktemp("ratings") / "ratings.csv"
    write_ratings(report, path)
    found = read_ratings(path, level=LevelName.ORDINAL, scale=None, criterion=None)
    assert found.issues == ()
    told = report_file(
        found,
        path.name,
        reference=None,
        critical=frozenset(),
        n_resamples=RESAMPLES,
        seed=report.session.seed,
        interval="bootstrap",
        made_at=NOON,
    )
    return report, told


def write_ratings(report: CalibrationReport, path: Path) -> None:
    """The reviewers' answers as anybody would type them into a spreadsheet: by their rank."""
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(["item", "rater", "criterion", "value"])
        # The bootstrap draws rows: in the order of the session's tickets.
        for one in sorted(report.sheets, key=lambda sheet: sheet.ticket_id):
            criterion = report.version.scorecard.criterion(one.criterion_id)
            for rater in report.session.reviewer_ids:
                rating = one.ratings[rater]
                assert rating is not None
                worth = answer_value(criterion, rating.answer)
                sheet.writerow([one.ticket_id, rater, criterion.label, "n/a" if worth is None else float(worth)])


def rows(report: RatingsReport, key: str) -> list[dict[str, object]]:
    (section,) = (section for section in report.sections if section.key == key)
    return [dict(zip((field.key for field in section.fields), row, strict=True)) for row in section.rows]


def as_measured(value: object) -> Measured:
    assert isinstance(value, Estimate | Undefined)
    return value


def test_coefficients_are_those_of_plumbline_agreement(large: tuple[CalibrationReport, RatingsReport]) -> None:
    report, told = large
    alphas = {
        row["criterion"]: numbers(as_measured(row["measured"]))
        for row in rows(told, "coefficients")
        if row["measure"] == "Krippendorff's alpha"
    }
    assert {line.label: numbers(line.alpha) for line in report.agreement} == {
        label: pytest.approx(found, rel=1e-12) for label, found in alphas.items()
    }


def test_heat_map_and_severity_are_those_of_plumbline_agreement(
    large: tuple[CalibrationReport, RatingsReport],
) -> None:
    report, told = large
    labels = {criterion.id: criterion.label for criterion in report.version.scorecard.criteria}
    with_others = {(row["criterion"], row["rater"]): hundred(as_measured(row["same"])) for row in rows(told, "raters")}
    assert {(labels[cell.criterion_id], cell.reviewer_id): numbers(cell.same) for cell in report.readings.heat} == {
        key: pytest.approx(found, rel=1e-12) for key, found in with_others.items()
    }
    severities = {row["rater"]: numbers(as_measured(row["severity"])) for row in rows(told, "severity")}
    assert {one.reviewer_id: numbers(one.severity) for one in report.readings.reviewers} == {
        key: pytest.approx(found, abs=1e-7) for key, found in severities.items()
    }


def test_strict_is_positive_in_every_figure(large: tuple[CalibrationReport, RatingsReport]) -> None:
    report, told = large
    strict = report.session.reviewer_ids[2]
    (one,) = (one for one in report.readings.reviewers if one.reviewer_id == strict)
    figures = [one.severity, one.below_peers, one.below_reference]
    figures += [as_measured(row["below"]) for row in rows(told, "raters") if row["rater"] == strict]
    figures += [as_measured(row["severity"]) for row in rows(told, "severity") if row["rater"] == strict]
    lows = [numbers(figure)[1] for figure in figures]
    assert len(lows) == 3 + 4 + 1
    assert all(low is not None and low > 0 for low in lows)


def test_expert_is_the_reference_and_every_critical_error_counts(
    large: tuple[CalibrationReport, RatingsReport],
) -> None:
    found = large[0].readings
    assert (found.n_agreed, found.n_expert) == (0, 40 * 4)
    assert all(isinstance(one.reference, Estimate) for one in found.reviewers)
    assert (found.critical, large[0].pooled) == ((), None)


def test_verdicts_that_another_reviewer_would_have_changed(house: House) -> None:
    given: Given = {**ALL_BEST, "Cy": ({"identity": "no"}, {})}
    session = reveal(house, house.open_session(T1.id, T2.id, graders=(BO, CY, DI)), given)
    found = report_session(house.act(BO), session.id).readings
    # Cy fails the first ticket: two of its three pairs differ, none of the second's.
    assert isinstance(found.flips, Estimate)
    assert found.flips.value == pytest.approx(100 / 3)
    assert found.fixes == ()
    assert found.fixes_note.startswith("2 tickets graded by two reviewers or more: too few")
    assert {(one.severity.reason if isinstance(one.severity, Undefined) else None) for one in found.reviewers} == {
        "too-few-units"
    }


def test_without_a_reference_nothing_is_said_of_accuracy_or_errors(house: House) -> None:
    session = reveal(house, house.open_session(T1.id, T2.id, graders=(BO, CY, DI)), ALL_BEST)
    found = report_session(house.act(BO), session.id)
    standing = found.readings.reviewers[0]
    figures = (standing.reference, standing.below_reference, standing.hits, standing.false_alarms)
    assert {one.reason if isinstance(one, Undefined) else None for one in figures} == {"no-reference"}
    # "0 tickets with an error" would be a claim, and "none critical" beside "all critical" a contradiction.
    assert {line.errors for line in found.readings.critical} == {None}
    assert {str(line.hits) for line in found.readings.critical} == {
        "not defined: There is no reference: the meeting recorded no agreed answer to this, and no expert gave one."
    }
    said = {str(row[0]): str(row[1]) for row in found.sections[0].rows}
    assert list(said) == [
        "What was measured",
        "How far reviewers agree",
        "The verdict",
        "What to fix first",
        "What cannot be said",
    ]
    assert said["What was measured"].startswith("3 people graded 2 tickets blind; 6 of 6 reviews are in.")
    assert "With 2 tickets even they are too narrow" in said["How far reviewers agree"]
    assert said["What cannot be said"].startswith("Who is right: there is no reference")


def test_agreed_answers_are_the_reference_of_hits_and_false_alarms(house: House) -> None:
    given: Given = {**ALL_BEST, "Bo": ({"identity": "no"}, {}), "Cy": ({"identity": "no"}, {"identity": "no"})}
    session = reveal(house, house.open_session(T1.id, T2.id, graders=(BO, CY, DI)), given)
    for ticket, option in ((T1, "no"), (T2, "yes")):
        calibration.record_agreed(
            house.act(FACILITATOR),
            session.id,
            ticket_id=ticket.id,
            criterion_id="identity",
            answer=Answer.choose(option),
        )
    found = report_session(house.act(FACILITATOR), session.id).readings
    assert (found.n_agreed, found.n_expert) == (2, 0)
    by_name = {one.name: one for one in found.reviewers}
    assert {
        name: [part.value for part in (one.hits, one.false_alarms, one.reference) if isinstance(part, Estimate)]
        for name, one in by_name.items()
    } == {"Bo": [100.0, 0.0, 100.0], "Cy": [100.0, 100.0, 50.0], "Di": [0.0, 0.0, 50.0]}
    (line,) = (line for line in found.critical if line.criterion_id == "identity")
    # Two of three marked the error of the first ticket, one of three the second.
    assert [part.value for part in (line.hits, line.false_alarms) if isinstance(part, Estimate)] == pytest.approx(
        [200 / 3, 100 / 3]
    )
    assert line.errors == 1


def test_own_agreement_is_the_figure_of_the_results(house: House) -> None:
    given: Given = {**ALL_BEST, "Cy": ({"empathy": "3"}, {"solution": "n/a"})}
    session = reveal(house, house.open_session(T1.id, T2.id, graders=(BO, CY, DI)), given)
    found = {one.reviewer_id: one.peers for one in report_session(house.act(BO), session.id).readings.reviewers}
    for person in (BO, CY, DI):
        (own,) = trace_agreement(house.act(person))
        assert found[person.id] == own.same


def pool_two(house: House) -> tuple[CalibrationSession, CalibrationSession]:
    """A session of Bo and Cy, then one of all three on two tickets picked by hand."""
    first = reveal(house, house.open_session(T1.id, T2.id, graders=(BO, CY)), {"Bo": ({}, {}), "Cy": ({}, {})})
    new = NewSession("Week 11", VERSION.id, (T3.id, T4.id), (BO.id, CY.id, DI.id), selection=Selection.BY_HAND)
    return first, reveal(house, calibration.open_session(house.act(FACILITATOR), new), ALL_BEST)


def test_small_sessions_are_pooled_with_those_before(house: House) -> None:
    first, second = pool_two(house)
    assert report_session(house.act(BO), first.id).pooled is None
    report = report_session(house.act(BO), second.id)
    assert isinstance(report.pooled, Readings)
    assert (report.pooled.sessions, report.pooled.n_tickets) == (("Week 11", "Week 10"), 4)
    assert (report.readings.n_tickets, report.readings.n_random) == (2, 0)
    # `open_session` of the house picks by hand as well: what nobody drew tells nothing of everyday work.
    assert (report.pooled.n_random, report.everyday) == (0, ())
    assert len(report.pooled.reviewers) == 3


def test_only_sessions_that_the_reader_may_read_are_pooled(house: House) -> None:
    _, second = pool_two(house)
    assert report_session(house.act(DI), second.id).pooled is None
    pooled = report_session(house.act(FACILITATOR), second.id).pooled
    assert pooled is not None
    assert len(pooled.sessions) == 2
