from dataclasses import replace
from datetime import date

import pytest

from db.records import GoalState, Person, PersonId, ReviewId
from db.store import audit
from db.store import coaching as store
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused
from qa_app.workflows import coaching, reviews
from tests.qa_app.workflows.house import ADMIN, BO, COACH, FACILITATOR, LEAD, MANAGER, NINA, SAM, T1, T4, House

TODAY = date(2026, 3, 2)


def test_session_keeps_notes_and_reviews(house: House) -> None:
    review = house.grade(BO, T1)
    session = coaching.hold_session(
        house.act(COACH), NINA.id, held_on=TODAY, shared_notes=" Well ", private_notes=" Shy ", review_ids=[review.id]
    )
    assert (session.agent_id, session.coach_id, session.held_on, session.created_at) == (
        NINA.id, COACH.id, TODAY, house.now,
    )  # fmt: skip
    assert (session.shared_notes, session.private_notes, session.review_ids) == ("Well", "Shy", (review.id,))
    with house.store.read() as tx:
        assert store.coachings(tx, NINA.id) == (session,)
        entry = audit.entries(tx)[0]
    assert (entry.action, entry.object_id) == ("coaching.hold", session.id)
    assert entry.after == {"agent": NINA.id, "reviews": 1}


def test_private_notes_are_for_coaches_and_leads(house: House) -> None:
    session = coaching.hold_session(house.act(COACH), NINA.id, held_on=TODAY, shared_notes="Well", private_notes="Shy")
    for person in (COACH, MANAGER, LEAD, ADMIN):
        assert coaching.list_coaching(house.act(person), NINA.id) == (session,)
    assert coaching.list_coaching(house.act(NINA), NINA.id) == (replace(session, private_notes=""),)


def test_session_rests_on_reviews_of_this_agent_that_count(house: House) -> None:
    other, void = house.grade(BO, T4), house.grade(BO, T1)
    reviews.void_review(house.act(MANAGER), void.id, reason="Test")
    for review_id in (other.id, void.id, ReviewId("none")):
        with pytest.raises(NotFound):
            coaching.hold_session(house.act(COACH), NINA.id, held_on=TODAY, shared_notes="Well", review_ids=[review_id])
    assert coaching.list_coaching(house.act(COACH), NINA.id) == ()


def test_goal_is_set_and_met_once(house: House) -> None:
    goal = coaching.set_goal(house.act(COACH), NINA.id, skill="empathy", text=" Name it first ", due_on=TODAY)
    assert (goal.text, goal.state, goal.due_on, goal.created_by) == ("Name it first", GoalState.OPEN, TODAY, COACH.id)
    coaching.finish_goal(house.act(LEAD), goal, state=GoalState.MET)
    with house.store.read() as tx:
        assert store.goals(tx, NINA.id) == (replace(goal, state=GoalState.MET),)
        assert [entry.action for entry in audit.entries(tx, object_id=goal.id)] == ["goal.met", "goal.set"]
    with pytest.raises(Conflict) as refusal:
        coaching.finish_goal(house.act(COACH), goal, state=GoalState.DROPPED)
    assert refusal.value.code == "goal-finished"


def test_goal_without_words_is_refused(sqlite_house: House) -> None:
    with pytest.raises(Refused) as refusal:
        coaching.set_goal(sqlite_house.act(COACH), NINA.id, skill="empathy", text=" ", due_on=None)
    assert refusal.value.code == "goal-text"


@pytest.mark.parametrize(
    ("actor", "agent"),
    [(LEAD, SAM), (NINA, NINA), (NINA, SAM), (BO, NINA), (FACILITATOR, NINA)],
    ids=lambda person: person.name,
)
def test_coaching_is_written_by_coaches_and_leads_within_their_teams(
    sqlite_house: House, actor: Person, agent: Person
) -> None:
    goal = coaching.set_goal(sqlite_house.act(COACH), agent.id, skill="empathy", text="Name it", due_on=None)
    context = sqlite_house.act(actor)
    for act in (
        lambda: coaching.hold_session(context, agent.id, held_on=TODAY, shared_notes="Well"),
        lambda: coaching.set_goal(context, agent.id, skill="empathy", text="Name it", due_on=None),
        lambda: coaching.finish_goal(context, goal, state=GoalState.MET),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("actor", [BO, FACILITATOR, SAM], ids=lambda person: person.name)
def test_coaching_is_not_read_by_reviewers_and_other_agents(sqlite_house: House, actor: Person) -> None:
    with pytest.raises(NotAllowed):
        coaching.list_coaching(sqlite_house.act(actor), NINA.id)


def test_unknown_agent_is_not_found(sqlite_house: House) -> None:
    with pytest.raises(NotFound):
        coaching.list_coaching(sqlite_house.act(ADMIN), PersonId("none"))
