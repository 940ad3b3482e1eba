"""A tree of nodes to a draft of a scorecard, part by part: structural problems, each at its node.

A wrong part does not hide its neighbours: what cannot be read is left at a placeholder and its path is noted as
broken, so that the rules across parts (`rules`) can run on all the rest.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar, cast, get_args, get_origin, get_type_hints

from annotated_types import MinLen
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from scorecards.model import Scorecard
from scorecards.nodes import Broken, Mapping, Node, Place, Scalar, Sequence, find
from scorecards.problems import Path, Problem, Severity, format_path, near_miss, quote

Part = TypeVar("Part", bound=BaseModel)


@dataclass(slots=True)
class Draft:
    """What could be read. Where `is_broken`, the scorecard holds a placeholder that means nothing."""

    root: Node
    file: str
    problems: list[Problem] = field(default_factory=list)
    _broken: set[Path] = field(default_factory=set)
    _above_broken: set[Path] = field(default_factory=set)

    def mark_broken(self, path: Path) -> None:
        """Note that the value at the path could not be read."""
        self._broken.add(path)
        self._above_broken.update(path[:length] for length in range(len(path)))

    def is_broken(self, *path: str | int) -> bool:
        """Whether anything at, above or below the path could not be read."""
        return path in self._above_broken or any(path[:length] in self._broken for length in range(len(path) + 1))

    def place(self, path: Path) -> Place:
        """Where the path's node stands, or the nearest one above it."""
        return find(self.root, path).place

    def report(
        self,
        code: str,
        path: Path,
        message: str,
        *,
        suggestion: str | None = None,
        severity: Severity = Severity.ERROR,
        place: Place | None = None,
    ) -> None:
        """Note a problem at the path's node, or at the nearest one above it."""
        place = place or self.place(path)
        self.problems.append(
            Problem(code, message, self.file, place.line, place.column, format_path(path), suggestion, severity)
        )


def read(draft: Draft) -> Scorecard:
    """The scorecard as far as it can be read, with placeholders in the broken places; problems go to the draft."""
    return read_as(draft, Scorecard)


def read_as(draft: Draft, model: type[Part]) -> Part:
    """The same for a document of another kind."""
    return _read_part(draft, model, draft.root, ())


def _read_part(draft: Draft, model: type[Part], node: Node, path: Path) -> Part:
    """One part of the form; required keys that are missing or cannot be read are left at placeholders."""
    values = {name: _placeholder(model, name) for name, info in model.model_fields.items() if info.is_required()}
    given: set[str] = set()
    if not isinstance(node, Mapping):
        _reject_shape(draft, node, path, "a mapping with keys")
        return model.model_construct(_fields_set=given, **values)
    misspelt = _report_unknown_keys(draft, model, node, path)
    for name, info in model.model_fields.items():
        child = node.values.get(name)
        if child is not None and not (isinstance(child, Scalar) and child.value is None):
            given.add(name)
            values[name] = _read_value(draft, model, name, child, (*path, name))
        elif name in misspelt or info.is_required():
            draft.mark_broken((*path, name))
            if name not in misspelt:
                draft.report("missing-key", path, f'key "{name}" is missing')
    return model.model_construct(_fields_set=given, **values)


def _report_unknown_keys(draft: Draft, model: type[BaseModel], node: Mapping, path: Path) -> set[str]:
    """Report the keys that the model does not know; returns the keys that were probably meant."""
    meant = set()
    for key, place in node.keys.items():
        if key in model.model_fields:
            continue
        if _is_stray_text(key):
            draft.report("stray-text", (*path, key), _stray_text_message(key), place=place)
        else:
            free = [name for name in model.model_fields if name not in node.keys]
            suggestion = near_miss(key, free)
            message = f"unknown key {quote(key)}; valid keys: {', '.join(model.model_fields)}"
            draft.report("unknown-key", (*path, key), message, suggestion=suggestion, place=place)
            meant.update({suggestion} - {None})
    return cast("set[str]", meant)


