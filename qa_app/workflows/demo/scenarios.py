"""The hand-written conversations in `content/`: their shape, and reading them. No chance and no clock in here."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

Quality = Literal["strong", "solid", "weak"]
# How an agent's turn came out: one of the three qualities, or a good answer that repairs the weak one before it.
Outcome = Literal["strong", "solid", "weak", "recover"]
Channel = Literal["chat", "email", "call", "web"]
Mood = Literal["pleased", "calm", "confused", "worried", "upset", "angry"]

HOME = files("qa_app.workflows.demo")


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Attachment(_Content):
    """What a customer sent along; only its name travels, never a file."""

    name: str
    media_type: str
    size_bytes: int


class Turn(_Content):
    """One turn of a scenario.

    An agent's turn has `skills` and `say`: one phrasing per outcome, None where nothing is said (a note not written).
    Anybody else's turn has a `text`, which may have `variants` that say the same, or `after`: a phrasing per outcome
    of the agent's turn before it.
    """

    role: Literal["customer", "agent", "bot", "system"]
    text: str | None = None
    variants: tuple[str, ...] = ()
    say: Mapping[Outcome, str | None] = {}
    after: Mapping[Outcome, str | None] = {}
    skills: tuple[str, ...] = ()
    name: str = ""
    by: Literal["agent", "second"] = "agent"
    internal: bool = False
    # The turn takes place only where the named turn ("previous": the last that always takes place) came out like that.
    only: Mapping[str, tuple[Outcome, ...]] = {}
    # Holds the talk together: "weak" follows weak and nothing else, or the outcome is the "same" as in turn `link_to`.
    link: Literal["", "weak", "same"] = ""
    link_to: str = "previous"
    days_later: int = 0  # not soon, but in the daytime of that day
    reopens: bool = False
    pause_seconds: int = 0  # quiet after a spoken turn, such as a hold
    attachments: tuple[Attachment, ...] = ()


class Scenario(_Content):
    """A contact that many tickets can be made of. `share`: how often, against 1; `hours`: only from, to (UTC)."""

    id: str
    channel: Channel
    team: str
    mood: Mood
    subjects: tuple[str, ...]
    tags: tuple[str, ...]
    language: str
    share: float
    products: tuple[str, ...]
    turns: tuple[Turn, ...]
    hours: tuple[int, int] | None = None


class SpokenTurn(_Content):
    """A turn of a recorded call; an internal note has no times."""

    role: Literal["customer", "agent"]
    text: str
    skills: tuple[str, ...] = ()
    quality: Quality | None = None
    internal: bool = False
    start_seconds: float | None = None
    end_seconds: float | None = None


class RecordedCall(_Content):
    """A call with its recording: fixed words, so no slots. `week` 0 to 7, `weekday` 0 (Monday) to 6."""

    id: str
    recording: str
    team: str
    agent: str
    customer: str
    mood: Mood
    subject: str
    tags: tuple[str, ...]
    product: str
    csat: int
    week: int
    weekday: int
    messages: tuple[SpokenTurn, ...]


class CustomerNames(_Content):
    """What customers and their places are made of."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    streets: tuple[str, ...]
    schools: tuple[str, ...]
    companies: tuple[str, ...]
    networks: tuple[str, ...]


@cache
def read_scenarios() -> tuple[Scenario, ...]:
    """All scenarios, channel by channel, in the order of the files."""
    shape = TypeAdapter(tuple[Scenario, ...])
    names = ("chat", "email", "call", "web")
    return tuple(item for name in names for item in shape.validate_json(_read(f"{name}.json")))


@cache
def read_recorded_calls() -> tuple[RecordedCall, ...]:
    """The calls that have audio."""
    return TypeAdapter(tuple[RecordedCall, ...]).validate_json(_read("recorded_calls.json"))


@cache
def read_customer_names() -> CustomerNames:
    """The parts of customers."""
    return CustomerNames.model_validate_json(_read("customers.json"))


def audio_path(name: str) -> Traversable:
    """The shipped recording of this file name; may live in a zipped package, so open it as a resource."""
    return HOME / "audio" / name


def _read(name: str) -> str:
    return (HOME / "content" / name).read_text(encoding="utf-8")
