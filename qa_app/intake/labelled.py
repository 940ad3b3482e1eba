"""A whole talk in one text: `[00:00:04] Customer: I was charged twice.` line by line becomes turns."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from qa_app.intake.speakers import read_literal

_LINE = re.compile(
    r"^\s*(?:[-•>]\s+)?(?:\[?(?P<clock>(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?)\]?\s*[-–]?\s*)?"
    r"(?P<bold>\*\*|__)?\s*\[?(?P<label>[^\W\d_][^:\n\[\]*]{0,59}?)\]?\s*:(?P=bold)?(?(bold)|(?:\*\*)?)\s*(?P<text>.*)$"
)
_MOST_WORDS = 5
"""A label is a name or a role; longer beginnings of lines are sentences."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a labelled text."""

    label: str | None
    text: str
    start_seconds: float | None = None


def find_labels(texts: Iterable[str], *, names: Collection[str] = ()) -> Counter[str]:
    """Labels of all texts together, with their turns.

    The beginning of a line is a label where it says so itself, is one of `names`, comes twice in its text, or where
    every line of the text begins so: `Note:` and `Order number:` are more often words of a talk than names.
    """
    found: Counter[str] = Counter()
    for text in texts:
        counts = Counter(_candidates(text))
        lines = sum(bool(line.strip()) for line in text.splitlines())
        throughout = len(counts) > 1 and counts.total() == lines
        for label, count in counts.items():
            if throughout or count > 1 or label in names or read_literal(label) is not None:
                found[label] += count
    return found


def _candidates(text: str) -> list[str]:
    matches = (_LINE.match(line) for line in text.splitlines())
    return [found["label"].strip() for found in matches if found and len(found["label"].split()) <= _MOST_WORDS]


def split_turns(text: str, labels: Collection[str]) -> tuple[Turn, ...]:
    """The turns of one text; lines without a label belong to the turn before them."""
    turns: list[Turn] = []
    for line in text.splitlines():
        found = _LINE.match(line)
        label = found["label"].strip() if found else None
        if found and label in labels:
            turns.append(Turn(label, found["text"].strip(), _seconds(found["clock"])))
        elif turns:
            last = turns[-1]
            turns[-1] = Turn(last.label, f"{last.text}\n{line.strip()}".strip(), last.start_seconds)
        elif line.strip():
            turns.append(Turn(None, line.strip()))
    return tuple(turns)


def _seconds(clock: str | None) -> float | None:
    if clock is None:
        return None
    seconds = 0.0
    for part in clock.replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds
