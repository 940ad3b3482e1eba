"""The columns of a scorecard as a list, as people keep it in a spreadsheet, and the list of a scorecard.

At the top stand facts about the form, a name and its value in each row. Below follows one header row, then a row for
each criterion and each of its options. `list_reading` reads such a list back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from scorecards.criterion_edits import make_id
from scorecards.model import (
    Channel,
    Condition,
    Criterion,
    CriterionType,
    NumberRange,
    Option,
    Reason,
    Scorecard,
    Section,
)

ListCell = str | int | Decimal | bool | None
Owner = Literal["section", "criterion", "option", "number"]
Kind = Literal["text", "word", "number", "mark", "id"]
"""What a column takes: words as they are, one of the format's words, a number, yes or no, or an id."""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column of the list."""

    header: str
    owner: Owner
    key: str
    """Key of the scorecard format."""
    kind: Kind
    meaning: str
    channel: Channel | Literal["any"] | None = None
    """For anchors: the channel that they are for."""


_ANCHOR_NAMES: Mapping[Channel | Literal["any"], str] = {
    "any": "Anchor",
    Channel.EMAIL: "Anchor e-mail",
    Channel.CHAT: "Anchor chat",
    Channel.CALL: "Anchor call",
    Channel.WEB: "Anchor web",
    Channel.SMS: "Anchor SMS",
    Channel.SOCIAL: "Anchor social",
    Channel.ROLE_PLAY: "Anchor role-play",
    Channel.OTHER: "Anchor other",
}


def _describe_anchor(channel: Channel | Literal["any"]) -> str:
    what = "What a reviewer sees or hears at this level"
    return f"{what}." if channel == "any" else f"{what}, on this channel."


COLUMNS: tuple[ListColumn, ...] = (
    ListColumn("Section", "section", "label", "text", "Name of the section. Blank: the section above goes on."),
    ListColumn("Criterion", "criterion", "label", "text", "The question. Blank: another option of the one above."),
    ListColumn("Type", "criterion", "type", "word", "yes/no, choice, scale, number or text."),
    ListColumn("Weight", "criterion", "weight", "number", "Left out: 1."),
    ListColumn("N/A", "criterion", "allow_na", "mark", "yes where “not applicable” is an answer."),
    ListColumn("Option", "option", "label", "text", "One possible answer. Levels of a scale stand worst first."),
    ListColumn("Points", "option", "points", "number", "What the answer is worth."),
    *(
        ListColumn(name, "option", "anchors", "text", _describe_anchor(channel), channel)
        for channel, name in _ANCHOR_NAMES.items()
    ),
    ListColumn("Auto-fail", "option", "auto_fail", "word", "item, section or form: what this answer brings down."),
    ListColumn("Option comment", "option", "comment", "word", "required where this answer needs a comment."),
    ListColumn("Guideline", "criterion", "guideline", "text", "How to judge it."),
    ListColumn("Comment", "criterion", "comment", "word", "optional, below best, worst or always."),
    ListColumn("Reasons", "criterion", "reasons", "text", "Root causes, one a line or with semicolons between."),
    ListColumn("Ask reasons", "criterion", "ask_reasons", "word", "never, below best, worst or always."),
    ListColumn("Critical", "criterion", "critical", "word", "customer, business or compliance."),
    ListColumn("Show if", "criterion", "show_if", "text", "Such as: Was the customer upset? = Yes"),
    ListColumn("Skill", "criterion", "skill", "id", "For reports by skill."),
    ListColumn("Half", "criterion", "skill_type", "word", "soft or hard."),
    ListColumn("Levels", "criterion", "levels", "number", "Of a scale without options of its own."),
    ListColumn("Low", "number", "low", "number", "Least number that can be entered."),
    ListColumn("High", "number", "high", "number", "Greatest number that can be entered."),
    ListColumn("Step", "number", "step", "number", "Left out: 1."),
    ListColumn("Unit", "number", "unit", "text", "Shown beside the number."),
    ListColumn("Better", "number", "better", "word", "high or low: which end is best."),
    ListColumn("Value", "option", "value", "number", "From 0 to 1, instead of points."),
    ListColumn("Critical error", "option", "critical_error", "mark", "Left out: yes where the answer is worth 0."),
    ListColumn("Section weight", "section", "weight", "number", "In a section's first row. For all sections or none."),
    ListColumn("Section kind", "section", "kind", "word", "standard or bonus."),
    ListColumn("Section guideline", "section", "guideline", "text", "How to judge the section."),
    ListColumn("Section id", "section", "id", "id", "Left out: made of the name."),
    ListColumn("Criterion id", "criterion", "id", "id", "Left out: made of the criterion."),
    ListColumn("Option id", "option", "id", "id", "Left out: made of the option."),
)

