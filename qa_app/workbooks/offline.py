"""A workbook to grade in, without a connection: a sheet a ticket, its conversation beside its form. Pure.

Only the cells to fill in can be changed. A hidden sheet holds what the way back needs: `offline_form` says what.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import datetime
from itertools import zip_longest

from qa_app.offline_form import (
    FACTS,
    FORMAT,
    KEY,
    LINES,
    MARKER,
    NOT_APPLICABLE,
    OVERALL,
    PRAISE,
    Ask,
    Field,
    Manifest,
    Part,
    TicketForm,
    Turn,
    make_key,
)
from qa_app.words import write_count
from qa_app.workbooks.measure import cut_to_height
from qa_app.workbooks.parts import GRID
from qa_app.workbooks.plan import (
    Between,
    Block,
    Book,
    Cell,
    Column,
    Due,
    Facts,
    Link,
    OneOf,
    Row,
    Sheet,
    Style,
    Table,
    Text,
)

_DATA = "Plumbline data"
_LISTS = "Lists"
_LIST = "Can be chosen"
_MOST_LINES = 10
"""Of a message or of guidance in one row, so that no row is higher than the eye takes in."""
_PADDING = 2.5
_COLUMNS = (
    Column("No.", Style.COUNT),
    Column("Who", Style.LABEL),
    Column("Conversation"),
    Column("Criterion", Style.STRONG),
    Column("What to look for"),
    *(Column(field.value) for field in Field),
    Column(KEY, Style.MUTED, hidden=True),
)
_WIDTHS = (6.0, 16.0, 52.0, 20.0, 52.0, 24.0, 34.0, 20.0, 10.0, 13.0, 30.0, 12.0)
_MESSAGE_WIDTH, _GUIDANCE_WIDTH = _WIDTHS[2] - _PADDING, _WIDTHS[4] - _PADDING
_STEPS = {
    "Fill in": "Each ticket has a sheet of its own: the conversation at the left, the form beside it. Fill in the "
    "light cells. All others are locked; rows and columns can be made larger.",
    "Answers": "Choose from the list that opens with the arrow beside a cell; hold the pointer over it to read what "
    "each answer looks like, or open the guidance from the top of the sheet. A cell turns amber where an answer "
    "needs a comment or a reason. Several reasons stand in one cell with semicolons between.",
    "Praise": f"“{PRAISE}” or blank. It tells the agent what was good, and counts in no score.",
    "Evidence": "The number of a message, and words copied from it; the number alone quotes the whole message.",
    "Bring it back": "Save as .xlsx, in Excel or LibreOffice, under any name. Then: My queue, “Grade in a "
    "spreadsheet”, or the command “plumbline offline import”. You see first what will happen. Complete reviews are "
    "submitted, incomplete ones become drafts, and cells that cannot be read are named one by one.",
    "Nothing is lost": "Where a draft was changed in Plumbline meanwhile, you see both and choose. What you leave as "
    "it is stays as it is, and bringing a file back twice changes nothing.",
    "Not included": "Recordings and attachments, which are named only, and a ticket's outcomes. Evidence at a second "
    "of a recording is marked on the desk.",
}


def plan_offline(manifest: Manifest, forms: Sequence[TicketForm], *, reviewer: str, made_at: datetime) -> Book:
    """Plan the workbook of one reviewer's tickets; `made_at` is on the clock that its reader lives by."""
    titles = [f"{form.line.number} {form.ticket}" for form in forms]
    lists = _Lists()
    shared = {form.guide: form for form in reversed(forms)}
    guides = {guide: f"Guidance {number}" for number, guide in enumerate(reversed(shared), start=1)}
    sheets = tuple(
        _plan_ticket(form, title, guides[form.guide], lists) for form, title in zip(forms, titles, strict=True)
    )
    cover = _plan_cover(forms, titles, reviewer=reviewer, made_at=made_at)
    guidance = tuple(_plan_guidance(shared[guide], title) for guide, title in guides.items())
    title = f"To grade: {write_count(len(forms), 'ticket')}"
    return Book(title, f"For {reviewer}", made_at, (cover, *sheets, *guidance, _plan_data(manifest, lists)))


