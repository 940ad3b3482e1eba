"""What the file holds once a plan is written."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from qa_app.workbooks.plan import (
    Block,
    Book,
    Cell,
    Chart,
    ChartKind,
    Column,
    Link,
    Mark,
    PageBreak,
    Shade,
    Sheet,
    Style,
    Table,
    Text,
    Tone,
    Value,
    WebLink,
)
from tests.qa_app.workbooks.factories import BERLIN
from tests.qa_app.workbooks.reading import read_charts, read_table, read_value, write_and_load, write_bytes

MADE_AT = datetime(2026, 11, 2, 9, 12, tzinfo=BERLIN)


def make_book(*sheets: Sheet, title: str = "Title") -> Book:
    return Book(title, "Subject", MADE_AT, sheets)


def write_sheet(*blocks: Block) -> Worksheet:
    return write_and_load(make_book(Sheet("Sheet", blocks))).worksheets[0]


def write_value(value: Value, style: Style = Style.TEXT) -> object:
    return write_sheet(Table((Column("Value", style),), ((Cell(value),),))).cell(2, 1).value


@pytest.mark.parametrize(
    ("value", "style", "expected", "number_format"),
    [
        (17, Style.COUNT, 17, "0"),
        (82.43, Style.ONE_DIGIT, 82.43, "0.0"),
        (Decimal("33.3"), Style.ONE_DIGIT, 33.3, "0.0"),
        (0.617, Style.TWO_DIGITS, 0.617, "0.00"),
        (date(2026, 9, 1), Style.DATE, datetime(2026, 9, 1), "yyyy-mm-dd"),  # noqa: DTZ001 - sheets know no zone
        (datetime(2026, 9, 1, 8, 30), Style.MOMENT, datetime(2026, 9, 1, 8, 30), "yyyy-mm-dd hh:mm"),  # noqa: DTZ001
        ("82.43", Style.TEXT, "82.43", "@"),
        ("2026-09-01", Style.TEXT, "2026-09-01", "@"),
    ],
)
def test_values_are_written_as_what_they_are(value: Value, style: Style, expected: object, number_format: str) -> None:
    cell = write_sheet(Table((Column("Value", style),), ((Cell(value),),))).cell(2, 1)
    assert (cell.value, cell.number_format) == (expected, number_format)


def test_a_date_before_the_days_that_sheets_count_is_text() -> None:
    assert write_value(date(1899, 12, 24), Style.DATE) == "1899-12-24"
    assert write_value(datetime(1899, 12, 24, 20, 0), Style.MOMENT) == "1899-12-24 20:00:00"  # noqa: DTZ001


def test_none_and_empty_text_leave_the_cell_empty() -> None:
    assert write_value(None) is None
    assert write_value("") is None


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN")])
def test_a_number_that_is_not_finite_is_refused_when_it_is_planned(number: float | Decimal) -> None:
    with pytest.raises(ValueError, match="no number for a sheet"):
        Cell(number)


@pytest.mark.parametrize("text", ["=1+1", "#N/A", "TRUE", "1e5", "00123"])
def test_texts_stay_texts_also_when_edited_later(text: str) -> None:
    cell = write_sheet(Table((Column("Text"),), ((Cell(text),),))).cell(2, 1)
    assert (cell.value, cell.data_type, cell.quotePrefix, cell.number_format) == (text, "s", True, "@")


def test_named_tables_are_real_tables_with_filters() -> None:
    table = Table(
        (Column("Word"), Column("Number", Style.COUNT)), ((Cell("a"), Cell(1)), (Cell("b"), Cell(2))), name="Words"
    )
    sheet = write_and_load(
        make_book(Sheet("Sheet", (table,), header="Words", freeze=True, frozen_columns=1))
    ).worksheets[0]
    assert read_table(sheet, "Words") == [{"Word": "a", "Number": 1}, {"Word": "b", "Number": 2}]
    assert sheet.tables["Words"].ref == "A1:B3"
    assert sheet.tables["Words"].autoFilter.ref == "A1:B3"
    assert sheet.freeze_panes == "B2"


def test_table_headers_are_unique_texts_equal_to_their_cells() -> None:
    table = Table((Column("=1+1"), Column("Name"), Column("name"), Column("a_x0041_")), ((Cell("a"),) * 4,), name="T")
    sheet = write_sheet(table)
    shown = [read_value(cell) for cell in sheet[1]]
    assert shown == ["=1+1", "Name", "name (2)", "a_x0041_"]
    assert [column.name for column in sheet.tables["T"].tableColumns] == shown
    assert {cell.data_type for cell in sheet[1]} == {"s"}


def test_links_lead_to_sheets_and_blocks() -> None:
    first = Sheet("First", (Text("to block", Style.LINK, link=Link("It's: two", "block")),))
    second = Sheet("It's: two", (Text("Title", Style.TITLE), Text("Block", Style.HEADING, anchor="block")))
    workbook = write_and_load(make_book(first, second))
    assert workbook.sheetnames == ["First", "It’s two"]
    link = workbook["First"]["A1"].hyperlink
    assert link is not None
    assert link.location == "'It’s two'!A2"


def test_only_web_addresses_become_links() -> None:
    urls = ("https://example.org/7", "javascript:alert(1)")
    table = Table((Column("Address"),), tuple((Cell(url, link=WebLink(url)),) for url in urls))
    first, second = (write_sheet(table).cell(row, 1) for row in (2, 3))
    assert first.hyperlink is not None
    assert first.hyperlink.target == urls[0]
    assert (second.value, second.hyperlink) == (urls[1], None)


def test_marks_and_shades_become_conditional_formats() -> None:
    table = Table(
        (Column("Result", span=2), Column("Spread", Style.ONE_DIGIT)),
        ((Cell("✓ passed"), Cell(10)),),
        marks=(Mark("Result", "✓", Tone.GOOD),),
        shades=(Shade("Spread", 0, 100),),
    )
    formats = {str(area.sqref): area.rules[0] for area in write_sheet(table).conditional_formatting}
    assert {area: rule.type for area, rule in formats.items()} == {"A2": "beginsWith", "C2": "colorScale"}
    assert formats["A2"].formula == ['LEFT(A2,1)="✓"']


def make_chart(kind: ChartKind) -> Chart:
    return Chart(
        kind, "A =chart", "Data", range(2), "Skill", "Mean", "Down", "Up", "Skill", "Percent", (0, 100), height=12
    )


@pytest.mark.parametrize("kind", ChartKind)
def test_charts_show_title_and_axes_and_lie_over_their_own_rows(kind: ChartKind) -> None:
    headers = ("Skill", "Mean", "Down", "Up")
    columns = tuple(Column(header, Style.TEXT if header == "Skill" else Style.ONE_DIGIT) for header in headers)
    rows = ((Cell("Tone"), Cell(80.0), Cell(3.0), Cell(3.0)), (Cell("Pace"), Cell(None), Cell(None), Cell(None)))
    data = Sheet("Data", (Table(columns, rows, name="Data"),))
    workbook = write_and_load(
        make_book(Sheet("Chart", (Text("Title", Style.TITLE), make_chart(kind)), grid=(20.0,) * 3), data)
    )
    (chart,) = read_charts(workbook, "Chart")
    assert chart.title.tx.rich.p[0].r[0].t == "A =chart"
    assert (chart.x_axis.delete, chart.y_axis.delete) == (False, False)
    assert chart.series[0].val.numRef.f == "'Data'!$B$2:$B$3"
    assert chart.display_blanks == "gap"
    assert (chart.anchor._from.row, chart.anchor.to.row, chart.anchor.to.col) == (1, 13, 3)


def test_every_sheet_is_set_up_for_print() -> None:
    table = Table((Column("Word"),), ((Cell("a"),),), name="Words")
    wide = Sheet("Wide", (Text("Title", Style.TITLE), table), header="Words")
    upright = Sheet(
        "Upright",
        (Text("Title", Style.TITLE), PageBreak(), Text("Next", Style.TEXT)),
        grid=(50.0, 50.0),
        landscape=False,
    )
    workbook = write_and_load(make_book(wide, upright, title="R&D"))
    assert [describe_print(sheet) for sheet in workbook.worksheets] == [
        ("landscape", "$2:$2", "'Wide'!$A$1:$A$3", []),
        ("portrait", "$1:$1", "'Upright'!$A$1:$B$2", [1]),
    ]
    for sheet in workbook.worksheets:
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.oddHeader is not None
        assert sheet.oddHeader.left.text == "R&&D"
        assert sheet.oddFooter is not None
        assert sheet.oddFooter.center.text == "Page &P of &N"


def describe_print(sheet: Worksheet) -> tuple[str | None, str | None, str, list[int]]:
    breaks = [entry.id for entry in sheet.row_breaks.brk]
    return sheet.page_setup.orientation, sheet.print_title_rows, sheet.print_area, breaks


def test_document_properties_say_what_and_who() -> None:
    properties = write_and_load(make_book(Sheet("Sheet", (Text("Text", Style.TEXT),)), title="=Title\x00")).properties
    assert (properties.title, properties.subject, properties.creator) == ("=Title\ufffd", "Subject", "Plumbline")
    assert properties.created == datetime(2026, 11, 2, 8, 12, tzinfo=UTC).replace(tzinfo=None)


def test_styles_are_named_once_and_nothing_is_a_formula() -> None:
    content = write_bytes(make_book(Sheet("Sheet", (Text("=1+1", Style.TITLE), Text("=2+2", Style.NOTE)))))
    workbook: Workbook = load_workbook(io.BytesIO(content))
    assert {style.value for style in Style} <= set(workbook.named_styles)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert [read_value(cell) for cell in workbook.worksheets[0]["A"]] == ["=1+1", "=2+2"]
