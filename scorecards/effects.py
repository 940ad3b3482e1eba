"""What an edit of each field means for scores that exist already. One table, read by `identity` and `difference`.

`STRUCTURAL` fields make up the structure hash: with the same ones, the same answers give the same score in every part
but its verdict. They are the fields with effect `scoring` and `auto_fail_score`, which leaves the raw score comparable
(hence `verdict`) but not the reported one.
"""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel

from scorecards.model import (
    AcknowledgementRules,
    Criterion,
    CriterionType,
    DisputeRules,
    NumberRange,
    Option,
    Reason,
    Scorecard,
    Section,
)


class Effect(StrEnum):
    """How far scores before and after an edit can be compared."""

    SCORING = "scoring"
    """Not comparable: other answers are possible, or the same answers give another score."""
    AGREEMENT = "agreement"
    """Comparable, but reviewers read something else: drawn on the agreement timeline."""
    VERDICT = "verdict"
    """The raw score stays comparable; what is made of it changes."""
    NONE = "none"
    """Nothing that a score or an answer hangs on."""


EFFECTS: Mapping[type[BaseModel], Mapping[str, Effect]] = {
    Scorecard: {
        "format": Effect.NONE,
        "id": Effect.NONE,
        "label": Effect.NONE,
        "description": Effect.AGREEMENT,
        "subject": Effect.SCORING,
        "channels": Effect.NONE,
        "language": Effect.NONE,
        "pass_mark": Effect.VERDICT,
        "bands": Effect.VERDICT,
        "auto_fail_score": Effect.VERDICT,
        "bonus_over_100": Effect.SCORING,
        "default_answer": Effect.AGREEMENT,
        "outcomes": Effect.AGREEMENT,
    },
    Section: {
        "label": Effect.AGREEMENT,
        "kind": Effect.SCORING,
        "weight": Effect.SCORING,
        "guideline": Effect.AGREEMENT,
    },
    Criterion: {
        "label": Effect.AGREEMENT,
        "type": Effect.SCORING,
        "weight": Effect.SCORING,
        "allow_na": Effect.SCORING,
        "guideline": Effect.AGREEMENT,
        "skill": Effect.SCORING,
        "skill_type": Effect.SCORING,
        "critical": Effect.SCORING,
        "levels": Effect.SCORING,
        "ask_reasons": Effect.AGREEMENT,
        "comment": Effect.AGREEMENT,
        "show_if": Effect.SCORING,
    },
    Option: {
        "label": Effect.AGREEMENT,
        "points": Effect.SCORING,
        "value": Effect.SCORING,
        "auto_fail": Effect.SCORING,
        "critical_error": Effect.SCORING,
        "comment": Effect.AGREEMENT,
        "anchors": Effect.AGREEMENT,
    },
    NumberRange: {
        "low": Effect.SCORING,
        "high": Effect.SCORING,
        "step": Effect.SCORING,
        "unit": Effect.AGREEMENT,
        "better": Effect.SCORING,
        "anchors": Effect.AGREEMENT,
    },
    Reason: {"label": Effect.AGREEMENT},
    DisputeRules: dict.fromkeys(DisputeRules.model_fields, Effect.NONE),
    AcknowledgementRules: dict.fromkeys(AcknowledgementRules.model_fields, Effect.NONE),
}
"""By part and field. Ids of parts and their lists are not fields here: what they mean is in `difference`."""

_STRUCTURAL_VERDICT = (Scorecard, "auto_fail_score")

STRUCTURAL: Mapping[type[BaseModel], tuple[str, ...]] = {
    part: tuple(
        name for name, effect in effects.items() if effect is Effect.SCORING or (part, name) == _STRUCTURAL_VERDICT
    )
    for part, effects in EFFECTS.items()
}
"""By part: the fields that make up the structure hash."""


def is_scored(criterion: Criterion) -> bool:
    """Whether any score hangs on the criterion; a text has none."""
    return criterion.type is not CriterionType.TEXT
