"""Every page of every role by its typed address: it opens, says where one is, reads in both themes, fits a phone."""

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.axe import COLOUR_RULES, GRAVE, Fault, find_faults
from tests.journey.conftest import Enter
from tests.journey.house import DESKTOP, PATIENCE, PHONE, House, Visitor
from tests.journey.places import PARTS, list_places, look_into

pytestmark = pytest.mark.journey

PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(16, 18, 22)"}
FRONT = {
    "manager": "/reviews",
    "facilitator": "/calibration",
    "reviewer": "/queue",
    "coach": "/coaching",
    "agent": "/feedback",
    "admin": "/people",
}
ERRORS = "[data-testid=stException], [data-testid=stAlertContentError], [data-testid=stDialog]"
# Colours are judged as they stay, not on their way from one theme to the other.
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"


@pytest.fixture(scope="module")
def places(demo: House) -> dict[str, Mapping[str, str]]:
    """Part to where it can go."""
    with look_into(demo.data) as installation:
        return {part: list_places(installation, part) for part in PARTS}


@pytest.mark.parametrize("part", PARTS)
def test_pages_of(part: str, enter: Enter, demo: House, places: dict[str, Mapping[str, str]]) -> None:
    known = {name for other in PARTS[: PARTS.index(part)] for name in places[other]}
    visitor = enter()
    page = visitor.page
    visitor.enter(part)
    expect(page).to_have_url(demo.address + FRONT[part])
    found = {name: judge(visitor, address, whole=name not in known) for name, address in places[part].items()}
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert [address for address in visitor.requests if not is_own(address, demo)] == []


def judge(visitor: Visitor, address: str, *, whole: bool) -> list[Fault]:
    """Open a page, hold it against what every page keeps to, and return what axe finds in each theme.

    `whole`: with axe, which takes seconds a page; the first role that has a page is enough for it.
    """
    page = visitor.page
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    visitor.open(address)
    expect(page).to_have_url(visitor.house.address + address)
    heading = page.locator("h1")
    expect(heading).to_have_count(1)
    expect(page).to_have_title(re.compile(r"^(?!Plumbline ·).+ · Plumbline$"))
    expect(page.locator(ERRORS)).to_have_count(0)
    faults = [fault for scheme in PAPER for fault in judge_theme(visitor, scheme)] if whole else []
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    expect(heading).to_be_visible()
    assert find_overflow(page) == [], address
    return faults


def judge_theme(visitor: Visitor, scheme: str) -> list[Fault]:
    page = visitor.page
    page.add_style_tag(content=STILL)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", PAPER[scheme])
    visitor.settle()  # elements of a run before are greyed
    return find_faults(page, impacts=GRAVE, rules=() if scheme == "light" else COLOUR_RULES)


def find_overflow(page: Page) -> list[str]:
    """Which of the page's scrolling frames stay wider than the screen once tables and charts took their new size."""
    found: list[str] = page.evaluate(
        """async (patience) => {
            const frames = [document.documentElement, document.querySelector("[data-testid=stMain]")];
            const end = performance.now() + patience;
            let wide = frames;
            while (wide.length > 0 && performance.now() < end) {
                await new Promise(requestAnimationFrame);
                wide = frames.filter((frame) => frame.scrollWidth > frame.clientWidth);
            }
            return wide.map((frame) => `${frame.tagName} is ${frame.scrollWidth} wide in ${frame.clientWidth}`);
        }""",
        PATIENCE,
    )
    return found


def is_own(address: str, house: House) -> bool:
    """Whether a request stays with the server, or with what the page made itself."""
    return address.startswith((house.address + "/", f"blob:{house.address}/", "data:"))


def test_bare_and_home_address_lead_to_the_front_page(enter: Enter, demo: House) -> None:
    coach = enter("coach")
    for address in ("/", "/home"):
        coach.open(address)
        expect(coach.page).to_have_url(f"{demo.address}/coaching")
        expect(coach.page.get_by_role("dialog")).to_have_count(0)


def test_page_of_another_role_says_so(enter: Enter) -> None:
    agent = enter("agent")
    agent.open("/people")
    expect(agent.page.locator("h1")).to_have_text("Not for your role")
    agent.page.get_by_role("link", name="Go to My feedback").click()
    expect(agent.page.locator("h1")).to_have_text("My feedback")


def test_desk_reads_with_its_dialogs_open(enter: Enter, places: dict[str, Mapping[str, str]]) -> None:
    reviewer = enter("reviewer")
    page = reviewer.page
    reviewer.open(places["reviewer"]["desk"])
    page.set_viewport_size({"width": DESKTOP[0] // 2, "height": DESKTOP[1] // 2})  # at 200 % zoom
    expect(page.locator(".desk footer")).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    reviewer.settle()
    assert find_faults(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("g")
    page.get_by_role("button", name=re.compile("Skip|Give back")).click()
    expect(page.get_by_role("dialog", name=re.compile("this ticket"))).to_be_visible()
    assert [fault for scheme in PAPER for fault in judge_theme(reviewer, scheme)] == []
