"""Cells of tables as values: text, ids, yes and no, durations, scores with their scale, channels, lists of names.

Absent is None, never 0. What cannot be read is `Unreadable`, and the caller says where it stands.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType

from qa_app.intake.model import Cell, Unreadable, shorten
from scorecards.model import Channel

_ABSENT = frozenset(
    {
        *("n/a", "na", "n.a.", "n. a.", "#n/a", "-", "–", "—", "none", "null", "nil", "unknown", "unbekannt", "k.a."),
        *("keine angabe", "offered", "unoffered", "not offered"),
    }
)
_NOBODY = _ABSENT | {"no agent", "unassigned", "nobody", "niemand", "nicht zugewiesen", "kein agent"}

CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {word: channel for channel, words in {
        Channel.EMAIL: "email e-mail mail e-mails outbound-email",
        Channel.CHAT: "chat live-chat livechat messaging message messenger native-messaging whatsapp widget web-chat",
        Channel.CALL: "call phone telephone telefon voice anruf phone-call-(inbound) phone-call-(outbound) talk",
        Channel.WEB: "web web-form webform portal form formular api website",
        Channel.SMS: "sms text text-message",
        Channel.SOCIAL: "social facebook twitter x instagram",
        Channel.ROLE_PLAY: "role_play role-play roleplay rollenspiel",
        Channel.OTHER: "other andere sonstige",
    }.items() for word in words.split()}
)  # fmt: skip
"""Words for channels, with hyphens for blanks."""

_YES = frozenset({"true", "yes", "y", "ja", "j", "1", "x", "wahr", "private", "internal", "intern"})
_NO = frozenset({"false", "no", "n", "nein", "0", "falsch", "public", "öffentlich"})
_CLOCK_LIKE = re.compile(r"^(?:(\d+):)?(\d{1,3}):(\d{2})(?:[.,](\d+))?$")
_WITH_UNITS = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-zäöü]+)\.?")
_UNITS: Mapping[str, int] = MappingProxyType(
    {word: seconds for seconds, words in {
        1: "s sec secs second seconds sek sekunde sekunden",
        60: "m min mins minute minutes minuten",
        3600: "h hr hrs hour hours std stunde stunden",
        86_400: "d day days tag tage",
    }.items() for word in words.split()}
)  # fmt: skip
_STARS = re.compile(r"^([★⭐]+)[☆✩]*$")
_LEADING_NUMBER = re.compile(r"^([+-]?\d+(?:[.,]\d+)?)(?:\s*(?:[-–:/(]|of|von)\s*.*)?$", re.IGNORECASE)
_GOOD_OR_BAD: Mapping[str, int] = MappingProxyType({"good": 1, "gut": 1, "👍": 1, "bad": 0, "schlecht": 0, "👎": 0})
_LOST_DIGITS = re.compile(r"^\d(?:[.,]\d+)?[eE]\+?\d+$")


@dataclass(frozen=True, slots=True)
class Scored:
    """A score with the scale that it was given on, where the value itself tells it."""

    value: Decimal
    scale: str | None = None


def read_text(cell: Cell) -> str | Unreadable | None:
    """The cell as text; blank is None."""
    if cell is None or isinstance(cell, Unreadable):
        return cell
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f")
    return str(cell)


def read_id(cell: Cell) -> str | Unreadable | None:
    """An id as text. A number that a spreadsheet program has cut short is worth nothing as an id."""
    text = read_text(cell)
    if not isinstance(text, str):
        return text
    # Spreadsheets keep 15 digits of a number and show the longer ones as 1.23E+18.
    damaged = _LOST_DIGITS.match(text) or (isinstance(cell, int | Decimal) and len(text) > 15)
    return Unreadable("id-digits-lost", text) if damaged else text


def read_flag(cell: Cell) -> bool | Unreadable | None:
    """Yes or no; blank is None."""
    text = read_text(cell)
    if not isinstance(text, str):
        return text
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    return None if word in _ABSENT else Unreadable("flag-unreadable", text)


def read_channel(text: str) -> Channel | None:
    """The channel that a word means."""
    return CHANNELS.get("-".join(text.casefold().split()))


def read_number(cell: Cell, *, decimal_sign: str) -> Decimal | Unreadable | None:
    """A number; blank and words such as n/a are None."""
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return Decimal(cell)
    text = read_text(cell)
    if not isinstance(text, str):
        return text
    if text.casefold() in _ABSENT:
        return None
    number = _parse_number(text, decimal_sign)
    return Unreadable("number-unreadable", text) if number is None else number


def _parse_number(text: str, decimal_sign: str) -> Decimal | None:
    """A plain number, or one with its digits in groups of three."""
    whole, _, fraction = text.partition(decimal_sign)
    if not re.fullmatch(r"[+-]?(?:\d{1,18}|\d{1,3}(?:[.,'’\s]\d{3}){1,5})", whole) or not re.fullmatch(
        r"\d{0,12}", fraction
    ):
        return None
    return Decimal(re.sub(r"[^\d+-]", "", whole) + (f".{fraction}" if fraction else ""))


def tell_decimal_sign(cells: Iterable[Cell]) -> str:
    """The decimal sign of columns of numbers: the comma where one stands before one or two last digits."""
    texts = [cell.strip() for cell in cells if isinstance(cell, str)]
    commas = sum(bool(re.fullmatch(r"[+-]?[\d.]*\d,\d{1,2}(?:\D.*)?|[+-]?\d+,\d+", text)) for text in texts)
    points = sum(bool(re.fullmatch(r"[+-]?[\d,]*\d\.\d{1,2}(?:\D.*)?|[+-]?\d+\.\d+", text)) for text in texts)
    return "," if commas > points else "."


def read_duration(cell: Cell, *, unit: str, two_parts: str, decimal_sign: str) -> Decimal | Unreadable | None:
    """A duration in seconds.

    `unit` is what a bare number counts (seconds, minutes, hours, days), `two_parts` what 0:45 means (m:ss or h:mm).
    """
    if cell is None or isinstance(cell, Unreadable):
        return cell
    if isinstance(cell, timedelta):
        return Decimal(str(cell.total_seconds()))
    if isinstance(cell, time):
        return Decimal(cell.hour * 3600 + cell.minute * 60 + cell.second)
    written = _read_written(cell, two_parts) if isinstance(cell, str) else None
    if written is not None:
        return written
    number = None if isinstance(cell, datetime) else read_number(cell, decimal_sign=decimal_sign)
    if isinstance(number, Unreadable) or isinstance(cell, datetime) or (number is not None and number < 0):
        return Unreadable("duration-unreadable", shorten(cell))
    return None if number is None else number * _UNITS[unit]


def _read_written(cell: str, two_parts: str) -> Decimal | None:
    """A duration that says its units: `1:19:31`, `9 min`, `2 Std. 5 Min.`."""
    text = cell.strip().casefold()
    clock = _CLOCK_LIKE.match(text)
    if clock:
        return _read_clock_like(clock, two_parts)
    parts = _WITH_UNITS.findall(text)
    rest = _WITH_UNITS.sub("", text).strip(" ,.")
    if not parts or rest or any(word not in _UNITS for _, word in parts):
        return None
    return sum((Decimal(number.replace(",", ".")) * _UNITS[word] for number, word in parts), Decimal(0))


def _read_clock_like(found: re.Match[str], two_parts: str) -> Decimal:
    first, second, third = found[1], int(found[2]), int(found[3])
    fraction = Decimal(f"0.{found[4]}") if found[4] else Decimal(0)
    if first is not None:
        return Decimal(int(first) * 3600 + second * 60 + third) + fraction
    if two_parts == "h:mm":
        return Decimal(second * 3600 + third * 60)
    return Decimal(second * 60 + third) + fraction


def read_score(cell: Cell, *, decimal_sign: str) -> Scored | Unreadable | None:
    """A score from a number, `4 - good`, stars, or good and bad; None where there is none."""
    text = read_text(cell)
    if not isinstance(text, str):
        return text
    word = text.casefold()
    if word in _ABSENT:
        return None
    if word in _GOOD_OR_BAD:
        return Scored(Decimal(_GOOD_OR_BAD[word]), "bad..good")
    stars = _STARS.match(text)
    if stars:
        return Scored(Decimal(len(stars[1])), "1..5")
    number = _LEADING_NUMBER.match(text)
    value = _parse_number(number[1], decimal_sign) if number else None
    return Unreadable("score-unreadable", text) if value is None else Scored(value)


def split_people(text: str | None) -> tuple[str, ...]:
    """Names of one cell: several where slashes, semicolons, bars or line breaks part them; nobody gives none."""
    if not text:
        return ()
    names = [name.strip() for name in re.split(r"\s+/\s+|[;|\n]", text)]
    return tuple(dict.fromkeys(name for name in names if name and name.casefold() not in _NOBODY))


def split_tags(text: str | None, separator: str) -> tuple[str, ...]:
    """Tags of one cell."""
    parts = re.split(r"\s+" if separator == " " else rf"\s*{re.escape(separator)}\s*", text.strip()) if text else []
    return tuple(dict.fromkeys(part[:200] for part in parts if part))
