"""Workbooks that people have, and workbooks built to do harm; the latter follow the shapes in the OpenPyXL advisories
and the usual archive bombs, each made here byte by byte.
"""

import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from qa_app.errors import Refused
from qa_app.intake.expendable import Limits
from qa_app.intake.model import Grid, Row, Unreadable
from qa_app.intake.sheets import read_workbook

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(folder: Path, body: str, *, doctype: str = "", parts: dict[str, str] | None = None) -> Path:
    """A smallest workbook with one sheet of this body."""
    contents = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEET_TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"{doctype}<worksheet {MAIN}><sheetData>{body}</sheetData></worksheet>",
        **(parts or {}),
    }
    path = folder / "h.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in contents.items():
            archive.writestr(name, text)
    return path


def inline(text: str) -> str:
    return f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'


def read(path: Path) -> tuple[Grid, ...]:
    return read_workbook(path, file_name=path.name)


def test_cells_come_as_they_are_typed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Tickets"
    sheet.append(["000101", 102, 2.5, True, None, "=1+1"])
    sheet.append([datetime(2026, 3, 3, 0, 58, 40), time(0, 9, 8), timedelta(hours=30), None])  # noqa: DTZ001
    sheet["F1"].data_type = "s"
    sheet["A4"] = "#N/A"
    sheet["A4"].data_type = "e"
    sheet["B4"] = "=SUM(B1:B2)"
    book.create_sheet("hidden").sheet_state = "hidden"
    path = tmp_path / "t.xlsx"
    book.save(path)
    tickets, hidden = read(path)
    assert (tickets.sheet, tickets.hidden, hidden.sheet, hidden.hidden) == ("Tickets", False, "hidden", True)
    assert tickets.rows == (
        Row(1, ("000101", 102, Decimal("2.5"), True, None, "=1+1")),
        Row(2, (datetime(2026, 3, 3, 0, 58, 40), time(0, 9, 8), timedelta(hours=30))),  # noqa: DTZ001
        # openpyxl stores no values with formulas; Excel does.
        Row(4, (Unreadable("cell-error", "#N/A"), Unreadable("formula-without-value", ""))),
    )


def test_the_stored_value_of_a_formula_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path, '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+2</f></c></row>')
    assert read(path)[0].rows == (Row(1, (2, Unreadable("formula-without-value", ""))),)


def test_workbooks_may_count_days_from_1904(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    path = tmp_path / "t.xlsx"
    book.save(path)
    assert [grid.epoch_1904 for grid in read(path)] == [True]


BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
)
FOREIGN_FILE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'


def laughs(folder: Path) -> Path:
    path = workbook(folder, inline("&a9;"), doctype=BILLION_LAUGHS)
    assert path.stat().st_size < 2_500
    return path


def foreign(folder: Path) -> Path:
    return workbook(folder, inline("[&e;]"), doctype=FOREIGN_FILE)


def bomb(folder: Path) -> Path:
    # 30 MB of one letter in 30 kB.
    return workbook(folder, inline("a" * 30_000_000))


def empty_rows(folder: Path) -> Path:
    return workbook(folder, "<row/>" * 4_000_000)


def many_parts(folder: Path) -> Path:
    return workbook(folder, inline("x"), parts={f"xl/worksheets/x{n}.xml": "x" for n in range(3_000)})


def wide(folder: Path) -> Path:
    return workbook(folder, inline("x") + '<row r="5"><c r="XFD5"><v>1</v></c></row>')


def outward(folder: Path) -> Path:
    return workbook(folder, inline("x"), parts={"../../evil.xml": "x"})


def not_a_number(folder: Path) -> Path:
    return workbook(folder, '<row r="1"><c r="A1"><v>nan</v></c></row>')


def cut_off(folder: Path) -> Path:
    path = workbook(folder, inline("x"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def old(folder: Path) -> Path:
    path = folder / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)
    return path


@pytest.mark.long
@pytest.mark.parametrize(
    ("build", "code"),
    [
        (laughs, "workbook-unreadable"),
        (foreign, "workbook-unreadable"),
        (bomb, "workbook-too-large"),
        (empty_rows, "workbook-too-large"),
        (many_parts, "workbook-too-large"),
        (wide, "workbook-too-large"),
        (outward, "workbook-hostile"),
        (not_a_number, "workbook-unreadable"),
        (cut_off, "workbook-unreadable"),
        (old, "workbook-old"),
    ],
)
def test_a_workbook_built_to_do_harm_is_refused(tmp_path: Path, build: Callable[[Path], Path], code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(build(tmp_path))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "body",
    [
        inline("x") + '<row r="200000"><c r="A200000"><v>1</v></c></row>',
        inline("x").replace("<row", '<dimension ref="A1:XFD1048576"/><row'),
    ],
    ids=["many rows apart", "a lying dimension"],
)
def test_what_only_looks_large_is_read(tmp_path: Path, body: str) -> None:
    assert read(workbook(tmp_path, body))[0].rows[0] == Row(1, ("x",))


def test_a_child_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_workbook(workbook(tmp_path, inline("x")), file_name="h.xlsx", limits=Limits(wall_seconds=0))
    assert refused.value.code == "workbook-unreadable"


def test_a_child_that_takes_too_much_memory_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_workbook(workbook(tmp_path, inline("x")), file_name="h.xlsx", limits=Limits(memory_bytes=1))
    assert refused.value.code == "workbook-unreadable"
