"""Scorecard documents: YAML 1.2 or JSON text to a scorecard with all its problems at once, and back to text."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from scorecards import nodes
from scorecards.expansion import expand
from scorecards.form_rules import check_scorecard
from scorecards.model import Scorecard
from scorecards.problems import Problem, Severity
from scorecards.reading import Draft, read

MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a document holds. The scorecard is there, expanded, unless one of the problems is an error."""

    scorecard: Scorecard | None
    problems: tuple[Problem, ...]


def load(text: str, *, file: str = "scorecard") -> Loaded:
    """Read a document; `file` is the name that problems give as their place."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        message = f"the document is larger than {MAX_BYTES // 1024} KiB; no scorecard needs that"
        return Loaded(None, (Problem("too-large", message, file, 1, 1, ""),))
    root, problems = nodes.parse(text, file=file)
    if root is None:
        return Loaded(None, tuple(problems))
    return load_tree(root, file=file, problems=problems)


def load_tree(root: nodes.Node, *, file: str, problems: Sequence[Problem] = ()) -> Loaded:
    """Read a document that stands as a tree already; `problems` are those that were met on the way to it."""
    draft = Draft(root, file, list(problems))
    found = read(draft)
    check_scorecard(draft, found)
    ordered = tuple(sorted(draft.problems, key=lambda problem: (problem.line, problem.column, problem.code)))
    if any(problem.severity is Severity.ERROR for problem in ordered):
        return Loaded(None, ordered)
    # validated once more as a whole: what was read part by part must be what the model promises
    return Loaded(expand(from_plain(found.model_dump(exclude_unset=True))), ordered)


def check(scorecard: Scorecard) -> tuple[Problem, ...]:
    """Every problem of a scorecard that is held in memory, such as a draft; only the path of their places counts.

    Its parts are sound one by one, for nothing else can be held; what is found are the rules between them.
    """
    return load_tree(nodes.plant(to_plain(scorecard)), file=scorecard.id).problems


def to_plain(scorecard: Scorecard) -> dict[str, object]:
    """Values that JSON can hold, decimals as text ("0.5"), without what equals its default."""
    given = scorecard.model_dump(exclude_defaults=True)
    return {"format": scorecard.format} | {key: to_json_value(value) for key, value in given.items()}


def from_plain(plain: Mapping[str, object]) -> Scorecard:
    """The scorecard of `to_plain`. Raises pydantic's ValidationError (a ValueError) where it is none."""
    return Scorecard.model_validate(plain)


def dump(scorecard: Scorecard) -> str:
    """Canonical YAML; loading it gives an equal scorecard."""
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    given = {"format": scorecard.format} | scorecard.model_dump(exclude_defaults=True)
    text = io.StringIO()
    yaml.dump(_writable(given), text)
    return text.getvalue()


def _decimal_text(number: Decimal) -> str:
    """Digits without exponent or trailing zeros, so that equal numbers are equal texts."""
    return format(number.normalize(), "f") if number else "0"


def to_json_value(value: object) -> object:
    """A value of the model as JSON can hold it."""
    match value:
        case Decimal():
            return _decimal_text(value)
        case Enum():
            return value.value
        case dict():
            return {str(to_json_value(key)): to_json_value(item) for key, item in value.items()}
        case tuple() | list():
            return [to_json_value(item) for item in value]
        case _:
            return value


def _writable(value: object) -> object:
    """Values for the YAML writer: numbers as numbers, text of several lines as a block."""
    match value:
        case Decimal():
            # six decimal places at most, which a float's shortest digits give back exactly
            return int(value) if value == value.to_integral_value() else float(value)
        case Enum():
            return value.value
        case dict():
            return {_writable(key): _writable(item) for key, item in value.items()}
        case tuple() | list():
            return [_writable(item) for item in value]
        case str() if _is_block(value):
            return LiteralScalarString(value)
        case _:
            return value


def _is_block(text: str) -> bool:
    """Several lines that a literal block gives back as they are: no odd line ends, no tabs, no space at an end."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and text.splitlines() == lines
        and not any(line != line.rstrip() or "\t" in line for line in lines)
    )
