"""An answer cannot contradict itself."""

from decimal import Decimal

import pytest

from scorecards.answers import MISSING, NOT_APPLICABLE, Answer, AnswerState


@pytest.mark.parametrize(
    ("state", "parts", "message"),
    [
        (AnswerState.CHOSEN, {}, "a chosen answer carries 1 of option, number and text, not 0"),
        (AnswerState.CHOSEN, {"option_id": "yes", "number": Decimal(1)}, "a chosen answer carries 1 .*, not 2"),
        (AnswerState.MISSING, {"text": ""}, "a missing answer carries 0 of option, number and text, not 1"),
        (AnswerState.NOT_APPLICABLE, {"option_id": "yes"}, "a not_applicable answer carries 0 .*, not 1"),
    ],
)
def test_answer_whose_parts_contradict_its_state_is_refused(
    state: AnswerState, parts: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Answer(state, **parts)  # type: ignore[arg-type]


def test_answer_missing_not_applicable_and_zero_are_three_things() -> None:
    assert len({MISSING, NOT_APPLICABLE, Answer.measure(Decimal(0)), Answer.write(""), Answer.choose("0")}) == 5
