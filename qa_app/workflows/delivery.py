"""Exports that take long, as pages order them: begun, watched, called off, and fetched when done.

They go on when the page is left; `dispatch` says how they are made and how long they are kept.
"""

import secrets
from pathlib import Path

from qa_app.errors import NotFound, Unavailable
from qa_app.workflows.context import Context
from qa_app.workflows.dispatch import Delivery, Order, Subject
from qa_app.workflows.period import require_period
from qa_app.workflows.raw_export import find_team
from qa_app.workflows.scope import require_some


def order_export(context: Context, order: Order) -> Delivery:
    """Begin an export in the actor's name; it goes on by itself.

    Raises:
        NotAllowed: the actor may not export this. NotFound: no such team within reach. Refused: `require_period`.
        Conflict: the actor has too many on their way.
    """
    require_period(order.start, order.end)
    match order.subject:
        case Subject.RAW:
            require_some(context.actor, "export.raw")
        case Subject.TEAM | Subject.PACK:
            find_team(context, order.team)
        case Subject.PROGRAMME:
            require_some(context.actor, "export.programme")
    if context.settings is None:
        raise Unavailable("no-deliveries", "Exports of this size are made by a server or by `plumbline export`.")
    delivery = Delivery(secrets.token_urlsafe(24), context.actor.id, order, context.now())
    return context.deliveries.add(delivery, context.settings)


def list_deliveries(context: Context) -> tuple[Delivery, ...]:
    """The actor's own exports that are on their way, kept, or lost with a server that ended; newest first."""
    if context.settings is not None:
        context.deliveries.look_for_lost(context.settings)
    return context.deliveries.list_of(context.actor.id)


def cancel_delivery(context: Context, delivery_id: str) -> None:
    """Stop an export of the actor's; one that is over stays as it is.

    Raises:
        NotFound: the actor has no such export.
    """
    context.deliveries.cancel(_find(context, delivery_id))


def find_delivered(context: Context, delivery_id: str, number: int) -> Path:
    """A file of an export of the actor's.

    Raises:
        NotFound: the actor has no such file, or has it no more.
    """
    place = context.deliveries.place_of(_find(context, delivery_id), number)
    if place is None:
        raise NotFound("no-delivery", "This export is not there any more; make it again.")
    return place


def _find(context: Context, delivery_id: str) -> Delivery:
    for delivery in context.deliveries.list_of(context.actor.id):
        if secrets.compare_digest(delivery.id.encode(), delivery_id.encode()):
            return delivery
    raise NotFound("no-delivery", "There is no such export.")
