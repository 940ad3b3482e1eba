import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Store, open_store
from db.records import (
    AssignmentId,
    AssignmentState,
    AutoFailFlag,
    CriterionResult,
    Evidence,
    Person,
    Purpose,
    Rating,
    Review,
    ReviewState,
    Selection,
)
from db.store import assignments, audit, reviews, tickets
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused, Unavailable
from qa_app.workflows import grading
from qa_app.workflows.grading import Filled
from qa_app.workflows.scoring import score_ratings
from scorecards.answers import MISSING, NOT_APPLICABLE, Answer
from tests.factories import NOON, fill, make_scorecard
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    CONVERSATIONS,
    CY,
    MANAGER,
    NINA,
    T1,
    T2,
    T3,
    T4,
    VERSION,
    House,
    furnish,
)

QUOTE = Evidence("greeting", "On its way", message_seq=2, start_char=0, end_char=10)
HALF = Filled(fill().ratings[:2], (QUOTE,), "…", 30)


def test_queue_lists_own_open_work_most_urgent_first_with_how_far_it_is(house: House) -> None:
    late = house.assign(BO, T1, due_at=NOON + timedelta(days=3))
    soon = house.assign(BO, T2, due_at=NOON + timedelta(days=1))
    some_day = house.assign(BO, T4)
    house.assign(CY, T3)
    grading.save_draft(house.act(BO), soon, HALF, expected_revision=0)
    house.submit(BO, house.assign(BO, T3), fill())
    rows = grading.list_queue(house.act(BO))
    assert [(row.assignment.id, row.ticket.id, row.answered, row.asked) for row in rows] == [
        (soon, T2.id, 2, 6),
        (late, T1.id, 0, 6),
        (some_day, T4.id, 0, 6),
    ]
    assert {row.scorecard for row in rows} == {"Care, version 1"}
    assert rows[0].agent == NINA


def test_desk_holds_ticket_scorecard_draft_and_place_in_the_queue(house: House) -> None:
    first = house.assign(BO, T1, due_at=NOON + timedelta(days=1))
    second = house.assign(BO, T2, due_at=NOON + timedelta(days=2))
    desk = grading.open_desk(house.act(BO), second)
    assert (desk.conversation, desk.version, desk.standing.draft, desk.agent) == (CONVERSATIONS[1], VERSION, None, NINA)
    assert (desk.standing.position, desk.standing.queue_length, desk.standing.next_id) == (2, 2, first)
    saved = grading.save_draft(house.act(BO), second, HALF, expected_revision=0)
    assert grading.follow_desk(house.act(BO), second).draft == saved


def test_desk_keeps_the_version_of_the_ticket_that_was_graded_first(house: House) -> None:
    assignment_id = house.assign(BO, T1)
    grading.save_draft(house.act(BO), assignment_id, HALF, expected_revision=0)
    changed = replace(CONVERSATIONS[0], ticket=replace(T1, version=2), messages=CONVERSATIONS[0].messages[:1])
    with house.store.write() as tx:
        tickets.replace_conversations(tx, [changed])
    assert grading.open_desk(house.act(BO), assignment_id).conversation.messages == CONVERSATIONS[0].messages
    review = house.submit(BO, assignment_id, fill())
    assert review.ticket_version == 1
    assert house.grade(CY, T1).ticket_version == 2


@pytest.mark.parametrize("other", [CY, MANAGER, ADMIN], ids=lambda person: person.name)
def test_desk_of_another_is_not_found(house: House, other: Person) -> None:
    assignment_id = house.assign(BO)
    context = house.act(other)
    for act in (
        lambda: grading.open_desk(context, assignment_id),
        lambda: grading.save_draft(context, assignment_id, HALF, expected_revision=0),
        lambda: grading.submit_review(context, assignment_id, fill(), submission_key="k"),
        lambda: grading.follow_desk(context, assignment_id),
        lambda: grading.open_desk(context, AssignmentId("none")),
    ):
        with pytest.raises(NotFound) as refusal:
            act()
        assert refusal.value.code == "no-assignment"


