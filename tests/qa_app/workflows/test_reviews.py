from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from db.records import Person, ReviewId, ReviewState
from db.store import audit, people, tickets
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused
from qa_app.workflows import agent_results, disputes, reviews
from qa_app.workflows.grading import Filled
from tests.factories import NOON, fill, make_person
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CONVERSATIONS,
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

S = ReviewState


def test_list_holds_submitted_quality_reviews_newest_first(house: House) -> None:
    first = house.grade(BO, T1)
    house.tick(minutes=1)
    second = house.grade(CY, T4)
    house.assign(CY, T2)
    rows = reviews.list_reviews(house.act(MANAGER))
    assert [(row.review, row.ticket, row.agent, row.reviewer) for row in rows] == [
        (second, T4, SAM, CY),
        (first, T1, NINA, BO),
    ]


def test_list_is_filtered_by_agent_reviewer_time_and_state(house: House) -> None:
    first = house.grade(BO, T1)
    house.tick(days=1)
    second = house.grade(CY, T4)
    house.release(second)
    context = house.act(MANAGER)

    def listed(**wanted: object) -> list[ReviewId]:
        return [row.review.id for row in reviews.list_reviews(context, **wanted)]  # type: ignore[arg-type]

    assert listed(agent_id=NINA.id) == listed(reviewer_id=BO.id) == [first.id]
    assert listed(submitted_before=NOON + timedelta(hours=1)) == [first.id]
    assert listed(submitted_from=NOON + timedelta(hours=1)) == [second.id]
    assert listed(states=(S.SUBMITTED,)) == [first.id]
    assert listed(states=reviews.FOR_AGENTS) == [second.id]


def test_agents_find_own_released_reviews_only(house: House) -> None:
    unreleased, released, of_sam = house.grade(BO, T1), house.grade(BO, T2), house.grade(BO, T4)
    house.release(released, of_sam)
    context = house.act(NINA)
    assert [row.review.id for row in reviews.list_reviews(context)] == [released.id]
    assert reviews.view_review(context, released.id).line.review.id == released.id
    for hidden in (unreleased, of_sam):
        with pytest.raises(NotFound):
            reviews.view_review(context, hidden.id)


def test_lead_who_is_also_an_agent_sees_own_reviews_only_once_released(house: House) -> None:
    both = replace(NINA, roles=NINA.roles | MANAGER.roles)
    with house.store.write() as tx:
        people.update_person(tx, both)
    own, other = house.grade(BO, T1), house.grade(BO, T4)
    assert [row.review.id for row in reviews.list_reviews(house.act(both))] == [other.id]
    house.release(own)
    assert len(reviews.list_reviews(house.act(both))) == 2


@pytest.mark.parametrize(
    ("actor", "finds"),
    [(ADMIN, {"t1", "t4"}), (MANAGER, {"t1", "t4"}), (FACILITATOR, {"t1", "t4"}), (LEAD, {"t1"}), (CY, {"t1", "t4"})],
    ids=lambda value: value.name if isinstance(value, Person) else "",
)
def test_reviews_are_read_as_far_as_ones_teams_reach(house: House, actor: Person, finds: set[str]) -> None:
    given = {"t1": house.grade(BO, T1), "t4": house.grade(BO, T4)}
    assert {row.ticket.id for row in reviews.list_reviews(house.act(actor))} == finds
    for key in given.keys() - finds:
        with pytest.raises(NotFound):
            reviews.view_review(house.act(actor), given[key].id)


def test_scoped_reviewer_reads_own_work_of_other_teams_and_no_colleagues(house: House) -> None:
    scoped = replace(make_person("Eli", *BO.roles), team_scope=frozenset({NORTH.id}))
    with house.store.write() as tx:
        people.add_person(tx, scoped)
    own, of_colleague = house.grade(scoped, T4), house.grade(BO, T4)
    assert [row.review.id for row in reviews.list_reviews(house.act(scoped))] == [own.id]
    with pytest.raises(NotFound):
        reviews.view_review(house.act(scoped), of_colleague.id)


def test_view_holds_review_conversation_scorecard_and_people(house: House) -> None:
    review = house.grade(BO, T1, {"empathy": "1"})
    view = reviews.view_review(house.act(MANAGER), review.id)
    assert (view.line.review, view.conversation, view.version) == (review, CONVERSATIONS[0], VERSION)
    assert (view.agent, view.reviewer, view.history) == (NINA, BO, ())
    assert [line.criterion_id for line in view.line.ratings] == ["greeting", "empathy", "solution", "identity", "wait"]


