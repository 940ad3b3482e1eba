"""What counts as lost."""

from db.records import AssignmentId
from tests.torture.desk import SHARES, plan_strikes
from tests.torture.memory import Kind, Sheet


def test_an_answer_that_was_acknowledged_is_missed_unless_a_later_one_replaced_it() -> None:
    sheet = Sheet(AssignmentId("a"))
    sheet.give("heard", "yes")
    assert sheet.missing_in({}) == {}
    assert sheet.acknowledge()
    assert not sheet.acknowledge()
    sheet.give("tone", "2")
    assert sheet.missing_in({}) == {"heard": "yes"}
    assert sheet.missing_in({"heard": "yes"}) == {}
    sheet.give("heard", "no")
    assert sheet.missing_in({"heard": "no"}) == {}
    assert sheet.acknowledge()
    assert sheet.missing_in({"heard": "yes", "tone": "2"}) == {"heard": "no"}


def test_the_same_seed_strikes_at_the_same_places() -> None:
    kinds = list(SHARES)
    assert plan_strikes(kinds, seed=5) == plan_strikes(kinds, seed=5)
    assert {strike.kind for strike in plan_strikes(kinds, seed=5)} == set(Kind)