def _is_stray_text(key: str) -> bool:
    """Whether the key is the rest of a sentence: a comma inside { } ends a text that is not in quotes."""
    return " " in key.strip()


def _stray_text_message(key: str) -> str:
    return f"{quote(key)} is read as a key; a text with a comma or a colon inside {{ }} must be in quotes"


def _read_value(draft: Draft, model: type[BaseModel], name: str, node: Node, path: Path) -> object:
    part, many = _part_of(model, name)
    if part is None:
        return _read_leaf(draft, model, name, node, path)
    if not many:
        return _read_part(draft, part, node, path)
    if not isinstance(node, Sequence):
        _reject_shape(draft, node, path, "a list")
        return ()
    least = max((rule.min_length for rule in model.model_fields[name].metadata if isinstance(rule, MinLen)), default=0)
    if len(node.items) < least:
        draft.mark_broken(path)
        draft.report("empty-list", path, f"the list is empty; at least {least} is needed")
    return tuple(_read_part(draft, part, item, (*path, index)) for index, item in enumerate(node.items))


def _read_leaf(draft: Draft, model: type[BaseModel], name: str, node: Node, path: Path) -> object:
    """A value without parts of its own, checked by pydantic; each error is reported at the node it is about."""
    adapter = _adapter(model, name)
    try:
        return adapter.validate_python(_plain(node, as_text=False))
    except ValidationError as error:
        errors = error.errors(include_url=False)
    if any(detail["type"] == "string_type" for detail in errors):
        # an id or text that looks like a number, such as the level 1 of a scale
        try:
            return adapter.validate_python(_plain(node, as_text=True))
        except ValidationError as error:
            errors = error.errors(include_url=False)
    draft.mark_broken(path)
    for detail in _one_per_key(errors):
        _report_leaf(draft, detail, path)
    return _placeholder(model, name)


