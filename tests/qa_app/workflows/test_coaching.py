from dataclasses import replace
from datetime import date, timedelta

import pytest

from db.records import CoachingState, GoalState, Person, PersonId, PointKind, ReviewId
from db.store import audit
from db.store import coaching as store
from qa_app.coaching import Proposal
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused
from qa_app.workflows import agenda, coach_list, coaching, disputes, follow_up, objectives, reviews
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
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
    House,
)

TODAY = date(2026, 3, 2)
LATER = date(2026, 3, 30)


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


def test_session_lives_from_plan_to_follow_up(house: House) -> None:
    context = house.act(COACH)
    planned = coaching.plan_session(context, NINA.id, day=TODAY, follow_up_on=LATER)
    assert (planned.state, planned.revision) == (CoachingState.PLANNED, 0)
    noted = coaching.save_notes(context, planned.id, shared=" Fine ", private="Shy", expected_revision=0)
    assert coaching.save_notes(context, planned.id, shared="Fine", private="Shy", expected_revision=9) == noted
    house.tick(days=1)
    held = coaching.move_session(context, planned.id, CoachingState.HELD, day=TODAY + timedelta(days=1))
    done = coaching.move_session(context, planned.id, CoachingState.FOLLOWED_UP, words=" Better ")
    assert done == replace(
        planned,
        state=CoachingState.FOLLOWED_UP,
        shared_notes="Fine",
        private_notes="Shy",
        held_on=TODAY + timedelta(days=1),
        outcome="Better",
        revision=3,
    )
    assert (held.state, held.revision) == (CoachingState.HELD, 2)
    assert coaching.list_coaching(context, NINA.id) == (done,)
    with house.store.read() as tx:
        entries = audit.entries(tx, object_id=planned.id)
    assert [entry.action for entry in reversed(entries)] == [
        "coaching.plan", "coaching.note", "coaching.held", "coaching.followed_up",
    ]  # fmt: skip
    assert all("Shy" not in repr(entry) and "Fine" not in repr(entry) for entry in entries)


