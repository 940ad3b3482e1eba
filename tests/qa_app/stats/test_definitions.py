"""The engine against the definitions in fractions, and against other people's programs."""

from collections.abc import Callable

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from qa_app.estimate import Estimate, Measured
from qa_app.stats.chance.bootstrap import KINDS
from qa_app.stats.chance.counting import count
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.registry import find
from qa_app.stats.resampling import Resampling
from tests.qa_app.stats import definitions
from tests.qa_app.stats.tables import Row, make_table, ratings

FAST = Resampling(seed=1, n_resamples=2)
LEVELS = sorted(Level)


def krippendorff_alpha(table: RatingsTable, resampling: Resampling) -> Measured:
    return find("krippendorff_alpha").compute(table, resampling)


def conger_kappa(table: RatingsTable, resampling: Resampling) -> Measured:
    return find("conger_kappa" if table.level is Level.NOMINAL else "weighted_kappa").compute(table, resampling)


def percent_agreement(table: RatingsTable, resampling: Resampling) -> Measured:
    return find("percent_agreement").compute(table, resampling)


def within_one(table: RatingsTable, resampling: Resampling) -> Measured:
    return find("within_one").compute(table, resampling)


def has_pairs(rows: list[Row]) -> bool:
    return sum(sum(value is not None for value in row) >= 2 for row in rows) >= 2


def value_of(measured: Measured) -> float | None:
    if isinstance(measured, Estimate):
        return measured.value
    assert measured.reason == "no-variation"
    return None


@pytest.mark.parametrize("level", LEVELS)
@given(rows=ratings().filter(has_pairs))
def test_alpha_is_the_nearest_float_to_the_definition(level: Level, rows: list[Row]) -> None:
    exact = definitions.alpha(rows, level)
    value = value_of(krippendorff_alpha(make_table(rows, level), FAST))
    if level is Level.RATIO:  # its distances are no whole numbers
        assert value == (None if exact is None else pytest.approx(float(exact), abs=1e-13))
    else:
        assert value == (None if exact is None else float(exact))


@pytest.mark.parametrize("level", LEVELS)
@given(rows=ratings().filter(has_pairs))
def test_kappa_is_as_defined(level: Level, rows: list[Row]) -> None:
    exact = definitions.kappa(rows, quadratic=level is not Level.NOMINAL)
    value = value_of(conger_kappa(make_table(rows, level), FAST))
    assert value == (None if exact is None else pytest.approx(float(exact), abs=1e-13))


@given(rows=ratings().filter(has_pairs))
def test_percent_agreement_is_as_defined(rows: list[Row]) -> None:
    assert value_of(percent_agreement(make_table(rows), FAST)) == pytest.approx(
        float(definitions.percent(rows, apart=0)), abs=1e-15
    )
    assert value_of(within_one(make_table(rows, Level.ORDINAL), FAST)) == pytest.approx(
        float(definitions.percent(rows, apart=1)), abs=1e-15
    )


@pytest.mark.parametrize("kind", ["brennan_prediger", "fleiss_kappa", "gwet_ac"])
@given(rows=ratings().filter(has_pairs))
def test_pooled_coefficients_are_the_nearest_floats_to_their_definitions(kind: str, rows: list[Row]) -> None:
    exact = definitions.pooled(rows, kind, 5)
    found = KINDS[kind].compute(count(make_table(rows)), "linear")
    assert (None if found is None else found.value) == (None if exact is None else float(exact))


@pytest.mark.parametrize("level", LEVELS)
@given(rows=ratings(units=12).filter(has_pairs))
def test_alpha_equals_the_krippendorff_package(level: Level, rows: list[Row]) -> None:
    table = make_table(rows, level)
    value = value_of(krippendorff_alpha(table, FAST))
    if value is not None:
        # krippendorff 0.9.0
        theirs = krippendorff.alpha(
            reliability_data=table.values.T, level_of_measurement=level.value, value_domain=table.categories
        )
        assert value == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize(("level", "weights"), [(Level.NOMINAL, None), (Level.ORDINAL, "quadratic")])
