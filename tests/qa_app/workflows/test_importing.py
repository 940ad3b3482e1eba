import hashlib
import io
import json
import struct
import subprocess
import sys
import wave
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from db.engine import Store
from db.records import Frame, Person, PersonId, Role, Team, TeamId, TicketId
from db.store import audit, imports, people, tickets
from qa_app.errors import Conflict, NotAllowed, Refused
from qa_app.intake.model import Guess
from qa_app.workflows.context import Context
from qa_app.workflows.importing import (
    Choices,
    ImportPreview,
    RowState,
    Upload,
    commit_import,
    preview_import,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ADMIN = Person(PersonId("admin"), "Ad Min", roles=frozenset({Role.ADMIN}))
STATES = (RowState.NEW, RowState.CHANGED, RowState.UNCHANGED, RowState.REFUSED)


@pytest.fixture
def context(store: Store, tmp_path: Path) -> Context:
    with store.write() as tx:
        people.add_person(tx, ADMIN)
    return context_of(store, tmp_path, ADMIN)


def context_of(store: Store, folder: Path, actor: Person) -> Context:
    numbers = count(1)
    return Context(store, actor, lambda: NOW, lambda: f"{actor.id}-{next(numbers):05}", folder / "recordings")


def line(external_id: str, **changes: object) -> dict[str, object]:
    return {
        "plumbline": 1,
        "source": "desk",
        "external_id": external_id,
        "channel": "chat",
        "created_at": "2026-10-05T08:30:02Z",
        "team": "Billing",
        "agent": {"id": "A007", "name": "Priya Nair"},
        "tags": ["refund"],
        "metrics": [{"name": "csat", "value": 4, "unit": "points", "scale": "1..5"}],
        "messages": [{"role": "customer", "text": "Where is it?"}, {"role": "agent", "text": "On its way."}],
        **changes,
    }


def jsonl(folder: Path, *lines: object, name: str = "tickets.jsonl") -> Upload:
    path = folder / name
    path.write_text("\n".join(json.dumps(one) for one in lines), encoding="utf-8")
    return Upload(path, name)


def text_file(folder: Path, name: str, text: str) -> Upload:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return Upload(path, name)


def wav(folder: Path, name: str, *, seconds: float = 1.0) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(b"".join(struct.pack("<h", n % 2000) for n in range(int(8000 * seconds))))
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(stream.getvalue())
    return stream.getvalue()


def counts(preview: ImportPreview) -> tuple[int, ...]:
    return tuple(preview.count(state) for state in STATES)


def bring(context: Context, upload: Upload, choices: Choices | None = None) -> tuple[int, int, int, int]:
    """Preview and commit: new, changed, unchanged and refused, which both must say alike."""
    preview = preview_import(context, upload, choices)
    batch = commit_import(context, preview)
    done = (batch.new, batch.changed, batch.unchanged, batch.refused)
    assert counts(preview) == done
    return done


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but those that record the import itself."""
    from db import tables  # noqa: PLC0415 - only to look at the whole database

    with store.read() as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.connection.execute(table.select())), key=repr)
            for table in tables.metadata.sorted_tables
            if table.name not in {"import_batch", "row_issue", "audit_entry"}
        }


def test_a_preview_writes_nothing(context: Context, tmp_path: Path) -> None:
    before = everything(context.store)
    preview = preview_import(context, jsonl(tmp_path, line("1"), line("2")))
    assert (counts(preview), preview.ready, preview.new_teams) == ((2, 0, 0, 0), True, ("Billing",))
    assert [(row.row, row.external_id, row.state) for row in preview.rows] == [(1, "1", "new"), (2, "2", "new")]
    assert everything(context.store) == before
    assert not context.recordings_dir.exists()


def test_what_was_imported_is_there_as_it_came(context: Context, tmp_path: Path) -> None:
    assert bring(context, jsonl(tmp_path, line("1"))) == (1, 0, 0, 0)
    with context.store.read() as tx:
        (ticket,) = tickets.frame_tickets(tx, Frame())
        kept = tickets.conversation(tx, ticket.id)
        (team,) = people.teams(tx)
        agent = people.people_by_external_id(tx, ["A007"])["A007"]
    assert kept is not None
    assert [(turn.seq, turn.role, turn.text) for turn in kept.messages] == [
        (1, "customer", "Where is it?"),
        (2, "agent", "On its way."),
    ]
    assert (agent.name, agent.team_id, agent.roles) == ("Priya Nair", team.id, frozenset({Role.AGENT}))
    assert (ticket.agent_id, ticket.team_id, ticket.version) == (agent.id, team.id, 1)
    assert (ticket.tags, [str(metric.value) for metric in ticket.metrics]) == (("refund",), ["4"])


def test_the_same_file_twice_changes_nothing(context: Context, tmp_path: Path) -> None:
    wav(tmp_path, "audio/1.wav")
    upload = jsonl(tmp_path, line("1", recordings=[{"file": "audio/1.wav"}]), line("2"), line("3", agent="Priya"))
    assert bring(context, upload) == (2, 0, 0, 1)
    before = everything(context.store)
    assert bring(context, upload) == (0, 0, 2, 1)
    assert everything(context.store) == before
    assert len([path for path in context.recordings_dir.rglob("*") if path.is_file()]) == 1


def test_a_changed_ticket_is_a_new_version_and_the_old_one_stays(context: Context, tmp_path: Path) -> None:
    bring(context, jsonl(tmp_path, line("1"), line("2")))
    later = line("1", tags=["refund", "vip"], messages=[{"role": "customer", "text": "Still not here."}])
    assert bring(context, jsonl(tmp_path, later, line("2"))) == (0, 1, 1, 0)
    with context.store.read() as tx:
        ticket = tickets.stored_tickets(tx, "desk", ["1"])["1"]
        versions = [tickets.conversation(tx, ticket.id, version=number) for number in (1, 2)]
    assert [[turn.text for turn in kept.messages] for kept in versions if kept] == [
        ["Where is it?", "On its way."],
        ["Still not here."],
    ]
    assert (ticket.version, versions[1] and versions[1].ticket.tags) == (2, ("refund", "vip"))


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "x"},
        {"solved_at": "2026-10-06T08:00:00Z"},
        {"agent": {"id": "A007", "name": "Priya Nair", "email": "p@example.com"}},
        {"metrics": [{"name": "csat", "value": 5, "unit": "points", "scale": "1..5"}]},
        {"messages": [{"role": "customer", "text": "Where is it?"}]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_content_makes_a_new_version(context: Context, tmp_path: Path, change: dict[str, object]) -> None:
    bring(context, jsonl(tmp_path, line("1")))
    assert bring(context, jsonl(tmp_path, line("1", **change))) == (0, 1, 0, 0)


def test_the_same_content_written_otherwise_is_the_same(context: Context, tmp_path: Path) -> None:
    bring(context, jsonl(tmp_path, line("1")))
    same = line(
        "1",
        created_at="2026-10-05T10:30:02+02:00",
        subject=None,
        metrics=[{"value": 4.0, "name": "csat", "scale": "1..5", "unit": "points"}],
    )
    assert bring(context, jsonl(tmp_path, line("0"), same, name="other.jsonl")) == (1, 0, 1, 0)


def test_a_bad_row_never_sinks_the_good_ones(context: Context, tmp_path: Path) -> None:
    upload = jsonl(tmp_path, line("1"), line("2", channel="pigeon"), line("3", messages=[]), line("4"))
    preview = preview_import(context, upload)
    assert [(row.row, row.state) for row in preview.rows] == [
        (1, "new"),
        (2, "refused"),
        (3, "refused"),
        (4, "new"),
    ]
    batch = commit_import(context, preview)
    with context.store.read() as tx:
        stored = imports.batch(tx, batch.id)
    assert stored == batch
    assert [(issue.row, issue.code) for issue in batch.issues] == [(2, "field-value"), (3, "nothing-to-review")]
    assert (batch.source, batch.format, batch.rows_read, batch.file_hash) == (
        "desk",
        "jsonl",
        4,
        hashlib.sha256(upload.path.read_bytes()).hexdigest(),
    )


def test_a_ticket_without_a_conversation_is_taken_only_where_somebody_says_so(context: Context, tmp_path: Path) -> None:
    upload = jsonl(tmp_path, line("1", messages=[]))
    assert bring(context, upload) == (0, 0, 0, 1)
    assert bring(context, upload, Choices(options={"empty": "take"})) == (1, 0, 0, 0)


def test_an_import_leaves_one_audit_entry_with_counts_and_no_text(context: Context, tmp_path: Path) -> None:
    batch = commit_import(context, preview_import(context, jsonl(tmp_path, line("1"), line("2", channel="pigeon"))))
    with context.store.read() as tx:
        (entry,) = audit.entries(tx)
        assert audit.verify(tx).reason is None
    assert (entry.action, entry.object_id, entry.actor_id, entry.at) == ("ticket.import", batch.id, "admin", NOW)
    assert entry.after == {
        "file_hash": batch.file_hash,
        "format": "jsonl",
        "rows_read": 2,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": 1,
        "people_added": 1,
        "people_changed": 0,
        "teams_added": 1,
    }


def test_recordings_are_kept_once_by_their_content(context: Context, tmp_path: Path) -> None:
    content = wav(tmp_path, "a.wav")
    wav(tmp_path, "copy.wav")
    (tmp_path / "notes.wav").write_text("no sound", encoding="utf-8")
    upload = jsonl(
        tmp_path,
        line("1", recordings=[{"file": "a.wav"}, {"file": "copy.wav"}]),
        line("2", recordings=[{"file": "copy.wav"}], messages=[]),
        line("3", recordings=[{"file": "notes.wav"}]),
        line("4", recordings=[{"file": "notes.wav"}], messages=[]),
    )
    preview = preview_import(context, upload)
    assert [(issue.row, issue.code) for issue in preview.issues] == [
        (3, "recording-not-audio"),
        (4, "recording-not-audio"),
        (4, "nothing-to-review"),
    ]
    commit_import(context, preview)
    digest = hashlib.sha256(content).hexdigest()
    kept = [path.relative_to(context.recordings_dir) for path in context.recordings_dir.rglob("*") if path.is_file()]
    assert kept == [Path(digest[:2]) / digest]
    assert (context.recordings_dir / kept[0]).read_bytes() == content
    with context.store.read() as tx:
        stored = tickets.stored_tickets(tx, "desk", ["1", "2", "3"])
        recordings = [tickets.recordings(tx, stored[name].id) for name in ("1", "2", "3")]
    assert [[(one.original_name, one.media_type, one.duration_seconds) for one in those] for those in recordings] == [
        [("copy.wav", "audio/wav", 1.0)],
        [("copy.wav", "audio/wav", 1.0)],
        [],
    ]


def test_a_recording_that_changed_after_the_preview_stops_the_import(context: Context, tmp_path: Path) -> None:
    wav(tmp_path, "a.wav")
    preview = preview_import(context, jsonl(tmp_path, line("1", recordings=[{"file": "a.wav"}])))
    wav(tmp_path, "a.wav", seconds=2.0)
    before = everything(context.store)
    with pytest.raises(Conflict) as refused:
        commit_import(context, preview)
    assert refused.value.code == "recording-changed"
    assert everything(context.store) == before
    assert [path for path in context.recordings_dir.rglob("*") if path.is_file()] == []


def test_stopping_in_the_middle_writes_nothing(context: Context, tmp_path: Path) -> None:
    preview = preview_import(context, jsonl(tmp_path, *(line(str(number)) for number in range(600))))
    before = everything(context.store)

    class Stopped(Exception):
        pass

    def stop_late(done: int, total: int) -> None:
        if done > total * 0.7:
            raise Stopped

    with pytest.raises(Stopped):
        commit_import(context, preview, report=stop_late)
    assert everything(context.store) == before
    heard: list[tuple[int, int]] = []
    commit_import(context, preview, report=lambda done, total: heard.append((done, total)))
    assert heard[-1] == (1200, 1200)
    assert heard == sorted(heard)


def test_what_others_imported_meanwhile_is_not_imported_again(context: Context, tmp_path: Path) -> None:
    first, second = (preview_import(context, jsonl(tmp_path, line("1"))) for _ in range(2))
    commit_import(context, first)
    batch = commit_import(context, second)
    assert (counts(second), (batch.new, batch.changed, batch.unchanged)) == ((1, 0, 0, 0), (0, 0, 1))


CSV = (
    "Nr;Datum;Uhrzeit;Bearbeiter;Verlauf\n"
    "007;02.03.2026;23:58;Priya Nair;Agent: Hallo\n"
    "008;03.03.2026;08:00;Priya Nair;Agent: Hallo\n"
)


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


def test_an_agent_who_could_be_two_people_is_refused(context: Context, tmp_path: Path) -> None:
    with context.store.write() as tx:
        for number in (1, 2):
            people.add_person(tx, Person(PersonId(f"p{number}"), "Priya Nair", external_id=f"B{number}"))
    preview = preview_import(context, jsonl(tmp_path, line("1", agent={"name": "Priya Nair"}), line("2")))
    assert [(row.row, row.state) for row in preview.rows] == [(1, "refused"), (2, "new")]
    assert [(issue.code, issue.message) for issue in preview.issues] == [
        ("agent-ambiguous", "2 people fit this agent. Add the agent's id or e-mail address to the file.")
    ]


def test_an_agent_found_under_another_name_is_remarked_once(context: Context, tmp_path: Path) -> None:
    bring(context, jsonl(tmp_path, line("1")))
    other = {"id": "A007", "name": "P. Nair"}
    preview = preview_import(context, jsonl(tmp_path, line("2", agent=other), line("3", agent=other)))
    assert [(issue.row, issue.code) for issue in preview.issues] == [(1, "agent-name-differs")]


def test_who_may_not_import_is_refused(context: Context, tmp_path: Path) -> None:
    upload = jsonl(tmp_path, line("1"))
    preview = preview_import(context, upload)
    for role in (Role.REVIEWER, Role.COACH, Role.FACILITATOR, Role.AGENT):
        nobody = replace(context, actor=Person(PersonId("x"), "X", roles=frozenset({role})))
        with pytest.raises(NotAllowed):
            preview_import(nobody, upload)
        with pytest.raises(NotAllowed):
            commit_import(nobody, preview)


def test_a_manager_of_some_teams_imports_into_these_only(context: Context, tmp_path: Path) -> None:
    billing = Team(TeamId("billing"), "Billing")
    bring(context, jsonl(tmp_path, line("7", team="Tier 2")))
    manager = Person(PersonId("m"), "M", roles=frozenset({Role.MANAGER}), team_scope=frozenset({billing.id}))
    with context.store.write() as tx:
        people.add_team(tx, billing)
        people.add_person(tx, manager)
    limited = context_of(context.store, tmp_path, manager)
    upload = jsonl(tmp_path, line("1"), line("2", team="Tier 2"), line("3", team=None), line("4", team="X"), line("7"))
    assert bring(limited, upload) == (1, 0, 0, 4)
    with context.store.read() as tx:
        assert [team.name for team in people.teams(tx)] == ["Billing", "Tier 2"]


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


def test_long_and_odd_text_fits_the_database(context: Context, tmp_path: Path) -> None:
    odd = "=1+1 \u202eabc\u202c \u0000 e\u0308 👩🏽\u200d💻 " + "x" * 20_000
    found = line("1", subject=odd, messages=[{"role": "customer", "text": odd}], status="s" * 60)
    table = (
        "id,channel,created,agent,transcript,"
        + "c" * 900
        + f"\n1,pigeon {'y' * 900},2026-03-05T08:00:00Z,{'n' * 300},x,\n"
    )
    assert bring(context, jsonl(tmp_path, found)) == (1, 0, 0, 0)
    assert bring(context, text_file(tmp_path, "long.csv", table), Choices("d" * 200)) == (1, 0, 0, 0)


# ── Real data ────────────────────────────────────────────────────────────────────────────────────────────────────


def bring_twice(
    context: Context, upload: Upload, choices: Choices | None = None
) -> tuple[tuple[int, ...], Counter[str]]:
    """What the first import did, with its refusals by reason; the second must change nothing."""
    preview = preview_import(context, upload, choices)
    assert preview.questions == ()
    batch = commit_import(context, preview)
    before = everything(context.store)
    again = commit_import(context, preview_import(context, upload, choices))
    assert (again.new, again.changed, again.unchanged, again.refused) == (0, 0, batch.new, batch.refused)
    assert everything(context.store) == before
    reasons = Counter(issue.code for issue in batch.issues if issue.level == "refused")
    return (batch.rows_read, batch.new, batch.refused), reasons


def test_all_300_real_chats(context: Context, shared_data: Path, tmp_path: Path) -> None:
    script = Path(__file__).parents[3] / "examples" / "star_to_interchange.py"
    chats = shared_data / "star" / "star_chats_300.jsonl.gz"
    done = subprocess.run([sys.executable, script, chats], capture_output=True, check=True)
    (tmp_path / "star.jsonl").write_bytes(done.stdout)
    # 36 chats were broken off before anybody spoke; of 19 of them nothing says when they began.
    assert bring_twice(context, Upload(tmp_path / "star.jsonl", "star.jsonl")) == (
        (300, 264, 36),
        {"field-missing": 19, "nothing-to-review": 17},
    )
    with context.store.read() as tx:
        # The set's own documentation counts 81 agents; one of them has only chats in which nobody spoke.
        assert len(people.people(tx, role=Role.AGENT)) == 80


def test_a_real_call_with_its_transcript_and_recording(context: Context, shared_data: Path) -> None:
    folder = shared_data / "calls" / "gcp-commercial"
    upload = Upload(
        folder / "commercial_mono.vtt",
        "commercial_mono.vtt",
        recording=Upload(folder / "commercial_mono.wav", "commercial_mono.wav"),
    )
    choices = Choices("gcp", options={"created_at": "2026-03-05T08:30:00Z", "agent": "Sales agent"})
    assert bring_twice(context, upload, choices) == ((1, 1, 0), {})
    with context.store.read() as tx:
        kept = tickets.conversation(
            tx, TicketId(tickets.stored_tickets(tx, "gcp", ["commercial_mono"])["commercial_mono"].id)
        )
    turns = json.loads((folder / "turns.json").read_text(encoding="utf-8"))
    assert kept is not None
    assert [(turn.role, turn.text, turn.start_seconds, turn.end_seconds) for turn in kept.messages] == [
        (turn["role"], turn["text"], turn["start_s"], turn["end_s"]) for turn in turns
    ]
    assert [(one.duration_seconds, one.channels, one.sample_rate) for one in kept.recordings] == [(45.3, 1, 8000)]


BERLIN = {"zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("name", "options", "expected", "reasons"),
    [
        (
            "calls_log.csv",
            {"channel": "call", "date_order": "mdy"},
            (3, 1, 2),
            {"time-does-not-exist": 1, "recording-outside": 1},
        ),
        ("tickets_cp1252.csv", BERLIN, (3, 0, 3), {"nothing-to-review": 3}),
        ("tickets_cp1252.csv", BERLIN | {"empty": "take"}, (3, 3, 0), {}),
        ("tickets_utf8bom_semicolon_de.csv", BERLIN, (3, 0, 3), {"nothing-to-review": 3}),
        ("tickets_utf8bom_semicolon_de.csv", BERLIN | {"empty": "take"}, (3, 3, 0), {}),
        ("transcript_in_one_cell.csv", {"channel": "call"}, (3, 2, 1), {"time-missing": 1}),
        ("messages_long.csv", {"channel": "email", "zone": "UTC"}, (7, 2, 1), {"role-unknown": 1}),
        ("tickets_title_rows_merged.xlsx", BERLIN, (6, 2, 2), {"nothing-to-review": 2}),
        ("generic_conversations.jsonl", {}, (3, 0, 3), {"not-interchange": 3}),
    ],
    ids=[
        "calls",
        "cp1252",
        "cp1252-take",
        "german",
        "german-take",
        "one-cell",
        "messages",
        "workbook",
        "foreign-jsonl",
    ],
)
def test_the_files_that_people_have(
    context: Context,
    shared_data: Path,
    name: str,
    options: dict[str, str],
    expected: tuple[int, int, int],
    reasons: dict[str, int],
) -> None:
    choices = Choices(
        "desk", options=options, speakers={"Priya Nair": "agent"}, recordings_folder=shared_data / "calls"
    )
    upload = Upload(shared_data / "exports" / "csv-excel" / name, name)
    assert bring_twice(context, upload, choices) == (expected, reasons)
