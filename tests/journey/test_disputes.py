"""A whole dispute: the agent contests, somebody who has not seen the review grades again, a lead decides."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from db.records import AssignmentState, Purpose, ReviewState
from db.store import assignments
from qa_app.ui.pages import address_of
from qa_app.workflows import access, grading, reviews
from qa_app.workflows.context import read_clock
from scorecards.model import CriterionType
from tests.journey.conftest import Enter
from tests.journey.desk import Desk
from tests.journey.house import House, Visitor
from tests.journey.places import act_as, look_into, open_session_of

pytestmark = pytest.mark.journey

REASON = "<b>Read on</b>: two lines *further* I say =exactly+that. [x](http://example.org)"
WORDS = "Graded again, and you are right: it is there. `Corrected`."


@dataclass(frozen=True)
class Contested:
    """A review young enough to be contested, with its agent's session; what is contested of it."""

    token: str
    review_id: str
    criterion: str
    criterion_id: str
    ticket: str

    @property
    def address(self) -> str:
        """Of the review."""
        return address_of("review", review=self.review_id)


@pytest.fixture
def contested(demo: House) -> Contested:
    """The newest released review of the demo whose first criterion has options."""
    with look_into(demo.data) as installation:
        manager = act_as(installation, "manager")
        since = read_clock() - timedelta(days=12)
        for row in reviews.list_reviews(manager, states=(ReviewState.RELEASED,)):
            card = reviews.view_review(manager, row.review.id).version.scorecard
            first = next(each for each in card.criteria if each.type is CriterionType.SCALE and each.show_if is None)
            rated = next(each for each in row.review.ratings if each.criterion_id == first.id)
            low = rated.answer.option_id in {option.id for option in first.options[:3]}
            young = row.review.released_at is not None and row.review.released_at > since
            if row.agent and young and low and row.review.supersedes_id is None:
                token = access.open_session(installation.store, row.agent.id, now=read_clock())
                return Contested(token, row.review.id, first.label, first.id, row.ticket.external_id)
    raise AssertionError("no released review of the demo is young enough")


def test_dispute_from_the_agent_over_a_blind_second_grade_to_the_decision(
    enter: Enter, demo: House, contested: Contested
) -> None:
    agent = enter(token=contested.token)
    raise_it(agent, contested)
    manager, coach = enter("manager"), enter("coach", name="")
    manager.open("/disputes")
    row = manager.page.locator("[class*=st-key-disputes-row-]").filter(has_text=contested.ticket)
    expect(row.get_by_text("Second grader wanted")).to_be_visible()
    row.get_by_role("link").click()
    expect(manager.page).to_have_title("Dispute · Plumbline")
    manager.settle()
    dispute = manager.page.url.removeprefix(demo.address)
    manager.press("dispute:assign")
    expect(manager.page.get_by_text("Being graded again by")).to_be_visible()

    coach.open(dispute)
    expect(coach.page.locator("h1")).to_be_visible()
    expect(coach.widget("dispute:decide")).to_have_count(0)
    grade_again(enter(token=open_session_of(demo, find_grader(demo))), demo, contested, dispute)

    other_tab = enter("manager")
    other_tab.open(dispute)
    manager.open(dispute)
    expect(manager.page.get_by_text("Second grade is in")).to_be_visible()
    line = manager.widget(f"dispute:line:{contested.criterion_id}")
    expect(line.get_by_text("First grade")).to_be_visible()
    expect(line.get_by_text("Proposed")).to_be_visible()
    expect(line.get_by_text("Second grade", exact=True)).to_be_visible()
    expect(manager.page.get_by_text("Grade revised")).to_have_count(0)
    for visitor in (other_tab, manager):
        fill_in_decision(visitor, contested)
    manager.press("dispute:go")
    expect(manager.page.get_by_text("Grade revised").first).to_be_visible()
    other_tab.press("dispute:go")
    expect(other_tab.page.get_by_text("This dispute is revised by now; reload to see the decision.")).to_be_visible()
    read_outcome(agent, contested)


