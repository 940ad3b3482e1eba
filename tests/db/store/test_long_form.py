"""Long form, page by page: every review once and in order, as the database was when reading began."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db import revisions
from db.engine import Store
from db.records import Purpose, Review, ReviewId, ReviewState
from db.store import long_form, reviews
from db.store.long_form import Head, Line, read_lines, stream_heads
from tests.db.files import opened
from tests.db.world import NOON, SUBMITTED, TICKETS, add_work


def numbered(place: int, minutes: int) -> Review:
    return replace(
        SUBMITTED,
        id=ReviewId(f"r{place}"),
        submission_key=f"k{place}",
        assignment_id=None,
        submitted_at=NOON + timedelta(minutes=minutes),
    )


def test_streamed_reviews_hold_what_whole_ones_do(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_form, "PAGE", 2)
    # Two at the same moment are told apart by their ids.
    wanted = [numbered(1, 5), numbered(4, 3), numbered(3, 3), numbered(2, 9), numbered(5, 1)]
    with store.write() as tx:
        add_work(tx)
        reviews.add_reviews(tx, [*wanted, replace(numbered(6, 2), state=ReviewState.VOIDED)])
    with store.snapshot() as tx:
        pages = [
            [(head, read_lines(tx, [head.id])[head.id]) for head in page]
            for page in stream_heads(tx, purpose=Purpose.QUALITY, states=[ReviewState.SUBMITTED])
        ]
        whole = reviews.reviews(tx, states=[ReviewState.SUBMITTED])
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [head.id for page in pages for head, _ in page] == ["r5", "r3", "r4", "r1", "r2"]
    for (head, lines), review in zip((found for page in pages for found in page), whole, strict=True):
        assert head == as_head(review)
        assert lines == {line.criterion_id: line for line in as_lines(review)}


def test_what_is_written_meanwhile_is_not_in_the_pages(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_form, "PAGE", 1)
    revisions.upgrade(database_url)
    with opened(database_url) as store, opened(database_url) as other:
        with store.write() as tx:
            add_work(tx)
            reviews.add_reviews(tx, [numbered(1, 1), numbered(2, 2)])
        with store.snapshot() as tx:
            heads = stream_heads(tx, states=[ReviewState.SUBMITTED])
            found = [head.id for head in next(heads)]
            with other.write() as later:
                reviews.add_reviews(later, [numbered(3, 3)])
                reviews.set_review_state(
                    later, ReviewId("r2"), ReviewState.VOIDED, at=NOON, expected=ReviewState.SUBMITTED
                )
            found += [head.id for page in heads for head in page]
            counted = reviews.count_reviews(tx, states=[ReviewState.SUBMITTED])
        with store.snapshot() as tx:
            assert [head.id for page in stream_heads(tx, states=[ReviewState.SUBMITTED]) for head in page] == [
                "r1", "r3",
            ]  # fmt: skip
    assert (found, counted) == (["r1", "r2"], 2)


def as_head(review: Review) -> Head:
    ticket = next(ticket for ticket in TICKETS if ticket.id == review.ticket_id)
    score, at = review.score, review.submitted_at
    assert score is not None
    assert at is not None
    return Head(
        id=review.id,
        submitted_at=at,
        purpose=review.purpose.value,
        selection=review.selection.value,
        assignment_id=review.assignment_id,
        state=review.state,
        ticket_id=review.ticket_id,
        source=ticket.source,
        external_id=ticket.external_id,
        channel=ticket.channel.value,
        began_at=ticket.created_at,
        agent_id=review.agent_id,
        reviewer_id=review.reviewer_id,
        version_id=review.scorecard_version_id,
        raw_score=score.raw,
        reported_score=score.reported,
        passed=score.passed,
    )


def as_lines(review: Review) -> list[Line]:
    results = {result.criterion_id: result for result in review.score.results} if review.score else {}
    return [
        Line(
            *(rating.criterion_id, rating.answer.state.value, rating.answer.option_id, rating.answer.number),
            *(rating.answer.text, rating.comment, rating.reason_ids, rating.praise),
            *((found.value, found.applied_weight) if (found := results.get(rating.criterion_id)) else (None, None)),
        )
        for rating in review.ratings
    ]
