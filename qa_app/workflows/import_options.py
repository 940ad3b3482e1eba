"""Options of an import, by name: what each may hold. A misspelt option is refused rather than passed over."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from zoneinfo import available_timezones

from qa_app.errors import Refused
from qa_app.intake.mapping import DURATIONS, SCORES
from qa_app.intake.moments import ORDERS, read_zone
from qa_app.intake.tables import DELIMITERS
from scorecards.model import Channel

_ANY: tuple[str, ...] = ()
_UNITS = ("seconds", "minutes", "hours", "days")

OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("encoding", "header_row", "sheet", "language", "team", "zone", "tags_separator"), _ANY),
        **dict.fromkeys(
            ("created_at", "external_id", "agent", "agent_id", "agent_email", "requester", "subject"), _ANY
        ),
        "channel": tuple(Channel),
        "table": ("tickets", "messages"),
        "empty": ("refuse", "take"),
        "delimiter": tuple(DELIMITERS.values()),
        "decimal": ("comma", "point"),
        **dict.fromkeys(("date_order", "date_order.created_at", "date_order.solved_at", "date_order.sent_at"), ORDERS),
        **{f"unit.{name}": _UNITS for name in DURATIONS},
        **{f"two_parts.{name}": ("m:ss", "h:mm") for name in DURATIONS},
        **{f"hours.{name}": ("calendar", "business") for name in DURATIONS},
        **{f"scale.{name}": _ANY for name in SCORES},
    }
)
"""Every option with its values; no values: any text."""


def check_options(options: Mapping[str, str]) -> None:
    """Do nothing where every option is known and holds a value that it may hold.

    Raises:
        Refused: one does not; the message names what is valid.
    """
    for name, value in options.items():
        if name not in OPTIONS:
            raise Refused("option-unknown", f"There is no option {name!r}. {_near(name, OPTIONS)}")
        if OPTIONS[name] and value and value not in OPTIONS[name]:
            raise Refused("option-value", f"The option {name} is {value!r}; valid are {', '.join(OPTIONS[name])}.")
    zone = options.get("zone")
    if zone and read_zone(zone) is None:
        near = _near(zone, available_timezones())
        raise Refused(
            "option-value", f"There is no time zone {zone!r}. {near} An offset such as +02:00 will do as well."
        )


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(sorted(OPTIONS))}."
