"""The main job in a real browser on the demo: a sample is drawn and handed out, and a reviewer grades ten tickets."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journey.conftest import Enter
from tests.journey.desk import Desk
from tests.journey.grading import choose_options, find_scorecard, give_back_second_grades, read_queue
from tests.journey.house import House, Visitor
from tests.journey.steps import choose, dialog

pytestmark = pytest.mark.journey

BEN, HENRIK, LEILA = (f"{name}@fernlatch.example" for name in ("ben.ashworth", "henrik.dahl", "leila.farouk"))
REVIEWERS = {BEN: "Ben Ashworth", HENRIK: "Henrik Dahl", LEILA: "Leila Farouk"}
MANAGER = "catherine.doyle@fernlatch.example"
GRADED = 10
UNDONE = 0
"""Place of the ticket whose submit is taken back and made again."""
RELOADED = 4
"""Which of the ten, from 0 on, is reloaded half-way."""
COMMENT = "Message 3: 1 answer of 2 is missing."


def draw_and_hand_out(manager: Visitor) -> None:
    """30 chats, stratified by team, to three reviewers."""
    manager.open("/sampling")
    manager.press("sampling:new")
    manager.page.get_by_label("Name of the plan").fill("Journey: chats by team")
    choose(manager, "Channels", "Chat")
    choose(manager, "Strata", "Team")
    manager.press("sampling:draw")
    expect(dialog(manager)).to_have_count(0)
    expect(manager.page.get_by_text(re.compile(r"^30 of \d+ tickets · seed 1 · strata: Team"))).to_be_visible()
    manager.press("sampling:hand_out")
    choose(manager, "Scorecard", "Core skills, chat, version 1")
    choose(manager, "Reviewers", *REVIEWERS.values())
    manager.press("sampling:assign")
    expect(dialog(manager)).to_have_count(0)


def grade_ten(reviewer: Visitor, labels: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Grade by keyboard from the queue on; ticket to the score on the desk before submitting and the one said after.

    A ticket that has a draft goes on from it. `labels` names the scorecard of each ticket in the queue.
    """
    reviewer.open("/queue")
    expect(reviewer.page.get_by_role("button", name="Start grading")).to_be_visible()
    reviewer.page.evaluate("new Promise((done) => requestIdleCallback(done))")  # its keys are heard once it is painted
    reviewer.page.keyboard.press("Alt+g")
    desk, seen = Desk(reviewer), {}
    desk.await_first()
    for place in range(GRADED):
        ticket = desk.ticket
        scorecard = find_scorecard(labels[ticket])
        options = choose_options(scorecard, place)
        half = len(scorecard.criteria) // 2
        desk.answer(scorecard, options, comment=COMMENT, start=desk.answered, stop=half)
        if place == RELOADED:
            desk.reload()
        desk.expect_answered(half, scorecard)
        desk.answer(scorecard, options, comment=COMMENT, start=half)
        desk.expect_answered(len(scorecard.criteria), scorecard)
        seen[ticket] = (desk.score, desk.submit())
        if place == UNDONE:
            desk.undo(ticket)
            desk.expect_answered(len(scorecard.criteria), scorecard)
            assert desk.submit() == seen[ticket][1]
    return seen


def read_stored(house: House, folder: Path) -> dict[str, str]:
    """Ticket to the reported score of the review that Ben submitted today, as `plumbline export raw` writes it."""
    file, _methods = house.command("export", "raw", "--as", MANAGER, "--to", str(folder)).splitlines()
    with Path(file).open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["reviewer"] == REVIEWERS[BEN]]
    return {row["ticket"]: row["reported_score"] for row in rows}


def test_sample_is_drawn_handed_out_and_graded_by_keyboard(enter: Enter, demo: House, tmp_path: Path) -> None:
    give_back_second_grades(demo, BEN)
    before = {email: len(read_queue(demo, email)) for email in REVIEWERS}
    manager = enter("manager")
    draw_and_hand_out(manager)
    queues = {email: read_queue(demo, email) for email in REVIEWERS}
    after = {email: len(queue) for email, queue in queues.items()}
    given = {email: after[email] - before[email] for email in REVIEWERS}
    assert sum(given.values()) == 30
    assert max(after.values()) - min(after.values()) <= 1
    for email, name in REVIEWERS.items():
        expect(manager.page.get_by_text(f"{name}: 0 of {given[email]} done")).to_be_visible()

    reviewer = enter("reviewer", name=REVIEWERS[BEN])
    seen = grade_ten(reviewer, {row["ticket"]: row["scorecard"] for row in queues[BEN]})
    reviewer.open("/queue")
    expect(reviewer.page.get_by_text(f"{after[BEN] - GRADED} open")).to_be_visible()
    left = {row["ticket"] for row in read_queue(demo, BEN)}
    assert left == {row["ticket"] for row in queues[BEN]} - seen.keys()
    assert len(left) == after[BEN] - GRADED
    stored = read_stored(demo, tmp_path)
    assert seen == {ticket: (stored[ticket], stored[ticket]) for ticket in seen}
    assert len(set(seen.values())) > 1
