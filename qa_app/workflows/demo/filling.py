"""Filling an empty database with the demo: eight weeks of a contact centre, through the very workflows people use.

Every step runs at the time it is dated, because the clock and the ids of its contexts are the demo's own. The same
seed and last day give the same database.
"""

import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import as_file
from pathlib import Path

from db.engine import Store, Transaction
from db.records import Person, PersonId, Role, TicketId
from db.store import people as people_store
from db.store import settings as settings_store
from db.store import tickets as ticket_store
from qa_app.errors import NotAllowed, Refused
from qa_app.workflows import access, scorecards
from qa_app.workflows.context import Installation
from qa_app.workflows.demo import people as cast
from qa_app.workflows.demo.conversations import SOURCE, Conversation, build_conversations
from qa_app.workflows.demo.dice import Dice
from qa_app.workflows.demo.scenarios import audio_path
from qa_app.workflows.demo.stage import Stage
from qa_app.workflows.demo.story import tell_story
from qa_app.workflows.importing import Upload, commit_import, preview_import

Report = Callable[[int, int], None]
SETTING = "demo"
_BEFORE_WEEKEND = timedelta(hours=60)
"""Tickets come in on the fifth day of a week, so that its work still fits into the week."""
CARDS = {"call": "core-call", "chat": "core-chat", "web": "core-chat", "email": "core-email"}
_ENTRANCES = (
    (Role.MANAGER, "manager"),
    (Role.FACILITATOR, "facilitator"),
    (Role.REVIEWER, "reviewer"),
    (Role.COACH, "coach"),
    (Role.AGENT, "agent"),
    (Role.ADMIN, "admin"),
)


@dataclass(frozen=True, slots=True)
class Filled:
    """What the demo holds."""

    tickets: int
    reviews: int
    people: int


@dataclass(frozen=True, slots=True)
class Entrance:
    """A person of the demo whom one may be with one click."""

    id: PersonId
    name: str
    part: str


def fill_demo(installation: Installation, *, until: date, seed: int = 1, report: Report | None = None) -> Filled:
    """Fill an empty database; everything is dated before the end of the day `until`.

    Raises:
        NotAllowed: the database is not empty.
    """
    if not access.is_empty(installation.store):
        raise NotAllowed("demo-not-empty", "The demo needs an empty database. Set PLUMBLINE_DATA_DIR to a new folder.")
    tell = report or (lambda _done, _total: None)
    start = datetime.combine(until, time(), UTC) - timedelta(weeks=cast.WEEKS)
    stage = Stage(installation, seed, start, start - timedelta(days=3))
    _hire(stage)
    _publish(stage)
    conversations = build_conversations(seed=seed, until=until)
    steps = cast.WEEKS * 2 + 1
    tell(1, steps)
    reviews = 0
    for week in range(cast.WEEKS):
        _bring_in(stage, start + timedelta(weeks=week + 1) - _BEFORE_WEEKEND, conversations)
        tell(2 * week + 2, steps)
        reviews += tell_story(stage, week, Dice(seed, "week", week))
        tell(2 * week + 3, steps)
    _bring_in(stage, start + timedelta(weeks=cast.WEEKS), conversations)
    with installation.store.write() as tx:
        settings_store.save_setting(tx, SETTING, {"seed": seed, "until": until.isoformat()})
    return Filled(len(conversations), reviews, len(stage.people))


def list_entrances(store: Store) -> tuple[Entrance, ...]:
    """Whom of its cast one may be in the demo, one or two for each role; nobody where the database is not the demo."""
    with store.read() as tx:
        if settings_store.setting(tx, SETTING) is None:
            return ()
        found = [
            Entrance(person.id, person.name, part)
            for role, part in _ENTRANCES
            for person in _find_cast(tx, role)[: 2 if role is Role.REVIEWER else 1]
        ]
    return tuple({entrance.id: entrance for entrance in reversed(found)}.values())[::-1]


