"""A scorecard that grades an agent over a period is for no ticket, whoever would hand it out and how."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from db.records import Frame
from db.store import scorecards
from qa_app.errors import Refused
from qa_app.workflows import calibration, calibration_series, certificates, checks, sampling
from qa_app.workflows.calibration import NewSession
from qa_app.workflows.scorecards import list_in_force
from tests.qa_app.workflows.house import BO, CY, FACILITATOR, MANAGER, PERIOD_CARD, T1, VERSION, House

CARD, GRADERS = PERIOD_CARD.scorecard_id, (BO.id, CY.id)


def hand_out(house: House) -> object:
    sample = sampling.draw_sample(house.act(MANAGER), sampling.NewPlan("Week 10", Frame(), size=2), seed=1)
    return sampling.assign_sample(
        house.act(MANAGER), sample.id, version_id=PERIOD_CARD.id, reviewer_ids=GRADERS, due_at=None, seed=1
    )


def open_session(house: House) -> object:
    return calibration.open_session(house.act(FACILITATOR), NewSession("Week 10", PERIOD_CARD.id, (T1.id,), GRADERS))


def add_series(house: House) -> object:
    new = calibration_series.NewSeries("Weekly", CARD, GRADERS, first_on=house.now.date())
    return calibration_series.add_series(house.act(FACILITATOR), new)


def set_check_rule(house: House) -> object:
    return checks.set_rule(house.act(FACILITATOR), checks.NewCheckRule(CARD, Decimal(5), Decimal(2), 6))


def set_certificate_rule(house: House) -> object:
    return certificates.set_rule(house.act(FACILITATOR), certificates.NewRule(CARD))


@pytest.mark.parametrize("use", [hand_out, open_session, add_series, set_check_rule, set_certificate_rule])
def test_card_for_agents_is_used_for_no_ticket(house: House, use: Callable[[House], object]) -> None:
    with house.store.write() as tx:
        scorecards.add_version(tx, PERIOD_CARD)

    with pytest.raises(Refused) as refusal:
        use(house)

    assert (refusal.value.code, refusal.value.message) == (
        "scorecard-subject",
        "Agent over a period grades an agent over a period, not a ticket; choose another scorecard.",
    )


def test_cards_are_offered_by_what_they_grade(house: House) -> None:
    with house.store.write() as tx:
        scorecards.add_version(tx, PERIOD_CARD)
    context = house.act(MANAGER)

    assert [version.id for version in list_in_force(context)] == [VERSION.id]
    assert [version.id for version in list_in_force(context, "agent_period")] == [PERIOD_CARD.id]
