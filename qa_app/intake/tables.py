"""Reads CSV: finds the delimiter, says what it found, and reads around broken rows."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from db.records import RowIssue
from qa_app.errors import Refused
from qa_app.intake.bodies import clean_text
from qa_app.intake.model import Grid, Guess, Place, Row
from qa_app.intake.text_files import decode

LARGEST = 256 * 1024 * 1024
"""Bytes of one file."""
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MOST_COLUMNS = 500
_MOST_ROWS = 500_000
_MOST_BROKEN = 50
"""Rows with broken quotes; a file with more of them is not CSV, and reading around each costs time."""

# Python's own limit of 128 KiB a cell is too small for a whole talk in one cell.
csv.field_size_limit(16 * 1024 * 1024)


def read_csv(path: Path, *, file_name: str, options: Mapping[str, str]) -> Grid:
    """All rows of a CSV file. Options: `encoding`, `delimiter` (comma, semicolon, tab, bar).

    Raises:
        Refused: the file is no text, too large, or not a table.
    """
    if path.stat().st_size > LARGEST:
        raise Refused(
            "file-too-large", f"{file_name} is larger than {LARGEST // 2**20} MiB. Split it and import the parts."
        )
    text, encoding = decode(path.read_bytes(), file_name=file_name, encoding=options.get("encoding"))
    delimiter, delimiter_guess = _find_delimiter(text, options.get("delimiter"))
    rows, issues = _read_rows(text, delimiter, file_name)
    return Grid(file=file_name, rows=rows, issues=issues, guesses=(encoding, delimiter_guess))


def _find_delimiter(text: str, given: str | None) -> tuple[str, Guess]:
    for sign, name in DELIMITERS.items():
        if given in (sign, name):
            return sign, Guess("delimiter", name, "as you said")
    scores = {sign: _score(text, sign) for sign in DELIMITERS}
    best = max(scores, key=lambda sign: scores[sign])
    return best, Guess("delimiter", DELIMITERS[best], "it parts most rows into equally many cells")


def _score(text: str, delimiter: str) -> tuple[float, int]:
    """Share of the first rows that have the commonest width, and that width; one column is no table."""
    rows = csv.reader(io.StringIO(text[: 1 << 20], newline=""), delimiter=delimiter)
    widths = Counter(len(row) for row in islice(rows, 100) if row)
    if not widths:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (0.0 if width < 2 else count / widths.total(), width)


def _read_rows(text: str, delimiter: str, file_name: str) -> tuple[tuple[Row, ...], tuple[RowIssue, ...]]:
    rows: list[Row] = []
    issues: list[RowIssue] = []
    number = 0
    for cells in _records(text, delimiter):
        number += 1
        if cells is None:
            issues.append(
                Place(file_name, number).refuse(
                    "quotes-unbalanced",
                    "A quotation mark in this row is not closed, or text follows a closing one; the row was left out. "
                    'Inside a cell every mark is written twice, as in "say ""hi""".',
                )
            )
            if len(issues) > _MOST_BROKEN:
                raise Refused(
                    "not-a-table", f"{file_name} has broken quotation marks in over {_MOST_BROKEN} rows; it is not CSV."
                )
            continue
        while cells and not cells[-1].strip():
            cells.pop()
        if len(cells) > _MOST_COLUMNS or number > _MOST_ROWS:
            raise Refused(
                "file-too-large",
                f"{file_name} has more than {_MOST_COLUMNS} columns or {_MOST_ROWS:,} rows. Import it in parts.",
            )
        rows.append(Row(number, tuple(clean_text(cell) for cell in cells)))
    return tuple(rows), tuple(issues)


def _records(text: str, delimiter: str) -> Iterator[list[str] | None]:
    """Records in order; None for one with broken quotes, after which reading goes on with the next line.

    A quote that is never closed would otherwise swallow all that follows it.
    """
    lines = list(io.StringIO(text, newline=""))
    start = 0
    while start < len(lines):
        reader = csv.reader(lines[start:], delimiter=delimiter, strict=True)
        done = 0
        try:
            for record in reader:
                done = reader.line_num
                yield record
        except csv.Error:
            yield None
            start += done + 1
        else:
            return
