"""What comes next on the desk, where the queue changed meanwhile or the reviewer gives a ticket back."""

import pytest
from playwright.sync_api import expect

from tests.journey.conftest import Enter
from tests.journey.desk import Desk
from tests.journey.grading import choose_options, find_scorecard, give_back_second_grades, read_queue
from tests.journey.house import House
from tests.journey.steps import dialog

pytestmark = pytest.mark.journey

HOLDS = """(id) => globalThis[Symbol.for("plumbline.desk.lines")].get("desk").cases.has(id)"""
"""Whether a case is in the browser."""
BEN = "ben.ashworth@fernlatch.example"


def test_next_ticket_is_the_right_one_though_another_was_brought_ahead(enter: Enter, demo: House) -> None:
    give_back_second_grades(demo, BEN)
    first, second, third, fourth, *_ = read_queue(demo, BEN)
    reviewer = enter("reviewer", name="Ben Ashworth")
    reviewer.open(f"/desk?assignment={first['assignment']}")
    desk, scorecard = Desk(reviewer), find_scorecard(first["scorecard"])
    desk.expect_answered(0, scorecard)
    desk.answer(scorecard, choose_options(scorecard, 1), comment="Message 3: 1 answer of 2 is missing.")
    desk.expect_answered(len(scorecard.criteria), scorecard)
    reviewer.page.wait_for_function(HOLDS, arg=second["assignment"])  # ready to be shown
    demo.command("skip", second["assignment"], "--reason", "I know the customer", "--as", BEN)
    desk.submit()
    expect(reviewer.page.locator("h1")).to_have_text(f"Grade {third['ticket']}")
    expect(reviewer.page.locator(".desk")).to_have_attribute("data-case", third["assignment"])
    desk.expect_answered(0, find_scorecard(third["scorecard"]))
    desk.press("1")
    desk.expect_answered(1, find_scorecard(third["scorecard"]))
    desk.expect_saved()

    # It is given back: a reason is asked for, and the fourth follows.
    reviewer.press("desk:return_open")
    opened = dialog(reviewer)
    expect(opened.get_by_text("Replace it by the next ticket of its sample")).to_be_visible()
    reviewer.press("desk:return:send")
    expect(opened.get_by_text("Choose why the ticket goes back")).to_be_visible()
    expect(reviewer.page.locator("h1")).to_have_text(f"Grade {third['ticket']}")
    opened.get_by_text("Empty, spam or a test").click()
    reviewer.settle()
    reviewer.press("desk:return:send")
    expect(opened).to_have_count(0)
    expect(reviewer.page.locator("h1")).to_have_text(f"Grade {fourth['ticket']}")
    desk.expect_answered(0, find_scorecard(fourth["scorecard"]))
    left = [row["assignment"] for row in read_queue(demo, BEN)]
    assert left[0] == fourth["assignment"]
    assert {first["assignment"], second["assignment"], third["assignment"]}.isdisjoint(left)
