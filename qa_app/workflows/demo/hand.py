"""A simulated reviewer's hand: from what a conversation truly shows to a filled scorecard.

Reviewers see the true quality, shifted by their severity and blurred by their noise; the answer is the option whose
value lies nearest.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from db.records import Evidence, Rating
from qa_app.workflows.demo.conversations import Conversation
from qa_app.workflows.demo.dice import Dice
from qa_app.workflows.demo.remarks import NOTHING_SHOWN, OTHER_REMARK, OVERALL, REMARKS
from qa_app.workflows.grading import Filled
from scorecards.answers import NOT_APPLICABLE, Answer
from scorecards.model import Criterion, CriterionType, Scorecard
from scorecards.values import answer_value, option_value
from scorecards.visibility import asked_criteria

_HALF = Fraction(1, 2)
_LOW = Fraction(2, 5)
_FINE, _POOR = 0.75, 0.45
"""Mean quality above which a conversation is praised, and up to which it needs a talk."""
_TELLING = 25
"""Letters from which a sentence is worth quoting."""
_FACT_BONUS = 0.25
"""A yes/no question about a fact is missed only by work that is clearly weak."""


def fill_in(card: Scorecard, told: Conversation, *, severity: float, noise: float, dice: Dice) -> Filled:
    """Grade a conversation as a reviewer of this severity and noise does."""
    answers = {criterion.id: _answer(criterion, told, severity + dice.bell(noise)) for criterion in card.criteria}
    asked = asked_criteria(card, answers)
    ratings = tuple(
        _rate(criterion, answers[criterion.id], dice) for criterion in card.criteria if criterion.id in asked
    )
    mean = sum(told.quality.values()) / max(1, len(told.quality))
    comment = _sum_up(mean, ratings) if dice.happens(0.5) else ""
    return Filled(ratings, _evidence(card, ratings, told, dice), comment, 90 + dice.whole(0, 400))


def _sum_up(mean: float, ratings: Sequence[Rating]) -> str:
    """The overall comment; it sends nobody to comments that are not there."""
    if mean > _FINE:
        return OVERALL[0]
    if mean <= _POOR:
        return OVERALL[2]
    return OVERALL[1] if any(rating.comment for rating in ratings) else NOTHING_SHOWN


def _answer(criterion: Criterion, told: Conversation, severity: float) -> Answer:
    """The option nearest to what was seen; not applicable where the conversation had no occasion."""
    seen = told.quality.get(criterion.skill or "")
    if seen is None and criterion.allow_na:
        return NOT_APPLICABLE
    wanted = min(1.0, max(0.0, (0.8 if seen is None else seen) - severity))
    if criterion.type is CriterionType.TEXT:
        return Answer.write("Nothing to add.")
    if criterion.number is not None:
        span = criterion.number
        place = wanted if span.better == "high" else 1 - wanted
        return Answer.measure(span.low + span.step * Decimal(round(place * int((span.high - span.low) / span.step))))
    if criterion.type is CriterionType.YES_NO:
        wanted = min(1.0, wanted + _FACT_BONUS)
    nearest = min(criterion.options, key=lambda option: abs(option_value(criterion, option) - Fraction(wanted)))
    return Answer.choose(nearest.id)


def _rate(criterion: Criterion, answer: Answer, dice: Dice) -> Rating:
    """The answer with the comment and reasons that the scorecard asks for, and some that nobody asked for."""
    value = answer_value(criterion, answer)
    option = next((option for option in criterion.options if option.id == answer.option_id), None)
    due = _is_due(criterion.comment, value) or (option is not None and option.comment == "required")
    happens = dice.happens(0.12 if value == 1 else 0.06)
    wants = value is not None and (value < _LOW or happens)
    good, poor = REMARKS.get(criterion.skill or "", OTHER_REMARK)
    comment = (good if value is None or value > _HALF else poor) if due or wants else ""
    asks = bool(criterion.reasons) and _is_due(criterion.ask_reasons, value)
    return Rating(criterion.id, answer, comment, (dice.pick(criterion.reasons).id,) if asks else ())


def _is_due(when: str, value: Fraction | None) -> bool:
    return when == "always" or (
        value is not None and ((when == "below_best" and value < 1) or (when == "worst" and value == 0))
    )


def _evidence(card: Scorecard, ratings: Sequence[Rating], told: Conversation, dice: Dice) -> tuple[Evidence, ...]:
    """A quote for most comments, from a message in which the skill showed."""
    found = []
    for rating in ratings:
        skill = card.criterion(rating.criterion_id).skill
        places = [shown.message for shown in told.shown if shown.message is not None and skill in shown.skills]
        if rating.comment and places and dice.happens(0.8):
            place = dice.pick(places)
            text = told.texts[place]
            start, end = _find_sentence(text)
            seconds = told.start_seconds[place]
            found.append(Evidence(rating.criterion_id, text[start:end], place + 1, start, end, start_seconds=seconds))
    return tuple(found)


def _find_sentence(text: str) -> tuple[int, int]:
    """Start and end of the first sentence that says something: a salutation is no evidence. At most 160 characters."""
    sentences = [found.span() for found in re.finditer(r"[^\s.!?][^.!?\n]*[.!?]?", text)]
    start, end = next((span for span in sentences if span[1] - span[0] >= _TELLING), (0, len(text)))
    return start, min(end, start + 160)
