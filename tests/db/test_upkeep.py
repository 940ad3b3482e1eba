import json
import signal
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from db import upkeep
from db.dumps import TableDigest, digest_tables
from db.engine import Store, open_store
from db.problems import (
    DamagedBackup,
    DatabaseInUse,
    DatabaseNotEmpty,
    DatabaseNotReady,
    DatabaseUnavailable,
    ForeignDatabase,
    NewerDatabase,
)
from db.records import (
    AuditEntry,
    CoachingId,
    CoachingSession,
    Conversation,
    DatabaseState,
    Metric,
    Person,
    PersonId,
    ReviewId,
)
from db.revisions import head_revision, status, upgrade
from db.store import audit, coaching, people, reviews, settings, tickets
from tests.db.world import AGENT, DRAFT, NOON, REVIEWER, SUBMITTED, TICKETS, add_people, add_work

ROOT = Path(__file__).parents[2]
"""Of the checkout: where a child process finds the packages."""


@pytest.fixture
def filled_url(database_url: str) -> str:
    """A database with every kind of column in use, and a review that refers to a later row of its own table."""
    upgrade(database_url)
    correction = replace(SUBMITTED, id=ReviewId("a-correction"), submission_key="key-0", supersedes_id=SUBMITTED.id)
    rich = replace(
        TICKETS[0], metrics=(Metric("csat", Decimal("4.50"), "points"),), version=2, subject="Größe \U0001f4e6"
    )
    talk = CoachingSession(CoachingId("c"), AGENT.id, REVIEWER.id, date(2026, 3, 3), NOON, review_ids=(SUBMITTED.id,))
    with opened(database_url) as store, store.write() as tx:
        add_work(tx)
        tickets.replace_conversations(tx, [Conversation(rich, ())])
        reviews.add_reviews(tx, [SUBMITTED, replace(DRAFT, id=ReviewId("draft"))])
        reviews.add_review(tx, correction)
        coaching.add_coaching(tx, talk)
        settings.save_setting(tx, "zone", {"b": 1, "a": [1.5, None, "é"]})
        audit.append(tx, AuditEntry(NOON, REVIEWER.id, "review.submit", "review", "r1", after={"b": 1, "a": "x"}))
    return database_url


@pytest.fixture
def small_url(file_store: Store, sqlite_url: str) -> str:
    """A SQLite database with three people, which nobody has open."""
    with file_store.write() as tx:
        add_people(tx)
    file_store.close()
    return sqlite_url


@pytest.fixture(params=["monday.sqlite", "monday.zip"])
def small_backup(request: pytest.FixtureRequest, small_url: str, tmp_path: Path) -> Path:
    """A backup of it, once as a copy and once as a dump. The database has a fourth person since."""
    made = upkeep.backup(small_url, tmp_path / "backups" / request.param)
    with opened(small_url) as store, store.write() as tx:
        people.add_person(tx, Person(PersonId("later"), "Later"))
    return made.path


@contextmanager
def opened(url: str) -> Iterator[Store]:
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def digests(url: str) -> list[TableDigest]:
    with opened(url) as store, store.read() as tx:
        return sorted(digest_tables(tx.connection), key=lambda table: table.name)


