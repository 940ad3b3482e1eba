"""Rules between the parts of a scorecard: ids, weights, show-if, bands, bonus, translations."""

from collections.abc import Iterator
from itertools import pairwise

from scorecards.criterion_rules import WITH_OPTIONS, check_criterion, report_duplicates
from scorecards.expansion import expand, expand_criterion
from scorecards.model import Condition, Criterion, CriterionType, Scorecard
from scorecards.problems import Path, Severity, call, list_words, near_miss, quote
from scorecards.reading import Draft
from scorecards.texts import texts


def check_scorecard(draft: Draft, scorecard: Scorecard) -> None:
    """Every rule across parts, on all that could be read."""
    placed = list(_criteria(scorecard))
    _check_unique(draft, scorecard, placed)
    for criterion, path in placed:
        check_criterion(draft, criterion, path, scorecard=scorecard)
    _check_section_weights(draft, scorecard)
    _check_weights(draft, scorecard)
    _check_show_if(draft, placed)
    _check_bands(draft, scorecard)
    _check_translations(draft, scorecard)


def _criteria(scorecard: Scorecard) -> Iterator[tuple[Criterion, Path]]:
    for number, section in enumerate(scorecard.sections):
        for index, criterion in enumerate(section.criteria):
            yield criterion, ("sections", number, "criteria", index)


def _check_unique(draft: Draft, scorecard: Scorecard, placed: list[tuple[Criterion, Path]]) -> None:
    sections = ((section.id, ("sections", index, "id")) for index, section in enumerate(scorecard.sections))
    report_duplicates(draft, sections, kind="section", within="in this scorecard")
    criteria = ((criterion.id, (*path, "id")) for criterion, path in placed)
    report_duplicates(draft, criteria, kind="criterion", within="in this scorecard")
    bands = ((band.label, ("bands", index, "label")) for index, band in enumerate(scorecard.bands))
    report_duplicates(draft, bands, kind="band", within="in this scorecard")


def _check_section_weights(draft: Draft, scorecard: Scorecard) -> None:
    weighted = [index for index, section in enumerate(scorecard.sections) if "weight" in section.model_fields_set]
    if not weighted:
        return
    for index, section in enumerate(scorecard.sections):
        if index not in weighted and not draft.is_broken("sections", index, "weight"):
            named = quote(section.id)
            message = f"section {named} has no weight, but others have; give every section a weight or none"
            draft.report("section-weights-mixed", ("sections", index), message)


def _check_weights(draft: Draft, scorecard: Scorecard) -> None:
    """Something must be able to count."""
    if draft.is_broken("sections"):
        return
    scored = [
        (section, criterion)
        for section in scorecard.sections
        for criterion in section.criteria
        if criterion.type is not CriterionType.TEXT
    ]
    standard = [(section, criterion) for section, criterion in scored if section.kind == "standard"]
    if not scored:
        message = "no criterion has a score, so reviews on this scorecard will have none"
        draft.report("nothing-scored", ("sections",), message, severity=Severity.WARNING)
    elif not standard:
        message = "only bonus sections have a score; a bonus needs a standard section to add to"
        draft.report("only-bonus", ("sections",), message)
    elif not any(section.weight != 0 and criterion.weight > 0 for section, criterion in standard):
        draft.report("zero-weights", ("sections",), "all weights are 0, so nothing counts; give at least one above 0")
    if scorecard.bonus_over_100 and all(section.kind == "standard" for section in scorecard.sections):
        message = "no section is a bonus section, so the score cannot exceed 100"
        draft.report("bonus-unused", ("bonus_over_100",), message, severity=Severity.WARNING)


