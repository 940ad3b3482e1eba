"""Edits within one criterion: its type, options, reasons and condition. Pure; `editing` puts them in place."""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import TypeVar

from scorecards.expansion import expand_criterion
from scorecards.model import Condition, Criterion, CriterionType, NumberRange, Option, Reason, ShowIf

T = TypeVar("T")
CriterionEdit = Callable[[Criterion], Criterion]
_LONGEST_ID = 64
_LEVELS = (2, 11)
_USUAL_LEVELS = 3


def make_id(label: str, taken: Collection[str] = ()) -> str:
    """A short name made of a label, told apart from those that are taken by a number at its end."""
    plain = unicodedata.normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_ID].rstrip("-") or "x"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem[: _LONGEST_ID - len(str(number)) - 1]}-{number}"
    return name


def change_type(criterion: Criterion, kind: CriterionType) -> Criterion:
    """The criterion as another type; what the new type cannot have goes, and what it needs comes.

    Options go along from a scale to a choice and, worst first, from a choice to a scale.
    """
    if criterion.type is kind:
        return criterion
    kept = criterion.model_copy(update={"type": kind, "levels": None, "options": (), "number": None})
    match kind:
        case CriterionType.YES_NO:
            return expand_criterion(kept)
        case CriterionType.SCALE:
            rising = tuple(sorted(criterion.options, key=_worth))
            fits = criterion.type is CriterionType.CHOICE and _LEVELS[0] <= len(rising) <= _LEVELS[1]
            options = rising if fits else ()
            return expand_criterion(
                kept.model_copy(update={"levels": len(options) or _USUAL_LEVELS, "options": options})
            )
        case CriterionType.CHOICE:
            return kept.model_copy(update={"options": criterion.options or _two_options()})
        case CriterionType.NUMBER:
            return kept.model_copy(update={"number": NumberRange(low=Decimal(0), high=Decimal(10))})
        case CriterionType.TEXT:
            return _without_worth(kept)


def add_option(criterion: Criterion, label: str) -> Criterion:
    """An option at the end; on a scale it is the new best level, one point above."""
    option = Option(id=make_id(label, {option.id for option in criterion.options}), label=label)
    if any(each.value is not None for each in criterion.options):
        option = option.model_copy(update={"value": Decimal(1)})
    else:
        most = max((option.points or Decimal(0) for option in criterion.options), default=Decimal(-1))
        option = option.model_copy(update={"points": most + 1 if criterion.type is CriterionType.SCALE else Decimal(0)})
    return _with_options(criterion, (*criterion.options, option))


def remove_option(criterion: Criterion, option_id: str) -> Criterion:
    """The criterion without the option."""
    return _with_options(criterion, without(criterion.options, find_place(_ids(criterion.options), option_id)))


def move_option(criterion: Criterion, option_id: str, steps: int) -> Criterion:
    """The option one place up (-1) or down (1); unchanged at the end."""
    place = find_place(_ids(criterion.options), option_id)
    if not 0 <= place + steps < len(criterion.options):
        return criterion
    return _with_options(criterion, swapped(criterion.options, place, place + steps))


def set_reasons(criterion: Criterion, labels: Sequence[str]) -> Criterion:
    """The reasons by their labels, in this order.

    A label that was there keeps its id, and so does one that took the place of another: that is a new wording.
    """
    before = criterion.reasons
    by_label = {reason.label: reason.id for reason in before}
    replaced = len(labels) == len(before)
    made: list[Reason] = []
    free = {reason.id for reason in before if reason.label not in labels}
    for place, label in enumerate(dict.fromkeys(labels)):
        name = by_label.get(label)
        if name is None and replaced and before[place].id in free:
            name = before[place].id
        made.append(
            Reason(id=name or make_id(label, {*by_label.values(), *(reason.id for reason in made)}), label=label)
        )
    asks = criterion.ask_reasons if made else "never"
    return criterion.model_copy(update={"reasons": tuple(made), "ask_reasons": asks})


def set_condition(criterion: Criterion, rule: str, conditions: Sequence[tuple[str, Sequence[str]]]) -> Criterion:
    """Asked when `all_of` or `any_of` these are met: earlier criteria with some of their options; always with none."""
    parts = tuple(Condition(criterion=name, is_one_of=tuple(options)) for name, options in conditions)
    if not parts:
        return criterion.model_copy(update={"show_if": None})
    return criterion.model_copy(update={"show_if": ShowIf(any_of=parts) if rule == "any_of" else ShowIf(all_of=parts)})


def find_place(ids: Sequence[str], wanted: str) -> int:
    """The place of an id in a list, from 0; raises KeyError where it is not there."""
    if wanted not in ids:
        raise KeyError(wanted)
    return ids.index(wanted)


def swapped(parts: Sequence[T], one: int, other: int) -> tuple[T, ...]:
    """The parts with two of them in each other's place."""
    turned = list(parts)
    turned[one], turned[other] = turned[other], turned[one]
    return tuple(turned)


def without(parts: Sequence[T], place: int) -> tuple[T, ...]:
    """The parts without the one at that place."""
    return (*parts[:place], *parts[place + 1 :])


def _two_options() -> tuple[Option, ...]:
    return (
        Option(id="good", label="Good", points=Decimal(1)),
        Option(id="poor", label="Poor", points=Decimal(0)),
    )


def _without_worth(criterion: Criterion) -> Criterion:
    """A text has no score, so no weight, no critical family and no best or worst answer."""
    valueless = {"below_best", "worst"}
    return criterion.model_copy(
        update={
            "weight": Decimal(1),
            "critical": None,
            "comment": "optional" if criterion.comment in valueless else criterion.comment,
            "ask_reasons": "never" if criterion.ask_reasons in valueless else criterion.ask_reasons,
        }
    )


def _with_options(criterion: Criterion, options: tuple[Option, ...]) -> Criterion:
    levels = len(options) if criterion.type is CriterionType.SCALE else criterion.levels
    return criterion.model_copy(update={"options": options, "levels": levels})


def _worth(option: Option) -> Decimal:
    return option.points if option.points is not None else option.value or Decimal(0)


def _ids(options: Sequence[Option]) -> list[str]:
    return [option.id for option in options]