def _find_cast(tx: Transaction, role: Role) -> list[Person]:
    """Whoever was added since signs in like anybody else, and may have done nothing that is worth a look."""
    staff = (cast.ADMIN, *cast.AGENTS, *cast.REVIEWERS, *cast.COACHES, cast.FACILITATOR, cast.MANAGER)
    known = {one.email for one in staff}
    return [person for person in people_store.people(tx, role=role) if person.email in known]


def check_entrance(store: Store, person_id: PersonId) -> None:
    """Do nothing where this person is one of the demo's entrances.

    Raises:
        NotAllowed: the database is not the demo, or the person is no entrance.
    """
    if person_id not in {entrance.id for entrance in list_entrances(store)}:
        raise NotAllowed("no-demo", "One-click sign-in is for the demo only. Use e-mail and password.")


def _hire(stage: Stage) -> None:
    """The admin first, then everybody through the admin; nobody has a password, the demo is entered by a click."""
    admin = cast.ADMIN
    actor = Person(PersonId(stage.make_id()), admin.name, admin.email)
    stage.people[admin.email] = actor
    new = access.NewPerson(admin.name, admin.email, frozenset({Role.ADMIN}), password=secrets.token_urlsafe(24))
    stage.people[admin.email] = access.make_first_admin(stage.act(admin.email), new)
    for agent in cast.AGENTS:
        _add(stage, access.NewPerson(agent.name, agent.email, frozenset({Role.AGENT}), agent.team, agent.external_id))
    for reviewer in cast.REVIEWERS:
        _add(stage, access.NewPerson(reviewer.name, reviewer.email, frozenset({Role.REVIEWER})))
    for staff in (*cast.COACHES, cast.FACILITATOR, cast.MANAGER):
        limited = frozenset(staff.teams) if len(staff.teams) < len(cast.TEAMS) else frozenset()
        _add(stage, access.NewPerson(staff.name, staff.email, frozenset({staff.role}), scope=limited))


def _add(stage: Stage, new: access.NewPerson) -> None:
    if new.email is None:
        raise Refused("demo-person", f"{new.name} has no e-mail address.")
    stage.people[new.email] = access.add_person(stage.act(cast.ADMIN.email), new)


def _publish(stage: Stage) -> None:
    context = stage.act(cast.MANAGER.email)
    versions = {name: scorecards.publish_from_library(context, name) for name in dict.fromkeys(CARDS.values())}
    scorecards.publish_from_library(context, "contact-centre-compliance")
    stage.versions = {channel: versions[name].id for channel, name in CARDS.items()}
    stage.cards = {version.id: version.scorecard for version in versions.values()}


def _bring_in(stage: Stage, now: datetime, conversations: Sequence[Conversation]) -> None:
    """Import from a file, as a team would, what has ended by now and was not brought in before."""
    stage.now = max(stage.now, now)
    known = {item.ticket["external_id"] for item in stage.conversations.values()}
    chosen = [item for item in conversations if _end(item) < stage.now and item.ticket["external_id"] not in known]
    context = stage.act(cast.MANAGER.email)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"until-{stage.now:%Y-%m-%d}.jsonl"
        lines = (json.dumps(item.ticket, ensure_ascii=False) + "\n" for item in chosen)
        path.write_text("".join(lines), encoding="utf-8")
        _copy_recordings(Path(folder), chosen)
        preview = preview_import(context, Upload(path, path.name))
        commit_import(context, preview)
    stored = _find_tickets(stage.installation.store, [str(item.ticket["external_id"]) for item in chosen])
    stage.conversations.update({stored[str(item.ticket["external_id"])]: item for item in chosen})


def _copy_recordings(folder: Path, chosen: list[Conversation]) -> None:
    (folder / "audio").mkdir()
    for item in chosen:
        for name in item.recording_names:
            with as_file(audio_path(name)) as source:
                shutil.copyfile(source, folder / "audio" / name)


def _find_tickets(store: Store, external_ids: list[str]) -> Mapping[str, TicketId]:
    with store.read() as tx:
        return {key: ticket.id for key, ticket in ticket_store.stored_tickets(tx, SOURCE, external_ids).items()}


def _end(item: Conversation) -> datetime:
    """When the last word of a conversation was said."""
    return max(item.sent_at)
