from datetime import timedelta

import pytest

from db.records import Acknowledgement, Review, ReviewState
from db.store import acknowledgements, audit, scorecards
from qa_app.errors import NotAllowed, Refused
from qa_app.workflows.acknowledging import acknowledge_due, list_unacknowledged, settle_acknowledgement
from qa_app.workflows.reviews import acknowledge_review, view_review
from tests.factories import fill, make_scorecard, make_version
from tests.qa_app.workflows.house import ADMIN, BO, MANAGER, NINA, SAM, T1, T2, House
from tests.qa_app.workflows.test_disputes import give_by


def release_by(house: House, mode: str, *, number: int = 2) -> Review:
    """A released review of Nina's on a version that asks for acknowledgement so, after 5 days where it is automatic."""
    card = make_scorecard()
    rules = card.acknowledgement.model_copy(update={"mode": mode, "after_days": 5})
    version = make_version(card.model_copy(update={"acknowledgement": rules}), by=ADMIN.id, number=number)
    with house.store.write() as tx:
        scorecards.add_version(tx, version)
    review = house.submit(BO, give_by(house, BO, T1, version.id), fill())
    house.release(review)
    return house.stored(review.id)


def test_agent_acknowledges_with_a_comment_that_stands_with_the_review(house: House) -> None:
    review = release_by(house, "asked")
    (asked,) = list_unacknowledged(house.act(NINA))
    assert (asked.review.id, asked.by_itself_at) == (review.id, None)
    assert list_unacknowledged(house.act(SAM)) == ()
    with pytest.raises(Refused, match="4000 characters at most"):
        acknowledge_review(house.act(NINA), review.id, comment="x" * 4001)
    made = acknowledge_review(house.act(NINA), review.id, comment="  Thank you. ")
    assert made == Acknowledgement(review.id, house.now, NINA.id, "Thank you.")
    assert view_review(house.act(MANAGER), review.id).acknowledgement == made
    assert list_unacknowledged(house.act(NINA)) == ()
    with pytest.raises(Refused):
        acknowledge_review(house.act(NINA), review.id)


def test_scorecard_that_does_not_ask_is_not_acknowledged(house: House) -> None:
    review = release_by(house, "off")
    assert list_unacknowledged(house.act(NINA)) == ()
    with pytest.raises(Refused, match="asks for no acknowledgement"):
        acknowledge_review(house.act(NINA), review.id)


def test_what_is_due_is_acknowledged_in_nobodys_name(house: House) -> None:
    review = release_by(house, "automatic")
    asked_only = house.grade(BO, T2)
    house.release(asked_only)
    assert list_unacknowledged(house.act(NINA))[0].by_itself_at == house.now + timedelta(days=5)
    house.tick(days=4, hours=23)
    assert acknowledge_due(house.act(MANAGER)) == ()
    assert not settle_acknowledgement(house.act(NINA), review.id)
    house.tick(hours=1)
    with pytest.raises(NotAllowed):
        acknowledge_due(house.act(NINA))
    assert acknowledge_due(house.act(MANAGER)) == (review.id,)
    assert acknowledge_due(house.act(MANAGER)) == ()
    with house.store.read() as tx:
        kept = acknowledgements.acknowledgements(tx, [review.id, asked_only.id])
        entry = audit.entries(tx)[0]
    assert kept == {review.id: Acknowledgement(review.id, house.now, None)}
    assert (entry.actor_id, entry.action, entry.after) == (
        None, "review.acknowledged", {"state": "acknowledged", "automatic": True},
    )  # fmt: skip
    assert house.stored(asked_only.id).state is ReviewState.RELEASED


def test_whoever_looks_first_settles_what_is_due(house: House) -> None:
    review = release_by(house, "automatic")
    house.tick(days=6)
    assert settle_acknowledgement(house.act(NINA), review.id)
    assert not settle_acknowledgement(house.act(NINA), review.id)
    read = view_review(house.act(NINA), review.id).acknowledgement
    assert read is not None
    assert (read.by, read.at, house.stored(review.id).state) == (None, house.now, ReviewState.ACKNOWLEDGED)
