"""What the store refuses by itself; workflows turn these into messages for people."""


class StoreProblem(Exception):
    """Root of the store's own refusals."""


class StaleRevision(StoreProblem):
    """A save named a revision that is no longer the current one."""


class DuplicateKey(StoreProblem):
    """A unique value (an e-mail, a submission key, an open assignment) exists already."""


class NewerDatabase(StoreProblem):
    """The database was written by a newer version of Plumbline."""


class DatabaseNotReady(StoreProblem):
    """The database is missing, or behind this version: `plumbline db upgrade` brings it up."""
