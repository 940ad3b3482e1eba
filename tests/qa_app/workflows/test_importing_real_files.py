"""Files that people really have, and the same again, which must change nothing."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from db.engine import Store
from db.records import IssueLevel, Role
from db.store import people, tickets
from qa_app.workflows.context import Context
from qa_app.workflows.importing import Choices, Upload, commit_import, preview_import
from tests.qa_app.workflows.incoming import admit, everything


@pytest.fixture
def context(store: Store, tmp_path: Path) -> Context:
    return admit(store, tmp_path)


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
    reasons = Counter(issue.code for issue in batch.issues if issue.level is IssueLevel.REFUSED)
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
        kept = tickets.conversation(tx, tickets.stored_tickets(tx, "gcp", ["commercial_mono"])["commercial_mono"].id)
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