def test_release_shows_reviews_and_leaves_released_ones_as_they_are(house: House) -> None:
    first, second = house.grade(BO, T1), house.grade(BO, T2)
    house.tick(hours=1)
    assert reviews.release_reviews(house.act(MANAGER), [first.id]) == 1
    house.tick(hours=1)
    assert reviews.release_reviews(house.act(MANAGER), [first.id, second.id]) == 1
    assert [house.stored(review.id).state for review in (first, second)] == [S.RELEASED, S.RELEASED]
    assert [house.stored(review.id).released_at for review in (first, second)] == [
        NOON + timedelta(hours=1),
        NOON + timedelta(hours=2),
    ]
    with house.store.read() as tx:
        (entry,) = audit.entries(tx, object_id=first.id, limit=1)
    assert (entry.action, entry.before, entry.after) == (
        "review.released", {"state": "submitted"}, {"state": "released"},
    )  # fmt: skip


def test_release_of_one_that_is_out_of_reach_releases_none(house: House) -> None:
    north, south = house.grade(BO, T1), house.grade(BO, T4)
    with pytest.raises(NotFound):
        reviews.release_reviews(house.act(LEAD), [north.id, south.id])
    assert house.stored(north.id).state is S.SUBMITTED
    assert reviews.release_reviews(house.act(LEAD), [north.id]) == 1


@pytest.mark.parametrize("actor", [BO, FACILITATOR], ids=lambda person: person.name)
def test_reviewers_and_facilitators_release_nothing(house: House, actor: Person) -> None:
    review = house.grade(BO, T1)
    with pytest.raises(NotAllowed):
        reviews.release_reviews(house.act(actor), [review.id])
    assert reviews.release_reviews(house.act(COACH), [review.id]) == 1


def test_agent_acknowledges_a_released_review_once(house: House) -> None:
    review = house.grade(BO, T1)
    with pytest.raises(NotFound):
        reviews.acknowledge_review(house.act(NINA), review.id)
    house.release(review)
    for other in (MANAGER, ADMIN, COACH, BO):
        with pytest.raises(NotAllowed):
            reviews.acknowledge_review(house.act(other), review.id)
    reviews.acknowledge_review(house.act(NINA), review.id)
    assert house.stored(review.id).state is S.ACKNOWLEDGED
    with pytest.raises(Refused):
        reviews.acknowledge_review(house.act(NINA), review.id)


def test_void_takes_a_review_out_of_lists_and_figures(house: House) -> None:
    kept, void = house.grade(BO, T1, {"wait": 5}), house.grade(BO, T2)
    with pytest.raises(Refused) as refusal:
        reviews.void_review(house.act(MANAGER), void.id, reason=" ")
    assert refusal.value.code == "void-reason"
    with pytest.raises(NotAllowed):
        reviews.void_review(house.act(BO), void.id, reason="Wrong ticket")
    reviews.void_review(house.act(MANAGER), void.id, reason=" Wrong ticket ")
    assert house.stored(void.id) == replace(void, state=S.VOIDED)
    assert [row.review.id for row in reviews.list_reviews(house.act(MANAGER))] == [kept.id]
    with pytest.raises(NotFound):
        reviews.view_review(house.act(ADMIN), void.id)
    assert reported(house) == [Decimal("91.7")]
    with house.store.read() as tx:
        assert audit.entries(tx, object_id=void.id)[0].why == "Wrong ticket"


def test_correction_supersedes_and_the_old_review_stays_readable(house: House) -> None:
    old = house.grade(BO, T1, {"wait": 5})
    house.release(old)
    old = house.stored(old.id)
    house.tick(hours=1)
    new = reviews.correct_review(house.act(BO), old.id, fill(), reason=" Clock was wrong ")
    assert new == replace(
        old,
        id=new.id,
        ratings=fill().ratings,
        revision=0,
        saved_at=house.now,
        submission_key=None,
        supersedes_id=old.id,
        supersede_reason="Clock was wrong",
        saw_other_grades=True,
        score=new.score,
    )
    assert house.stored(old.id) == old
    assert reported(house) == [Decimal("100.0")]
    assert [row.review.id for row in reviews.list_reviews(house.act(MANAGER))] == [new.id]
    assert reviews.view_review(house.act(MANAGER), new.id).history == (old.id,)
    assert reviews.view_review(house.act(MANAGER), old.id).line.review == old
    newest = reviews.correct_review(house.act(MANAGER), new.id, fill({"empathy": "4"}), reason="Second thought")
    views = [reviews.view_review(house.act(NINA), each.id) for each in (old, new, newest)]
    assert [view.newest for view in views] == [newest.id, newest.id, None]
    assert reviews.view_review(house.act(NINA), newest.id).history == (new.id, old.id)
    with house.store.read() as tx:
        entry = audit.entries(tx, object_id=new.id)[0]
    assert (entry.action, entry.before, entry.after) == (
        "review.correct", {"review": old.id, "reported": "91.7"}, {"reported": "100.0"},
    )  # fmt: skip


