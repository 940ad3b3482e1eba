"""Times in tables: which order day and month stand in, which zone they mean, and what instant that is.

A zone is asked, never guessed; so is the order of day and month where no value of a column settles it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qa_app.intake.model import Cell

ORDERS = ("dmy", "mdy", "ymd")

_DAY = r"(?P<a>\d{1,4})(?P<sep>[./-])\s?(?P<b>\d{1,2})(?P=sep)\s?(?P<c>\d{1,4})"
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
)
_OFFSET = r"(?P<offset>Z|UTC|GMT|[+-]\d{2}:?\d{2})"
_NUMERIC = re.compile(rf"^{_DAY}(?:[ T,]+(?:um )?{_CLOCK}(?: Uhr)?\s*{_OFFSET}?)?$")
_CLOCK_ONLY = re.compile(rf"^{_CLOCK}(?: Uhr)?$")
_UNIX = re.compile(r"^\d{10}(?:\.\d+)?$|^\d{13}$")
_FIXED_OFFSET = re.compile(r"^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$", re.IGNORECASE)

# Serial days of spreadsheet programs between 1980 and 2100; other bare numbers are no dates.
_SERIAL_FROM, _SERIAL_TO = 29_221, 73_051
_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a zone comes later


@dataclass(frozen=True, slots=True)
class TimeRules:
    """How one column of times is to be read."""

    order: str | None = None
    """`dmy`, `mdy` or `ymd`; None where no value needs it."""
    zone: tzinfo | None = None
    """Of times that carry none themselves."""
    epoch_1904: bool = False


@dataclass(frozen=True, slots=True)
class TimeProblem:
    """Why a cell gives no time."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ReadTime:
    """An instant, and what had to be assumed to get it."""

    at: datetime
    remark: TimeProblem | None = None


def read_zone(name: str) -> tzinfo | None:
    """The zone of an IANA name or an offset such as +02:00; None where there is none of that name."""
    if name.upper() in {"UTC", "GMT", "Z"}:
        return UTC
    offset = _FIXED_OFFSET.match(name.strip())
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes)) if minutes < 24 * 60 else None
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def tell_order(cells: Iterable[Cell]) -> tuple[str | None, bool]:
    """The order of day and month in a column, and whether any value needs one.

    Dots mean day first in every country that writes them; elsewhere a number over 12 settles it.
    """
    day_first = month_first = needed = False
    for cell in cells:
        found = _NUMERIC.match(cell.strip()) if isinstance(cell, str) else None
        if found is None or len(found["a"]) > 2:
            continue
        needed = True
        day_first = day_first or int(found["a"]) > 12 or found["sep"] == "."
        month_first = month_first or int(found["b"]) > 12
    if day_first == month_first:
        return None, needed
    return ("dmy" if day_first else "mdy"), needed


def needs_zone(cell: Cell) -> bool:
    """Whether the time in this cell means nothing without a zone."""
    if isinstance(cell, str):
        found = _NUMERIC.match(cell.strip())
        if found:
            return found["offset"] is None
        named = None if _UNIX.match(cell.strip()) else _read_named(cell.strip())
        return named is not None and named.tzinfo is None
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return not _is_unix(cell)
    return isinstance(cell, datetime)


def read_time(cell: Cell, rules: TimeRules, *, clock: Cell = None) -> ReadTime | TimeProblem:
    """The instant that a cell means; `clock` is a cell that holds the time of day on its own."""
    local = _read_local(cell, rules)
    if isinstance(local, TimeProblem):
        return local
    if clock is not None and clock != "":
        of_day = read_clock(clock)
        if of_day is None:
            return TimeProblem("time-unreadable", "The time of day cannot be read; write it as 14:05 or 14:05:30.")
        local = datetime.combine(local.date(), of_day, tzinfo=local.tzinfo)
    if local.tzinfo is not None:
        return ReadTime(local.astimezone(UTC))
    if rules.zone is None:
        return TimeProblem("time-without-zone", "The time has no zone and none was named for the file.")
    return _place_in(local, rules.zone)


