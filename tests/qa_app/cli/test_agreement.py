"""`plumbline agreement`: a file of ratings in, a report out."""

import io
import json
from pathlib import Path

import openpyxl
import pytest

from tests.qa_app.cli.terminal import Terminal

# Krippendorff's table of 12 units and 4 raters (2011): alpha for ordinal data is .815, and .743 for nominal.
ROWS = [
    (1, 1, None, 1),
    (2, 2, 3, 2),
    (3, 3, 3, 3),
    (3, 3, 3, 3),
    (2, 2, 2, 2),
    (1, 2, 3, 4),
    (4, 4, 4, 4),
    (1, 1, 2, 1),
    (2, 2, 2, 2),
    (None, 5, 5, 5),
    (None, None, 1, 1),
    (None, None, 3, None),
]
WORDS = [("no", "no"), ("no", "unsure"), ("yes", "yes"), ("unsure", "yes"), ("unsure", "no"), ("yes", "unsure")]
COMMAND = "agreement ratings.csv --scale 1..5 --bootstrap 100"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lines = [
        f"u{number:02},{rater},tone,{value}\n"
        for number, row in enumerate(ROWS, start=1)
        for rater, value in zip("ABCD", row, strict=True)
        if value is not None
    ]
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "ratings.csv").write_text("item,rater,criterion,value\n" + "".join(lines), encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def test_json_has_every_section_with_its_numbers(nowhere: Terminal, desk: Path) -> None:
    found = json.loads(nowhere.done(f"{COMMAND} --format json"))
    assert list(found) == [
        "plain",
        "read_first",
        "warnings",
        "coefficients",
        "applicability",
        "raters",
        "severity",
        "tests",
        "pairs",
        "items",
        "dependability",
        "steps",
        "methods",
    ]
    # A number without its scale is no result: ordinal weights depend on it.
    assert found["methods"][0] == {"topic": "Values", "text": "tone: ordinal, 1, 2, 3, 4, 5"}
    first = found["read_first"][0]
    alpha = round(first["measured"]["value"], 3)
    assert (first["criterion"], first["measure"], alpha) == ("tone", "Krippendorff's alpha", 0.815)
    # Unit 6, on which all four differ, holds agreement down most.
    assert found["items"][0]["item"] == "u06"


def test_table_begins_with_what_to_read_and_warns_in_words(nowhere: Terminal, desk: Path) -> None:
    printed = nowhere.done(COMMAND)
    assert printed.index("Read first") < printed.index("Warnings") < printed.index("All measures")
    assert "0.82 (" in printed
    assert (
        "Only 11 units have values from two raters. Read the interval, not the number, and take even that as" in printed
    )


def test_interval_is_named_and_can_be_the_formulas(nowhere: Terminal, desk: Path) -> None:
    def line(options: str) -> dict[str, object]:
        found = json.loads(nowhere.done(f"{COMMAND} --level interval --format json {options}"))
        (icc,) = (row for row in found["coefficients"] if row["measure"].startswith("ICC(1),"))
        return {"interval": icc["interval"], "low": icc["measured"]["low"], "both": icc["measured"]["resampled"]}

    # irrNA 0.2.3 (R), iccNA(x): ICC(1) of the table with holes, .678 to .948 by F.
    plain, analytic = line(""), line("--interval analytic")
    assert (plain["interval"], analytic["interval"]) == ("bootstrap", "analytic")
    assert plain["low"] == analytic["low"] == pytest.approx(0.678247949602172, rel=1e-9)
    assert plain["both"] is not None
    assert analytic["both"] is None


def test_steps_are_told_in_the_words_of_the_scale(nowhere: Terminal, desk: Path) -> None:
    rows = ["item,rater,criterion,value"]
    rows += [f"u{n},{rater},safe,{word}" for n in range(6) for rater, word in zip("AB", WORDS[n], strict=True)]
    (desk / "words.csv").write_text("\n".join(rows), encoding="utf-8")
    found = json.loads(nowhere.done("agreement words.csv --scale no,unsure,yes --bootstrap 100 --format json"))
    assert [row["meaning"] for row in found["steps"]] == ["no", "unsure", "yes"]


def test_level_is_that_of_the_command(nowhere: Terminal, desk: Path) -> None:
    found = json.loads(nowhere.done(f"{COMMAND} --level nominal --format json"))
    assert round(found["read_first"][0]["measured"]["value"], 3) == 0.743


def test_reference_has_a_section_and_counts_nowhere_else(nowhere: Terminal, desk: Path) -> None:
    found = json.loads(nowhere.done(f"{COMMAND} --reference D --critical 1 --format json"))
    assert [row["rater"] for row in found["reference"]] == ["A", "B", "C"]
    assert {row["rater"] for row in found["raters"]} == {"A", "B", "C"}
    assert all(row["hit_rate"] for row in found["reference"])
    plain = json.loads(nowhere.done(f"{COMMAND} --reference D --format json"))["reference"]
    # Nothing was called critical: a rate of false alarms of 0 would look like praise.
    assert {(row["hit_rate"], row["false_alarm_rate"]) for row in plain} == {(None, None)}


def test_workbook_has_a_sheet_for_each_section(nowhere: Terminal, desk: Path) -> None:
    name = nowhere.done(f"{COMMAND} --format xlsx").strip()
    assert name == "agreement-ratings.xlsx"
    book = openpyxl.load_workbook(io.BytesIO((desk / name).read_bytes()))
    assert (book.sheetnames[0], book.sheetnames[1], book.sheetnames[-1]) == ("Summary", "All measures", "Methods")
    sheet = book["All measures"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    header = next(row for row in cells if "Measure" in row)
    alpha = next(row for row in cells if "Krippendorff's alpha" in row)
    # irr 0.84.1 (R), kripp.alpha.
    assert alpha[header.index("Value")] == pytest.approx(0.815387503754881, abs=1e-14)
    # Two digits would show the p value of .002 as 0.00.
    (change,) = (cell.column for row in book["Raters"].iter_rows() for cell in row if cell.value == "Change")
    assert {row[change - 1].number_format for row in book["Raters"].iter_rows(min_row=6)} == {"0.000"}
    assert "[export-exists]" in nowhere.refused(f"{COMMAND} --format xlsx")
    assert nowhere.done(f"{COMMAND} --format xlsx --replace").strip() == name


def test_bad_lines_are_named_and_nothing_is_measured(nowhere: Terminal, desk: Path) -> None:
    with (desk / "ratings.csv").open("a", encoding="utf-8") as file:
        file.write("u13,A,tone,good\nu14,A,tone,9\n")
    said = nowhere.refused(COMMAND)
    assert "ratings.csv, line 43, value: 'good' is no number" in said
    assert "ratings.csv, line 44, value: 9 is not on the scale 1..5." in said
    assert "2 lines cannot be used; nothing done." in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--criterion tome", "near are tone"),
        ("--reference E", "The file has no rater of 'E'"),
        ("--reference D --critical 7", "The scale has no value of '7'"),
        ("--critical 1", "say which rater it is with --reference. [needs-reference]"),
    ],
)
def test_what_is_not_in_the_file_is_refused_with_what_is(nowhere: Terminal, desk: Path, line: str, said: str) -> None:
    assert said in nowhere.refused(f"{COMMAND} {line}")


def test_one_bad_line_is_one_line(nowhere: Terminal, desk: Path) -> None:
    with (desk / "ratings.csv").open("a", encoding="utf-8") as file:
        file.write("u13,A,tone,good\n")
    assert nowhere.refused(COMMAND).endswith("1 line cannot be used; nothing done.")


def test_shares_end_at_one_and_steps_are_written_as_they_are(nowhere: Terminal, desk: Path) -> None:
    printed = nowhere.done(COMMAND)
    rows = json.loads(nowhere.done(f"{COMMAND} --format json"))["raters"]
    assert all(0 <= row["same"]["low"] < row["same"]["high"] <= 1 for row in rows)
    # Student's interval of rater D alone would reach beyond 1.
    assert max(row["same"]["high"] for row in rows) == 1
    assert "│ 5 " in printed
    assert "5.00" not in printed


def test_mistyped_option_is_met_with_the_nearest(nowhere: Terminal, desk: Path) -> None:
    assert "--level" in nowhere.refused(f"{COMMAND} --levle nominal", exit_code=2)
