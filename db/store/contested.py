"""Tickets whose everyday grades were contested: disputed, revised, or graded differently by two reviewers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, distinct, func, select

from db import tables
from db.engine import Transaction
from db.records import DisputeState, Frame, ReviewState, TicketId
from db.store import frames

_NOT_COUNTED = (ReviewState.DRAFT.value, ReviewState.VOIDED.value)


@dataclass(frozen=True, slots=True)
class Contested:
    """A contested ticket, and how often for which reason. Counts only: no answer, no name."""

    ticket_id: TicketId
    disputes: int = 0
    revisions: int = 0
    differing: int = 0
    """Criteria that two everyday reviewers answered differently on the same version of the scorecard."""

    @property
    def weight(self) -> int:
        """How contested it is: each dispute, each revision and each differing criterion counts one."""
        return self.disputes + self.revisions + self.differing


def contested(tx: Transaction, frame: Frame) -> tuple[Contested, ...]:
    """The contested tickets of a frame, the most contested first, then by id."""
    within = select(tables.ticket.c.id).where(*frames.conditions(tx, frame))
    counts = {
        name: {TicketId(key): int(count) for key, count in _rows(tx, counted, within)}
        for name, counted in (("disputes", _disputes()), ("revisions", _revisions()), ("differing", _differing()))
    }
    keys = {key for found in counts.values() for key in found}
    found = (Contested(key, **{name: by_key.get(key, 0) for name, by_key in counts.items()}) for key in keys)
    return tuple(sorted(found, key=lambda one: (-one.weight, one.ticket_id)))


def _rows(tx: Transaction, counted: Select[Any], within: Select[Any]) -> Iterator[tuple[str, int]]:
    part = counted.subquery()
    for row in tx.connection.execute(select(part).where(part.c.ticket_id.in_(within))):
        yield row.ticket_id, row.times


def _everyday() -> list[ColumnElement[bool]]:
    return [tables.review.c.purpose.in_(frames.EVERYDAY), tables.review.c.state.not_in(_NOT_COUNTED)]


def _disputes() -> Select[Any]:
    review, dispute = tables.review, tables.dispute
    counted = select(review.c.ticket_id, func.count().label("times")).join(dispute, dispute.c.review_id == review.c.id)
    raised = dispute.c.state != DisputeState.WITHDRAWN.value
    return counted.where(*_everyday(), raised).group_by(review.c.ticket_id)


def _revisions() -> Select[Any]:
    review = tables.review
    counted = select(review.c.ticket_id, func.count().label("times"))
    return counted.where(*_everyday(), review.c.supersedes_id.is_not(None)).group_by(review.c.ticket_id)


def _differing() -> Select[Any]:
    """First grades only: a correction is a revision, and the one that it supersedes was the reviewer's own answer.

    Texts are left out; no two are alike.
    """
    review, rating = tables.review.c, tables.rating.c
    first = [*_everyday(), review.supersedes_id.is_(None)]
    double = (
        select(review.ticket_id)
        .where(*first)
        .group_by(review.ticket_id, review.scorecard_version_id)
        .having(func.count(distinct(review.reviewer_id)) > 1)
    )
    parts = (rating.state, rating.option_id, cast(rating.number, String))
    answer = func.concat_ws("|", *(func.coalesce(part, "") for part in parts))
    differing = (
        select(review.ticket_id)
        .join(tables.rating, rating.review_id == review.id)
        .where(*first, review.ticket_id.in_(double), rating.text.is_(None))
        .group_by(review.ticket_id, review.scorecard_version_id, rating.criterion_id)
        .having(func.count(distinct(review.reviewer_id)) > 1, func.count(distinct(answer)) > 1)
        .subquery()
    )
    return select(differing.c.ticket_id, func.count().label("times")).group_by(differing.c.ticket_id)