def _place_in(local: datetime, zone: tzinfo) -> ReadTime | TimeProblem:
    earlier, later = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    back = earlier.astimezone(zone).replace(tzinfo=None)
    if back != local:
        return TimeProblem(
            "time-does-not-exist",
            f"The clocks in {zone} jumped over this time. Check the zone, or write the time with its offset.",
        )
    if earlier != later:
        remark = TimeProblem(
            "time-occurs-twice",
            f"The clocks in {zone} showed this time twice; the earlier was taken. Write it with its offset to choose.",
        )
        return ReadTime(min(earlier, later), remark)
    return ReadTime(earlier)


def _read_local(cell: Cell, rules: TimeRules) -> datetime | TimeProblem:
    """A time as it stands there: aware where it says its zone, naive otherwise."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return _read_count(Decimal(cell), rules)
    if not isinstance(cell, str) or not cell.strip():
        return _unreadable()
    text = cell.strip()
    found = _NUMERIC.match(text)
    if found:
        return _read_numeric(found, rules)
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return _read_count(Decimal(text), rules)
    return _read_named(text) or _unreadable()


def _read_count(count: Decimal, rules: TimeRules) -> datetime | TimeProblem:
    if _is_unix(count):
        return datetime.fromtimestamp(float(count / 1000 if count >= 10**12 else count), UTC)
    if _SERIAL_FROM <= count < _SERIAL_TO:
        epoch = _EPOCH_1904 if rules.epoch_1904 else _EPOCH_1900
        return epoch + timedelta(seconds=round(float(count) * 86_400))
    return _unreadable()


def _is_unix(count: int | Decimal) -> bool:
    """Seconds or milliseconds since 1970, from 2001 to 2100."""
    return 10**9 <= count < 4_102_444_800 or 10**12 <= count < 4_102_444_800_000


def _read_numeric(found: re.Match[str], rules: TimeRules) -> datetime | TimeProblem:
    first, second, third = int(found["a"]), int(found["b"]), int(found["c"])
    if len(found["a"]) > 2:
        year, month, day = first, second, third
    elif found["sep"] == "." or rules.order == "dmy":
        day, month, year = first, second, third
    elif rules.order == "mdy":
        month, day, year = first, second, third
    elif rules.order == "ymd":
        year, month, day = first, second, third
    else:
        return TimeProblem(
            "date-order-undecidable",
            "Day and month cannot be told apart in this column. Say which comes first (dmy or mdy).",
        )
    of_day = _clock_of(found) if found["hour"] else time()
    if of_day is None:
        return _unreadable()
    try:
        # Spreadsheets write two-digit years; nobody imports tickets of the last century.
        moment = datetime.combine(datetime(2000 + year if year < 100 else year, month, day), of_day)  # noqa: DTZ001
    except ValueError:
        return _unreadable()
    offset = found["offset"]
    return moment.replace(tzinfo=read_zone(offset)) if offset else moment


def _read_named(text: str) -> datetime | None:
    """ISO 8601 and mail dates (RFC 5322), with the zone where they carry one."""
    return _attempt(datetime.fromisoformat, text) or _attempt(parsedate_to_datetime, text)


def _attempt(read: Callable[[str], datetime], text: str) -> datetime | None:
    try:
        return read(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None


def read_clock(cell: Cell) -> time | None:
    """A time of day from a cell of its own."""
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    if isinstance(cell, timedelta) and timedelta() <= cell < timedelta(days=1):
        return (_EPOCH_1900 + cell).time()
    found = _CLOCK_ONLY.match(cell.strip()) if isinstance(cell, str) else None
    return _clock_of(found) if found else None


def _clock_of(found: re.Match[str]) -> time | None:
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    half = (found["half"] or "").lower().replace(".", "")
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute, second, int((found["part"] or "").ljust(6, "0")[:6]))
    except ValueError:
        return None


def _unreadable() -> TimeProblem:
    return TimeProblem(
        "time-unreadable", "This cannot be read as a time. Write it as 2026-10-05 08:30:02 or with an offset as +02:00."
    )
