"""Drafts of scorecards, edited step by step: start one, change it, take a change back, see what publishing it means.

An edit is a function of the scorecard (see `scorecards.editing`) and is put to the draft as the store has it, so two
people who edit one draft at once lose nothing of each other's.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import ValidationError

from db.engine import Transaction
from db.records import Purpose, ScorecardVersion, ScorecardVersionId, VersionState
from db.store import audit, reviews
from db.store import scorecards as store
from qa_app.domain.access import require
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.workflows.context import Context
from qa_app.workflows.scorecards import find_version, record_change
from scorecards.criterion_edits import make_id
from scorecards.difference import Change, compare
from scorecards.document import check
from scorecards.editing import Edit, apply_edit, start_scorecard
from scorecards.files import library
from scorecards.identity import content_hash, structure_hash
from scorecards.model import Scorecard
from scorecards.problems import Problem, Severity
from scorecards.reading import explain_error


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a draft is worth publishing, and what publishing it would mean."""

    problems: tuple[Problem, ...]
    in_force: ScorecardVersion | None
    """The version that it would replace."""
    changes: tuple[Change, ...]
    pools: bool
    """Whether its scores go on in one pool with those of the version in force."""
    reviews: int
    """Reviews that are in one pool with the version in force now."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep it from being published."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    @property
    def unchanged(self) -> bool:
        """Whether it is word for word the version in force."""
        return self.in_force is not None and not self.changes


def start_new(context: Context, label: str, *, section: str, criterion: str) -> ScorecardVersion:
    """A scorecard from nothing: one section with one yes/no criterion, as a draft of its first version."""
    return _start(
        context, lambda name: start_scorecard(label, scorecard_id=name, section=section, criterion=criterion), label
    )


def start_copy(context: Context, source: Scorecard, label: str) -> ScorecardVersion:
    """A scorecard of its own that begins as a copy of another one, as a draft of its first version."""
    return _start(context, lambda name: source.model_copy(update={"id": name, "label": label}), label)


def start_next(context: Context, version_id: ScorecardVersionId) -> ScorecardVersion:
    """The draft of the next version, begun as this version stands; where there is a draft already, that one."""
    require(context.actor, "scorecard.write")
    source = find_version(context, version_id)
    with context.store.write() as tx:
        known = store.versions(tx, scorecard_id=source.scorecard_id)
        draft = _find_draft(known)
        if draft is not None:
            return draft
        return _add(tx, context, source.scorecard, number=known[0].number + 1)


def find_draft(context: Context, scorecard_id: str) -> ScorecardVersion | None:
    """The draft of a scorecard, where it has one."""
    require(context.actor, "scorecard.read")
    with context.store.read() as tx:
        return _find_draft(store.versions(tx, scorecard_id=scorecard_id))


def edit_draft(
    context: Context, version_id: ScorecardVersionId, edit: Edit
) -> tuple[ScorecardVersion, ScorecardVersion]:
    """Put an edit to a draft; returns it before and after.

    Raises:
        Refused: the version is no draft any more, or a value does not fit; nothing was changed.
    """
    return _change(context, version_id, lambda draft: _apply(draft.scorecard, edit))


def take_back(context: Context, version_id: ScorecardVersionId, earlier: Scorecard, *, after: str) -> ScorecardVersion:
    """Put a draft back as it was before an edit that left it with the content hash `after`.

    Raises:
        Conflict: somebody has changed it since.
    """

    def back(draft: ScorecardVersion) -> Scorecard:
        if draft.content_hash != after:
            raise Conflict("draft-changed", "Somebody else has changed this draft since; nothing was taken back.")
        return earlier

    return _change(context, version_id, back)[1]


def replace_draft(
    context: Context, version_id: ScorecardVersionId, scorecard: Scorecard, *, seen: str
) -> ScorecardVersion:
    """Put a whole document in a draft's place, made from the draft with the content hash `seen`.

    Raises:
        Conflict: somebody has changed the draft since.
        Refused: the document is of another scorecard.
    """

    def other(draft: ScorecardVersion) -> Scorecard:
        if draft.content_hash != seen:
            raise Conflict("draft-changed", "Somebody else has changed this draft since; nothing was overwritten.")
        if scorecard.id != draft.scorecard_id:
            raise Refused(
                "other-scorecard",
                f"The document is of the scorecard {scorecard.id!r}, this draft of {draft.scorecard_id!r}. Leave the "
                "id as it is, or bring the document in as one of its own.",
            )
        return scorecard

    return _change(context, version_id, other)[1]


def discard_draft(context: Context, version_id: ScorecardVersionId) -> None:
    """Throw a draft away; versions that were published are not touched."""
    require(context.actor, "scorecard.write")
    with context.store.write() as tx:
        draft = _require_draft(tx, version_id)
        store.remove_draft(tx, version_id)
        audit.append(tx, record_change(context, "scorecard.discard", draft))


def look_ahead(context: Context, version_id: ScorecardVersionId) -> Outlook:
    """The problems of a draft, and what publishing it would mean for the scores that there are.

    For those who write scorecards only: a count of reviews that does not grow with one's own tells of a hidden check.
    """
    require(context.actor, "scorecard.write")
    with context.store.read() as tx:
        draft = store.version(tx, version_id)
        if draft is None:
            raise NotFound("no-scorecard-version", "There is no such scorecard version.")
        known = store.versions(tx, scorecard_id=draft.scorecard_id)
        in_force = next((version for version in known if version.state is VersionState.PUBLISHED), None)
        pooled = [version.id for version in known if in_force and version.structure_hash == in_force.structure_hash]
        count = reviews.count_reviews(tx, scorecard_version_ids=pooled, purpose=Purpose.QUALITY) if pooled else 0
    return Outlook(
        problems=check(draft.scorecard),
        in_force=in_force,
        changes=compare(in_force.scorecard, draft.scorecard) if in_force else (),
        pools=in_force is not None and in_force.structure_hash == draft.structure_hash,
        reviews=count,
    )


def _start(context: Context, make: Callable[[str], Scorecard], label: str) -> ScorecardVersion:
    require(context.actor, "scorecard.write")
    with context.store.write() as tx:
        taken = {version.scorecard_id for version in store.versions(tx)}
        try:
            scorecard = apply_edit(make(make_id(label, {*taken, *library()})), lambda made: made)
        except ValidationError as error:
            raise _not_valid(error) from error
        return _add(tx, context, scorecard, number=1)


def _add(tx: Transaction, context: Context, scorecard: Scorecard, *, number: int) -> ScorecardVersion:
    draft = ScorecardVersion(
        id=ScorecardVersionId(context.new_id()),
        scorecard_id=scorecard.id,
        number=number,
        state=VersionState.DRAFT,
        scorecard=scorecard,
        content_hash=content_hash(scorecard),
        structure_hash=structure_hash(scorecard),
        created_at=context.now(),
        created_by=context.actor.id,
    )
    store.add_version(tx, draft)
    audit.append(tx, record_change(context, "scorecard.draft", draft))
    return draft


def _change(
    context: Context, version_id: ScorecardVersionId, make: Callable[[ScorecardVersion], Scorecard]
) -> tuple[ScorecardVersion, ScorecardVersion]:
    require(context.actor, "scorecard.write")
    with context.store.write() as tx:
        draft = _require_draft(tx, version_id)
        scorecard = make(draft)
        changed = replace(
            draft,
            scorecard=scorecard,
            content_hash=content_hash(scorecard),
            structure_hash=structure_hash(scorecard),
            created_at=context.now(),
            created_by=context.actor.id,
        )
        if changed.content_hash == draft.content_hash:
            return draft, draft
        store.replace_draft(tx, changed)
        audit.append(tx, record_change(context, "scorecard.draft", changed))
    return draft, changed


def _apply(scorecard: Scorecard, edit: Edit) -> Scorecard:
    try:
        return apply_edit(scorecard, edit)
    except ValidationError as error:
        raise _not_valid(error) from error
    except KeyError as error:
        raise Conflict("part-gone", "Somebody else has taken this part out of the draft.") from error


def _not_valid(error: ValidationError) -> Refused:
    return Refused("edit-not-valid", f"Not kept: {explain_error(error)}.")


def _require_draft(tx: Transaction, version_id: ScorecardVersionId) -> ScorecardVersion:
    version = store.version(tx, version_id)
    if version is None:
        raise NotFound("no-scorecard-version", "There is no such scorecard version.")
    if version.state is not VersionState.DRAFT:
        raise Refused("not-a-draft", f"Version {version.number} is {version.state}; only a draft can be changed.")
    return version


def _find_draft(versions: tuple[ScorecardVersion, ...]) -> ScorecardVersion | None:
    return next((version for version in versions if version.state is VersionState.DRAFT), None)
