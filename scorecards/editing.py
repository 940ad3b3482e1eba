"""Edits of a scorecard: pure functions from a scorecard to the edited one, for whoever edits it step by step.

Sections and criteria are named by their ids, which an edit never changes: reviews, reports and translations hang on
them. A function that finds nothing to do gives back the very scorecard that it was given. What an edit leaves broken
between parts, such as a condition on a criterion that is gone, is a problem that `document.check` finds.

Raises throughout:
    KeyError: there is no part of that id.
    pydantic.ValidationError: a value that the part cannot hold; `reading.explain_error` has the words for it.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from scorecards.criterion_edits import CriterionEdit, change_type, find_place, make_id, swapped, without
from scorecards.document import from_plain, to_json_value, to_plain
from scorecards.expansion import expand, expand_criterion
from scorecards.model import Channel, Criterion, CriterionType, Scorecard, Section
from scorecards.nodes import strip_control
from scorecards.problems import Path
from scorecards.texts import texts

Edit = Callable[[Scorecard], Scorecard]
_LONGEST_LABEL = 200


def apply_edit(scorecard: Scorecard, edit: Edit) -> Scorecard:
    """The edited scorecard, held against the model as a whole; translations of texts that are gone go too."""
    edited = edit(scorecard)
    known = texts(expand(edited))
    translations = {
        language: {path: text for path, text in words.items() if path in known}
        for language, words in edited.translations.items()
    }
    return from_plain(to_plain(edited.model_copy(update={"translations": translations})))


def put(scorecard: Scorecard, path: Path, value: object) -> Scorecard:
    """One field set by its path, such as `("sections", 0, "weight")`; None leaves it out."""
    plain: Any = to_plain(scorecard)
    *above, last = path
    holder = plain
    for step in above:
        holder = holder[step] if isinstance(step, int) else holder.setdefault(step, {})
    if value is None and isinstance(holder, dict):
        holder.pop(last, None)
    else:
        holder[last] = _clean(to_json_value(value))
    return from_plain(plain)


def start_scorecard(label: str, *, scorecard_id: str, section: str, criterion: str) -> Scorecard:
    """The least that is a scorecard: one section with one yes/no criterion."""
    first = expand_criterion(Criterion(id=make_id(criterion), label=criterion, type=CriterionType.YES_NO))
    return Scorecard(
        id=scorecard_id, label=label, sections=(Section(id=make_id(section), label=section, criteria=(first,)),)
    )


def find_section(scorecard: Scorecard, section_id: str) -> int:
    """The place of a section among the sections, from 0."""
    return find_place([section.id for section in scorecard.sections], section_id)


def find_criterion(scorecard: Scorecard, criterion_id: str) -> tuple[int, int]:
    """The place of a criterion: that of its section, and its own therein, both from 0."""
    for number, section in enumerate(scorecard.sections):
        for index, criterion in enumerate(section.criteria):
            if criterion.id == criterion_id:
                return number, index
    raise KeyError(criterion_id)


def locate(
    scorecard: Scorecard, *, section: str | None = None, criterion: str | None = None, option: str | None = None
) -> Path:
    """The path of a part by its id, to which the name of a field is added; of the form itself where none is named."""
    if section is not None:
        return ("sections", find_section(scorecard, section))
    if criterion is None:
        return ()
    number, index = find_criterion(scorecard, criterion)
    here: Path = ("sections", number, "criteria", index)
    if option is None:
        return here
    options = [part.id for part in scorecard.sections[number].criteria[index].options]
    return (*here, "options", find_place(options, option))


def add_section(scorecard: Scorecard, label: str, *, criterion: str) -> Scorecard:
    """A section at the end with its first criterion; it gets a weight where the others have one."""
    first = _new_criterion(scorecard, criterion, CriterionType.YES_NO)
    weighted = any(section.weight is not None for section in scorecard.sections)
    name = make_id(label, {section.id for section in scorecard.sections})
    weight = Decimal(1) if weighted else None
    return _with_sections(
        scorecard, (*scorecard.sections, Section(id=name, label=label, weight=weight, criteria=(first,)))
    )


def remove_section(scorecard: Scorecard, section_id: str) -> Scorecard:
    """The scorecard without the section and its criteria; its only section stays."""
    place = find_section(scorecard, section_id)
    if len(scorecard.sections) == 1:
        return scorecard
    return _with_sections(scorecard, without(scorecard.sections, place))


def move_section(scorecard: Scorecard, section_id: str, steps: int) -> Scorecard:
    """The section one place up (-1) or down (1); unchanged at the end."""
    place = find_section(scorecard, section_id)
    if not 0 <= place + steps < len(scorecard.sections):
        return scorecard
    return _with_sections(scorecard, swapped(scorecard.sections, place, place + steps))


def weigh_sections(scorecard: Scorecard, *, weighted: bool) -> Scorecard:
    """Give every section a weight (those without one: 1), or none."""
    if weighted == all(section.weight is not None for section in scorecard.sections):
        return scorecard
    return _with_sections(
        scorecard,
        tuple(
            section.model_copy(update={"weight": (section.weight or Decimal(1)) if weighted else None})
            for section in scorecard.sections
        ),
    )


def add_criterion(
    scorecard: Scorecard, section_id: str, label: str, kind: CriterionType = CriterionType.YES_NO
) -> Scorecard:
    """A criterion at the end of the section."""
    section = scorecard.sections[find_section(scorecard, section_id)]
    return _with_criteria(scorecard, section_id, (*section.criteria, _new_criterion(scorecard, label, kind)))


def duplicate_criterion(scorecard: Scorecard, criterion_id: str) -> Scorecard:
    """A copy of the criterion right below it, with an id of its own."""
    number, index = find_criterion(scorecard, criterion_id)
    section = scorecard.sections[number]
    criterion = section.criteria[index]
    label = f"{criterion.label[: _LONGEST_LABEL - 7]} (copy)"
    copy = criterion.model_copy(update={"id": make_id(label, _criterion_ids(scorecard)), "label": label})
    return _with_criteria(scorecard, section.id, (*section.criteria[: index + 1], copy, *section.criteria[index + 1 :]))


def remove_criterion(scorecard: Scorecard, criterion_id: str) -> Scorecard:
    """The scorecard without the criterion; the only one of a section stays."""
    number, index = find_criterion(scorecard, criterion_id)
    section = scorecard.sections[number]
    if len(section.criteria) == 1:
        return scorecard
    return _with_criteria(scorecard, section.id, without(section.criteria, index))


def move_criterion(scorecard: Scorecard, criterion_id: str, steps: int) -> Scorecard:
    """The criterion one place up (-1) or down (1), over the border of its section too.

    Unchanged at the ends of the form, and where its section would be left empty.
    """
    number, index = find_criterion(scorecard, criterion_id)
    section = scorecard.sections[number]
    if 0 <= index + steps < len(section.criteria):
        return _with_criteria(scorecard, section.id, swapped(section.criteria, index, index + steps))
    if not 0 <= number + steps < len(scorecard.sections) or len(section.criteria) == 1:
        return scorecard
    other = scorecard.sections[number + steps]
    moved = section.criteria[index]
    left = _with_criteria(scorecard, section.id, without(section.criteria, index))
    arrived = (*other.criteria, moved) if steps < 0 else (moved, *other.criteria)
    return _with_criteria(left, other.id, arrived)


def change_criterion(scorecard: Scorecard, criterion_id: str, change: CriterionEdit) -> Scorecard:
    """One criterion changed, such as by a function of `criterion_edits`."""
    number, index = find_criterion(scorecard, criterion_id)
    section = scorecard.sections[number]
    changed = change(section.criteria[index])
    return _with_criteria(scorecard, section.id, (*section.criteria[:index], changed, *section.criteria[index + 1 :]))


def set_bands(scorecard: Scorecard, bands: Sequence[tuple[str, Decimal]]) -> Scorecard:
    """The named ranges, put in rising order."""
    ordered = sorted(bands, key=lambda band: band[1])
    return put(scorecard, ("bands",), [{"label": label, "from_score": str(limit)} for label, limit in ordered])


def list_channels(scorecard: Scorecard) -> tuple[Channel, ...]:
    """The channels that the scorecard is meant for; all where it names none."""
    return scorecard.channels or tuple(Channel)


def _new_criterion(scorecard: Scorecard, label: str, kind: CriterionType) -> Criterion:
    made = Criterion(id=make_id(label, _criterion_ids(scorecard)), label=label, type=CriterionType.YES_NO)
    return change_type(expand_criterion(made), kind)


def _criterion_ids(scorecard: Scorecard) -> set[str]:
    return {criterion.id for criterion in scorecard.criteria}


def _with_sections(scorecard: Scorecard, sections: tuple[Section, ...]) -> Scorecard:
    return scorecard.model_copy(update={"sections": sections})


def _with_criteria(scorecard: Scorecard, section_id: str, criteria: tuple[Criterion, ...]) -> Scorecard:
    return _with_sections(
        scorecard,
        tuple(
            section.model_copy(update={"criteria": criteria}) if section.id == section_id else section
            for section in scorecard.sections
        ),
    )


def _clean(value: object) -> object:
    """Values as they come from a form, without control characters in any text."""
    match value:
        case str():
            return strip_control(value)
        case dict():
            return {key: _clean(part) for key, part in value.items()}
        case list():
            return [_clean(part) for part in value]
        case _:
            return value
