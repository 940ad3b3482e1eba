"""That the benchmarks run and their table is built; times are nobody's test."""

import numpy as np
import pytest

from benchmarks.agreement import SECTIONS, compare
from benchmarks.baseline import bootstrap_alpha, nominal_alpha
from benchmarks.tables import SMALL, make_table, make_values, name_cells
from benchmarks.timing import Line, show
from qa_app.estimate import Estimate
from qa_app.stats.chance.alpha import krippendorff_alpha
from qa_app.stats.chance.counting import count


def test_the_baseline_computes_what_the_engine_computes() -> None:
    values = make_values(SMALL)
    measured = krippendorff_alpha(count(make_table(values, name_cells(SMALL))))
    assert isinstance(measured, Estimate)
    assert nominal_alpha(values) == pytest.approx(measured.value, abs=1e-14)
    drawn = bootstrap_alpha(values, 400, seed=1)
    assert float(np.mean(drawn)) == pytest.approx(measured.value, abs=0.03)


@pytest.mark.long
@pytest.mark.parametrize(("name", "what"), [("every", "all coefficients with SE"), ("reml", "REML, units x raters")])
def test_a_section_has_a_line_for_each_size(name: str, what: str) -> None:
    lines = compare([name], full=False)
    tables = [line.table for line in lines if line.reference == "numpy, alpha alone"]
    assert (tables, {line.what for line in lines}) == (["50 x 6", "1,000 x 10"], {what})
    assert all(line.ours > 0 and line.theirs > 0 for line in lines)


def test_the_table_shows_costs_in_their_units_and_the_ratio() -> None:
    lines = [
        Line("single", "50 x 6", "alpha", 0.0001, "krippendorff", 0.00015),
        Line("memory", "50 x 6", "alpha", 2**20, "irrCAC", 3 * 2**20),
        Line("growth", "1,000 x 10", "all with SE", 5e-8, "numpy, alpha alone", 1e-8),
    ]
    assert show(lines).splitlines() == [
        "| what | table | ours | reference | its cost | its cost / ours |",
        "| --- | --- | --- | --- | --- | --- |",
        "| single: alpha | 50 x 6 | 0.100 ms | krippendorff | 0.150 ms | 1.50 |",
        "| memory: alpha | 50 x 6 | 1.00 MiB | irrCAC | 3.00 MiB | 3.00 |",
        "| growth: all with SE | 1,000 x 10 | 50 ns a rating | numpy, alpha alone | 10 ns a rating | 0.20 |",
    ]


def test_every_section_has_sizes_for_both_forms() -> None:
    assert all(len(quick) <= len(full) for _, quick, full in SECTIONS.values())
