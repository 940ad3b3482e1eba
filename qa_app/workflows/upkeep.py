"""The database as a thing: create, upgrade, look at, back up, restore, and check what it holds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from db import revisions, upkeep
from db.engine import open_store, sqlite_library
from db.problems import NewerDatabase, StoreProblem
from db.records import AuditEntry, AuditVerdict, Backup, DatabaseState, DatabaseStatus, Purpose, ReviewId, ReviewState
from db.store import audit, calibration, disputes, reviews, scorecards
from qa_app.domain.access import require
from qa_app.errors import Unavailable
from qa_app.house import require_house
from qa_app.settings import Settings
from qa_app.workflows.access import SIGN_IN
from qa_app.workflows.context import Context, Installation
from qa_app.workflows.forms import form_of
from qa_app.workflows.scope import find_blind_tickets

_TELLING = frozenset({"review", "dispute"})
"""What an audit entry can be about that tells how a ticket was graded."""

Report = Callable[[int, int], None]


def _keep_quiet(_done: int, _total: int) -> None:
    """Nobody wants to hear how far it is."""


@dataclass(frozen=True, slots=True)
class ScoreCheck:
    """What recomputing every stored score found."""

    checked: int
    different: tuple[ReviewId, ...]


def open_installation(settings: Settings) -> Installation:
    """Create or upgrade the database and open it; what every entry point starts with.

    Raises:
        Unavailable: the data folder cannot be written, or the database is newer than this version.
        Refused: the house template has problems.
    """
    house = require_house(settings.house)
    upgrade_database(settings)
    return Installation(settings, open_store(settings.database_url), house=house)


def open_current(settings: Settings) -> Installation:
    """Open a database that is up to date; makes and changes nothing, so that a command in a wrong folder leaves none.

    Raises:
        Unavailable: there is no database, it has another revision than this version's, or it cannot be reached.
        Refused: the house template has problems.
    """
    house = require_house(settings.house)
    status = read_status(settings)
    match status.state:
        case DatabaseState.CURRENT:
            return Installation(settings, open_store(settings.database_url), house=house)
        case DatabaseState.AHEAD:
            raise _newer(f"the database has revision {status.revision}, this version knows {status.head}")
        case DatabaseState.BEHIND:
            raise Unavailable(
                "database-behind",
                f"{status.location} has revision {status.revision}, this version works with {status.head}. "
                "Make a backup, then `plumbline db upgrade`.",
            )
        case DatabaseState.MISSING | DatabaseState.EMPTY:
            raise Unavailable(
                "no-database",
                f"There is no database at {status.location} yet. `plumbline db upgrade` makes one, `plumbline demo` "
                "a filled one; PLUMBLINE_DATA_DIR says where it lies.",
            )


def upgrade_database(settings: Settings) -> DatabaseStatus:
    """Make the data folder and the database, or bring the database to this version's revision.

    Raises:
        Unavailable: the data folder cannot be written, or the database is newer than this version, or out of reach.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        settings.recordings_dir.mkdir(exist_ok=True)
    except OSError as error:
        raise Unavailable(
            "data-folder",
            f"The data folder {settings.data_dir} cannot be written ({error.strerror}); "
            "choose another with PLUMBLINE_DATA_DIR.",
        ) from error
    try:
        return revisions.upgrade(settings.database_url)
    except NewerDatabase as error:
        raise _newer(str(error)) from error
    except StoreProblem as error:
        raise Unavailable("database-unusable", f"The database cannot be used: {error}.") from error


def _newer(what: str) -> Unavailable:
    return Unavailable(
        "database-newer",
        f"The database is newer: {what}. Install that version of Plumbline, or restore a backup.",
    )


def sqlite_version() -> str:
    """Version of the SQLite library that this process uses."""
    return ".".join(str(part) for part in sqlite_library().sqlite_version_info)


def sqlite_is_sound() -> bool:
    """Whether that library is free of the WAL-reset bug (fixed in 3.51.3)."""
    return bool(sqlite_library().sqlite_version_info >= (3, 51, 3))


def read_status(settings: Settings) -> DatabaseStatus:
    """Where the database is and which revision it has; changes nothing.

    Raises:
        Unavailable: it cannot be reached, or is no database of Plumbline.
    """
    try:
        return revisions.status(settings.database_url)
    except StoreProblem as error:
        raise Unavailable("database-unusable", f"The database cannot be used: {error}.") from error


def back_up(settings: Settings, target: Path, *, report: Report = _keep_quiet) -> Backup:
    """Write a verified copy of the database; readers and writers go on meanwhile."""
    try:
        return upkeep.backup(settings.database_url, target, report=report)
    except StoreProblem as error:
        raise Unavailable("backup-failed", f"No backup was made: {error}.") from error
    except OSError as error:
        raise Unavailable("backup-failed", f"The backup cannot be written: {error.strerror}. Make room.") from error


def restore(settings: Settings, source: Path, *, report: Report = _keep_quiet) -> None:
    """Put a backup in the place of the database; all or nothing, and the old one is kept beside it."""
    try:
        upkeep.restore(source, settings.database_url, report=report)
    except StoreProblem as error:
        raise Unavailable("restore-failed", f"Nothing was restored: {error}.") from error
    except OSError as error:
        raise Unavailable("restore-failed", f"The backup cannot be put in place: {error.strerror}.") from error


def verify_audit(context: Context) -> AuditVerdict:
    """Check the audit chain from its first entry to its head.

    Whoever still grades blind is not told the head: it is made of scores too, and few scores are possible, so that a
    guess could be tried against it.
    """
    require(context.actor, "audit.verify")
    with context.store.read() as tx:
        verdict = audit.verify(tx)
        blind = bool(find_blind_tickets(tx, context.actor.id))
    return replace(verdict, head_hash="") if blind else verdict


def list_audit(
    context: Context,
    *,
    object_type: str | None = None,
    sign_ins: bool = True,
    before_seq: int | None = None,
    limit: int = 200,
) -> tuple[AuditEntry, ...]:
    """Audit entries, newest first: about one type of object, without the sign-ins, older than an entry.

    Those about reviews come without their values while the actor still grades blind.
    """
    require(context.actor, "audit.read")
    without = () if sign_ins else (SIGN_IN,)
    with context.store.read() as tx:
        found = audit.entries(tx, object_type=object_type, without=without, before_seq=before_seq, limit=limit)
        blind = bool(find_blind_tickets(tx, context.actor.id))
    return tuple(
        replace(entry, before={}, after={}, why="") if blind and entry.object_type in _TELLING else entry
        for entry in found
    )


def recompute_scores(context: Context) -> ScoreCheck:
    """Compute every submitted score anew from its ratings and compare it with what is stored."""
    require(context.actor, "audit.verify")
    different: list[ReviewId] = []
    checked = 0
    states = tuple(state for state in ReviewState if state is not ReviewState.DRAFT)
    with context.store.read() as tx:
        versions = {version.id: version for version in scorecards.versions(tx)}
        sessions = {session.id: session for session in calibration.sessions(tx)}
        for purpose in Purpose:
            found = reviews.reviews(tx, purpose=purpose, states=states, superseded=True)
            again = purpose is Purpose.DISPUTE
            asked = disputes.disputes_of(tx, [one.assignment_id for one in found if again and one.assignment_id])
            for review in found:
                checked += 1
                session = sessions[review.session_id] if review.session_id else None
                dispute = asked.get(review.assignment_id) if review.assignment_id else None
                form = form_of(versions[review.scorecard_version_id], session, dispute)
                if form.score(review.ratings) != review.score:
                    different.append(review.id)
    return ScoreCheck(checked, tuple(different))