def raise_it(agent: Visitor, contested: Contested) -> None:
    """Contest one grade with a proposal; what is written survives leaving the form and the page."""
    agent.open(contested.address)
    expect(agent.page.get_by_text("can be contested until")).to_be_visible()
    agent.press("review:contest_open")
    dialog = agent.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    agent.settle()
    grades = dialog.get_by_role("combobox", name="Grades that you see differently")
    grades.click()
    agent.page.get_by_role("option").filter(has_text=f"{contested.criterion}: ").first.click()
    grades.press("Tab")
    expect(agent.page.get_by_role("listbox")).to_have_count(0)
    agent.settle()
    dialog.get_by_role("combobox", name="Your proposal").click()
    agent.page.get_by_role("option").last.click()
    agent.settle()
    dialog.get_by_label("Why?").fill(REASON)
    dialog.get_by_label("Why?").press("Tab")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    agent.press("review:contest_open")
    expect(dialog.get_by_label("Why?")).to_have_value(REASON)
    agent.press("review:contest")
    expect(dialog).to_have_count(0)
    expect(agent.page.get_by_text("Dispute: open")).to_be_visible()
    expect(agent.page.get_by_text("The review is contested already; wait for the decision.")).to_be_visible()


def find_grader(demo: House) -> str:
    """The e-mail of who was asked last."""
    with look_into(demo.data) as installation:
        manager = act_as(installation, "manager")
        with installation.store.read() as tx:
            asked = assignments.assignments(tx, state=AssignmentState.OPEN, purpose=Purpose.DISPUTE)
        newest = max(asked, key=lambda one: one.assigned_at)
        people = access.list_people(manager)
        return next(person.email or "" for person in people if person.id == newest.reviewer_id)


def grade_again(grader: Visitor, demo: House, contested: Contested, dispute: str) -> None:
    """Neither the review nor the dispute is to be seen; the desk asks the contested criterion only."""
    grader.open(contested.address)
    expect(grader.page.get_by_text("There is no such review, or none that you may read.")).to_be_visible()
    grader.open(dispute)
    expect(grader.page.get_by_text("There is no such dispute, or none that you may read.")).to_be_visible()
    with look_into(demo.data) as installation:
        person = access.find_actor(installation.store, find_grader(demo))
        queue = grading.list_queue(installation.context(person))
        mine = next(row for row in queue if row.ticket.external_id == contested.ticket)
        card = grading.open_desk(installation.context(person), mine.assignment.id).version.scorecard
    grader.open(address_of("desk", assignment=mine.assignment.id))
    expect(grader.page.get_by_text("Second grade, blind")).to_be_visible()
    expect(grader.page.get_by_text(REASON)).to_have_count(0)
    desk = Desk(grader)
    assert [criterion.id for criterion in card.criteria] == [contested.criterion_id]
    best = {criterion.id: criterion.options[-1].id for criterion in card.criteria}
    desk.answer(card, best, comment="It stands in the third message.")
    desk.press("Control+Enter")
    expect(grader.page.locator("h1")).not_to_have_text(f"Grade {contested.ticket}")
    grader.open(dispute)
    expect(grader.page.get_by_text("Second grade is in")).to_be_visible()
    expect(grader.widget("dispute:decide")).to_be_visible()


def fill_in_decision(lead: Visitor, contested: Contested) -> None:
    """Give the contested grade its best answer, with words for the agent."""
    form = lead.widget("dispute:decide")
    form.get_by_role("combobox", name=contested.criterion).click()
    lead.page.get_by_role("option").last.click()
    lead.settle()
    words = form.get_by_label("What do you decide, and why?")
    words.fill(WORDS)
    words.press("Tab")
    lead.settle()


def read_outcome(agent: Visitor, contested: Contested) -> None:
    """The decision in its own words, the newest version, and the way back to the old one."""
    agent.open(contested.address)
    expect(agent.page.get_by_text("Dispute: grade revised")).to_be_visible()
    expect(agent.page.get_by_text(WORDS)).to_be_visible()
    agent.page.get_by_role("link", name=re.compile("newest version")).click()
    expect(agent.page.get_by_role("link", name="The version before")).to_be_visible()
    agent.settle()
    agent.page.get_by_role("link", name="The version before").click()
    expect(agent.page).to_have_url(f"{agent.house.address}{contested.address}")
    agent.settle()
    expect(agent.page.get_by_text("Dispute: grade revised")).to_be_visible()
    expect(agent.widget("review:contest_open")).to_have_count(0)
