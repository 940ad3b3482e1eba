"""The calibration workbook holds the report's coefficients, answers and scores, all of them."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from openpyxl.workbook import Workbook

from db.records import PersonId, Rating, TicketId
from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import AnswerSheet, CalibrationReport
from qa_app.words import write_measured, write_short
from qa_app.workbooks.calibration import plan_calibration
from qa_app.workbooks.layout import write_address
from scorecards.answers import NOT_APPLICABLE, Answer
from scorecards.model import Criterion, CriterionType, NumberRange
from tests.qa_app.workbooks.calibration_reports import make_calibration_report, make_course, make_health
from tests.qa_app.workbooks.factories import BERLIN
from tests.qa_app.workbooks.reading import (
    as_stored,
    read_charts,
    read_filled,
    read_rows_below,
    read_table,
    write_and_load,
)

ALPHA = "Krippendorff’s alpha"


def write_report(report: CalibrationReport) -> Workbook:
    book = plan_calibration(report, time_zone=BERLIN, app_version="0.1.0", course=make_course(), health=make_health())
    return write_and_load(book)


@pytest.fixture(scope="module")
def report() -> CalibrationReport:
    return make_calibration_report()


@pytest.fixture(scope="module")
def workbook(report: CalibrationReport) -> Workbook:
    return write_report(report)


@pytest.fixture
def small() -> CalibrationReport:
    return make_calibration_report(tickets=1, criteria=1)


def test_sheets_are_those_of_the_guide(workbook: Workbook) -> None:
    session = ["Agreement", "Reviewers", "Heat map", "Critical criteria"]
    assert workbook.sheetnames == [
        *("Summary", *session, "Everyday agreement, 3 sessions", *(f"{name}, 3 sessions" for name in session[1:])),
        *("Over time", "Session by session", "Health", "Health, criteria", "Health, options"),
        *("Side by side", "Scores", "Findings", "Ratings", "Methods"),
    ]


def test_summary_tells_the_session_with_its_counts(workbook: Workbook) -> None:
    rows = [[cell.value for cell in row if cell.value is not None] for row in workbook["Summary"].iter_rows(max_row=13)]
    assert rows == [
        ["Calibration: November, billing chats"],
        ["Core skills, version 4 · made 2 Nov 2026, 09:12 (Europe/Berlin)"],
        ["Agreement", "Reviewers", "Heat map", "Critical criteria"],
        [f"{name}, 3 sessions" for name in ("Everyday agreement", "Reviewers", "Heat map", "Critical criteria")],
        ["Over time", "Session by session", "Health", "Health, criteria"],
        ["Health, options", "Side by side", "Scores", "Findings"],
        ["Ratings", "Methods"],
        ["Facilitator", "Noor de Vries", "State", "revealed"],
        ["Tickets", 6, "Revealed", "2 Nov 2026, 07:12"],
        ["Reviewers", 4, "Seed of the intervals", 20261102],
        ["Reviews expected", 24, "Who graded", "Tomás Ferreira, Aïcha Benali, Jun Sato, Grace O’Neill"],
        ["Blind reviews in", 23, "Was at the meeting", "Noor de Vries, Tomás Ferreira, Aïcha Benali"],
        ["Criteria", 12, "Was absent", "Jun Sato"],
    ]


def tell(measured: Measured | None, digits: int) -> str:
    if measured is None:
        return "—"
    if isinstance(measured, Undefined):
        return write_short(measured, digits=digits)
    return write_measured(measured, digits=digits, count=f"n = {measured.n_units} × {measured.n_raters}")


def test_summary_says_every_coefficient_with_its_interval(report: CalibrationReport, workbook: Workbook) -> None:
    assert read_rows_below(workbook["Summary"], "Criterion") == [
        [
            line.label,
            line.level,
            tell(line.percent, 1),
            tell(line.within_one, 1),
            tell(line.kappa, 2),
            tell(line.alpha, 2),
        ]
        for line in report.agreement
    ]
    assert read_rows_below(workbook["Summary"], "Criterion", nth=2) == [
        [
            line.label,
            tell(line.applicable_percent, 1),
            tell(line.applicable_alpha, 2),
            line.chosen,
            line.not_applicable,
            line.missing,
        ]
        for line in report.agreement
    ]


def test_agreement_holds_every_coefficient_as_numbers(report: CalibrationReport, workbook: Workbook) -> None:
    expected: dict[tuple[str, str, str], Measured] = {}
    for line in report.agreement:
        expected["How it was graded", ALPHA, line.label] = line.alpha
        expected["How it was graded", "Kappa", line.label] = line.kappa
        expected["How it was graded", "Same answer, %", line.label] = line.percent
        if line.within_one is not None:
            expected["How it was graded", "Within one level, %", line.label] = line.within_one
        expected["Whether it applied", ALPHA, line.label] = line.applicable_alpha
        expected["Whether it applied", "Same view, %", line.label] = line.applicable_percent
    rows = {
        (str(row["Question"]), str(row["Measure"]), str(row["Criterion"])): row
        for row in read_table(workbook["Agreement"], "Agreement")
    }
    assert rows.keys() == expected.keys()
    for key, measured in expected.items():
        numbers = [rows[key][name] for name in ("Value", "Low", "High", "Tickets", "Reviewers", "Ratings")]
        counts = [measured.n_units, measured.n_raters, measured.n_values]
        said = rows[key]["Method, or why there is no number"]
        if isinstance(measured, Undefined):
            assert numbers == [None, None, None, *counts]
            assert said == f"not defined: {measured.explanation}"
        else:
            assert measured.low is not None
            assert measured.high is not None
            assert numbers == [as_stored(part) for part in (measured.value, measured.low, measured.high)] + counts
            assert said == measured.method


def test_the_chart_draws_alpha_of_every_criterion(report: CalibrationReport, workbook: Workbook) -> None:
    (chart,) = read_charts(workbook, "Summary")
    assert chart.series[0].val.numRef.f == "'Agreement'!$F$5:$F$16"
    first = read_table(workbook["Agreement"], "Agreement")[: len(report.agreement)]
    assert {(row["Question"], row["Measure"]) for row in first} == {("How it was graded", ALPHA)}


def test_summary_says_what_to_fix_first_with_its_numbers(report: CalibrationReport, workbook: Workbook) -> None:
    fixes = report.readings.fixes
    assert read_rows_below(workbook["Summary"], "Which") == [
        [fix.name, fix.problem, fix.numbers, fix.step] for fix in fixes
    ]
    assert read_rows_below(workbook["Summary"], "Different verdicts, %") == [
        ["17.5 (6.3 to 33.5)", "34.5 (21.3 to 47.8)"]
    ]


def test_reviewers_hold_every_figure_as_a_number_and_draw_severity(
    report: CalibrationReport, workbook: Workbook
) -> None:
    rows = read_table(workbook["Reviewers"], "Reviewers")
    assert [row["Reviewer"] for row in rows] == [one.name for one in report.readings.reviewers]
    severity = "Severity, logits (strict +)"
    names = (severity, f"{severity}, low", "Severity, margin down", "Points below the others (strict +)")
    assert [[row[name] for name in names] for row in rows[:2]] == [
        [None, None, None, -3.25],
        [0.42, -0.11, as_stored(0.53), -3.25],
    ]
    (chart,) = read_charts(workbook, "Reviewers")
    letter = write_address(1, 1 + list(rows[0]).index(severity)).rstrip("1")
    assert chart.series[0].val.numRef.f.startswith(f"'Reviewers'!${letter}$")
    printed = str(workbook["Reviewers"].print_area).rpartition(":$")[2].partition("$")[0]
    assert list(rows[0])[: ord(printed) - ord("A") + 1][-1] == "Remarks"


def test_heat_map_is_a_grid_of_criteria_and_reviewers(report: CalibrationReport, workbook: Workbook) -> None:
    rows = read_table(workbook["Heat map"], "Heat")
    assert [row["Criterion"] for row in rows] == [line.label for line in report.agreement]
    assert {
        (row[person.name], row[f"{person.name}, with interval"]) for row in rows for person in report.reviewers
    } == {(81.5, "81.5 (64.3 to 93.5)")}


def test_over_time_follows_the_sessions_with_a_chart(workbook: Workbook) -> None:
    sheet = workbook["Over time"]
    rows = read_table(sheet, "Sessions")
    assert [(row["Session"], row["Revealed"], row["Scorecard"], row["Meeting"]) for row in rows] == [
        ("Week 1", "2026-10-10", None, None),
        ("Week 2", "2026-10-17", None, "4 agreed answers"),
        ("Week 3", "2026-10-24", "edited before", None),
    ]
    assert [row["Distance, % of guessing"] for row in rows] == [29.5, 28.5, None]
    (chart,) = read_charts(workbook, "Over time")
    assert [series.val.numRef.f for series in chart.series] == [
        f"'Over time'!${letter}$7:${letter}$9" for letter in "GHI"
    ]
    assert read_table(sheet, "Changes") == [
        {
            "What": "Severity over time", "Name": "Tomás Ferreira", "With interval": "-6.5 (-9.3 to -3.8)",
            "Value": -6.5, "Low": -9.25, "High": -3.75, "Alert": "▲ changed",
        }
    ]  # fmt: skip
    points = read_table(workbook["Session by session"], "Course")
    assert [(row["What"], row["Name"], row["Session"], row["Value"]) for row in points[3:6]] == [
        ("Agreement over time", "Tomás Ferreira", "Week 1", 29.5),
        ("Agreement over time", "Tomás Ferreira", "Week 2", 28.5),
        ("Agreement over time", "Tomás Ferreira", "Week 3", None),
    ]
    assert len(points) == 9


def test_health_says_what_stands_out_with_its_numbers(workbook: Workbook) -> None:
    (remark,) = read_table(workbook["Health"], "Health")
    assert (remark["Verdict"], remark["What"]) == ("stands out", "Nobody chooses “Low”.")
    (one,) = read_table(workbook["Health, criteria"], "Criteria")
    assert (one["Answers"], one["Only the top answer, %"]) == (100, 50)
    assert [row["Option"] for row in read_table(workbook["Health, options"], "Options")] == ["Low", "High"]


def test_sheets_that_have_nothing_to_follow_are_left_out(small: CalibrationReport) -> None:
    book = plan_calibration(small, time_zone=BERLIN, app_version="0.1.0")
    assert {"Over time", "Health"}.isdisjoint(sheet.title for sheet in book.sheets)


def test_side_by_side_shows_everyones_answer_and_how_far_apart(report: CalibrationReport, workbook: Workbook) -> None:
    rows = read_table(workbook["Side by side"], "SideBySide")
    assert len(rows) == len(report.sheets) == 72
    labels = {criterion.id: criterion.label for criterion in report.version.scorecard.criteria}
    numbers = {ticket.id: ticket.external_id for _, ticket in report.tickets}
    for row, sheet in zip(rows, report.sheets, strict=True):
        assert (row["Ticket"], row["Criterion"]) == (numbers[sheet.ticket_id], labels[sheet.criterion_id])
        assert row["Apart, points"] == ("—" if sheet.apart is None else sheet.apart)
        for person in report.reviewers:
            submitted = sheet.ratings[person.id] is not None
            assert row[person.name] == (sheet.words[person.id] if submitted else "— not submitted")
        assert row["Reference"] == ("agreed: 3 Adequate" if sheet.criterion_id == "empathy" else "—")


def test_how_far_apart_is_said_in_a_word(small: CalibrationReport) -> None:
    cases: list[tuple[int | None, tuple[str | None, ...], str]] = [
        (100, ("level-1", "level-5"), "▲ far"),
        (40, ("level-1", "level-3"), "▲ far"),
        (39, ("level-1", "level-2"), "△ some"),
        (0, ("level-2", "level-2"), "= same"),
        (100, ("level-2", None), "▲ far; applies or not?"),
        (None, ("level-2",), "— too few"),
    ]
    sheets = tuple(
        AnswerSheet(TicketId("ticket-1"), "opening", rate(small, answers), {}, apart, None)
        for apart, answers, _ in cases
    )
    rows = read_table(write_report(replace(small, sheets=sheets))["Side by side"], "SideBySide")
    assert [row["Apart"] for row in rows] == [expected for _, _, expected in cases]


def rate(report: CalibrationReport, answers: tuple[str | None, ...]) -> dict[PersonId, Rating | None]:
    return {
        person.id: Rating("opening", NOT_APPLICABLE if option is None else Answer.choose(option))
        for person, option in zip(report.reviewers, answers, strict=False)
    }


def test_scores_keep_no_score_and_not_submitted_apart(report: CalibrationReport, workbook: Workbook) -> None:
    rows = read_table(workbook["Scores"], "Scores")
    for row, (_, ticket) in zip(rows, report.tickets, strict=True):
        for person in report.reviewers:
            scores = report.scores[ticket.id]
            score = scores.get(person.id)
            expected = "—" if person.id not in scores else "no score" if score is None else float(score)
            assert row[person.name] == expected
    assert (rows[1]["Tomás Ferreira"], rows[5]["Grace O’Neill"]) == ("no score", "—")


def test_findings_are_a_list_of_what_is_to_be_done(workbook: Workbook) -> None:
    late, todo, rest = read_table(workbook["Findings"], "Findings")
    assert todo == {
        "Criterion": "Names the feeling before the fix",
        "Ticket": "T-48201",
        "Cause": "ambiguous text",
        "Decision": "An apology alone is level 2. Level 3 asks for the feeling to be named.",
        "Action": "Add the two examples of this session to the guideline.",
        "Owner": "Aïcha Benali",
        "Due": datetime(2026, 11, 20),  # noqa: DTZ001 - sheets know no zone
        "Done": "○ to do",
        "Done on": "—",
        "Guideline": "⚠ needs an update",
        "Recorded by": "Noor de Vries",
        "On": datetime(2026, 11, 2),  # noqa: DTZ001
    }
    # Made on 2 November.
    assert (late["Due"], late["Done"]) == (datetime(2026, 11, 1), "▲ overdue")  # noqa: DTZ001
    assert [rest[name] for name in ("Ticket", "Action", "Owner", "Due", "Done", "Guideline")] == [
        *("—", "—", "—", "—", "—"),
        "fine as it is",
    ]


def test_what_is_done_says_when(small: CalibrationReport) -> None:
    line = small.findings[0]
    done = replace(line, finding=replace(line.finding, done_at=small.made_at, done_by=line.finding.by), done_by="Noor")
    (row,) = read_table(write_report(replace(small, findings=(done,)))["Findings"], "Findings")
    assert (row["Done"], row["Done on"]) == ("✓ done", datetime(2026, 11, 2))  # noqa: DTZ001


def test_ratings_hold_every_answer_in_long_form(report: CalibrationReport, workbook: Workbook) -> None:
    rows = read_table(workbook["Ratings"], "Ratings")
    assert len(rows) == 6 * 12 * 4
    people = {person.name: person.id for person in report.reviewers}
    tickets = {ticket.external_id: ticket.id for _, ticket in report.tickets}
    sheets = {(sheet.ticket_id, sheet.criterion_id): sheet for sheet in report.sheets}
    for row in rows:
        rating = sheets[tickets[str(row["Ticket"])], str(row["Criterion id"])].ratings[people[str(row["Reviewer"])]]
        assert row["Session"] == "November, billing chats"
        if rating is None:
            assert [row[name] for name in ("State", "Option", "Points", "Value, %")] == [
                "not submitted",
                "—",
                None,
                None,
            ]
            continue
        option = rating.answer.option_id
        assert row["State"] == rating.answer.state.value.replace("_", " ")
        assert row["Option"] == (option or "—")
        points = None if option is None else int(option.removeprefix("level-"))
        assert row["Points"] == points
        assert row["Value, %"] == (None if points is None else 25 * (points - 1))
        assert row["Comment"] == (rating.comment or "—")
        assert row["Reasons"] == ("Rushed" if rating.reason_ids else "—")


def test_a_number_answer_stands_with_its_unit_and_as_a_number(small: CalibrationReport) -> None:
    minutes = Criterion(
        id="opening",
        label="Minutes to the first answer",
        type=CriterionType.NUMBER,
        number=NumberRange(low=Decimal(0), high=Decimal(60), unit="min"),
    )
    scorecard = small.version.scorecard
    section = scorecard.sections[0].model_copy(update={"criteria": (minutes,)})
    version = replace(small.version, scorecard=scorecard.model_copy(update={"sections": (section,)}))
    person = small.reviewers[0]
    rating = Rating("opening", Answer.measure(Decimal("4.5")))
    sheet = AnswerSheet(TicketId("ticket-1"), "opening", {person.id: rating}, {person.id: "4.5 min"}, None, None)
    workbook = write_report(replace(small, version=version, sheets=(sheet,), reviewers=(person,)))
    (row,) = read_table(workbook["Ratings"], "Ratings")
    assert [row[name] for name in ("Option", "Answer", "Points", "Value, %")] == ["—", "4.5 min", 4.5, 7.5]


def test_a_session_without_anything_says_so(small: CalibrationReport) -> None:
    empty = replace(
        small, agreement=(), sheets=(), findings=(), tickets=(), scores={}, sections=(), submitted=0, expected=0
    )
    workbook = write_report(empty)
    titles = ("Agreement", "Side by side", "Scores", "Findings", "Ratings")
    assert {title: workbook[title].cell(4, 1).value for title in titles} == {
        "Agreement": "No criterion has ratings to compare.",
        "Side by side": "No answers were given.",
        "Scores": "Nobody was asked to grade.",
        "Findings": "No findings were recorded.",
        "Ratings": "No answers were given.",
    }
    assert read_charts(workbook, "Summary") == []


def test_an_estimate_without_interval_draws_no_whisker(small: CalibrationReport) -> None:
    alone = replace(small.agreement[0], alpha=Estimate(0.5, None, None, 2, 2, "too few tickets for an interval"))
    row = read_table(write_report(replace(small, agreement=(alone,)))["Agreement"], "Agreement")[0]
    names = ("Value", "Low", "High", "Margin down", "Margin up")
    assert [row[name] for name in names] == [0.5, None, None, None, None]


def test_methods_hold_every_line_of_the_report(report: CalibrationReport, workbook: Workbook) -> None:
    lines = {row["Topic"]: row["Text"] for row in read_table(workbook["Methods"], "Methods")}
    assert {method.topic: method.text for method in report.methods}.items() <= lines.items()


def test_nothing_missing_is_written_as_zero(report: CalibrationReport, workbook: Workbook) -> None:
    """The only zeros are counts, spreads of equal answers, the lowest level, and options that nobody chose."""
    zeros = {(cell.parent.title, cell.column) for cell in read_filled(workbook) if cell.value == 0}
    zeros = {(title, column) for title, column in zeros if not title.startswith("Health")}
    titles = {(title, str(workbook[title].cell(4, column).value)) for title, column in zeros if title != "Side by side"}
    assert titles == {("Agreement", "Reviewers"), ("Agreement", "Ratings"), ("Ratings", "Value, %")}
    worthless = [row for row in read_table(workbook["Ratings"], "Ratings") if row["Value, %"] == 0]
    assert {row["Option"] for row in worthless} == {"level-1"}
    assert {column for title, column in zeros if title == "Side by side"} == {4}
    assert sum(sheet.apart == 0 for sheet in report.sheets) == sum(
        cell.value == 0 for cell in read_filled(workbook) if cell.parent.title == "Side by side"
    )