class _Lists:
    """Everything that can be chosen somewhere, each list once."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self._known: dict[tuple[str, ...], range] = {}

    def offer(self, words: tuple[str, ...], *, only: bool = True) -> OneOf | None:
        """A list of these words; None where there is none."""
        if not words:
            return None
        if words not in self._known:
            self._known[words] = range(len(self.rows), len(self.rows) + len(words))
            self.rows += words
        return OneOf(_LISTS, _LIST, self._known[words], only=only)


def _plan_cover(forms: Sequence[TicketForm], titles: Sequence[str], *, reviewer: str, made_at: datetime) -> Sheet:
    columns = (
        Column("No.", Style.COUNT, span=1),
        Column("Ticket", span=2),
        Column("Subject", span=3),
        Column("Kind", span=2),
        Column("Due", span=2),
        Column("Draft", span=2),
    )
    rows = tuple(
        (
            Cell(form.line.number),
            Cell(form.ticket, link=Link(title)),
            *(Cell(form.subject), Cell(form.kind), Cell(form.due), Cell(form.state)),
        )
        for form, title in zip(forms, titles, strict=True)
    )
    blocks: tuple[Block, ...] = (
        Text("Grade in a spreadsheet", Style.TITLE),
        Text(f"{reviewer} · {made_at:%Y-%m-%d %H:%M} · {write_count(len(forms), 'ticket')}", Style.SUBTITLE),
        Facts(tuple((name, Cell(text)) for name, text in _STEPS.items()), spans=(2, 10)),
        Text("Tickets", Style.HEADING),
        Table(columns, rows),
    )
    return Sheet("How to", blocks, grid=GRID, landscape=False, protected=True)


def _plan_guidance(form: TicketForm, title: str) -> Sheet:
    """Every criterion with all its answers, to be read or printed."""
    columns = (
        Column("Criterion", Style.STRONG, span=3),
        Column("Answer", span=2),
        Column("What to look for", span=7),
    )
    rows = tuple(
        row
        for part in form.parts
        for row in ((Cell(part.label, Style.SECTION),), *(row for ask in part.asks for row in _explain(ask)))
    )
    blocks: tuple[Block, ...] = (
        Text(f"Guidance: {form.scorecard}", Style.TITLE),
        Text("← All tickets", Style.BACK, link=Link("How to")),
        Table(columns, rows),
    )
    return Sheet(title, blocks, grid=GRID, landscape=False, protected=True)


def _explain(ask: Ask) -> Iterator[tuple[Cell, ...]]:
    yield Cell(ask.label), Cell(None), Cell(ask.guidance)
    for option, anchor in zip(ask.options, ask.anchors, strict=True):
        yield Cell(None), Cell(option), Cell(anchor)


def _plan_ticket(form: TicketForm, title: str, guide: str, lists: _Lists) -> Sheet:
    facts = (*form.facts, form.kind, f"due {form.due}" if form.due else "")
    recordings = f"Recordings, to be heard in Plumbline: {', '.join(form.recordings)}" if form.recordings else ""
    pairs = (
        ("Ticket", Cell(" · ".join(fact for fact in facts if fact))),
        ("Guidance", Cell(form.scorecard, link=Link(guide))),
    )
    notes = tuple(Text(words, Style.NOTE) for words in (recordings, form.kept) if words)
    turns = [*_lay_turns(form.turns)]
    asks = [row for part in form.parts for row in _lay_part(part, form, lists)]
    asks.append(_lay_overall(form))
    rows = tuple(
        (*(left or _fill(3)), *(right or _fill(len(_COLUMNS) - 3)))
        for left, right in zip_longest(turns, asks, fillvalue=None)
    )
    blocks: tuple[Block, ...] = (
        Text(f"{form.line.number} · {form.subject or form.ticket}", Style.TITLE),
        Text("← All tickets", Style.BACK, link=Link("How to")),
        Facts(pairs, spans=(2, 3)),
        *notes,
        Table(_COLUMNS, rows, name=f"Form{form.line.number}", plain=True),
    )
    return Sheet(title, blocks, grid=_WIDTHS, header=f"Form{form.line.number}", freeze=True, protected=True)


def _lay_turns(turns: Sequence[Turn]) -> Iterator[tuple[Cell, ...]]:
    """Rows of the conversation; a long message goes on in the rows below."""
    for turn in turns:
        first, *others = _cut(turn.text, _MESSAGE_WIDTH)
        who = f"{turn.author}\n{turn.time}" if turn.time else turn.author
        yield Cell(turn.number, Style.COUNT), Cell(who, Style.LABEL), Cell(first, Style.TEXT)
        for piece in others:
            yield Cell(None, Style.NOTE), Cell(None, Style.NOTE), Cell(piece, Style.TEXT)


def _lay_part(part: Part, form: TicketForm, lists: _Lists) -> Iterator[tuple[Cell, ...]]:
    first, *others = _cut(part.guideline, _GUIDANCE_WIDTH)
    empty = (Cell(None, Style.SECTION),) * (len(Field) + 1)
    yield Cell(part.label, Style.SECTION), Cell(first, Style.SECTION), *empty
    yield from _lay_rest(others)
    for ask in part.asks:
        first, *others = _cut(ask.guidance, _GUIDANCE_WIDTH)
        cells = (_open_cell(ask, field, form, lists) for field in Field)
        key = Cell(make_key(form.line.number, ask.criterion_id), Style.MUTED)
        yield Cell(ask.label, Style.STRONG), Cell(first, Style.TEXT), *cells, key
        yield from _lay_rest(others)


def _lay_rest(pieces: Iterable[str]) -> Iterator[tuple[Cell, ...]]:
    for piece in pieces:
        yield Cell(None, Style.NOTE), Cell(piece, Style.TEXT), *_fill(len(Field) + 1)


def _open_cell(ask: Ask, field: Field, form: TicketForm, lists: _Lists) -> Cell:
    """A cell to fill in, with what the draft holds."""
    written = form.written.get((ask.criterion_id, field), "")
    match field:
        case Field.ANSWER:
            return _answer_cell(ask, written, lists)
        case Field.REASONS:
            offered = lists.offer(ask.reasons, only=False)
            style = Style.INPUT if ask.reasons else Style.NOTE
            return Cell(written, style, takes=offered, due=_due(ask.reasons_due))
        case Field.PRAISE:
            return Cell(written, Style.INPUT, takes=lists.offer((PRAISE,)))
        case Field.MESSAGE:
            return Cell(int(written) if written else None, Style.INPUT_NUMBER)
        case Field.COMMENT | Field.QUOTE:
            due = _due(ask.comment_due) if field is Field.COMMENT else None
            return Cell(written, Style.INPUT, due=due)


def _answer_cell(ask: Ask, written: str, lists: _Lists) -> Cell:
    if ask.span is not None:
        number = None if written in {"", NOT_APPLICABLE} else float(written)
        takes = Between(*ask.span, or_word=NOT_APPLICABLE if ask.allow_na else "")
        return Cell(number if number is not None else written, Style.INPUT_NUMBER, takes=takes)
    words = (*ask.options, *((NOT_APPLICABLE,) if ask.options and ask.allow_na else ()))
    anchored = zip(ask.options, ask.anchors, strict=True)
    note = "\n\n".join(f"{option}: {anchor}" for option, anchor in anchored if anchor)
    return Cell(written, Style.INPUT, note=note, takes=lists.offer(words))


def _due(answers: tuple[str, ...] | None) -> Due | None:
    return None if answers is None else Due(Field.ANSWER.value, answers)


def _lay_overall(form: TicketForm) -> tuple[Cell, ...]:
    written = form.written.get((OVERALL, Field.COMMENT), "")
    cells = (Cell(written, Style.INPUT) if field is Field.COMMENT else Cell(None, Style.NOTE) for field in Field)
    head = Cell("Overall comment", Style.STRONG), Cell("On the whole review, if you like.", Style.TEXT)
    return *head, *cells, Cell(make_key(form.line.number, OVERALL), Style.MUTED)


def _plan_data(manifest: Manifest, lists: _Lists) -> Sheet:
    facts = dict(zip(FACTS, (FORMAT, manifest.person_id, manifest.made_at, manifest.seal), strict=True))
    lines = tuple(tuple(Cell(str(value), Style.MUTED) for value in astuple(line)) for line in manifest.lines)
    blocks: tuple[Block, ...] = (
        Text(MARKER, Style.NOTE),
        *(Row((Cell(name, Style.LABEL), Cell(value, Style.MUTED)), span=1) for name, value in facts.items()),
        Table(tuple(Column(name) for name in LINES), lines, name="Assignments", plain=True),
        Table((Column(_LIST),), tuple((Cell(word),) for word in lists.rows), name=_LISTS, plain=True),
    )
    return Sheet(_DATA, blocks, hidden=True, protected=True)


def _fill(count: int) -> tuple[Cell, ...]:
    return (Cell(None, Style.NOTE),) * count


def _cut(text: str, width: float) -> tuple[str, ...]:
    return cut_to_height(text, width, most_lines=_MOST_LINES)
