"""What the tests of backups, dumps and kills look at from outside."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from db.dumps import TableDigest, digest_tables
from db.engine import Store, open_store
from db.store import people


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


def edited(dump: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of a dump with its files changed, or left out where `change` gives None."""
    target = dump.with_name("edited.zip")
    with zipfile.ZipFile(dump) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target
