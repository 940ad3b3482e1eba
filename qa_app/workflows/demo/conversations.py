"""The demo's tickets in the interchange format, and how good each conversation truly is. Deterministic by seed.

Makes values only: storing them is another module's work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from qa_app.errors import Refused
from qa_app.workflows.demo.dialogue import (
    LEVELS,
    Customer,
    Line,
    fill,
    make_customer,
    make_words,
    measure_quality,
    play,
)
from qa_app.workflows.demo.dice import Dice
from qa_app.workflows.demo.outcomes import is_answer, make_metric, measure_ticket
from qa_app.workflows.demo.people import AGENTS, EMAIL_DOMAIN, DemoAgent
from qa_app.workflows.demo.rhythm import DAYS, Moment, draw_arrival, time_lines
from qa_app.workflows.demo.scenarios import (
    Channel,
    Outcome,
    RecordedCall,
    Scenario,
    Turn,
    read_recorded_calls,
    read_scenarios,
)

SOURCE = "demo"
CUSTOMERS = 300
CHANNEL_SHARES: Mapping[Channel, float] = MappingProxyType({"chat": 0.36, "email": 0.27, "call": 0.22, "web": 0.15})
CLOSED_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one turn of the reviewed agent showed. `message` counts the ticket's messages from 0; None: left out."""

    message: int | None
    skills: tuple[str, ...]
    outcome: Outcome
    level: float


