import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from scipy.stats import ttest_1samp, ttest_ind

from db.records import Frame, Person, PersonId, Role, Selection, Ticket
from db.store import people, tickets
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.estimate import Estimate, Undefined
from qa_app.reports import AgentReport
from qa_app.stats.mean import mean
from qa_app.stats.proportion import in_percent, proportion
from qa_app.workflows import calibration, coaching, grading, raw_export, reviews, sampling
from qa_app.workflows.agent_results import report_agent
from scorecards.model import Channel
from tests.factories import NOON, fill, make_conversation
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CY,
    FACILITATOR,
    LEAD,
    MANAGER,
    NINA,
    NORTH,
    SAM,
    T1,
    T2,
    T3,
    T4,
    UTC_ZONE,
    VERSION,
    House,
)

START, END = date(2026, 3, 2), date(2026, 3, 15)
Changes = Mapping[str, str | float]


def report(house: House, actor: Person = COACH, *, agent: Person = NINA, start: date = START) -> AgentReport:
    return report_agent(house.act(actor), agent.id, start=start, end=END, zone=UTC_ZONE)


def test_headline_is_the_mean_of_random_reviews_with_students_interval(house: House) -> None:
    scores = [graded(house, T1, {}), graded(house, T2, {"wait": 3}), graded(house, T3, {"empathy": "3"})]
    assert scores == [100.0, 95.0, 83.3]
    found = report(house)
    theirs = ttest_1samp(scores, 0).confidence_interval()
    assert isinstance(found.score, Estimate)
    # The upper limit, 114.4, is cut at 100.
    assert (found.score.value, found.score.low, found.score.high) == pytest.approx((278.3 / 3, theirs.low, 100.0))
    assert (found.agent, found.team, found.start, found.end) == (NINA, "North", START, END)
    assert [line.review.ticket_id for line in found.reviews] == [T3.id, T2.id, T1.id]
    assert found.passed == in_percent(proportion(3, 3))


def test_random_and_targeted_reviews_stand_apart(house: House) -> None:
    graded(house, T1, {})
    graded(house, T2, {"wait": 3})
    for selection, changes in ((Selection.TARGETED, {"identity": "no"}), (Selection.BY_HAND, {"greeting": "no"})):
        house.grade(BO, T3, changes, selection=selection)
    found = report(house)
    assert isinstance(found.score, Estimate)
    assert isinstance(found.targeted, Estimate)
    assert (found.score.value, found.score.n_units) == (97.5, 2)
    # An auto-fail reports 0; without the greeting it is 5 of 6 weights.
    assert (found.targeted.value, found.targeted.n_units) == pytest.approx((83.3 / 2, 2))
    assert isinstance(found.passed, Estimate)
    assert found.passed.n_units == 2
    assert len(found.reviews) == 4
    assert {line.label: line.n_reviews for line in found.skills} == {
        "Attitude": 2, "Empathy": 2, "Problem solving": 2, "Procedure": 2,
    }  # fmt: skip


def test_thinner_strata_weigh_by_what_they_stand_for(house: House) -> None:
    calls = [make_conversation(number, agent=NINA, channel=Channel.CALL) for number in range(10, 20)]
    with house.store.write() as tx:
        tickets.add_conversations(tx, calls)
    plan = sampling.NewPlan("By channel", Frame(agent_ids=(NINA.id,)), size=4, strata=("channel",))
    sample = sampling.draw_sample(house.act(MANAGER), plan, seed=1)
    sampling.assign_sample(
        house.act(MANAGER), sample.id, version_id=VERSION.id, reviewer_ids=[BO.id], due_at=None, seed=1
    )
    values, shares = [], []
    probability = {item.ticket_id: item.probability for item in sample.items}
    for place, row in enumerate(grading.list_queue(house.act(BO))):
        changes: Changes = {"wait": 2 * place}
        review = house.submit(BO, row.assignment.id, fill(changes))
        assert review.score is not None
        assert review.score.reported is not None
        values.append(float(review.score.reported))
        shares.append(float(probability[row.ticket.id]))
    assert len(set(shares)) == 2
    found = report(house)
    assert found.score == mean(values, probabilities=shares, bounds=(0.0, 100.0))
    assert isinstance(found.score, Estimate)
    weighted = sum(value / share for value, share in zip(values, shares, strict=True))
    assert found.score.value == pytest.approx(weighted / sum(1 / share for share in shares))
    assert "weighted by 1/probability" in found.score.method
    for counted in (read_lines(found), read_raw(house)):
        again = sum(score * weight for score, weight in counted) / sum(weight for _, weight in counted)
        assert again == pytest.approx(found.score.value)


