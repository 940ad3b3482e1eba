from decimal import Decimal

import pytest

from scorecards.model import Condition, Criterion, CriterionType, Scorecard, Section, ShowIf
from scorecards.narrowing import narrow, with_drivers


def asked_if(criterion: str) -> ShowIf:
    return ShowIf(all_of=(Condition(criterion=criterion, is_one_of=("yes",)),))


CARD = Scorecard(
    id="core",
    label="Core",
    sections=(
        Section(
            id="open",
            label="Opening",
            weight=Decimal(2),
            criteria=(
                Criterion(id="verified", label="Verified", type=CriterionType.YES_NO),
                Criterion(id="how", label="How", type=CriterionType.YES_NO, show_if=asked_if("verified")),
            ),
        ),
        Section(
            id="end",
            label="End",
            weight=Decimal(1),
            criteria=(Criterion(id="again", label="Again", type=CriterionType.YES_NO, show_if=asked_if("how")),),
        ),
    ),
)


def test_part_keeps_order_and_weights_and_drops_empty_sections() -> None:
    part = narrow(CARD, {"how", "verified"})
    assert part == CARD.model_copy(update={"sections": CARD.sections[:1]})
    assert narrow(CARD, {"verified"}).sections[0].criteria == CARD.sections[0].criteria[:1]
    assert narrow(CARD, {"again", "how", "verified"}) == CARD


def test_conditions_bring_what_they_rest_on() -> None:
    assert with_drivers(CARD, ["again"]) == ("verified", "how", "again")
    assert with_drivers(CARD, ["how"]) == ("verified", "how")
    assert with_drivers(CARD, []) == ()


@pytest.mark.parametrize("wanted", [[], ["colour"], ["again"]], ids=["none", "unknown", "without its driver"])
def test_part_that_could_not_be_asked_is_refused(wanted: list[str]) -> None:
    with pytest.raises(ValueError, match=r"not criteria|left out"):
        narrow(CARD, wanted)