def _one_per_key(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """One error for a wrong key: pydantic has one for each branch of its union, and more for the value under it."""
    merged: dict[object, ErrorDetails] = {}
    for detail in errors:
        loc = detail["loc"]
        place = loc[: loc.index("[key]")] if "[key]" in loc else id(detail)
        if place in merged:
            expected = f"{merged[place]['ctx']['expected']}, {detail['ctx']['expected']}"
            merged[place] = {**merged[place], "ctx": {"expected": expected}}
        else:
            merged[place] = detail
    return [detail for detail in merged.values() if "[key]" in detail["loc"] or detail["loc"] not in merged]


def _report_leaf(draft: Draft, detail: ErrorDetails, path: Path) -> None:
    steps = tuple(step for step in detail["loc"] if step != "[key]")
    target = (*path, *_known_steps(find(draft.root, path), steps))
    node = find(draft.root, target)
    if isinstance(node, Broken):
        return
    about_key = "[key]" in detail["loc"]
    holder = find(draft.root, target[:-1])
    place = holder.keys.get(str(target[-1])) if about_key and isinstance(holder, Mapping) else None
    if about_key and _is_stray_text(str(target[-1])):
        draft.report("stray-text", target, _stray_text_message(str(target[-1])), place=place)
        return
    code, message, suggestion = _explain(detail, node, about_key=about_key)
    draft.report(code, target, message, suggestion=suggestion, place=place)


def explain_error(error: ValidationError) -> str:
    """What pydantic found wrong with values that stand in no document, in the same words as for one that does."""
    place = Place(1, 1)
    return "; ".join(
        dict.fromkeys(
            _explain(detail, Scalar(place, str(detail["input"]), plain=True), about_key=False)[1]
            for detail in error.errors(include_url=False)
        )
    )


def _known_steps(node: Node, steps: tuple[str | int, ...]) -> Path:
    """The steps that lead through the tree; pydantic adds names of union branches that do not."""
    known: list[str | int] = []
    for step in steps:
        child = find(node, (step,))
        if child is not node:
            known.append(step)
            node = child
    return tuple(known)


def _explain(detail: ErrorDetails, node: Node, *, about_key: bool) -> tuple[str, str, str | None]:
    """Code, message and suggestion for one of pydantic's errors."""
    raw = detail["input"] if about_key or not isinstance(node, Scalar) else node.text
    found = quote(raw) if isinstance(node, Scalar) or about_key else f"a {_shape(node)}"
    context = detail.get("ctx", {})
    match detail["type"]:
        case "enum" | "literal_error":
            valid = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
            message = f"{found} is not valid here; valid: {', '.join(valid)}"
            return "unknown-value", message, near_miss(str(raw), valid)
        case "string_pattern_mismatch":
            return "bad-name", f"{found} is not valid here; valid: {_PATTERNS[context['pattern']]}", None
        case "string_too_short":
            return "empty-text", "the text is empty", None
        case "string_too_long":
            return "too-long", f"the text is longer than {context['max_length']} characters", None
        case "too_short":
            return "empty-list", f"the list is empty; at least {context['min_length']} is needed", None
        case kind:
            return _WRONG_TYPES.get(kind, "out-of-range"), f"{found} is not valid here: {_wanted(detail)}", None


_PATTERNS = {
    r"^[a-z0-9][a-z0-9_-]{0,63}$": "up to 64 of a-z, 0-9, - and _, starting with a letter or digit",
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$": "a language code such as en, de or pt-BR",
}
_WRONG_TYPES = {
    "string_type": "not-a-text",
    "decimal_type": "not-a-number",
    "decimal_parsing": "not-a-number",
    "int_type": "not-a-number",
    "int_parsing": "not-a-number",
    "int_from_float": "not-a-number",
    "bool_type": "not-true-or-false",
    "bool_parsing": "not-true-or-false",
    "tuple_type": "not-a-list",
    "dict_type": "not-a-mapping",
}
_WANTED = {
    "not-a-text": "a text is needed",
    "not-a-number": "a number is needed",
    "not-true-or-false": "true or false is needed",
    "not-a-list": "a list is needed",
    "not-a-mapping": "a mapping with keys is needed",
}


def _wanted(detail: ErrorDetails) -> str:
    code = _WRONG_TYPES.get(detail["type"])
    if code:
        return _WANTED[code]
    return detail["msg"].replace("Input should", "it should").replace("Decimal input should", "it should")


def _reject_shape(draft: Draft, node: Node, path: Path, wanted: str) -> None:
    draft.mark_broken(path)
    if not isinstance(node, Broken):
        code = "not-a-list" if wanted == "a list" else "not-a-mapping"
        draft.report(code, path, f"{wanted} is needed here, not a {_shape(node)}")


def _shape(node: Node) -> str:
    return {Mapping: "mapping", Sequence: "list"}.get(type(node), "single value")


def _plain(node: Node, *, as_text: bool) -> object:
    match node:
        case Mapping():
            return {key: _plain(value, as_text=as_text) for key, value in node.values.items()}
        case Sequence():
            return [_plain(item, as_text=as_text) for item in node.items]
        case Scalar():
            return node.text if as_text and node.value is not None else node.value
        case Broken():
            return None


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[object]:
    hints = get_type_hints(model, include_extras=True)
    return TypeAdapter(hints[name], config=ConfigDict(str_strip_whitespace=True))


@cache
def _part_of(model: type[BaseModel], name: str) -> tuple[type[BaseModel] | None, bool]:
    """The kind of part that a field holds, if it holds parts, and whether it holds many."""
    annotation = model.model_fields[name].annotation
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate, get_origin(annotation) is tuple
    return None, False


def _placeholder(model: type[BaseModel], name: str) -> object:
    """Something of a harmless kind for a required field; the default for another one."""
    info = model.model_fields[name]
    if not info.is_required():
        return info.get_default(call_default_factory=True)
    return () if get_origin(info.annotation) is tuple else ""