@given(rows=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=30))
def test_kappa_of_two_raters_is_cohens(level: Level, weights: str | None, rows: list[tuple[int, int]]) -> None:
    value = value_of(conger_kappa(make_table(rows, level), FAST))
    if value is not None:
        first, second = zip(*rows, strict=True)
        # scikit-learn 1.9.1
        assert value == pytest.approx(
            cohen_kappa_score(first, second, labels=[1, 2, 3, 4, 5], weights=weights), abs=1e-12
        )


BINARY = [(0, 1), (1, 1), (0, 1), (0, 0), (0, 0), (0, 1), (0, 0), (0, 0), (1, 0), (0, 0)]
FIVE_NAMES = [(1, 2), (1, 1), (2, 2), (2, 2), (4, 2), (3, 3), (3, 3), (3, 3), (5, 5), (4, 4), (4, 4), (1, 4)]
# Gwet 2014: 15 units, 5 observers, values 0 to 3.
FIVE_OBSERVERS = """
112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111. .100. 0000. 1222. 33223 111.1
"""


@pytest.mark.parametrize(
    ("measure", "rows", "scale", "published"),
    [
        # Krippendorff 2011, section A: alpha = 0.095; section B: alpha = 0.692.
        (krippendorff_alpha, BINARY, (0.0, 1.0), 0.095),
        (krippendorff_alpha, FIVE_NAMES, None, 0.692),
        # By hand: 3 of 12 units differ; the margins 3 2 3 3 1 and 1 4 3 3 1 give 30/144 equal pairs by chance, so
        # 1 - (3/12) / (114/144).
        (conger_kappa, FIVE_NAMES, None, 1 - 36 / 114),
    ],
)
def test_published_values(
    measure: Callable[[RatingsTable, Resampling], Measured],
    rows: list[tuple[int, int]],
    scale: tuple[float, ...] | None,
    published: float,
) -> None:
    digits = 5e-4 if published in {0.095, 0.692} else 1e-12
    assert value_of(measure(make_table(rows, Level.NOMINAL, scale), FAST)) == pytest.approx(published, abs=digits)


@pytest.mark.parametrize(
    ("level", "measure", "value"),
    [
        # irrCAC 1.4 (R): pa.coeff.raw and conger.kappa.raw(x, weights = "unweighted" | "quadratic")
        (Level.NOMINAL, percent_agreement, 0.615555555555556),
        (Level.NOMINAL, conger_kappa, 0.469274278592656),
        (Level.INTERVAL, conger_kappa, 0.76178806050911),
    ],
)
def test_values_of_five_observers_with_holes(
    level: Level, measure: Callable[[RatingsTable, Resampling], Measured], value: float
) -> None:
    rows = [[None if sign == "." else int(sign) for sign in word] for word in FIVE_OBSERVERS.split()]
    table = make_table(rows, level, (0.0, 1.0, 2.0, 3.0))
    assert value_of(measure(table, FAST)) == pytest.approx(value, abs=1e-13)


def test_a_scale_with_decimals_is_summed_in_whole_numbers() -> None:
    # Thirds of a percent have no end in binary; a tenth of them neither. Equal steps must give equal numbers.
    tenths = make_table([[0.1, 0.2], [0.3, 0.3], [0.7, 0.6]], Level.INTERVAL, categories=())
    whole = make_table([[1, 2], [3, 3], [7, 6]], Level.INTERVAL, categories=())
    assert value_of(krippendorff_alpha(tenths, FAST)) == value_of(krippendorff_alpha(whole, FAST))


def test_many_decimals_are_taken_as_they_are() -> None:
    rows = [[1 / 3, 2 / 3], [1.0, 1.0], [2 / 3, 2 / 3]]
    alpha = value_of(krippendorff_alpha(make_table(rows, Level.INTERVAL, categories=()), FAST))
    assert alpha == pytest.approx(
        krippendorff.alpha(reliability_data=np.array(rows).T, level_of_measurement="interval"), abs=1e-12
    )