def _check_show_if(draft: Draft, placed: list[tuple[Criterion, Path]]) -> None:
    position = {criterion.id: index for index, (criterion, _) in reversed(list(enumerate(placed)))}
    for index, (criterion, path) in enumerate(placed):
        here = (*path, "show_if")
        rule = criterion.show_if
        if rule is None:
            continue
        if not draft.is_broken(*here) and bool(rule.all_of) == bool(rule.any_of):
            draft.report("show-if-lists", here, "give exactly one of all_of and any_of")
        for key, conditions in (("all_of", rule.all_of), ("any_of", rule.any_of)):
            for number, condition in enumerate(conditions):
                there = (*here, key, number)
                if draft.is_broken(*there, "criterion"):
                    continue
                target = position.get(condition.criterion)
                if target is None or target >= index:
                    _report_condition(draft, condition, there, placed=placed, own=index, target=target)
                else:
                    _check_condition_options(draft, condition, there, *placed[target])


def _report_condition(
    draft: Draft,
    condition: Condition,
    here: Path,
    *,
    placed: list[tuple[Criterion, Path]],
    own: int,
    target: int | None,
) -> None:
    """The condition names no earlier criterion: say which ones there are."""
    usable = {part.id: call(part.label, part.id) for part, _ in placed[:own] if part.type in WITH_OPTIONS}
    valid = f"valid: {list_words(usable.values())}" if usable else "no earlier criterion has options"
    if target is None:
        message = f"no criterion {quote(condition.criterion)}; {valid}"
        suggestion = near_miss(condition.criterion, usable)
        draft.report("show-if-unknown", (*here, "criterion"), message, suggestion=suggestion)
    elif target == own:
        draft.report("show-if-own", (*here, "criterion"), f"a criterion cannot depend on its own answer; {valid}")
    else:
        named = call(placed[target][0].label, condition.criterion)
        message = f"criterion {named} is asked later; only earlier answers can decide; {valid}"
        draft.report("show-if-later", (*here, "criterion"), message)


def _check_condition_options(
    draft: Draft, condition: Condition, here: Path, criterion: Criterion, criterion_path: Path
) -> None:
    if draft.is_broken(*criterion_path, "type"):
        return
    named = call(criterion.label, criterion.id)
    if criterion.type not in WITH_OPTIONS:
        message = f"criterion {named} is a {criterion.type}; only answers with options can decide"
        draft.report("show-if-type", (*here, "criterion"), message)
        return
    if draft.is_broken(*criterion_path, "options") or draft.is_broken(*criterion_path, "levels"):
        return
    valid = {option.id: call(option.label, option.id) for option in expand_criterion(criterion).options}
    for index, option_id in enumerate(condition.is_one_of):
        if option_id not in valid:
            message = f"criterion {named} has no option {quote(option_id)}; valid: {list_words(valid.values())}"
            suggestion = near_miss(option_id, valid)
            draft.report("show-if-option", (*here, "is_one_of", index), message, suggestion=suggestion)


def _check_bands(draft: Draft, scorecard: Scorecard) -> None:
    if not scorecard.bands or draft.is_broken("bands"):
        return
    limits = [band.from_score for band in scorecard.bands]
    if min(limits) != 0:
        message = f"the lowest band starts at {min(limits)}; it must start at 0, so that every score has a band"
        draft.report("bands-start", ("bands", 0, "from_score"), message)
    for index, (before, limit) in enumerate(pairwise(limits), start=1):
        if limit <= before:
            message = f"from_score {limit} does not rise above {before} of the band before; bands stand lowest first"
            draft.report("bands-order", ("bands", index, "from_score"), message)


def _check_translations(draft: Draft, scorecard: Scorecard) -> None:
    if not scorecard.translations or draft.is_broken("translations"):
        return
    valid = texts(expand(scorecard))
    for language, translated in scorecard.translations.items():
        here = ("translations", language)
        if language == scorecard.language and not draft.is_broken("language"):
            message = f"{quote(language)} is the scorecard's own language; its texts stand in the form itself"
            draft.report("translation-language", here, message)
        for path in translated:
            if path not in valid and not draft.is_broken("sections"):
                suggestion = near_miss(path, valid)
                message = f"no text {quote(path)} to translate; a path is such as criteria.empathy.label"
                draft.report("translation-path", (*here, path), message, suggestion=suggestion)
