"""What every workflow is given: the store, who asks, the clock and the maker of ids."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from db.engine import Store, Transaction
from db.problems import DatabaseUnavailable, UnstorableText
from db.records import Person
from qa_app.errors import Refused, Unavailable
from qa_app.house import House
from qa_app.settings import Settings
from qa_app.workflows.dispatch import Deliveries
from qa_app.workflows.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Context:
    """One request's surroundings. Tests and the demo pass their own clock and ids."""

    store: Store
    actor: Person
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    recordings_dir: Path
    shelf: Shelf = field(default_factory=Shelf, repr=False, compare=False)
    """What the process keeps; one of its own where there is no installation."""
    house: House = field(default_factory=House)
    """How exports look."""
    settings: Settings | None = None
    """Of the installation, where there is one."""
    deliveries: Deliveries = field(default_factory=Deliveries, repr=False, compare=False)
    """Exports that the process is making."""

    @property
    def today(self) -> date:
        """The day that it is."""
        return self.day_of(self.now())

    def day_of(self, moment: datetime) -> date:
        """The day of a moment on the installation's clock; in UTC where there is no installation."""
        return moment.astimezone(self.settings.time_zone if self.settings else UTC).date()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A change of the store, for callers that try again.

        Raises:
            Unavailable: the database has no room, no connection or no turn now; nothing was changed.
        """
        with database_told(), self.store.write() as tx:
            yield tx


UNSTORABLE = (
    "A text has signs that no database holds: bytes that are no UTF-8, or half of a character. Nothing was changed; "
    "take them out, or save the text as UTF-8, and try again."
)


@contextmanager
def database_told() -> Iterator[None]:
    """Have it told in words where a database does not answer, or cannot hold a text.

    Raises:
        Unavailable: the database has no room, no connection or no turn now; nothing was changed.
        Refused: a text has signs that the database cannot hold; nothing was changed.
    """
    try:
        yield
    except UnstorableText:
        # Its chain could lead to the text itself.
        raise Refused("unstorable-text", UNSTORABLE) from None
    except DatabaseUnavailable as problem:
        message = "The database does not answer now, so nothing was changed. Try again in a moment."
        raise Unavailable("database-unavailable", message) from problem


@dataclass(frozen=True, slots=True)
class Installation:
    """What one process shares among all requests: its settings and its open database."""

    settings: Settings
    store: Store
    shelf: Shelf = field(default_factory=Shelf, repr=False, compare=False)
    house: House = field(default_factory=House)
    deliveries: Deliveries = field(default_factory=Deliveries, repr=False, compare=False)

    def context(self, actor: Person) -> Context:
        """The surroundings of one request by this person."""
        return Context(
            store=self.store,
            actor=actor,
            now=read_clock,
            new_id=make_id,
            recordings_dir=self.settings.recordings_dir,
            shelf=self.shelf,
            house=self.house,
            settings=self.settings,
            deliveries=self.deliveries,
        )


def read_clock() -> datetime:
    """The wall clock, aware and in UTC."""
    return datetime.now(UTC)


def make_id() -> str:
    """A new id: 24 hexadecimal digits that sort by time, the last 13 random."""
    milliseconds = int(datetime.now(UTC).timestamp() * 1000)
    return f"{milliseconds:011x}{secrets.randbits(52):013x}"
