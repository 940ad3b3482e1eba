"""The named styles and the one palette: calm, one accent, which is the house's, else that of the application's screens.

Arial, because every office program has it or a font of the same widths; so what fits here fits there.
"""

from dataclasses import dataclass

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook import Workbook

from qa_app.house import House
from qa_app.workbooks.plan import Style, Tone

ACCENT = House().accent
"""Where it stands below, the house's own accent is meant."""
INK = "1F2937"
MUTED = "6B7280"
LINE = "E5E7EB"
PALE = "EEF2FF"
"""Likewise the house's: its accent, nine parts in ten white."""
WHITE = "FFFFFF"
AMBER = "FCD34D"
PAPER = "FFFDF2"
FIELD = "A5B4FC"
"""Ground and lines of cells that people fill in."""

FONT = "Arial"
_SIZE = 10
_ISO = House().date_format.value
_TEXT_FORMAT = "@"
"""A cell that is edited later stays text, also in programs that know no quote prefix."""

TONES: dict[Tone, tuple[str, str]] = {
    Tone.GOOD: ("166534", "DCFCE7"),
    Tone.WARNING: ("92400E", "FEF3C7"),
    Tone.BAD: ("991B1B", "FEE2E2"),
    Tone.QUIET: (MUTED, "F3F4F6"),
}
"""Ink and ground; each pair has a contrast of at least 4.5 to 1."""


@dataclass(frozen=True, slots=True)
class _Look:
    size: float = _SIZE
    bold: bool = False
    italic: bool = False
    underline: bool = False
    ink: str = INK
    ground: str | None = None
    number_format: str = _TEXT_FORMAT
    horizontal: str = "left"
    indent: int = 1
    """Not of numbers, where LibreOffice drops it at the right of some; of headers over them, whose last letter it would
    else cut on paper."""
    vertical: str = "top"
    wrap: bool = True
    border: str | None = LINE
    open: bool = False
    """Whether it can be written in a protected sheet."""


_LOOKS: dict[Style, _Look] = {
    Style.LETTERHEAD: _Look(indent=0, size=11, bold=True, vertical="center", border=None),
    Style.TITLE: _Look(indent=0, size=18, bold=True, ink=ACCENT, border=None),
    Style.SUBTITLE: _Look(indent=0, ink=MUTED, border=None),
    Style.FIGURE: _Look(indent=0, size=18, bold=True, border=None),
    Style.HEADING: _Look(indent=0, size=13, bold=True, vertical="bottom", border=None),
    Style.NOTE: _Look(indent=0, ink=MUTED, border=None),
    Style.LABEL: _Look(ink=MUTED),
    Style.HEADER: _Look(bold=True, ink=WHITE, ground=ACCENT, vertical="center", border=None),
    Style.HEADER_NUMBER: _Look(
        bold=True, ink=WHITE, ground=ACCENT, vertical="center", horizontal="right", indent=1, border=None
    ),
    Style.HEADER_FILTER: _Look(
        bold=True, ink=WHITE, ground=ACCENT, vertical="center", horizontal="right", indent=2, border=None
    ),
    Style.SECTION: _Look(bold=True, ground=PALE),
    Style.TEXT: _Look(),
    Style.STRONG: _Look(bold=True),
    Style.MUTED: _Look(ink=MUTED),
    Style.QUOTE: _Look(italic=True),
    Style.BACK: _Look(indent=0, ink=ACCENT, underline=True, border=None),
    Style.LINK: _Look(ink=ACCENT, underline=True),
    Style.COUNT: _Look(number_format="0", horizontal="right", indent=0),
    Style.NUMBER: _Look(number_format="General", horizontal="right", indent=0),
    Style.FACT_COUNT: _Look(number_format="0", wrap=False),
    Style.FACT_SCORE: _Look(number_format="0.0", wrap=False),
    Style.ONE_DIGIT: _Look(number_format="0.0", horizontal="right", indent=0),
    Style.TWO_DIGITS: _Look(number_format="0.00", horizontal="right", indent=0),
    Style.THREE_DIGITS: _Look(number_format="0.000", horizontal="right", indent=0),
    Style.DATE: _Look(number_format=_ISO, wrap=False),
    Style.MOMENT: _Look(number_format=f"{_ISO} hh:mm", wrap=False),
    Style.INPUT: _Look(ground=PAPER, border=FIELD, open=True),
    Style.INPUT_NUMBER: _Look(ground=PAPER, border=FIELD, open=True, number_format="General"),
}


def add_styles(workbook: Workbook, house: House) -> None:
    """Register every named style, and set the font that column widths are counted in."""
    normal = workbook._named_styles["Normal"]  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
    normal.font = Font(name=FONT, size=_SIZE, color=INK)
    for style, look in _LOOKS.items():
        workbook.add_named_style(_make_style(style, look, house))


def shade(tone: Tone) -> DifferentialStyle:
    """What a conditional format lays over a cell of that tone."""
    ink, ground = TONES[tone]
    return DifferentialStyle(font=Font(color=ink), fill=PatternFill("solid", bgColor=ground))


def _make_style(style: Style, look: _Look, house: House) -> NamedStyle:
    ink, ground = _colour(look.ink, house), look.ground and _colour(look.ground, house)
    named = NamedStyle(
        name=style.value,
        font=Font(
            name=FONT,
            size=look.size,
            bold=look.bold,
            italic=look.italic,
            underline="single" if look.underline else None,
            color=ink,
        ),
        alignment=Alignment(
            horizontal=look.horizontal, vertical=look.vertical, indent=look.indent, wrap_text=look.wrap
        ),
        number_format=look.number_format.replace(_ISO, house.date_format.value),
    )
    if ground is not None:
        named.fill = PatternFill("solid", fgColor=ground)
    if look.border is not None:
        side = Side(style="thin", color=look.border)
        named.border = Border(side, side, side, side) if look.open else Border(bottom=side)
    if look.open:
        named.protection = Protection(locked=False)
    return named


def _colour(colour: str, house: House) -> str:
    if house.accent == ACCENT or colour not in {ACCENT, PALE}:
        return colour
    return house.accent if colour == ACCENT else _pale(house.accent)


def _pale(accent: str) -> str:
    return "".join(f"{round(part + 0.9 * (255 - part)):02X}" for part in bytes.fromhex(accent))
