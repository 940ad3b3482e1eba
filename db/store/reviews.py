"""Reviews with their ratings, evidence and stored scores. Saves are optimistic: each names the revision it rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, Row, Select, exists, func, select, update

from db import tables
from db.engine import Transaction
from db.problems import StaleRevision
from db.records import (
    AssignmentId,
    AutoFailFlag,
    CriterionResult,
    Evidence,
    PersonId,
    Purpose,
    Rating,
    Review,
    ReviewId,
    ReviewState,
    ScorecardVersionId,
    Selection,
    SessionId,
    StoredScore,
    TicketId,
)
from db.store import frames
from db.store.ratings import read_ratings
from db.store.rows import answer_columns, children, columns_of, equal, insert_rows, one_piece, select_in

_LATER = tables.review.alias("later")
"""Made once: making it takes longer than the statements it stands in."""


class ReviewFilter(TypedDict, total=False):
    """What reviews to look for; anything left out or None does not matter."""

    agent_id: PersonId | None
    agent_ids: Iterable[PersonId] | None
    reviewer_id: PersonId | None
    ticket_ids: Iterable[TicketId] | None
    purpose: Purpose | None
    viewer: PersonId | None
    """Who looks: their own checks are quality reviews to them, and what checks keep from them is left out."""
    states: Iterable[ReviewState] | None
    """None: all but drafts."""
    submitted_from: datetime | None
    submitted_before: datetime | None
    session_id: SessionId | None
    scorecard_version_ids: Iterable[ScorecardVersionId] | None
    superseded: bool
    """Whether reviews that a later one corrects are wanted as well; they are not, unless this is True."""


def add_review(tx: Transaction, review: Review) -> None:
    """Add a review, a draft or a complete one; raises DuplicateKey like `add_reviews`."""
    add_reviews(tx, [review])


def add_reviews(tx: Transaction, reviews: Sequence[Review]) -> None:
    """Add any number of reviews in a fixed number of statements.

    Raises:
        DuplicateKey: an id or a submission key is there already, or the assignment has a draft; none was added.
    """
    with one_piece(tx):
        insert_rows(tx, tables.review, [_columns(review) for review in reviews])
        _add_parts(tx, reviews)


def save_draft(tx: Transaction, review: Review, *, expected_revision: int) -> Review:
    """Write a draft anew and return it with its new revision.

    Raises:
        StaleRevision: the stored review has another revision, is no draft any more, or is not there.
    """
    if review.state is not ReviewState.DRAFT:
        raise ValueError("only a draft can be saved as a draft")
    return _save(tx, review, expected_revision)


def submit(tx: Transaction, review: Review, *, expected_revision: int) -> Review:
    """Turn a draft into a submitted review, with its key and its score, in one piece; returns it as stored.

    Raises:
        StaleRevision: the stored review has another revision, is no draft any more, or is not there.
        DuplicateKey: the submission key was used before.
    """
    if review.state is ReviewState.DRAFT or review.submitted_at is None:
        raise ValueError("a submitted review has a state after draft and the time of its submission")
    return _save(tx, review, expected_revision)


def reopen(tx: Transaction, review: Review, *, expected_revision: int) -> Review:
    """Turn a submitted review back into the draft given, in one piece; returns it with its new revision.

    Raises:
        StaleRevision: the stored review has another revision, is not submitted (any more), or is not there.
        DuplicateKey: the assignment has another draft.
    """
    if review.state is not ReviewState.DRAFT or review.submitted_at is not None or review.score is not None:
        raise ValueError("a draft has neither a submission nor a score")
    return _save(tx, review, expected_revision, stored=ReviewState.SUBMITTED)


def review(tx: Transaction, review_id: ReviewId) -> Review | None:
    """One review, in whatever state."""
    return _one(tx, tables.review.c.id == review_id)


def reviews_by_id(tx: Transaction, ids: Iterable[ReviewId], viewer: PersonId | None = None) -> dict[ReviewId, Review]:
    """Several reviews, superseded ones too; without what hidden checks keep from the viewer."""
    wanted = select(tables.review).where(*frames.of_purpose(None, viewer))
    rows = list(select_in(tx, wanted, tables.review.c.id, ids))
    return {found.id: found for found in _with_parts(tx, rows)}


def review_by_key(tx: Transaction, submission_key: str) -> Review | None:
    """The review that was submitted under this key."""
    return _one(tx, tables.review.c.submission_key == submission_key)


def review_of(tx: Transaction, assignment_id: AssignmentId) -> Review | None:
    """The complete review that came of an assignment; None where it is still a draft, or was corrected."""
    columns = tables.review.c
    complete = columns.state.not_in((ReviewState.DRAFT.value, ReviewState.VOIDED.value))
    return _one(tx, (columns.assignment_id == assignment_id) & complete & ~_is_superseded())


def is_superseded(tx: Transaction, review_id: ReviewId) -> bool:
    """Whether a correction of this review counts in its place."""
    counted = select(func.count()).where(tables.review.c.id == review_id, _is_superseded())
    return tx.connection.execute(counted).scalar_one() > 0


def draft_of(tx: Transaction, assignment_id: AssignmentId) -> Review | None:
    """The draft of an assignment."""
    return drafts_of(tx, [assignment_id]).get(assignment_id)


def drafts_of(tx: Transaction, assignment_ids: Iterable[AssignmentId]) -> dict[AssignmentId, Review]:
    """The drafts of many assignments; those without one are left out."""
    drafts = select(tables.review).where(tables.review.c.state == ReviewState.DRAFT.value)
    rows = list(select_in(tx, drafts, tables.review.c.assignment_id, assignment_ids))
    found = _with_parts(tx, rows)
    return {AssignmentId(row.assignment_id): draft for row, draft in zip(rows, found, strict=True)}


def reviews(tx: Transaction, **wanted: Unpack[ReviewFilter]) -> tuple[Review, ...]:
    """Reviews by the time of their submission, drafts last."""
    found = select_in(tx, matching(select(tables.review), wanted), tables.review.c.ticket_id, wanted.get("ticket_ids"))
    return tuple(sorted(_with_parts(tx, list(found)), key=_submission))


def graded(tx: Transaction, **wanted: Unpack[ReviewFilter]) -> tuple[Review, ...]:
    """The same with ratings and scores, but without evidence and without what each criterion contributed to a score.

    For measuring many reviews at once, which takes neither.
    """
    found = select_in(tx, matching(select(tables.review), wanted), tables.review.c.ticket_id, wanted.get("ticket_ids"))
    rows = list(found)
    ratings = read_ratings(tx, (row.id for row in rows))
    heads = (_head(row, ratings=ratings.get(row.id, ()), score=_score(row, ())) for row in rows)
    return tuple(sorted(heads, key=_submission))


def count_reviews(tx: Transaction, **wanted: Unpack[ReviewFilter]) -> int:
    """How many reviews `reviews` would return."""
    counted = matching(select(func.count().label("reviews")).select_from(tables.review), wanted)
    return sum(row.reviews for row in select_in(tx, counted, tables.review.c.ticket_id, wanted.get("ticket_ids")))


def sum_activity(tx: Transaction, *, reviewer_id: PersonId, submitted_from: datetime) -> tuple[int, int]:
    """How many reviews somebody submitted since then, of whatever purpose, and their active seconds together.

    A calibration's copy of an everyday review is no work of its own.
    """
    summed = select(func.count(), func.coalesce(func.sum(tables.review.c.active_seconds), 0))
    wanted = ReviewFilter(reviewer_id=reviewer_id, submitted_from=submitted_from)
    own = ~exists().where(tables.grade_copy.c.review_id == tables.review.c.id)
    count, seconds = tx.connection.execute(matching(summed.select_from(tables.review), wanted).where(own)).one()
    return count, int(seconds)


def list_activity(tx: Transaction, version_ids: Iterable[ScorecardVersionId], *, limit: int) -> tuple[int, ...]:
    """Active seconds of the newest everyday reviews on these versions, where they were measured; newest first."""
    columns = tables.review.c
    wanted = ReviewFilter(purpose=Purpose.QUALITY, scorecard_version_ids=version_ids, superseded=True)
    measured = matching(select(columns.active_seconds), wanted).where(columns.active_seconds > 0)
    newest = measured.order_by(columns.submitted_at.desc(), columns.id.desc()).limit(limit)
    return tuple(tx.connection.execute(newest).scalars())


def set_review_state(
    tx: Transaction, review_id: ReviewId, state: ReviewState, *, at: datetime, expected: ReviewState
) -> None:
    """Move a review on in its life; releasing it notes the time.

    Raises:
        StaleRevision: it does not have the expected state (any more), or is not there.
    """
    changes: dict[str, object] = {"state": state.value}
    if state is ReviewState.RELEASED:
        changes["released_at"] = at
    as_expected = (tables.review.c.id == review_id) & (tables.review.c.state == expected.value)
    with one_piece(tx):
        changed = tx.connection.execute(update(tables.review).where(as_expected), changes).rowcount
    if changed == 0:
        raise StaleRevision(f"review {review_id} is not {expected.value}")


def reviewed_ticket_ids(
    tx: Transaction, ids: Iterable[TicketId], viewer: PersonId | None = None
) -> frozenset[TicketId]:
    """Those of the tickets that have a quality review which was submitted and not voided, as the viewer may know."""
    reviewed = select(tables.ticket.c.id).where(frames.has_quality_review(viewer))
    return frozenset(TicketId(row.id) for row in select_in(tx, reviewed, tables.ticket.c.id, ids))


def matching(statement: Select[Any], wanted: ReviewFilter) -> Select[Any]:
    """The statement about reviews with what is wanted as its conditions, except for the tickets."""
    columns = tables.review.c
    conditions = equal({columns[name]: wanted.get(name) for name in ("agent_id", "reviewer_id", "session_id")})
    conditions += frames.of_purpose(wanted.get("purpose"), wanted.get("viewer"))
    states = wanted.get("states")
    since, until = wanted.get("submitted_from"), wanted.get("submitted_before")
    if states is None:
        conditions.append(columns.state != ReviewState.DRAFT.value)
    else:
        conditions.append(columns.state.in_([state.value for state in states]))
    version_ids, agent_ids = wanted.get("scorecard_version_ids"), wanted.get("agent_ids")
    several = ((columns.scorecard_version_id, version_ids), (columns.agent_id, agent_ids))
    conditions += [column.in_(list(ids)) for column, ids in several if ids is not None]
    if since is not None:
        conditions.append(columns.submitted_at >= since)
    if until is not None:
        conditions.append(columns.submitted_at < until)
    if not wanted.get("superseded", False):
        conditions.append(~_is_superseded())
    return statement.where(*conditions)


def _is_superseded() -> ColumnElement[bool]:
    """A correction counts from its submission on, and no longer once it is voided."""
    uncounted = (ReviewState.DRAFT.value, ReviewState.VOIDED.value)
    return exists().where(_LATER.c.supersedes_id == tables.review.c.id, _LATER.c.state.not_in(uncounted))


def _submission(review: Review) -> tuple[bool, datetime, str]:
    return review.submitted_at is None, review.submitted_at or review.saved_at, review.id


def _save(
    tx: Transaction, review: Review, expected_revision: int, *, stored: ReviewState = ReviewState.DRAFT
) -> Review:
    saved = replace(review, revision=expected_revision + 1)
    unchanged = (
        (tables.review.c.id == review.id)
        & (tables.review.c.state == stored.value)
        & (tables.review.c.revision == expected_revision)
    )
    with one_piece(tx):
        if tx.connection.execute(update(tables.review).where(unchanged), _columns(saved)).rowcount == 0:
            raise StaleRevision(f"review {review.id} is not {stored.value} in revision {expected_revision}")
        for table in (tables.rating, tables.evidence, tables.criterion_result):
            tx.connection.execute(table.delete().where(table.c.review_id == review.id))
        _add_parts(tx, [saved])
    return saved


def _columns(review: Review) -> dict[str, object]:
    score = review.score
    return columns_of(
        review,
        tables.review,
        score_rule=None if score is None else score.rule,
        raw_score=None if score is None else score.raw,
        reported_score=None if score is None else score.reported,
        auto_fails=None if score is None else [asdict(flag) for flag in score.auto_fails],
        passed=None if score is None else score.passed,
        band=None if score is None else score.band,
    )


def _add_parts(tx: Transaction, reviews: Sequence[Review]) -> None:
    ratings = [
        {
            "review_id": review.id,
            "criterion_id": rating.criterion_id,
            **answer_columns(rating.answer),
            "comment": rating.comment,
            "reason_ids": list(rating.reason_ids),
            "praise": rating.praise,
            "position": place,
        }
        for review in reviews
        for place, rating in enumerate(review.ratings)
    ]
    evidence = [
        columns_of(quote, tables.evidence, review_id=review.id, position=place)
        for review in reviews
        for place, quote in enumerate(review.evidence)
    ]
    results = [
        columns_of(result, tables.criterion_result, review_id=review.id, position=place)
        for review in reviews
        if review.score is not None
        for place, result in enumerate(review.score.results)
    ]
    insert_rows(tx, tables.rating, ratings)
    insert_rows(tx, tables.evidence, evidence)
    insert_rows(tx, tables.criterion_result, results)


def _one(tx: Transaction, condition: ColumnElement[bool]) -> Review | None:
    rows = tx.connection.execute(select(tables.review).where(condition)).all()
    return next(iter(_with_parts(tx, rows)), None)


def _with_parts(tx: Transaction, rows: Sequence[Row[Any]]) -> tuple[Review, ...]:
    ids = [row.id for row in rows]
    ratings = read_ratings(tx, ids)
    evidence = children(tx, tables.evidence.c.review_id, ids, tables.evidence.c.position)
    results = children(tx, tables.criterion_result.c.review_id, ids, tables.criterion_result.c.position)
    return tuple(
        _head(
            row,
            ratings=ratings.get(row.id, ()),
            evidence=tuple(map(_evidence, evidence.get(row.id, ()))),
            score=_score(row, results.get(row.id, ())),
        )
        for row in rows
    )


def _head(
    row: Row[Any],
    *,
    ratings: tuple[Rating, ...],
    score: StoredScore | None,
    evidence: tuple[Evidence, ...] = (),
) -> Review:
    return Review(
        id=ReviewId(row.id),
        ticket_id=TicketId(row.ticket_id),
        ticket_version=row.ticket_version,
        scorecard_version_id=ScorecardVersionId(row.scorecard_version_id),
        reviewer_id=PersonId(row.reviewer_id),
        agent_id=None if row.agent_id is None else PersonId(row.agent_id),
        purpose=Purpose(row.purpose),
        selection=Selection(row.selection),
        state=ReviewState(row.state),
        revision=row.revision,
        started_at=row.started_at,
        saved_at=row.saved_at,
        comment=row.comment,
        assignment_id=None if row.assignment_id is None else AssignmentId(row.assignment_id),
        session_id=None if row.session_id is None else SessionId(row.session_id),
        submitted_at=row.submitted_at,
        released_at=row.released_at,
        active_seconds=row.active_seconds,
        submission_key=row.submission_key,
        supersedes_id=None if row.supersedes_id is None else ReviewId(row.supersedes_id),
        supersede_reason=row.supersede_reason,
        saw_other_grades=row.saw_other_grades,
        ratings=ratings,
        evidence=evidence,
        score=score,
    )


def _evidence(row: Row[Any]) -> Evidence:
    return Evidence(
        criterion_id=row.criterion_id,
        quote=row.quote,
        message_seq=row.message_seq,
        start_char=row.start_char,
        end_char=row.end_char,
        start_seconds=row.start_seconds,
        end_seconds=row.end_seconds,
    )


def _score(row: Row[Any], results: Sequence[Row[Any]]) -> StoredScore | None:
    if row.score_rule is None:
        return None
    return StoredScore(
        rule=row.score_rule,
        raw=row.raw_score,
        reported=row.reported_score,
        auto_fails=tuple(AutoFailFlag(**flag) for flag in row.auto_fails),
        passed=row.passed,
        band=row.band,
        results=tuple(CriterionResult(part.criterion_id, part.value, part.applied_weight) for part in results),
    )
