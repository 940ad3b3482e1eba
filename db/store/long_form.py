"""Reviews in long form, page by page: any number of them in the memory of a few hundred."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple, Unpack

from sqlalchemy import Select, Text, and_, bindparam, cast, select

from db import tables
from db.engine import Transaction
from db.records import AssignmentId, PersonId, ReviewId, ReviewState, ScorecardVersionId, TicketId
from db.store.reviews import ReviewFilter, matching
from db.store.rows import in_chunks

PAGE = 500
"""Reviews that are in memory at a time."""

_REVIEWS = "reviews"


class Head(NamedTuple):
    """A submitted review without its answers, and which ticket it is about."""

    id: ReviewId
    submitted_at: datetime
    purpose: str
    selection: str
    assignment_id: AssignmentId | None
    state: ReviewState
    ticket_id: TicketId
    source: str
    external_id: str
    channel: str
    began_at: datetime
    agent_id: PersonId | None
    reviewer_id: PersonId
    version_id: ScorecardVersionId
    raw_score: Decimal | None
    reported_score: Decimal | None
    passed: bool | None


class Line(NamedTuple):
    """One rating, and what it came to in the score where there is one."""

    criterion_id: str
    answer_state: str
    option_id: str | None
    number: Decimal | None
    text: str | None
    comment: str
    reason_ids: tuple[str, ...]
    praise: bool
    value: Decimal | None
    applied_weight: Decimal | None


def stream_heads(tx: Transaction, **wanted: Unpack[ReviewFilter]) -> Iterator[Sequence[Head]]:
    """The submitted reviews that are wanted, by the time of their submission, a page at a time.

    The rows wait in the database. Use `Store.snapshot`, so that all pages are of the same moment.
    """
    columns, ticket = tables.review.c, tables.ticket.c
    chosen = select(
        *(columns.id, columns.submitted_at, columns.purpose, columns.selection, columns.assignment_id),
        *(columns.state, columns.ticket_id, ticket.source, ticket.external_id, ticket.channel, ticket.created_at),
        *(columns.agent_id, columns.reviewer_id),
        *(columns.scorecard_version_id, columns.raw_score, columns.reported_score, columns.passed),
    ).join_from(tables.review, tables.ticket, ticket.id == columns.ticket_id)
    ordered = matching(chosen, wanted).order_by(columns.submitted_at, columns.id)
    with tx.connection.execute(ordered.execution_options(yield_per=PAGE)) as found:
        for page in found.partitions():
            yield [Head._make((*row[:5], ReviewState(row[5]), *row[6:])) for row in page]


def read_lines(tx: Transaction, review_ids: Sequence[ReviewId]) -> Mapping[str, Mapping[str, Line]]:
    """The ratings of some reviews, by review and criterion."""
    found: defaultdict[str, dict[str, Line]] = defaultdict(dict)
    for chunk in in_chunks(review_ids):
        rows = tx.connection.execute(_statement(), {_REVIEWS: chunk}).all()
        for review_id, criterion_id, state, option_id, number, text, comment, reasons, praise, value, weight in rows:
            found[review_id][criterion_id] = Line(
                *(criterion_id, state, option_id, _exact(number), text, comment, _reasons(reasons), bool(praise)),
                *(_exact(value), _exact(weight)),
            )
    return found


@cache
def _statement() -> Select[Any]:
    """Made once. Numbers and reasons come as text, because most are seen before and need no parser."""
    rating, result = tables.rating.c, tables.criterion_result.c
    both = and_(result.review_id == rating.review_id, result.criterion_id == rating.criterion_id)
    return (
        select(
            *(rating.review_id, rating.criterion_id, rating.state, rating.option_id, cast(rating.number, Text)),
            *(rating.text, rating.comment, cast(rating.reason_ids, Text), rating.praise),
            *(cast(result.value, Text), cast(result.applied_weight, Text)),
        )
        .join_from(tables.rating, tables.criterion_result, both, isouter=True)
        .where(rating.review_id.in_(bindparam(_REVIEWS, expanding=True)))
    )


@lru_cache(maxsize=4096)
def _exact(digits: str | None) -> Decimal | None:
    return None if digits is None else Decimal(digits)


@lru_cache(maxsize=4096)
def _reasons(written: str) -> tuple[str, ...]:
    return tuple(json.loads(written))
