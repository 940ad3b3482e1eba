from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from db.engine import Store
from db.problems import DuplicateKey, RuleBroken, StaleRevision
from db.records import (
    AssignmentId,
    PersonId,
    Purpose,
    Rating,
    Review,
    ReviewId,
    ReviewState,
    ScorecardVersionId,
    TicketId,
)
from db.store import results, reviews
from db.store.reviews import ReviewFilter
from db.store.rows import one_piece
from scorecards.answers import Answer
from tests.db.world import (
    AGENT,
    ASSIGNMENT,
    DRAFT,
    NOON,
    OTHER_REVIEWER,
    REVIEWER,
    SESSION,
    SUBMITTED,
    TICKETS,
    VERSION,
    add_work,
)


@pytest.fixture
def office(store: Store) -> Store:
    with store.write() as tx:
        add_work(tx)
    return store


def submitted(name: str, minutes: int) -> Review:
    """A submitted review of the first ticket, without evidence and score."""
    return replace(
        DRAFT,
        id=ReviewId(name),
        state=ReviewState.SUBMITTED,
        submitted_at=NOON + timedelta(minutes=minutes),
        saved_at=NOON + timedelta(minutes=minutes),
    )


def test_review_comes_back_as_it_went_in(office: Store) -> None:
    with office.write() as tx:
        reviews.add_review(tx, SUBMITTED)
    with office.read() as tx:
        assert reviews.review(tx, SUBMITTED.id) == SUBMITTED
        assert reviews.review_by_key(tx, "key-1") == SUBMITTED
        assert reviews.review(tx, ReviewId("none")) is None
        assert reviews.review_by_key(tx, "none") is None


def test_graded_reviews_have_ratings_and_scores_but_neither_evidence_nor_results(office: Store) -> None:
    with office.write() as tx:
        reviews.add_review(tx, SUBMITTED)
    assert SUBMITTED.score is not None
    assert SUBMITTED.evidence
    with office.read() as tx:
        (found,) = reviews.graded(tx, ticket_ids=[SUBMITTED.ticket_id])
    assert found == replace(SUBMITTED, evidence=(), score=replace(SUBMITTED.score, results=()))


def test_results_come_back_by_review_and_reviews_of_several_agents_too(office: Store) -> None:
    with office.write() as tx:
        reviews.add_review(tx, SUBMITTED)
    assert SUBMITTED.score is not None
    assert SUBMITTED.agent_id is not None
    with office.read() as tx:
        assert results.results(tx, [SUBMITTED.id, "none"]) == {SUBMITTED.id: SUBMITTED.score.results}
        assert reviews.reviews(tx, agent_ids=[SUBMITTED.agent_id, PersonId("none")]) == (SUBMITTED,)
        assert reviews.reviews(tx, agent_ids=[]) == ()


def test_several_reviews_come_back_by_id_superseded_ones_too(office: Store) -> None:
    later = replace(submitted("later", 20), supersedes_id=SUBMITTED.id, supersede_reason="slip")
    with office.write() as tx:
        reviews.add_reviews(tx, [SUBMITTED, later])
    with office.read() as tx:
        found = reviews.reviews_by_id(tx, [later.id, SUBMITTED.id, ReviewId("none")])
    assert found == {SUBMITTED.id: SUBMITTED, later.id: later}


def test_score_keeps_every_digit(office: Store) -> None:
    with office.write() as tx:
        reviews.add_review(tx, SUBMITTED)
        stored = reviews.review(tx, SUBMITTED.id)
    assert stored is not None
    assert stored.score is not None
    assert [str(one.value) for one in stored.score.results] == ["0.3333333333333333333333333333", "None", "0"]
    assert str(stored.score.raw) == "66.67"


def test_review_of_an_unknown_ticket_is_refused_and_none_of_its_batch_added(office: Store) -> None:
    with office.write() as tx, pytest.raises(RuleBroken):
        reviews.add_reviews(tx, [SUBMITTED, replace(submitted("r2", 1), ticket_id=TicketId("none"))])
    with office.read() as tx:
        assert reviews.count_reviews(tx) == 0


