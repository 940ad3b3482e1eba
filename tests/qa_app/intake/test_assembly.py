from dataclasses import replace
from pathlib import Path

from db.records import IssueLevel, MessageRole
from qa_app.intake.assembly import Mapped, Setting, apply_mapping
from qa_app.intake.columns import find_table
from qa_app.intake.mapping import guess_mapping
from qa_app.intake.model import IncomingPerson, Read
from qa_app.intake.tables import read_csv
from scorecards.model import Channel


def mapped(folder: Path, text: str, kind: str, options: dict[str, str]) -> Mapped:
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    table = find_table(read_csv(path, file_name=path.name, options={}))
    guessed = guess_mapping(table.header, table.rows, kind)
    return Mapped(table, replace(guessed, options={**guessed.options, **options}))


def read(
    folder: Path,
    tickets: str | None = None,
    messages: str | None = None,
    *,
    speakers: dict[str, str] | None = None,
    **options: str,
) -> Read:
    return apply_mapping(
        mapped(folder, tickets, "tickets", options) if tickets else None,
        mapped(folder, messages, "messages", options) if messages else None,
        Setting("desk", folder, speakers=speakers or {}),
    )


def told(result: Read) -> list[tuple[str, str, int | None, str | None]]:
    return [(issue.file, issue.code, issue.row, issue.column) for issue in result.issues]


TICKETS = (
    "Ticket ID,Channel,Created,Solved,Agent,Agent ID,Agent email,Customer,Team,Language,Tags,"
    "Csat,Handle time,Reopened\n"
    "000101,E-Mail,2026-03-02T23:58:00Z,2026-03-06T08:30:00Z,Priya Nair,A007,Priya@example.com,Dana,Billing,English,"
    '"late,vip",4 - good,9:08,1\n'
)
MESSAGES = (
    "ticket_id,message_id,timestamp,author,role,is_private,text\n"
    "000101,2,2026-03-03T09:14:02Z,Priya Nair,agent,no,Photo of the label?\n"
    "000101,3,2026-03-03T09:20:00Z,Priya Nair,note,,VIP\n"
    "000101,1,2026-03-02T23:58:40Z,Dana,end-user,false,<p>Hi</p><script>x</script>\n"
)


def test_tickets_and_messages_join_by_the_tickets_id(tmp_path: Path) -> None:
    result = read(tmp_path, TICKETS, MESSAGES)
    assert (result.issues, result.questions, result.rows_read) == ((), (), 4)
    (ticket,) = result.tickets
    assert (ticket.external_id, ticket.channel, ticket.team, ticket.language) == (
        "000101",
        Channel.EMAIL,
        "Billing",
        "en",
    )
    assert ticket.agent == IncomingPerson("Priya Nair", "A007", "priya@example.com")
    assert ticket.tags == ("late", "vip")
    assert [(metric.name, str(metric.value), metric.unit, metric.scale) for metric in ticket.metrics] == [
        ("handle_time", "548", "seconds", None),
        ("csat", "4", "points", "1..5"),
        ("reopens", "1", "count", None),
    ]
    # In the order of time, however the file has them; a note is internal whatever its flag says.
    assert [(turn.seq, turn.role, turn.text, turn.html, turn.internal) for turn in ticket.messages] == [
        (1, MessageRole.CUSTOMER, "Hi", "<p>Hi</p>", False),
        (2, MessageRole.AGENT, "Photo of the label?", None, False),
        (3, MessageRole.AGENT, "VIP", None, True),
    ]


def test_while_something_is_to_be_asked_nothing_is_read(tmp_path: Path) -> None:
    result = read(tmp_path, "id,created,agent\n1,2026-03-05 08:00,Priya\n")
    assert result.tickets == ()
    assert [question.name for question in result.questions] == ["channel", "zone"]


def test_a_question_that_two_tables_share_is_asked_once(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        "id,channel,created\n1,chat,2026-03-05 08:00\n",
        "ticket_id,role,timestamp,text\n1,agent,2026-03-05 08:00,x\n",
    )
    assert [question.name for question in result.questions] == ["zone"]


