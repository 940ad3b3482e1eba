"""YAML 1.2 or JSON text to a tree of nodes that know their place. Knows nothing of scorecards.

Scalars are resolved by the core schema of YAML 1.2 and nothing else, so `no`, `on` and dates stay text, and numbers
are read as Decimal from their digits. The tree is built from parser events, without recursion: anchors, aliases,
tags, a second document and deep nesting are refused as they are met, so no text can make it grow beyond its own size.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from scorecards.problems import Path, Problem, format_path, quote

MAX_DEPTH = 20

_NULL = re.compile(r"null|Null|NULL|~|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column in the text, from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value: its text, and whether it was written without quotes."""

    place: Place
    text: str
    plain: bool

    @property
    def value(self) -> str | bool | Decimal | None:
        """The value by the core schema of YAML 1.2."""
        if not self.plain:
            return self.text
        if _NULL.fullmatch(self.text):
            return None
        if _TRUE.fullmatch(self.text) or _FALSE.fullmatch(self.text):
            return bool(_TRUE.fullmatch(self.text))
        return Decimal(self.text) if _NUMBER.fullmatch(self.text) else self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    place: Place
    items: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values; of a key that is given twice the first stays, and the second is a problem."""

    place: Place
    keys: dict[str, Place] = field(default_factory=dict)
    values: dict[str, "Node"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Broken:
    """Stands where something was refused, so that nobody reports it as missing too."""

    place: Place


Node = Scalar | Sequence | Mapping | Broken


def find(root: Node, path: Path) -> Node:
    """The node at the path, or its nearest ancestor where the path leads to nothing."""
    node = root
    for step in path:
        if isinstance(node, Mapping) and step in node.values:
            node = node.values[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            break
    return node


def plant(value: object) -> Node:
    """The tree of a value as JSON holds it. It stands in no text, so every node has the same place."""
    place = Place(1, 1)
    match value:
        case dict():
            return Mapping(place, dict.fromkeys(value, place), {key: plant(part) for key, part in value.items()})
        case list():
            return Sequence(place, [plant(part) for part in value])
        case str():
            return Scalar(place, value, plain=False)
        case None:
            return Scalar(place, "null", plain=True)
        case _:
            return Scalar(place, str(value).lower(), plain=True)


def strip_control(text: str) -> str:
    """The text without the characters that no document holds, which a browser or a sheet may send all the same."""
    return _CONTROL.sub("", text)


def parse(text: str, *, file: str) -> tuple[Node | None, list[Problem]]:
    """The tree of the text's only document, and what is wrong with the text; no tree where it cannot be read."""
    builder = _Builder(file)
    try:
        # pure: the C parser, where it is installed, knows only YAML 1.1
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except _Stop:
        return None, builder.problems
    except ReaderError as error:
        builder.report("control-character", _place_of(text, error.position), "a character that no text file holds")
        return None, builder.problems
    except MarkedYAMLError as error:
        builder.report("yaml-syntax", _place(error.problem_mark or error.context_mark), _syntax_message(error))
        return None, builder.problems
    except (ValueError, OverflowError):
        # ruamel turns an escape beyond Unicode (\UFFFFFFFF) straight into a character
        builder.report("yaml-syntax", builder.place, "an escape sequence names no character")
        return None, builder.problems
    if builder.root is None:
        builder.report("empty-document", Place(1, 1), "the file holds no scorecard")
    return builder.root, builder.problems


class _Stop(Exception):
    """Nothing sensible can be read from here on."""


@dataclass(slots=True)
class _Frame:
    """A container that is still open. `step` leads to the child at hand."""

    node: Sequence | Mapping
    step: str | int | None = None
    waits_for_value: bool = False
    duplicate: bool = False


