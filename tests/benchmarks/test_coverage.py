"""That the coverage simulation knows the truth that it asks about, and prints its table."""

from itertools import product

import numpy as np
import pytest

from benchmarks.coverage import (
    COEFFICIENTS,
    FOLLOWED,
    ICC,
    ONE_WAY,
    SHARES,
    Setting,
    draw_ratings,
    main,
    simulate,
    true_values,
)
from benchmarks.tables import SCALE, Ids
from qa_app.stats.chance.bootstrap import KINDS
from qa_app.stats.chance.counting import count
from qa_app.stats.metric.icc import Form, icc
from qa_app.stats.ratings import Level, RatingsTable


@pytest.mark.parametrize(("agreement", "prevalence"), list(product(FOLLOWED, SHARES)))
def test_the_true_values_are_those_of_a_very_large_table(agreement: str, prevalence: str) -> None:
    setting = Setting(60_000, 3, agreement, prevalence, holes=0.0)
    values = draw_ratings(setting, np.random.Generator(np.random.Philox(2)))
    ids = Ids(tuple(map(str, range(60_000))), ("a", "b", "c"))
    counts = count(RatingsTable(values, np.zeros(values.shape, dtype=np.bool_), Level.INTERVAL, SCALE[:3], *ids))
    truth = true_values(setting)
    for name, wanted in COEFFICIENTS.items():
        found = KINDS[wanted.kind].compute(counts, wanted.weights)
        assert found is not None
        # Standard errors are below .003.
        assert found.value == pytest.approx(truth[name], abs=0.012)
    measured = icc(values, Form.AGREEMENT)
    assert getattr(measured, "estimate").value == pytest.approx(truth[ICC], abs=0.012)  # noqa: B009


def test_the_same_seed_counts_the_same() -> None:
    setting = Setting(20, 3, "moderate", "even", holes=0.3)
    once = simulate(setting, n_tables=3, n_resamples=50, seed=1)
    assert once == simulate(setting, n_tables=3, n_resamples=50, seed=1)
    assert {tally.asked for tally in once.values()} == {3}
    assert all(tally.held <= tally.given <= tally.asked for tally in once.values())


def test_the_table_has_a_row_for_every_size_and_coefficient(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--tables", "1", "--resamples", "20"])
    shown = capsys.readouterr().out
    first, rest = shown.split("\n\n", maxsplit=1)
    assert first == "Seed 20, 1 tables of each of 64 settings, 20 resamples."
    rows = [line.split(" | ")[:2] for line in rest.split("## By units, by prevalence")[0].splitlines()[5:25]]
    assert rows == [[f"| {size}", name] for size in (10, 20, 50, 200) for name in (*COEFFICIENTS, ICC, ONE_WAY)]
