"""Exports beside the server, made by a real child: they arrive, can be called off, and are nobody else's."""

import csv
import io
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from db.records import Person, Role
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused, Unavailable
from qa_app.ui.asgi import build_app
from qa_app.ui.guard import COOKIE
from qa_app.workbooks.long import RawForm
from qa_app.workflows import access, delivery, dispatch
from qa_app.workflows.context import Context, Installation, read_clock
from qa_app.workflows.dispatch import Deliveries, Delivery, Order, Progress, Subject

pytestmark = pytest.mark.long

TODAY = read_clock().date()
RAW = Order(Subject.RAW, TODAY - timedelta(days=60), TODAY, RawForm.CSV)


def find_person(installation: Installation, role: Role) -> Person:
    admin = access.find_actor(installation.store, None)
    return next(person for person in access.list_people(installation.context(admin)) if role in person.roles)


def act(installation: Installation, role: Role) -> Context:
    return installation.context(find_person(installation, role))


def await_end(context: Context, ordered: Delivery) -> Delivery:
    for _ in range(600):
        found = next(one for one in delivery.list_deliveries(context) if one.id == ordered.id)
        if found.progress.over:
            return found
        time.sleep(0.1)
    raise AssertionError("the export never ended")


def test_an_export_arrives_and_is_for_who_ordered_it(
    demo_to_change: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = act(demo_to_change, Role.MANAGER)
    first = delivery.order_export(context, RAW)
    assert delivery.order_export(context, RAW).id == first.id, "a double click orders once"
    assert delivery.list_deliveries(act(demo_to_change, Role.COACH)) == ()

    other = Deliveries()
    other.look_for_lost(demo_to_change.settings)
    assert other.list_of(context.actor.id) == (), "what another server is making is not lost"

    made = await_end(context, first)

    assert (made.progress, made.done, made.message) == (Progress.DONE, made.total, "")
    assert [name for name, _ in made.files] == [
        f"ratings-{RAW.start}-{RAW.end}.csv", f"ratings-{RAW.start}-{RAW.end}-methods.txt",
    ]  # fmt: skip
    assert made.kept_until is not None
    client = TestClient(build_app(demo_to_change), base_url="http://localhost:8501")
    address = f"/export/delivery/{made.id}/0"
    client.cookies.set(COOKIE, access.open_session(demo_to_change.store, context.actor.id, now=read_clock()))
    answer = client.get(address)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    assert answer.headers["content-disposition"] == f'attachment; filename="{made.files[0][0]}"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert f"Rows: {len(rows):,} ratings" in client.get(f"/export/delivery/{made.id}/1").text
    assert client.get(f"/export/delivery/{made.id}/2").status_code == 404
    stranger = find_person(demo_to_change, Role.ADMIN)
    client.cookies.set(COOKIE, access.open_session(demo_to_change.store, stranger.id, now=read_clock()))
    assert client.get(address).status_code == 404

    place = delivery.find_delivered(context, made.id, 0)
    monkeypatch.setattr(dispatch, "KEPT", timedelta(0))
    for _ in range(100):  # until the child has ended too
        context.deliveries.sweep()
        if not delivery.list_deliveries(context):
            break
        time.sleep(0.1)
    assert (delivery.list_deliveries(context), place.parent.exists()) == ((), False)


def test_an_export_that_is_called_off_leaves_nothing(demo_to_change: Installation) -> None:
    context = act(demo_to_change, Role.ADMIN)
    orders = [replace(RAW, start=RAW.start + timedelta(days=day)) for day in range(4)]
    ordered = [delivery.order_export(context, order) for order in orders[:3]]
    with pytest.raises(Conflict, match="Three of your exports"):
        delivery.order_export(context, orders[3])
    for one in ordered:
        delivery.cancel_delivery(context, one.id)
    assert [one.progress for one in delivery.list_deliveries(context)] == [Progress.CANCELLED] * 3
    with pytest.raises(NotFound):
        delivery.find_delivered(context, ordered[0].id, 0)
    folder = demo_to_change.settings.data_dir / "deliveries"
    for _ in range(100):
        if not list(folder.glob("*")):
            break
        time.sleep(0.1)
    assert list(folder.glob("*")) == []


def test_what_nobody_may_export_is_refused_before_it_begins(demo_to_read: Installation) -> None:
    for role in (Role.COACH, Role.REVIEWER, Role.AGENT):
        with pytest.raises(NotAllowed):
            delivery.order_export(act(demo_to_read, role), RAW)
    manager = act(demo_to_read, Role.MANAGER)
    with pytest.raises(NotFound):
        delivery.order_export(manager, replace(RAW, subject=Subject.TEAM, team="Nowhere"))
    with pytest.raises(Refused):
        delivery.order_export(manager, replace(RAW, end=RAW.start - timedelta(days=1)))
    with pytest.raises(Unavailable):
        delivery.order_export(replace(manager, settings=None), RAW)
    with pytest.raises(NotFound):
        delivery.cancel_delivery(manager, "guessed")
    assert delivery.list_deliveries(manager) == ()