def people_in(url: str) -> int:
    with opened(url) as store, store.read() as tx:
        return people.count_people(tx)


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("ending", [".sqlite", ".zip"])
@pytest.mark.parametrize("to", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_restored_database_equals_the_one_backed_up(
    filled_url: str, ending: str, to: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made = upkeep.backup(filled_url, tmp_path / "out" / f"backup{ending}")
    if to == "postgres":
        url = request.getfixturevalue("postgres_databases")()
    else:
        url = f"sqlite:///{tmp_path / 'elsewhere' / 'restored.sqlite'}"
    restored = upkeep.restore(made.path, url)
    assert (made.revision, made.size_bytes) == (head_revision(), made.path.stat().st_size)
    assert (restored.status, restored.kept) == (status(url), None)
    assert restored.status.state is DatabaseState.CURRENT
    assert digests(url) == digests(filled_url)
    with opened(url) as store, store.write() as tx:
        assert reviews.review(tx, SUBMITTED.id) == SUBMITTED
        audit.append(tx, AuditEntry(NOON, None, "restore", "database", "all"))
        assert audit.verify(tx).reason is None


def test_dump_of_equal_records_is_equal_byte_by_byte(filled_url: str, tmp_path: Path) -> None:
    first, second = (upkeep.backup(filled_url, tmp_path / f"{n}.zip").path for n in (1, 2))
    assert first.read_bytes() == second.read_bytes()


def test_dump_is_text_with_a_digest_for_each_table(small_url: str, tmp_path: Path) -> None:
    made = upkeep.backup(small_url, tmp_path / "dump.zip")
    with zipfile.ZipFile(made.path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        line = archive.read("person.jsonl").splitlines()[0]
    assert manifest["format"] == 1
    assert manifest["revision"] == head_revision()
    # sha256sum of {"id":"returns","name":"Returns"} and a newline
    team = {"name": "team", "rows": 1, "sha256": "0c0812d85b1b745e07112f644d364699019211ea92aebfa4129581d1e6ad3162"}
    assert next(table for table in manifest["tables"] if table["name"] == "team") == team
    assert json.loads(line) == {
        "id": "agent",
        "name": "Ada Lind",
        "email": None,
        "external_id": None,
        "team_id": "returns",
        "active": True,
    }


def test_backup_is_for_its_owner_alone_and_leaves_nothing_else(small_url: str, tmp_path: Path) -> None:
    made = upkeep.backup(small_url, tmp_path / "backups" / "monday.sqlite")
    assert names(tmp_path / "backups") == ["monday.sqlite"]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


def test_backup_overwrites_nothing(small_url: str, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(FileExistsError, match="precious"):
        upkeep.backup(small_url, tmp_path / "precious")
    assert (tmp_path / "precious").read_text() == "mine"


def test_nothing_is_no_backup(tmp_path: Path, postgres_url: str) -> None:
    for url in (f"sqlite:///{tmp_path / 'none.sqlite'}", postgres_url):
        with pytest.raises(DatabaseNotReady):
            upkeep.backup(url, tmp_path / "backup")
    assert names(tmp_path) == []


def test_progress_grows_to_its_end(filled_url: str, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []

    def hear(done: int, total: int) -> None:
        heard.append((done, total))

    for step in (
        lambda: upkeep.backup(filled_url, tmp_path / "dump.zip", report=hear),
        lambda: upkeep.restore(tmp_path / "dump.zip", f"sqlite:///{tmp_path / 'r.sqlite'}", report=hear),
    ):
        heard.clear()
        step()
        assert heard == sorted(heard)
        assert heard[-1][0] == heard[-1][1] > 0


def test_backups_under_writers_are_whole(file_store: Store, sqlite_url: str, tmp_path: Path) -> None:
    with file_store.write() as tx:
        add_work(tx)
    stop = threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            with file_store.write() as tx:
                reviews.add_review(tx, replace(SUBMITTED, id=ReviewId(f"r{n}"), submission_key=f"k{n}"))
                audit.append(tx, AuditEntry(NOON, REVIEWER.id, "review.submit", "review", f"r{n}"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        targets = [tmp_path / name for name in ("1.sqlite", "2.zip", "3.sqlite", "4.zip")]
        made = [upkeep.backup(sqlite_url, target) for target in targets]
    finally:
        stop.set()
        writer.join()
    for backup in made:
        url = f"sqlite:///{tmp_path / f'restored-{backup.path.name}.sqlite'}"
        upkeep.restore(backup.path, url)
        with opened(url) as store, store.read() as tx:
            stored = reviews.reviews(tx)
            assert audit.verify(tx).entries == len(stored)
            assert all(len(review.ratings) == 4 and review.score == SUBMITTED.score for review in stored)


def test_restore_keeps_the_old_database_beside_the_new_one(small_backup: Path, small_url: str, tmp_path: Path) -> None:
    first, second = upkeep.restore(small_backup, small_url), upkeep.restore(small_backup, small_url)
    assert first.kept == tmp_path / "plumbline.before-restore-1.sqlite"
    assert second.kept == tmp_path / "plumbline.before-restore-2.sqlite"
    assert people_in(small_url) == 3
    assert people_in(f"sqlite:///{first.kept}") == 4
    assert people_in(f"sqlite:///{second.kept}") == 3
    assert stat.S_IMODE(path_of(small_url).stat().st_mode) == 0o600


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def scribble(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 3, len(content), 97):
        content[place] ^= 0xFF
    path.write_bytes(bytes(content))


def replace_by_text(path: Path) -> None:
    path.write_text("Dear diary, " * 1000)


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [cut, empty, scribble, replace_by_text, remove])
def test_damaged_backup_is_refused_and_changes_nothing(
    small_backup: Path, small_url: str, damage: Callable[[Path], None], tmp_path: Path
) -> None:
    damage(small_backup)
    with pytest.raises(DamagedBackup):
        upkeep.restore(small_backup, small_url)
    assert people_in(small_url) == 4
    assert names(tmp_path) == ["backups", "plumbline.sqlite"]


def edited(dump: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of a dump with its files changed, or left out where `change` gives None."""
    target = dump.with_name("edited.zip")
    with zipfile.ZipFile(dump) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def other_name(name: str, content: bytes) -> bytes:
    return content.replace(b"Ada Lind", b"Eve Lind") if name == "person.jsonl" else content


def one_row_less(name: str, content: bytes) -> bytes:
    return b"".join(content.splitlines(keepends=True)[1:]) if name == "person.jsonl" else content


def no_manifest(name: str, content: bytes) -> bytes | None:
    return None if name == "manifest.json" else content


def no_people(name: str, content: bytes) -> bytes | None:
    return None if name == "person.jsonl" else content


def no_people_at_all(name: str, content: bytes) -> bytes | None:
    if name != "manifest.json":
        return no_people(name, content)
    manifest = json.loads(content)
    manifest["tables"] = [table for table in manifest["tables"] if table["name"] != "person"]
    return json.dumps(manifest).encode()


def format_two(name: str, content: bytes) -> bytes:
    return content.replace(b'"format": 1', b'"format": 2') if name == "manifest.json" else content


@pytest.mark.parametrize("change", [other_name, one_row_less, no_manifest, no_people, no_people_at_all, format_two])
def test_edited_dump_is_refused_and_changes_nothing(
    small_url: str, change: Callable[[str, bytes], bytes | None], tmp_path: Path
) -> None:
    dump = edited(upkeep.backup(small_url, tmp_path / "out" / "dump.zip").path, change)
    with pytest.raises(DamagedBackup):
        upkeep.restore(dump, small_url)
    assert people_in(small_url) == 3
    assert names(tmp_path) == ["out", "plumbline.sqlite"]


def test_backup_of_a_newer_version_is_refused(small_backup: Path, small_url: str) -> None:
    if small_backup.suffix == ".zip":
        newer = edited(small_backup, lambda _name, content: content.replace(b'"0001"', b'"9999"'))
    else:
        newer = small_backup
        with opened(f"sqlite:///{newer}") as store, store.write() as tx:
            tx.connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="9999"):
        upkeep.restore(newer, small_url)
    assert people_in(small_url) == 4


def test_file_of_another_program_is_neither_restored_nor_replaced(small_url: str, tmp_path: Path) -> None:
    foreign = tmp_path / "invoices.sqlite"
    with opened(f"sqlite:///{foreign}") as store, store.write() as tx:
        tx.connection.execute(text("create table invoices (id integer)"))
    backup = upkeep.backup(small_url, tmp_path / "backup.sqlite")
    before = foreign.read_bytes()
    with pytest.raises(DamagedBackup):
        upkeep.restore(foreign, small_url)
    with pytest.raises(ForeignDatabase):
        upkeep.restore(backup.path, f"sqlite:///{foreign}")
    assert foreign.read_bytes() == before


def test_database_in_use_is_not_replaced(small_backup: Path, small_url: str, tmp_path: Path) -> None:
    with opened(small_url) as store, store.read() as tx:
        people.count_people(tx)
        with pytest.raises(DatabaseInUse, match="stop Plumbline"):
            upkeep.restore(small_backup, small_url)
    assert people_in(small_url) == 4
    assert names(tmp_path) == ["backups", "plumbline.sqlite"]


def test_damaged_database_is_replaced_and_kept(small_backup: Path, small_url: str, tmp_path: Path) -> None:
    replace_by_text(path_of(small_url))
    restored = upkeep.restore(small_backup, small_url)
    assert people_in(small_url) == 3
    assert restored.kept == tmp_path / "plumbline.before-restore-1.sqlite"
    assert restored.kept.read_text().startswith("Dear diary")


def test_new_database_never_meets_the_wal_of_the_old_one(small_url: str, tmp_path: Path) -> None:
    partial, path = tmp_path / "partial", path_of(small_url)
    partial.touch()
    replace_by_text(path)
    path.with_name(f"{path.name}-wal").write_text("left over")
    with pytest.raises(DatabaseInUse, match="move both away"):
        upkeep._swap_in(partial, path)
    assert path.read_text().startswith("Dear diary")


def test_server_database_with_records_is_not_replaced(small_backup: Path, postgres_url: str) -> None:
    upgrade(postgres_url)
    with opened(postgres_url) as store, store.write() as tx:
        people.add_person(tx, Person(PersonId("here"), "Here"))
    with pytest.raises(DatabaseNotEmpty):
        upkeep.restore(small_backup, postgres_url)
    assert people_in(postgres_url) == 1


def test_server_database_that_is_current_and_empty_takes_a_backup(small_backup: Path, postgres_url: str) -> None:
    upgrade(postgres_url)
    upkeep.restore(small_backup, postgres_url)
    assert people_in(postgres_url) == 3


def test_server_database_that_is_not_there_is_named(small_backup: Path, postgres_url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="make an empty one"):
        upkeep.restore(small_backup, postgres_url.replace("/plumbline_", "/none_"))


KILLED = """
import json, os, pathlib, signal, sys
from db import upkeep

def killed_after(steps, action):
    def call(*arguments, **options):
        nonlocal steps
        result = action(*arguments, **options)
        steps -= 1
        if steps == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return call

# Forks, because starting Python anew for each of the kills would take most of the test's time.
for line in sys.stdin:
    steps, action, first, second = json.loads(line)
    child = os.fork()
    if child == 0:
        count = killed_after(steps, lambda *_, **__: None)
        for owner, name in [(pathlib.Path, name) for name in ("rename", "replace", "hardlink_to")] + [(os, "fsync")]:
            def counted(*arguments, original=getattr(owner, name), **options):
                result = original(*arguments, **options)
                count()
                return result
            setattr(owner, name, counted)
        if action == "backup":
            upkeep.backup(first, pathlib.Path(second), report=count)
        else:
            upkeep.restore(pathlib.Path(first), second, report=count)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(status, flush=True)
"""


@pytest.fixture
def run_until_killed() -> Iterator[Callable[..., bool]]:
    """Back up or restore in a process that is killed after so many steps; whether it did not end before."""
    command = [sys.executable, "-c", KILLED]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def run(steps: int, action: str, first: object, second: object) -> bool:
            assert process.stdin is not None
            assert process.stdout is not None
            print(json.dumps([steps, action, str(first), str(second)]), file=process.stdin, flush=True)
            status = int(process.stdout.readline())
            assert status in (0, signal.SIGKILL)
            return status != 0

        yield run
        process.stdin.close()


def test_backup_killed_at_any_step_is_whole_or_not_there(
    small_url: str, tmp_path: Path, run_until_killed: Callable[..., bool]
) -> None:
    target = tmp_path / "backups" / "b.sqlite"
    found: list[object] = []
    while run_until_killed(len(found) + 1, "backup", small_url, target):
        found.append(target.exists())
        if target.exists():
            assert people_in(f"sqlite:///{target}") == 3
            target.unlink()
    # Three reports and one sync before it has its name, one sync after.
    assert found == [False, False, False, False, True, True]
    assert names(target.parent) == ["b.sqlite"]


def test_restore_killed_at_any_step_leaves_the_old_or_the_new(
    small_url: str, tmp_path: Path, run_until_killed: Callable[..., bool]
) -> None:
    backup = upkeep.backup(small_url, tmp_path / "backup.sqlite").path
    with opened(small_url) as store, store.write() as tx:
        people.add_person(tx, Person(PersonId("later"), "Later"))
    found: list[object] = []
    while run_until_killed(len(found) + 1, "restore", backup, small_url):
        found.append(people_in(small_url))
    # Three reports, one sync and the second name of the old file before the new one takes its place, one sync after.
    assert found == [4, 4, 4, 4, 4, 3, 3]
    assert people_in(small_url) == 3
