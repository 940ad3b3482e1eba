"""Long tables as CSV, workbook and Parquet: the same values in all three, whatever stands in them."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.workbook import Workbook

from qa_app.house import DateFormat, House
from qa_app.workbooks.delimited import disarm
from qa_app.workbooks.long import Kind, LongColumn, Row, Written, write_csv
from qa_app.workbooks.long_parquet import write_parquet
from qa_app.workbooks.long_xlsx import LongBook, write_xlsx
from qa_app.workbooks.text import clean

BERLIN = ZoneInfo("Europe/Berlin")
MADE = datetime(2026, 11, 22, 15, tzinfo=UTC)
COLUMNS = (
    LongColumn("at", "Zeit", Kind.MOMENT, 20),
    LongColumn("who", "Wer", Kind.TEXT, 20),
    LongColumn("version", "Version", Kind.COUNT, 10),
    LongColumn("value", "Wert", Kind.EXACT, 10),
    LongColumn("passed", "Bestanden", Kind.FLAG, 10),
)
ROWS: tuple[Row, ...] = (
    (datetime(2026, 7, 1, 12, 30, tzinfo=UTC), "=1+1", 3, Decimal("66.70"), True),
    (datetime(2026, 12, 1, 12, tzinfo=UTC), "Núria <b>&amp;</b> ", 3, Decimal("66.7"), False),
    (None, None, None, None, None),
)
TEXT = (LongColumn("text", "Text", Kind.TEXT, 40),)


def book(columns: Sequence[LongColumn] = COLUMNS, house: House | None = None) -> LongBook:
    return LongBook("Ratings", "Ratings", MADE, BERLIN, house or House(), columns)


def describe(written: Written) -> list[tuple[str, str]]:
    return [("Rows", str(written.rows)), ("Cut", ", ".join(written.cut_cells))]


def as_xlsx(rows: Sequence[Row], around: LongBook, **options: int) -> Workbook:
    target = io.BytesIO()
    write_xlsx(target, around, [rows], describe, **options)
    return load_workbook(target)


def texts(found: Workbook) -> list[object]:
    return [unescape(str(row[0].value)) for row in found["Ratings"].iter_rows(min_row=2, max_col=1)]


def test_csv_has_exact_numbers_times_in_utc_and_no_formula() -> None:
    target = io.BytesIO()
    written = write_csv(target, COLUMNS, [ROWS[:1], [], ROWS[1:]])
    assert written == Written(rows=3)
    assert target.getvalue().decode("utf-8-sig").split("\r\n") == [
        '"at","who","version","value","passed"',
        '"2026-07-01T12:30:00+00:00","\'=1+1","3","66.70","true"',
        '"2026-12-01T12:00:00+00:00","Núria <b>&amp;</b> ","3","66.7","false"',
        '"","","","",""',
        "",
    ]


def test_workbook_has_typed_cells_local_times_and_the_house() -> None:
    house = House("Acme", accent="0F766E", date_format=DateFormat.POINTS)
    found = as_xlsx(ROWS, book(house=house))
    assert found.sheetnames == ["Ratings", "Methods"]
    sheet = found["Ratings"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Zeit", "Wer", "Version", "Wert", "Bestanden"],
        # Berlin is two hours ahead in July, one in December.
        [datetime(2026, 7, 1, 14, 30), "=1+1", 3, 66.7, True],  # noqa: DTZ001 - sheets know no zone
        [datetime(2026, 12, 1, 13), "Núria <b>&amp;</b> ", 3, 66.7, False],  # noqa: DTZ001
    ]
    armed = sheet["B2"]
    assert (armed.data_type, armed.quotePrefix, armed.number_format) == ("s", True, "@")
    assert (sheet["B3"].quotePrefix, sheet["A2"].number_format) == (False, "dd.mm.yyyy hh:mm:ss")
    assert (sheet["A1"].fill.fgColor.rgb, sheet["A1"].font.color.rgb) == ("000F766E", "00FFFFFF")
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:E4", "$1:$1")
    assert found.properties.creator == "Acme"
    assert [[cell.value for cell in row] for row in found["Methods"].iter_rows(min_row=2)] == [
        ["Rows", "3"], ["Cut", None],
    ]  # fmt: skip


def test_parquet_has_typed_columns_and_says_its_methods() -> None:
    target = io.BytesIO()
    write_parquet(target, COLUMNS, [ROWS], describe)
    found = pq.read_table(target)
    assert [str(kind) for kind in found.schema.types] == [
        "timestamp[us, tz=UTC]", "string", "int64", "decimal128(28, 12)", "bool",
    ]  # fmt: skip
    assert [tuple(row.values()) for row in found.to_pylist()] == [tuple(row) for row in ROWS]
    metadata = pq.ParquetFile(target).metadata.metadata
    assert json.loads(metadata[b"methods"]) == {"Rows": "3", "Cut": ""}


def test_what_does_not_fit_a_sheet_goes_on_in_the_next() -> None:
    found = as_xlsx([(str(number),) for number in range(7)], book(TEXT), sheet_rows=4)
    assert found.sheetnames == ["Ratings", "Ratings 2", "Ratings 3", "Methods"]
    assert [[row[0].value for row in found[name].iter_rows()] for name in found.sheetnames[:3]] == [
        ["Text", "0", "1", "2"], ["Text", "3", "4", "5"], ["Text", "6"],
    ]  # fmt: skip
    assert [found[name].auto_filter.ref for name in found.sheetnames[:3]] == ["A1:A4", "A1:A4", "A1:A2"]


def test_no_rows_are_a_workbook_with_a_header() -> None:
    found = as_xlsx([], book())
    assert found["Ratings"].calculate_dimension() == "A1:E1"


def test_a_text_that_is_too_long_is_cut_visibly_and_named_and_whole_in_csv() -> None:
    long = "x" * 40_000
    found = as_xlsx([("short",), (long,)], book(TEXT))
    assert texts(found)[1] == "x" * (32_767 - 33) + "… [cut, 40,000 characters in all]"
    assert found["Methods"]["B3"].value == "Ratings!A3"
    target = io.BytesIO()
    write_csv(target, TEXT, [[(long,)]])
    assert long in target.getvalue().decode("utf-8-sig")


@settings(max_examples=3, phases=[Phase.generate])
@given(st.lists(st.text(st.characters(), min_size=1, max_size=20), min_size=20, max_size=40))
def test_any_text_comes_back_as_it_is_and_none_is_a_formula(given_texts: list[str]) -> None:
    rows = [(text,) for text in [*given_texts, "_x000D_", "#N/A", "\ud800=1", "-1", "\r\n a"]]
    target = io.BytesIO()
    write_xlsx(target, book(TEXT), [rows], describe)
    found = load_workbook(target)
    assert texts(found) == [clean(text) for (text,) in rows]
    with zipfile.ZipFile(target) as packed:
        assert b"<f" not in packed.read("xl/worksheets/sheet1.xml").split(b"sheetData>")[1]

    lines, table = io.BytesIO(), io.BytesIO()
    write_csv(lines, TEXT, [rows])
    write_parquet(table, TEXT, [rows], describe)
    read = list(csv.reader(io.StringIO(lines.getvalue().decode("utf-8-sig"), newline="")))
    assert [line[0] for line in read[1:]] == [disarm(text) for (text,) in rows]
    assert [row["text"] for row in pq.read_table(table).to_pylist()] == [
        text.encode("utf-8", "replace").decode() for (text,) in rows
    ]


@pytest.mark.parametrize("number", ["0", "-0.000000000001", "1000000000", "66.70", "12345678901.123456789012"])
def test_decimals_stay_exact_outside_of_excel(number: str) -> None:
    columns = (LongColumn("n", "n", Kind.EXACT, 8),)
    lines, table = io.BytesIO(), io.BytesIO()
    write_csv(lines, columns, [[(Decimal(number),)]])
    write_parquet(table, columns, [[(Decimal(number),)]], describe)
    assert lines.getvalue().decode("utf-8-sig") == f'"n"\r\n"{number}"\r\n'
    assert pq.read_table(table).to_pylist() == [{"n": Decimal(number)}]


def test_many_columns_go_on_several_pages_instead_of_shrinking() -> None:
    """Twelve columns of 40 characters, of which 230 are legible side by side: three pages."""
    columns = [LongColumn(f"c{number}", f"C{number}", Kind.TEXT, 40) for number in range(12)]
    ratings, methods = as_xlsx([("x",) * 12], book(columns)).worksheets
    assert (ratings.page_setup.fitToWidth, methods.page_setup.fitToWidth) == (3, 1)
