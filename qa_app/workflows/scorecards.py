"""Scorecards in the store: take one in, publish it, archive it, compare two versions."""

from dataclasses import replace

from db.records import AuditEntry, ScorecardVersion, ScorecardVersionId, VersionState
from db.store import audit
from db.store import scorecards as store
from qa_app.domain.access import require
from qa_app.errors import NotFound, Refused
from qa_app.words import write_count
from qa_app.workflows.context import Context
from scorecards.difference import Change, compare
from scorecards.document import check
from scorecards.files import library, library_scorecard
from scorecards.identity import content_hash, structure_hash
from scorecards.model import Scorecard, Subject
from scorecards.problems import Severity


def list_versions(
    context: Context, *, scorecard_id: str | None = None, state: VersionState | None = None
) -> tuple[ScorecardVersion, ...]:
    """Versions by scorecard, newest first."""
    require(context.actor, "scorecard.read")
    with context.store.read() as tx:
        return store.versions(tx, scorecard_id=scorecard_id, state=state)


def list_in_force(context: Context, subject: Subject = "ticket") -> tuple[ScorecardVersion, ...]:
    """The versions in force by which this is graded, by scorecard."""
    found = list_versions(context, state=VersionState.PUBLISHED)
    return tuple(version for version in found if version.scorecard.subject == subject)


def find_version(context: Context, version_id: ScorecardVersionId) -> ScorecardVersion:
    """One version; raises NotFound."""
    require(context.actor, "scorecard.read")
    with context.store.read() as tx:
        version = store.version(tx, version_id)
    if version is None:
        raise NotFound("no-scorecard-version", "There is no such scorecard version.")
    return version


def list_library() -> tuple[Scorecard, ...]:
    """The scorecards that ship with Plumbline."""
    return tuple(library_scorecard(name) for name in library())


def save_draft(context: Context, scorecard: Scorecard) -> ScorecardVersion:
    """Keep a scorecard as the draft of its next version; an existing draft of it is replaced.

    Raises:
        Refused: it equals the version in force, so there is nothing to draft.
    """
    require(context.actor, "scorecard.write")
    with context.store.write() as tx:
        known = store.versions(tx, scorecard_id=scorecard.id)
        current = next((version for version in known if version.state is VersionState.PUBLISHED), None)
        if current is not None and current.content_hash == content_hash(scorecard):
            raise _unchanged(current)
        draft = next((version for version in known if version.state is VersionState.DRAFT), None)
        version = ScorecardVersion(
            id=draft.id if draft else ScorecardVersionId(context.new_id()),
            scorecard_id=scorecard.id,
            number=draft.number if draft else max((version.number for version in known), default=0) + 1,
            state=VersionState.DRAFT,
            scorecard=scorecard,
            content_hash=content_hash(scorecard),
            structure_hash=structure_hash(scorecard),
            created_at=context.now(),
            created_by=context.actor.id,
        )
        if draft:
            store.replace_draft(tx, version)
        else:
            store.add_version(tx, version)
        audit.append(tx, record_change(context, "scorecard.draft", version))
    return version


def publish(context: Context, version_id: ScorecardVersionId) -> ScorecardVersion:
    """Put a draft in force; the version that was in force is archived and stays readable.

    Raises:
        Refused: it is no draft, has problems, or is word for word the version in force.
    """
    require(context.actor, "scorecard.publish")
    now = context.now()
    with context.store.write() as tx:
        version = store.version(tx, version_id)
        if version is None:
            raise NotFound("no-scorecard-version", "There is no such scorecard version.")
        if version.state is not VersionState.DRAFT:
            raise Refused("not-a-draft", f"Version {version.number} is {version.state}; only a draft can be published.")
        _refuse_problems(version)
        for older in store.versions(tx, scorecard_id=version.scorecard_id, state=VersionState.PUBLISHED):
            if older.content_hash == version.content_hash:
                raise _unchanged(older)
            store.set_version_state(tx, older.id, VersionState.ARCHIVED, at=now)
        store.set_version_state(tx, version_id, VersionState.PUBLISHED, at=now)
        audit.append(tx, record_change(context, "scorecard.publish", version))
    return replace(version, state=VersionState.PUBLISHED, published_at=now)


def publish_from_library(context: Context, name: str) -> ScorecardVersion:
    """Take a shipped scorecard and put it in force in one step."""
    return publish(context, save_draft(context, library_scorecard(name)).id)


def archive(context: Context, version_id: ScorecardVersionId) -> None:
    """Take a published version out of use; its reviews keep it."""
    require(context.actor, "scorecard.publish")
    with context.store.write() as tx:
        version = store.version(tx, version_id)
        if version is None:
            raise NotFound("no-scorecard-version", "There is no such scorecard version.")
        if version.state is not VersionState.PUBLISHED:
            raise Refused(
                "not-published", f"Version {version.number} is {version.state}; only a published one can be archived."
            )
        store.set_version_state(tx, version_id, VersionState.ARCHIVED, at=context.now())
        audit.append(tx, record_change(context, "scorecard.archive", version))


def compare_versions(context: Context, old: ScorecardVersionId, new: ScorecardVersionId) -> tuple[Change, ...]:
    """What changed between two versions, and which edits change scores."""
    return compare(find_version(context, old).scorecard, find_version(context, new).scorecard)


def _unchanged(current: ScorecardVersion) -> Refused:
    return Refused("scorecard-unchanged", f"This is word for word version {current.number}, which is in force.")


def _refuse_problems(version: ScorecardVersion) -> None:
    errors = [problem for problem in check(version.scorecard) if problem.severity is Severity.ERROR]
    if errors:
        more = f" And {write_count(len(errors) - 1, 'more problem')}." if len(errors) > 1 else ""
        raise Refused("scorecard-problems", f"It cannot be published yet. {errors[0].path}: {errors[0].message}.{more}")


def record_change(context: Context, action: str, version: ScorecardVersion) -> AuditEntry:
    """The audit entry for a change of a version."""
    after = {
        "scorecard": version.scorecard_id,
        "number": version.number,
        "content_hash": version.content_hash,
        "structure_hash": version.structure_hash,
    }
    return AuditEntry(context.now(), context.actor.id, action, "scorecard_version", version.id, after=after)
