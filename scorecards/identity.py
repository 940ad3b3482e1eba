"""Two hashes of a scorecard: of all its wording, and of what its scores are made of.

Equal `content_hash`: the same document. Equal `structure_hash`: the same questions in the same order, which can be
answered in the same ways, and the same answers give the same scores; such scores may be pooled. Wording, pass mark,
bands and criteria without a score do not enter the structure, and neither do the scorecard's id and name: forms of one
card for several channels share a structure where they share their questions.

A field that equals its default is left out of both, so a field that a later version adds keeps old hashes as they are.
"""

import hashlib
import json

from pydantic import BaseModel

from scorecards.document import to_json_value, to_plain
from scorecards.effects import STRUCTURAL, is_scored
from scorecards.expansion import expand
from scorecards.model import Condition, Criterion, NumberRange, Option, Scorecard, Section, ShowIf


def content_hash(scorecard: Scorecard) -> str:
    """SHA-256 (hex) of everything in the document, whatever its layout or its way to write a number."""
    return _digest(to_plain(expand(scorecard)))


def structure_hash(scorecard: Scorecard) -> str:
    """SHA-256 (hex) of ids, order, types, options, points, values, weights, flags, conditions and ranges."""
    return _digest(structure(scorecard))


def structure(scorecard: Scorecard) -> dict[str, object]:
    """What the structure hash is made of, as values that JSON can hold."""
    sections = [_section(section) for section in expand(scorecard).sections if any(map(is_scored, section.criteria))]
    return {**_fields(scorecard, Scorecard), "sections": sections}


def _section(section: Section) -> dict[str, object]:
    criteria = [_criterion(criterion) for criterion in section.criteria if is_scored(criterion)]
    return {"id": section.id, **_fields(section, Section), "criteria": criteria}


def _criterion(criterion: Criterion) -> dict[str, object]:
    fields = {"id": criterion.id, **_fields(criterion, Criterion)}
    if criterion.options:
        fields["options"] = [{"id": option.id, **_fields(option, Option)} for option in criterion.options]
    if criterion.number:
        fields["number"] = _fields(criterion.number, NumberRange)
    return fields


def _fields(part: BaseModel, kind: type[BaseModel]) -> dict[str, object]:
    """The part's structural fields that differ from their default."""
    fields = {}
    for name in STRUCTURAL[kind]:
        value = getattr(part, name)
        if value != kind.model_fields[name].get_default():
            fields[name] = structural_value(value)
    return fields


def structural_value(value: object) -> object:
    """A field's value as the structure has it: the order in which conditions are written means nothing."""
    if isinstance(value, ShowIf):
        lists = {"all_of": value.all_of, "any_of": value.any_of}
        return {key: sorted(map(_condition, conditions)) for key, conditions in lists.items() if conditions}
    return to_json_value(value)


def _condition(condition: Condition) -> list[object]:
    return [condition.criterion, sorted(set(condition.is_one_of))]


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
