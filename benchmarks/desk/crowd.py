"""Reviewers who grade all the time, without a browser: they speak Streamlit's protocol over a websocket.

Each opens the desk, answers a criterion every few seconds, saves after each answer as the desk does, submits the full
scorecard and goes on with the next ticket. Only a server on the loopback is ever called, and everybody stops when the
standard input closes. Prints what they saw as JSON. Run by `python -m benchmarks.desk`.
"""

import asyncio
import json
import random
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from qa_app.ui.guard import COOKIE

DESK, MESSENGER = "plumbline_desk", "plumbline_desk_messenger"
_PATIENCE: Final = 20.0
_COMMENT: Final = "Says what happens next, not when."
_EVENTS: Final = "$$STREAMLIT_INTERNAL_KEY_{}__events"
"""Streamlit's id for the events of a component, made of the component's own id."""
_LARGEST: Final = 2**26

Json = dict[str, Any]


@dataclass(slots=True)
class Seen:
    """What all of them saw together. Times are milliseconds."""

    saves: list[float] = field(default_factory=list)
    """From sending a draft to its acknowledgement."""
    submits: list[float] = field(default_factory=list)
    """From sending a submit to the next ticket."""
    errors: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Tab:
    """One open page: what the server drew on it, and the way to answer."""

    socket: ClientConnection
    query: str
    page: str = ""
    """Streamlit's name for the page that is open."""
    fragment: str = ""
    """Streamlit's name for the part of the page that the desk is in."""
    ids: dict[str, str] = field(default_factory=dict)
    """Component to its id."""
    data: dict[str, Json] = field(default_factory=dict)
    """Component to what it was given."""
    cases: dict[str, Json] = field(default_factory=dict)
    """What can stand on the desk, by its id; the messenger says which does."""
    states: dict[str, str] = field(default_factory=dict)
    kept: dict[str, ForwardMsg] = field(default_factory=dict)
    """Large messages; the server only names them the next time."""
    problems: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Take in everything that the server says until the connection ends."""
        async for frame in self.socket:
            message = ForwardMsg.FromString(frame if isinstance(frame, bytes) else frame.encode())
            kind = message.WhichOneof("type")
            if kind == "ref_hash":
                message = self.kept[message.ref_hash]
                kind = message.WhichOneof("type")
            elif message.metadata.cacheable:
                self.kept[message.hash] = message
            self._take(kind, message)
            self.changed.set()

    def _take(self, kind: str | None, message: ForwardMsg) -> None:
        if kind == "new_session":
            self.page = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                self.problems.append(f"exception {element.exception.type}")
            elif element.WhichOneof("type") == "bidi_component":
                part = element.bidi_component
                self.ids[part.component_name] = part.id
                given = json.loads(part.json or part.mixed.json)
                self.data[part.component_name] = given
                if isinstance(given.get("case"), dict):
                    self.cases[given["case"]["id"]] = given["case"]
                if part.component_name == DESK:
                    self.fragment = message.delta.fragment_id

    async def run(self, *, page_name: str = "", event: tuple[str, str] | None = None) -> None:
        """Have the server run the page, or the desk's part of it where something is sent from there."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash, asked.page_name = self.query, self.page, page_name
        asked.cached_message_hashes.extend(self.kept)
        asked.fragment_id = "" if page_name else self.fragment
        for widget_id, value in self.states.items():
            asked.widget_states.widgets.add(id=widget_id, json_value=value)
        if event:
            asked.widget_states.widgets.add(id=event[0], json_trigger_value=event[1])
        await self.socket.send(message.SerializeToString())

    async def wait(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; TimeoutError where it takes too long."""
        async with asyncio.timeout(_PATIENCE):
            while not holds():
                self.changed.clear()
                await self.changed.wait()


class Grader:
    """One reviewer with one tab."""

    def __init__(self, tab: Tab, seen: Seen, dice: random.Random) -> None:
        self.tab, self.seen, self.dice = tab, seen, dice
        self.revision = 0

    @property
    def case_id(self) -> str:
        """The assignment on the desk."""
        return str(self.tab.data.get(MESSENGER, {}).get("case", ""))

    async def work(self, think: float, stop: asyncio.Event) -> None:
        """Grade ticket after ticket until told to stop; `think` is the mean pause before each answer, in seconds."""
        await _pause(self.dice.uniform(0, think), stop)
        while not stop.is_set():
            try:
                await self._grade(think, stop)
            except (TimeoutError, OSError) as error:
                self.seen.errors.append(f"{type(error).__name__} on {self.case_id}")
                return

    async def _grade(self, think: float, stop: asyncio.Event) -> None:
        await self.tab.wait(lambda: self.case_id in self.tab.cases)
        case = self.tab.cases[self.case_id]
        self.revision = self.tab.data[MESSENGER]["draft"]["revision"]
        ratings: list[Json] = []
        for criterion in (each for section in case["scorecard"]["sections"] for each in section["criteria"]):
            ratings.append(self._answer(criterion))
            await self._save(case["id"], ratings)
            await _pause(think * self.dice.uniform(0.5, 1.5), stop)
            if stop.is_set():
                return
        await self._submit(case["id"], ratings)

    def _answer(self, criterion: Json) -> Json:
        best = max(criterion["options"], key=lambda option: float(option["value"] or option["points"] or 0))
        option = best if criterion["reasons"] else self.dice.choice(criterion["options"])
        return {"criterion": criterion["id"], "state": "chosen", "option": option["id"], "comment": _COMMENT,
                "reasons": []}  # fmt: skip

    async def _save(self, case_id: str, ratings: list[Json]) -> None:
        sent = self._fill(case_id, ratings)
        before = time.perf_counter()
        self.tab.states[self.tab.ids[DESK]] = json.dumps({"draft": sent})
        await self.tab.run()
        await self.tab.wait(lambda: (self.tab.data[MESSENGER]["ack"] or {}).get("key") == sent["key"])
        self.seen.saves.append(1000 * (time.perf_counter() - before))
        self._read(self.tab.data[MESSENGER]["ack"])

    async def _submit(self, case_id: str, ratings: list[Json]) -> None:
        sent = self._fill(case_id, ratings)
        before = time.perf_counter()
        event = json.dumps([{"event": "submitted", "value": sent}])
        await self.tab.run(event=(_EVENTS.format(self.tab.ids[DESK]), event))
        await self.tab.wait(lambda: self.case_id not in {"", case_id})
        self.seen.submits.append(1000 * (time.perf_counter() - before))

    def _fill(self, case_id: str, ratings: list[Json]) -> Json:
        return {
            "case": case_id,
            "key": str(uuid.uuid4()),
            "revision": self.revision,
            "active_seconds": 4 * len(ratings),
            "ratings": ratings,
            "evidence": [],
            "comment": "",
            "held": list(self.tab.cases),
        }

    def _read(self, ack: Json) -> None:
        self.revision = ack["revision"]
        if ack["error"] or ack["conflict"] or ack["dropped"]:
            self.seen.errors.append(f"not taken on {self.case_id}: {ack['error'] or ack['dropped']}")


async def sit_down(address: str, token: str, assignment: str, seen: Seen, dice: random.Random) -> Grader:
    """Connect as one reviewer, open the desk with an assignment, and wait until it stands there."""
    socket = await connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": f"{COOKIE}={token}"},
        max_size=_LARGEST,
        compression=None,
    )
    grader = Grader(Tab(socket, f"assignment={assignment}"), seen, dice)
    _LISTENERS.add(asyncio.create_task(grader.tab.listen()))
    await grader.tab.run(page_name="desk")
    await grader.tab.wait(lambda: grader.case_id == assignment and DESK in grader.tab.data)
    return grader


_LISTENERS: set["asyncio.Task[None]"] = set()
"""Held, because the loop itself forgets tasks."""


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


async def grade_together(address: str, desks: dict[str, str], think: float) -> Seen:
    """Everybody grades until the standard input closes. `desks`: each reviewer's token to their first assignment.

    Raises:
        ValueError: the server is not on this machine.
    """
    if urlsplit(address).hostname != "127.0.0.1":
        raise ValueError("a crowd visits a server on the loopback only")
    seen, stop = Seen(), asyncio.Event()
    graders = [
        await sit_down(address, token, assignment, seen, random.Random(place))  # noqa: S311 - repeatable, not secret
        for place, (token, assignment) in enumerate(desks.items())
    ]
    print(json.dumps({"seated": len(graders)}), flush=True)
    closed = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    closed.add_done_callback(lambda _: stop.set())
    await asyncio.gather(*(grader.work(think, stop) for grader in graders))
    await stop.wait()
    seen.errors += [problem for grader in graders for problem in grader.tab.problems]
    for grader in graders:
        await grader.tab.socket.close()
    return seen


def main() -> None:
    """Read the address, the pause and the desks from the first line of the standard input, and grade."""
    asked = json.loads(sys.stdin.readline())
    print(json.dumps(asdict(asyncio.run(grade_together(asked["address"], asked["desks"], asked["think"])))))


if __name__ == "__main__":
    main()