def read_lines(found: AgentReport) -> list[tuple[float, float]]:
    """Score and what each review stands for, as the sheet of reviews has them."""
    return [
        (float(line.review.score.reported), float(line.stands_for))
        for line in found.reviews
        if line.review.score and line.review.score.reported is not None and line.stands_for
    ]


def read_raw(house: House) -> list[tuple[float, float]]:
    """The same from the raw data."""
    target = io.BytesIO()
    raw_export.export_raw(house.act(MANAGER), target, start=START, end=END, zone=UTC_ZONE)
    rows = csv.DictReader(io.StringIO(target.getvalue().decode("utf-8-sig")))
    found = {row["review"]: (float(row["reported_score"]), 1 / float(row["probability"])) for row in rows}
    return list(found.values())


def test_change_is_against_the_period_of_equal_length_before(house: House) -> None:
    house.now = NOON - timedelta(days=7)
    earlier = [graded(house, T1, {"wait": 6}), graded(house, T2, {"wait": 8})]
    house.now = NOON
    later = [graded(house, T3, {}), graded(house, T1, {"wait": 1}), graded(house, T2, {"wait": 2})]
    house.now = NOON + timedelta(days=20)
    found = report(house)
    assert isinstance(found.before, Estimate)
    assert isinstance(found.change, Estimate)
    assert found.before.value == pytest.approx(sum(earlier) / 2)
    theirs = ttest_ind(later, earlier, equal_var=False).confidence_interval()
    assert (found.change.value, found.change.low, found.change.high) == pytest.approx(
        (sum(later) / 3 - sum(earlier) / 2, theirs.low, theirs.high)
    )


def test_void_and_superseded_reviews_leave_the_figures(house: House) -> None:
    graded(house, T1, {})
    void, wrong = house.grade(BO, T2, {"identity": "no"}), house.grade(BO, T3, {"identity": "no"})
    reviews.void_review(house.act(MANAGER), void.id, reason="Test ticket")
    reviews.correct_review(house.act(BO), wrong.id, fill({"wait": 6}), reason="It was checked")
    found = report(house)
    assert isinstance(found.score, Estimate)
    assert (found.score.value, found.score.n_units) == pytest.approx((95.0, 2))
    assert [line.review.ticket_id for line in found.reviews] == [T3.id, T1.id]


def test_calibration_grades_never_enter_the_report(house: House) -> None:
    graded(house, T2, {})
    session = house.open_session(T1.id)
    house.grade_session(session, {"Bo": ({"identity": "no"},), "Cy": ({"identity": "no"},)}, BO, CY)
    blind = report(house)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    for found in (blind, report(house)):
        assert isinstance(found.score, Estimate)
        assert (found.score.value, found.score.n_units, len(found.reviews)) == (100.0, 1, 1)


def test_agents_see_released_reviews_only_and_the_methods_say_so(house: House) -> None:
    first = house.grade(BO, T1)
    graded(house, T2, {"wait": 3})
    house.release(first)
    own, of_coach = report(house, NINA), report(house, COACH)
    assert [line.review.id for line in own.reviews] == [first.id]
    assert isinstance(own.score, Estimate)
    assert own.score.value == 100.0
    assert len(of_coach.reviews) == 2
    assert "released reviews only" in method(own, "Agent and period")
    assert "all submitted reviews, released or not" in method(of_coach, "Agent and period")


def test_shares_free_of_critical_errors_count_by_family(house: House) -> None:
    graded(house, T1, {})
    graded(house, T2, {"identity": "no", "empathy": "1"})
    graded(house, T3, {"identity": "no"})
    found = report(house)
    assert found.critical == {
        "customer": in_percent(proportion(2, 3)),
        "business": in_percent(proportion(0, 0)),
        "compliance": in_percent(proportion(1, 3)),
    }
    assert isinstance(found.critical["business"], Undefined)


