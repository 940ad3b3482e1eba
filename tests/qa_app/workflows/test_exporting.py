"""What leaves as a file equals what the screen shows; layout and safety of the sheets are tested with the workbooks."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from db.records import Person, Selection
from db.store import audit
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.estimate import Estimate
from qa_app.words import write_measured
from qa_app.workflows import calibration, exporting, raw_export
from qa_app.workflows.agent_results import report_agent
from qa_app.workflows.calibration_results import report_session
from qa_app.workflows.raw_export import HEADER
from tests.factories import fill
from tests.qa_app.workbooks.reading import decode
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CY,
    FACILITATOR,
    LEAD,
    MANAGER,
    NINA,
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
    """Three random reviews of Nina and a targeted one; one of Sam, with a comment that looks like a formula."""
    house = sqlite_house
    house.grade(BO, T1, {"empathy": "1"})
    filled = fill({"wait": 3})
    praised = tuple(replace(rating, praise=rating.criterion_id == "empathy") for rating in filled.ratings)
    house.submit(BO, house.assign(BO, T2), replace(filled, ratings=praised))
    house.release(house.grade(CY, T3, {"solution": "n/a"}))
    house.grade(BO, T1, {"identity": "no"}, selection=Selection.TARGETED)
    house.grade(BO, T4, {"note": "=1+1"}, comment="@everybody")
    return house


def test_coaching_workbook_holds_the_figures_of_the_report(graded: House) -> None:
    report = report_agent(graded.act(COACH), NINA.id, start=START, end=END, zone=UTC_ZONE)
    file = exporting.export_coaching(graded.act(COACH), NINA.id, start=START, end=END, zone=UTC_ZONE)
    assert file.name == "coaching-nina-north-2026-03-01-2026-03-31.xlsx"
    texts, numbers = read_book(load_workbook(io.BytesIO(file.content)))
    everything = "\n".join(texts)
    assert isinstance(report.score, Estimate)
    assert isinstance(report.targeted, Estimate)
    for measured in (report.score, report.targeted, *(line.mean for line in report.skills)):
        assert isinstance(measured, Estimate)
        assert write_measured(measured) in everything or any(
            abs(number - measured.value) < 1e-9 for number in numbers
        ), measured
    for line in report.reviews:
        assert line.ticket.external_id in texts
        assert line.review.score is not None
        assert line.review.score.reported is not None
        assert float(line.review.score.reported) in numbers
        for rating in line.ratings:
            assert rating.comment == "" or rating.comment in everything
    for method in report.methods:
        assert method.text in everything
    with graded.store.read() as tx:
        entry = audit.entries(tx)[0]
    assert (entry.action, entry.actor_id, entry.object_id) == ("export.coaching", COACH.id, NINA.id)
    assert entry.after == {"from": "2026-03-01", "to": "2026-03-31", "reviews": 4}


def test_calibration_workbook_holds_the_figures_of_the_report(sqlite_house: House) -> None:
    house = sqlite_house
    session = house.open_session(T1.id, T2.id, T3.id)
    given = {"Bo": ({}, {"empathy": "3"}, {"wait": 2}), "Cy": ({"empathy": "4"}, {"greeting": "no"}, {})}
    house.grade_session(session, given, BO, CY)
    with pytest.raises(Refused):
        exporting.export_calibration(house.act(FACILITATOR), session.id, zone=UTC_ZONE)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    report = report_session(house.act(FACILITATOR), session.id)
    file = exporting.export_calibration(house.act(FACILITATOR), session.id, zone=UTC_ZONE)
    assert file.name == "calibration-week-10.xlsx"
    texts, numbers = read_book(load_workbook(io.BytesIO(file.content)))
    for line in report.agreement:
        assert line.label in texts
        if isinstance(line.alpha, Estimate):
            assert any(abs(number - line.alpha.value) < 1e-9 for number in numbers), line
    for method in report.methods:
        assert method.text in "\n".join(texts)
    with house.store.read() as tx:
        entry = audit.entries(tx)[0]
    assert (entry.action, entry.object_id, entry.after) == ("export.calibration", session.id, {"submitted": 6})


@pytest.mark.parametrize(
    ("actor", "agent", "may"),
    [
        (COACH, NINA, True),
        (NINA, NINA, True),
        (LEAD, NINA, True),
        (LEAD, SAM, False),
        (SAM, NINA, False),
        (BO, NINA, False),
    ],
    ids=lambda value: value.name if isinstance(value, Person) else str(value),
)
def test_coaching_workbooks_are_for_those_who_read_the_report(
    sqlite_house: House, actor: Person, agent: Person, *, may: bool
) -> None:
    try:
        exporting.export_coaching(sqlite_house.act(actor), agent.id, start=START, end=END, zone=UTC_ZONE)
    except NotAllowed:
        assert not may
    else:
        assert may


@pytest.mark.parametrize("actor", [BO, COACH, NINA], ids=lambda person: person.name)
def test_calibration_workbooks_are_for_those_who_run_calibrations(sqlite_house: House, actor: Person) -> None:
    session = sqlite_house.open_session(T1.id)
    with pytest.raises(NotAllowed):
        exporting.export_calibration(sqlite_house.act(actor), session.id, zone=UTC_ZONE)


def test_raw_export_has_a_row_for_each_rating_and_text_stays_text(graded: House) -> None:
    told: list[tuple[int, int]] = []
    target = io.BytesIO()
    written = raw_export.export_raw(
        graded.act(MANAGER), target, start=START, end=END, zone=UTC_ZONE,
        report=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told == [(0, 5), (5, 5)]
    rows = list(csv.DictReader(io.StringIO(target.getvalue().decode("utf-8-sig"))))
    assert (written.rows, written.reviews) == (len(rows), 5)
    assert "Rows: 26 ratings of 5 reviews\n" in written.text
    assert tuple(rows[0]) == HEADER
    # Five criteria each, and a note on Sam's ticket.
    assert len(rows) == 5 * 5 + 1
    first = {row["criterion"]: row for row in rows if row["ticket"] == T1.external_id and row["selection"] == "random"}
    assert {
        key: first["empathy"][key]
        for key in (
            "option",
            "value",
            "reported_score",
            "reviewer",
            "team",
            "ticket_began_at",
            "probability",
            "comment",
        )
    } == {
        "option": "1",
        "team": "North",
        "ticket_began_at": "2026-02-28T13:00:00+00:00",
        "probability": "",
        "value": "0.000000000000",
        "reported_score": "66.7",
        "reviewer": "Bo",
        "comment": "Not a word about the wait.",
    }
    assert [(row["ticket"], row["criterion"]) for row in rows if row["praise"] == "true"] == [
        (T2.external_id, "empathy")
    ]
    (note,) = (row["text"] for row in rows if row["criterion"] == "note")
    assert note.endswith("=1+1")
    assert not note.startswith("=")
    with graded.store.read() as tx:
        assert audit.entries(tx)[0].action == "export.raw"


def test_raw_export_keeps_to_period_and_teams(graded: House) -> None:
    def tickets_of(actor: Person, start: date, zone: ZoneInfo = UTC_ZONE) -> set[str]:
        target = io.BytesIO()
        raw_export.export_raw(graded.act(actor), target, start=start, end=END, zone=zone)
        return {row["ticket"] for row in csv.DictReader(io.StringIO(target.getvalue().decode("utf-8-sig")))}

    assert tickets_of(ADMIN, START) == {"101", "102", "103", "104"}
    assert tickets_of(LEAD, START) == {"101", "102", "103"}
    assert tickets_of(ADMIN, date(2026, 3, 3)) == set()
    for person in (COACH, FACILITATOR, BO, NINA):
        with pytest.raises(NotAllowed):
            raw_export.export_raw(graded.act(person), io.BytesIO(), start=START, end=END, zone=UTC_ZONE)


def test_pack_of_a_team_holds_the_workbook_of_each_agent(graded: House) -> None:
    told: list[tuple[int, int]] = []
    file = raw_export.export_team(
        graded.act(MANAGER), "North", start=START, end=END, zone=UTC_ZONE,
        report=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert file.name == "coaching-north-2026-03-01-2026-03-31.zip"
    with zipfile.ZipFile(io.BytesIO(file.content)) as packed:
        assert packed.namelist() == ["coaching-nina-north-2026-03-01-2026-03-31.xlsx"]
        assert load_workbook(io.BytesIO(packed.read(packed.namelist()[0]))).sheetnames[0] == "Summary"
    assert told == [(1, 1)]
    for actor, name in ((MANAGER, "West"), (LEAD, "South")):
        with pytest.raises(NotFound):
            raw_export.export_team(
                graded.act(actor), name, start=START, end=END, zone=UTC_ZONE, report=lambda _done, _total: None
            )


def test_files_are_named_in_plain_letters() -> None:
    assert [exporting.name_file(name) for name in ("Núria O'Neil", "../etc/passwd", "日本", "x" * 99)] == [
        "n-ria-o-neil", "etc-passwd", "export", "x" * 60,
    ]  # fmt: skip


def read_book(book: Workbook) -> tuple[list[str], list[float]]:
    """All texts and all numbers of all sheets."""
    values = [cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    texts = [decode(value) for value in values if isinstance(value, str)]
    return texts, [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
