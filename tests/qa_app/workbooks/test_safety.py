"""Text is text in every column of both books: no formula, no error value, nothing lost, nothing refused."""

import html
import io
import itertools
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from db.records import Person, PersonId, Rating, Ticket, TicketId
from qa_app.followup import FindingLine
from qa_app.reports import AgentReport, AnswerSheet, CalibrationReport, EvidenceLine, Method
from qa_app.workbooks.calibration import plan_calibration
from qa_app.workbooks.coaching import plan_coaching
from qa_app.workbooks.layout import place, read_spots, write_address
from qa_app.workbooks.plan import Book, Formula, Later
from qa_app.workbooks.text import CELL_LIMIT, clean, name_columns, name_sheets
from qa_app.workflows.session_sections import list_sections
from scorecards.answers import Answer
from scorecards.model import Criterion
from tests.qa_app.workbooks.agent_reports import make_agent_report
from tests.qa_app.workbooks.calibration_reports import make_calibration_report, make_course, make_health, make_readings
from tests.qa_app.workbooks.factories import BERLIN, TextMaker, make_ticket
from tests.qa_app.workbooks.reading import read_filled, read_table, read_value, write_and_load, write_bytes
from tests.qa_app.workbooks.records import make_record

PAYLOADS = (
    "=1+1",
    "==1+1",
    "=",
    "+1+1",
    "-1+1",
    "-5",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1,1)",
    "'=1+1",
    '"=1+1"',
    ";=1+1",
    "|=1+1",
    "=cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    '=HYPERLINK("https://example.org/?"&A1,"Click")',
    '=WEBSERVICE("https://example.org/")',
    '=IMPORTXML("https://example.org/","//a")',
    '=DDE("cmd";"/C calc";"1")',
    "{=SUM(A1:A2)}",
    "#N/A",
    "#REF!",
    "TRUE",
)
WANTED = {clean(payload) for payload in PAYLOADS}
BOOKS: dict[str, Callable[[TextMaker], Book]] = {
    "coaching": lambda say: plan_coaching(
        make_small_agent_report(say), make_record(say=say), time_zone=BERLIN, app_version=say("0.1.0")
    ),
    "calibration": lambda say: plan_calibration(
        make_calibration_report(tickets=1, criteria=1, say=say),
        time_zone=BERLIN,
        app_version=say("0.1.0"),
        course=make_course(say=say),
        health=make_health(say=say),
    ),
}


def speak(payload: str) -> TextMaker:
    return lambda _: payload


def make_small_agent_report(say: TextMaker) -> AgentReport:
    """One review of one criterion with something in every field."""
    report = make_agent_report(reviews=1, criteria=1, seed=3, say=say)
    skill = replace(report.skills[0], trend=report.skills[0].trend[:1])
    line = report.reviews[0]
    rating = replace(
        line.ratings[0],
        skill=say("skill"),
        comment=say("comment"),
        reasons=(say("reason"),),
        evidence=(EvidenceLine(say("quote"), say("place"), 1, None),),
        auto_fail=say("item"),
        critical=say("customer"),
        praise=True,
    )
    return replace(report, skills=(skill,), reviews=(replace(line, ratings=(rating,)),))


def make_hostile_agent_report() -> AgentReport:
    """One review, one skill, one piece of advice and one goal for each payload."""
    reports = [make_small_agent_report(speak(payload)) for payload in PAYLOADS]
    return replace(
        reports[0],
        skills=tuple(each.skills[0] for each in reports),
        reviews=tuple(each.reviews[0] for each in reports),
        praise=tuple(each.praise[0] for each in reports),
        practise=tuple(each.practise[0] for each in reports),
        goals=tuple(each.goals[0] for each in reports),
        methods=tuple(each.methods[0] for each in reports),
    )


