"""The worked tables of docs/algorithms/scoring.md give the figures that they state."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from scorecards.answers import MISSING, NOT_APPLICABLE, Answer
from scorecards.document import load
from scorecards.model import Criterion, CriticalFamily, Scorecard
from scorecards.problems import Severity
from scorecards.scoring import RULE, Score, score

DOCUMENT = Path(__file__).parents[2] / "docs" / "algorithms" / "scoring.md"


@dataclass(frozen=True)
class WorkedRow:
    rule: str
    scorecard: Scorecard
    cells: dict[str, str]

    def __str__(self) -> str:
        return f"{self.rule}: {' '.join(self.cells.values())}"


def read_rows() -> Iterator[WorkedRow]:
    for block in re.split(r"^### ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        rule = block.split()[0]
        for form, table in re.findall(r"```yaml\n(.*?)```\n\n((?:\|[^\n]*\n)+)", block, flags=re.DOTALL):
            loaded = load(form, file=f"{rule}.yaml")
            assert [problem for problem in loaded.problems if problem.severity is Severity.ERROR] == []
            assert loaded.scorecard is not None
            header, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
            for row in rows:
                yield WorkedRow(rule, loaded.scorecard, dict(zip(header, row, strict=True)))


ROWS = tuple(read_rows())


def test_document_names_the_rule_and_works_every_step() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    steps = [f"S{number}" for number in range(1, 18)]
    assert text.startswith(f"# Scoring: the rule `{RULE}`\n")
    assert re.findall(r"^### (S\d+)", text, flags=re.MULTILINE) == steps
    assert list(dict.fromkeys(row.rule for row in ROWS)) == steps
    assert text.count("*Downside.*") == len(steps)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_worked_row_gives_its_figures(row: WorkedRow) -> None:
    criteria = {f"`{criterion.id}`": criterion for criterion in row.scorecard.criteria}
    answers = {criteria[name].id: answer(criteria[name], cell) for name, cell in row.cells.items() if name in criteria}
    found = score(row.scorecard, answers)
    stated = {name: cell for name, cell in row.cells.items() if name not in criteria}
    assert {name: figure(found, name, like=cell) for name, cell in stated.items()} == stated


def answer(criterion: Criterion, cell: str) -> Answer:
    if cell in {"–", "N/A"}:
        return MISSING if cell == "–" else NOT_APPLICABLE
    if cell.startswith('"'):
        return Answer.write(cell.strip('"'))
    return Answer.measure(Decimal(cell)) if criterion.number else Answer.choose(cell)


def figure(found: Score, name: str, *, like: str) -> str:
    """The figure of a result column, with as many decimals as the table shows where it shows the exact number."""
    kind, _, part = name.replace("`", "").rpartition(" ")
    values: dict[str, Callable[[], object]] = {
        "value of": lambda: next(each.value for each in found.criteria if each.criterion_id == part),
        "weight of": lambda: next(each.applied_weight for each in found.criteria if each.criterion_id == part),
        "section": lambda: next(each.raw for each in found.sections if each.section_id == part),
        "reported section": lambda: next(each.reported for each in found.sections if each.section_id == part),
        "skill": lambda: next(each.score for each in found.skills if each.skill == part),
        "": lambda: getattr(found, part.replace("-", "_")),
    }
    if part == "error":
        return words(found.critical_errors[CriticalFamily(kind)], like=like)
    return words(values[kind](), like=like)


def words(value: object, *, like: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, Decimal):
        return like if like not in {"none", ""} and value == Decimal(like) else str(value)
    if isinstance(value, tuple):
        return ", ".join(f"{fail.level} {fail.criterion_id}={fail.option_id}" for fail in value)
    return str(value)
