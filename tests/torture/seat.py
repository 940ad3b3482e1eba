"""All that one person can reach of an installation, as bytes: pages, commands, addresses, files and log lines."""

import io
import logging
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timezone, tzinfo
from functools import cache
from types import SimpleNamespace
from unittest.mock import patch
from uuid import UUID
from zoneinfo import ZoneInfo

from openpyxl.writer import excel
from starlette.testclient import TestClient
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import media_file_manager
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test
from streamlit.testing.v1.local_script_runner import LocalScriptRunner
from streamlit.testing.v1.util import patch_config_options

from db.engine import open_store
from db.records import Person
from qa_app.settings import Settings
from qa_app.ui import guard, signed_in
from qa_app.ui.asgi import build_app
from qa_app.ui.guard import COOKIE
from qa_app.ui.installation import install
from qa_app.ui.pages import PAGES, offer_pages
from qa_app.workflows import access, grading
from qa_app.workflows import context as surroundings
from qa_app.workflows.context import Installation
from tests.qa_app.cli.terminal import Terminal
from tests.qa_app.ui.test_pages import APP
from tests.qa_app.workflows.house import NINA, VERSION
from tests.torture.twins import World

Seen = Mapping[str, bytes]
"""By what was asked for: everything that came back."""
_BUTTONS = {
    "calibration": ("calibration:new", "rule:new", "series:new"),
    "audit": ("audit:verify",),
    "sampling": ("sampling:new",),
}
"""What opens something more to read."""
_RECORDS = {
    "session": "session",
    "meeting": "session",
    "minutes": "session",
    "review": "review",
    "dispute": "dispute",
    "desk": "assignment",
    "ticket": "ticket",
    "agent": "agent",
    "coaching_session": "coaching",
    "appraisal": "appraisal",
}
_CHOICES = {"tickets": ("Yes", "No")}
_REVIEWS = 2
"""So many of the first, which are everyday ones, and of the last."""
_SHIPPED = {"runner.magicEnabled": False, "browser.gatherUsageStats": False}
"""Of `server.toml`: without them every run is parsed anew, and sends how long each of its calls took."""
_compiled = ScriptCache()
"""Of all runs, as a server has it."""
_COMMANDS = (
    *("queue", "sample list", "scorecard list", "user list", "template list", "self-review list"),
    *("calibration status", "calibration contested", "calibration plan care", "calibration series list"),
    *("certificate list", "audit verify", "dispute list --which all", "dispute figures", "acknowledge list"),
    *("coaching list", "coaching objectives", "coaching sessions nina-north", "scores show"),
    *("coaching goals nina-north", "coaching propose nina-north", "coaching appraisals nina-north"),
)
_EXPORTS = (
    "export raw",
    "export raw --format xlsx",
    "export raw --format parquet",
    "export team North",
    "export team North --format xlsx",
    "export programme",
    "offline export",
)
"""The team's holds what `export coaching` writes, which is asked for by its address besides."""
_PERIOD = "from=2026-01-01&to=2026-12-31"


class Overheard(LocalScriptRunner):
    """Keeps every message that a browser would have been sent, byte by byte."""

    heard: list[bytes] = []  # noqa: RUF012 - AppTest makes the runners, so they share one place

    def forward_msgs(self) -> list[ForwardMsg]:
        """What AppTest reads its elements from."""
        found = super().forward_msgs()
        Overheard.heard = [message.SerializeToString(deterministic=True) for message in found]
        return found


class _Lines(logging.Handler):
    """Every line that anything logs."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name} {record.getMessage()}")


class _Stopped:
    """The clock that openpyxl reads when it writes a file."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self, tz: tzinfo) -> datetime:
        return self._moment.astimezone(tz)


@contextmanager
def standing_still(now: datetime) -> Iterator[list[str]]:
    """The wall clock stands, and what is logged meanwhile is collected."""
    lines = _Lines()
    with ExitStack() as stack:
        for module in (surroundings, signed_in, guard):
            stack.enter_context(patch.object(module, "read_clock", lambda: now))
        stack.enter_context(patch.object(excel, "datetime", SimpleNamespace(datetime=_Stopped(now), timezone=timezone)))
        # Streamlit draws a new name for each file that is made when its button is pressed.
        named = SimpleNamespace(uuid4=lambda: UUID(int=0))
        stack.enter_context(patch.object(media_file_manager, "uuid", named))
        stack.enter_context(patch.object(app_test, "LocalScriptRunner", Overheard))
        stack.enter_context(patch.object(app_test, "ScriptCache", lambda: _compiled))
        stack.enter_context(patch_config_options(_SHIPPED))
        for name in ("", "streamlit", "plumbline"):
            logging.getLogger(name).addHandler(lines)
            stack.callback(logging.getLogger(name).removeHandler, lines)
        yield lines.lines


def look(person: Person, world: World, terminal: Terminal) -> Seen:
    """Go through everything there is, in this person's name."""
    with standing_still(world.now) as lines:
        with closing(open_store(terminal.url)) as store:
            installation = Installation(_settings(terminal), store)
            token = access.open_session(store, person.id, now=world.now)
            seen = {
                **_look_at_pages(person, _name_asked(person, world, installation), token, installation),
                **_ask_addresses(world, token, installation),
            }
        # Commands open the file for themselves.
        seen |= _run_commands(person, world, terminal)
    return {**seen, "log": "\n".join(lines).encode()}


