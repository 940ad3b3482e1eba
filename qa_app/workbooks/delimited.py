"""Rows as CSV that no spreadsheet program takes for a formula.

CSV has no types, so a text that a program could read as a formula gets an apostrophe in front (OWASP ASVS 5.0, 1.2.10);
numbers and dates stay as they are. Every field is quoted. Offer a workbook first: it needs none of this.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from qa_app.workbooks.text import clean

Cell = str | int | Decimal | datetime | None
_ARMS = frozenset("=+-@＝＋－＠")
_LEADS = frozenset("\t\r\n\x00")


def write_rows(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte-order mark, which is how Excel tells it from a local encoding."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows([_write_cell(cell) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def disarm(text: str) -> str:
    """The text, with an apostrophe in front where a program could take it for a formula."""
    first = next((sign for sign in text if not _is_blank(sign)), "")
    armed = first in _ARMS or text[:1] in _LEADS
    return f"'{clean(text)}" if armed else clean(text)


def _write_cell(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return disarm(cell)
        case datetime():
            return cell.isoformat()
        case Decimal():
            return format(cell, "f")
        case _:
            return str(cell)


def _is_blank(sign: str) -> bool:
    """White space, control and zero-width signs, which programs skip before they look for a formula."""
    return sign.isspace() or unicodedata.category(sign) in {"Cc", "Cf"}