def test_agents_do_not_grade(house: House) -> None:
    with pytest.raises(NotAllowed):
        grading.list_queue(house.act(NINA))
    with pytest.raises(NotAllowed):
        grading.open_desk(house.act(NINA), house.assign(NINA, T4))


def test_draft_is_made_by_the_first_save_and_counts_its_saves(house: House) -> None:
    assignment_id = house.assign(BO, T1, selection=Selection.TARGETED)
    first = grading.save_draft(house.act(BO), assignment_id, HALF, expected_revision=0)
    house.tick(minutes=1)
    changed = Filled(fill({"empathy": "2"}).ratings, comment="better", active_seconds=12)
    second = grading.save_draft(house.act(BO), assignment_id, changed, expected_revision=first.revision)
    assert (first.revision, second.revision, first.id) == (1, 2, second.id)
    assert second == Review(
        first.id,
        ticket_id=T1.id,
        ticket_version=1,
        scorecard_version_id=VERSION.id,
        reviewer_id=BO.id,
        agent_id=NINA.id,
        purpose=Purpose.QUALITY,
        selection=Selection.TARGETED,
        state=ReviewState.DRAFT,
        revision=2,
        started_at=NOON,
        saved_at=NOON + timedelta(minutes=1),
        ratings=changed.ratings,
        comment="better",
        assignment_id=assignment_id,
        active_seconds=30,
    )
    assert house.stored(first.id) == second


@pytest.mark.parametrize("stale", [0, 1, 3])
def test_second_tab_cannot_overwrite_a_draft(house: House, stale: int) -> None:
    assignment_id = house.assign(BO)
    grading.save_draft(house.act(BO), assignment_id, HALF, expected_revision=0)
    stored = grading.save_draft(house.act(BO), assignment_id, fill(), expected_revision=1)
    house.tick(minutes=1)
    with pytest.raises(Conflict) as refusal:
        grading.save_draft(house.act(BO), assignment_id, HALF, expected_revision=stale)
    assert refusal.value.code == "draft-conflict"
    assert house.stored(stored.id) == stored


@pytest.fixture
def busy_house(request: pytest.FixtureRequest, engine_name: str, tmp_path: Path) -> House:
    """A house whose store takes several connections at once, on each engine in turn."""
    store: Store = request.getfixturevalue("file_store" if engine_name == "sqlite" else "postgres_store")
    furnish(store)
    return House(store, tmp_path / "recordings")


def test_two_first_saves_at_the_same_moment_leave_one_whole_draft(busy_house: House) -> None:
    house = busy_house
    assignment_id = house.assign(BO)
    start = threading.Barrier(2)

    def save(filled: Filled) -> Review | str:
        start.wait()
        try:
            return grading.save_draft(house.act(BO), assignment_id, filled, expected_revision=0)
        except Conflict as conflict:
            return conflict.code

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(save, (HALF, fill())))
    (saved,) = [result for result in results if isinstance(result, Review)]
    assert "draft-conflict" in results
    assert house.stored(saved.id) == saved


