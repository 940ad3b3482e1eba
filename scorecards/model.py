"""The scorecard and its parts: immutable, validated one by one; rules across parts live in `document`.

The file format (YAML 1.2 or JSON) has these very fields; `document.schema.json` and the key table of the format's
documentation are generated from this module, from the types and from the texts under the fields.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=8000)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
# Six decimal places bound the size of every exact fraction that scoring makes of these numbers.
Weight = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=6)]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=6)]
Points = Annotated[Decimal, Field(ge=-1000, le=1000, decimal_places=6)]
Measure = Annotated[Decimal, Field(ge=-1_000_000_000, le=1_000_000_000, decimal_places=6)]

Subject = Literal["ticket", "agent_period"]
"""What a scorecard grades."""


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
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True)


Anchors = Annotated[
    dict[Channel | Literal["any"], Prose],
    Field(json_schema_extra={"propertyNames": {"enum": ["any", *(channel.value for channel in Channel)]}}),
]
"""What a reviewer sees or hears at this level, by channel; `any` serves channels without their own text."""

AskWhen = Literal["never", "below_best", "worst", "always"]
CommentWhen = Literal["optional", "below_best", "worst", "always"]


class Reason(_Part):
    """One entry of a root-cause list."""

    id: Slug
    """Short name, unique within the criterion."""
    label: Line
    """What reviewers and agents read."""


class Option(_Part):
    """One possible answer. Its value in [0, 1] is given (rule S1) or follows from the points (rule S2)."""

    id: Slug
    """Short name, unique within the criterion."""
    label: Line
    """What reviewers and agents read."""
    points: Points | None = None
    """Points of this answer; the least of the criterion's points is value 0, the most is value 1."""
    value: Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)] | None = None
    """Value of this answer, instead of points."""
    auto_fail: AutoFailLevel | None = None
    """What this answer brings down: its own criterion, its section or the whole form."""
    critical_error: bool | None = None
    """Counts as an error of the criterion's critical family; left open: true where the value is 0."""
    comment: Literal["optional", "required"] = "optional"
    """Whether this answer needs a comment."""
    anchors: Anchors = Field(default_factory=dict)
    """What a reviewer sees or hears at this level, by channel; `any` serves channels without their own text."""


class NumberRange(_Part):
    """The span of a numeric criterion."""

    low: Measure
    """Least number that can be entered."""
    high: Measure
    """Greatest number that can be entered."""
    step: Annotated[Decimal, Field(gt=0, le=1_000_000_000, decimal_places=6)] = Decimal(1)
    """Distance between two neighbouring numbers; it divides the span."""
    unit: Annotated[str, StringConstraints(max_length=20)] = ""
    """Unit shown beside the number."""
    better: Literal["high", "low"] = "high"
    """Which end is value 1."""
    anchors: Anchors = Field(default_factory=dict)
    """What the numbers mean, by channel; `any` serves channels without their own text."""


