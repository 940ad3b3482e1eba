"""How wide a text is and how many lines it takes, by a rough table of letter widths, a little too wide on purpose.

Pure. Widths are in digits of the body font, the unit of column widths.
"""

import unicodedata
from functools import lru_cache

_WIDTHS = {
    character: width
    for width, characters in (
        (0.45, "ijl'’|"),
        (0.5, "ftI.,:;!/\\[] \u00a0"),
        (0.65, 'r(){}-`"“”*'),
        (0.9, "ckxvyzsJ"),
        (1.2, "ABEFKLPSTVXYZ&+=<>~±"),
        (1.4, "CDGHNOQRUw"),
        (1.7, "mMW%@"),
        (1.9, "—…▲▼△⚠✓✗←×"),
    )
    for character in characters
}
"""Of Arial, in digits, rounded up; every other character of a line counts as one digit, or as two where it is wide."""
SLACK = 1.06
"""Print draws letters a little wider than the screen, on which widths are counted."""
_THINNEST = 0.45
WIDEST = 1.9
"""Of one character."""


def count_lines(written: str, width: float, *, scale: float = 1.0) -> int:
    """Lines that a text takes when wrapped at `width` characters."""
    return sum(_count_wrapped(line, width, scale) for line in written.split("\n"))


def cut_to_height(written: str, width: float, *, most_lines: int) -> tuple[str, ...]:
    """Pieces of a text that take at most so many lines each; put together they are the text again."""
    pieces: list[str] = []
    rest = written
    while count_lines(start := longest_part(rest, width, lines=most_lines), width) > most_lines:
        fits, too_long = 1, len(start)
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if count_lines(rest[:middle], width) <= most_lines:
                fits = middle
            else:
                too_long = middle
        end = max(rest.rfind(" ", 0, fits), rest.rfind("\n", 0, fits)) + 1
        end = end if end > fits // 2 else fits
        pieces.append(rest[:end])
        rest = rest[end:]
    return (*pieces, rest)


def longest_part(written: str, width: float, *, lines: float) -> str:
    """The beginning of a text that is sure to take more than so many lines, or all of it: no need to measure more."""
    return written[: int(lines * (width + _WIDTHS[" "]) / _THINNEST) + 2]


def measure_line(line: str) -> float:
    """Width of a line in digits."""
    return sum(map(_measure_character, line))


def _count_wrapped(line: str, width: float, scale: float) -> int:
    """Lines of one paragraph, filled word by word; a word wider than the line is broken."""
    lines, used = 1, 0.0
    for index, word in enumerate(line.split(" ")):
        size = measure_line(word) * scale
        space = _WIDTHS[" "] * scale if index else 0.0
        if used + space + size <= width:
            used += space + size
            continue
        lines += 1 if used else 0
        broken, used = divmod(size, width)
        lines += int(broken)
    return lines


@lru_cache(maxsize=4096)
def _measure_character(character: str) -> float:
    if character in _WIDTHS:
        return _WIDTHS[character]
    return 1.9 if unicodedata.east_asian_width(character) in {"W", "F"} else 1.0 + 0.3 * character.isupper()
