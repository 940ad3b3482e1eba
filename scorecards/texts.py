"""The texts of a scorecard by their dotted path, and the form in another of its languages."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel

from scorecards.model import Criterion, NumberRange, Option, Scorecard, Section

Part = TypeVar("Part", bound=BaseModel)


def texts(scorecard: Scorecard) -> dict[str, str]:
    """Every text that is not empty, by the path that translations use."""
    found = {"label": scorecard.label, "description": scorecard.description}
    for index, band in enumerate(scorecard.bands):
        found[f"bands.{index}.label"] = band.label
    for section in scorecard.sections:
        found[f"sections.{section.id}.label"] = section.label
        found[f"sections.{section.id}.guideline"] = section.guideline
        for criterion in section.criteria:
            found |= _criterion_texts(criterion)
    return {path: text for path, text in found.items() if text}


def _criterion_texts(criterion: Criterion) -> dict[str, str]:
    here = f"criteria.{criterion.id}"
    found = {f"{here}.label": criterion.label, f"{here}.guideline": criterion.guideline}
    for option in criterion.options:
        found[f"{here}.options.{option.id}.label"] = option.label
        for channel, text in option.anchors.items():
            found[f"{here}.options.{option.id}.anchors.{channel}"] = text
    for reason in criterion.reasons:
        found[f"{here}.reasons.{reason.id}.label"] = reason.label
    if criterion.number:
        found[f"{here}.number.unit"] = criterion.number.unit
        for channel, text in criterion.number.anchors.items():
            found[f"{here}.number.anchors.{channel}"] = text
    return found


def translate(scorecard: Scorecard, language: str) -> Scorecard:
    """The scorecard with its texts in that language; what has no translation stays as it is."""
    words = scorecard.translations.get(language, {})
    bands = tuple(_put(band, f"bands.{index}.", words, "label") for index, band in enumerate(scorecard.bands))
    sections = tuple(_translate_section(section, words) for section in scorecard.sections)
    form = scorecard.model_copy(update={"bands": bands, "sections": sections})
    return _put(form, "", words, "label", "description")


def _translate_section(section: Section, words: Mapping[str, str]) -> Section:
    criteria = tuple(_translate_criterion(criterion, words) for criterion in section.criteria)
    section = section.model_copy(update={"criteria": criteria})
    return _put(section, f"sections.{section.id}.", words, "label", "guideline")


def _translate_criterion(criterion: Criterion, words: Mapping[str, str]) -> Criterion:
    here = f"criteria.{criterion.id}."
    options = (_put(option, f"{here}options.{option.id}.", words, "label") for option in criterion.options)
    parts = {
        "options": tuple(_put_anchors(option, f"{here}options.{option.id}.", words) for option in options),
        "reasons": tuple(_put(part, f"{here}reasons.{part.id}.", words, "label") for part in criterion.reasons),
        "number": criterion.number
        and _put_anchors(_put(criterion.number, f"{here}number.", words, "unit"), f"{here}number.", words),
    }
    return _put(criterion.model_copy(update=parts), here, words, "label", "guideline")


def _put_anchors(part: Option | NumberRange, here: str, words: Mapping[str, str]) -> Option | NumberRange:
    anchors = {channel: words.get(f"{here}anchors.{channel}", text) for channel, text in part.anchors.items()}
    return part.model_copy(update={"anchors": anchors})


def _put(part: Part, here: str, words: Mapping[str, str], *fields: str) -> Part:
    return part.model_copy(update={field: words[here + field] for field in fields if here + field in words})
