"""What happens when several write at once, and when the process dies in the middle of a write."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from db import upkeep
from db.engine import Store, open_store
from db.problems import DuplicateKey, StaleRevision
from db.records import AuditEntry, Person, PersonId, Review, ReviewId
from db.store import audit, people, reviews, settings
from tests.db.files import names, opened, people_in
from tests.db.world import DRAFT, NOON, REVIEWER, SUBMITTED, add_work

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shared_store(request: pytest.FixtureRequest, engine_name: str) -> Store:
    """A database that several connections share: a SQLite file, or PostgreSQL."""
    chosen: Store = request.getfixturevalue({"sqlite": "file_store", "postgres": "postgres_store"}[engine_name])
    with chosen.write() as tx:
        add_work(tx)
    return chosen


def at_once(*actions: Callable[[], None]) -> list[BaseException]:
    """Run all in threads of their own that start together; returns what they raised."""
    raised: list[BaseException] = []
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], None]) -> None:
        start.wait()
        try:
            action()
        except BaseException as problem:  # noqa: BLE001 - judged by the test
            raised.append(problem)

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_writers_in_threads_lose_no_update_and_no_audit_entry(shared_store: Store) -> None:
    # Two stores, as two processes would have them: the lock of one does not hold back the other.
    second = open_store(shared_store.engine.url.render_as_string(hide_password=False))

    def count_up(store: Store, name: str) -> None:
        for _ in range(25):
            with store.write() as tx:
                (entry,) = audit.append(tx, AuditEntry(NOON, REVIEWER.id, "count.up", "setting", name))
                people.add_person(tx, Person(PersonId(f"x{entry.seq}"), name))
                count = settings.setting(tx, "count") or 0
                assert isinstance(count, int)
                settings.save_setting(tx, "count", count + 1)

    writers = [partial(count_up, store, f"w{n}") for n, store in enumerate([shared_store, second] * 2)]
    problems = at_once(*writers)
    second.close()
    assert problems == []
    with shared_store.read() as tx:
        assert settings.setting(tx, "count") == 100
        assert len(people.people_by_name(tx, ["w0", "w1", "w2", "w3"])["w3"]) == 25
        assert audit.verify(tx).entries == 100
        assert audit.verify(tx).reason is None


def test_two_saves_of_one_revision_leave_one_and_refuse_the_other(shared_store: Store) -> None:
    with shared_store.write() as tx:
        reviews.add_review(tx, DRAFT)

    def save(comment: str) -> None:
        with shared_store.write() as tx:
            reviews.save_draft(tx, replace(DRAFT, comment=comment), expected_revision=1)

    (problem,) = at_once(lambda: save("first"), lambda: save("second"))
    assert isinstance(problem, StaleRevision)
    with shared_store.read() as tx:
        stored = reviews.review(tx, DRAFT.id)
    assert stored is not None
    assert stored.revision == 2
    assert stored.comment in ("first", "second")


def test_one_submission_sent_twice_is_applied_once(shared_store: Store) -> None:
    def send(review_id: str) -> None:
        with shared_store.write() as tx:
            reviews.add_review(tx, replace(SUBMITTED, id=ReviewId(review_id)))

    (problem,) = at_once(lambda: send("one"), lambda: send("two"))
    assert isinstance(problem, DuplicateKey)
    assert problem.constraint == "uq_review_submission_key"
    with shared_store.read() as tx:
        assert reviews.count_reviews(tx) == 1


SUBMITTING = """
import os, sys
from dataclasses import replace
from db.engine import open_store
from db.records import AuditEntry, ReviewId
from db.store import audit, reviews
from tests.db.world import NOON, REVIEWER, SUBMITTED

# In one piece, because two processes write to the pipe.
def say(line):
    os.write(1, f"{line}\\n".encode())

def submit_for_ever(prefix):
    store = open_store(sys.argv[1])
    for n in range(1_000_000):
        name = f"{prefix}-{n}"
        with store.write() as tx:
            reviews.add_review(tx, replace(SUBMITTED, id=ReviewId(name), submission_key=name))
            audit.append(tx, AuditEntry(NOON, REVIEWER.id, "review.submit", "review", name))
        say(name)

# Forks, because starting Python anew for each of the processes would take most of the test's time.
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        submit_for_ever(line.strip())
    say(f"started {child}")
    _, status = os.waitpid(child, 0)
    say("killed" if os.WIFSIGNALED(status) else "ended by itself")
"""


def submit_until_killed(process: "subprocess.Popen[str]", prefix: str, seconds: float) -> list[str]:
    """Have a process submit as fast as it can, kill it, and return the reviews that it acknowledged."""
    assert process.stdin is not None
    assert process.stdout is not None
    print(prefix, file=process.stdin, flush=True)
    heard: list[str] = []
    child = 0
    for line in map(str.strip, process.stdout):
        if line in ("killed", "ended by itself"):
            assert line == "killed", heard
            return heard
        if line.startswith("started"):
            child = int(line.split()[1])
        else:
            heard.append(line)
        if child and heard:
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
            child = 0
    raise AssertionError("the process ended")


@pytest.mark.long
def test_kill_in_the_middle_of_submits_loses_nothing_acknowledged(file_store: Store) -> None:
    url = file_store.engine.url.render_as_string(hide_password=False)
    with file_store.write() as tx:
        add_work(tx)
    acknowledged: list[str] = []
    command = [sys.executable, "-c", SUBMITTING, url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for kill in range(15):
            acknowledged += submit_until_killed(process, f"k{kill}", seconds=0.003 * kill)
    assert len(acknowledged) >= 15
    with file_store.read() as tx:
        stored = reviews.reviews(tx)
        verdict = audit.verify(tx)
        audited = {entry.object_id for entry in audit.entries(tx, limit=1_000_000)}
        sound = tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
    assert sound == "ok"
    assert set(acknowledged) <= {review.id for review in stored}
    assert [review for review in stored if review != whole(review.id)] == []
    assert audited == {review.id for review in stored}
    assert (verdict.entries, verdict.reason) == (len(stored), None)


def whole(review_id: ReviewId) -> Review:
    return replace(SUBMITTED, id=review_id, submission_key=review_id)


UPKEEP_KILLED = """
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
    command = [sys.executable, "-c", UPKEEP_KILLED]
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


@pytest.mark.long
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


@pytest.mark.long
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
