"""An answer to one criterion: chosen, not applicable or missing. Three cases, never a number."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class AnswerState(StrEnum):
    """What a reviewer did with a criterion."""

    CHOSEN = "chosen"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. A chosen answer carries exactly one of option, number or text; the other two states carry nothing.

    Raises:
        ValueError: the parts do not fit the state.
    """

    state: AnswerState
    option_id: str | None = None
    number: Decimal | None = None
    text: str | None = None

    def __post_init__(self) -> None:
        """Refuse a state that its parts contradict."""
        given = sum(part is not None for part in (self.option_id, self.number, self.text))
        expected = 1 if self.state is AnswerState.CHOSEN else 0
        if given != expected:
            raise ValueError(f"a {self.state} answer carries {expected} of option, number and text, not {given}")

    @classmethod
    def choose(cls, option_id: str) -> "Answer":
        """An option of a yes/no, choice or scale criterion."""
        return cls(AnswerState.CHOSEN, option_id=option_id)

    @classmethod
    def measure(cls, number: Decimal) -> "Answer":
        """A number within a numeric range."""
        return cls(AnswerState.CHOSEN, number=number)

    @classmethod
    def write(cls, text: str) -> "Answer":
        """Free text, which has no score."""
        return cls(AnswerState.CHOSEN, text=text)


NOT_APPLICABLE = Answer(AnswerState.NOT_APPLICABLE)
MISSING = Answer(AnswerState.MISSING)