class _Builder:
    """Takes the parser's events one by one and builds the tree."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self.place = Place(1, 1)
        self._open: list[_Frame] = []
        self._documents = 0

    def report(self, code: str, place: Place, message: str) -> None:
        """Note a problem at the path that is being built."""
        problem = Problem(code, message, self.file, place.line, place.column, format_path(self._path()))
        self.problems.append(problem)

    def take(self, event: Event) -> None:
        """One event of the parser."""
        self.place = _place(event.start_mark)
        if self._open and isinstance(self._open[-1].node, Sequence):
            self._open[-1].step = len(self._open[-1].node.items)
        match event:
            case DocumentStartEvent():
                self._start_document()
            case SequenceStartEvent() | MappingStartEvent():
                self._refuse_decoration(event)
                self._push(Sequence(self.place) if isinstance(event, SequenceStartEvent) else Mapping(self.place))
            case SequenceEndEvent() | MappingEndEvent():
                self._open.pop()
            case AliasEvent():
                message = f"alias *{event.anchor}; write the text out, because aliases are not read here"
                self.report("yaml-alias", self.place, message)
                self._add(Broken(self.place))
            case ScalarEvent():
                self._refuse_decoration(event)
                self._add(self._scalar(event))

    def _start_document(self) -> None:
        self._documents += 1
        if self._documents > 1:
            self.report("several-documents", self.place, "a second document starts here; one file holds one scorecard")
            raise _Stop

    def _refuse_decoration(self, event: ScalarEvent | SequenceStartEvent | MappingStartEvent) -> None:
        if event.anchor is not None:
            message = f"anchor &{event.anchor}; leave it out, because aliases are not read here"
            self.report("yaml-alias", self.place, message)
        if event.ctag is not None:
            self.report("yaml-tag", self.place, f"tag {quote(event.tag)}; leave it out, because tags are not read here")

    def _scalar(self, event: ScalarEvent) -> Scalar | Broken:
        # JSON writes characters beyond 16 bits as two escapes, which the YAML parser leaves apart
        text = event.value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        found = _CONTROL.search(event.value if "\ufffd" in text else text)
        if found:
            message = f"control character U+{ord(found.group()):04X}; remove it"
            self.report("control-character", self.place, message)
            return Broken(self.place)
        return Scalar(self.place, text, plain=event.style is None)

    def _add(self, node: Node) -> None:
        """Put a finished or freshly opened node where it belongs."""
        if not self._open:
            self.root = node
            return
        frame = self._open[-1]
        if isinstance(frame.node, Sequence):
            frame.node.items.append(node)
        elif not frame.waits_for_value:
            self._add_key(frame, frame.node, node)
        else:
            if not frame.duplicate:
                frame.node.values[str(frame.step)] = node
            frame.waits_for_value = False

    def _add_key(self, frame: _Frame, mapping: Mapping, node: Node) -> None:
        if not isinstance(node, Scalar):
            frame.step = None
            self.report("bad-key", node.place, "a key must be a word, not a list, a mapping or an alias")
            raise _Stop
        frame.step = node.text
        frame.waits_for_value = True
        frame.duplicate = node.text in mapping.keys
        if frame.duplicate:
            first = mapping.keys[node.text]
            message = f"key {quote(node.text)} is given again; it stands already in line {first.line}"
            self.report("duplicate-key", node.place, message)
        else:
            mapping.keys[node.text] = node.place

    def _push(self, node: Sequence | Mapping) -> None:
        if len(self._open) >= MAX_DEPTH:
            self.report("too-deep", self.place, f"nested deeper than {MAX_DEPTH} levels; no scorecard needs that")
            raise _Stop
        self._add(node)
        self._open.append(_Frame(node))

    def _path(self) -> Path:
        return tuple(frame.step for frame in self._open if frame.step is not None)


def _place(mark: StreamMark | None) -> Place:
    return Place(1, 1) if mark is None else Place(mark.line + 1, mark.column + 1)


def _place_of(text: str, offset: int) -> Place:
    before = text[:offset]
    return Place(before.count("\n") + 1, len(before) - before.rfind("\n"))


def _syntax_message(error: MarkedYAMLError) -> str:
    found = " ".join(part for part in (error.context, error.problem) if part)
    if "'\\t'" in found:
        return "a tab is used to indent; YAML indents with spaces"
    return f"this is not YAML: {found}"
