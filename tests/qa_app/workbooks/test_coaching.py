"""The coaching workbook holds the report's figures, all of them, and says so where there are none."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from openpyxl.workbook import Workbook

from qa_app.estimate import Estimate, Measured
from qa_app.reports import AgentReport, EvidenceLine
from qa_app.words import NOTHING_IN_PERIOD, write_change, write_change_short, write_measured, write_short
from qa_app.workbooks.coaching import plan_coaching
from qa_app.workbooks.plan import Link, Sheet, Table
from qa_app.workbooks.reviews import plan_details
from tests.qa_app.workbooks.agent_reports import make_agent_report, make_empty_agent_report
from tests.qa_app.workbooks.factories import BERLIN, make_undefined
from tests.qa_app.workbooks.reading import (
    as_stored,
    read_charts,
    read_filled,
    read_rows_below,
    read_table,
    read_value,
    write_and_load,
)

VERSION = "0.1.0"


@pytest.fixture(scope="module")
def report() -> AgentReport:
    return make_agent_report()


@pytest.fixture(scope="module")
def workbook(report: AgentReport) -> Workbook:
    return write_and_load(plan_coaching(report, time_zone=BERLIN, app_version=VERSION))


def spread(measured: Measured) -> list[float | None]:
    if isinstance(measured, Estimate):
        return [None if part is None else as_stored(part) for part in (measured.value, measured.low, measured.high)]
    return [None, None, None]


def test_sheets_are_those_of_the_guide(workbook: Workbook) -> None:
    assert workbook.sheetnames == [
        "Summary",
        "Goals and sessions",
        "Skills",
        "Trend",
        "Reviews",
        "Review details",
        "Ratings",
        "Recompute",
        "Methods",
    ]


def test_summary_holds_every_figure_of_the_report(report: AgentReport, workbook: Workbook) -> None:
    figures = {
        "Score as graded, random reviews": report.score,
        "Score of the period before": report.before,
        "Targeted reviews, apart": report.targeted,
        "Passed reviews": report.passed,
        "Soft skills": report.soft,
        "Hard skills": report.hard,
        "Free of customer-critical errors": report.critical["customer"],
        "Free of compliance-critical errors": report.critical["compliance"],
    }
    expected: list[list[object]] = [
        [label, write_measured(measured), *(part for part in spread(measured) if part is not None), measured.n_units]
        for label, measured in figures.items()
    ]
    change: list[object] = ["Change of the score, in points", write_change(report.change), *spread(report.change), 17]
    expected.insert(2, change)
    assert read_rows_below(workbook["Summary"], "Figure, in percent") == expected


def test_summary_says_the_score_with_its_margin_first(workbook: Workbook) -> None:
    assert [workbook["Summary"].cell(row, 1).value for row in (1, 2, 5, 6)] == [
        "Coaching report: Maya Lindqvist",
        "Team Billing and payments · 1 Sep 2026 to 31 Oct 2026 · made 2 Nov 2026, 09:12 (Europe/Berlin)",
        "Score 82.4 ± 4.1 (n = 17)",
        "Score against the same number of days before: ≈ +3.9 (-2.5 to +10.3), within noise.",
    ]


def test_summary_tells_what_to_praise_to_practise_and_to_reach(report: AgentReport, workbook: Workbook) -> None:
    words = {cell.value for cell in read_filled(workbook) if cell.parent.title == "Summary"}
    for advice in (*report.praise, *report.practise):
        assert {advice.label, write_measured(advice.mean), advice.why, advice.step} <= words
    assert {"Name the feeling first in eight of ten chats", "open", "Pass the refund policy quiz", "met"} <= words
    assert datetime(2026, 11, 30) in words  # noqa: DTZ001 - sheets know no zone


def test_summary_lists_what_reviewers_praised_with_a_link_to_it(report: AgentReport) -> None:
    first = plan_coaching(report, time_zone=BERLIN, app_version=VERSION).sheets[0]
    assert isinstance(first, Sheet)
    (table,) = [block for block in first.blocks if isinstance(block, Table) and block.columns[0].header == "Criterion"]
    praised = [
        (number, line, rating)
        for number, line in enumerate(report.reviews, 1)
        for rating in line.ratings
        if rating.praise
    ]
    assert len(table.known_rows) == len(praised) > 10
    for row, (number, line, rating) in zip(table.known_rows, praised, strict=True):
        assert [cell.value for cell in row[:3]] == [rating.label, line.ticket.external_id, line.reviewer]
        assert row[1].link == Link("Review details", f"review-{number}")
        assert row[3].value == (rating.comment or [*(each.quote for each in rating.evidence), rating.answer][0])


def test_skills_hold_every_figure(report: AgentReport, workbook: Workbook) -> None:
    rows = read_table(workbook["Skills"], "Skills")
    assert [row["Skill"] for row in rows] == [line.label for line in report.skills]
    for row, line in zip(rows, report.skills, strict=True):
        assert row["Mean with its margin"] == write_short(line.mean, digits=1)
        assert [row["Mean, %"], row["Low"], row["High"]] == spread(line.mean)
        assert (row["n"], row["Reviews"]) == (line.mean.n_units, line.n_reviews)
        assert row["Period before"] == write_short(line.before, digits=1, over=True)
        assert row["Change"] == write_change_short(line.change, before=line.before).removesuffix(
            f", n = {line.change.n_units}"
        )
        assert row["Before, %"] == (as_stored(line.before.value) if isinstance(line.before, Estimate) else "—")
        assert row["Points"] == (as_stored(line.change.value) if isinstance(line.change, Estimate) else "—")


def test_margins_of_the_chart_reach_the_ends_of_the_interval(workbook: Workbook) -> None:
    for row in read_table(workbook["Skills"], "Skills"):
        mean, low, high, down, up = (row[name] for name in ("Mean, %", "Low", "High", "Margin down", "Margin up"))
        if mean is None:
            assert (down, up) == (None, None)
        else:
            assert isinstance(mean, float)
            assert isinstance(down, float)
            assert isinstance(up, float)
            assert [mean - down, mean + up] == pytest.approx([low, high])


def test_trend_holds_every_point_and_leaves_a_gap_where_there_is_none(report: AgentReport, workbook: Workbook) -> None:
    expected = [("Score", point) for point in report.trend]
    expected += [(line.label, point) for line in report.skills for point in line.trend]
    rows = read_table(workbook["Trend"], "Trend")
    assert len(rows) == len(expected)
    for row, (label, point) in zip(rows, expected, strict=True):
        assert row["Score or skill"] == label
        assert row["From"] == datetime(point.start.year, point.start.month, point.start.day)  # noqa: DTZ001
        assert row["To"] == datetime(point.end.year, point.end.month, point.end.day)  # noqa: DTZ001
        assert row["Mean with its margin"] == write_short(point.mean, digits=1)
        assert [row["Mean, %"], row["Low"], row["High"], row["n"]] == [*spread(point.mean), point.mean.n_units]


def test_reviews_hold_every_score_and_link_to_its_details(report: AgentReport, workbook: Workbook) -> None:
    rows = read_table(workbook["Reviews"], "Reviews")
    details = workbook["Review details"]
    for number, (row, line) in enumerate(zip(rows, report.reviews, strict=True), start=1):
        score = line.review.score
        assert score is not None
        assert (row["No."], row["Ticket"]) == (number, line.ticket.external_id)
        assert row["Score, %"] == ("no score" if score.reported is None else float(score.reported))
        assert row["Raw, %"] == ("no score" if score.raw is None else float(score.raw))
        assert row["Result"] == {True: "✓ passed", False: "✗ not passed", None: "— no verdict"}[score.passed]
        link = workbook["Reviews"].cell(4 + number, 2).hyperlink
        assert link is not None
        assert link.location is not None
        place = link.location.removeprefix("'Review details'!")
        assert details[place].value == f"Review {number} · Ticket {line.ticket.external_id} · {line.ticket.subject}"


def test_a_failed_form_shows_raw_score_flag_and_reported_score_side_by_side(workbook: Workbook) -> None:
    row = read_table(workbook["Reviews"], "Reviews")[6]
    assert (row["Score, %"], row["Auto-fail"]) == (
        0,
        "⚠ form: Checks identity before talking about the account",
    )
    assert row["Raw, %"] != 0


def test_days_are_those_of_the_given_zone(workbook: Workbook) -> None:
    """The first ticket came at 22:30 UTC on 3 September, which is half past midnight of the 4th in Berlin."""
    row = read_table(workbook["Reviews"], "Reviews")[0]
    assert row["Ticket of"] == datetime(2026, 9, 4)  # noqa: DTZ001
    assert "4 Sep 2026, 00:30" in {cell.value for cell in read_filled(workbook)}


def test_ratings_hold_every_answer_in_long_form(report: AgentReport, workbook: Workbook) -> None:
    rows = read_table(workbook["Ratings"], "Ratings")
    expected = [(number, line, rating) for number, line in enumerate(report.reviews, 1) for rating in line.ratings]
    assert len(rows) == len(expected) == 240
    for row, (number, line, rating) in zip(rows, expected, strict=True):
        assert (row["Review"], row["Ticket"], row["Reviewer"]) == (number, line.ticket.external_id, line.reviewer)
        assert (row["Criterion id"], row["Criterion"], row["Answer"]) == (
            rating.criterion_id,
            rating.label,
            rating.answer,
        )
        assert row["Value, %"] == rating.value
        assert row["Weight, %"] == as_stored(float(rating.applied_weight))
        assert row["Comment"] == (rating.comment or "—")
        assert row["Reasons"] == ("\n".join(rating.reasons) or "—")
        assert row["Praise"] == ("★ Praise" if rating.praise else "—")
        assert row["Evidence"] == ("\n".join(f"“{each.quote}” ({each.where})" for each in rating.evidence) or "—")


def test_details_quote_the_evidence_with_its_place(report: AgentReport, workbook: Workbook) -> None:
    written = [read_value(cell) for cell in read_filled(workbook) if cell.parent.title == "Review details"]
    quoted = [evidence for line in report.reviews for rating in line.ratings for evidence in rating.evidence]
    for evidence in quoted:
        assert written[written.index(f"Quote, {evidence.where}") + 1] in {each.quote for each in quoted}
        assert evidence.quote in written


def test_methods_hold_every_line_of_the_report_and_what_made_the_book(report: AgentReport, workbook: Workbook) -> None:
    lines = {str(row["Topic"]): row["Text"] for row in read_table(workbook["Methods"], "Methods")}
    assert {method.topic: method.text for method in report.methods}.items() <= lines.items()
    assert lines["This workbook"] == "2 Nov 2026, 09:12 by Plumbline 0.1.0"
    assert lines["Texts cut"] == "None: every text is here in full."


def test_an_agent_without_reviews_gets_words_and_no_numbers_but_counts() -> None:
    workbook = write_and_load(plan_coaching(make_empty_agent_report(), time_zone=BERLIN, app_version=VERSION))
    numbers = [(cell.parent.title, cell.value) for cell in read_filled(workbook) if not isinstance(cell.value, str)]
    assert numbers == [("Summary", 0)] * 6
    assert [workbook["Summary"][place].value for place in ("A5", "A6")] == [NOTHING_IN_PERIOD, "Score — no grade yet"]
    notes = {
        title: workbook[title].cell(4, 1).value for title in ("Skills", "Trend", "Reviews", "Review details", "Ratings")
    }
    assert notes == {
        "Skills": "No skill was rated in this period.",
        "Trend": "The period has no stretches to compare.",
        "Reviews": "No review was found for this agent and period.",
        "Review details": "No review was found for this agent and period.",
        "Ratings": "No review was found for this agent and period.",
    }


@pytest.fixture
def small() -> AgentReport:
    """One review of one criterion: enough where the rest does not matter."""
    return make_agent_report(reviews=1, criteria=1)


def write_report(report: AgentReport) -> Workbook:
    return write_and_load(plan_coaching(report, time_zone=BERLIN, app_version=VERSION))


def change_review(report: AgentReport, **changes: object) -> AgentReport:
    return replace(report, reviews=(replace(report.reviews[0], **changes),))  # type: ignore[arg-type]


def test_an_estimate_without_interval_has_no_low_and_high(small: AgentReport) -> None:
    workbook = write_report(replace(small, score=Estimate(70.0, None, None, 1, 1, "one review has no interval")))
    row = read_rows_below(workbook["Summary"], "Figure, in percent")[0]
    assert row == ["Score as graded, random reviews", "70.0 (no interval, n = 1)", 70, 1]


def test_undefined_before_and_change_are_said_in_words(small: AgentReport) -> None:
    workbook = write_report(replace(small, before=make_undefined(), change=make_undefined()))
    words = "— no grade then"
    assert workbook["Summary"]["A6"].value == f"Score against the same number of days before: {words}."
    rows = read_rows_below(workbook["Summary"], "Figure, in percent")
    assert rows[1:3] == [["Score of the period before", words, 0], ["Change of the score, in points", words, 0]]


def test_a_bonus_over_100_opens_the_axis(small: AgentReport) -> None:
    skill = replace(small.skills[0], mean=Estimate(104.0, 99.0, 109.0, 9, 2, "t"))
    charts = [
        read_charts(write_report(replace(small, skills=skills)), "Skills")[0] for skills in (small.skills, (skill,))
    ]
    assert [chart.y_axis.scaling.max for chart in charts] == [100, None]


def test_a_comment_too_long_for_a_cell_is_cut_in_the_table_and_whole_in_the_details(small: AgentReport) -> None:
    comment = "A very long comment. " * 2_000
    rating = replace(small.reviews[0].ratings[0], comment=comment, evidence=(), reasons=(), auto_fail=None)
    workbook = write_report(change_review(small, ratings=(rating,)))
    (row,) = read_table(workbook["Ratings"], "Ratings")
    assert str(row["Comment"]).endswith("… [cut, 42,000 characters in all]")
    assert read_table(workbook["Methods"], "Methods")[-1] == {
        "Topic": "Texts cut",
        "Text": "Ratings, cell J5: 42,000 characters in all. The application has the whole text.",
    }
    pieces = [cell.value for (cell,) in workbook["Review details"]["F10:F100"] if cell.value is not None]
    assert comment in "".join(map(str, pieces))


def test_a_ticket_links_to_its_page_only_where_the_address_is_one_of_the_web(small: AgentReport) -> None:
    ticket = small.reviews[0].ticket
    links = []
    for url in ("https://help.example.org/7", "javascript:alert(1)"):
        workbook = write_report(change_review(small, ticket=replace(ticket, url=url)))
        (cell,) = (cell for cell in read_filled(workbook) if cell.value == url)
        links.append(cell.hyperlink.target if cell.hyperlink else None)
    assert links == ["https://help.example.org/7", None]


def test_a_review_on_its_way_has_dashes_where_nothing_is_known(small: AgentReport) -> None:
    first = small.reviews[0]
    review = replace(first.review, score=None, submitted_at=None)
    workbook = write_report(change_review(small, review=review, ticket=replace(first.ticket, subject=None, url=None)))
    (row,) = read_table(workbook["Reviews"], "Reviews")
    names = ("Subject", "Submitted", "Score, %", "Raw, %", "Result", "Band", "Auto-fail")
    assert [row[name] for name in names] == ["—", "—", "—", "—", "— no verdict", "—", "—"]


def test_the_notes_on_a_criterion_follow_it_row_by_row(small: AgentReport) -> None:
    """A plan is plain data: this is the whole table of a review with one criterion."""
    rating = replace(
        small.reviews[0].ratings[0],
        answer="4 Good",
        value=Decimal(75),
        applied_weight=Decimal(100),
        auto_fail="item: shouted",
        critical="customer",
        reasons=("Rushed", "Loud"),
        comment="Warm",
        evidence=(EvidenceLine("Hello Sam", "0:42", None, 42.0),),
        praise=True,
    )
    sheet = plan_details(change_review(small, ratings=(rating,)).reviews, who="Maya", zone=BERLIN)
    table = sheet.blocks[-1]
    assert isinstance(table, Table)
    nothing = (None, None, None, None)
    assert [tuple(cell.value for cell in row) for row in table.rows] == [
        ("Contact",),
        ("Opens warmly and by name", "4 Good", Decimal(75), Decimal(100), "★ Praise", "worth telling the agent"),
        (*nothing, "⚠ Auto-fail", "item: shouted"),
        (*nothing, "Critical", "customer"),
        (*nothing, "Reasons", "Rushed\nLoud"),
        (*nothing, "Comment", "Warm"),
        (*nothing, "Quote, 0:42", "Hello Sam"),
    ]


def test_the_clock_is_that_of_the_given_zone(small: AgentReport) -> None:
    late = replace(small, made_at=small.made_at + timedelta(hours=15))
    book = plan_coaching(late, time_zone=BERLIN, app_version=VERSION)
    assert book.made_at.isoformat() == "2026-11-03T00:12:00+01:00"


def test_the_house_template_chooses_columns_of_reviews_and_answers(small: AgentReport) -> None:
    """Columns that only a team's workbook has are left out; colours of columns that are not there too."""
    chosen = {"reviews": ("reported_score", "passed", "ticket"), "ratings": ("agent", "comment", "review")}
    book = plan_coaching(small, time_zone=BERLIN, app_version=VERSION, columns=chosen)
    workbook = write_and_load(book)
    reviews, ratings = read_table(workbook["Reviews"], "Reviews"), read_table(workbook["Ratings"], "Ratings")
    assert [list(row) for row in reviews] == [["Score, %", "Result", "Ticket"]]
    assert list(ratings[0]) == ["Comment", "Review"]
    assert workbook["Ratings"].print_area == "'Ratings'!$A$1:$B$5"
    (marked,) = workbook["Reviews"].conditional_formatting
    assert str(marked.sqref) == "B5"


def test_answers_are_printed_as_far_as_they_stay_legible(workbook: Workbook) -> None:
    header = [cell.value for cell in workbook["Ratings"][4]]
    assert workbook["Ratings"].print_area == "'Ratings'!$A$1:$J$244"
    assert (header[0], header[9], header[16]) == ("Review", "Comment", "Evidence")
