from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from db.engine import Store
from db.problems import DuplicateKey, UnknownId
from db.records import (
    Attachment,
    Conversation,
    Facets,
    Frame,
    Message,
    MessageRole,
    Metric,
    MetricRange,
    Recording,
    RecordingId,
    Ticket,
    TicketId,
)
from db.store import reviews, tickets
from scorecards.model import Channel
from tests.db.world import AGENT, CONVERSATIONS, NOON, OTHER_REVIEWER, RETURNS, SUBMITTED, add_ground

CALL = Conversation(
    Ticket(
        TicketId("call"),
        source="phone",
        external_id="A-7",
        channel=Channel.CALL,
        created_at=NOON,
        content_hash="a" * 64,
        subject="Straße nach Łódź, CAFÉ 100%",
        status="closed",
        solved_at=NOON + timedelta(hours=2),
        language="de",
        team_id=RETURNS.id,
        agent_id=AGENT.id,
        other_agent_ids=(OTHER_REVIEWER.id, AGENT.id),
        requester_name="Zoë O'Neill",
        requester_ref="zoe@example.org",
        url="https://desk.example.org/7",
        parent_external_id="A-6",
        tags=("vip", "parcel"),
        metrics=(
            Metric("csat", Decimal("4.50"), "points", scale="1-5"),
            Metric("first_reply", Decimal(90), "seconds", hours="business"),
        ),
    ),
    (
        Message(
            1,
            MessageRole.CUSTOMER,
            "Hallo\nWo ist es?",
            html="<p>Hallo</p>",
            author_name="Zoë",
            author_ref="zoe@example.org",
            external_id="m1",
            sent_at=NOON,
            start_seconds=0.1,
            end_seconds=2.35,
            channel_no=0,
            confidence=0.87,
            attachments=(Attachment("photo.jpg", "image/jpeg", 1234), Attachment("x")),
        ),
        Message(2, MessageRole.AGENT, "A note", internal=True),
    ),
    (Recording(RecordingId("rec"), TicketId("call"), "f" * 64, "audio/wav", 5_000_000_000, "a.wav", 12.5, 2, 8000),),
)


@pytest.fixture
def desk(store: Store) -> Store:
    """Three chats of the source `desk` and one call."""
    with store.write() as tx:
        add_ground(tx)
        tickets.add_conversations(tx, [CALL])
    return store


def ids(found: tuple[Ticket, ...]) -> list[str]:
    return [ticket.id for ticket in found]


def test_conversation_comes_back_as_it_went_in(desk: Store) -> None:
    with desk.read() as tx:
        assert tickets.conversation(tx, CALL.ticket.id) == CALL
        assert tickets.ticket(tx, CALL.ticket.id) == CALL.ticket
        assert tickets.tickets_by_id(tx, [CALL.ticket.id, TicketId("none")]) == {CALL.ticket.id: CALL.ticket}
        assert tickets.recording(tx, RecordingId("rec")) == CALL.recordings[0]
        assert tickets.conversation(tx, TicketId("none")) is None
        assert tickets.ticket(tx, TicketId("none")) is None
        assert tickets.recording(tx, RecordingId("none")) is None


def test_many_conversations_come_back_each_in_its_version(desk: Store) -> None:
    second = replace(CALL, ticket=replace(CALL.ticket, version=2), messages=CALL.messages[:1])
    with desk.write() as tx:
        tickets.replace_conversations(tx, [second])
    call, chat = CALL.ticket.id, CONVERSATIONS[0].ticket.id
    wanted = [(call, 1), (call, 2), (chat, 1), (chat, 2), (call, 0), (TicketId("none"), 1)]
    with desk.read() as tx:
        assert tickets.conversations(tx, wanted) == {(call, 1): CALL, (call, 2): second, (chat, 1): CONVERSATIONS[0]}
        assert tickets.conversations(tx, []) == {}


def test_stored_tickets_are_found_within_their_source(desk: Store) -> None:
    with desk.read() as tx:
        assert tickets.stored_tickets(tx, "phone", ["A-7", "101"]) == {
            "A-7": replace(CALL.ticket, other_agent_ids=(), tags=(), metrics=())
        }
        assert sorted(tickets.stored_tickets(tx, "desk", ["A-7", "101", "103"])) == ["101", "103"]


def test_ticket_of_a_known_source_and_id_is_refused_whole(desk: Store) -> None:
    new = replace(CALL, ticket=replace(CALL.ticket, id=TicketId("new"), external_id="A-8"), messages=(), recordings=())
    again = replace(new, ticket=replace(CALL.ticket, id=TicketId("again")))
    with desk.write() as tx, pytest.raises(DuplicateKey) as refusal:
        tickets.add_conversations(tx, [new, again])
    assert refusal.value.constraint == "uq_ticket_source_external_id"
    with desk.read() as tx:
        assert tickets.count_tickets(tx, Frame()) == 4