def test_assignment_has_one_draft(office: Store) -> None:
    draft = replace(DRAFT, assignment_id=ASSIGNMENT.id)
    with office.write() as tx:
        reviews.add_review(tx, draft)
        with pytest.raises(DuplicateKey) as refusal:
            reviews.add_review(tx, replace(draft, id=ReviewId("r2")))
        assert reviews.draft_of(tx, ASSIGNMENT.id) == draft
        assert reviews.draft_of(tx, AssignmentId("none")) is None
        assert reviews.drafts_of(tx, [ASSIGNMENT.id, AssignmentId("none")]) == {ASSIGNMENT.id: draft}
    assert refusal.value.constraint == "ux_review_draft"


def test_draft_is_saved_under_the_next_revision(office: Store) -> None:
    changed = replace(DRAFT, ratings=(Rating("empathy", Answer.choose("4")),), comment="half", active_seconds=30)
    with office.write() as tx:
        reviews.add_review(tx, DRAFT)
        saved = reviews.save_draft(tx, changed, expected_revision=1)
        again = reviews.save_draft(tx, saved, expected_revision=2)
    assert saved == replace(changed, revision=2)
    with office.read() as tx:
        assert reviews.review(tx, DRAFT.id) == again == replace(changed, revision=3)


def test_draft_saved_on_an_old_revision_is_refused_and_overwrites_nothing(office: Store) -> None:
    mine, theirs = replace(DRAFT, comment="mine"), replace(DRAFT, comment="theirs", ratings=())
    with office.write() as tx:
        reviews.add_review(tx, DRAFT)
        kept = reviews.save_draft(tx, mine, expected_revision=1)
        with pytest.raises(StaleRevision):
            reviews.save_draft(tx, theirs, expected_revision=1)
        with pytest.raises(StaleRevision):
            reviews.submit(tx, replace(SUBMITTED, comment="theirs"), expected_revision=1)
        with pytest.raises(StaleRevision):
            reviews.save_draft(tx, replace(theirs, id=ReviewId("none")), expected_revision=1)
    with office.read() as tx:
        assert reviews.review(tx, DRAFT.id) == kept


def test_submit_writes_state_key_score_and_results_together(office: Store) -> None:
    with office.write() as tx:
        reviews.add_review(tx, DRAFT)
        stored = reviews.submit(tx, SUBMITTED, expected_revision=1)
    assert stored == replace(SUBMITTED, revision=2)
    with office.read() as tx:
        assert reviews.review(tx, DRAFT.id) == stored


def test_submitted_review_is_no_draft_any_more(office: Store) -> None:
    with office.write() as tx:
        reviews.add_review(tx, DRAFT)
        stored = reviews.submit(tx, SUBMITTED, expected_revision=1)
        for late in (1, 2):
            with pytest.raises(StaleRevision):
                reviews.save_draft(tx, replace(DRAFT, comment="late"), expected_revision=late)
            with pytest.raises(StaleRevision):
                reviews.submit(tx, replace(SUBMITTED, comment="late", submission_key="key-2"), expected_revision=late)
    with office.read() as tx:
        assert reviews.review(tx, DRAFT.id) == stored


def test_submission_key_is_used_once_and_the_transaction_goes_on(office: Store) -> None:
    other = replace(DRAFT, id=ReviewId("r2"))
    with office.write() as tx:
        reviews.add_reviews(tx, [DRAFT, other])
        reviews.submit(tx, SUBMITTED, expected_revision=1)
        with pytest.raises(DuplicateKey) as refusal:
            reviews.submit(tx, replace(SUBMITTED, id=other.id), expected_revision=1)
        assert reviews.review(tx, other.id) == other
        reviews.submit(tx, replace(SUBMITTED, id=other.id, submission_key="key-2"), expected_revision=1)
    assert refusal.value.constraint == "uq_review_submission_key"
    with office.read() as tx:
        assert reviews.count_reviews(tx) == 2


def test_state_that_does_not_fit_the_call_is_a_programming_error(office: Store) -> None:
    with office.write() as tx:
        reviews.add_review(tx, DRAFT)
        with pytest.raises(ValueError, match="draft"):
            reviews.save_draft(tx, SUBMITTED, expected_revision=1)
        with pytest.raises(ValueError, match="submitted"):
            reviews.submit(tx, DRAFT, expected_revision=1)


