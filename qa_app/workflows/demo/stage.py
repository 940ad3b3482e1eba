"""The demo in the making: its clock, its people, and what was brought in so far."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from db.records import Person, ScorecardVersionId, TicketId
from qa_app.workflows.context import Context, Installation
from qa_app.workflows.demo.conversations import Conversation
from scorecards.model import Scorecard


@dataclass(slots=True)
class Stage:
    """The demo in the making: its clock, its people, and what was brought in so far."""

    installation: Installation
    seed: int
    start: datetime
    """Midnight (UTC) of the first of the 56 days."""
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    """By e-mail."""
    versions: dict[str, ScorecardVersionId] = field(default_factory=dict)
    """By channel."""
    cards: dict[ScorecardVersionId, Scorecard] = field(default_factory=dict)
    conversations: dict[TicketId, Conversation] = field(default_factory=dict)
    made_ids: int = 0

    def act(self, email: str) -> Context:
        """The surroundings of this person at the stage's time."""
        return replace(self.installation.context(self.people[email]), now=lambda: self.now, new_id=self.make_id)

    def make_id(self) -> str:
        """The next id: time of the stage, then a count, so that ids sort by time and repeat with the seed."""
        self.made_ids += 1
        return f"{int(self.now.timestamp() * 1000):011x}{self.seed % 0xFFFF:04x}{self.made_ids:09x}"

    def tick(self, **step: float) -> None:
        """Let time pass."""
        self.now += timedelta(**step)
