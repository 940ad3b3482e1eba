"""An agent reads the feedback, and follows a quote to where it was said."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from db.records import ReviewState
from qa_app.ui.pages import address_of
from qa_app.workflows import access, reviews
from qa_app.workflows.context import read_clock
from tests.journey.conftest import Enter
from tests.journey.house import House
from tests.journey.places import act_as, look_into

pytestmark = pytest.mark.journey


@dataclass(frozen=True)
class Reader:
    """An agent with two reviews to read, the second of them with quotes; addresses of pages."""

    token: str
    read: str
    quoted: str
    foreign: str


@pytest.fixture
def reader(demo: House) -> Reader:
    """The first agent of the demo who has such reviews; which one that is depends on the day."""
    with look_into(demo.data) as installation:
        rows = reviews.list_reviews(act_as(installation, "manager"), states=(ReviewState.RELEASED,))
        since = read_clock() - timedelta(days=12)
        for row in rows:
            others = [other for other in rows if other.review.agent_id == row.review.agent_id and other is not row]
            quotes = any(item.message_seq for item in row.review.evidence)
            if row.agent and others and quotes and row.review.released_at and row.review.released_at > since:
                foreign = next(other for other in rows if other.review.agent_id != row.review.agent_id)
                token = access.open_session(installation.store, row.agent.id, now=read_clock())
                found = (others[0], row, foreign)
                return Reader(token, *(address_of("review", review=each.review.id) for each in found))
    raise AssertionError("no agent of the demo has two reviews to read")


def test_feedback_is_read_and_its_quotes_lead_to_where_they_were_said(enter: Enter, reader: Reader) -> None:
    agent = enter(token=reader.token)
    agent.open("/feedback")
    agent.press("feedback:next")
    expect(agent.page).to_have_title("Review · Plumbline")

    agent.open(reader.read)
    agent.press("review:acknowledge")
    expect(agent.page.get_by_text("Acknowledged. Thank you.")).to_be_visible()
    expect(agent.widget("review:acknowledge")).to_have_count(0)

    agent.open(reader.quoted)
    quote = agent.page.locator("[data-testid=stMarkdown] a[href^='#message-']").first
    place = quote.get_attribute("href") or ""
    quote.click()
    expect(agent.page.locator(f"article{place}")).to_be_in_viewport(ratio=0.5)
    expect(agent.page.locator("article:target")).to_have_count(1)


def test_review_of_another_agent_is_refused_in_words(enter: Enter, reader: Reader) -> None:
    agent = enter(token=reader.token)
    agent.open(reader.foreign)
    expect(agent.page.get_by_text("There is no such review, or none that you may read.")).to_be_visible()
    expect(agent.page.locator(".conversation")).to_have_count(0)
