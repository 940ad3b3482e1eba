"""An agent's coaching workbook, downloaded from the agent's page or sent from it, says what the page says."""

import io
import re
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from qa_app.words import write_number
from tests.journey.conftest import Enter
from tests.journey.house import Visitor
from tests.journey.steps import click_row, dialog, download
from tests.qa_app.workflows.post_office import PostOffice

pytestmark = pytest.mark.journey

WRITTEN = {
    "Score as graded": "Score as graded, random reviews",
    "Smoothed score": "Smoothed towards the team",
    "Adjusted score": "Adjusted for who graded",
    "Passed": "Passed reviews",
    "Soft skills": "Soft skills",
    "Hard skills": "Hard skills",
    "No customer-critical error": "Free of customer-critical errors",
    "No business-critical error": "Free of business-critical errors",
    "No compliance-critical error": "Free of compliance-critical errors",
    "Targeted reviews, apart": "Targeted reviews, apart",
}
"""Card of the page to the line of the workbook's summary."""

Line = tuple[object, ...]


def open_first_agent(coach: Visitor) -> str:
    """From the coaching page to the agent who most needs it; returns the name."""
    coach.open("/coaching")
    click_row(coach, "Agents, the most urgent to talk to first", 0)
    expect(coach.widget("agent:workbook")).to_be_visible()
    coach.settle()
    return coach.page.locator("h1").inner_text()


def show_last(coach: Visitor, days: int) -> None:
    """Let the period begin so many days before its end, so that there is a period before it to compare with."""
    first, last = coach.widget("agent:period").locator("input").all()
    start = date.fromisoformat(last.input_value()) - timedelta(days=days - 1)
    first.fill(f"{start}")
    coach.page.locator("h1").click()
    expect(coach.widget("agent:workbook").get_by_role("link")).to_have_attribute(
        "href", re.compile(rf"from={start}&to={last.input_value()}$")
    )
    coach.settle()


def read_cards(coach: Visitor) -> dict[str, str]:
    """Label to figure with its margin, as the cards at the top of the page show them."""
    cards = coach.page.get_by_test_id("stMetric")
    parts = [
        [card.get_by_test_id(f"stMetric{part}").inner_text() for part in ("Label", "Value", "Delta")]
        for card in cards.all()
    ]
    return {label: f"{value.removesuffix('%')} {margin}" for label, value, margin in parts}


def read_summary(file: Path | io.BytesIO) -> dict[str, Line]:
    """First cell of each line of the summary to the other cells that hold something."""
    rows: Iterable[Line] = openpyxl.load_workbook(file)["Summary"].iter_rows(values_only=True)
    lines = [[cell for cell in row if cell is not None] for row in rows]
    return {str(line[0]): tuple(line[1:]) for line in lines if line}


def send(coach: Visitor, office: PostOffice, agent: str) -> dict[str, Line]:
    """Send the workbook to the agent, whom the mail server does not know at first; returns the summary that arrived."""
    address = f"{agent.lower().replace(' ', '.')}@fernlatch.example"
    office.refuses = address
    coach.press("mail:open")
    expect(dialog(coach).get_by_role("radio")).to_have_count(2)
    name, _, host = address.partition("@")
    to_agent = re.compile(f"{agent}, {name}@.{host}")  # a sign without width keeps the address from being a link
    expect(dialog(coach).get_by_role("radio", name=to_agent)).to_be_checked()
    coach.press("mail:send")
    refusal = f"The mail server 127.0.0.1:{office.port} does not know the recipient's address (code 550)."
    expect(dialog(coach).get_by_text(refusal)).to_be_visible()
    assert office.mails == []
    office.refuses = ""
    coach.press("mail:send")
    expect(coach.page.get_by_text(re.compile(f"Sent to {to_agent.pattern}"))).to_be_visible()
    expect(dialog(coach)).to_have_count(0)
    [(sender, recipient, message)] = office.mails
    assert (sender, recipient) == ("qa@fernlatch.example", address)
    [attached] = message.iter_attachments()
    return read_summary(io.BytesIO(attached.get_content()))


def test_coaching_workbook_holds_the_figures_of_the_page(enter: Enter, office: PostOffice, tmp_path: Path) -> None:
    coach = enter("coach")
    agent = open_first_agent(coach)
    show_last(coach, 28)
    cards = read_cards(coach)
    file = download(coach, "agent:workbook", tmp_path)
    summary = read_summary(file)
    assert f"Coaching report: {agent}" in summary
    assert f"Score {cards['Score as graded']}" in summary
    figures = {card: summary[WRITTEN[card]] for card in cards}
    assert {card: line[0] for card, line in figures.items()} == cards
    for card, (words, value, *_) in figures.items():
        assert isinstance(value, float | int), card
        assert str(words).startswith(f"{write_number(value, 1)} "), card
    [change] = [line for line in summary if line.startswith("Score against the same number of days before: ")]
    expect(coach.page.get_by_text(change)).to_be_visible()
    assert f"Coaching report: {agent}" in send(coach, office, agent)
