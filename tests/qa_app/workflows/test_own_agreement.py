import pytest

from qa_app.errors import NotAllowed
from qa_app.estimate import Estimate, Undefined
from qa_app.workflows import calibration
from qa_app.workflows.own_agreement import trace_agreement
from tests.qa_app.workflows.house import BO, CY, DI, FACILITATOR, NINA, T1, T2, T3, House


def test_agreement_is_the_share_of_equal_answers_ticket_by_ticket(house: House) -> None:
    session = house.open_session(T1.id, T2.id, T3.id, graders=(BO, CY, DI))
    given: dict[str, tuple[dict[str, str | float], ...]] = {
        "Bo": ({}, {}, {}),
        "Cy": ({"empathy": "3"}, {}, {"empathy": "3", "wait": 5}),
        "Di": ({}, {"identity": "no"}, {}),
    }
    house.grade_session(session, given, BO, CY, DI)
    assert trace_agreement(house.act(BO)) == ()
    house.tick(hours=1)
    calibration.reveal_session(house.act(FACILITATOR), session.id)

    (found,) = trace_agreement(house.act(BO))

    # Ten pairs of answers a ticket (five criteria, the sixth is a text; two colleagues): 90, 90 and 80 % are equal.
    # Mean 260/3, s = 5.7735, t(2; 0.975) = 4.3027: the margin is 14.342, cut at 100 %.
    assert (found.session_id, found.name, found.revealed_at) == (session.id, "Week 10", house.now)
    assert isinstance(found.same, Estimate)
    assert found.same.value == pytest.approx(260 / 3)
    assert found.same.low == pytest.approx(260 / 3 - 14.342, abs=0.001)
    assert (found.same.high, found.same.n_units, found.same.n_raters) == (100.0, 3, 3)


def test_sessions_of_others_and_tickets_graded_alone_have_no_figure(house: House) -> None:
    of_others = house.open_session(T2.id, graders=(CY, DI))
    house.grade_session(of_others, {"Cy": ({},), "Di": ({},)}, CY, DI)
    calibration.reveal_session(house.act(FACILITATOR), of_others.id)
    own = house.open_session(T1.id, graders=(BO, CY, DI))
    house.grade_session(own, {"Cy": ({},), "Di": ({},)}, CY, DI)
    calibration.reveal_session(house.act(FACILITATOR), own.id)
    (found,) = trace_agreement(house.act(BO))
    assert found.session_id == own.id
    assert isinstance(found.same, Undefined)
    assert found.same.reason == "no-values"


def test_agents_have_no_agreement_with_reviewers(house: House) -> None:
    with pytest.raises(NotAllowed):
        trace_agreement(house.act(NINA))
