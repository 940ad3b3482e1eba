"""The comparison of exports is worth what it finds; all payloads take minutes (`make formula-injection`)."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from qa_app.workbooks.text import CELL_LIMIT
from tests.office import needs_office
from tests.torture.formulas import EXPORTS, PAYLOADS, Read, Report, compare, export_all, read_here, run

SHEETS: Mapping[tuple[str, str], str] = {("a.csv", "A1"): "Quizzical", ("b.xlsx", "A1"): "of Quizzical"}


def test_payloads_are_as_many_as_the_promise_says() -> None:
    assert len(set(PAYLOADS)) == 33


@pytest.mark.long
def test_one_payload_in_every_text_makes_no_formula_and_comes_back() -> None:
    report = run(["=1+1"], office=False)
    assert report.problems == []
    files = {column.split(".")[0] for column in report.columns}
    assert files == set(EXPORTS)
    assert len(report.columns) > 90


@pytest.mark.long
@needs_office
def test_libreoffice_finds_no_formula_either() -> None:
    assert run(["\x00=1+1"]).problems == []  # the one that LibreOffice takes for a formula and others do not


@pytest.mark.long
def test_texts_of_forty_thousand_characters_are_cut_visibly_in_workbooks_and_whole_in_csv(tmp_path: Path) -> None:
    long = "word " * 8_000
    files = export_all(long, tmp_path / "long")
    assert {name.split(".")[0] for name in files} == set(EXPORTS)
    read = read_here(files)
    assert max(map(len, (text for (name, _), text in read.texts.items() if name.endswith(".xlsx")))) <= CELL_LIMIT
    cut = {name for (name, _), text in read.texts.items() if text.endswith(" characters in all]")}
    assert cut == {name for name in files if name.endswith(".xlsx") and name != "scorecard.xlsx"}
    assert {name for (name, _), text in read.texts.items() if text == long} == {
        "findings.csv",
        "raw.csv",
        "raw parquet.parquet",
    }


@pytest.mark.parametrize(
    ("texts", "formulas"),
    [
        ({("a.csv", "A1"): "=1+1", ("b.xlsx", "A1"): "of =1+1"}, {}),
        ({("a.csv", "A1"): "'=1+1", ("b.xlsx", "A1"): "of "}, {}),
        ({("a.csv", "A1"): "'=1+1"}, {("b.xlsx", "A1"): "=1+1"}),
        ({("a.csv", "A1"): "'=1+1", ("b.xlsx", "A1"): "of =1+1", ("b.xlsx", "A2"): "=1+1"}, {}),
    ],
    ids=["bare", "lost", "formula", "more"],
)
def test_a_file_that_differs_is_found(
    texts: Mapping[tuple[str, str], str], formulas: Mapping[tuple[str, str], str]
) -> None:
    good, bad = Report(), Report()
    right = {("a.csv", "A1"): "'=1+1", ("b.xlsx", "A1"): "of =1+1"}
    compare("=1+1", Read(right, {}), Read(SHEETS, {}), good, program="test")
    compare("=1+1", Read(texts, formulas), Read(SHEETS, {}), bad, program="test")
    assert (good.problems, bool(bad.problems)) == ([], True)
