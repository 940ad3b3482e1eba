"""What changed between two versions of a scorecard, and which edits change scores.

The relation to `identity`: two versions have the same structure hash exactly where no change is `structural`, and the
same content hash exactly where there is no change at all. Every change with effect `scoring` is structural. Structural
without being `scoring` are two edits: a new order, after which the same answers give the same scores but may come out
otherwise, and `auto_fail_score`, after which raw scores stay comparable and reported ones do not.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from pydantic import BaseModel

from scorecards.document import to_json_value
from scorecards.effects import EFFECTS, STRUCTURAL, Effect, is_scored
from scorecards.expansion import expand
from scorecards.identity import structural_value
from scorecards.model import (
    AcknowledgementRules,
    Criterion,
    DisputeRules,
    NumberRange,
    Option,
    Reason,
    Scorecard,
    Section,
)
from scorecards.problems import quote


@dataclass(frozen=True, slots=True)
class Change:
    """One edit."""

    kind: str
    """Stable code, such as `criterion-weight-changed` or `option-added`."""
    path: str
    """Dotted path by ids, such as `criteria.empathy.options.yes.points`."""
    words: str
    effect: Effect
    structural: bool
    """Whether it changes the structure hash, so that reports start a new pool of scores."""


def compare(old: Scorecard, new: Scorecard) -> tuple[Change, ...]:
    """Every edit from the old version to the new one: the form itself first, then its sections and criteria."""
    old, new = expand(old), expand(new)
    return (
        *_field_changes(old, new, Scorecard, path="", name="the scorecard", scored=True),
        *_rule_changes(old, new),
        *_translation_changes(old, new),
        *_section_changes(old, new),
        *_all_criterion_changes(old, new),
    )


def is_comparable(old: Scorecard, new: Scorecard) -> bool:
    """Whether raw scores of the two versions may be compared: no edit changes scoring."""
    return not any(change.effect is Effect.SCORING for change in compare(old, new))


def _rule_changes(old: Scorecard, new: Scorecard) -> Iterator[Change]:
    """What happens with a review after its release."""
    yield from _field_changes(
        old.disputes, new.disputes, DisputeRules, path="disputes", name="the disputes", scored=False
    )
    yield from _field_changes(
        old.acknowledgement, new.acknowledgement, AcknowledgementRules,
        path="acknowledgement", name="the acknowledgement", scored=False,
    )  # fmt: skip


def _translation_changes(old: Scorecard, new: Scorecard) -> Iterator[Change]:
    for language in sorted(old.translations.keys() | new.translations.keys()):
        before, after = old.translations.get(language), new.translations.get(language)
        if before != after:
            verb = "added" if before is None else "removed" if after is None else "changed"
            words = f"The translation to {language} was {verb}."
            yield Change(f"translation-{verb}", f"translations.{language}", words, Effect.AGREEMENT, structural=False)


def _section_changes(old: Scorecard, new: Scorecard) -> Iterator[Change]:
    before = {section.id: section for section in old.sections}
    after = {section.id for section in new.sections}
    for section in new.sections:
        if section.id not in before:
            yield _whole(section, "added")
            continue
        earlier, path, name = before[section.id], f"sections.{section.id}", _name(section)
        scored = _has_score(earlier) or _has_score(section)
        yield from _field_changes(earlier, section, Section, path=path, name=name, scored=scored)
        yield from _order_changes(
            [criterion.id for criterion in earlier.criteria],
            [criterion.id for criterion in section.criteria],
            path=f"{path}.criteria",
            name=name,
            scored={criterion.id for criterion in section.criteria if is_scored(criterion)},
        )
    for section in old.sections:
        if section.id not in after:
            yield _whole(section, "removed")
    old_ids, new_ids = [section.id for section in old.sections], [section.id for section in new.sections]
    scored_ids = {section.id for section in new.sections if _has_score(section)}
    yield from _order_changes(old_ids, new_ids, path="sections", name="the scorecard", scored=scored_ids)


def _all_criterion_changes(old: Scorecard, new: Scorecard) -> Iterator[Change]:
    """Criteria are matched by id over the whole form; those of an added or removed section go without saying."""
    before = {criterion.id: (section.id, criterion) for section in old.sections for criterion in section.criteria}
    old_sections = {section.id for section in old.sections}
    new_sections = {section.id for section in new.sections}
    for section in new.sections:
        for criterion in section.criteria:
            if criterion.id in before:
                yield from _criterion_changes(*before[criterion.id], section.id, criterion)
            elif section.id in old_sections:
                yield _whole(criterion, "added")
    after = {criterion.id for criterion in new.criteria}
    for section_id, criterion in before.values():
        if criterion.id not in after and section_id in new_sections:
            yield _whole(criterion, "removed")


def _criterion_changes(old_section: str, old: Criterion, new_section: str, new: Criterion) -> Iterator[Change]:
    path, name, scored = f"criteria.{new.id}", _name(new), is_scored(old) or is_scored(new)
    if old_section != new_section:
        words = f"The {name} moved from section {quote(old_section)} to section {quote(new_section)}."
        yield _structural("criterion-moved", path, words, Effect.SCORING, scored=scored)
    yield from _field_changes(old, new, Criterion, path=path, name=name, scored=scored)
    yield from _number_changes(old.number, new.number, path=f"{path}.number", name=name, scored=scored)
    yield from _part_changes(old.options, new.options, Option, path=path, name=name, scored=scored)
    yield from _part_changes(old.reasons, new.reasons, Reason, path=path, name=name, scored=False)


def _number_changes(
    old: NumberRange | None, new: NumberRange | None, *, path: str, name: str, scored: bool
) -> Iterator[Change]:
    if old and new:
        yield from _field_changes(old, new, NumberRange, path=path, name=f"the range of {name}", scored=scored)
    elif old or new:
        verb = "added" if new else "removed"
        yield _structural(f"number-{verb}", path, f"The range of {name} was {verb}.", Effect.SCORING, scored=scored)


def _part_changes(
    old: Sequence[Option | Reason],
    new: Sequence[Option | Reason],
    kind: type[Option | Reason],
    *,
    path: str,
    name: str,
    scored: bool,
) -> Iterator[Change]:
    """Options or reasons of one criterion."""
    noun = _noun(kind)
    before, after = {part.id: part for part in old}, {part.id: part for part in new}
    for part in (*new, *(part for part in old if part.id not in after)):
        here = f"{path}.{noun}s.{part.id}"
        part_name = f'{noun} "{part.label}" of {name}'
        if part.id in before and part.id in after:
            yield from _field_changes(before[part.id], part, kind, path=here, name=part_name, scored=scored)
        else:
            verb = "added" if part.id in after else "removed"
            yield _structural(f"{noun}-{verb}", here, f"The {part_name} was {verb}.", Effect.SCORING, scored=scored)
    yield from _order_changes(
        list(before), list(after), path=f"{path}.{noun}s", name=name, scored=set(after) if scored else set()
    )


def _field_changes(
    old: BaseModel, new: BaseModel, kind: type[BaseModel], *, path: str, name: str, scored: bool
) -> Iterator[Change]:
    """Fields of a part that both versions have."""
    for field, effect in EFFECTS[kind].items():
        before, after = getattr(old, field), getattr(new, field)
        if before == after:
            continue
        here = f"{path}.{field}".removeprefix(".")
        code = f"{_noun(kind)}-{field.replace('_', '-')}-changed"
        words = _field_words(_FIELD_WORDS.get(field, field.replace("_", " ")), name, before, after)
        if field not in STRUCTURAL[kind]:
            yield Change(code, here, words, effect, structural=False)
        elif structural_value(before) == structural_value(after):
            yield Change(code, here, words, Effect.NONE, structural=False)
        else:
            yield _structural(code, here, words, effect, scored=scored)


def _order_changes(
    old: Sequence[str], new: Sequence[str], *, path: str, name: str, scored: Collection[str]
) -> Iterator[Change]:
    """A new order of the ids that both versions have; structural where it shows among the scored ones."""
    before = [part_id for part_id in old if part_id in set(new)]
    after = [part_id for part_id in new if part_id in set(old)]
    if before != after:
        what = path.rpartition(".")[2]
        structural = [each for each in before if each in scored] != [each for each in after if each in scored]
        words = f"The {what} of {name} stand in another order."
        yield Change(f"{what}-reordered", path, words, Effect.AGREEMENT, structural=structural)


def _whole(part: Section | Criterion, verb: str) -> Change:
    scored = _has_score(part) if isinstance(part, Section) else is_scored(part)
    path = f"sections.{part.id}" if isinstance(part, Section) else f"criteria.{part.id}"
    kind = f"{_noun(type(part))}-{verb}"
    return _structural(kind, path, f"The {_name(part)} was {verb}.", Effect.SCORING, scored=scored)


def _structural(kind: str, path: str, words: str, effect: Effect, *, scored: bool) -> Change:
    """An edit of the structure; where no score hangs on the part, it is only something else to read."""
    return Change(kind, path, words, effect if scored else Effect.AGREEMENT, structural=scored)


def _has_score(section: Section) -> bool:
    return any(map(is_scored, section.criteria))


def _name(part: Section | Criterion) -> str:
    return f'{_noun(type(part))} "{part.label}"'


def _noun(kind: type[BaseModel]) -> str:
    return kind.__name__.removesuffix("Range").removesuffix("Rules").lower()


_FIELD_WORDS = {
    "allow_na": "leave for N/A",
    "auto_fail": "auto-fail",
    "ask_reasons": "rule for reasons",
    "comment": "rule for comments",
    "show_if": "condition",
    "skill_type": "half",
    "better": "better end",
    "auto_fail_score": "reported score after an auto-fail",
    "bonus_over_100": "leave to exceed 100",
}


def _field_words(field: str, name: str, before: object, after: object) -> str:
    """One sentence; long texts and nested values are not quoted."""
    shown = [_shown(before), _shown(after)]
    if None in shown:
        return f"The {field} of {name} changed."
    return f"The {field} of {name} changed from {shown[0]} to {shown[1]}."


def _shown(value: object) -> str | None:
    """A value for a sentence; None where it is too long or has parts of its own."""
    if value is None:
        return "none"
    plain = to_json_value(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if not isinstance(plain, str | int) or len(str(plain)) > 60:
        return None
    return str(plain) if isinstance(value, Decimal | Enum | int) else quote(plain)
