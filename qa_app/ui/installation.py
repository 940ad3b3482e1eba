"""The server's installation: set once at start-up, read by every page and route."""

from dataclasses import dataclass

from qa_app.workflows.context import Installation


@dataclass(slots=True)
class _Slot:
    current: Installation | None = None


_slot = _Slot()


def install(installation: Installation) -> None:
    """Make this the server's installation."""
    _slot.current = installation


def installation() -> Installation:
    """The server's installation.

    Raises:
        RuntimeError: asked before the server was set up.
    """
    if _slot.current is None:
        raise RuntimeError("no installation: start the app with `plumbline serve`")
    return _slot.current
