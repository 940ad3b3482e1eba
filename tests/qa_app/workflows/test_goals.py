from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from db.records import GoalState, StepId, TeamId
from db.store import audit
from db.store import coaching as store
from qa_app.domain.practice import find_steps
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused
from qa_app.estimate import Estimate, Undefined
from qa_app.workflows import coaching, follow_up, objectives
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    LEAD,
    NINA,
    NORTH,
    SAM,
    SOUTH,
    T1,
    T2,
    T3,
    UTC_ZONE,
    House,
)

TODAY = date(2026, 3, 2)
LATER = date(2026, 3, 30)


def test_goal_is_set_with_its_steps_and_met_once(house: House) -> None:
    goal = coaching.set_goal(
        house.act(COACH), NINA.id, skill="attitude", text=" Name it first ", due_on=TODAY, target=Decimal(80)
    )
    assert (goal.text, goal.state, goal.due_on, goal.created_by) == ("Name it first", GoalState.OPEN, TODAY, COACH.id)
    assert [step.text for step in goal.steps] == find_steps("attitude")
    assert len(goal.steps) == 2
    coaching.finish_goal(house.act(LEAD), goal, state=GoalState.MET, why=" Every chat ")
    met = replace(goal, state=GoalState.MET, ended_at=house.now, ended_by=LEAD.id, why="Every chat")
    with house.store.read() as tx:
        assert store.goals(tx, NINA.id) == (met,)
        assert [entry.action for entry in audit.entries(tx, object_id=goal.id)] == ["goal.met", "goal.set"]
    with pytest.raises(Conflict) as refusal:
        coaching.finish_goal(house.act(COACH), goal, state=GoalState.DROPPED, why="Changed")
    assert refusal.value.code == "goal-finished"


def test_steps_are_edited_by_the_coach_and_ticked_by_the_agent(house: House) -> None:
    goal = coaching.set_goal(
        house.act(COACH), NINA.id, skill="empathy", text="Name it", due_on=None, steps=["Rehearse", " ", "Do it"]
    )
    coaching.tick_step(house.act(NINA), goal.id, goal.steps[1].id, done=True)
    edited = coaching.edit_steps(house.act(COACH), goal.id, ["Do it", "Tell me", "Do it"])
    assert [(step.text, step.done_by) for step in edited.steps] == [("Do it", NINA.id), ("Tell me", None)]
    coaching.tick_step(house.act(NINA), goal.id, edited.steps[0].id, done=False)
    with house.store.read() as tx:
        kept = store.goal(tx, goal.id)
    assert kept is not None
    assert [step.done_at for step in kept.steps] == [None, None]
    for act, kind in (
        (lambda: coaching.tick_step(house.act(NINA), goal.id, StepId("none"), done=True), Conflict),
        (lambda: coaching.tick_step(house.act(SAM), goal.id, edited.steps[0].id, done=True), NotFound),
        (lambda: coaching.edit_steps(house.act(NINA), goal.id, ["Less"]), NotAllowed),
    ):
        with pytest.raises(kind):
            act()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"text": " "}, "goal-text"),
        ({"target": Decimal(101)}, "goal-target"),
        ({"skill": "empaty"}, "no-skill"),
        ({"due_on": TODAY - timedelta(days=1)}, "day-past"),
    ],
    ids=["words", "target", "skill", "day"],
)
def test_goal_that_cannot_be_checked_is_refused(sqlite_house: House, more: dict[str, object], code: str) -> None:
    given = {"skill": "empathy", "text": "Name it", "due_on": None} | more
    with pytest.raises(Refused) as refusal:
        coaching.set_goal(sqlite_house.act(COACH), NINA.id, **given)  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_objective_is_for_a_skill_that_is_graded_and_a_day_to_come(sqlite_house: House) -> None:
    context = sqlite_house.act(LEAD)
    graded = ", ".join(coaching.list_skills(context))
    with pytest.raises(Refused) as refusal:
        objectives.share_objective(context, NORTH.id, skill="empaty", text="Name it", due_on=None)
    assert refusal.value.message == (
        f'No scorecard in force grades a skill "empaty". Did you mean empathy? There are: {graded}.'
    )
    with pytest.raises(Refused) as refusal:
        objectives.share_objective(context, NORTH.id, skill="empathy", text="Name it", due_on=date(2026, 3, 1))
    assert refusal.value.message == "The day (2026-03-01) is over; choose today (2026-03-02) or a later one."
    assert objectives.share_objective(context, NORTH.id, skill="empathy", text="Name it", due_on=TODAY).due_on == TODAY


