"""Scorecard versions. Published ones never change: the store itself refuses it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from db import tables
from db.engine import Transaction
from db.problems import Immutable, UnknownId
from db.records import PersonId, ScorecardVersion, ScorecardVersionId, VersionState
from db.store.rows import columns_of, insert_rows, one_piece, select_in
from scorecards.model import Scorecard


def add_version(tx: Transaction, version: ScorecardVersion) -> None:
    """Raises DuplicateKey where the scorecard has a version of this number."""
    with one_piece(tx):
        insert_rows(tx, tables.scorecard_version, [_columns(version)])


def replace_draft(tx: Transaction, version: ScorecardVersion) -> None:
    """Write all of a draft anew.

    Raises:
        Immutable: the stored version is no draft any more.
        UnknownId: there is no such version.
    """
    columns = tables.scorecard_version.c
    draft = (columns.id == version.id) & (columns.state == VersionState.DRAFT.value)
    with one_piece(tx):
        changed = tx.connection.execute(update(tables.scorecard_version).where(draft), _columns(version)).rowcount
    if changed == 0:
        raise _no_draft(tx, version.id)


def remove_draft(tx: Transaction, version_id: ScorecardVersionId) -> None:
    """Forget a draft.

    Raises:
        Immutable: the stored version is no draft any more.
        UnknownId: there is no such version.
    """
    columns = tables.scorecard_version.c
    draft = (columns.id == version_id) & (columns.state == VersionState.DRAFT.value)
    if tx.connection.execute(delete(tables.scorecard_version).where(draft)).rowcount == 0:
        raise _no_draft(tx, version_id)


def set_version_state(tx: Transaction, version_id: ScorecardVersionId, state: VersionState, *, at: datetime) -> None:
    """Publish (which notes the time) or archive a version; raises UnknownId where there is none."""
    changes: dict[str, object] = {"state": state.value}
    if state is VersionState.PUBLISHED:
        changes["published_at"] = at
    this_one = tables.scorecard_version.c.id == version_id
    if tx.connection.execute(update(tables.scorecard_version).where(this_one), changes).rowcount == 0:
        raise UnknownId(f"there is no scorecard version {version_id}")


def version(tx: Transaction, version_id: ScorecardVersionId) -> ScorecardVersion | None:
    """One version, in whatever state."""
    return versions_by_id(tx, [version_id]).get(version_id)


def versions(
    tx: Transaction, *, scorecard_id: str | None = None, state: VersionState | None = None
) -> tuple[ScorecardVersion, ...]:
    """Versions by scorecard, the newest of each first."""
    columns = tables.scorecard_version.c
    wanted = select(tables.scorecard_version)
    if scorecard_id is not None:
        wanted = wanted.where(columns.scorecard_id == scorecard_id)
    if state is not None:
        wanted = wanted.where(columns.state == state.value)
    found = map(_version, tx.connection.execute(wanted))
    return tuple(sorted(found, key=lambda version: (version.scorecard_id, -version.number)))


def versions_by_id(tx: Transaction, ids: Iterable[ScorecardVersionId]) -> dict[ScorecardVersionId, ScorecardVersion]:
    """The versions of these ids; unknown ids are left out."""
    rows = select_in(tx, select(tables.scorecard_version), tables.scorecard_version.c.id, ids)
    return {found.id: found for found in map(_version, rows)}


def current_version(tx: Transaction, scorecard_id: str) -> ScorecardVersion | None:
    """The newest published version of a scorecard."""
    columns = tables.scorecard_version.c
    published = (columns.scorecard_id == scorecard_id) & (columns.state == VersionState.PUBLISHED.value)
    newest = select(tables.scorecard_version).where(published).order_by(columns.number.desc()).limit(1)
    row = tx.connection.execute(newest).one_or_none()
    return None if row is None else _version(row)


def _no_draft(tx: Transaction, version_id: ScorecardVersionId) -> UnknownId | Immutable:
    this_one = tables.scorecard_version.c.id == version_id
    if tx.connection.execute(select(tables.scorecard_version.c.id).where(this_one)).first() is None:
        return UnknownId(f"there is no scorecard version {version_id}")
    return Immutable(f"scorecard version {version_id} is not a draft")


def _columns(version: ScorecardVersion) -> dict[str, object]:
    return columns_of(version, tables.scorecard_version, document=version.scorecard.model_dump(mode="json"))


def _version(row: Row[Any]) -> ScorecardVersion:
    return ScorecardVersion(
        id=ScorecardVersionId(row.id),
        scorecard_id=row.scorecard_id,
        number=row.number,
        state=VersionState(row.state),
        scorecard=Scorecard.model_validate(row.document),
        content_hash=row.content_hash,
        structure_hash=row.structure_hash,
        created_at=row.created_at,
        created_by=PersonId(row.created_by),
        published_at=row.published_at,
    )