FACTS: Mapping[str, tuple[str, Kind]] = MappingProxyType(
    {
        "Name": ("label", "text"),
        "Id": ("id", "id"),
        "Description": ("description", "text"),
        "Subject": ("subject", "word"),
        "Channels": ("channels", "word"),
        "Language": ("language", "text"),
        "Pass mark": ("pass_mark", "number"),
        "Auto-fail score": ("auto_fail_score", "word"),
        "Bonus over 100": ("bonus_over_100", "mark"),
        "Default answer": ("default_answer", "word"),
    }
)
"""The facts at the top: name to key and kind. `Band` stands beside them, once for each band, with its lower limit."""
BAND = "Band"


def list_facts(scorecard: Scorecard) -> tuple[tuple[str, ListCell, ListCell], ...]:
    """The rows at the top: name, value, and the limit of a band; what equals its default is left out."""
    given = scorecard.model_dump(exclude_defaults=True)
    rows: list[tuple[str, ListCell, ListCell]] = [
        (name, _write(given[key]), None) for name, (key, _) in FACTS.items() if key in given
    ]
    return (*rows, *((BAND, band.label, band.from_score) for band in scorecard.bands))


def list_rows(scorecard: Scorecard, columns: Sequence[ListColumn]) -> Iterator[tuple[ListCell, ...]]:
    """The rows below the header. Translations have no place in a list."""
    for section in scorecard.sections:
        for index, criterion in enumerate(section.criteria):
            parts: dict[Owner, Section | Criterion | Option | NumberRange | None] = {
                "section": section if index == 0 else None,
                "criterion": criterion,
                "number": criterion.number,
            }
            for option in criterion.options or (None,):
                yield tuple(_cell(column, parts, option) for column in columns)
                parts = {}


def used_columns(scorecard: Scorecard, *, ids: bool = True) -> tuple[ListColumn, ...]:
    """The columns in which something stands, with those that every list has; `ids`: also the columns of ids."""
    rows = list(list_rows(scorecard, COLUMNS))
    always = {"Section", "Criterion", "Type", "Weight", "N/A", "Option", "Points"}
    return tuple(
        column
        for place, column in enumerate(COLUMNS)
        if (ids or column.key != "id") and (column.header in always or any(row[place] is not None for row in rows))
    )


def column_table() -> str:
    """Markdown for the documentation: each column, what it takes, and the key of the format that it stands for."""
    rows = [
        f"| {column.header} | {column.meaning} | `{_owner_key(column)}` |"
        for column in COLUMNS
        if column.channel in {None, "any", Channel.CHAT}
    ]
    return "\n".join(["| column | takes | stands for |", "|---|---|---|", *rows, ""])


def _owner_key(column: ListColumn) -> str:
    return f"{column.owner}.{column.key}" + (f".{column.channel}" if column.channel else "")


def _cell(
    column: ListColumn,
    parts: Mapping[Owner, Section | Criterion | Option | NumberRange | None],
    option: Option | None,
) -> ListCell:
    part = option if column.owner == "option" else parts.get(column.owner)
    if column.channel is not None:
        holder = option or parts.get("number")
        return holder.anchors.get(column.channel) if isinstance(holder, Option | NumberRange) else None
    if part is None:
        return None
    if column.key == "levels" and isinstance(part, Criterion) and part.options:
        return None
    if column.key in {"reasons", "show_if"} and isinstance(part, Criterion):
        return _reasons(part.reasons) if column.key == "reasons" else _condition(part)
    given = part.model_dump(exclude_defaults=True).get(column.key)
    return _write(given)


def _write(given: object) -> ListCell:
    match given:
        case None | "":
            return None
        case bool():
            return "yes" if given else "no"
        case CriterionType():
            return "yes/no" if given is CriterionType.YES_NO else given.value
        case tuple():
            return ", ".join(_words(str(part)) for part in given)
        case Decimal() | int():
            return given
        case str():
            return _words(given)
        case _:
            raise TypeError(f"{given!r} has no place in a cell")


def _words(text: str) -> str:
    """Codes such as `below_best` as people write them; anything else as it is."""
    return text.replace("_", " ") if text in _CODES else text


_CODES = frozenset({"below_best", "agent_period", "role_play"})


def _reasons(reasons: Sequence[Reason]) -> str | None:
    """One a line; the id in front where it is not the one that would be made of the label."""
    return (
        "\n".join(
            reason.label if reason.id == make_id(reason.label) else f"{reason.id} = {reason.label}"
            for reason in reasons
        )
        or None
    )


def _condition(criterion: Criterion) -> str | None:
    rule = criterion.show_if
    if rule is None:
        return None
    written = "; ".join(map(_one_condition, rule.any_of or rule.all_of))
    return f"any: {written}" if rule.any_of else written


def _one_condition(condition: Condition) -> str:
    return f"{condition.criterion} = {', '.join(condition.is_one_of)}"
