from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.records import MessageRole
from qa_app.errors import Refused
from qa_app.intake.model import IncomingPerson, Read, Speaker
from qa_app.intake.transcripts import read_call
from scorecards.model import Channel

BEGAN = {"created_at": "2026-03-05 08:30", "zone": "Europe/Berlin"}


def read(
    folder: Path, text: str, name: str = "call-1042.vtt", *, answers: dict[str, str] | None = None, **options: str
) -> Read:
    path = folder / name
    path.write_bytes(text.encode())
    return read_call(path, file_name=name, source="phone", options={**BEGAN, **options}, answers=answers or {})


def turns(result: Read) -> list[tuple[str, str | None, str, float | None, float | None]]:
    (ticket,) = result.tickets
    return [(turn.role, turn.author_name, turn.text, turn.start_seconds, turn.end_seconds) for turn in ticket.messages]


def codes(result: Read) -> list[str]:
    return [issue.code for issue in result.issues]


def test_webvtt_with_voices(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        "\ufeffWEBVTT - call 1042\r\nKind: captions\r\n\r\n"
        "NOTE\r\nby hand\r\n\r\nSTYLE\r\n::cue { color: white }\r\n\r\n"
        "intro\r\n00:00.040 --> 00:04.200 align:start\r\n"
        "<v.loud Agent><b>Thank you</b> for <00:02.000>calling &amp; so\r\n- on\r\n\r\n"
        "00:04.100 --> 1:00:09.850\r\n<v Customer>Twice &lt;script&gt; 1 --&gt; 2</v>\r\n",
        agent="Priya Nair",
        agent_id="A007",
    )
    assert turns(result) == [
        ("agent", None, "Thank you for calling & so\n- on", 0.04, 4.2),
        ("customer", None, "Twice <script> 1 --> 2", 4.1, 3609.85),
    ]
    (ticket,) = result.tickets
    assert (ticket.external_id, ticket.channel, ticket.agent) == (
        "call-1042",
        Channel.CALL,
        IncomingPerson("Priya Nair", "A007"),
    )
    # Half past eight in Berlin, where it is winter.
    assert ticket.created_at == datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
    assert (result.format, result.issues, result.questions) == ("webvtt", (), ())


def test_two_voices_of_one_cue_are_two_turns(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>Hi</v> <v Customer>Hello</v>\n\n"
        "00:03.000 --> 00:04.000\n- Agent: yes?\n- Customer: it is late\n",
    )
    assert turns(result) == [
        ("agent", None, "Hi", 1.0, 2.0),
        ("customer", None, "Hello", 1.0, 2.0),
        ("agent", None, "yes?", 3.0, 4.0),
        ("customer", None, "it is late", 3.0, 4.0),
    ]


SRT = (
    "1\n00:00:00,040 --> 00:00:04,200\nAGENT: Thank you.\n\n"
    "2\n00:00:04,600 --> 00:00:09,850\nCALLER: I was charged twice,\nfor one order.\n\n"
    "3\n00:00:09.400 --> 00:00:10.100\nAGENT 2: Mm-hmm.\n\n"
    "4\n00:00:11,000 --> 00:00:12,000\nCALLER: Thanks: bye.\n"
)


def test_srt_with_names_before_the_text_asks_who_the_caller_is(tmp_path: Path) -> None:
    result = read(tmp_path, SRT, "call.srt")
    assert result.tickets == ()
    assert result.speakers == (
        Speaker("CALLER", 2, 6.25, 9),
        Speaker("AGENT", 1, 4.16, 2),
        Speaker("AGENT 2", 1, 0.7, 1),
    )
    assert [question.name for question in result.questions] == ["speakers.CALLER"]


def test_srt_once_the_caller_is_known(tmp_path: Path) -> None:
    result = read(tmp_path, SRT, "call.srt", answers={"CALLER": "customer: Dana", "AGENT": "agent: Priya Nair"})
    assert turns(result) == [
        ("agent", "Priya Nair", "Thank you.", 0.04, 4.2),
        ("customer", "Dana", "I was charged twice,\nfor one order.", 4.6, 9.85),
        ("agent", "AGENT 2", "Mm-hmm.", 9.4, 10.1),
        ("customer", "Dana", "Thanks: bye.", 11.0, 12.0),
    ]
    (ticket,) = result.tickets
    assert (ticket.agent, ticket.requester_name, result.format) == (IncomingPerson("Priya Nair"), "Dana", "srt")


def test_a_label_that_is_no_speaker_stays_in_the_text(tmp_path: Path) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nNote: a\n\n00:03.000 --> 00:04.000\nNote: b\n"
    assert [turn[:3] for turn in turns(read(tmp_path, text, answers={"Note": "text"}))] == [
        ("system", None, "Note: a"),
        ("system", None, "Note: b"),
    ]


def test_cues_without_a_speaker_and_backwards_cues_are_kept_and_said(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        "WEBVTT\n\n00:09.000 --> 00:08.000\nbackwards\n\n1:2 --> 00:03.000\nnever read\n",
        agent="Priya",
    )
    assert turns(result) == [("system", None, "backwards", 9.0, None)]
    assert codes(result) == ["cues-unread", "cue-backwards", "speakers-unknown"]


def test_the_begin_of_a_call_is_asked_with_what_the_files_name_suggests(tmp_path: Path) -> None:
    path = tmp_path / "x.vtt"
    path.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>Hi\n", encoding="utf-8")
    name = "Auto0_AGENT_ChrisL_DT_2025-02-19T06-01-22.vtt"
    result = read_call(path, file_name=name, source="phone", options={}, answers={})
    (question,) = result.questions
    assert (question.name, question.suggestion) == ("created_at", "2025-02-19 06:01:22")
    without_zone = read_call(path, file_name=name, source="p", options={"created_at": "2025-02-19 06:01"}, answers={})
    assert [question.name for question in without_zone.questions] == ["zone"]


def test_nobody_under_review_is_said(tmp_path: Path) -> None:
    assert codes(read(tmp_path, "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>Hi\n")) == ["agent-missing"]


def test_a_recording_alone_is_a_ticket_too(tmp_path: Path) -> None:
    result = read_call(None, file_name="a.wav", source="phone", options={**BEGAN, "agent": "Priya"}, answers={})
    (ticket,) = result.tickets
    assert (ticket.external_id, ticket.messages, result.format) == ("a", (), "recording")


@pytest.mark.parametrize("text", ["", "WEBVTT\n", "just a text\nof two lines\n", "1" * 100_000, "--> " * 1000, "\x00"])
def test_what_is_no_transcript_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused) as refused:
        read(tmp_path, text)
    assert refused.value.code in {"transcript-empty", "not-text"}


def test_roles_are_only_those_of_messages(tmp_path: Path) -> None:
    result = read(tmp_path, "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ivr>Hi\n", answers={"Ivr": "bot"})
    assert turns(result) == [(MessageRole.BOT, "Ivr", "Hi", 1.0, 2.0)]
