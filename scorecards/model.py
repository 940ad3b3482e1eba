"""The scorecard and its parts: immutable, validated one by one; rules across parts live in `document`.

The file format (YAML 1.2 or JSON) has these very fields; `document.schema.json` is generated from this module.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=8000)]
Weight = Annotated[Decimal, Field(ge=0, le=1000)]
Percent = Annotated[Decimal, Field(ge=0, le=100)]


class Channel(StrEnum):
    """How the customer and the agent met."""

    EMAIL = "email"
    CHAT = "chat"
    CALL = "call"
    WEB = "web"
    SMS = "sms"
    SOCIAL = "social"
    ROLE_PLAY = "role_play"
    OTHER = "other"


class CriterionType(StrEnum):
    """What kind of answer a criterion takes."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    SCALE = "scale"
    NUMBER = "number"
    TEXT = "text"


class AutoFailLevel(StrEnum):
    """What an auto-fail answer brings down."""

    ITEM = "item"
    SECTION = "section"
    FORM = "form"


class CriticalFamily(StrEnum):
    """Whom an error on a critical criterion hurts (COPC families)."""

    CUSTOMER = "customer"
    BUSINESS = "business"
    COMPLIANCE = "compliance"


class SkillType(StrEnum):
    """Which half of the report a criterion counts in."""

    SOFT = "soft"
    HARD = "hard"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


Anchors = dict[Channel | Literal["any"], Prose]
"""What a reviewer sees or hears at this level, by channel; `any` serves channels without their own text."""


class Reason(_Part):
    """One entry of a root-cause list."""

    id: Slug
    label: Line


class Option(_Part):
    """One possible answer. `value` in [0, 1] may be given; otherwise it follows from the points (rule S2)."""

    id: Slug
    label: Line
    points: Decimal | None = None
    value: Annotated[Decimal, Field(ge=0, le=1)] | None = None
    auto_fail: AutoFailLevel | None = None
    critical_error: bool | None = None
    """Counts as an error of the criterion's critical family; left open: true where the value is 0."""
    comment: Literal["optional", "required"] = "optional"
    anchors: Anchors = Field(default_factory=dict)


class NumberRange(_Part):
    """The span of a numeric criterion."""

    low: Decimal
    high: Decimal
    step: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    unit: Annotated[str, StringConstraints(max_length=20)] = ""
    better: Literal["high", "low"] = "high"
    anchors: Anchors = Field(default_factory=dict)


class Condition(_Part):
    """Met when the earlier criterion is answered with one of these options."""

    criterion: Slug
    is_one_of: Annotated[tuple[Slug, ...], Field(min_length=1)]


class ShowIf(_Part):
    """When a criterion is asked at all. Exactly one of the two lists is given."""

    all_of: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()


class Criterion(_Part):
    """One question of a scorecard. After loading, yes/no and scale criteria always carry their options."""

    id: Slug
    label: Line
    type: CriterionType
    weight: Weight = Decimal(1)
    allow_na: bool = False
    guideline: Prose = ""
    skill: Slug | None = None
    skill_type: SkillType | None = None
    critical: CriticalFamily | None = None
    levels: Annotated[int, Field(ge=2, le=11)] | None = None
    """Number of levels of a scale, worst first; options named 1..levels are made where none are given."""
    options: tuple[Option, ...] = ()
    number: NumberRange | None = None
    reasons: tuple[Reason, ...] = ()
    ask_reasons: Literal["never", "below_best", "worst", "always"] = "never"
    comment: Literal["optional", "below_best", "worst", "always"] = "optional"
    """When a comment is required, besides options that require one themselves."""
    show_if: ShowIf | None = None


class Section(_Part):
    """A group of criteria. Either every standard section of a scorecard has a weight or none has."""

    id: Slug
    label: Line
    kind: Literal["standard", "bonus"] = "standard"
    weight: Weight | None = None
    guideline: Prose = ""
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]


class Band(_Part):
    """A named range of the reported score, from its lower limit up to the next band."""

    label: Line
    from_score: Percent


class Scorecard(_Part):
    """The whole form. A published version never changes; its identity is in `identity`."""

    format: Literal[1] = 1
    id: Slug
    label: Line
    description: Prose = ""
    subject: Literal["ticket", "agent_period"] = "ticket"
    channels: tuple[Channel, ...] = ()
    """Channels that it is meant for; empty: all."""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    translations: dict[str, dict[str, Prose]] = Field(default_factory=dict)
    """By language: dotted path of a text (such as `criteria.empathy.label`) to its translation."""
    pass_mark: Percent | None = None
    bands: tuple[Band, ...] = ()
    auto_fail_score: Literal["zero", "keep"] = "zero"
    """What a form-level auto-fail does to the reported score; the raw score always stays."""
    bonus_over_100: bool = False
    default_answer: Literal["none", "best"] = "none"
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in reading order."""
        return tuple(criterion for section in self.sections for criterion in section.criteria)

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion of that id; raises KeyError where there is none."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)