def test_submit_locks_the_review_with_its_score(house: House) -> None:
    assignment_id = house.assign(BO)
    grading.save_draft(house.act(BO), assignment_id, HALF, expected_revision=0)
    house.tick(minutes=9)
    filled = fill({"empathy": "3", "solution": "n/a", "wait": 5}, comment="Fine")
    review = house.submit(BO, assignment_id, filled)
    assert (review.state, review.submitted_at, review.active_seconds) == (ReviewState.SUBMITTED, house.now, 30)
    assert (review.ratings, review.comment, review.saw_other_grades) == (filled.ratings, "Fine", False)
    # Weights 1, 2, 1, 1 count, solution does not: (1 + 2/2 + 1 + 1/2) / 5 = 70 %, which passes.
    assert review.score is not None
    assert (review.score.raw, review.score.reported, review.score.passed) == (Decimal("70.0"), Decimal("70.0"), True)
    assert {(result.criterion_id, result.value, result.applied_weight) for result in review.score.results} == {
        ("greeting", Decimal(1), Decimal("0.2")),
        ("empathy", Decimal("0.5"), Decimal("0.4")),
        ("solution", None, Decimal(0)),
        ("identity", Decimal(1), Decimal("0.2")),
        ("wait", Decimal("0.5"), Decimal("0.2")),
        ("note", None, Decimal(0)),
    }
    assert house.stored(review.id) == review
    with house.store.read() as tx:
        assignment = assignments.assignment(tx, assignment_id)
        entry = audit.entries(tx)[0]
    assert assignment is not None
    assert (assignment.state, assignment.finished_at) == (AssignmentState.DONE, house.now)
    assert (entry.action, entry.actor_id, entry.object_id) == ("review.submit", BO.id, review.id)
    assert entry.after == {
        "ticket": T1.id, "ticket_version": 1, "scorecard_version": VERSION.id, "purpose": "quality",
        "raw": "70.0", "reported": "70.0", "blind": True,
    }  # fmt: skip


def test_auto_fail_stands_beside_both_scores(house: House) -> None:
    review = house.grade(BO, T1, {"identity": "no"})
    assert review.score is not None
    # 5 of 6 weights: 83.3 raw; the form-level auto-fail reports 0 and fails, and the raw score stays.
    assert (review.score.raw, review.score.reported, review.score.passed) == (Decimal("83.3"), Decimal(0), False)
    assert review.score.auto_fails == (AutoFailFlag("form", "identity", "no"),)
    assert CriterionResult("identity", Decimal(0), Decimal("0.166666666667")) in review.score.results


def test_same_key_again_returns_the_first_result_and_counts_nothing_twice(house: House) -> None:
    assignment_id = house.assign(BO)
    context = house.act(BO)
    first = grading.submit_review(context, assignment_id, fill(), submission_key="k1")
    house.tick(minutes=1)
    again = grading.submit_review(context, assignment_id, fill({"empathy": "2"}), submission_key="k1")
    assert again == first
    with house.store.read() as tx:
        assert reviews.count_reviews(tx, reviewer_id=BO.id) == 1
        assert [entry.action for entry in audit.entries(tx)] == ["review.submit"]


def test_other_key_for_a_finished_assignment_is_a_conflict(house: House) -> None:
    review = house.grade(BO)
    assert review.assignment_id is not None
    with pytest.raises(Conflict) as refusal:
        grading.submit_review(house.act(BO), review.assignment_id, fill(), submission_key="another")
    assert refusal.value.code == "assignment-finished"
    with pytest.raises(Conflict):
        grading.save_draft(house.act(BO), review.assignment_id, HALF, expected_revision=0)
    with pytest.raises(Refused) as finished:
        grading.open_desk(house.act(BO), review.assignment_id)
    assert finished.value.code == "assignment-finished"


def test_key_of_another_review_is_a_conflict(house: House) -> None:
    first, second = house.assign(BO, T1), house.assign(BO, T2)
    theirs = house.assign(CY, T3)
    grading.submit_review(house.act(BO), first, fill(), submission_key="k1")
    for person, assignment_id in ((BO, second), (CY, theirs)):
        with pytest.raises(Conflict) as refusal:
            grading.submit_review(house.act(person), assignment_id, fill(), submission_key="k1")
        assert refusal.value.code == "submission-key-used"


