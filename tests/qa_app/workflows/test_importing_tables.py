from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.engine import Store
from db.store import tickets
from qa_app.errors import Refused
from qa_app.intake.model import Guess
from qa_app.workflows.context import Context
from qa_app.workflows.importing import Choices, Upload, commit_import, preview_import
from tests.qa_app.workflows.incoming import admit, bring, counts, text_file, wav

CSV = (
    "Nr;Datum;Uhrzeit;Bearbeiter;Verlauf\n"
    "007;02.03.2026;23:58;Priya Nair;Agent: Hallo\n"
    "008;03.03.2026;08:00;Priya Nair;Agent: Hallo\n"
)


@pytest.fixture
def context(store: Store, tmp_path: Path) -> Context:
    return admit(store, tmp_path)


def test_a_table_is_asked_about_and_answered_by_the_questions_names(context: Context, tmp_path: Path) -> None:
    upload = text_file(tmp_path, "t.csv", CSV)
    preview = preview_import(context, upload)
    assert [question.name for question in preview.questions] == ["source", "channel", "zone"]
    assert preview.rows == ()
    with pytest.raises(Refused) as refused:
        commit_import(context, preview)
    assert refused.value.code == "import-questions-open"
    choices = preview.choices.answer({"source": "desk", "channel": "chat", "zone": "Europe/Berlin"})
    assert bring(context, upload, choices) == (2, 0, 0, 0)
    with context.store.read() as tx:
        ticket = tickets.stored_tickets(tx, "desk", ["007"])["007"]
    assert ticket.created_at == datetime(2026, 3, 2, 22, 58, tzinfo=UTC)


def test_a_mapping_is_remembered_for_the_same_columns(context: Context, tmp_path: Path) -> None:
    choices = Choices("desk").answer({"columns.subject": "Bearbeiter", "columns.agent.name": "", "channel": "chat"})
    bring(context, text_file(tmp_path, "t.csv", CSV), choices.answer({"zone": "Europe/Berlin"}))
    next_month = text_file(tmp_path, "n.csv", CSV.replace("007", "009").replace("008", "010"))
    preview = preview_import(context, next_month, Choices("desk"))
    assert preview.ready
    remembered = "as in the last import with these columns"
    assert Guess("columns.subject", "Bearbeiter", remembered) in preview.guesses
    assert Guess("zone", "Europe/Berlin", remembered) in preview.guesses
    assert {arrival.ticket.subject for arrival in preview.arrivals} == {"Priya Nair"}
    (head,) = preview.tables
    assert (head.kind, head.header) == ("tickets", ("Nr", "Datum", "Uhrzeit", "Bearbeiter", "Verlauf"))
    assert head.sample[0] == ("009", "02.03.2026", "23:58", "Priya Nair", "Agent: Hallo")


def test_a_column_that_is_not_there_is_refused(context: Context, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        preview_import(context, text_file(tmp_path, "t.csv", CSV), Choices(columns={"subject": "Betreff"}))
    assert (
        refused.value.message == "t.csv has no column 'Betreff'. Its columns: Nr, Datum, Uhrzeit, Bearbeiter, Verlauf."
    )


def test_two_tables_of_two_files_are_joined(context: Context, tmp_path: Path) -> None:
    table = text_file(tmp_path, "t.csv", "id,channel,created,agent\n1,chat,2026-03-05T08:00:00Z,Priya\n")
    messages = text_file(tmp_path, "m.csv", "ticket_id,role,text\n1,customer,Hi\n2,customer,lost\n")
    preview = preview_import(context, replace(table, messages=messages), Choices("desk"))
    assert [turn.text for turn in preview.arrivals[0].ticket.messages] == ["Hi"]
    assert [(issue.file, issue.code, issue.row) for issue in preview.issues] == [("m.csv", "ticket-unknown", 3)]


def test_a_call_is_a_transcript_with_its_recording(context: Context, tmp_path: Path) -> None:
    wav(tmp_path, "call.wav", seconds=4.0)
    transcript = text_file(
        tmp_path,
        "call.vtt",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Priya>Hi\n\n00:02.000 --> 00:03.000\n<v Dana>Hello\n",
    )
    upload = replace(transcript, recording=Upload(tmp_path / "call.wav", "call.wav"))
    began = Choices("phone", options={"created_at": "2026-03-05T08:30:00Z"})
    assert [question.name for question in preview_import(context, upload, began).questions] == [
        "speakers.Priya",
        "speakers.Dana",
    ]
    told = began.answer({"speakers.Priya": "agent: Priya Nair", "speakers.Dana": "customer"})
    assert bring(context, upload, told) == (1, 0, 0, 0)
    # The next call of the same speakers needs no answer.
    assert preview_import(context, replace(upload, file_name="next.vtt"), began).ready
    with context.store.read() as tx:
        ticket = tickets.stored_tickets(tx, "phone", ["call"])["call"]
        kept = tickets.conversation(tx, ticket.id)
    assert kept is not None
    assert [(turn.role, turn.start_seconds) for turn in kept.messages] == [("agent", 1.0), ("customer", 2.0)]
    assert [one.duration_seconds for one in kept.recordings] == [4.0]


def test_a_transcript_that_outlasts_its_recording_is_remarked(context: Context, tmp_path: Path) -> None:
    wav(tmp_path, "call.wav", seconds=1.0)
    transcript = text_file(tmp_path, "call.vtt", "WEBVTT\n\n00:01.000 --> 01:00.000\n<v Agent>Hi\n")
    upload = replace(transcript, recording=Upload(tmp_path / "call.wav", "call.wav"))
    choices = Choices("phone", options={"created_at": "2026-03-05T08:30:00Z", "agent": "Priya"})
    assert [issue.code for issue in preview_import(context, upload, choices).issues] == ["message-after-end"]


@pytest.mark.parametrize(
    ("options", "code", "hint"),
    [
        ({"emtpy": "take"}, "option-unknown", "Did you mean empty?"),
        ({"zone": "Europe/Berln"}, "option-value", "Did you mean Europe/Berlin or"),
        ({"channel": "phone"}, "option-value", "valid are email, chat, call, web, sms, social, role_play, other."),
        ({"date_order": "day first"}, "option-value", "valid are dmy, mdy, ymd."),
    ],
    ids=["name", "zone", "channel", "order"],
)
def test_an_option_that_does_not_fit_is_refused(
    context: Context, tmp_path: Path, options: dict[str, str], code: str, hint: str
) -> None:
    with pytest.raises(Refused) as refused:
        preview_import(context, text_file(tmp_path, "t.csv", CSV), Choices("desk", options=options))
    assert refused.value.code == code
    assert hint in refused.value.message


def test_a_file_that_is_not_there_is_refused(context: Context, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        preview_import(context, Upload(tmp_path / "gone.csv", "gone.csv"))
    assert refused.value.code == "file-missing"


@pytest.mark.parametrize("name", ["empty.csv", "empty.jsonl", "empty.xlsx"])
def test_an_empty_file_is_refused(context: Context, tmp_path: Path, name: str) -> None:
    if name == "empty.jsonl":
        assert counts(preview_import(context, text_file(tmp_path, name, ""))) == (0, 0, 0, 0)
        return
    with pytest.raises(Refused) as refused:
        preview_import(context, text_file(tmp_path, name, ""))
    assert refused.value.code == "file-empty"
