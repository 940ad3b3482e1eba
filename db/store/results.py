"""What each criterion contributed to the scores of many reviews at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from db import tables
from db.engine import Transaction
from db.records import CriterionResult
from db.store.rows import in_chunks

_REVIEWS = "reviews"


def results(tx: Transaction, review_ids: Iterable[str]) -> Mapping[str, tuple[CriterionResult, ...]]:
    """Results by review, in the order of the scorecard; reviews without a score are left out."""
    found: defaultdict[str, list[CriterionResult]] = defaultdict(list)
    for chunk in in_chunks(review_ids):
        for review_id, *parts in tx.connection.execute(_statement(), {_REVIEWS: chunk}).all():
            found[review_id].append(CriterionResult(*parts))
    return {review_id: tuple(parts) for review_id, parts in found.items()}


@cache
def _statement() -> Select[Any]:
    columns = tables.criterion_result.c
    return (
        select(columns.review_id, columns.criterion_id, columns.value, columns.applied_weight)
        .where(columns.review_id.in_(bindparam(_REVIEWS, expanding=True)))
        .order_by(columns.position)
    )
