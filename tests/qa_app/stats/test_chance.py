"""The kernel of chance-corrected agreement: published numbers, and laws that all coefficients keep."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.stats.chance.against_zero import NullTest, cohen_against_zero, fleiss_against_zero
from qa_app.stats.chance.alpha import krippendorff_alpha
from qa_app.stats.chance.bootstrap import KINDS, Wanted
from qa_app.stats.chance.coefficients import (
    brennan_prediger,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    percent_agreement,
)
from qa_app.stats.chance.comparing import Change, clustered_se, compare_paired, compare_periods, influences
from qa_app.stats.chance.counting import collapse, count, count_by_category, count_contingency, merge
from qa_app.stats.chance.counts import Counts
from qa_app.stats.chance.inference import Inference
from qa_app.stats.chance.pairs import all_raters_agreement, light_kappa, mean_pairwise_agreement
from qa_app.stats.chance.two_raters import bangdiwala_b, binary_indices, cohen_kappa, kappa_max, pabak, scott_pi
from qa_app.stats.chance.weights import WeightName, disagree, from_disagreement
from qa_app.stats.ratings import Level
from tests.qa_app.stats.tables import Row, make_table, ratings

# Fleiss 1971, Psychol. Bull. 76:378, table 1: 30 patients, 6 raters, 5 diagnoses.
FLEISS_ROWS = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""
FLEISS = [[int(sign) for sign in word] for word in FLEISS_ROWS.split()]
# Cohen 1968, Psychol. Bull. 70:213: 200 cases, two judges, three diagnoses.
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
# Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section D: 12 units, 4 observers.
KRIPPENDORFF: list[Row] = [
    tuple(None if sign == "." else int(sign) for sign in word)
    for word in ["11.1", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", ".555", "..11", "..3."]
]
WEIGHTS: list[WeightName] = [
    "unweighted", "linear", "quadratic", "radical", "ratio", "ordinal", "circular", "bipolar", "within_one",
]  # fmt: skip
WANTED = [
    *(Wanted(kind, weights) for kind in sorted(KINDS) for weights in ("unweighted", "quadratic", "radical")),
    Wanted("krippendorff_alpha", "mid_ranks"),
]


def counts_of(rows: Sequence[Sequence[float | None]], scale: Sequence[float] = ()) -> Counts:
    return count(make_table(rows, Level.NOMINAL, scale))


def estimate(measured: Measured) -> Estimate:
    assert isinstance(measured, Estimate)
    return measured


def compute(counts: Counts, wanted: Wanted) -> float | None:
    if counts.n_paired == 0:
        return None
    found = KINDS[wanted.kind].compute(counts, wanted.weights)
    return None if found is None else found.value


def test_cohens_table_gives_his_kappas() -> None:
    counts = count_contingency(COHEN)
    unweighted = estimate(cohen_kappa(counts, inference=Inference("large_sample", "normal_untruncated")))
    # statsmodels 0.15.0, cohens_kappa(tab): Cohen prints .492.
    assert unweighted.value == pytest.approx(0.49152542372881347, abs=1e-15)
    assert unweighted.se == pytest.approx(0.05100181557607786, abs=1e-15)
    assert (unweighted.low, unweighted.high) == pytest.approx((0.3915637020535469, 0.59148714540408), abs=1e-14)
    assert kappa_max(counts) == pytest.approx(0.8305084745762712, abs=1e-15)
    tested = cohen_against_zero(counts)
    assert isinstance(tested, NullTest)
    assert (tested.se_null, tested.statistic) == pytest.approx((0.051978936356595444, 9.456242435527354), abs=1e-13)
    assert tested.p == pytest.approx(3.1920825658487412e-21, rel=1e-9)
    # Cohen 1968 prints .348 with these weights.
    weights = from_disagreement([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert estimate(cohen_kappa(counts, weights=weights)).value == pytest.approx(0.347826086956522, abs=1e-14)


def test_cohens_kappa_keeps_the_direction_of_asymmetric_weights() -> None:
    # By hand: disagreement counts only where the second rater is higher. 1 of 4 units; by chance 1/2 x 1/2.
    counts = counts_of([[1, 1], [1, 2], [2, 2], [2, 1]])
    assert estimate(cohen_kappa(counts, weights=((1.0, 0.0), (1.0, 1.0)))).value == 0.0
    skewed = counts_of([[1, 1], [1, 1], [1, 2], [2, 2]])
    # Observed 1/4; chance 3/4 x 2/4 = 3/8 one way, 1/4 x 2/4 = 1/8 the other.
    assert estimate(cohen_kappa(skewed, weights=((1.0, 0.0), (1.0, 1.0)))).value == pytest.approx(1 / 3, abs=1e-15)
    assert estimate(cohen_kappa(skewed, weights=((1.0, 1.0), (0.0, 1.0)))).value == 1.0


def test_fleiss_table_gives_his_kappa() -> None:
    counts = count_by_category(FLEISS)
    # irrCAC 1.0 (R), fleiss.kappa.dist and gwet.ac1.dist; Fleiss prints .430.
    kappa = estimate(fleiss_kappa(counts))
    assert (kappa.value, kappa.se) == pytest.approx((0.430244520060141, 0.0541989355153328), abs=1e-14)
    assert (kappa.observed, kappa.chance) == pytest.approx((0.555555555555556, 0.219938271604938), abs=1e-14)
    ac = estimate(gwet_ac(counts))
    assert (ac.value, ac.se) == pytest.approx((0.447884515844564, 0.0556621416816179), abs=1e-14)
    # krippendorff 0.9.0, alpha(value_counts=x); statsmodels 0.15.0, fleiss_kappa(x, method="randolph").
    assert estimate(krippendorff_alpha(counts)).value == pytest.approx(0.4334098282820289, abs=1e-14)
    assert estimate(brennan_prediger(counts)).value == pytest.approx(0.4444444444444443, abs=1e-14)


def test_fleiss_kappa_of_complete_units_against_zero() -> None:
    counts = count(make_table(KRIPPENDORFF, Level.NOMINAL, ()), missing="listwise")
    tested = fleiss_against_zero(counts)
    assert isinstance(tested, NullTest)
    # irr 0.84.1 (R), kappam.fleiss(x, detail=TRUE)
    assert (tested.value, tested.statistic) == pytest.approx((0.641456582633053, 7.15210416854201), abs=1e-13)
    assert tested.p == pytest.approx(8.54649684356446e-13, rel=1e-9)
    second = fleiss_against_zero(counts, category=2.0)
    assert isinstance(second, NullTest)
    assert (second.value, second.statistic) == pytest.approx((0.611336032388664, 4.23546027437896), abs=1e-13)


def test_the_null_variance_needs_equal_numbers_of_ratings() -> None:
    with pytest.raises(ValueError, match="the same number of ratings"):
        fleiss_against_zero(counts_of(KRIPPENDORFF))


def test_krippendorffs_table_with_gwets_standard_errors() -> None:
    counts = counts_of(KRIPPENDORFF)
    circular = [
        function(counts, weights="circular", inference=Inference("gwet"))
        for function in (percent_agreement, brennan_prediger, conger_kappa, fleiss_kappa, gwet_ac)
    ]
    # irrCAC 1.4 (R), pa.coeff.raw ... gwet.ac1.raw(x, weights = "circular")
    assert [estimate(found).value for found in circular] == pytest.approx(
        [0.902459180284077, 0.823546999488632, 0.805348881366914, 0.80719977015811, 0.830195139460961], abs=1e-13
    )
    assert [estimate(found).se for found in circular] == pytest.approx(
        [0.103680434100384, 0.136955640690352, 0.147478317146655, 0.148944059645329, 0.132651377254352], abs=1e-13
    )


def test_two_ordinal_alphas_differ() -> None:
    counts = counts_of(KRIPPENDORFF)
    # Krippendorff 2011 prints .815; irrCAC 1.4 (R), krippen.alpha.raw(x, weights = "ordinal") gives .8336.
    assert estimate(krippendorff_alpha(counts, metric=Level.ORDINAL)).value == pytest.approx(0.815, abs=5e-4)
    assert estimate(krippendorff_alpha(counts, metric="ordinal")).value == pytest.approx(0.8336, abs=5e-5)


def test_declared_categories_count_though_nobody_used_them() -> None:
    rows = [[1, 2], [2, 2], [1, 1], [5, 2]]
    declared, observed = make_table(rows), make_table(rows, Level.NOMINAL, ())
    # By hand: half of the units agree; 1 - (1/2) / (1 - 1/q).
    assert estimate(brennan_prediger(count(declared))).value == pytest.approx(1 - 0.5 / 0.8, abs=1e-15)
    assert estimate(brennan_prediger(count(observed))).value == pytest.approx(1 - 0.5 / (2 / 3), abs=1e-15)
    assert count(declared, categories_from="observed").scale.tolist() == [1.0, 2.0, 5.0]
    assert count(declared, categories_from="observed_ranked").scale.tolist() == [1.0, 2.0, 3.0]


def test_two_binary_raters() -> None:
    rows = [[0, 1], [1, 1], [0, 1], [0, 0], [0, 0], [0, 1], [0, 0], [0, 0], [1, 0], [0, 0]]
    counts = counts_of(rows, (0.0, 1.0))
    # epiR 2.0.57 (R), epi.kappa: PABAK .2, prevalence index .4, bias index .2.
    assert estimate(pabak(counts)).value == pytest.approx(0.2, abs=1e-15)
    indices = binary_indices(counts)
    assert (indices.prevalence, indices.bias) == pytest.approx((0.4, 0.2), abs=1e-15)
    # By hand: 4 of 10 differ, pooled shares 14/20 and 6/20: 1 - .4 / (2 x .7 x .3).
    assert estimate(scott_pi(counts)).value == pytest.approx(1 - 0.4 / 0.42, abs=1e-15)


def test_bangdiwalas_b() -> None:
    found = estimate(bangdiwala_b(count_contingency(COHEN), inference=Inference("large_sample")))
    # irrCAC 1.4 (R), bangdiwala.table(tab)
    assert (found.value, found.se) == pytest.approx((0.578536585365854, 0.0467784968626829), abs=1e-14)


def test_a_contingency_table_is_its_list_of_ratings() -> None:
    cells = [[3, 1, 0], [2, 4, 1], [0, 1, 2]]
    rows = [[first + 1, second + 1] for first in range(3) for second in range(3) for _ in range(cells[first][second])]
    listed, table = counts_of(rows, (1.0, 2.0, 3.0)), count_contingency(cells)
    for function in (
        percent_agreement,
        brennan_prediger,
        fleiss_kappa,
        conger_kappa,
        gwet_ac,
        cohen_kappa,
        light_kappa,
    ):
        one, two = estimate(function(listed, weights="quadratic")), estimate(function(table, weights="quadratic"))
        assert (one.value, one.n_units, one.n_values) == (two.value, two.n_units, two.n_values)
        assert (one.se, one.p) == pytest.approx((two.se, two.p), abs=1e-14)


def test_means_over_pairs_of_raters() -> None:
    rows: list[Row] = [(1, 1, None), (2, 2, 1), (1, 2, 1), (2, None, 2), (1, 1, 1)]
    counts = counts_of(rows, (1.0, 2.0))
    # By hand: raters 1 and 2 agree on 3 of 4, 1 and 3 on 3 of 4, 2 and 3 on 1 of 3.
    assert estimate(mean_pairwise_agreement(counts)).value == pytest.approx((0.75 + 0.75 + 1 / 3) / 3, abs=1e-15)
    # Chance: 1-2: 3 and 1 of 4 against 2 and 2: .5; 1-3: 2 and 2 of 4 against 3 and 1: .5; 2-3: 1, 2 against 3, 0: 1/3.
    assert estimate(light_kappa(counts)).value == pytest.approx((0.5 + 0.5 + 0.0) / 3, abs=1e-15)
    found = estimate(all_raters_agreement(counts))
    assert (found.value, found.n_units) == (1 / 3, 3)


def test_a_pair_without_variation_leaves_lights_kappa_undefined() -> None:
    found = light_kappa(counts_of([[1, 1, 2], [1, 1, 1], [1, 1, 2]]))
    assert isinstance(found, Undefined)
    assert found.reason == "pair-undefined"


@pytest.mark.parametrize("n_steps", [100, 127, 128, 400])
def test_steps_that_nobody_chose_change_no_unweighted_number(n_steps: int) -> None:
    # Places on these scales fill a byte, or more than that; squares of them do long before.
    short, long = (counts_of(KRIPPENDORFF, range(1, size + 1)) for size in (5, n_steps))
    for measure in (light_kappa, mean_pairwise_agreement, conger_kappa, fleiss_kappa, krippendorff_alpha):
        first, second = estimate(measure(short)), estimate(measure(long))
        assert (second.value, second.se) == pytest.approx((first.value, first.se), abs=1e-14)
    pair = [row[:2] for row in KRIPPENDORFF]
    first, second = (estimate(cohen_kappa(counts_of(pair, range(1, size + 1)))) for size in (5, n_steps))
    assert (second.value, second.se) == pytest.approx((first.value, first.se), abs=1e-14)


@pytest.mark.parametrize("weights", WEIGHTS)
def test_named_weights_agree_fully_with_themselves_and_least_at_the_ends(weights: WeightName) -> None:
    shares = disagree(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), weights).shares
    assert np.diag(shares).tolist() == [0.0] * 5
    assert (shares == shares.T).all()
    assert float(shares.max()) == pytest.approx(1.0, abs=1e-15)


def test_gwets_ordinal_weights_of_five_categories() -> None:
    # Gwet 2014, table 3.4: 1, .9, .7, .4, 0 from one end of five categories.
    assert 1 - disagree(np.arange(5.0), "ordinal").shares[0] == pytest.approx([1, 0.9, 0.7, 0.4, 0], abs=1e-15)


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        disagree(np.arange(3.0), ((1.0, 0.0), (0.0, 1.0)))
    with pytest.raises(ValueError, match="1 on the diagonal"):
        disagree(np.arange(2.0), ((1.0, 0.0), (0.0, 0.5)))
    with pytest.raises(ValueError, match="from 0 upwards"):
        disagree(np.array([-1.0, 1.0]), "ratio")
    with pytest.raises(ValueError, match="only Krippendorff's alpha"):
        fleiss_kappa(counts_of([[1, 2], [2, 2]]), weights="mid_ranks")


@pytest.mark.parametrize("wanted", WANTED, ids="-".join)
@settings(max_examples=15)
@given(rows=ratings(units=6))
def test_influence_is_the_derivative_by_a_units_weight(wanted: Wanted, rows: list[Row]) -> None:
    counts = counts_of(rows, (1.0, 2.0, 3.0, 4.0, 5.0))
    if compute(counts, wanted) is None or counts.n_paired < 2:
        return
    found = influences(counts, wanted)
    assert not isinstance(found, Undefined)
    assert float(found.sum()) == pytest.approx(0.0, abs=1e-9)
    # As a function of the units' weights, without the small-sample factor (N - 1) / N of alpha: central differences.
    step, large = 1, 10**6
    coefficient = KINDS[wanted.kind].compute(counts, wanted.weights)
    assert coefficient is not None

    for place in np.flatnonzero(counts.n_ratings > 0):
        around = []
        for sign in (-1, 1):
            times = np.full(len(rows), float(large))
            times[place] += sign * step
            value = compute(replace(counts, repeats=times), wanted)
            assert value is not None
            around.append(value)
        slope = (around[1] - around[0]) / (2 * step) * large * coefficient.n_units
        assert found[place] == pytest.approx(slope, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("wanted", WANTED, ids="-".join)
@settings(max_examples=15)
@given(rows=ratings(raters=3, units=10), cut=st.integers(0, 10))
def test_counts_of_batches_are_the_counts_of_the_whole(wanted: Wanted, rows: list[Row], cut: int) -> None:
    scale = (1.0, 2.0, 3.0, 4.0, 5.0)
    whole = counts_of(rows, scale)
    if not rows[:cut] or not rows[cut:]:
        return
    merged = merge(counts_of(rows[:cut], scale), counts_of(rows[cut:], scale))
    value = compute(whole, wanted)
    assert compute(merged, wanted) == value
    again = compute(collapse(merged), wanted)
    assert again == (None if value is None else pytest.approx(value, abs=1e-13))


def test_units_of_one_cluster_are_one_observation_when_they_are_equal() -> None:
    rows = [[1, 2], [2, 2], [1, 1], [3, 2], [3, 3]]
    wanted = Wanted("fleiss_kappa")
    once = estimate(fleiss_kappa(counts_of(rows)))
    four = counts_of([row for row in rows for _ in range(4)])
    assert clustered_se(four, wanted, [place for place in range(5) for _ in range(4)]) == pytest.approx(
        once.se, abs=1e-14
    )


def test_a_coefficient_does_not_differ_from_itself() -> None:
    counts, wanted = counts_of(KRIPPENDORFF), Wanted("gwet_ac", "quadratic")
    paired = compare_paired(counts, wanted, counts, wanted)
    assert isinstance(paired, Change)
    assert (paired.difference, paired.se, paired.p) == (0.0, 0.0, None)
    apart = compare_periods(counts, counts, wanted)
    assert isinstance(apart, Change)
    assert (apart.difference, apart.p) == (0.0, 1.0)


def test_percent_agreement_compared_by_unit_is_a_paired_t_test() -> None:
    first, second = [[1, 1], [2, 2], [1, 2], [2, 2], [1, 1], [3, 3]], [[1, 2], [2, 2], [1, 2], [2, 1], [1, 1], [3, 1]]
    wanted = Wanted("percent_agreement")
    change = compare_paired(counts_of(first), wanted, counts_of(second), wanted)
    assert isinstance(change, Change)
    # R 4.2.2: t.test(c(0,1,0,0,1,0), c(1,1,0,1,1,1), paired = TRUE): t = -2.2361, df = 5, p = 0.07557.
    assert change.difference == pytest.approx(-0.5, abs=1e-15)
    assert change.difference / change.se == pytest.approx(-(5**0.5), abs=1e-12)
    assert change.p == pytest.approx(0.0755868184216124, abs=1e-12)


def test_a_finite_population_shrinks_the_standard_error() -> None:
    counts = counts_of(KRIPPENDORFF)
    open_ended = estimate(fleiss_kappa(counts))
    finite = estimate(fleiss_kappa(counts, inference=Inference(population_size=48)))
    assert (open_ended.se, finite.se) != (None, None)
    # 12 of 48 units: the variance times 3/4.
    assert (finite.se or 0) / (open_ended.se or 1) == pytest.approx(0.75**0.5, abs=1e-14)


def test_intervals_on_other_scales_stay_within_bounds() -> None:
    counts = counts_of(KRIPPENDORFF)
    fisher = estimate(fleiss_kappa(counts, inference=Inference(interval="fisher")))
    logit = estimate(percent_agreement(counts, inference=Inference(interval="logit")))
    assert None not in (fisher.low, fisher.high, logit.low, logit.high)
    assert -1 < (fisher.low or 0) < fisher.value < (fisher.high or 0) < 1
    assert 0 < (logit.low or 0) < logit.value < (logit.high or 0) < 1


def test_units_without_spread_have_no_interval() -> None:
    found = estimate(gwet_ac(counts_of([[1, 1], [2, 2], [1, 1], [2, 2]], (1.0, 2.0))))
    assert (found.value, found.se, found.low, found.p) == (1.0, 0.0, None, None)
    assert found.method == "no interval: all 4 units are alike, so they show no spread"
