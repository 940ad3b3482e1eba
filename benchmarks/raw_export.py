"""What raw data of a million rows takes: time and memory of each form, and what others notice meanwhile.

Run `python -m benchmarks.raw_export --folder FOLDER`. Each measurement is a process of its own. Beside each form stands
the plainest program that writes the same cells with the same library (openpyxl write-only, csv, pyarrow); it reads no
database, gets the cells from a file of pickles, and knows neither policy nor text that a sheet cannot hold.
"""

import argparse
import csv
import json
import pickle  # between our own processes
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.workbook import Workbook

from benchmarks.desk.database import CARD, NOW, Plan, build_database, email_of, settings_of
from benchmarks.timing import tell
from db.engine import sqlite_library
from qa_app.workflows import access, raw_export
from qa_app.workflows.period import Period
from qa_app.workflows.raw_export import HEADER, RawForm
from qa_app.workflows.scope import require_some
from qa_app.workflows.upkeep import open_installation
from scorecards.files import library_scorecard

_WRITTEN = 6000
"""Reviews that the application writes itself."""
_ORIGINALS = "select id from review where submitted_at not null and submission_key not null order by id"
_OTHER = "review_id || ?1"
_COPIED = {
    "review": {"id": "id || ?1", "submission_key": "null", "assignment_id": "null"},
    "rating": {"review_id": _OTHER},
    "criterion_result": {"review_id": _OTHER},
}
_KEYS = {"review": "id", "rating": "review_id", "criterion_result": "review_id"}
FIRST, LAST = date(2025, 1, 1), NOW.date() + timedelta(days=2)
_MARKS = (10, 50, 100)
_EXACT = pa.decimal128(28, 12)
_TYPES = {
    **dict.fromkeys(("probability", "raw_score", "reported_score", "number", "value", "applied_weight"), _EXACT),
    **dict.fromkeys(("passed", "praise"), pa.bool_()),
    **dict.fromkeys(("submitted_at", "ticket_began_at"), pa.timestamp("us", tz="UTC")),
    "version": pa.int64(),
}
Page = list[tuple[Any, ...]]


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True, help="for the database, which is made once, and files")
    parser.add_argument("--forms", nargs="+", default=[form.value for form in RawForm], choices=list(RawForm))
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    data = build(asked.folder, asked.rows)
    if asked.child:
        whose, form = asked.child
        _CHILDREN[whose](data, form)
        return
    cells = data / "cells.pickle"
    if not cells.exists():
        _ask(asked, "keep", "csv")
    print("| form | ours, s | plain, s | ratio | ours, MiB peak | plain, MiB peak | ours, MiB at 10, 50, 100 % | MB |")
    print("|---|---|---|---|---|---|---|---|")
    for form in asked.forms:
        ours, plain = _ask(asked, "ours", form), _ask(asked, "plain", form)
        ratio, course = ours["seconds"] / plain["seconds"], ", ".join(f"{mib:.0f}" for mib in ours["course"])
        print(
            f"| {form} | {ours['seconds']:.1f} | {plain['seconds']:.1f} | {ratio:.2f} | {ours['peak']:.0f} | "
            f"{plain['peak']:.0f} | {course} | {ours['size'] / 1e6:.0f} |",
            flush=True,
        )