@dataclass(frozen=True, slots=True)
class Conversation:
    """A ticket, its true quality per skill (0 to 1; a skill without an occasion is absent) and where it shows."""

    ticket: dict[str, object]
    quality: Mapping[str, float]
    shown: tuple[Shown, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The messages' texts, in order."""
        return tuple(str(message["text"]) for message in _dicts(self.ticket["messages"]))

    @property
    def sent_at(self) -> tuple[datetime, ...]:
        """When each message was sent, in order."""
        return tuple(datetime.fromisoformat(str(message["sent_at"])) for message in _dicts(self.ticket["messages"]))

    @property
    def start_seconds(self) -> tuple[float | None, ...]:
        """Where in a call each message starts, in order."""
        return tuple(
            None if (start := message.get("start_seconds")) is None else float(str(start))
            for message in _dicts(self.ticket["messages"])
        )

    @property
    def recording_names(self) -> tuple[str, ...]:
        """Names of the recordings, for `audio_path`."""
        return tuple(str(item["file"]).removeprefix("audio/") for item in _dicts(self.ticket.get("recordings", [])))


def _dicts(value: object) -> list[dict[str, object]]:
    """A list of objects of the interchange format."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class _Draft:
    """A conversation before its number is known."""

    created_at: datetime
    lines: tuple[Line, ...]
    head: dict[str, object]
    body: dict[str, object]


def build_tickets(*, seed: int, until: date, count: int = 432) -> tuple[dict[str, object], ...]:
    """The tickets alone, oldest first; see `build_conversations`."""
    return tuple(item.ticket for item in build_conversations(seed=seed, until=until, count=count))


def build_conversations(*, seed: int, until: date, count: int = 432) -> tuple[Conversation, ...]:
    """`count` conversations of the 56 days before `until` (everything happens before that day begins), oldest first."""
    recorded = read_recorded_calls()
    if count < len(recorded):
        raise Refused("demo-too-small", f"The demo needs at least {len(recorded)} tickets; {count} were asked for.")
    end = datetime.combine(until, time(), UTC)
    drafts = [_record(call, end, Dice(seed, "recorded", call.id)) for call in recorded]
    drafts += [
        _converse(scenario, agent, Dice(seed, "ticket", number), end)
        for number, (scenario, agent) in enumerate(_plan(count - len(recorded), Dice(seed, "plan")))
    ]
    drafts.sort(key=lambda draft: draft.created_at)
    return tuple(_number(draft, f"D-{1001 + at}") for at, draft in enumerate(drafts))


def _plan(count: int, dice: Dice) -> list[tuple[Scenario, DemoAgent]]:
    """Who has which contact: channels by their shares, teams in turn, every agent as often as the team's others."""
    planned: list[tuple[Scenario, DemoAgent]] = []
    scenarios = read_scenarios()
    rosters = {team: [a for a in AGENTS if a.team == team] for team in dict.fromkeys(a.team for a in AGENTS)}
    waiting: dict[str, list[DemoAgent]] = {team: [] for team in rosters}
    used: dict[str, int] = {}
    bounds = [round(count * sum(list(CHANNEL_SHARES.values())[:at])) for at in range(len(CHANNEL_SHARES) + 1)]
    for at, channel in enumerate(CHANNEL_SHARES):
        for number in range(bounds[at], bounds[at + 1]):
            team = list(rosters)[number % len(rosters)]
            fitting = [item for item in scenarios if (item.channel, item.team) == (channel, team)]
            # The one that lags furthest behind its share, so that none is forgotten and the rare stay rare.
            scenario = min(fitting, key=lambda item: ((used.get(item.id, 0) + 1) / item.share, dice.between(0, 1)))
            used[scenario.id] = used.get(scenario.id, 0) + 1
            waiting[team] = waiting[team] or dice.shuffle(rosters[team])
            planned.append((scenario, waiting[team].pop()))
    return planned


def _converse(scenario: Scenario, agent: DemoAgent, dice: Dice, end: datetime) -> _Draft:
    first_day = end - timedelta(days=DAYS)
    arrival = draw_arrival(scenario.channel, dice, first_day=first_day, hours=scenario.hours)
    second = dice.pick([other for other in AGENTS if other.team == agent.team and other is not agent])
    customer = make_customer(dice.whole(0, CUSTOMERS - 1))
    lines = play(scenario, agent, second, dice, progress=(arrival - first_day) / timedelta(days=DAYS))
    moments = time_lines(lines, scenario.channel, arrival, dice)
    # Without an answer of the agent there would be nothing to review: then the customer came a day earlier.
    while not any(
        is_answer(line) and line.turn.by == "agent" and at.sent_at < end
        for line, at in zip(lines, moments, strict=True)
    ):
        arrival -= timedelta(days=1)
        moments = time_lines(lines, scenario.channel, arrival, dice)
    # What lies after the end has not happened yet: the ticket is still open.
    happened = sum(at.sent_at < end for at in moments)
    finished = happened == len(moments)
    words = make_words(scenario, agent=agent, second=second, customer=customer, arrival=arrival, dice=dice)
    lines = tuple(replace(line, text=line.text and fill(line.text, words)) for line in lines[:happened])
    moments = moments[:happened]
    transferred = any("second_full" in (turn.text or "") for turn in scenario.turns)
    metrics = measure_ticket(
        lines,
        moments,
        channel=scenario.channel,
        mood=scenario.mood,
        arrival=arrival,
        finished=finished,
        transferred=transferred,
        dice=dice,
    )
    head = _make_head(agent, customer, channel=scenario.channel, subject=fill(dice.pick(scenario.subjects), words))
    head |= {"language": scenario.language, "tags": list(scenario.tags)}
    if transferred:
        head["other_agents"] = [_name_agent(second)]
    head |= _find_state(lines, moments, end=end, finished=finished)
    speakers = {"agent": agent, "second": second}
    messages = [
        _write(line, at, speakers[line.turn.by], customer) | _transcribe(at, line, dice)
        for line, at in zip(lines, moments, strict=True)
        if line.text is not None
    ]
    return _Draft(arrival, lines, head, {"metrics": metrics, "messages": messages})


def _record(call: RecordedCall, end: datetime, dice: Dice) -> _Draft:
    """A call with audio: its words and seconds are fixed, only the day follows `end`."""
    week = end - timedelta(days=DAYS) + timedelta(weeks=call.week)
    arrival = week + timedelta(
        days=(call.weekday - week.weekday()) % 7, hours=dice.whole(9, 10), minutes=dice.whole(0, 59)
    )
    answered = arrival + timedelta(seconds=dice.whole(15, 60))
    agent = next(agent for agent in AGENTS if agent.external_id == call.agent)
    customer = replace(make_customer(CUSTOMERS + dice.whole(0, CUSTOMERS)), name=call.customer)
    lines = tuple(
        Line(Turn(role=said.role, skills=said.skills, internal=said.internal), said.text, said.quality)
        for said in call.messages
    )
    talk = max(said.end_seconds or 0 for said in call.messages)
    moments = tuple(
        Moment(
            answered + timedelta(seconds=int(talk + 90 if said.start_seconds is None else said.start_seconds)),
            said.start_seconds,
            said.end_seconds,
        )
        for said in call.messages
    )
    head = _make_head(agent, customer, channel="call", subject=call.subject)
    head |= {"language": "en", "tags": list(call.tags), "recordings": [{"file": f"audio/{call.recording}"}]}
    head |= _find_state(lines, moments, end=end, finished=True)
    metrics = measure_ticket(
        lines, moments, channel="call", mood=call.mood, arrival=arrival, finished=True, transferred=False, dice=dice
    )
    # The survey is part of the call's story, and nobody had to come back to it.
    metrics = [metric for metric in metrics if metric["name"] not in ("csat", "reopens")]
    metrics += [make_metric("reopens", 0, "count"), make_metric("csat", call.csat, "points", scale="1..5")]
    messages = [
        _write(line, at, agent, customer) | _place(at, line)
        for line, at in zip(lines, moments, strict=True)
        if line.text
    ]
    return _Draft(arrival, lines, head, {"metrics": metrics, "messages": messages})


def _make_head(agent: DemoAgent, customer: Customer, *, channel: Channel, subject: str) -> dict[str, object]:
    return {
        "channel": channel,
        "subject": subject,
        "team": agent.team,
        "agent": _name_agent(agent),
        "requester": {"id": customer.external_id, "name": customer.name},
    }


def _find_state(
    lines: Sequence[Line], moments: Sequence[Moment], *, end: datetime, finished: bool
) -> dict[str, object]:
    """A ticket without an end waits for the customer (pending) or for us (open)."""
    if not finished:
        spoken = [line.turn.role for line in lines if line.text is not None and not line.turn.internal]
        return {"status": "pending" if spoken[-1] == "agent" else "open"}
    solved_at = moments[-1].over_at
    status = "closed" if end - solved_at > CLOSED_AFTER else "solved"
    return {"status": status, "solved_at": _say_time(solved_at)}


def _write(line: Line, at: Moment, speaker: DemoAgent, customer: Customer) -> dict[str, object]:
    """A message of the interchange format, without what only a call has."""
    authors: dict[str, dict[str, str]] = {
        "agent": {"id": speaker.external_id, "name": speaker.name},
        "customer": {"id": customer.external_id, "name": customer.name},
        "bot": {"name": "Fig"},
    }
    message: dict[str, object] = {"role": line.turn.role, "text": line.text, "sent_at": _say_time(at.sent_at)}
    if line.turn.role in authors:
        message["author"] = authors[line.turn.role]
    if line.turn.internal:
        message["internal"] = True
    if line.turn.attachments:
        message["attachments"] = [item.model_dump() for item in line.turn.attachments]
    return message


def _place(at: Moment, line: Line) -> dict[str, object]:
    """Where in a call something is said: agents left (0), customers right (1)."""
    if at.start_seconds is None or at.end_seconds is None:
        return {}
    channel_no = 0 if line.turn.role == "agent" else 1
    return {"start_seconds": at.start_seconds, "end_seconds": at.end_seconds, "channel_no": channel_no}


def _transcribe(at: Moment, line: Line, dice: Dice) -> dict[str, object]:
    """The same for a call that a machine wrote down, which says how sure it was."""
    place = _place(at, line)
    return place | {"confidence": round(dice.between(0.84, 0.99), 2)} if place else place


def _name_agent(agent: DemoAgent) -> dict[str, str]:
    return {"id": agent.external_id, "name": agent.name, "email": agent.email}


def _say_time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _number(draft: _Draft, external_id: str) -> Conversation:
    ticket: dict[str, object] = {
        "plumbline": 1,
        "source": SOURCE,
        "external_id": external_id,
        "created_at": _say_time(draft.created_at),
        "url": f"https://desk.{EMAIL_DOMAIN}/tickets/{external_id}",
    }
    return Conversation(ticket | draft.head | draft.body, measure_quality(draft.lines), _show(draft.lines))


def _show(lines: Sequence[Line]) -> tuple[Shown, ...]:
    shown: list[Shown] = []
    position = 0
    for line in lines:
        if line.outcome is not None and line.turn.by == "agent":
            message = position if line.text is not None else None
            shown.append(Shown(message, line.turn.skills, line.outcome, LEVELS[line.outcome]))
        position += line.text is not None
    return tuple(shown)
