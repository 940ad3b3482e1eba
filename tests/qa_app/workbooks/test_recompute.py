"""The sheet that computes every score again: on the worked rows of docs/algorithms/scoring.md, and for any answers."""

import csv
import io
import re
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from db.records import AutoFailFlag, CriterionResult, Review, StoredScore
from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.recounts import Recount, ScorePart, recount
from qa_app.reports import ReviewLine
from qa_app.workbooks.plan import Book, Sheet, Style, Text
from qa_app.workbooks.recompute import plan_recompute
from scorecards.scoring import score
from scorecards.weights import percent, twelve_places
from tests.office import needs_office
from tests.qa_app.workbooks.agent_reports import make_agent_report
from tests.qa_app.workbooks.factories import MADE_AT
from tests.qa_app.workbooks.reading import read_table, write_bytes
from tests.scorecards.test_scoring_document import ROWS, WorkedRow, answer

COLUMNS = ("Raw, %", "Raw again, %", "Reported, %", "Reported again, %", "Agrees")
_EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Commas, quotes, UTF-8, as shown, each sheet as a file (LibreOffice, filter options for CSV)."""
STAND_FOR = (Decimal(1), Decimal("2.5"), None)
"""Drawn with probability 1 and 0.4, and picked by hand."""
LINE = make_agent_report(reviews=1).reviews[0]


def grade(row: WorkedRow) -> Review:
    """A review with the stored score of a worked row."""
    criteria = {f"`{criterion.id}`": criterion for criterion in row.scorecard.criteria}
    found = score(
        row.scorecard,
        {criteria[name].id: answer(criteria[name], cell) for name, cell in row.cells.items() if name in criteria},
    )
    results = tuple(CriterionResult(part.criterion_id, part.value, part.applied_weight) for part in found.criteria)
    flags = tuple(AutoFailFlag(fail.level.value, fail.criterion_id, fail.option_id) for fail in found.auto_fails)
    stored = StoredScore(found.rule, found.raw, found.reported, flags, found.passed, found.band, results)
    return replace(LINE.review, score=stored)


def list_worked() -> tuple[dict[str, str], list[tuple[str, ReviewLine]]]:
    """All worked rows of the document as reviews, and their criteria."""
    lines = []
    for number, row in enumerate(ROWS, start=1):
        review = grade(row)
        ticket = replace(LINE.ticket, external_id=f"{row.rule}-{number}")
        line = replace(LINE, review=review, ticket=ticket, recount=recount(review, row.scorecard))
        lines.append(("Nina", replace(line, stands_for=STAND_FOR[number % len(STAND_FOR)])))
    criteria = {
        part.criterion_id: part.criterion_id for _, line in lines if line.recount for part in line.recount.parts
    }
    return criteria, lines


def shown(stored: Decimal | None) -> str:
    return "no score" if stored is None else f"{stored.normalize():f}"


def forget_results(content: bytes) -> bytes:
    """The same workbook without what its formulas came to, so that a program has to calculate."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(target, "w") as changed:
        for name in parts.namelist():
            changed.writestr(name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", parts.read(name)))
    return target.getvalue()


def find_mean(lines: Sequence[tuple[str, ReviewLine]]) -> Measured:
    """Sum of score times what it stands for, over the sum of that."""
    pairs = [
        (line.review.score.reported, line.stands_for)
        for _, line in lines
        if line.review.score and line.review.score.reported is not None and line.stands_for
    ]
    if not pairs:
        return Undefined("no-values", "", 0, 0)
    value = sum(score * weight for score, weight in pairs) / sum(weight for _, weight in pairs)
    return Estimate(float(value), None, None, len(pairs), 0, "worked")


def make_book(lines: Sequence[tuple[str, ReviewLine]], criteria: Mapping[str, str]) -> Book:
    home = Sheet("Summary", (Text("Summary", Style.TITLE),))
    return Book(
        "Worked", "Scoring", MADE_AT, (home, plan_recompute(lines, criteria, mean=find_mean(lines), who="Worked rows"))
    )


def tell(stored: Decimal | None) -> object:
    return "no score" if stored is None else float(stored)


def test_every_worked_row_comes_out_again_with_its_result_kept() -> None:
    criteria, lines = list_worked()
    content = io.BytesIO(write_bytes(make_book(lines, criteria)))
    kept = read_table(load_workbook(content, data_only=True)["Recompute"], "Recompute")
    expected = [
        (tell(stored.raw), tell(stored.raw), tell(stored.reported), tell(stored.reported), "✓ agrees")
        for stored in (grade(row).score for row in ROWS)
        if stored is not None
    ]
    assert [tuple(row[name] for name in COLUMNS) for row in kept] == expected
    assert {row["Form fail sets, %"] for row in kept} == {"—", 0}
    assert {row["At most, %"] for row in kept} == {"—", 100}
    assert {row["Stands for"] for row in kept} == {1, 2.5, "—"}


@pytest.mark.long
@needs_office
def test_libreoffice_calculates_what_the_workbook_keeps(tmp_path: Path) -> None:
    criteria, lines = list_worked()
    (tmp_path / "worked.xlsx").write_bytes(forget_results(write_bytes(make_book(lines, criteria))))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", _EVERY_SHEET, "--outdir", str(tmp_path), "worked.xlsx"]
    subprocess.run(convert, check=True, capture_output=True, timeout=180, cwd=tmp_path)
    with (tmp_path / "worked-Recompute.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    start = next(number for number, row in enumerate(rows) if row[:1] == ["No."])
    places = [rows[start].index(name) for name in COLUMNS]
    found = [tuple(row[place] for place in places) for row in rows[start + 1 :]]
    scores = [stored for stored in (grade(row).score for row in ROWS) if stored is not None]
    expected = [
        (shown(one.raw), shown(one.raw), shown(one.reported), shown(one.reported), "✓ agrees") for one in scores
    ]
    assert found == expected
    facts = {row[0]: row[3] for row in rows}
    mean = find_mean(lines)
    assert isinstance(mean, Estimate)
    assert float(facts["Mean score, %"]) == pytest.approx(mean.value, abs=1e-12)
    assert facts["Reviews whose scores differ"] == "0"


def test_a_stored_score_that_was_tampered_with_is_marked() -> None:
    criteria, lines = list_worked()
    name, line = lines[0]
    assert line.review.score is not None
    tampered = replace(line, review=replace(line.review, score=replace(line.review.score, raw=Decimal("99.9"))))
    content = io.BytesIO(write_bytes(make_book([(name, tampered)], criteria)))
    workbook = load_workbook(content, data_only=True)
    (row,) = read_table(workbook["Recompute"], "Recompute")
    assert [row[name] for name in COLUMNS] == [
        99.9,
        float(line.review.score.raw or 0),
        row["Reported, %"],
        row["Reported, %"],
        "✗ differs",
    ]


@given(
    st.lists(
        st.tuples(st.integers(1, 50), st.integers(0, 8), st.integers(1, 8)).filter(lambda part: part[1] <= part[2]),
        min_size=1,
        max_size=30,
    )
)
def test_twelve_decimals_are_enough_to_round_like_the_exact_fraction(parts: list[tuple[int, int, int]]) -> None:
    total = sum(weight for weight, _, _ in parts)
    exact = sum((Fraction(weight, total) * Fraction(points, most) for weight, points, most in parts), Fraction(0))
    kept = tuple(
        ScorePart(str(place), twelve_places(Fraction(points, most)), twelve_places(Fraction(weight, total)), down=False)
        for place, (weight, points, most) in enumerate(parts)
    )
    assert Recount(kept, limit=100, set_to=None).raw == percent(exact)


def test_no_text_of_anybody_gets_into_a_formula() -> None:
    criteria = {"=1+1": '"&A1&"', "c": "=SUM(1)"}
    part = ScorePart("=1+1", Decimal(1), Decimal(1), down=False)
    line = replace(LINE, recount=Recount((part,), limit=100, set_to=None), scorecard='",A1)')
    content = write_bytes(make_book([("=cmd", line)], criteria))
    written = load_workbook(io.BytesIO(content))["Recompute"]
    formulas = {str(cell.value) for row in written.iter_rows() for cell in row if cell.data_type == "f"}
    row = written.tables["Recompute"].ref.rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    sums = f"SUMPRODUCT(M{row}:N{row},O{row}:P{row})"
    down = f"MIN(100*({sums}-SUMPRODUCT(M{row}:N{row},O{row}:P{row},Q{row}:R{row})),F{row})"
    counted = "SUMPRODUCT(--ISNUMBER(K:K),E:E)"
    assert formulas == {
        f'=IF({counted}=0,"no score",SUMPRODUCT(K:K,E:E)/{counted})',
        '=COUNTIF(L:L,"✗*")',
        f'=IF(SUM(O{row}:P{row})=0,"no score",ROUND(ROUND(MIN(100*{sums},F{row}),8),1))',
        f'=IF(SUM(O{row}:P{row})=0,"no score",IF(ISNUMBER(G{row}),G{row},ROUND(ROUND({down},8),1)))',
        f'=IF(AND(H{row}=I{row},J{row}=K{row}),"✓ agrees","✗ differs")',
    }
