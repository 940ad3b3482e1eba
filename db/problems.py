"""What the store refuses by itself; workflows turn these into messages for people. None carries stored values."""


class StoreProblem(Exception):
    """Root of the store's own refusals."""


class StaleRevision(StoreProblem):
    """A save named a revision (or a state) that is no longer the current one."""


class RuleBroken(StoreProblem):
    """A row that the tables do not take: an unknown id, a value outside its list, something missing.

    `constraint` is its name in `db.tables`, or "" where the database does not tell; a value that a column cannot
    hold (too long, not text) breaks no named constraint and is said in words.
    """

    def __init__(self, constraint: str) -> None:
        super().__init__(f"a rule of the tables is broken: {constraint or 'a foreign key'}")
        self.constraint = constraint


class DuplicateKey(RuleBroken):
    """A unique value (an e-mail, a submission key, an open assignment) exists already; `constraint` says which."""


class UnstorableText(RuleBroken):
    """Text with signs that the database cannot hold: half of a surrogate pair, on PostgreSQL also NUL."""

    def __init__(self) -> None:
        super().__init__("a text that its column cannot hold")


class UnknownId(StoreProblem):
    """A change of a record that is not there."""


class Immutable(StoreProblem):
    """A change of something that never changes, such as a published scorecard version."""


class DatabaseUnavailable(StoreProblem):
    """The database cannot work now: no connection, no room, no lock in time."""


class NewerDatabase(StoreProblem):
    """The database was written by a newer version of Plumbline."""


class DatabaseNotReady(StoreProblem):
    """The database is missing, or behind this version: `plumbline db upgrade` brings it up."""


class ForeignDatabase(StoreProblem):
    """The database holds tables that Plumbline did not make."""


class DamagedBackup(StoreProblem):
    """A backup that is not whole, or no backup at all; nothing was changed."""


class BackupExists(StoreProblem):
    """A backup may not take the place of a file that is there already."""


class DatabaseNotEmpty(StoreProblem):
    """A restore needs a database without records; nothing was changed."""


class DatabaseInUse(StoreProblem):
    """A restore needs the database for itself; nothing was changed."""
