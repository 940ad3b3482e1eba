"""Reads a scorecard from a list (see `listing`): rows of cells to a scorecard, every problem at its row and column.

The list becomes the same tree of nodes as a document, with the cells' places, so that every rule of a document holds
and every problem names its cell. Lines of problems are rows of the sheet, columns are columns, both from 1.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from scorecards import nodes
from scorecards.criterion_edits import make_id
from scorecards.document import Loaded, load_tree
from scorecards.listing import BAND, COLUMNS, FACTS, Kind, ListCell, ListColumn, Owner
from scorecards.nodes import Node, Place, Scalar, strip_control
from scorecards.problems import Problem, Severity, list_words, near_miss, quote

_MARKS = {
    "yes": "true",
    "y": "true",
    "x": "true",
    "true": "true",
    "1": "true",
    "no": "false",
    "false": "false",
    "0": "false",
}
_HEADERS = {column.header.casefold(): column for column in COLUMNS}
_FACTS = {name.casefold(): name for name in (*FACTS, BAND)}
_BAND_CELLS: tuple[tuple[str, Kind], ...] = (("label", "text"), ("from_score", "number"))
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a sheet: its number there, from 1, and its cells from the first column on."""

    number: int
    cells: tuple[ListCell, ...]


@dataclass(slots=True)
class _Table:
    """What is known while the rows are read."""

    file: str
    root: nodes.Mapping = field(default_factory=lambda: nodes.Mapping(Place(1, 1)))
    problems: list[Problem] = field(default_factory=list)
    columns: dict[int, ListColumn] = field(default_factory=dict)
    section: nodes.Mapping | None = None
    criterion: nodes.Mapping | None = None
    labels: dict[str, str] = field(default_factory=dict)
    """Label of each criterion, in small letters, to its id; options of a criterion under `id/label`."""

    def report(
        self,
        code: str,
        place: Place,
        message: str,
        *,
        suggestion: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a problem at a cell."""
        self.problems.append(Problem(code, message, self.file, place.line, place.column, "", suggestion, severity))


def read_list(rows: Iterable[ListRow], *, file: str) -> Loaded:
    """The scorecard of a list; `file` is what problems call the sheet."""
    table = _Table(file)
    for row in rows:
        cells = {place: cell for place, cell in enumerate(row.cells, start=1) if not _is_blank(cell)}
        if not cells:
            continue
        if table.columns:
            _read_row(table, row.number, cells)
        elif is_header(cells):
            _read_header(table, row.number, cells)
        else:
            _read_fact(table, row.number, cells)
    if not table.columns:
        table.report(
            "list-header", Place(1, 1), "no row has the headers Criterion and Type; the list starts below them"
        )
        return Loaded(None, tuple(table.problems))
    _resolve_conditions(table)
    _name_form(table)
    return load_tree(table.root, file=file, problems=table.problems)


def _is_blank(cell: ListCell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_header(cells: Mapping[int, ListCell]) -> bool:
    """Whether these cells of one row are the header: they hold at least Criterion and Type."""
    return {"criterion", "type"} <= {str(cell).strip().casefold() for cell in cells.values()}


def _read_header(table: _Table, number: int, cells: Mapping[int, ListCell]) -> None:
    seen: dict[str, int] = {}
    for place, cell in cells.items():
        name = str(cell).strip()
        column = _HEADERS.get(name.casefold())
        if column is None:
            _report_column(table, Place(number, place), name)
        elif column.header in seen:
            table.report("column-twice", Place(number, place), f"the column {quote(name)} stands here twice")
        else:
            seen[column.header] = place
            table.columns[place] = column


def _report_column(table: _Table, place: Place, name: str) -> None:
    """A column of one's own is left out; one that was probably misspelt must not be."""
    suggestion = near_miss(name, [column.header for column in COLUMNS])
    severity = Severity.ERROR if suggestion else Severity.WARNING
    table.report(
        "unknown-column",
        place,
        f"the column {quote(name)} is not known and was left out",
        suggestion=suggestion,
        severity=severity,
    )


def _read_fact(table: _Table, number: int, cells: Mapping[int, ListCell]) -> None:
    first, *rest = sorted(cells)
    typed = str(cells[first]).strip()
    name = _FACTS.get(typed.casefold().removesuffix(":"))
    place = Place(number, first)
    if name is None:
        if rest:
            message = f"{quote(typed)} is not known here; valid: {list_words(_FACTS.values())}"
            table.report("unknown-fact", place, message, suggestion=near_miss(typed, _FACTS.values()))
    elif name == BAND:
        band = nodes.Mapping(place)
        for (key, kind), column in zip(_BAND_CELLS, rest, strict=False):
            _set(band, key, _scalar(cells[column], Place(number, column), kind))
        _list_in(table.root, "bands", place).append(band)
    elif rest:
        key, kind = FACTS[name]
        value = _scalar(cells[rest[0]], Place(number, rest[0]), kind)
        _set(table.root, key, _split_words(value) if key == "channels" else value)


def _read_row(table: _Table, number: int, cells: Mapping[int, ListCell]) -> None:
    found: dict[Owner, dict[str, tuple[ListColumn, Place, ListCell]]] = {}
    for place, cell in cells.items():
        column = table.columns.get(place)
        if column is not None:
            key = column.header if column.channel else column.key
            found.setdefault(column.owner, {})[key] = (column, Place(number, place), cell)
    here = Place(number, min(cells))
    if "section" in found:
        _read_section(table, found["section"], here)
    if "criterion" in found or "number" in found:
        _read_criterion(table, found, here)
    if "option" in found:
        _read_option(table, found["option"], here)


def _read_section(table: _Table, found: Mapping[str, tuple[ListColumn, Place, ListCell]], here: Place) -> None:
    if "label" not in found:
        _read_repeated(table, table.section, found, here, what="section")
        return
    _, place, cell = found["label"]
    if table.section is not None and _text_of(table.section, "label") == str(cell).strip():
        _read_repeated(table, table.section, found, here, what="section")
        return
    sections = _list_in(table.root, "sections", place)
    taken = {_text_of(section, "id") for section in sections if isinstance(section, nodes.Mapping)}
    table.section = _start(found, place, taken)
    table.criterion = None
    sections.append(table.section)


def _read_criterion(
    table: _Table, found: Mapping[Owner, Mapping[str, tuple[ListColumn, Place, ListCell]]], here: Place
) -> None:
    given = found.get("criterion", {})
    own = {**given, **found.get("number", {})}
    label = given.get("label")
    goes_on = label is None or (
        table.criterion is not None
        and "option" in found
        and _text_of(table.criterion, "label") == str(label[2]).strip()
    )
    if goes_on:
        _read_repeated(table, table.criterion, own, here, what="criterion")
        return
    if table.section is None:
        table.report("no-section", here, "this criterion stands in no section; name one in the column Section")
        table.section = nodes.Mapping(here, values={"id": nodes.Broken(here), "label": nodes.Broken(here)})
        _list_in(table.root, "sections", here).append(table.section)
    table.criterion = _start(given, label[1] if label else here, set(table.labels.values()))
    table.labels.setdefault(_text_of(table.criterion, "label").casefold(), _text_of(table.criterion, "id"))
    if "number" in found:
        span = nodes.Mapping(here)
        for key, (column, place, cell) in found["number"].items():
            _set(span, key, _scalar(cell, place, column.kind))
        _set(table.criterion, "number", span)
    _list_in(table.section, "criteria", here).append(table.criterion)


def _read_option(table: _Table, found: Mapping[str, tuple[ListColumn, Place, ListCell]], here: Place) -> None:
    if table.criterion is None:
        table.report("no-criterion", here, "this option belongs to no criterion; name one in the column Criterion")
        return
    anchors = {key: cell for key, cell in found.items() if cell[0].channel}
    span = table.criterion.values.get("number")
    if set(found) == set(anchors) and isinstance(span, nodes.Mapping):
        _set_anchors(span, anchors)
        return
    if "label" not in found:
        table.report("option-unnamed", here, "an option needs its name in the column Option")
        return
    options = _list_in(table.criterion, "options", here)
    taken = {_text_of(option, "id") for option in options if isinstance(option, nodes.Mapping)}
    option = _start({key: cell for key, cell in found.items() if key not in anchors}, found["label"][1], taken)
    _set_anchors(option, anchors)
    options.append(option)
    name = f"{_text_of(table.criterion, 'id')}/{_text_of(option, 'label').casefold()}"
    table.labels.setdefault(name, _text_of(option, "id"))
    if _text_of(table.criterion, "type") == "scale":
        _set(table.criterion, "levels", Scalar(here, str(len(options)), plain=True))


def _read_repeated(
    table: _Table,
    part: nodes.Mapping | None,
    found: Mapping[str, tuple[ListColumn, Place, ListCell]],
    here: Place,
    *,
    what: str,
) -> None:
    """Cells of a part that began in a row above: the same again says nothing, anything else is a problem."""
    if part is None:
        table.report(f"no-{what}", here, f"this row belongs to no {what}; name one in the column {what.capitalize()}")
        return
    for key, (column, place, cell) in found.items():
        if key == "label":
            continue
        first = part.values.get(key)
        value = _convert(column, place, cell)
        if not (isinstance(first, Scalar) and isinstance(value, Scalar) and first.text == value.text):
            message = f"{column.header} belongs into the first row of the {what}, row {part.place.line}"
            table.report("cell-misplaced", place, message)


def _start(found: Mapping[str, tuple[ListColumn, Place, ListCell]], here: Place, taken: set[str]) -> nodes.Mapping:
    """A part with the values of its row; its id is made of its label where none is given."""
    part = nodes.Mapping(here)
    for key, (column, place, cell) in found.items():
        _set(part, key, _convert(column, place, cell))
    if "id" not in part.values:
        _set(part, "id", Scalar(here, make_id(_text_of(part, "label"), taken), plain=False))
    return part


def _convert(column: ListColumn, place: Place, cell: ListCell) -> Node:
    value = _scalar(cell, place, column.kind)
    return _split_reasons(value) if column.key == "reasons" else value


def _scalar(cell: ListCell, place: Place, kind: Kind) -> Scalar:
    """A cell as a scalar of a document. Numbers and truth values are written as the document would have them."""
    text = _number_text(cell) if isinstance(cell, int | Decimal) and not isinstance(cell, bool) else str(cell)
    text = strip_control(text.strip())
    match kind:
        case "text" | "id":
            return Scalar(place, text, plain=False)
        case "number":
            return Scalar(place, text.replace(",", ".") if text.count(",") == 1 else text, plain=True)
        case "mark":
            return Scalar(place, _MARKS.get(text.casefold(), text), plain=True)
        case "word":
            return Scalar(place, re.sub(r"[ /-]", "_", text.casefold()).replace("e_mail", "email"), plain=False)


def _number_text(number: int | Decimal) -> str:
    return format(number, "f") if isinstance(number, Decimal) else str(number)


def _split_words(value: Scalar) -> nodes.Sequence:
    words = [word.strip("_") for word in value.text.split(",")]
    return nodes.Sequence(value.place, [Scalar(value.place, word, plain=False) for word in words if word])


def _split_reasons(value: Scalar) -> nodes.Sequence:
    """One a line, or with semicolons between; `id = label` where the id is given."""
    made: list[Node] = []
    taken: set[str] = set()
    for part in (part.strip() for part in re.split(r"[\n;]", value.text) if part.strip()):
        name, equals, label = part.partition(" = ")
        if not equals or not _SLUG.fullmatch(name):
            name, label = make_id(part, taken), part
        taken.add(name)
        reason = nodes.Mapping(value.place)
        _set(reason, "id", Scalar(value.place, name, plain=False))
        _set(reason, "label", Scalar(value.place, label, plain=False))
        made.append(reason)
    return nodes.Sequence(value.place, made)


def _resolve_conditions(table: _Table) -> None:
    """`Upset? = Yes, Partly; kind = refund` to conditions, by ids or labels; all must hold, after `any:` one."""
    for section in _mappings(table.root, "sections"):
        for criterion in _mappings(section, "criteria"):
            value = criterion.values.get("show_if")
            if isinstance(value, Scalar):
                criterion.values["show_if"] = _read_condition(table, value)


def _read_condition(table: _Table, value: Scalar) -> Node:
    word, colon, rest = value.text.partition(":")
    rule = word.strip().casefold() if colon and word.strip().casefold() in {"any", "all"} else ""
    conditions: list[Node] = []
    for part in filter(str.strip, (rest if rule else value.text).split(";")):
        name, equals, options = part.rpartition("=")
        if not equals:
            message = f"{quote(part.strip())} is no condition; write it as: criterion = option, option"
            table.report("show-if-unreadable", value.place, message)
            return nodes.Broken(value.place)
        criterion = _resolve(table, name, "")
        chosen = [_resolve(table, option, f"{criterion}/") for option in options.split(",") if option.strip()]
        condition = nodes.Mapping(value.place)
        _set(condition, "criterion", Scalar(value.place, criterion, plain=False))
        _set(
            condition,
            "is_one_of",
            nodes.Sequence(value.place, [Scalar(value.place, each, plain=False) for each in chosen]),
        )
        conditions.append(condition)
    show_if = nodes.Mapping(value.place)
    _set(show_if, "any_of" if rule == "any" else "all_of", nodes.Sequence(value.place, conditions))
    return show_if


def _resolve(table: _Table, typed: str, prefix: str) -> str:
    """The id that people mean by an id or a label; what is neither is made an id, which no criterion then has."""
    name = typed.strip()
    known = table.labels.get(f"{prefix}{name.casefold()}")
    return known or (name if _SLUG.fullmatch(name) else make_id(name))


def _name_form(table: _Table) -> None:
    """The form's id is made of its name; a form without a name has one problem, not two keys that are missing."""
    place = table.root.place
    if label := _text_of(table.root, "label"):
        table.root.values.setdefault("id", Scalar(table.root.values["label"].place, make_id(label), plain=False))
        return
    if not any(problem.suggestion == "Name" for problem in table.problems):
        table.report(
            "no-name", place, "the form has no name; write Name and, in the next cell, the name above the list"
        )
    for key in ("label", "id"):
        table.root.values.setdefault(key, nodes.Broken(place))


def _set(part: nodes.Mapping, key: str, value: Node) -> None:
    part.keys.setdefault(key, value.place)
    part.values[key] = value


def _set_anchors(part: nodes.Mapping, found: Mapping[str, tuple[ListColumn, Place, ListCell]]) -> None:
    for column, place, cell in found.values():
        anchors = part.values.get("anchors")
        if not isinstance(anchors, nodes.Mapping):
            anchors = nodes.Mapping(place)
            _set(part, "anchors", anchors)
        _set(anchors, str(column.channel), _scalar(cell, place, "text"))


def _list_in(part: nodes.Mapping, key: str, place: Place) -> list[Node]:
    known = part.values.get(key)
    if isinstance(known, nodes.Sequence):
        return known.items
    made = nodes.Sequence(place)
    _set(part, key, made)
    return made.items


def _mappings(part: nodes.Mapping, key: str) -> Sequence[nodes.Mapping]:
    found = part.values.get(key)
    items = found.items if isinstance(found, nodes.Sequence) else []
    return [item for item in items if isinstance(item, nodes.Mapping)]


def _text_of(part: nodes.Mapping, key: str) -> str:
    value = part.values.get(key)
    return value.text if isinstance(value, Scalar) else ""