class Condition(_Part):
    """Met when the earlier criterion is answered with one of these options."""

    criterion: Slug
    """An earlier criterion with options."""
    is_one_of: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Options of that criterion."""


class ShowIf(_Part):
    """When a criterion is asked at all. Exactly one of the two lists is given."""

    all_of: tuple[Condition, ...] = ()
    """Asked when every one of these conditions is met."""
    any_of: tuple[Condition, ...] = ()
    """Asked when at least one of these conditions is met."""


class Criterion(_Part):
    """One question of a scorecard. After loading, yes/no and scale criteria always carry their options."""

    id: Slug
    """Short name, unique within the scorecard."""
    label: Line
    """What reviewers and agents read."""
    type: CriterionType
    """What kind of answer it takes."""
    weight: Weight = Decimal(1)
    """Its weight among the criteria of its section, or of the whole form where sections have no weights."""
    allow_na: bool = False
    """Whether "not applicable" is an answer; it takes the criterion out of the score. Makes a text optional."""
    guideline: Prose = ""
    """How to judge it."""
    skill: Slug | None = None
    """The skill that it grades, for reports by skill."""
    skill_type: SkillType | None = None
    """Which half of the report it counts in."""
    critical: CriticalFamily | None = None
    """Whom an error here hurts; counted apart from the score."""
    levels: Annotated[int, Field(ge=2, le=11)] | None = None
    """Number of levels of a scale, worst first; options named 1..levels are made where none are given."""
    options: tuple[Option, ...] = ()
    """The possible answers of a choice, and own texts for those of a yes/no or scale."""
    number: NumberRange | None = None
    """The span of a number."""
    reasons: tuple[Reason, ...] = ()
    """Root causes to pick from."""
    ask_reasons: AskWhen = "never"
    """When at least one reason must be picked."""
    comment: CommentWhen = "optional"
    """When a comment is required, besides options that require one themselves."""
    show_if: ShowIf | None = None
    """Asked only when earlier answers say so."""


class Section(_Part):
    """A group of criteria. Either every section of a scorecard has a weight or none has."""

    id: Slug
    """Short name, unique within the scorecard."""
    label: Line
    """What reviewers and agents read."""
    kind: Literal["standard", "bonus"] = "standard"
    """A bonus section can only add to the score."""
    weight: Weight | None = None
    """Its weight among the sections; given for all sections or for none."""
    guideline: Prose = ""
    """How to judge it."""
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    """Its questions, in reading order."""


class Band(_Part):
    """A named range of the reported score, from its lower limit up to the next band."""

    label: Line
    """Name of the range."""
    from_score: Percent
    """Lower limit in percent; the first band starts at 0."""


Days = Annotated[int, Field(ge=1, le=365)]


class DisputeRules(_Part):
    """Whether agents may contest a review, for how long, and who decides."""

    allowed: bool = True
    """Whether a review may be contested at all."""
    window_days: Days = 14
    """For so many days from its first release; a correction does not start them again."""
    rounds: Annotated[int, Field(ge=1, le=9)] = 1
    """How often the same review may be contested; a dispute that was withdrawn does not count."""
    decided_by: Literal["blind", "author", "lead"] = "blind"
    """Who decides: a second grader or a lead after a blind second grade, the author of the review, or a lead alone."""
    graded_again: Literal["contested", "whole"] = "contested"
    """What the second grader grades: the contested criteria, or the whole form."""
    decision_days: Days = 7
    """From the day on which it is raised to the day by which it is decided."""


class AcknowledgementRules(_Part):
    """Whether agents confirm that they have read a review."""

    mode: Literal["off", "asked", "automatic"] = "asked"
    """Not at all, by the agent, or by the agent and otherwise by itself after some days."""
    after_days: Days = 14
    """Days from the release after which `automatic` confirms by itself."""


class Scorecard(_Part):
    """The whole form. A published version never changes."""

    format: Literal[1] = 1
    """Version of the file format."""
    id: Slug
    """Short name, shared by all versions of the scorecard."""
    label: Line
    """What people read."""
    description: Prose = ""
    """What it is for."""
    subject: Subject = "ticket"
    """What one review looks at: one ticket, or an agent over a period."""
    channels: tuple[Channel, ...] = ()
    """Channels that it is meant for; empty: all."""
    language: Language = "en"
    """Language of the texts."""
    translations: dict[Language, dict[str, Prose]] = Field(default_factory=dict)
    """By language: dotted path of a text (such as `criteria.empathy.label`) to its translation."""
    pass_mark: Percent | None = None
    """Reported score from which a review passes."""
    bands: tuple[Band, ...] = ()
    """Named ranges of the reported score, lowest first."""
    auto_fail_score: Literal["zero", "keep"] = "zero"
    """What a form-level auto-fail does to the reported score; the raw score always stays."""
    bonus_over_100: bool = False
    """Whether bonus sections may lift the score above 100."""
    default_answer: Literal["none", "best"] = "none"
    """Whether the form opens empty or with the best answers filled in."""
    outcomes: Literal["hidden", "shown"] = "hidden"
    """Whether reviewers see the ticket's outcomes, such as CSAT, before they submit; blind calibrations never do."""
    disputes: DisputeRules = Field(default_factory=DisputeRules)
    """Whether agents may contest a review, and how that is decided."""
    acknowledgement: AcknowledgementRules = Field(default_factory=AcknowledgementRules)
    """Whether agents are asked to confirm that they have read a review."""
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    """The groups of criteria, in reading order."""

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