def test_authors_without_a_role_are_asked_with_what_the_tickets_suggest(tmp_path: Path) -> None:
    tickets = "id,channel,created,agent,customer\n1,chat,2026-03-05T08:00:00Z,Priya,Dana\n"
    messages = "ticket id,when,who,text\n1,2026-03-05T08:00:00Z,Priya,Hi\n1,2026-03-05T08:01:00Z,Dana,Hello\n"
    result = read(tmp_path, tickets, messages)
    assert [(question.name, question.suggestion) for question in result.questions] == [
        ("speakers.Priya", "agent"),
        ("speakers.Dana", "customer"),
    ]
    answered = read(tmp_path, tickets, messages, speakers={"Priya": "agent", "Dana": "customer"})
    assert [turn.role for turn in answered.tickets[0].messages] == [MessageRole.AGENT, MessageRole.CUSTOMER]


def test_a_bad_row_never_sinks_the_good_ones(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        "id,channel,created,transcript,url\n"
        "1,chat,2026-03-05T08:00:00Z,Agent: a,https://desk.example/1\n"
        ",chat,2026-03-05T08:00:00Z,Agent: a,\n"
        "3,chat,soon,Agent: a,\n"
        "4,chat,,Agent: a,\n"
        "1.2E+18,chat,2026-03-05T08:00:00Z,Agent: a,\n"
        "6,pigeon,2026-03-05T08:00:00Z,Agent: a,javascript:alert(1)\n"
        "1,chat,2026-03-05T08:00:00Z,Agent: a,\n"
        "Total,,,,\n",
    )
    assert [(ticket.external_id, ticket.channel, ticket.url) for ticket in result.tickets] == [
        ("1", Channel.CHAT, "https://desk.example/1"),
        ("6", Channel.OTHER, None),
    ]
    assert [(issue.level, issue.code, issue.row) for issue in result.issues if issue.code != "agent-missing"] == [
        (IssueLevel.REFUSED, "id-missing", 3),
        (IssueLevel.REFUSED, "time-unreadable", 4),
        (IssueLevel.REFUSED, "time-missing", 5),
        (IssueLevel.REFUSED, "id-digits-lost", 6),
        (IssueLevel.WARNING, "channel-unknown", 7),
        (IssueLevel.WARNING, "field-value", 7),
        (IssueLevel.REFUSED, "ticket-twice", 8),
        (IssueLevel.WARNING, "row-total", 9),
    ]
    # The sum is no row of its own.
    assert result.rows_read == 7


def test_a_bad_message_never_sinks_its_ticket(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        TICKETS,
        "ticket_id,role,is_private,confidence,text\n"
        "000101,agent,no,0.9,good\n"
        "000101,???,no,0.9,bad role\n"
        ",agent,no,0.9,no ticket\n"
        "000101,customer,perhaps,93,odd values\n"
        "999,agent,no,0.9,a ticket that is not there\n",
    )
    assert told(result) == [
        ("messages.csv", "role-unknown", 3, "role"),
        ("messages.csv", "id-missing", 4, "ticket_id"),
        ("messages.csv", "flag-unreadable", 5, "is_private"),
        ("messages.csv", "field-range", 5, "confidence"),
        ("messages.csv", "ticket-unknown", 6, "ticket_id"),
    ]
    assert [(turn.text, turn.internal, turn.confidence) for turn in result.tickets[0].messages] == [
        ("good", False, 0.9),
        # Nobody can say that the customer saw it, so it counts as not seen.
        ("odd values", True, None),
    ]


def test_messages_alone_make_their_tickets(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        None,
        "ticket_id,timestamp,author,role,text\n"
        "7,2026-03-05T08:00:00Z,Dana,customer,a\n"
        "7,2026-03-05T08:01:00Z,Priya,agent,b\n"
        "7,2026-03-05T08:02:00Z,Tomáš,agent,c\n"
        "7,2026-03-05T08:03:00Z,Tomáš,agent,d\n"
        "8,,Dana,customer,no time\n",
        channel="chat",
    )
    (ticket,) = result.tickets
    assert (ticket.external_id, ticket.created_at.isoformat()) == ("7", "2026-03-05T08:00:00+00:00")
    assert (ticket.agent, ticket.other_agents) == (IncomingPerson("Tomáš"), (IncomingPerson("Priya"),))
    assert ticket.requester_name == "Dana"
    assert [(issue.code, issue.row) for issue in result.issues] == [
        ("agents-several", 2),
        ("time-missing", 6),
        ("agent-missing", 6),
    ]


