"""The texts of a scorecard by their dotted path, and the form in another of its languages."""

from scorecards.model import Criterion, Scorecard


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
