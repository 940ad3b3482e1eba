"""Why a reviewer gives a ticket back: reasons to choose from, so that they can be counted, with words of one's own."""

from collections.abc import Mapping
from types import MappingProxyType

from qa_app.errors import Refused

OTHER = "other"
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "empty": "Empty, spam or a test",
        "language": "In a language I cannot judge",
        "unreadable": "Cannot be read or heard",
        "involved": "I know the people or was involved",
        "duplicate": "The same contact as another ticket",
        "scorecard": "The scorecard does not fit it",
        OTHER: "Something else",
    }
)
"""Reason to the words that people choose."""


def word_reason(reason: str, note: str = "") -> str:
    """The reason as it is kept: the chosen words, then one's own.

    Raises:
        Refused: no such reason, or another one without a word about it.
    """
    note = note.strip()
    if not reason:
        raise Refused("return-reason", "Choose why the ticket goes back.")
    if reason not in REASONS:
        raise Refused("return-reason", f"{reason!r} is no reason to give a ticket back; valid: {', '.join(REASONS)}.")
    if reason == OTHER and not note:
        raise Refused("return-reason", "Say in a few words why the ticket goes back; the lead reads it.")
    if reason == OTHER:
        return note
    return f"{REASONS[reason]}: {note}" if note else REASONS[reason]