def test_dropping_needs_a_reason(sqlite_house: House) -> None:
    goal = coaching.set_goal(sqlite_house.act(COACH), NINA.id, skill="empathy", text="Name it", due_on=None)
    with pytest.raises(Refused) as refusal:
        coaching.finish_goal(sqlite_house.act(COACH), goal, state=GoalState.DROPPED)
    assert refusal.value.code == "goal-why"


def test_follow_up_places_reviews_by_the_day_of_their_ticket(house: House) -> None:
    """t1 to t3 are of 28 February; the goal is of 2 March, so that all are before, whenever they were graded."""
    coaching.set_goal(house.act(COACH), NINA.id, skill="empathy", text="Name it", due_on=TODAY, target=Decimal(70))
    house.tick(days=20)
    house.release(house.grade(BO, T1, {"empathy": "1"}), house.grade(BO, T2, {"empathy": "3"}))
    house.grade(BO, T3)  # not released
    for reader in (COACH, NINA):
        (line,) = follow_up.list_goals(house.act(reader), NINA.id, zone=UTC_ZONE)
        assert (line.label, line.by, line.overdue(date(2026, 3, 3)), line.overdue(TODAY)) == (
            "Empathy", "Col Coach", True, False,
        )  # fmt: skip
        followed = line.follow_up
        assert (followed.before_from, followed.before_to) == (date(2026, 1, 6), TODAY)
        assert (followed.after_from, followed.after_to) == (date(2026, 3, 3), date(2026, 3, 22))
        assert isinstance(followed.before, Estimate)
        assert (followed.before.value, followed.before.n_units) == (25, 2)  # levels 1 and 3 of 5: 0 and 50
        assert isinstance(followed.after, Undefined)
        assert isinstance(followed.compared, Undefined)
        assert isinstance(followed.team_before, Undefined)
        assert (followed.compared.reason, followed.team_before.reason) == ("no-values", "few-others")
        assert followed.remarks == ("Target 70%: no review yet.",)


def test_objective_is_shared_with_the_team_and_ends_once(house: House) -> None:
    context = house.act(LEAD)
    made = objectives.share_objective(
        context, NORTH.id, skill="empathy", text=" Name it ", due_on=LATER, target=Decimal(60)
    )
    house.release(house.grade(BO, T1, {"empathy": "3"}))
    (line,) = objectives.list_objectives(house.act(NINA), zone=UTC_ZONE)
    assert (line.objective, line.team, line.label, line.by) == (made, "North", "Empathy", "Lou Lead")
    assert isinstance(line.before, Estimate)
    assert (line.before.value, line.before.n_units) == (50, 1)
    assert line.remark == "Target 60%: no review yet."
    assert objectives.list_objectives(house.act(SAM), zone=UTC_ZONE) == ()
    for person, team_id, kind in (
        (LEAD, SOUTH.id, NotAllowed), (NINA, NORTH.id, NotAllowed), (ADMIN, TeamId("none"), NotFound),
    ):  # fmt: skip
        with pytest.raises(kind):
            objectives.share_objective(house.act(person), team_id, skill="empathy", text="x", due_on=None)
    with pytest.raises(NotFound):
        objectives.end_objective(house.act(NINA), made.id, state=GoalState.MET)
    with pytest.raises(Refused):
        objectives.end_objective(context, made.id, state=GoalState.DROPPED)
    objectives.end_objective(context, made.id, state=GoalState.MET)
    with pytest.raises(Conflict):
        objectives.end_objective(context, made.id, state=GoalState.MET)
