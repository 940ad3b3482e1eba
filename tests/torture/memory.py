"""What strikes, and what a reviewer did and saw meanwhile."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from db.records import AssignmentId
from tests.torture.kept import Answers


class Kind(StrEnum):
    """What is killed."""

    SERVER = "server"
    """SIGKILL; it starts again on the same file."""
    TAB = "tab"
    """Closed without a word; another one opens the same address, and has no memory of the first."""
    RELOAD = "reload"
    """The tab stays, the page is loaded anew."""
    NETWORK = "network"
    """The connection ends, and no other is to be had for a while."""
    DEAF = "deaf"
    """What the server says gets lost, then the connection ends: a save arrives, and its answer does not."""


@dataclass(frozen=True, slots=True)
class Strike:
    """One kill: of what, before which key of a ticket, and the seconds from that key to it and that it lasts."""

    kind: Kind
    key: int
    after: float
    lasts: float

    def __str__(self) -> str:
        """A few words."""
        return f"{self.kind}, {self.after:.2f} s into the pause before key {self.key}"


@dataclass(slots=True)
class Memory:
    """What the reviewer did and saw."""

    acknowledged: dict[AssignmentId, Answers] = field(default_factory=dict)
    """Submits, with the answers that were given."""
    saves: int = 0
    """How often the desk said "Saved" of something new."""
    lost: list[str] = field(default_factory=list)
    """Acknowledged answers that were not in the store, or not on the desk, after a strike."""
    mute: Counter[str] = field(default_factory=Counter)
    """Why an answer did not stand there after its key, and how often."""
    pressed_again: Counter[str] = field(default_factory=Counter)
    """Why Ctrl+Enter was pressed anew, and how often: the page had the review still open."""
    faults: list[str] = field(default_factory=list)
    """What should not happen, though nothing is lost by it: keys without effect for no reason, errors of scripts."""


@dataclass(slots=True)
class Sheet:
    """The ticket on the desk, as the reviewer knows it."""

    assignment_id: AssignmentId
    given: dict[str, str] = field(default_factory=dict)
    """On the desk now."""
    saved: dict[str, str] = field(default_factory=dict)
    """Of that, acknowledged."""
    since: dict[str, set[str]] = field(default_factory=dict)
    """What was given later than what is acknowledged: it may be stored, too."""

    def give(self, criterion: str, option: str) -> None:
        """Answer."""
        self.given[criterion] = option
        self.since.setdefault(criterion, set()).add(option)

    def acknowledge(self) -> bool:
        """Everything on the desk is saved; tells whether that is news."""
        news = self.saved != self.given
        self.saved, self.since = dict(self.given), {}
        return news

    def missing_in(self, answers: Answers) -> dict[str, str]:
        """Acknowledged answers that are neither there nor replaced by later ones."""
        return {
            criterion: option
            for criterion, option in self.saved.items()
            if answers.get(criterion) not in {option, *self.since.get(criterion, ())}
        }