def test_halves_and_skills_weigh_criteria_as_they_weighed_in_the_review(house: House) -> None:
    graded(house, T1, {"greeting": "no", "empathy": "3", "solution": "n/a", "wait": 5})
    found = report(house)
    # Soft: greeting 0 of weight 1 and empathy 0.5 of 2; hard: identity 1 of 1 and wait 0.5 of 1, solution drops out.
    assert isinstance(found.soft, Estimate)
    assert isinstance(found.hard, Estimate)
    assert (found.soft.value, found.hard.value) == pytest.approx((100 / 3, 75.0))
    by_skill = {line.skill: line for line in found.skills}
    assert isinstance(by_skill["empathy"].mean, Estimate)
    assert by_skill["empathy"].mean.value == pytest.approx(50.0)
    assert isinstance(by_skill["problem_solving"].mean, Undefined)
    assert by_skill["problem_solving"].n_reviews == 0


def test_trend_has_two_weeks_a_point_and_days_of_the_installation(house: House) -> None:
    # 23:30 UTC on the 15th is the 16th in Berlin.
    house.now = NOON.replace(day=15, hour=23, minute=30)
    graded(house, T1, {})
    house.tick(days=14)
    graded(house, T2, {"wait": 6})
    berlin = report_agent(house.act(COACH), NINA.id, start=START, end=date(2026, 4, 3), zone=ZoneInfo("Europe/Berlin"))
    points = [(point.start, point.end, _value(point.mean)) for point in berlin.trend]
    assert points == [
        (date(2026, 3, 2), date(2026, 3, 15), None),
        (date(2026, 3, 16), date(2026, 3, 29), 100.0),
        (date(2026, 3, 30), date(2026, 4, 3), 90.0),
    ]
    assert len(report(house).reviews) == 1
    assert "Europe/Berlin" in method(berlin, "Agent and period")


def test_report_without_reviews_has_reasons_instead_of_numbers(house: House) -> None:
    found = report(house)
    for measured in (found.score, found.before, found.change, found.targeted, found.passed, found.soft, found.hard):
        assert isinstance(measured, Undefined)
        assert measured.reason == "no-values"
    assert (found.skills, found.reviews, found.praise, found.practise) == ((), (), (), ())


def test_goals_of_the_agent_are_part_of_the_report(house: House) -> None:
    goal = coaching.set_goal(house.act(COACH), NINA.id, skill="empathy", text="Name it first", due_on=None)
    assert report(house).goals == (goal,)
    assert report(house, agent=SAM).goals == ()


@pytest.mark.parametrize(
    ("actor", "agent", "may"),
    [
        (ADMIN, NINA, True),
        (MANAGER, SAM, True),
        (LEAD, NINA, True),
        (LEAD, SAM, False),
        (COACH, SAM, True),
        (NINA, NINA, True),
        (NINA, SAM, False),
        (BO, NINA, False),
        (FACILITATOR, NINA, False),
    ],
    ids=lambda value: value.name if isinstance(value, Person) else str(value),
)
def test_results_are_for_the_agent_and_those_who_coach(
    sqlite_house: House, actor: Person, agent: Person, *, may: bool
) -> None:
    try:
        report(sqlite_house, actor, agent=agent)
    except NotAllowed:
        assert not may
    else:
        assert may


def test_coach_who_is_also_the_agent_sees_own_released_reviews_only(house: House) -> None:
    both = replace(NINA, roles=frozenset({Role.AGENT, Role.COACH}))
    with house.store.write() as tx:
        people.update_person(tx, both)
    graded(house, T1, {})
    assert report(house, both).reviews == ()


def test_unknown_agent_and_turned_period_are_refused(sqlite_house: House) -> None:
    with pytest.raises(NotFound):
        report_agent(sqlite_house.act(ADMIN), PersonId("none"), start=START, end=END, zone=UTC_ZONE)
    with pytest.raises(Refused) as refusal:
        report_agent(sqlite_house.act(ADMIN), NINA.id, start=END, end=START, zone=UTC_ZONE)
    assert refusal.value.code == "period"


def test_reviews_of_other_agents_and_days_are_left_out(house: House) -> None:
    house.now = NOON - timedelta(days=1)
    graded(house, T1, {})
    house.now = NOON
    graded(house, T4, {})
    assert report(house).reviews == ()
    assert len(report(house, agent=SAM).reviews) == 1
    assert NORTH.name == report(house).team


def graded(house: House, ticket: Ticket, changes: Changes) -> float:
    """The reported score of a random review."""
    review = house.grade(BO, ticket, changes)
    assert review.score is not None
    assert review.score.reported is not None
    return float(review.score.reported)


def method(found: AgentReport, topic: str) -> str:
    return next(each.text for each in found.methods if each.topic == topic)


def _value(measured: Estimate | Undefined) -> float | None:
    return measured.value if isinstance(measured, Estimate) else None