def make_hostile_calibration() -> CalibrationReport:
    """One ticket, one criterion, one reviewer and one finding for each payload."""
    report = make_calibration_report(tickets=1, criteria=1)
    (section,) = report.version.scorecard.sections
    criteria = tuple(
        section.criteria[0].model_copy(update={"id": f"c{number}", "label": payload})
        for number, payload in enumerate(PAYLOADS)
    )
    sections = (section.model_copy(update={"criteria": criteria}),)
    people = tuple(Person(PersonId(f"p{number}"), payload) for number, payload in enumerate(PAYLOADS))
    tickets = tuple(
        replace(make_ticket(number, say=speak(payload)), id=TicketId(f"t{number}"))
        for number, payload in enumerate(PAYLOADS)
    )
    scorecard = report.version.scorecard.model_copy(update={"sections": sections})
    readings = make_readings(scorecard, people)
    critical = tuple(replace(readings.critical[0], label=payload, family=payload) for payload in PAYLOADS)
    agreement = tuple(replace(report.agreement[0], label=each, section=each, level=each) for each in PAYLOADS)
    hostile = replace(
        report,
        session=replace(report.session, name=PAYLOADS[0]),
        version=replace(report.version, scorecard=scorecard),
        readings=replace(readings, critical=critical),
        pooled=None,
        everyday=(),
        reviewers=people,
        tickets=tuple((report.tickets[0][0], ticket) for ticket in tickets),
        agreement=agreement,
        sheets=tuple(map(make_hostile_answer, tickets, criteria, people)),
        findings=tuple(make_hostile_finding(report.findings[0], payload) for payload in PAYLOADS),
        methods=tuple(Method(payload, payload) for payload in PAYLOADS),
    )
    return replace(hostile, sections=list_sections(hostile))


def make_hostile_answer(ticket: Ticket, criterion: Criterion, person: Person) -> AnswerSheet:
    rating = Rating(criterion.id, Answer.choose("level-1"), comment=person.name, reason_ids=(person.name,))
    words = {person.id: person.name}
    return AnswerSheet(ticket.id, criterion.id, ratings={person.id: rating}, words=words, apart=None, reference=None)


def make_hostile_finding(line: FindingLine, payload: str) -> FindingLine:
    finding = replace(line.finding, cause=payload, decision=payload, action=payload)
    return replace(line, finding=finding, criterion=payload, ticket=payload, owner=payload, by=payload)


def check_book(book: Book) -> Workbook:
    """The book read back: every planned text is a text in the file, the same one; no formula but ours, no error."""
    workbook = write_and_load(book)
    ours: set[tuple[str, str]] = set()
    for sheet, title in zip(book.sheets, name_sheets(sheet.title for sheet in book.sheets), strict=True):
        if isinstance(sheet, Later):
            continue
        written = workbook[title]
        for spot in (spot for placed in place(sheet) for spot in read_spots(placed, written.max_column)):
            if isinstance(spot.cell.value, str) and spot.cell.value:
                cell = written.cell(spot.row, spot.first)
                assert (cell.data_type, cell.quotePrefix) == ("s", True)
                assert read_value(cell) == clean(spot.cell.value)
            if isinstance(spot.cell.value, Formula):
                ours.add((title, write_address(spot.row, spot.first)))
    assert {cell.data_type for cell in read_filled(workbook)} <= {"s", "n", "d", "f"}
    assert {(cell.parent.title, cell.coordinate) for cell in read_filled(workbook) if cell.data_type == "f"} == ours
    return workbook


def read_full_columns(workbook: Workbook) -> dict[str, set[str]]:
    """By sheet, the headers of the table columns that hold every payload."""
    found: dict[str, set[str]] = {}
    for sheet in workbook.worksheets:
        for name in sheet.tables:
            rows = read_table(sheet, name)
            found[sheet.title] = {header for header in rows[0] if {row[header] for row in rows} >= WANTED}
    return found


def test_the_list_of_payloads_is_complete() -> None:
    assert len(set(PAYLOADS)) == 33


