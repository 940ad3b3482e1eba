import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from db.engine import Store
from db.records import Frame, Person, PersonId, Role, Team, TeamId
from db.store import audit, imports, people, tickets
from qa_app.errors import Conflict, NotAllowed
from qa_app.intake.waveforms import draw_waveform
from qa_app.workflows.context import Context
from qa_app.workflows.importing import Choices, commit_import, preview_import
from tests.qa_app.workflows.incoming import (
    NOW,
    admit,
    bring,
    context_of,
    counts,
    everything,
    jsonl,
    line,
    text_file,
    wav,
)


@pytest.fixture
def context(store: Store, tmp_path: Path) -> Context:
    return admit(store, tmp_path)


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
    assert len([path for path in context.recordings_dir.rglob("*") if path.is_file()]) == 2  # and its waveform


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
    heard: list[tuple[int, int]] = []
    commit_import(context, preview, report=lambda done, total: heard.append((done, total)))
    digest = hashlib.sha256(content).hexdigest()
    kept = sorted(path for path in context.recordings_dir.rglob("*") if path.is_file())
    place = context.recordings_dir / digest[:2]
    assert kept == [place / digest, place / f"{digest}.waveform"]
    assert kept[0].read_bytes() == content
    drawn = draw_waveform(kept[0])
    assert drawn is not None
    assert kept[1].read_bytes() == drawn.pack()
    # Three tickets are kept and written, and then the one recording is drawn.
    assert heard[-2:] == [(6, 7), (7, 7)]
    with context.store.read() as tx:
        stored = tickets.stored_tickets(tx, "desk", ["1", "2", "3"])
        recordings = [tickets.recordings(tx, stored[name].id) for name in ("1", "2", "3")]
    assert [[(one.original_name, one.media_type, one.duration_seconds) for one in those] for those in recordings] == [
        [("copy.wav", "audio/wav", 1.0)],
        [("copy.wav", "audio/wav", 1.0)],
        [],
    ]


def test_a_damaged_recording_comes_with_a_warning(context: Context, tmp_path: Path) -> None:
    (tmp_path / "cut.wav").write_bytes(wav(tmp_path, "long.wav", seconds=8)[:-80_000])  # 5 seconds of 8,000 samples
    preview = preview_import(context, jsonl(tmp_path, line("1", recordings=[{"file": "cut.wav"}], messages=[])))
    assert [(issue.row, issue.code, issue.level, issue.found) for issue in preview.issues] == [
        (1, "recording-damaged", "warning", "cut.wav")
    ]
    assert preview.issues[0].message.startswith("5 s of the recording are missing: ")
    commit_import(context, preview)
    with context.store.read() as tx:
        stored = tickets.stored_tickets(tx, "desk", ["1"])["1"]
        assert [one.duration_seconds for one in tickets.recordings(tx, stored.id)] == [3.0]


def test_recordings_of_a_ticket_stay_in_the_order_of_the_file(context: Context, tmp_path: Path) -> None:
    names = ["c.wav", "a.wav", "b.wav"]
    for seconds, name in enumerate(names, start=1):
        wav(tmp_path, name, seconds=seconds)
    falling = iter(f"{number:024x}" for number in range(1000, 0, -1))  # what chance may do within a millisecond
    upload = jsonl(tmp_path, line("1", recordings=[{"file": name} for name in names]))
    bring(replace(context, new_id=lambda: next(falling)), upload)
    with context.store.read() as tx:
        recordings = tickets.recordings(tx, tickets.stored_tickets(tx, "desk", ["1"])["1"].id)
    assert [(one.original_name, one.duration_seconds) for one in recordings] == [
        ("c.wav", 1.0),
        ("a.wav", 2.0),
        ("b.wav", 3.0),
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