@pytest.mark.parametrize(
    ("keys", "said"), [(("k1", "k2"), {"submitted", "assignment-finished"}), (("k1", "k1"), {"submitted"})]
)
@pytest.mark.parametrize("drafted", [True, False])
def test_submits_at_the_same_moment_make_one_review(
    busy_house: House, keys: tuple[str, str], said: set[str], *, drafted: bool
) -> None:
    house = busy_house
    assignment_id = house.assign(BO)
    revision = grading.save_draft(house.act(BO), assignment_id, HALF, expected_revision=0).revision if drafted else 0
    start = threading.Barrier(2)

    def submit(key: str) -> str:
        start.wait()
        try:
            review = grading.submit_review(
                house.act(BO), assignment_id, fill(), submission_key=key, expected_revision=revision
            )
        except Conflict as conflict:
            return conflict.code
        return review.state

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(submit, keys)) == said
    with house.store.read() as tx:
        assert reviews.count_reviews(tx, reviewer_id=BO.id) == 1


def test_incomplete_submit_names_every_criterion_and_changes_nothing(house: House) -> None:
    assignment_id = house.assign(BO)
    draft = grading.save_draft(house.act(BO), assignment_id, HALF, expected_revision=0)
    poor = Filled(
        (
            Rating("empathy", Answer.choose("1")),
            Rating("solution", Answer.choose("none")),
            Rating("identity", NOT_APPLICABLE),
            Rating("wait", Answer.measure(Decimal(11))),
            Rating("note", MISSING),
            Rating("colour", Answer.choose("blue")),
        )
    )
    with pytest.raises(Refused) as refusal:
        grading.submit_review(house.act(BO), assignment_id, poor, submission_key="k")
    assert refusal.value.code == "review-incomplete"
    assert refusal.value.message.startswith("The scorecard cannot be submitted yet. ")
    for part in (
        'has no criterion "colour"',
        "Greeting: has no answer yet",
        "Empathy: needs a comment with this answer",
        "Solution: needs at least one reason with this answer",
        "Identity checked: cannot be left out as N/A",
        "Minutes of silence: takes 0 to 10, not 11",
    ):
        assert part in refusal.value.message
    assert house.stored(draft.id) == draft
    assert [row.assignment.id for row in grading.list_queue(house.act(BO))] == [assignment_id]


def test_all_not_applicable_has_no_score_and_it_is_not_zero() -> None:
    only_solution = make_scorecard(
        "id: one\nlabel: One\nsections: [{id: a, label: A, criteria: "
        "[{id: solution, label: Solution, type: yes_no, allow_na: true}]}]"
    )
    stored = score_ratings(only_solution, (Rating("solution", NOT_APPLICABLE),))
    assert (stored.raw, stored.reported, stored.passed) == (None, None, None)


def test_review_says_whether_its_author_could_see_another_grade(house: House) -> None:
    assert house.grade(BO, T1).saw_other_grades is False
    assert house.grade(CY, T1).saw_other_grades is True
    assert house.grade(CY, T2).saw_other_grades is False


def test_submit_from_a_stale_tab_leaves_the_other_draft_as_it_is(house: House) -> None:
    assignment_id = house.assign(BO)
    context = house.act(BO)
    grading.save_draft(context, assignment_id, fill({"empathy": "1"}), expected_revision=0)
    kept = grading.save_draft(context, assignment_id, fill({"empathy": "2"}), expected_revision=1)

    with pytest.raises(Conflict) as refusal:
        grading.submit_review(context, assignment_id, fill(), submission_key="k", expected_revision=1)

    assert refusal.value.code == "draft-conflict"
    assert grading.follow_desk(context, assignment_id).draft == kept


def test_database_that_cannot_be_written_to_is_said_so_that_the_desk_tries_again(house: House) -> None:
    assignment_id = house.assign(BO)
    context = replace(house.act(BO), store=open_store("sqlite:////no/such/folder/x.sqlite"))
    with pytest.raises(Unavailable) as saving:
        grading.save_draft(context, assignment_id, HALF, expected_revision=0)
    with pytest.raises(Unavailable) as submitting:
        grading.submit_review(context, assignment_id, fill(), submission_key="k")
    assert {saving.value.code, submitting.value.code} == {"database-unavailable"}
