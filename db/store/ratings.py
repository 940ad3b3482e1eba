"""The ratings of many reviews at once. Most are an option and nothing else, and those are made once for all reviews."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, Text, bindparam, cast, select

from db import tables
from db.engine import Transaction
from db.records import Rating
from db.store.rows import in_chunks, make_answer

_REVIEWS = "reviews"


def read_ratings(tx: Transaction, review_ids: Iterable[str]) -> Mapping[str, tuple[Rating, ...]]:
    """Ratings by review, in the order of the scorecard; reviews without any are left out."""
    found: defaultdict[str, list[Rating]] = defaultdict(list)
    for chunk in in_chunks(review_ids):
        # All at once and as plain columns: a large calibration has ten thousands of them.
        for review_id, *parts in tx.connection.execute(_statement(), {_REVIEWS: chunk}).all():
            found[review_id].append(_make(*parts))
    return {review_id: tuple(ratings) for review_id, ratings in found.items()}


@cache
def _statement() -> Select[Any]:
    """Made once, as those of `rows.children`. What is parsed only where there is something is asked for as text."""
    columns = tables.rating.c
    return (
        select(
            *(columns.review_id, columns.criterion_id, columns.state, columns.option_id),
            *(cast(columns.number, Text), columns.text, columns.comment),
            *(cast(columns.reason_ids, Text), columns.praise),
        )
        .where(columns.review_id.in_(bindparam(_REVIEWS, expanding=True)))
        .order_by(columns.position)
    )


def _make(
    criterion_id: str,
    state: str,
    option_id: str | None,
    number: str | None,
    text: str | None,
    comment: str,
    reason_ids: str,
    praise: bool | None,  # noqa: FBT001 - a column
) -> Rating:
    plain = not comment and reason_ids == "[]" and not praise
    if plain and option_id is not None:
        return _choose(criterion_id, option_id)
    answer = make_answer(state, option_id, None if number is None else Decimal(number), text)
    reasons = () if reason_ids == "[]" else tuple(json.loads(reason_ids))
    return Rating(criterion_id, answer, comment, reasons, praise=bool(praise))


@lru_cache(maxsize=16384)
def _choose(criterion_id: str, option_id: str) -> Rating:
    return Rating(criterion_id, make_answer("chosen", option_id, None, None))
