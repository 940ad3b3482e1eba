"""A frame of tickets as conditions of a query. The same conditions for drawing, counting and paging."""

from typing import Any

from sqlalchemy import ColumnElement, Float, cast, exists, select

from db import tables
from db.engine import Transaction
from db.records import Frame, MetricRange, PersonId, Purpose, ReviewState
from db.store.checks import hidden_from

EVERYDAY = (Purpose.QUALITY.value, Purpose.CHECK.value)
_NOT_COUNTED = (ReviewState.DRAFT.value, ReviewState.VOIDED.value)


def conditions(tx: Transaction, frame: Frame, *, viewer: PersonId | None = None) -> list[ColumnElement[bool]]:
    """What a ticket has to meet to be in the frame; all of it. `viewer`: as hidden checks let this person see it."""
    ticket = tables.ticket.c
    chosen: list[tuple[ColumnElement[Any], tuple[str, ...]]] = [
        (ticket.channel, tuple(channel.value for channel in frame.channels)),
        (ticket.team_id, frame.team_ids),
        (ticket.agent_id, frame.agent_ids),
        (ticket.language, frame.languages),
        (ticket.source, frame.sources),
    ]
    found: list[ColumnElement[bool]] = [column.in_(values) for column, values in chosen if values]
    if frame.created_from is not None:
        found.append(ticket.created_at >= frame.created_from)
    if frame.created_before is not None:
        found.append(ticket.created_at < frame.created_before)
    if frame.tags:
        found.append(
            ticket.id.in_(select(tables.ticket_tag.c.ticket_id).where(tables.ticket_tag.c.tag.in_(frame.tags)))
        )
    found += [_metric_within(tx, limits) for limits in frame.metrics]
    if frame.reviewed is not None:
        reviewed = has_quality_review(viewer)
        found.append(reviewed if frame.reviewed else ~reviewed)
    return found


def has_quality_review(viewer: PersonId | None = None) -> ColumnElement[bool]:
    """Whether somebody submitted a quality review of the ticket that was not voided, as far as the viewer may know."""
    review = tables.review.c
    counted = (review.ticket_id == tables.ticket.c.id, review.state.not_in(_NOT_COUNTED))
    return exists().where(*counted, *of_purpose(Purpose.QUALITY, viewer))


def of_purpose(purpose: Purpose | None, viewer: PersonId | None) -> list[ColumnElement[bool]]:
    """What a review has to meet to be of a purpose; None is any.

    To a viewer their own checks are quality reviews, and what checks keep from them is not there.
    """
    kept = tables.review.c.purpose
    if viewer is None:
        return [] if purpose is None else [kept == purpose.value]
    wanted = [] if purpose is None else [kept.in_(EVERYDAY) if purpose is Purpose.QUALITY else kept == purpose.value]
    return [*wanted, ~hidden_from(viewer)]


def _metric_within(tx: Transaction, limits: MetricRange) -> ColumnElement[bool]:
    metric = tables.ticket_metric.c
    # SQLite keeps decimals as text and compares them as floats here. Rounding keeps the order, so that only values
    # that differ from a limit by less than one part in 10^15 could fall on its wrong side.
    value: ColumnElement[Any] = cast(metric.value, Float) if tx.on_sqlite else metric.value
    within = exists().where(metric.ticket_id == tables.ticket.c.id, metric.name == limits.name)
    if limits.low is not None:
        within = within.where(value >= (float(limits.low) if tx.on_sqlite else limits.low))
    if limits.high is not None:
        within = within.where(value <= (float(limits.high) if tx.on_sqlite else limits.high))
    return within
