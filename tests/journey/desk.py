"""A reviewer at the grading desk, who works by keyboard alone."""

import re
from collections.abc import Mapping

from playwright.sync_api import Locator, expect

from scorecards.answers import Answer
from scorecards.model import Criterion, Scorecard
from scorecards.scoring import Given, check
from tests.journey.house import Visitor

DIGITS = "1234567890"
"""The keys of a criterion's options, in their order."""


class Desk:
    """The desk in one window, with one ticket after the other on it."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page

    def await_first(self) -> None:
        """Wait until the page that leads to the desk has given way to it."""
        # By its name: the heading of the page before may stand beside it until the run has ended.
        expect(self.page.get_by_role("heading", level=1, name=re.compile("^Grade "))).to_be_visible()
        self.visitor.settle()

    @property
    def ticket(self) -> str:
        """The helpdesk's number of the ticket on the desk."""
        return self.page.locator("h1").inner_text().removeprefix("Grade ")

    @property
    def case(self) -> str:
        """What the desk itself calls the ticket. Heading and desk do not change at the same moment."""
        case = self.page.locator(".desk").get_attribute("data-case")
        assert case is not None
        return case

    @property
    def answered(self) -> int:
        """How many criteria have an answer, such as those of a draft."""
        return int(self.page.locator(".desk .count").inner_text().split()[0])

    @property
    def score(self) -> str:
        """The score as it stands, in percent."""
        return self.page.locator(".desk .score strong").inner_text()

    def answer(
        self, scorecard: Scorecard, options: Mapping[str, str], *, comment: str, start: int = 0, stop: int | None = None
    ) -> None:
        """Answer the criteria from `start` up to `stop`, with a reason and a comment where one is required."""
        given = {key: Given(Answer.choose(option_id)) for key, option_id in options.items()}
        lacking = {(problem.criterion_id, problem.code) for problem in check(scorecard, given)}
        for criterion in scorecard.criteria[start:stop]:
            place = [option.id for option in criterion.options].index(options[criterion.id])
            self.press(DIGITS[place])
            asks_reason, asks_comment = (
                (criterion.id, f"{what}-required") in lacking for what in ("reason", "comment")
            )
            if asks_reason:
                self.press("r", "1", "Escape")
            if asks_comment:
                self.press("c")
                self.page.keyboard.insert_text(comment)
                self.press("Escape")
                expect(self.comment_on(criterion)).to_have_value(comment)
            if asks_reason or asks_comment:
                self.press("ArrowDown")

    def comment_on(self, criterion: Criterion) -> Locator:
        """The field for words about one criterion."""
        return self.page.get_by_role("textbox", name=f"Comment on {criterion.label}", exact=True)

    def expect_answered(self, answered: int, scorecard: Scorecard) -> None:
        """The desk stands and counts so many answers."""
        expect(self.page.locator(".desk .count")).to_have_text(f"{answered} of {len(scorecard.criteria)}")

    def expect_saved(self) -> None:
        """The server has all that was done here."""
        expect(self.page.locator(".desk .status")).to_contain_text("Saved ")

    def reload(self) -> None:
        """Load the page anew once the draft is saved."""
        self.expect_saved()
        self.page.reload()

    def submit(self) -> str:
        """Submit; returns the score that the desk says then, in percent, once another ticket stands there."""
        ticket, case = self.ticket, self.case
        self.press("Control+Enter")
        said = self.page.locator(".desk .undo .words").filter(has_text=f"Submitted {ticket}: ").inner_text()
        expect(self.page.locator("h1")).not_to_have_text(f"Grade {ticket}")
        expect(self.page.locator(".desk")).not_to_have_attribute("data-case", case)
        return said.split(f"{ticket}: ")[1].split("%")[0]

    def undo(self, ticket: str) -> None:
        """Take the last submit back, while that is offered; its ticket stands there again."""
        case = self.case
        self.press("u")
        expect(self.page.locator("h1")).to_have_text(f"Grade {ticket}")
        expect(self.page.locator(".desk")).not_to_have_attribute("data-case", case)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
