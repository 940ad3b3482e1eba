"""Refusals: what a person asked for cannot be done, and what to do instead.

    PlumblineError
    ├── Refused            the request does not fit (bad value, wrong state); nothing was changed
    │   ├── NotFound       no such record, or none that this person may see
    │   ├── NotAllowed     the access policy says no
    │   └── Conflict       somebody, or another tab, was faster; both versions are kept
    └── Unavailable        the system cannot do it now (disk, database, missing program)

Each carries a stable `code` (kebab case) for logs, tests and searches, and a message for people: what was found,
what is valid, what to do. Problems inside people's files are not exceptions but collected values (`RowIssue`).
"""


class PlumblineError(Exception):
    """Root of what we raise on purpose."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Refused(PlumblineError):
    """The request does not fit; nothing was changed."""


class NotFound(Refused):
    """No such record, or none that this person may see; the two look the same from outside."""


class NotAllowed(Refused):
    """The access policy says no."""


class Conflict(Refused):
    """Somebody, or another tab, was faster; nothing was overwritten."""


class Unavailable(PlumblineError):
    """The system cannot do it now."""
