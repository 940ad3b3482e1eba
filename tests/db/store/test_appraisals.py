from dataclasses import replace
from datetime import date

import pytest

from db.engine import Store
from db.problems import StaleRevision
from db.records import Appraisal, AppraisalId, AppraisalSide, AppraisalSubject, Rating
from db.store import appraisals
from scorecards.answers import MISSING, NOT_APPLICABLE, Answer
from tests.db.world import AGENT, NOON, REVIEWER, VERSION, add_work

OWN, THEIRS = AppraisalSide(AGENT.id, 0, NOON), AppraisalSide(REVIEWER.id, 0, NOON)
MARCH = Appraisal(
    AppraisalId("a1"),
    AGENT.id,
    REVIEWER.id,
    AppraisalSubject.PERIOD,
    VERSION.id,
    start=date(2026, 3, 1),
    end=date(2026, 3, 31),
    created_at=NOON,
    about="The first month",
    due_on=date(2026, 4, 7),
    sides=(OWN, THEIRS),
)
RATINGS = (
    Rating("empathy", Answer.choose("4"), "On the 4th", ("tool",)),
    Rating("greeting", NOT_APPLICABLE),
    Rating("a", MISSING),
)


def test_sides_are_saved_apart_and_submitted_once(store: Store) -> None:
    filled = replace(OWN, ratings=RATINGS, comment="Fair")
    with store.write() as tx:
        add_work(tx)
        appraisals.add_appraisal(tx, MARCH)
        appraisals.save_side(tx, MARCH.id, filled, expected_revision=0)
        with pytest.raises(StaleRevision):
            appraisals.save_side(tx, MARCH.id, filled, expected_revision=0)
        submitted = replace(filled, ratings=RATINGS[:2], submitted_at=NOON)
        appraisals.save_side(tx, MARCH.id, submitted, expected_revision=1)
        with pytest.raises(StaleRevision):
            appraisals.save_side(tx, MARCH.id, filled, expected_revision=2)
    with store.read() as tx:
        kept = replace(MARCH, sides=(replace(submitted, revision=2), THEIRS))
        assert appraisals.appraisal(tx, MARCH.id) == kept
        assert appraisals.appraisals(tx, [AGENT.id]) == appraisals.appraisals(tx, None) == (kept,)
        assert appraisals.appraisals(tx, [REVIEWER.id]) == ()
