"""What counts as lost, and which keys without effect count as a fault."""

from dataclasses import replace

from db.records import AssignmentId
from tests.torture.desk import SHARES, plan_strikes
from tests.torture.memory import Kind, Sheet
from tests.torture.sight import Mute, Sight, explain_mute


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


def test_a_key_is_without_effect_for_a_reason_or_by_a_fault() -> None:
    seen = Sight("a", "saved", 0, {}, locked=False, covered=False, mount="1/0", desks=1, focus="BODY.")
    cases = [
        (None, seen, Mute.BUILT),
        (seen, None, Mute.BUILT),
        (seen, replace(seen, mount="1/1"), Mute.BUILT),
        (seen, replace(seen, covered=True), Mute.COVERED),
        (replace(seen, locked=True), seen, Mute.LOCKED),
        (seen, replace(seen, status="saving"), Mute.UNEXPLAINED),
    ]
    assert [explain_mute(before, after) for before, after, _ in cases] == [why for *_, why in cases]