def test_correction_that_does_not_fit_is_refused(house: House) -> None:
    old = house.grade(BO, T1)
    refused: list[tuple[type, str]] = []
    for actor, filled, reason in (
        (BO, fill(), " "),
        (BO, Filled(fill().ratings[:2]), "Half"),
        (BO, fill({"empathy": "9"}), "Too much"),
        (CY, fill(), "Not mine"),
        (NINA, fill(), "Mine"),
    ):
        with pytest.raises(Refused) as refusal:
            reviews.correct_review(house.act(actor), old.id, filled, reason=reason)
        refused.append((type(refusal.value), refusal.value.code))
    assert refused == [
        (Refused, "correction-reason"),
        (Refused, "review-incomplete"),
        (Refused, "review-incomplete"),
        (NotAllowed, "not-allowed"),
        (NotFound, "no-review"),
    ]
    reviews.correct_review(house.act(BO), old.id, fill({"wait": 5}), reason="Once")
    with pytest.raises(Conflict) as refusal:
        reviews.correct_review(house.act(BO), old.id, fill(), reason="Twice")
    assert refusal.value.code == "review-superseded"


def test_voided_correction_brings_the_old_review_back_and_it_can_be_corrected_again(house: House) -> None:
    old = house.grade(BO, T1, {"wait": 5})
    wrong = reviews.correct_review(house.act(BO), old.id, fill(), reason="Clock was wrong")
    reviews.void_review(house.act(MANAGER), wrong.id, reason="It was not")
    assert reported(house) == [Decimal("91.7")]
    again = reviews.correct_review(house.act(BO), old.id, fill({"wait": 10}), reason="Now right")
    assert reviews.list_reviews(house.act(MANAGER))[0].review.id == again.id


def test_contested_review_is_neither_voided_nor_corrected(house: House) -> None:
    review = house.grade(BO, T1)
    house.release(review)
    disputes.raise_dispute(house.act(NINA), review.id, reason="I did greet")
    for act in (
        lambda: reviews.void_review(house.act(MANAGER), review.id, reason="Away with it"),
        lambda: reviews.correct_review(house.act(BO), review.id, fill(), reason="Quickly"),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "review-contested"


def test_drafts_and_calibration_grades_are_no_reviews_to_read(house: House) -> None:
    session = house.open_session()
    house.grade_session(session, {"Bo": ({}, {}), "Cy": ({}, {})}, BO, CY)
    with house.store.read() as tx:
        graded = [entry.object_id for entry in audit.entries(tx) if entry.action == "review.submit"]
    assert len(graded) == 4
    assert reviews.list_reviews(house.act(ADMIN)) == ()
    for actor in (ADMIN, BO, FACILITATOR, NINA):
        for review_id in graded:
            with pytest.raises(NotFound):
                reviews.view_review(house.act(actor), ReviewId(review_id))
            with pytest.raises(NotFound):
                reviews.release_reviews(house.act(ADMIN), [ReviewId(review_id)])


def reported(house: House) -> list[Decimal]:
    """The scores in Nina's report."""
    day = house.now.date()
    report = agent_results.report_agent(
        house.act(MANAGER), NINA.id, start=day - timedelta(days=7), end=day, zone=UTC_ZONE
    )
    scores = [line.review.score for line in report.reviews]
    return [score.reported for score in scores if score and score.reported is not None]


def test_review_of_a_ticket_in_two_versions_is_read_with_the_graded_one(house: House) -> None:
    review = house.grade(BO, T3)
    changed = replace(CONVERSATIONS[2], ticket=replace(T3, version=2), messages=CONVERSATIONS[2].messages[:1])
    with house.store.write() as tx:
        tickets.replace_conversations(tx, [changed])
    assert len(reviews.view_review(house.act(MANAGER), review.id).conversation.messages) == 2
