"""Files that come in and files that go out: unreadable, half wrong, in the way, nowhere to go."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from db.records import TicketId
from qa_app.words import NOTHING_IN_PERIOD
from qa_app.workflows import calibration, grading
from qa_app.workflows.access import find_actor
from qa_app.workflows.calibration import NewSession
from scorecards.document import load
from scorecards.files import list_example
from tests.factories import BEST, CARD, make_scorecard
from tests.qa_app.cli.terminal import Terminal
from tests.qa_app.workflows.house import BO, CY, T1, T2, VERSION

AS_BO = {"PLUMBLINE_USER": "bo@example.org"}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def assign_all(terminal: Terminal) -> list[str]:
    """Give Bo two tickets to grade."""
    with terminal.opened() as installation:
        context = installation.context(find_actor(installation.store, None))
        calibration.open_session(context, NewSession("W10", VERSION.id, (T1.id, T2.id), (BO.id, CY.id)))
        bo = installation.context(find_actor(installation.store, BO.email))
        return [row.assignment.id for row in grading.list_queue(bo)]


def filled(assignment: str, **changes: object) -> str:
    line: Mapping[str, object] = {"assignment": assignment, "answers": {**BEST, "note": "a\u2028b"}, **changes}
    return json.dumps(line, ensure_ascii=False)


def test_bad_line_of_a_graded_file_is_named_by_its_place_and_sinks_no_other(house: Terminal, desk: Path) -> None:
    first, second = assign_all(house)
    lines = ["", filled(first), "[1]", "{", "[" * 100_000, filled("gone"), filled(second)]
    (desk / "graded.jsonl").write_text("\ufeff" + "\n".join(lines), encoding="utf-8")

    result = house.run("grade graded.jsonl", env=AS_BO)

    assert result.exit_code == 1
    # U+2028 in a text ends no line, and every line is told by the number that an editor shows.
    assert [line.split("\t")[1] for line in result.stdout.splitlines()] == ["100.0", "100.0"]
    said = result.stderr.splitlines()
    assert [line.split(": ")[0] for line in said[:-1]] == [f"graded.jsonl:{place}" for place in (3, 4, 5, 6)]
    assert said[-1] == "2 submitted, 4 refused."
    assert house.rows("queue", env=AS_BO) == []


def test_graded_file_that_is_no_text_is_refused(house: Terminal, desk: Path) -> None:
    (desk / "graded.jsonl").write_bytes(b"\xff\xfe\x00")

    assert house.refused("grade graded.jsonl", env=AS_BO) == (
        "graded.jsonl is no UTF-8 text; save it as UTF-8. [grades-encoding]"
    )


def test_file_that_cannot_be_imported_sinks_no_other(house: Terminal, desk: Path) -> None:
    good = {
        "plumbline": 1, "source": "desk", "external_id": "7", "channel": "chat", "created_at": "2026-10-05T08:00:00Z",
        "agent": {"name": "Nina North"}, "messages": [{"role": "customer", "text": "Hello"}],
    }  # fmt: skip
    (desk / "good.jsonl").write_text(json.dumps(good), encoding="utf-8")
    (desk / "noise.xlsx").write_bytes(bytes(range(256)))

    rows = house.rows("import noise.xlsx good.jsonl --source desk", exit_code=1)

    assert [(row["file"], row["new"], row["done"] == "yes") for row in rows] == [
        ("noise.xlsx", 0, False), ("good.jsonl", 1, True),
    ]  # fmt: skip


def test_answer_without_a_value_is_wrong_use(house: Terminal, desk: Path) -> None:
    (desk / "good.jsonl").write_text("{}", encoding="utf-8")

    assert "'zone' is no answer; write NAME=VALUE." in house.refused("import good.jsonl --set zone", exit_code=2)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b'{"colour": "blue"}', b'{"greeting": "perhaps"}'])
def test_answers_that_cannot_be_scored_are_refused(content: bytes, nowhere: Terminal, desk: Path) -> None:
    (desk / "care.yaml").write_text(CARD, encoding="utf-8")
    (desk / "answers.json").write_bytes(content)

    assert nowhere.refused("scorecard score care.yaml answers.json")[-1] == "]"


def test_score_is_printed_as_data(nowhere: Terminal, desk: Path) -> None:
    (desk / "care.yaml").write_text(CARD, encoding="utf-8")
    (desk / "answers.json").write_text(json.dumps({**BEST, "greeting": "no", "note": "n/a"}), encoding="utf-8")

    (row,) = nowhere.rows("scorecard score care.yaml answers.json")

    # Greeting weighs 1 of 6 and is worth nothing.
    assert (row["raw"], row["reported"], row["passed"]) == ("83.3", "83.3", True)
    assert [line["criterion"] for line in row["criteria"]][:2] == ["greeting", "empathy"]


def test_problems_of_a_scorecard_are_printed_all_at_once(nowhere: Terminal, desk: Path) -> None:
    (desk / "care.yaml").write_text(
        CARD.replace("pass_mark", "pass_marc").replace("weight: 2", "weight: -2"), encoding="utf-8"
    )

    result = nowhere.run("scorecard check care.yaml")

    assert result.exit_code == 1
    errors = [line for line in result.stdout.splitlines() if " warning:" not in line]
    assert [line.split(":")[:2] for line in errors] == [["care.yaml", "4"], ["care.yaml", "10"]]


def test_list_becomes_a_document_and_back(house: Terminal, desk: Path) -> None:
    house.done("scorecard sheet template.xlsx")
    assert house.refused("scorecard sheet template.xlsx")[-len("[export-exists]") :] == "[export-exists]"
    house.done("scorecard from-sheet template.xlsx --output chat.yaml")
    assert load(Path("chat.yaml").read_text(encoding="utf-8")).scorecard == list_example()
    (version, *_) = house.rows("scorecard list")
    house.done(f"scorecard sheet care.xlsx --version {version['id']}")
    assert load(house.done("scorecard from-sheet care.xlsx")).scorecard == make_scorecard()


def test_problems_of_a_list_are_printed_with_their_cells(nowhere: Terminal, desk: Path) -> None:
    nowhere.done("scorecard sheet list.xlsx")
    book = load_workbook("list.xlsx")
    book.worksheets[0]["A1"] = "Nmae"
    book.save("list.xlsx")

    assert "list.xlsx, sheet Scorecard, cell A1: " in nowhere.refused("scorecard from-sheet list.xlsx")


def test_edits_of_a_scorecard_are_printed_with_their_effect(nowhere: Terminal, desk: Path) -> None:
    (desk / "old.yaml").write_text(CARD, encoding="utf-8")
    (desk / "new.yaml").write_text(CARD.replace("pass_mark: 70", "pass_mark: 80"), encoding="utf-8")

    assert nowhere.rows("scorecard diff old.yaml old.yaml") == []
    assert [row["place"] for row in nowhere.rows("scorecard diff old.yaml new.yaml")] == ["pass_mark"]


def test_export_never_overwrites_unless_told_so(house: Terminal, desk: Path) -> None:
    line = "export raw --format xlsx --from 2026-03-01 --until 2026-03-31 --to a/b"
    path = desk / house.done(line).strip()
    path.write_text("notes of a coach", encoding="utf-8")

    said = house.refused(line)

    name = "a/b/ratings-2026-03-01-2026-03-31.xlsx"
    assert said == f"{name} is there already; move it away, or say --replace. [export-exists]"
    assert path.read_text(encoding="utf-8") == "notes of a coach"
    assert house.done(f"{line} --replace").strip() == str(path.relative_to(desk))
    assert path.read_bytes() != b"notes of a coach"
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_raw_data_comes_in_three_forms_and_csv_with_its_methods(house: Terminal, desk: Path) -> None:
    period = "--from 2026-03-01 --until 2026-03-31 --to raw"
    made = [house.done(f"export raw --format {form} {period}").split() for form in ("csv", "xlsx", "parquet")]

    name = "raw/ratings-2026-03-01-2026-03-31"
    assert made == [[f"{name}.csv", f"{name}-methods.txt"], [f"{name}.xlsx"], [f"{name}.parquet"]]
    assert "Period: Submitted 2026-03-01 to 2026-03-31, days of UTC\n" in (desk / made[0][1]).read_text(
        encoding="utf-8"
    )
    assert house.run("export raw --format pdf").exit_code == 2


def test_folder_that_cannot_be_made_is_named_before_any_report(house: Terminal, desk: Path) -> None:
    (desk / "packs").write_text("a file", encoding="utf-8")

    said = house.refused("export coaching 'Nina North' --to packs/new")

    where = "Nothing can be written to packs/new (Not a directory); name another folder with --to."
    assert said == f"{where} [export-unwritable]"
    # Nothing was exported, so the audit trail says nothing of it.
    assert [row["entries"] for row in house.rows("audit verify")] == [0]


def test_backup_never_overwrites(house: Terminal, desk: Path) -> None:
    house.done("db backup copies/one.sqlite")

    assert house.refused("db backup copies/one.sqlite") == (
        "No backup was made: copies/one.sqlite is there already; name another file. [backup-failed]"
    )


def test_backup_that_has_nowhere_to_go_is_refused(house: Terminal, desk: Path) -> None:
    (desk / "copies").write_text("a file", encoding="utf-8")

    said = house.refused("db backup copies/one.sqlite")

    assert said.endswith("[backup-failed]")
    assert "Not a directory" in said or "File exists" in said


def test_restored_database_has_what_was_backed_up(house: Terminal, desk: Path) -> None:
    house.done("db backup one.sqlite")
    house.done("user disable bo@example.org")

    house.done("db restore one.sqlite")

    assert [row["active"] for row in house.rows("user list") if row["email"] == BO.email] == [True]
    assert (house.folder / "plumbline.before-restore-1.sqlite").is_file()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_file_without_the_right_to_read_is_wrong_use(house: Terminal, desk: Path) -> None:
    (desk / "graded.jsonl").touch(mode=0o000)

    assert "is not readable" in house.refused("grade graded.jsonl", exit_code=2)


def test_ticket_ids_by_hand_must_exist(house: Terminal) -> None:
    reviewers = "--reviewer bo@example.org --reviewer cy@example.org"

    said = house.refused(f"calibration open W1 --scorecard care --ticket {TicketId('gone')} {reviewers}")

    assert said.endswith("[session-set-up]")


@pytest.mark.parametrize(
    "line",
    ["coaching 'Nina North'", "team North", "team North --format xlsx", "programme", "raw", "raw --format parquet"],
)
def test_export_of_a_period_without_a_review_says_so(line: str, house: Terminal, desk: Path) -> None:
    result = house.run(f"export {line} --from 2027-10-01 --until 2027-11-01 --to {desk}")

    assert result.exit_code == 0
    assert result.stderr.splitlines()[-1] == NOTHING_IN_PERIOD
    for path in desk.glob("*.xlsx"):
        summary = load_workbook(path)["Summary"]
        assert NOTHING_IN_PERIOD in [cell.value for row in summary.iter_rows() for cell in row]
