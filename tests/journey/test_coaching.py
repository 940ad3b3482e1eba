"""A coach plans a session from the data, the agent adds to it and practises, both look back; a manager reads along."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from qa_app.ui.pages import address_of
from qa_app.workflows import access, agenda, coach_list
from qa_app.workflows.context import read_clock
from tests.axe import Fault, find_faults
from tests.journey.album import Album
from tests.journey.conftest import Enter
from tests.journey.house import House, Visitor
from tests.journey.places import act_as, look_into
from tests.journey.steps import dialog
from tests.journey.test_every_page import judge_theme

pytestmark = pytest.mark.journey

PRIVATE_POINT = "Ask how the night shifts go"
AGENT_POINT = "I would like to rehearse a hard call"
SHARED = "Went through two chats; the summary at the end works."
PRIVATE = "Seemed tired; look at the shift plan."
GOAL = "Sum the request up before the first answer."
PLACE = re.compile(r"message \d|\d:\d\d")
TOAST = ".stToast"
OUTCOME = "Sums up in most chats now."


@dataclass(frozen=True)
class Coached:
    """An agent without a planned session, of whom the data say something with a place."""

    token: str
    name: str
    page: str


@pytest.fixture
def coached(demo: House) -> Coached:
    """Which one that is depends on the day."""
    with look_into(demo.data) as installation:
        context, zone = act_as(installation, "coach"), ZoneInfo("UTC")
        for one in coach_list.list_candidates(context, zone=zone).candidates:
            proposals = agenda.propose_agenda(context, one.agent.id, zone=zone)
            if one.next_on is None and any(each.place and each.place.evidence for each in proposals):
                token = access.open_session(installation.store, one.agent.id, now=read_clock())
                return Coached(token, one.agent.name, address_of("agent", agent=one.agent.id))
    raise AssertionError("no agent of the demo is free for a session")


def test_session_is_planned_held_and_followed_up(enter: Enter, coached: Coached, album: Album) -> None:
    coach, agent, manager = enter("coach"), enter(token=coached.token), enter("manager")
    address = plan(coach, coached, album)
    add_point_as_agent(agent, album)
    hold(coach, album)
    practise(agent, address, album)
    manager.open(address)
    expect(manager.page.get_by_label("Private, for coaches and leads only")).to_have_value(PRIVATE)
    follow_up(coach, album)
    agent.open(address)
    expect(agent.page.get_by_text(OUTCOME)).to_be_visible()
    assert hears_nothing_private(agent.page)


def plan(coach: Visitor, coached: Coached, album: Album) -> str:
    """Plan a session and fill its agenda with what the data suggest, and a private point; returns its address."""
    coach.open(coached.page)
    coach.page.get_by_role("tab", name="Coaching").click()
    coach.press("agent:new_plan")
    coach.press("agent:plan")
    expect(coach.page).to_have_title("Coaching session · Plumbline")
    expect(coach.page.locator("h1")).to_have_text(f"Coaching session with {coached.name}")
    coach.press("agenda:add_chosen")
    expect(coach.page.locator("[class*=st-key-agenda-point-]").first).to_be_visible()
    expect(coach.widget("agenda:add_chosen")).to_have_count(0)
    coach.settle()
    coach.page.locator("[class*=st-key-agenda-place-] button").filter(has_text=PLACE).first.click()
    expect(dialog(coach).get_by_role("link", name="The whole review")).to_be_visible()
    expect(dialog(coach).locator("article.marked, audio").first).to_be_visible()
    album.keep(coach, "coaching-1-place")
    coach.settle()
    expect(coach.page.locator(TOAST)).to_have_count(0)
    assert find_faults(coach.page) == []
    coach.page.keyboard.press("Escape")
    expect(dialog(coach)).to_have_count(0)
    coach.page.get_by_label("Own point").fill(PRIVATE_POINT)
    coach.page.get_by_text("Private", exact=True).first.click()
    coach.press("agenda:add")
    expect(coach.page.get_by_text(PRIVATE_POINT)).to_be_visible()
    album.keep(coach, "coaching-2-agenda")
    assert judge(coach) == []
    return coach.page.url.removeprefix(coach.house.address)


def add_point_as_agent(agent: Visitor, album: Album) -> None:
    agent.open("/feedback")
    agent.press("feedback:agenda")
    expect(agent.page).to_have_title("Coaching session · Plumbline")
    expect(agent.page.locator("[class*=st-key-agenda-point-]").first).to_be_visible()
    agent.settle()
    assert hears_nothing_private(agent.page)
    agent.page.get_by_label("What would you like to talk about?").fill(AGENT_POINT)
    agent.press("agenda:add")
    expect(agent.page.get_by_text(AGENT_POINT)).to_be_visible()
    album.keep(agent, "coaching-3-agent")
    assert judge(agent) == []


def hold(coach: Visitor, album: Album) -> None:
    """Talk about the agent's point, take notes, set a goal."""
    coach.page.reload()
    coach.settle()
    coach.page.get_by_text(AGENT_POINT).click()
    expect(coach.page.get_by_text("talked about)")).to_be_visible()
    coach.page.get_by_label("For both").fill(SHARED)
    coach.page.get_by_label("Private, for coaches and leads only").fill(PRIVATE)
    coach.press("agenda:hold_open")
    coach.press("agenda:hold")
    expect(coach.widget("agenda:follow_open")).to_be_visible()
    coach.page.reload()
    coach.settle()
    expect(coach.page.get_by_label("For both")).to_have_value(SHARED)
    expect(coach.page.get_by_label("Private, for coaches and leads only")).to_have_value(PRIVATE)
    coach.press("agenda:new_goal")
    dialog(coach).get_by_label("What will the agent practise?").fill(GOAL)
    coach.press("agenda:set_goal")
    expect(coach.page.get_by_text(GOAL)).to_be_visible()
    album.keep(coach, "coaching-4-held")


