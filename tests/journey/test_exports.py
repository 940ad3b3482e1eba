"""A manager reads a team's scores and has them exported while others work; page, command and workbook say the same."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import openpyxl
import psutil
import pytest
from playwright.sync_api import Locator, expect

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.words import write_measured, write_place, write_short
from tests.journey.conftest import Enter
from tests.journey.house import House, Visitor, wait_until
from tests.journey.places import open_session_of
from tests.journey.steps import choose
from tests.journey.test_workbooks import read_cards

pytestmark = pytest.mark.journey

TEAM = "Orders & Delivery"
COACH, OTHER_TEAMS = "samir.qureshi@fernlatch.example", ["Billing & Subscriptions", "Technical Help"]
"""Who has nothing to do with the team."""
AGENTS = "Agents with their scores, the best estimate first"
SEEN = ("name", "adjusted", "place", "score", "smoothed")
"""The first columns of the page's table, all of them figures but the name."""


def test_scores_of_a_team_on_page_command_and_workbook(enter: Enter, demo: House, tmp_path: Path) -> None:
    manager, coach = enter("manager"), enter(token=open_session_of(demo, COACH))
    told = json.loads(demo.command("scores", "show", "--team", TEAM, "--format", "json"))
    manager.open("/scores")
    choose(manager, "Team", TEAM)
    shown = write_agents(told["standings"])
    wait_until(manager.page, lambda: read_agents(manager) == shown)
    assert read_agents(manager) == shown
    assert read_cards(manager) == {
        "Team, random reviews": write_card(told["mean"], "{} reviews"),
        "Agents differ by (SD)": write_card(told["between"], "{} agents"),
        "Reliability of a score, 0 to 1": write_card(told["reliability"], "{} agents", digits=2),
        "Smallest real difference": write_card(told["smallest_difference"], "n = {} each"),
    }

    coach.open("/exports")
    with held_up(demo):
        pack, raw = order(manager, "Team workbook", team=TEAM), order(manager, "Raw data", form="CSV")
        expect(coach.page.get_by_text("Nothing exported lately.")).to_be_visible()
        expect_options(coach, "Team", OTHER_TEAMS)
        choose(coach, "Team", OTHER_TEAMS[1])  # goes on at once, however long an export takes
        raw.get_by_role("button", name="Cancel").click()
        expect(raw.get_by_text("Cancelled; nothing of it is kept.")).to_be_visible()

    link = pack.get_by_role("link")
    expect(link).to_be_visible()
    manager.settle()
    with manager.page.expect_download() as coming:
        link.click()
    coming.value.save_as(file := tmp_path / coming.value.suggested_filename)
    book = openpyxl.load_workbook(file)
    summary = [str(cell) for row in book["Summary"].iter_rows(values_only=True) for cell in row if cell is not None]
    assert f"Team score {write_measured(read(told['mean']))}" in summary
    assert all(row["name"] in book.sheetnames and row["adjusted"] in summary for row in shown)
    refused = coach.context.request.get(link.get_attribute("href") or "")
    assert (refused.status, refused.text()) == (404, "There is no such file, or none for you.")


def read(found: dict[str, Any]) -> Measured:
    """A figure as the command prints it."""
    return Undefined(**found) if "reason" in found else Estimate(**found)


def write_card(found: dict[str, Any], count: str, *, digits: int = 1) -> str:
    """A figure of the command in the words of a card, which says of what there are so many."""
    return write_measured(read(found), digits=digits, count=count.format(found["n_units"]))


def write_agents(standings: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The command's agents in the words of the page."""
    placed = sum(one["rank_low"] is not None for one in standings)
    return [
        {
            "name": one["name"],
            "adjusted": write_short(read(one["adjusted"]), digits=1),
            "place": write_place(one["rank_low"], one["rank_high"], placed),
            "score": write_short(read(one["score"]), digits=1),
            "smoothed": write_short(read(one["smoothed"]), digits=1),
        }
        for one in standings
    ]


def read_agents(manager: Visitor) -> list[dict[str, str]]:
    """The page's agents: tables are painted, and repeat in HTML for screen readers, soon after, what is in sight."""
    rows = manager.page.get_by_role("region", name=AGENTS).locator("tbody tr")
    return [dict(zip(SEEN, row.locator("td").all_inner_texts()[1:], strict=False)) for row in rows.all()]


def order(manager: Visitor, what: str, *, team: str = "", form: str = "") -> Locator:
    """Order an export; returns its place in the list."""
    if manager.page.url.removeprefix(manager.house.address) != "/exports":
        manager.open("/exports")
    choose(manager, "What", what)
    if team:
        choose(manager, "Team", team)
    if form:
        manager.page.get_by_text(form, exact=True).click()
        manager.settle()
    manager.press("exports:begin")
    listed = manager.page.locator("[class*=st-key-exports-]").filter(has_text=f"{what}, {team}{form} ·")
    expect(listed.get_by_role("progressbar")).to_be_visible()
    return listed


def expect_options(visitor: Visitor, label: str, options: list[str]) -> None:
    """A list offers these."""
    field = visitor.page.get_by_role("combobox", name=label, exact=True)
    field.click()
    expect(visitor.page.get_by_role("option")).to_have_text(options)
    field.press("Escape")
    expect(visitor.page.get_by_role("listbox")).to_have_count(0)


@contextmanager
def held_up(house: House) -> Iterator[None]:
    """Exports stand still from their first moment until the block ends, so that none is over before one looks."""
    server, held, ended = psutil.Process(house.pid), set[psutil.Process](), Event()

    def hold_up() -> None:
        while not ended.wait(0.01):
            for child in set(server.children()) - held:
                child.suspend()
                held.add(child)

    watcher = Thread(target=hold_up)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        for child in held:
            with suppress(psutil.NoSuchProcess):  # it was cancelled
                child.resume()