def test_state_moves_on_from_the_expected_one_only(office: Store) -> None:
    at = NOON + timedelta(days=1)
    released, submitted_ = ReviewState.RELEASED, ReviewState.SUBMITTED
    with office.write() as tx:
        reviews.add_review(tx, SUBMITTED)
        reviews.set_review_state(tx, SUBMITTED.id, released, at=at, expected=submitted_)
        with pytest.raises(StaleRevision):
            reviews.set_review_state(tx, SUBMITTED.id, released, at=at + timedelta(days=1), expected=submitted_)
        reviews.set_review_state(
            tx, SUBMITTED.id, ReviewState.ACKNOWLEDGED, at=at + timedelta(days=2), expected=released
        )
    with office.read() as tx:
        assert reviews.review(tx, SUBMITTED.id) == replace(SUBMITTED, state=ReviewState.ACKNOWLEDGED, released_at=at)


FILED = (
    replace(submitted("corrected", 10)),
    replace(submitted("correction", 40), supersedes_id=ReviewId("corrected"), supersede_reason="wrong option"),
    replace(submitted("kept", 20)),
    replace(submitted("void", 45), state=ReviewState.VOIDED, supersedes_id=ReviewId("kept"), supersede_reason="slip"),
    replace(submitted("begun", 50), state=ReviewState.DRAFT, submitted_at=None, supersedes_id=ReviewId("kept")),
    replace(submitted("calib", 30), purpose=Purpose.CALIBRATION, session_id=SESSION.id, reviewer_id=OTHER_REVIEWER.id),
    replace(submitted("second", 30), ticket_id=TICKETS[1].id, agent_id=None),
)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["kept", "calib", "second", "correction", "void"]),
        ({"superseded": True}, ["corrected", "kept", "calib", "second", "correction", "void"]),
        ({"agent_id": AGENT.id, "purpose": Purpose.QUALITY}, ["kept", "correction", "void"]),
        ({"reviewer_id": OTHER_REVIEWER.id}, ["calib"]),
        ({"ticket_ids": [TICKETS[1].id, TicketId("none")]}, ["second"]),
        ({"ticket_ids": []}, []),
        ({"states": [ReviewState.DRAFT, ReviewState.VOIDED]}, ["void", "begun"]),
        ({"states": []}, []),
        ({"submitted_from": NOON + timedelta(minutes=30)}, ["calib", "second", "correction", "void"]),
        ({"submitted_before": NOON + timedelta(minutes=30)}, ["kept"]),
        ({"session_id": SESSION.id}, ["calib"]),
        ({"scorecard_version_ids": [VERSION.id]}, ["kept", "calib", "second", "correction", "void"]),
        ({"scorecard_version_ids": [ScorecardVersionId("none")]}, []),
        ({"agent_id": None, "states": None, "ticket_ids": None}, ["kept", "calib", "second", "correction", "void"]),
    ],
)
def test_reviews_are_filtered_and_sorted_by_submission(
    office: Store, wanted: ReviewFilter, expected: list[str]
) -> None:
    with office.write() as tx:
        reviews.add_reviews(tx, FILED)
    with office.read() as tx:
        assert [one.id for one in reviews.reviews(tx, **wanted)] == expected
        assert reviews.count_reviews(tx, **wanted) == len(expected)


def test_reviewed_tickets_have_a_quality_review_that_counts(office: Store) -> None:
    voided = replace(submitted("void", 5), ticket_id=TICKETS[2].id, state=ReviewState.VOIDED)
    with office.write() as tx:
        reviews.add_reviews(tx, [SUBMITTED, voided, replace(FILED[5], ticket_id=TICKETS[1].id)])
    with office.read() as tx:
        assert reviews.reviewed_ticket_ids(tx, [ticket.id for ticket in TICKETS]) == {TICKETS[0].id}
        assert reviews.reviewed_ticket_ids(tx, [TICKETS[1].id]) == frozenset()


def test_rating_of_two_parts_is_refused_by_the_tables_too(office: Store) -> None:
    with office.write() as tx:
        reviews.add_review(tx, DRAFT)
        with pytest.raises(RuleBroken) as refusal, one_piece(tx):
            tx.connection.exec_driver_sql("update rating set text = 'and text' where criterion_id = 'greeting'")
    assert refusal.value.constraint == "ck_rating_parts"


def test_more_reviews_than_fit_one_statement_are_found(office: Store) -> None:
    many = [replace(submitted(f"m{n:04}", n), score=SUBMITTED.score) for n in range(1100)]
    with office.write() as tx:
        reviews.add_reviews(tx, many)
    with office.read() as tx:
        found = reviews.reviews(tx, reviewer_id=REVIEWER.id)
    assert [one.id for one in found] == [one.id for one in many]
    assert {one.score.raw for one in found if one.score is not None} == {Decimal("66.67")}