def build(folder: Path, rows: int) -> Path:
    """A year's work of a usual size, and then copies of its reviews under other ids until there are enough."""
    reviews = -(-rows // len(library_scorecard(CARD).criteria))
    data = build_database(folder, Plan(min(reviews, _WRITTEN), crowd=20, tickets=2))
    enough, mark = folder / f"{data.name}-copied-to-{reviews}", "enough"
    if (enough / mark).exists():
        return enough
    shutil.rmtree(enough, ignore_errors=True)
    shutil.copytree(data, enough)
    with closing(sqlite_library().connect(enough / "plumbline.sqlite")) as database:
        for number in range(1, -(-reviews // _WRITTEN)):
            left = min(reviews - number * _WRITTEN, _WRITTEN)
            for table, changed in _COPIED.items():
                columns = [row[1] for row in database.execute(f"pragma table_info({table})")]
                values = ", ".join(changed.get(column, column) for column in columns)
                into, found = f"insert into {table} ({', '.join(columns)})", f"select {values} from {table}"  # noqa: S608 - our own names
                database.execute(f"{into} {found} where {_KEYS[table]} in ({_ORIGINALS} limit {left})", [f"-{number}"])
        database.commit()
    (enough / mark).touch()
    return enough


def _ask(asked: argparse.Namespace, whose: str, form: str) -> dict[str, Any]:
    tell(f"{whose} {form}")
    words = ["--rows", str(asked.rows), "--folder", str(asked.folder), "--child", whose, form]
    said = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "benchmarks.raw_export", *words], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    tell(json.dumps(found))
    return found


def _write_ours(data: Path, form: str) -> None:
    """Through the workflow, as the command does."""
    course: dict[int, float] = {}

    def report(done: int, total: int) -> None:
        reached = next((mark for mark in _MARKS if mark not in course and 100 * done >= mark * total), None)
        if reached is not None and total:
            course[reached] = _memory("VmRSS")

    installation = open_installation(settings_of(data))
    context = installation.context(access.find_actor(installation.store, email_of("admin")))
    target = data / f"ours.{form}"

    def write() -> int:
        with target.open("wb") as into:
            return raw_export.export_raw(
                context, into, start=FIRST, end=LAST, zone=ZoneInfo("UTC"), form=RawForm(form), report=report
            ).rows

    _measure(write, target, lambda: list(course.values()))
    installation.store.close()


def _keep_cells(data: Path, _form: str) -> None:
    """The same rows for the plain programs, pickled a page at a time."""
    installation = open_installation(settings_of(data))
    admin = access.find_actor(installation.store, email_of("admin"))
    rows = 0
    stream = raw_export.RawStream(installation.context(admin), require_some(admin, "export.raw"))
    with (data / "cells.pickle").open("wb") as into:
        for page in stream.read(Period(FIRST, LAST, ZoneInfo("UTC")), lambda _done, _total: None):
            pickle.dump(page, into)
            rows += len(page)
    print(json.dumps({"rows": rows}))


def _read_cells(data: Path) -> Iterator[Page]:
    with (data / "cells.pickle").open("rb") as file:
        while True:
            try:
                yield pickle.load(file)  # noqa: S301 - our own
            except EOFError:
                return


def _write_plain(data: Path, form: str) -> None:
    target = data / f"plain.{form}"
    _measure(lambda: _PLAIN[RawForm(form)](data, target), target, list)


def _plain_csv(data: Path, target: Path) -> int:
    rows = 0
    with target.open("w", newline="", encoding="utf-8") as into:
        writer = csv.writer(into)
        writer.writerow(HEADER)
        for page in _read_cells(data):
            writer.writerows(page)
            rows += len(page)
    return rows


def _plain_xlsx(data: Path, target: Path) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Ratings")
    sheet.append(HEADER)
    rows = 0
    for page in _read_cells(data):
        for row in page:
            # The one thing that openpyxl refuses: times with a zone.
            sheet.append((row[0], row[1].replace(tzinfo=None), *row[2:]))
        rows += len(page)
    book.save(target)
    return rows


def _plain_parquet(data: Path, target: Path) -> int:
    schema = pa.schema([(column, _TYPES.get(column, pa.string())) for column in HEADER])
    rows = 0
    with pq.ParquetWriter(target, schema, compression="zstd") as into:
        for page in _read_cells(data):
            columns = zip(*page, strict=True)
            arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
            into.write_batch(pa.record_batch(arrays, schema=schema))
            rows += len(page)
    return rows


_PLAIN: dict[RawForm, Callable[[Path, Path], int]] = {
    RawForm.CSV: _plain_csv,
    RawForm.XLSX: _plain_xlsx,
    RawForm.PARQUET: _plain_parquet,
}
_CHILDREN: dict[str, Callable[[Path, str], None]] = {"ours": _write_ours, "plain": _write_plain, "keep": _keep_cells}


def _measure(write: Callable[[], int], target: Path, course: Callable[[], list[float]]) -> None:
    """Print what it took as JSON; memory is that of the whole process, its imports included."""
    begin, worked = time.perf_counter(), time.process_time()
    rows = write()
    took = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - worked, "rows": rows}
    sizes = {"peak": _memory("VmHWM"), "course": course(), "size": target.stat().st_size}
    target.unlink()
    print(json.dumps({**took, **sizes, "at": datetime.now(UTC).isoformat()}))


def _memory(what: str) -> float:
    """MiB, as Linux counts them for this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


if __name__ == "__main__":
    main()