@pytest.mark.long
def test_every_payload_stays_text_in_every_column_of_the_coaching_book() -> None:
    workbook = check_book(plan_coaching(make_hostile_agent_report(), time_zone=BERLIN, app_version="0.1.0"))
    assert read_full_columns(workbook) == {
        "Skills": {"Skill"},
        "Trend": {"Score or skill"},
        "Reviews": {"Ticket", "Subject", "Reviewer", "Scorecard", "Band"},
        "Ratings": {
            *("Ticket", "Reviewer", "Section", "Criterion", "Skill", "Answer"),
            *("Auto-fail", "Critical", "Reasons", "Comment"),
        },
        "Recompute": {"Ticket", "Scorecard"},
        "Methods": {"Topic", "Text"},
    }
    for title in ("Summary", "Review details"):
        assert {read_value(cell) for cell in read_filled(workbook) if cell.parent.title == title} >= WANTED


@pytest.mark.long
def test_every_payload_stays_text_in_every_column_of_the_calibration_book() -> None:
    workbook = check_book(plan_calibration(make_hostile_calibration(), time_zone=BERLIN, app_version="0.1.0"))
    assert read_full_columns(workbook) == {
        "Agreement": {"Section", "Criterion", "Level"},
        "Reviewers": {"Reviewer"},
        "Heat map": {"Criterion"},
        "Critical criteria": {"Criterion", "Hurts"},
        "Side by side": {"Ticket", "Criterion"},
        "Scores": {"Ticket", "Subject"},
        "Findings": {"Criterion", "Ticket", "Cause", "Decision", "Action", "Owner", "Recorded by"},
        "Ratings": {"Ticket", "Criterion", "Reviewer", "Answer", "Reasons", "Comment"},
        "Methods": {"Topic", "Text"},
    }
    names = list(read_table(workbook["Scores"], "Scores")[0])[4:]
    assert names == list(name_columns(PAYLOADS))


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("payload", ["=1+1", "#N/A"])
def test_a_payload_in_every_text_at_once_makes_no_formula(name: str, payload: str) -> None:
    content = write_bytes(BOOKS[name](speak(payload)))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(part) for part in parts.namelist() if part.startswith("xl/worksheets/sheet")]
        properties = parts.read("docProps/core.xml").decode()
    formulas = {formula for sheet in sheets for formula in re.findall(rb"<f>(\w+)\(", sheet)}
    assert formulas <= {b"COUNTIF", b"IF"}
    assert not any(b't="e"' in sheet for sheet in sheets)
    assert html.escape(payload, quote=False) in properties


@pytest.mark.parametrize("name", BOOKS)
def test_odd_characters_everywhere_do_not_stop_an_export(name: str) -> None:
    odd = ("\x00=1+1\x1b", "\ud800 and \uffff", "_x000D_ and _x0041_x0042_", "a\x0bb\x85c", "👩‍👩‍👧 مرحبا", " ", "\n")
    turn = itertools.cycle(odd)
    check_book(BOOKS[name](lambda _: next(turn)))


@pytest.mark.long
@pytest.mark.parametrize("name", BOOKS)
def test_a_very_long_text_everywhere_is_cut_visibly_and_every_cut_is_told(name: str) -> None:
    workbook = write_and_load(BOOKS[name](speak("word " * 8_000)))
    cells = list(read_filled(workbook))
    cut = {
        f"{cell.parent.title}, cell {cell.coordinate}"
        for cell in cells
        if " characters in all]" in str(cell.value) and cell.parent.title != "Methods"
    }
    told = next(str(cell.value) for cell in reversed(cells) if cell.parent.title == "Methods")
    assert {line.split(":")[0] for line in told.splitlines()} == cut
    assert len(cut) > 10
    assert all(len(str(cell.value)) <= CELL_LIMIT for cell in cells)


@given(texts=st.lists(st.text(st.characters(exclude_categories=()), max_size=30), min_size=1, max_size=12))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.long
@pytest.mark.parametrize("name", BOOKS)
def test_any_text_in_all_text_fields_is_written_and_read_back(name: str, texts: list[str]) -> None:
    turn = itertools.cycle(texts)
    check_book(BOOKS[name](lambda _: next(turn)))