def test_moves_that_are_none_are_refused(sqlite_house: House) -> None:
    context = sqlite_house.act(COACH)
    planned = coaching.plan_session(context, NINA.id, day=TODAY)
    for state, code in (
        (CoachingState.FOLLOWED_UP, "move-not-allowed"),
        (CoachingState.PLANNED, "move-not-allowed"),
    ):
        with pytest.raises(Refused) as refusal:
            coaching.move_session(context, planned.id, state, words="x")
        assert refusal.value.code == code
    coaching.move_session(context, planned.id, CoachingState.CANCELLED, words="Ill")
    for act, code in (
        (
            lambda: coaching.save_notes(context, planned.id, shared="x", private="", expected_revision=1),
            "coaching-over",
        ),
        (lambda: coaching.replan_session(context, planned.id, day=TODAY, follow_up_on=None), "coaching-over"),
        (lambda: agenda.add_point(context, planned.id, "x"), "coaching-not-planned"),
        (lambda: coaching.plan_session(context, NINA.id, day=TODAY, follow_up_on=TODAY), "follow-up-day"),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == code


def test_two_tabs_on_the_notes_end_in_words_and_nothing_is_overwritten(sqlite_house: House) -> None:
    context = sqlite_house.act(COACH)
    planned = coaching.plan_session(context, NINA.id, day=TODAY)
    coaching.save_notes(context, planned.id, shared="First tab", private="", expected_revision=0)
    with pytest.raises(Conflict) as refusal:
        coaching.save_notes(context, planned.id, shared="Second tab", private="", expected_revision=0)
    assert refusal.value.code == "coaching-changed"
    assert coaching.list_coaching(context, NINA.id)[0].shared_notes == "First tab"


def test_replanned_session_moves_only_what_is_still_to_come(sqlite_house: House) -> None:
    context = sqlite_house.act(COACH)
    planned = coaching.plan_session(context, NINA.id, day=TODAY)
    moved = coaching.replan_session(context, planned.id, day=date(2026, 3, 9), follow_up_on=LATER)
    assert (moved.held_on, moved.follow_up_on) == (date(2026, 3, 9), LATER)
    sqlite_house.tick(days=7)
    coaching.move_session(context, planned.id, CoachingState.HELD)
    kept = coaching.replan_session(context, planned.id, day=date(2026, 3, 12), follow_up_on=date(2026, 4, 6))
    assert (kept.held_on, kept.follow_up_on) == (date(2026, 3, 9), date(2026, 4, 6))


def test_session_is_held_between_its_plan_and_today_and_followed_up_after_it(sqlite_house: House) -> None:
    context = sqlite_house.act(COACH)
    planned = coaching.plan_session(context, NINA.id, day=date(2026, 3, 9), follow_up_on=date(2026, 3, 12))
    sqlite_house.tick(days=12)  # to 14 March
    for day, follow_up_on, code in (
        (date(2026, 3, 15), None, "held-ahead"),
        (TODAY - timedelta(days=1), None, "held-before"),
        (date(2026, 3, 12), None, "follow-up-day"),
        (date(2026, 3, 12), date(2026, 3, 12), "follow-up-day"),
    ):
        with pytest.raises(Refused) as refusal:
            coaching.move_session(context, planned.id, CoachingState.HELD, day=day, follow_up_on=follow_up_on)
        assert refusal.value.code == code
    held = coaching.move_session(context, planned.id, CoachingState.HELD, day=date(2026, 3, 13), follow_up_on=LATER)
    assert (held.state, held.held_on, held.follow_up_on) == (CoachingState.HELD, date(2026, 3, 13), LATER)
    with pytest.raises(Refused) as refusal:
        coaching.hold_session(context, NINA.id, held_on=date(2026, 3, 15), shared_notes="Well")
    assert refusal.value.code == "held-ahead"


def test_session_held_ahead_of_its_day_was_held_today(sqlite_house: House) -> None:
    context = sqlite_house.act(COACH)
    planned = coaching.plan_session(context, NINA.id, day=date(2026, 3, 9))
    assert coaching.move_session(context, planned.id, CoachingState.HELD).held_on == TODAY


def test_texts_have_one_limit_that_is_told_with_their_length(sqlite_house: House) -> None:
    context = sqlite_house.act(COACH)
    session = coaching.plan_session(context, NINA.id, day=TODAY)
    goal = coaching.set_goal(context, NINA.id, skill="empathy", text="x" * 4000, due_on=None)
    team = objectives.share_objective(context, NORTH.id, skill="empathy", text="x", due_on=None)
    long, notes, met = "x" * 4001, "x" * 8001, GoalState.MET
    for act, words in (
        (lambda: agenda.add_point(context, session.id, long), "A point has 4,000 characters at most, this one 4,001"),
        (lambda: coaching.move_session(context, session.id, CoachingState.CANCELLED, words=long), "What is said"),
        (lambda: coaching.save_notes(context, session.id, shared=notes, private="", expected_revision=0), "A note"),
        (lambda: coaching.hold_session(context, NINA.id, held_on=TODAY, shared_notes=notes), "A note"),
        (lambda: coaching.set_goal(context, NINA.id, skill="empathy", text=long, due_on=None), "A goal"),
        (lambda: coaching.edit_steps(context, goal.id, ["x" * 2000, "y" * 2000]), "A list of steps"),
        (lambda: coaching.finish_goal(context, goal, state=met, why=long), "A reason"),
        (lambda: objectives.end_objective(context, team.id, state=met, why=long), "A reason"),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "too-long"
        assert refusal.value.message.startswith(words)
    assert coaching.list_coaching(context, NINA.id) == (session,)


def test_private_notes_and_points_are_for_coaches_and_leads(sqlite_house: House) -> None:
    context = sqlite_house.act(COACH)
    session = coaching.plan_session(context, NINA.id, day=TODAY)
    coaching.save_notes(context, session.id, shared="Well", private="Shy", expected_revision=0)
    mine = agenda.add_point(context, session.id, "Ask about the night shift", shared=False)
    theirs = agenda.add_point(sqlite_house.act(NINA), session.id, " The new tool ")
    for person in (COACH, MANAGER, LEAD, ADMIN):
        view = agenda.view_coaching(sqlite_house.act(person), session.id)
        assert view.session.private_notes == "Shy"
        assert [line.point for line in view.points] == [mine, theirs]
    own = agenda.view_coaching(sqlite_house.act(NINA), session.id)
    assert (own.session.private_notes, own.session.shared_notes) == ("", "Well")
    assert [(line.point.text, line.by) for line in own.points] == [("The new tool", "Nina North")]
    assert [one.private_notes for one in coaching.list_coaching(sqlite_house.act(NINA), NINA.id)] == [""]


def test_agent_adds_and_takes_back_own_points_only(sqlite_house: House) -> None:
    coach, nina = sqlite_house.act(COACH), sqlite_house.act(NINA)
    session = coaching.plan_session(coach, NINA.id, day=TODAY)
    given = agenda.add_point(coach, session.id, "Greeting")
    hidden = agenda.add_point(coach, session.id, "Tired?", shared=False)
    own = agenda.add_point(nina, session.id, "The new tool")
    for act, kind in (
        (lambda: agenda.add_point(nina, session.id, "x", shared=False), NotAllowed),
        (lambda: agenda.add_point(nina, session.id, " "), Refused),
        (lambda: agenda.remove_point(nina, session.id, given.id), NotAllowed),
        (lambda: agenda.remove_point(nina, session.id, hidden.id), Conflict),
        (lambda: agenda.move_point(nina, session.id, own.id, to=0), NotAllowed),
        (lambda: agenda.tick_point(nina, session.id, own.id, done=True), NotAllowed),
        (lambda: agenda.add_point(sqlite_house.act(SAM), session.id, "x"), NotFound),
    ):
        with pytest.raises(kind):
            act()
    agenda.remove_point(nina, session.id, own.id)
    agenda.move_point(coach, session.id, hidden.id, to=0)
    agenda.tick_point(coach, session.id, given.id, done=True)
    points = [line.point for line in agenda.view_coaching(coach, session.id).points]
    assert [(one.text, one.position, one.done) for one in points] == [("Tired?", 0, False), ("Greeting", 1, True)]


def test_agenda_comes_from_released_reviews_goals_disputes_and_unread_ones(house: House) -> None:
    hidden = house.grade(BO, T3, {"empathy": "1"})
    low = house.grade(BO, T1, {"empathy": "1"})
    contested = house.grade(BO, T2)
    house.release(low, contested)
    coaching.set_goal(house.act(COACH), NINA.id, skill="attitude", text="Greet first", due_on=date(2026, 3, 4))
    disputes.raise_dispute(house.act(NINA), contested.id, reason="I did")
    house.tick(days=4)
    found = agenda.propose_agenda(house.act(COACH), NINA.id, zone=UTC_ZONE)
    # Empathy: 0 and 100 over two reviews, so too few to tell; nothing of the review that is not released.
    assert [(one.kind, one.text) for one in found] == [
        (
            PointKind.PRACTISE,
            "Empathy: Too few to tell: 50% (0 to 100) over 2 reviews. Watch it before judging it.",
        ),
        (PointKind.GOAL, "Greet first (overdue since 4 Mar 2026)"),
        (PointKind.DISPUTE, "Open dispute: I did"),
        (PointKind.UNREAD, "1 review not acknowledged yet."),
    ]
    place = found[0].place
    assert place is not None
    assert (place.review_id, place.criterion_id, place.ticket, place.words) == (low.id, "empathy", "101", "Empathy: 1")
    session = coaching.plan_session(house.act(COACH), NINA.id, day=TODAY)
    agenda.add_proposals(house.act(COACH), session.id, found[:2])
    left = agenda.propose_agenda(house.act(COACH), NINA.id, zone=UTC_ZONE, coaching_id=session.id)
    assert [one.kind for one in left] == [PointKind.DISPUTE, PointKind.UNREAD]
    view = agenda.view_coaching(house.act(NINA), session.id)
    assert [(line.point.skill, line.place) for line in view.points] == [("empathy", place), ("attitude", None)]
    unreleased = Proposal(PointKind.PRACTISE, "x", place=replace(place, review_id=hidden.id))
    with pytest.raises(NotFound):
        agenda.add_proposals(house.act(COACH), session.id, [unreleased])


def test_who_grades_a_ticket_blind_sees_no_point_that_others_drew_from_the_data(sqlite_house: House) -> None:
    """The figures of a point may rest on the grade of that ticket."""
    house = sqlite_house
    house.release(house.grade(BO, T1, {"empathy": "1"}))
    session = coaching.plan_session(house.act(COACH), NINA.id, day=TODAY)
    agenda.add_proposals(house.act(COACH), session.id, agenda.propose_agenda(house.act(COACH), NINA.id, zone=UTC_ZONE))
    agenda.add_point(house.act(COACH), session.id, "Night shifts")
    assert len(agenda.view_coaching(house.act(MANAGER), session.id).points) == 2
    house.open_session(T1.id, graders=(BO, MANAGER))
    (left,) = agenda.view_coaching(house.act(MANAGER), session.id).points
    assert left.point.text == "Night shifts"
    assert agenda.propose_agenda(house.act(MANAGER), NINA.id, zone=UTC_ZONE) == ()


def test_session_rests_on_reviews_of_this_agent_that_count(house: House) -> None:
    other, void = house.grade(BO, T4), house.grade(BO, T1)
    reviews.void_review(house.act(MANAGER), void.id, reason="Test")
    for review_id in (other.id, void.id, ReviewId("none")):
        with pytest.raises(NotFound):
            coaching.hold_session(house.act(COACH), NINA.id, held_on=TODAY, shared_notes="Well", review_ids=[review_id])
    assert coaching.list_coaching(house.act(COACH), NINA.id) == ()


def test_coach_talks_first_to_whom_most_waits_for(house: House) -> None:
    context = house.act(COACH)
    house.release(house.grade(BO, T1))
    coaching.set_goal(context, NINA.id, skill="empathy", text="Name it", due_on=TODAY)
    coaching.plan_session(context, NINA.id, day=date(2026, 3, 7))
    house.tick(days=4)
    listed = coach_list.list_candidates(context, zone=UTC_ZONE)
    assert [one.agent for one in listed.candidates] == [NINA, SAM]
    nina, sam = listed.candidates
    assert [reason.text for reason in nina.reasons] == [
        "Session planned for 7 Mar", "1 goal overdue since 2 Mar", "1 review not acknowledged",
    ]  # fmt: skip
    assert (nina.team, nina.next_on, nina.last_on, sam.reasons) == ("North", date(2026, 3, 7), None, ())
    assert listed.note.endswith("Of the 0 agents compared, about 0.0 would fall by chance alone.")
    assert [one.agent for one in coach_list.list_candidates(house.act(LEAD), zone=UTC_ZONE).candidates] == [NINA]


@pytest.mark.parametrize(
    ("actor", "agent", "refusal"),
    [
        (LEAD, SAM, NotFound),
        (NINA, NINA, NotAllowed),
        (NINA, SAM, NotFound),
        (BO, NINA, NotFound),
        (FACILITATOR, NINA, NotFound),
    ],
    ids=lambda person: person.name if isinstance(person, Person) else "",
)
def test_coaching_is_written_by_coaches_and_leads_within_their_teams(
    sqlite_house: House, actor: Person, agent: Person, refusal: type[Refused]
) -> None:
    """What is out of reach is not found; what may be read and not written is refused."""
    goal = coaching.set_goal(sqlite_house.act(COACH), agent.id, skill="empathy", text="Name it", due_on=None)
    session = coaching.plan_session(sqlite_house.act(COACH), agent.id, day=TODAY)
    context = sqlite_house.act(actor)
    for make in (
        lambda: coaching.hold_session(context, agent.id, held_on=TODAY, shared_notes="Well"),
        lambda: coaching.plan_session(context, agent.id, day=TODAY),
        lambda: coaching.set_goal(context, agent.id, skill="empathy", text="Name it", due_on=None),
        lambda: agenda.propose_agenda(context, agent.id, zone=UTC_ZONE),
    ):
        with pytest.raises(NotAllowed):
            make()
    for change in (
        lambda: coaching.finish_goal(context, goal, state=GoalState.MET),
        lambda: coaching.move_session(context, session.id, CoachingState.HELD),
        lambda: coaching.save_notes(context, session.id, shared="x", private="", expected_revision=0),
        lambda: agenda.add_proposals(context, session.id, ()),
    ):
        with pytest.raises(refusal):
            change()


@pytest.mark.parametrize("actor", [BO, FACILITATOR, SAM], ids=lambda person: person.name)
def test_coaching_is_not_read_by_reviewers_and_other_agents(sqlite_house: House, actor: Person) -> None:
    session = coaching.plan_session(sqlite_house.act(COACH), NINA.id, day=TODAY)
    with pytest.raises(NotAllowed):
        coaching.list_coaching(sqlite_house.act(actor), NINA.id)
    with pytest.raises(NotAllowed):
        follow_up.list_goals(sqlite_house.act(actor), NINA.id, zone=UTC_ZONE)
    with pytest.raises(NotFound):
        agenda.view_coaching(sqlite_house.act(actor), session.id)


def test_unknown_agent_is_not_found(sqlite_house: House) -> None:
    with pytest.raises(NotFound):
        coaching.list_coaching(sqlite_house.act(ADMIN), PersonId("none"))
