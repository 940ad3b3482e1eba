"""What holds for every table."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.metric.concordance import lin_ccc, overall_ccc
from qa_app.stats.metric.correlation import mean_pearson, mean_spearman, pearson_r, spearman_rho
from qa_app.stats.metric.icc import Form, icc, step_up
from qa_app.stats.metric.incomplete import icc_missing
from qa_app.stats.metric.iota import iota
from qa_app.stats.metric.ranks import kendall_tau_b, kendall_w, kendall_w_missing
from qa_app.stats.metric.tables import Floats
from qa_app.stats.metric.unit_sums import UnitSums, sum_iccs, sum_one_way, sum_overall_ccc, sum_pair
from qa_app.stats.metric.variance_ratios import robinson_a

Measure = Callable[[Floats], object]


def by_form(form: Form) -> Measure:
    return lambda values: icc(values, form)


def by_form_with_holes(form: Form) -> Measure:
    return lambda values: icc_missing(values, form)


MANY: dict[str, Measure] = {
    **{form.value: by_form(form) for form in Form},
    "overall_ccc": overall_ccc,
    "kendall_w": kendall_w,
    "mean_spearman": mean_spearman,
    "mean_pearson": mean_pearson,
    "robinson_a": robinson_a,
    "iota": lambda values: iota([values], "quantitative"),
}
HOLES: dict[str, Measure] = {
    **{f"{form.value} with holes": by_form_with_holes(form) for form in Form},
    "kendall_w_missing": kendall_w_missing,
}
PAIR: dict[str, Measure] = {
    "lin_ccc": lin_ccc,
    "pearson_r": pearson_r,
    "spearman_rho": spearman_rho,
    "kendall_tau_b": kendall_tau_b,
}
grades = st.integers(min_value=1, max_value=5).map(float)
shapes = st.tuples(st.integers(2, 8), st.integers(2, 5))
complete = shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=grades))
pairs = st.integers(3, 9).flatmap(lambda n: arrays(np.float64, (n, 2), elements=grades))
holed = shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=st.one_of(grades, st.just(np.nan))))


def summary(result: object) -> tuple[float | None, ...] | str:
    """Value and limits, or the reason why there are none."""
    if isinstance(result, Undefined):
        return result.reason
    estimate = result if isinstance(result, Estimate) else getattr(result, "estimate", None)
    assert isinstance(estimate, Estimate)
    assert np.isfinite(estimate.value)
    return estimate.value, estimate.low, estimate.high


def alike(first: object, second: object) -> None:
    one, other = summary(first), summary(second)
    if isinstance(one, str) or isinstance(other, str):
        assert one == other
        return
    assert [limit is None for limit in one] == [limit is None for limit in other]
    numbers = [[0.0 if limit is None else limit for limit in found] for found in (one, other)]
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", [*MANY, *HOLES])
@given(table=complete, data=st.data())
def test_order_of_units_and_raters_does_not_matter(name: str, table: Floats, data: st.DataObject) -> None:
    rows = data.draw(st.permutations(range(table.shape[0])))
    columns = data.draw(st.permutations(range(table.shape[1])))
    measure = {**MANY, **HOLES}[name]
    alike(measure(table), measure(table[rows][:, columns]))


@pytest.mark.parametrize("name", HOLES)
@given(table=holed, data=st.data())
def test_order_does_not_matter_with_holes(name: str, table: Floats, data: st.DataObject) -> None:
    rows = data.draw(st.permutations(range(table.shape[0])))
    columns = data.draw(st.permutations(range(table.shape[1])))
    alike(HOLES[name](table), HOLES[name](table[rows][:, columns]))


@pytest.mark.parametrize("name", PAIR)
@given(table=pairs)
def test_two_raters_are_equals(name: str, table: Floats) -> None:
    alike(PAIR[name](table), PAIR[name](table[::-1, ::-1]))


@pytest.mark.parametrize("name", [*MANY, *HOLES])
@given(table=complete, location=st.integers(-50, 50), scale=st.sampled_from([0.25, 3.0, 10.0]))
def test_location_and_scale_do_not_matter(name: str, table: Floats, location: int, scale: float) -> None:
    measure = {**MANY, **HOLES}[name]
    alike(measure(table), measure(location + scale * table))


@pytest.mark.parametrize("name", [*MANY, *HOLES, *PAIR])
@given(values=st.lists(grades, min_size=3, max_size=8))
def test_perfect_agreement_is_1(name: str, values: list[float]) -> None:
    found = summary({**MANY, **HOLES, **PAIR}[name](np.column_stack([values, values])))
    if len(set(values)) == 1:
        assert found == "no-variation" or (name == "kendall_w_missing" and found == "constant-rater")
    else:
        assert found[0] == pytest.approx(1.0, abs=1e-12)


@given(table=complete)
def test_mean_of_raters_is_stepped_up(table: Floats) -> None:
    one, mean = (summary(icc(table, form)) for form in (Form.CONSISTENCY, Form.CONSISTENCY_AVERAGE))
    if not isinstance(one, str) and not isinstance(mean, str):
        assert one[0] is not None
        assert mean[0] == pytest.approx(step_up(one[0], table.shape[1]), rel=1e-9)


@given(table=complete)
def test_sums_of_units_give_the_same_values(table: Floats) -> None:
    found = totals(sum_iccs(table))
    for form, value in zip(Form, found, strict=True):
        expected = summary(icc(table, form))
        assert np.isnan(value) if isinstance(expected, str) else value == pytest.approx(expected[0], rel=1e-7, abs=1e-9)
    overall = summary(overall_ccc(table))
    if not isinstance(overall, str):
        assert totals(sum_overall_ccc(table))[0] == pytest.approx(overall[0], rel=1e-9, abs=1e-9)


@given(table=pairs)
def test_sums_of_pairs_give_the_same_values(table: Floats) -> None:
    ccc, r = summary(lin_ccc(table)), summary(pearson_r(table))
    found = totals(sum_pair(table))
    if not isinstance(ccc, str) and not isinstance(r, str):
        assert found[:2] == pytest.approx([ccc[0], r[0]], rel=1e-9, abs=1e-9)
    assert found[2] == pytest.approx(float((table[:, 0] - table[:, 1]).mean()), abs=1e-12)


def totals(sums: UnitSums) -> Floats:
    values: Floats = sums.resample(np.ones((1, sums.features.shape[0])))[0]
    return values


def test_resampling_is_the_same_as_repeating_rows() -> None:
    rng = np.random.Generator(np.random.Philox(3))
    table = rng.integers(1, 6, size=(12, 4)).astype(np.float64)
    counts = rng.multinomial(12, np.full(12, 1 / 12), size=5).astype(np.float64)
    found = sum_iccs(table).resample(counts)
    for row, drawn in zip(found, counts, strict=True):
        repeated = np.repeat(table, drawn.astype(int), axis=0)
        expected = [summary(icc(repeated, form))[0] for form in Form]
        assert row == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("middle", [2.0, np.nan])
def test_draw_without_variation_has_no_value_where_thirds_round(middle: float) -> None:
    table = np.array([[1, 1, 1], [1, middle, 5]], dtype=np.float64)  # its mean makes each 1 a little more or less
    sums = sum_one_way(table) if np.isnan(middle) else sum_iccs(table)
    assert np.isnan(sums.resample(np.array([[2.0, 0.0]]))).all()


@given(holed, st.integers(0, 2**32 - 1))
@settings(max_examples=40)
@example(np.array([[1, 1, 1], [1, np.nan, 5]]), 0)
def test_drawing_units_with_holes_is_measuring_them_as_often(table: Floats, seed: int) -> None:
    kept = table[~np.isnan(table).all(axis=1)]
    if len(kept) < 2:
        return
    drawn = np.random.Generator(np.random.Philox(seed)).multinomial(len(kept), np.full(len(kept), 1 / len(kept)), 5)
    found = sum_one_way(kept).resample(drawn.astype(np.float64))
    for row, times in zip(found, drawn, strict=True):
        for value, form in zip(row.tolist(), (Form.ONE, Form.ONE_AVERAGE), strict=True):
            expected = summary(icc_missing(np.repeat(kept, times, axis=0), form))
            if isinstance(expected, str) and np.isnan(value):
                continue
            assert value == pytest.approx(expected[0], rel=1e-9, abs=1e-12)


def test_jackknife_leaves_out_each_unit() -> None:
    table = np.random.Generator(np.random.Philox(4)).normal(size=(9, 3))
    left = np.array(
        [[summary(icc(np.delete(table, unit, axis=0), form))[0] for form in Form] for unit in range(9)],
        dtype=np.float64,
    )
    sums = sum_iccs(table)
    assert sums.leave_out() == pytest.approx(left, rel=1e-9, abs=1e-12)
    assert sums.jackknife() == pytest.approx(np.sqrt(8 / 9 * ((left - left.mean(axis=0)) ** 2).sum(axis=0)), rel=1e-9)
