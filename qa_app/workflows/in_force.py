"""Scorecard versions that tickets can be graded on: published, and made for tickets."""

from db.engine import Transaction
from db.records import ScorecardVersion, ScorecardVersionId, VersionState
from db.store import scorecards
from qa_app.errors import NotFound, Refused


def find_current(tx: Transaction, scorecard_id: str) -> ScorecardVersion:
    """The version in force of a scorecard.

    Raises:
        NotFound: no version is in force. Refused: it grades something else than a ticket.
    """
    version = scorecards.current_version(tx, scorecard_id)
    if version is None:
        raise NotFound("no-scorecard", f"No version of a scorecard {scorecard_id!r} is in force.")
    return _require_for_tickets(version)


def find_published(tx: Transaction, version_id: ScorecardVersionId) -> ScorecardVersion:
    """A version by its id.

    Raises:
        Refused: there is none, it is a draft or archived, or it grades something else than a ticket.
    """
    version = scorecards.version(tx, version_id)
    if version is None or version.state is not VersionState.PUBLISHED:
        raise Refused(
            "version-not-in-force", "Choose a published scorecard version; drafts and archived ones cannot be assigned."
        )
    return _require_for_tickets(version)


def _require_for_tickets(version: ScorecardVersion) -> ScorecardVersion:
    if version.scorecard.subject != "ticket":
        raise Refused(
            "scorecard-subject",
            f"{version.scorecard.label} grades an agent over a period, not a ticket; choose another scorecard.",
        )
    return version