def test_a_transcript_in_one_cell_becomes_messages(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        "Interaction ID,Agent,Start (UTC),Transcript\n"
        'c-1,Priya Nair,2026-03-05 08:30:02,"[00:00:04] Customer: Twice.\n[00:00:10] Agent (Tomáš): Sorry: refunded."\n'
        "c-2,Priya Nair,2026-03-05 09:00:00,no labels at all\n",
        channel="call",
    )
    first, second = result.tickets
    assert [(turn.role, turn.author_name, turn.text, turn.start_seconds) for turn in first.messages] == [
        (MessageRole.CUSTOMER, None, "Twice.", 4.0),
        (MessageRole.AGENT, "Tomáš", "Sorry: refunded.", 10.0),
    ]
    assert [(turn.role, turn.text) for turn in second.messages] == [(MessageRole.SYSTEM, "no labels at all")]
    assert told(result) == [("tickets.csv", "speakers-unknown", 3, None)]


def test_tickets_without_messages_of_their_own_keep_their_transcript(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        "id,channel,created,agent,transcript\n"
        "1,chat,2026-03-05T08:00:00Z,Priya,\n"
        "2,chat,2026-03-05T08:00:00Z,Priya,Agent: b\n",
        "ticket_id,who,text\n1,Priya,a\n",
        speakers={"Priya": "agent"},
    )
    assert [[(turn.role, turn.text) for turn in ticket.messages] for ticket in result.tickets] == [
        [(MessageRole.AGENT, "a")],
        [(MessageRole.AGENT, "b")],
    ]


def test_messages_of_their_own_come_before_a_transcript(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        "id,channel,created,agent,transcript\n1,chat,2026-03-05T08:00:00Z,Priya,Agent: from the cell\n",
        "ticket_id,role,text\n1,agent,from the table\n",
    )
    assert [turn.text for turn in result.tickets[0].messages] == ["from the table"]
    assert told(result) == [("tickets.csv", "transcript-unused", 2, None)]


def test_a_recording_that_leads_out_of_the_folder_costs_the_row(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    result = read(
        tmp_path,
        "Call ID,Start (UTC),Agent,Recording\n1,2026-03-05 08:00,P,a.wav\n2,2026-03-05 08:00,P,../../etc/passwd\n",
        channel="call",
    )
    assert [(ticket.external_id, ticket.recordings[0].original_name) for ticket in result.tickets] == [("1", "a.wav")]
    assert told(result) == [("tickets.csv", "recording-outside", 3, "Recording")]


def test_a_zone_may_stand_in_each_row(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        "id,channel,Date,Time,Time zone,agent\n"
        "1,call,2026-03-05,08:30:02,America/Chicago,P\n"
        "2,call,2026-03-05,08:30:02,+05:30,P\n"
        "3,call,2026-03-05,08:30:02,Mars/Base,P\n",
    )
    assert [(ticket.external_id, ticket.created_at.isoformat()) for ticket in result.tickets] == [
        ("1", "2026-03-05T14:30:02+00:00"),
        ("2", "2026-03-05T03:00:02+00:00"),
    ]
    assert told(result) == [("tickets.csv", "zone-unknown", 4, "Time zone")]


def test_several_agents_in_one_cell_are_kept_apart(tmp_path: Path) -> None:
    result = read(
        tmp_path, "id,channel,created,agent\n1,chat,2026-03-05T08:00:00Z,Priya / Tomáš\n2,chat,2026-03-05T08:00:00Z,-\n"
    )
    assert [(ticket.agent, ticket.other_agents) for ticket in result.tickets] == [
        (IncomingPerson("Priya"), (IncomingPerson("Tomáš"),)),
        (None, ()),
    ]
    assert told(result) == [("tickets.csv", "agents-several", 2, "agent"), ("tickets.csv", "agent-missing", 3, "agent")]