def test_new_version_replaces_the_head_and_keeps_the_old_messages(desk: Store) -> None:
    changed = Conversation(
        replace(CALL.ticket, version=2, content_hash="b" * 64, subject=None, tags=("new",), metrics=()),
        (Message(1, MessageRole.CUSTOMER, "Shorter"),),
        (
            replace(CALL.recordings[0], id=RecordingId("ignored"), original_name="renamed.wav"),
            replace(CALL.recordings[0], id=RecordingId("second"), content_hash="e" * 64),
        ),
    )
    with desk.write() as tx:
        tickets.replace_conversations(tx, [changed])
    with desk.read() as tx:
        newest, first = (
            tickets.conversation(tx, TicketId("call")),
            tickets.conversation(tx, TicketId("call"), version=1),
        )
        assert newest is not None
        assert (newest.ticket, newest.messages) == (changed.ticket, changed.messages)
        assert [(one.id, one.original_name) for one in newest.recordings] == [
            ("rec", "renamed.wav"),
            ("second", "a.wav"),
        ]
        assert first is not None
        assert first.messages == CALL.messages
        assert first.ticket.version == 1
        assert tickets.conversation(tx, TicketId("call"), version=3) is None


def test_replacing_an_unknown_ticket_changes_nothing(desk: Store) -> None:
    unknown = replace(CALL, ticket=replace(CALL.ticket, id=TicketId("none")), recordings=())
    changed = replace(CALL, ticket=replace(CALL.ticket, version=2, subject="x"))
    with desk.write() as tx, pytest.raises(UnknownId):
        tickets.replace_conversations(tx, [changed, unknown])
    with desk.read() as tx:
        assert tickets.conversation(tx, CALL.ticket.id) == CALL


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (Frame(), ["t1", "t2", "t3", "call"]),
        (Frame(channels=(Channel.CALL, Channel.EMAIL)), ["call"]),
        (Frame(sources=("desk",)), ["t1", "t2", "t3"]),
        (Frame(languages=("de",)), ["call"]),
        (Frame(tags=("vip", "other")), ["call"]),
        (Frame(team_ids=(RETURNS.id,), agent_ids=(AGENT.id,)), ["t1", "t2", "t3", "call"]),
        (Frame(agent_ids=(OTHER_REVIEWER.id,)), []),
        (Frame(created_from=NOON + timedelta(hours=2)), ["t2", "t3"]),
        (Frame(created_before=NOON + timedelta(hours=2)), ["t1", "call"]),
        (Frame(metrics=(MetricRange("csat"),)), ["call"]),
        (Frame(metrics=(MetricRange("csat", low=Decimal("4.5"), high=Decimal("4.5")),)), ["call"]),
        (Frame(metrics=(MetricRange("csat", low=Decimal("4.51")),)), []),
        (Frame(metrics=(MetricRange("first_reply", low=Decimal(9), high=Decimal(1000)),)), ["call"]),
        (Frame(metrics=(MetricRange("csat"), MetricRange("first_reply", high=Decimal(89)))), []),
        (Frame(reviewed=True), ["t1"]),
        (Frame(reviewed=False), ["t2", "t3", "call"]),
    ],
)
def test_frame_has_the_tickets_that_meet_all_its_filters(desk: Store, frame: Frame, expected: list[str]) -> None:
    with desk.write() as tx:
        reviews.add_review(tx, SUBMITTED)
    with desk.read() as tx:
        assert ids(tickets.frame_tickets(tx, frame)) == expected
        assert tickets.count_tickets(tx, frame) == len(expected)


def test_frame_is_ordered_by_source_and_external_id_byte_by_byte(desk: Store) -> None:
    # A locale of the server would put "a" before "B" and ignore the hyphen; bytes do not.
    more = [
        Conversation(replace(CALL.ticket, id=TicketId(f"x{n}"), external_id=external_id), ())
        for n, external_id in enumerate(["a", "B", "-c", "é", "10", "9"])
    ]
    with desk.write() as tx:
        tickets.add_conversations(tx, more)
    with desk.read() as tx:
        found = tickets.frame_tickets(tx, Frame(sources=("phone",)))
    assert [ticket.external_id for ticket in found] == ["-c", "10", "9", "A-7", "B", "a", "é"]


def test_pages_come_newest_first_without_a_gap_or_a_repetition(desk: Store) -> None:
    twins = [Conversation(replace(CALL.ticket, id=TicketId(f"x{n}"), external_id=f"x{n}"), ()) for n in range(5)]
    seen: list[str] = []
    last: Ticket | None = None
    with desk.write() as tx:
        tickets.add_conversations(tx, twins)
    with desk.read() as tx:
        while page := tickets.ticket_page(
            tx, frame=Frame(), before=None if last is None else (last.created_at, last.id), limit=2
        ):
            seen += ids(page)
            last = page[-1]
    assert seen == ["t3", "t2", "t1", "x4", "x3", "x2", "x1", "x0", "call"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("STRASSE", ["call"]),
        ("strasse NACH", ["call"]),
        ("cafe", ["call"]),
        ("100%", ["call"]),
        ("100_", []),
        ("%", ["call"]),
        ("zoe o'n", ["call"]),
        ("example.org", ["call"]),
        ("a-7", ["call"]),
        ("10", ["t3", "t2", "t1", "call"]),
        ("  ", ["t3", "t2", "t1", "call"]),
        ("parcel", []),
    ],
)
def test_page_is_searched_without_case_accents_and_wildcards(desk: Store, text: str, expected: list[str]) -> None:
    with desk.read() as tx:
        assert ids(tickets.ticket_page(tx, frame=Frame(), text=text)) == expected


def test_facets_are_the_values_that_tickets_have(desk: Store) -> None:
    with desk.read() as tx:
        assert tickets.facets(tx) == Facets(
            channels=(Channel.CHAT, Channel.CALL),
            languages=("de",),
            tags=("parcel", "vip"),
            sources=("desk", "phone"),
            metrics=("csat", "first_reply"),
        )