def practise(agent: Visitor, address: str, album: Album) -> None:
    """Tick the first step of the goal, and read the notes that are for both."""
    agent.open("/feedback")
    agent.page.get_by_role("tab", name="Goals and coaching").click()
    goal = agent.page.locator("[class*=st-key-feedback-goal-]").filter(has_text=GOAL)
    goal.get_by_test_id("stCheckbox").first.locator("label").click()
    expect(goal.get_by_role("checkbox").first).to_be_checked()
    assert judge(agent) == []
    album.keep(agent, "coaching-5-goals")
    agent.open(address)
    goal = agent.page.locator("[class*=st-key-agenda-goal-]").filter(has_text=GOAL)
    expect(goal.get_by_role("checkbox").first).to_be_checked()
    expect(agent.page.get_by_text(SHARED)).to_be_visible()
    assert hears_nothing_private(agent.page)


def follow_up(coach: Visitor, album: Album) -> None:
    """Look at the goal before and after, say what came of it, end the goal."""
    coach.press("agenda:follow_open")
    expect(dialog(coach).get_by_text("Released random reviews")).to_be_visible()
    album.keep(coach, "coaching-6-follow-up")
    dialog(coach).get_by_label("What came of it?").fill(OUTCOME)
    coach.press("agenda:follow")
    expect(coach.widget("agenda:follow_open")).to_have_count(0)
    expect(coach.page.get_by_text(OUTCOME)).to_be_visible()
    coach.settle()
    goal = coach.page.locator("[class*=st-key-agenda-goal-]").filter(has_text=GOAL)
    goal.get_by_role("button", name="Met").click()
    coach.press("goal:end")
    expect(goal.get_by_role("button", name="Met")).to_have_count(0)


def judge(visitor: Visitor) -> list[Fault]:
    """What axe finds in both themes once messages have come and gone; Streamlit gives those no name."""
    visitor.settle()
    expect(visitor.page.locator(TOAST)).to_have_count(0)
    return [fault for scheme in ("light", "dark") for fault in judge_theme(visitor, scheme)]


def hears_nothing_private(page: Page) -> bool:
    """Whether nothing of what is private came to this browser."""
    content = page.content()
    return PRIVATE_POINT not in content and PRIVATE not in content
