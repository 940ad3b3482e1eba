"""The workbook of a large team: sheets, links and numbers, rows that come lazily, and what the house has of its own."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from benchmarks.packs import make_pack
from qa_app.house import House
from qa_app.workbooks.coaching import plan_coaching
from qa_app.workbooks.plan import Book, Cell, Column, Later, Link, Sheet, Style, Table, Text
from qa_app.workbooks.team import plan_team
from qa_app.workbooks.writer import write_book
from tests.qa_app.workbooks.agent_reports import make_agent_report
from tests.qa_app.workbooks.factories import BERLIN, MADE_AT
from tests.qa_app.workbooks.reading import read_table, write_bytes


def test_agents_of_one_name_and_of_long_names_have_sheets_of_their_own_with_links_to_them() -> None:
    pack = make_pack(agents=5, reviews=2)
    names = ("Summary", "A" * 40, "A" * 40, "Kim [Night]: A/B", "kim  night  a b")
    agents = [replace(one.agent, name=name) for one, name in zip(pack.report.standings, names, strict=True)]
    standings = tuple(replace(one, agent=agent) for one, agent in zip(pack.report.standings, agents, strict=True))
    pack = replace(pack, report=replace(pack.report, standings=standings))
    workbook = load_workbook(io.BytesIO(write_bytes(plan_team(pack, time_zone=BERLIN, app_version="1"))))
    titles = workbook.sheetnames[2:7]
    assert titles == ["Summary (2)", "A" * 31, f"{'A' * 27} (2)", "Kim Night A B", "kim night a b (2)"]
    for sheet in ("Summary", "Agents"):
        links = [str(cell.hyperlink.location) for row in workbook[sheet].iter_rows() for cell in row if cell.hyperlink]
        assert [link for link in links if link.split("!")[0].strip("'") in titles] == [f"'{one}'!A1" for one in titles]
    assert [row["Review"] for row in read_table(workbook["Ratings"], "Ratings")][::12] == list(range(1, 11))


def test_a_file_of_many_sheets_is_sound() -> None:
    """What makes Excel offer a repair: parts that are missing, names that come twice, headers unlike their cells."""
    content = write_bytes(plan_team(make_pack(agents=6, reviews=3), time_zone=BERLIN, app_version="1"))
    check_soundness(content)


def check_soundness(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        names = parts.namelist()
        assert len(names) == len(set(names))
        texts = {name: parts.read(name).decode() for name in names if name.endswith((".xml", ".rels"))}
    for name, text in texts.items():
        for target in re.findall(r'Target="(/[^"]+)"', text):
            assert target[1:] in names, name
    tables = [re.findall(r'<table [^>]*displayName="([^"]+)"', text) for text in texts.values()]
    flat = [table.casefold() for found in tables for table in found]
    assert len(flat) == len(set(flat))
    workbook = load_workbook(io.BytesIO(content))
    titles = [title.casefold() for title in workbook.sheetnames]
    assert len(titles) == len(set(titles))
    assert all(len(title) <= 31 for title in titles)
    for sheet in workbook.worksheets:
        for table in sheet.tables.values():
            header, *rows = sheet[table.ref]
            assert rows
            assert [column.name for column in table.tableColumns] == [cell.value for cell in header]
        merged = [set(area.cells) for area in sheet.merged_cells.ranges]
        assert sum(map(len, merged)) == len(set().union(*merged)) if merged else True
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink and cell.hyperlink.location:
                    title, _, place = cell.hyperlink.location.rpartition("!")
                    assert workbook[title.strip("'")][place] is not None
    areas = re.findall(r'<definedName name="_xlnm.Print_Area" localSheetId="(\d+)"', texts["xl/workbook.xml"])
    assert areas == [str(number) for number in range(len(titles))]


def rows_that_stop() -> Iterator[tuple[Cell, ...]]:
    yield (Cell("one"),)
    raise InterruptedError("enough")


def test_rows_come_when_they_are_written_and_a_stop_leaves_no_file_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    table = Table((Column("Word"),), rows_that_stop(), name="Words")
    sheets = (Sheet("Summary", (Text("Title", Style.TITLE),)), Sheet("Words", (table,)))
    with pytest.raises(InterruptedError):
        write_book(Book("T", "T", MADE_AT, sheets), io.BytesIO())
    assert list(tmp_path.iterdir()) == []


def test_an_open_table_without_rows_is_still_a_table() -> None:
    sheets = (Sheet("Words", (Table((Column("Word"),), iter(()), name="Words"),), header="Words"),)
    workbook = load_workbook(io.BytesIO(write_bytes(Book("T", "T", MADE_AT, sheets))))
    assert workbook["Words"].tables["Words"].ref == "A1:A2"
    assert workbook["Words"].print_area == "'Words'!$A$1:$A$2"


def test_sheets_planned_later_hear_what_was_cut_before_them() -> None:
    long = Sheet("Long", (Text("x" * 40_000, Style.TEXT),))
    later = Later("Cuts", lambda cuts: Sheet("Cuts", tuple(Text(str(cut), Style.TEXT) for cut in cuts)))
    workbook = load_workbook(io.BytesIO(write_bytes(Book("T", "T", MADE_AT, (long, later)))))
    assert workbook["Cuts"]["A1"].value == "Cut(sheet='Long', address='A1', length=40000)"


def test_two_tables_of_one_name_are_refused() -> None:
    tables = tuple(Table((Column("Word"),), ((Cell("a"),),), name=name) for name in ("Words", "WORDS"))
    with pytest.raises(ValueError, match="two tables are called WORDS"):
        write_bytes(Book("T", "T", MADE_AT, (Sheet("Sheet", tables),)))


def test_more_links_than_excel_opens_are_refused() -> None:
    rows = ((Cell("a", link=Link("Sheet")),) for _ in range(65_531))
    with pytest.raises(ValueError, match="more than 65,530 links"):
        write_bytes(Book("T", "T", MADE_AT, (Sheet("Sheet", (Table((Column("Word"),), rows),)),)))


def draw_png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour, by the words of the PNG specification (chunks IHDR, IDAT, IEND)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    rows = (b"\0" + bytes(colour) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_a_house_has_its_name_picture_colour_and_dates() -> None:
    house = House(name="Acme Support", logo=draw_png(300, 100, (15, 118, 110)), accent="0F766E")
    target = io.BytesIO()
    summary = Sheet("Summary", (Text("Report", Style.TITLE),), grid=(10.0,) * 12)
    table = Table((Column("Word"),), ((Cell("a"),),), name="Words")
    write_book(Book("T", "T", MADE_AT, (summary, Sheet("Words", (table,)))), target, house)
    workbook = load_workbook(target)
    first, second = workbook.worksheets
    assert (first["A1"].value, first["A2"].value, first.print_title_rows) == ("Acme Support", "Report", "$2:$2")
    assert first["A2"].font.color.rgb == second["A1"].fill.fgColor.rgb == "000F766E"
    assert first.oddFooter is not None
    assert first.oddFooter.left.text == "Acme Support"
    (image,) = first._images  # type: ignore[attr-defined]
    anchor = image.anchor
    # 36 points high, as wide as its shape asks: 108 of the 630 points of the sheet's 12 columns.
    assert (anchor.ext.cy, anchor.ext.cx) == (36 * 12_700, 108 * 12_700)
    assert anchor._from.col * 52.5 + anchor._from.colOff / 12_700 == pytest.approx(630 - 108, abs=0.1)
    assert second["A1"].value == "Word"


def test_the_coaching_workbook_is_sound() -> None:
    check_soundness(write_bytes(plan_coaching(make_agent_report(reviews=3), time_zone=BERLIN, app_version="1")))
