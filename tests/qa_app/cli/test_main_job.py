"""The main job by commands alone, from an empty folder to the workbooks, one test from first to last."""

import csv
import dataclasses
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from db.records import SessionId
from db.store import audit
from qa_app.workflows.access import find_actor
from qa_app.workflows.calibration_results import report_session
from tests.factories import BEST, CARD
from tests.qa_app.cli.terminal import Terminal

DAYS = tuple((datetime.now(UTC) + timedelta(days=step)).date().isoformat() for step in (-1, 1))
"""From yesterday to tomorrow, so that midnight may pass meanwhile."""
ADA, BO, CY = ({"PLUMBLINE_USER": f"{name}@example.org"} for name in ("ada", "bo", "cy"))
SCORED = 5
"""Criteria of the card with an answer in `BEST`; the sixth is a note."""


def make_ticket(number: int) -> str:
    return json.dumps(
        {
            "plumbline": 1,
            "source": "desk",
            "external_id": f"{number}",
            "channel": "chat",
            "created_at": f"2026-10-0{number}T08:00:00Z",
            "subject": f"Parcel {number}",
            "team": "Billing",
            "agent": {"id": "A007", "name": "Priya Nair"},
            "messages": [{"role": "customer", "text": "Where is it?"}, {"role": "agent", "text": "On its way."}],
        }
    )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "care.yaml").write_text(CARD, encoding="utf-8")
    (folder / "tickets.jsonl").write_text("\n".join(map(make_ticket, range(1, 7))), encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def grade(terminal: Terminal, desk: Path, who: dict[str, str], *changes: dict[str, str]) -> list[str]:
    """Grade a queue as `BEST` says, but for the changes ticket by ticket; returns the scores that were printed."""
    lines = []
    for row, change in zip(terminal.rows("queue", env=who), changes, strict=True):
        answers = {**BEST, "note": "n/a", **change}
        lines.append(json.dumps({"assignment": row["assignment"], "answers": answers, "comment": "By file"}))
    (desk / "graded.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return [line.split("\t")[1] for line in terminal.done("grade graded.jsonl", env=who).splitlines()]


def test_main_job_goes_through_from_first_to_last(nowhere: Terminal, desk: Path) -> None:
    set_up(nowhere)
    take_in(nowhere)
    sample_and_grade(nowhere, desk)
    session_id = calibrate(nowhere, desk)
    hand_out(nowhere, desk, session_id)
    with nowhere.opened() as installation, installation.store.read() as tx:
        entries = audit.entries(tx, limit=1000)
    # Three quality reviews and four calibration grades were scored.
    assert nowhere.rows("audit verify", env=ADA) == [
        {"entries": len(entries), "head": entries[0].hash, "first broken": None, "scores": 7, "different": 0}
    ]


def set_up(terminal: Terminal) -> None:
    terminal.done("db upgrade")
    password = {"PLUMBLINE_NEW_PASSWORD": "a long enough one"}
    terminal.done("user add 'Ada Admin' --email ada@example.org --role manager", env=password)
    for name in ("Bo", "Cy"):
        terminal.done(f"user add {name} --email {name.lower()}@example.org --role reviewer", env=ADA | password)
    people_now = [(row["name"], row["roles"], row["active"]) for row in terminal.rows("user list")]
    assert people_now == [("Ada Admin", "admin, manager", True), ("Bo", "reviewer", True), ("Cy", "reviewer", True)]
    terminal.done("scorecard publish care.yaml")
    (mine, *shipped) = terminal.rows("scorecard list")
    assert {key: mine[key] for key in ("scorecard", "version", "state", "label")} == {
        "scorecard": "care", "version": 1, "state": "published", "label": "Care",
    }  # fmt: skip
    assert {row["state"] for row in shipped} == {"shipped"}


def take_in(terminal: Terminal) -> None:
    counts = {"changed": 0, "unchanged": 0, "refused": 0}
    said = {"file": "tickets.jsonl", "read": 6}
    assert terminal.rows("import tickets.jsonl --dry-run") == [{**said, "new": 6, **counts, "done": "no: dry run"}]
    assert terminal.rows("import tickets.jsonl") == [{**said, "new": 6, **counts, "done": "yes"}]
    assert terminal.rows("import tickets.jsonl") == [{**said, "new": 0, **counts, "unchanged": 6, "done": "yes"}]


def sample_and_grade(terminal: Terminal, desk: Path) -> None:
    sample_id = terminal.done("sample draw 'Week 40' --size 3 --seed 7").strip()
    drawn = terminal.rows("sample show", sample_id)
    # Three of six, with no strata: each ticket had one chance in two.
    assert [(row["rank"], float(row["probability"])) for row in drawn] == [(1, 0.5), (2, 0.5), (3, 0.5)]
    again = terminal.done("sample draw 'Week 40 again' --size 3 --seed 7").strip()
    assert terminal.rows("sample show", again) == drawn
    assert [(row["sample"], row["plan"], row["drawn"], row["from"]) for row in terminal.rows("sample list")] == [
        (again, "Week 40 again", 3, 6), (sample_id, "Week 40", 3, 6),
    ]  # fmt: skip
    reviewers = "--reviewer bo@example.org --reviewer cy@example.org"
    result = terminal.run(f"assign {sample_id} --scorecard care {reviewers} --due 2030-01-02")
    assert result.stderr == "3 tickets handed out, 0 without an eligible reviewer.\n"
    queues = {"bo": terminal.rows("queue", env=BO), "cy": terminal.rows("queue", env=CY)}
    queued = [row for rows in queues.values() for row in rows]
    assert sorted(row["ticket"] for row in queued) == sorted(row["ticket"] for row in drawn)
    assert {(row["purpose"], row["due"]) for row in queued} == {("quality", "2030-01-02T18:00:00+00:00")}
    for who, rows in zip((BO, CY), queues.values(), strict=True):
        assert grade(terminal, desk, who, *({} for _ in rows)) == ["100.0"] * len(rows)
        assert terminal.rows("queue", env=who) == []


def calibrate(terminal: Terminal, desk: Path) -> str:
    reviewers = "--reviewer bo@example.org --reviewer cy@example.org"
    session_id = terminal.done(f"calibration open W40 --scorecard care --tickets 2 --seed 3 {reviewers}").strip()
    status: dict[str, Any] = {"session": session_id, "name": "W40", "state": "open"}
    assert terminal.rows("calibration status") == [{**status, "graded": "0 of 4", "waiting for": "Bo, Cy"}]
    assert "Grades of 0 reviewers are in" in terminal.refused("calibration reveal", session_id)
    assert grade(terminal, desk, BO, {}, {}) == ["100.0", "100.0"]
    assert terminal.rows("calibration status", env=CY) == [{**status, "graded": "2 of 4", "waiting for": "Cy"}]
    # Greeting weighs 1 of 6, and is worth nothing: 5/6.
    assert sorted(grade(terminal, desk, CY, {}, {"greeting": "no"})) == ["100.0", "83.3"]
    for line in ("calibration report", "export calibration"):
        for who in (ADA, BO, CY):
            assert terminal.run(line, session_id, env=who).exit_code == 1
            assert terminal.run(line, session_id, env=who).stdout == ""
    assert "still blind" in terminal.refused("calibration report", session_id)
    assert terminal.run("calibration reveal", session_id).stderr == "Revealed.\n"
    check_report(terminal, session_id)
    return session_id


def check_report(terminal: Terminal, session_id: str) -> None:
    with terminal.opened() as installation:
        admin = find_actor(installation.store, None)
        report = report_session(installation.context(admin), SessionId(session_id))
    printed = json.loads(terminal.done("calibration report --format json", session_id))
    assert list(printed) == [*(section.key for section in report.sections), "methods"]
    assert [
        (row["criterion"], row["same"], row["alpha"], row["graded"], row["missing"]) for row in printed["agreement"]
    ] == [
        (line.label, dataclasses.asdict(line.percent), dataclasses.asdict(line.alpha), line.chosen, line.missing)
        for line in report.agreement
    ]
    # One of two pairs has the same answer.
    assert (printed["agreement"][0]["criterion"], printed["agreement"][0]["same"]["value"]) == ("Greeting", 50.0)
    assert [(row["reviewer"], row["peers"]) for row in printed["reviewers"]] == [
        (one.name, dataclasses.asdict(one.peers)) for one in report.readings.reviewers
    ]
    shown = terminal.done("calibration report", session_id)
    assert "What to fix first: 2 tickets graded by two reviewers or more: too few to tell" in shown
    assert "Different verdicts, %" in shown


def hand_out(terminal: Terminal, desk: Path, session_id: str) -> None:
    days = f"--from {DAYS[0]} --until {DAYS[1]} --to packs/new"
    coaching = desk / terminal.done(f"export coaching 'Priya Nair' {days}").strip()
    calibration = desk / terminal.done(f"export calibration {session_id} --to packs/new").strip()
    team = desk / terminal.done(f"export team Billing {days}").strip()
    raw, methods = (desk / line for line in terminal.done(f"export raw {days}").splitlines())
    assert {path.name for path in (desk / "packs" / "new").iterdir()} == {
        coaching.name, calibration.name, team.name, raw.name, methods.name,
    }  # fmt: skip
    assert coaching.name == f"coaching-priya-nair-{DAYS[0]}-{DAYS[1]}.xlsx"
    assert calibration.name == "calibration-w40.xlsx"
    assert [load_workbook(book).sheetnames[0] for book in (coaching, calibration)] == ["Summary", "Summary"]
    rows = list(csv.DictReader(io.StringIO(raw.read_text(encoding="utf-8-sig"))))
    # Calibration grades are no results of an agent: three reviews of six criteria.
    assert {(row["agent"], row["reported_score"]) for row in rows} == {("Priya Nair", "100.0")}
    assert len(rows) == 3 * (SCORED + 1)
