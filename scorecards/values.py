"""What one answer is worth, as an exact fraction in [0, 1] (rules S1 to S4)."""

from decimal import Decimal
from fractions import Fraction

from scorecards.answers import Answer, AnswerState
from scorecards.model import Criterion, CriterionType, NumberRange, Option


def find_option(criterion: Criterion, option_id: str) -> Option | None:
    """The criterion's option of that id, if it has one."""
    return next((option for option in criterion.options if option.id == option_id), None)


def option_value(criterion: Criterion, option: Option) -> Fraction:
    """The given value (S1), or the points over the span of the criterion's points (S2)."""
    if option.value is not None:
        return Fraction(option.value)
    points = [Fraction(each.points or 0) for each in criterion.options]
    return (Fraction(option.points or 0) - min(points)) / (max(points) - min(points))


def number_value(span: NumberRange, number: Decimal) -> Fraction:
    """The place of the number between the worse and the better end (S3)."""
    low, high = Fraction(span.low), Fraction(span.high)
    above_low = (Fraction(number) - low) / (high - low)
    return above_low if span.better == "high" else 1 - above_low


def answer_value(criterion: Criterion, answer: Answer) -> Fraction | None:
    """None for an answer that does not count: not applicable, missing, or a text (S4).

    Raises:
        ValueError: the answer does not fit the criterion; `scoring.check` finds this first and says it to people.
    """
    if answer.state is not AnswerState.CHOSEN:
        return None
    if criterion.type is CriterionType.TEXT and answer.text is not None:
        return None
    if (
        criterion.number
        and answer.number is not None
        and criterion.number.low <= answer.number <= criterion.number.high
    ):
        return number_value(criterion.number, answer.number)
    option = find_option(criterion, answer.option_id) if answer.option_id is not None else None
    if option is None:
        raise ValueError(f"{answer} is no answer to criterion {criterion.id}")
    return option_value(criterion, option)
