from dataclasses import replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from db.records import Message, MessageRole, Person, PersonId
from qa_app.ui.conversation import describe_conversation, describe_pause
from qa_app.ui.desk.conversation import conversation_json
from tests.qa_app.ui.desk.samples import AGENTS, CALL, CHAT, LETTERS, NOON


def test_time_that_went_by_is_said_where_it_is_long_and_a_new_day_by_its_date() -> None:
    lines = describe_conversation(LETTERS, zone=UTC)
    assert [(line.time, line.day, line.pause) for line in lines] == [
        ("12:00", "", ""),
        ("12:06", "", "6 min later"),
        ("15:30", "", "3 h later"),
        ("15:36", "", "6 min later"),
        ("18:00", "Fri 13 Nov 2026", "26 h later"),
        ("12:00", "Tue 17 Nov 2026", "3 days later"),
    ]


def test_times_are_those_of_the_installation() -> None:
    honolulu, auckland = (
        describe_conversation(LETTERS, zone=ZoneInfo(name)) for name in ("Pacific/Honolulu", "Pacific/Auckland")
    )
    assert (honolulu[4].time, honolulu[4].day, honolulu[4].moment) == ("08:00", "Fri 13 Nov 2026", "13 Nov 2026, 08:00")
    assert (auckland[4].time, auckland[4].day) == ("07:00", "Sat 14 Nov 2026")


@pytest.mark.parametrize(
    ("pause", "words"),
    [
        (timedelta(minutes=4, seconds=59), ""),
        (timedelta(minutes=5), "5 min later"),
        (timedelta(minutes=119), "119 min later"),
        (timedelta(minutes=120), "2 h later"),
        (timedelta(hours=47, minutes=59), "47 h later"),
        (timedelta(hours=48), "2 days later"),
        (timedelta(minutes=-90), ""),
    ],
)
def test_pause_is_told_in_one_unit(pause: timedelta, words: str) -> None:
    assert describe_pause(pause) == words


def test_spoken_lines_have_their_place_in_the_recording() -> None:
    assert [line.time for line in describe_conversation(CALL, zone=UTC)][:3] == ["0:00", "0:04", "0:09"]
    assert {line.pause for line in describe_conversation(CALL, zone=UTC)} == {""}


def test_agent_under_review_is_told_where_several_agents_speak() -> None:
    lines = describe_conversation(LETTERS, zone=UTC, agent=AGENTS[LETTERS.ticket.channel])
    assert [line.author for line in lines if line.under_review] == ["Priya Nair"]
    assert not any(
        line.under_review for line in describe_conversation(CHAT, zone=UTC, agent=AGENTS[CHAT.ticket.channel])
    )


def test_agent_is_known_by_id_before_name() -> None:
    namesakes = replace(
        LETTERS,
        messages=tuple(
            Message(seq, MessageRole.AGENT, "Hello", author_name="Priya", author_ref=ref, sent_at=NOON)
            for seq, ref in enumerate(("A1", "A2", None), start=1)
        ),
    )
    priya = Person(PersonId("p"), "priya", external_id="A2")
    assert [line.under_review for line in describe_conversation(namesakes, zone=UTC, agent=priya)] == [
        False,
        True,
        True,
    ]


def test_html_adds_marks_and_quotes_to_the_text_of_a_letter() -> None:
    message = conversation_json(describe_conversation(LETTERS, zone=UTC))[4]
    text = str(message["text"])
    assert message["marks"] == [
        {"start": text.index("true"), "end": text.index("true") + 4, "style": "strong"},
        *_marks_of(text, "the refund is on its way", "item", "1."),
        *_marks_of(text, "on its way", "link", "https://pay.example/r?id=1042"),
        *_marks_of(text, "the parcel X-14 is lost", "item", "2."),
        *_marks_of(text, "X-14", "code", None),
        *_marks_of(text, "dana@example.com", "link", "mailto:dana@example.com"),
        *_marks_of(text, "nine", "emphasis", None),
    ]
    assert message["parts"] == [
        {"end": text.index("Priya"), "kind": "own"},
        {"end": text.index("On Mon"), "kind": "signature"},
        {"end": len(text), "kind": "quoted", "folded": 3},
    ]


def _marks_of(text: str, words: str, style: str, detail: str | None) -> list[dict[str, object]]:
    start = text.index(words)
    return [{"start": start, "end": start + len(words), "style": style, **({"detail": detail} if detail else {})}]


def test_chat_is_no_letter() -> None:
    chat = replace(CHAT, messages=(Message(1, MessageRole.CUSTOMER, "> 5 minutes\n--\nI wait"),))
    [line] = describe_conversation(chat, zone=UTC)
    assert line.parts == ()


def test_hour_of_a_note_is_no_second_of_the_recording() -> None:
    note = Message(seq=99, role=MessageRole.AGENT, text="Sent to accounting.", internal=True, sent_at=NOON)
    lines = describe_conversation(replace(CALL, messages=(*CALL.messages, note)), zone=UTC)
    assert (lines[1].time, lines[-1].time) == ("0:04", "at 12:00")


def test_ticket_without_messages_says_so_in_its_frame() -> None:
    def page() -> None:
        from dataclasses import replace  # noqa: PLC0415 - the page is a script of its own
        from zoneinfo import ZoneInfo  # noqa: PLC0415

        from qa_app.ui.widgets.conversation import show_conversation  # noqa: PLC0415
        from tests.qa_app.ui.desk.samples import CHAT  # noqa: PLC0415

        show_conversation(CHAT, zone=ZoneInfo("UTC"))
        show_conversation(replace(CHAT, messages=()), zone=ZoneInfo("UTC"))

    full, empty = (element.proto.body for element in AppTest.from_function(page, default_timeout=30).run().get("html"))
    assert "This ticket has no messages." not in full
    assert "<p>This ticket has no messages.</p></div>" in empty