def look_at_results(person: Person, world: World, terminal: Terminal) -> Seen:
    """The page and the report of the session only."""
    with standing_still(world.now):
        with closing(open_store(terminal.url)) as store:
            token = access.open_session(store, person.id, now=world.now)
            asked = {"session": (world.session.id,)}
            seen = _look_at_pages(person, asked, token, Installation(_settings(terminal), store))
        return seen | _say(person, terminal, [f"calibration report {world.session.id}"])


def _settings(terminal: Terminal) -> Settings:
    return Settings(terminal.folder, terminal.url, "127.0.0.1", 8501, ZoneInfo("UTC"))


def _name_asked(person: Person, world: World, installation: Installation) -> dict[str, tuple[str, ...]]:
    """The pages that are offered, with ids to ask them for: own ones, and others' read over a shoulder."""
    queue = grading.list_queue(installation.context(person))
    sessions = tuple(session.id for session in world.sessions)
    known = {
        **dict.fromkeys(("session", "meeting", "minutes"), sessions),
        "review": tuple(review.id for review in (*world.reviews[:_REVIEWS], *world.reviews[_REVIEWS:][-_REVIEWS:])),
        "dispute": world.disputes,
        "desk": (*(row.assignment.id for row in queue), *world.foreign[:1]),
        "ticket": tuple(item.ticket_id for item in world.session.tickets),
        "agent": (NINA.id,),
        "coaching_session": (world.coaching,),
    }
    offered = (page.name for pages in offer_pages(person).values() for page in pages)
    return {name: known.get(name, ("",)) for name in offered}


def _look_at_pages(
    person: Person, asked: Mapping[str, tuple[str, ...]], token: str, installation: Installation
) -> dict[str, bytes]:
    install(installation)
    at = AppTest.from_file(str(APP), default_timeout=60)
    at.user = {"person": person.id, "session": access.hash_token(token)}
    # Else every session looks through all packages for components.
    at._bidi_component_manager = _find_components()
    seen = {"page /": _read(at.run())}
    for spec in (page for page in PAGES if page.name in asked):
        for value in asked[spec.name]:
            at.query_params = {_RECORDS[spec.name]: value} if value else {}
            seen[f"page {spec.name} {value}"] = _read(at.switch_page(str(spec.path)).run())
        for key in _BUTTONS.get(spec.name, ()):
            if any(button.key == key for button in at.button):
                seen[f"button {key}"] = _read(at.button(key=key).click().run())
                at.run()
        for choice in _CHOICES.get(spec.name, ()):
            at.session_state[f"{spec.name}:reviewed"] = choice
            seen[f"page {spec.name} {choice}"] = _read(at.run())
    return seen


@cache
def _find_components() -> BidiComponentManager:
    """Of the process, as a server has them."""
    manager = BidiComponentManager()
    manager.discover_and_register_components(start_file_watching=False)
    return manager


def _read(at: AppTest) -> bytes:
    """The messages of the last run; a page that failed proves nothing."""
    assert not at.exception, at.exception
    return b"\n".join(Overheard.heard)


def _ask_addresses(world: World, token: str, installation: Installation) -> dict[str, bytes]:
    client = TestClient(build_app(installation), base_url="http://localhost:8501", follow_redirects=False)
    client.cookies.set(COOKIE, token)
    addresses = [
        *(f"/print/meeting/{session.id}{masked}" for session in world.sessions for masked in ("", "?masked=1")),
        *(f"/export/calibration/{session.id}" for session in world.sessions),
        *("/audio/rec1", "/audio/rec1/waveform", f"/export/coaching/{NINA.id}?{_PERIOD}"),
        *("/export/scorecard-template", f"/export/scorecard/{VERSION.id}"),
    ]
    seen = {}
    for address in addresses:
        answer = client.get(address, headers={"accept-encoding": "identity"})
        told = answer.status_code, answer.headers.multi_items()
        seen[f"address {address}"] = repr(told).encode() + _unpack(answer.content)
    return seen


def _run_commands(person: Person, world: World, terminal: Terminal) -> dict[str, bytes]:
    packs = terminal.folder / "packs"
    lines = [
        *_COMMANDS,
        *(f"calibration {verb} {session.id}" for session in world.sessions for verb in ("report", "trend")),
        f"coaching agenda {world.coaching}",
        *(f"undo {key}" for key in world.foreign[:1]),
        *(f"dispute show {key}" for key in world.disputes[:1]),
        *(f"skip {key} --reason Tired" for key in world.foreign[:1]),
        *(f"export calibration {session.id} --to {packs}" for session in world.sessions),
        *(f"{line} --to {packs}" for line in _EXPORTS),
    ]
    seen = _say(person, terminal, lines)
    if packs.is_dir():
        for path in packs.iterdir():
            seen[f"file {path.name}"] = b"%d " % path.stat().st_size + _unpack(path.read_bytes())
    return seen


def _say(person: Person, terminal: Terminal, lines: Sequence[str]) -> dict[str, bytes]:
    env = {"PLUMBLINE_USER": person.email or "", "COLUMNS": "200"}
    results = {line: terminal.run(line, env=env) for line in lines}
    return {
        f"command {line}": f"{found.exit_code}\n{found.stdout}\n{found.stderr}".encode()
        for line, found in results.items()
    }


def _unpack(content: bytes) -> bytes:
    """A packed file as its parts with their sizes, without the times of packing; any other as it is."""
    if not content.startswith(b"PK\x03\x04"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = [
            b"%s %d %d\n" % (part.filename.encode(), part.file_size, part.compress_size) + _unpack(packed.read(part))
            for part in packed.infolist()
        ]
    return b"".join(parts)
