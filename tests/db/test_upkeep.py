import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from db import upkeep
from db.engine import Store
from db.problems import (
    BackupExists,
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
    DatabaseState,
    Person,
    PersonId,
    ReviewId,
)
from db.revisions import head_revision, status, upgrade
from db.store import audit, people, reviews
from tests.db.files import digests, edited, names, opened, path_of, people_in
from tests.db.world import NOON, REVIEWER, SUBMITTED, add_work


@pytest.fixture(params=["monday.sqlite", "monday.zip"])
def small_backup(request: pytest.FixtureRequest, small_url: str, tmp_path: Path) -> Path:
    """A backup of it, once as a copy and once as a dump. The database has a fourth person since."""
    made = upkeep.backup(small_url, tmp_path / "backups" / request.param)
    with opened(small_url) as store, store.write() as tx:
        people.add_person(tx, Person(PersonId("later"), "Later"))
    return made.path


@pytest.mark.long
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


def test_backup_is_for_its_owner_alone_and_leaves_nothing_else(small_url: str, tmp_path: Path) -> None:
    made = upkeep.backup(small_url, tmp_path / "backups" / "monday.sqlite")
    assert names(tmp_path / "backups") == ["monday.sqlite"]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


def test_backup_overwrites_nothing(small_url: str, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(BackupExists, match="precious"):
        upkeep.backup(small_url, tmp_path / "precious")
    assert (tmp_path / "precious").read_text() == "mine"


def test_nothing_is_no_backup(tmp_path: Path, postgres_url: str) -> None:
    for url in (f"sqlite:///{tmp_path / 'none.sqlite'}", postgres_url):
        with pytest.raises(DatabaseNotReady):
            upkeep.backup(url, tmp_path / "backup")
    assert names(tmp_path) == []


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.parametrize("damage", [cut, empty, scribble, replace_by_text, remove])
def test_damaged_backup_is_refused_and_changes_nothing(
    small_backup: Path, small_url: str, damage: Callable[[Path], None], tmp_path: Path
) -> None:
    damage(small_backup)
    with pytest.raises(DamagedBackup):
        upkeep.restore(small_backup, small_url)
    assert people_in(small_url) == 4
    assert names(tmp_path) == ["backups", "plumbline.sqlite"]


def test_backup_of_a_newer_version_is_refused(small_backup: Path, small_url: str) -> None:
    if small_backup.suffix == ".zip":
        newer = edited(small_backup, lambda _name, content: content.replace(b'"0006"', b'"9999"'))
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


@pytest.mark.long
def test_server_database_with_records_is_not_replaced(small_backup: Path, postgres_url: str) -> None:
    upgrade(postgres_url)
    with opened(postgres_url) as store, store.write() as tx:
        people.add_person(tx, Person(PersonId("here"), "Here"))
    with pytest.raises(DatabaseNotEmpty):
        upkeep.restore(small_backup, postgres_url)
    assert people_in(postgres_url) == 1


@pytest.mark.long
def test_server_database_that_is_current_and_empty_takes_a_backup(small_backup: Path, postgres_url: str) -> None:
    upgrade(postgres_url)
    upkeep.restore(small_backup, postgres_url)
    assert people_in(postgres_url) == 3


def test_server_database_that_is_not_there_is_named(small_backup: Path, postgres_url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="make an empty one"):
        upkeep.restore(small_backup, postgres_url.replace("/plumbline_", "/none_"))
