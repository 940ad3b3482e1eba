from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, bootstrap, norm

from qa_app.estimate import Estimate, Interval
from qa_app.stats.chance.bootstrap import KINDS, Asked, Wanted, draw, resample, resample_each
from qa_app.stats.chance.counting import count, count_contingency
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.registry import find
from qa_app.stats.resampling import Drawn, Floats, Resampling, draw_counts, find_limits
from tests.qa_app.stats.tables import make_table

DATA = np.array([3.0, 8.0, 1.0, 9.0, 4.0, 4.0, 7.0, 2.0, 6.0, 30.0])
ONE = Resampling(seed=1)


def draw_means(data: Floats, resampling: Resampling, cells_at_once: int = 1000) -> Floats:
    return (
        np.concatenate([times @ data for times in draw_counts(data.size, resampling, cells_at_once=cells_at_once)])
        / data.size
    )


def interval_of(data: Floats, *, resampling: Resampling = ONE, drawn: Floats | None = None) -> Interval:
    means = draw_means(data, resampling) if drawn is None else drawn
    sample = Drawn(data.size, data.size)
    return find_limits(means, float(data.mean()), data - data.mean(), resampling, sample)


def limits_of(interval: Interval) -> tuple[float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


def test_limits_are_scipys_bca_at_the_widened_level() -> None:
    drawn = np.round(draw_means(DATA, ONE), 12)
    interval = interval_of(DATA)
    # Ten units: sqrt(10/9) x 2.262157 (Student's t, 9 degrees of freedom, .975) = 2.384523, twice its normal tail.
    level = 1 - 2 * norm.sf(2.384523)
    few = bootstrap((DATA,), np.mean, n_resamples=2, method="percentile")
    theirs = bootstrap(
        (DATA,),
        np.mean,
        n_resamples=0,
        confidence_level=level,
        bootstrap_result=replace(few, bootstrap_distribution=drawn),
    ).confidence_interval
    assert limits_of(interval) == pytest.approx((theirs.low, theirs.high), abs=1e-5)
    made = "bootstrap over units, BCa, widened for few units, 2000 resamples of 10 units, seed 1"
    assert interval.method.partition(";")[0] == made


def test_widening_fades_with_many_units() -> None:
    data = np.random.Generator(np.random.Philox(5)).normal(size=400)
    theirs = bootstrap((data,), np.mean, n_resamples=20_000, rng=np.random.default_rng(1)).confidence_interval
    interval = interval_of(data, resampling=Resampling(seed=1, n_resamples=20_000))
    assert limits_of(interval) == pytest.approx((theirs.low, theirs.high), abs=4e-3)


def test_the_same_seed_gives_the_same_draws_however_they_are_batched() -> None:
    once = draw_means(DATA, ONE)
    np.testing.assert_array_equal(draw_means(DATA, ONE), once)
    np.testing.assert_array_equal(draw_means(DATA, ONE, cells_at_once=70), once)
    assert not np.array_equal(draw_means(DATA, Resampling(seed=2)), once)


def test_many_units_too_are_drawn_the_same_however_they_are_batched() -> None:
    settings = Resampling(seed=1, n_resamples=300)
    once = np.concatenate(list(draw_counts(1001, settings)))
    assert once.shape == (300, 1001)
    for cells_at_once in (1, 5000, 100_000):
        batches = list(draw_counts(1001, settings, cells_at_once=cells_at_once))
        np.testing.assert_array_equal(np.concatenate(batches), once)
    np.testing.assert_array_equal(np.concatenate(list(draw_counts(1001, Resampling(1, 40)))), once[:40])


@pytest.mark.parametrize("n_units", [255, 256, 1001, 70_000])
def test_draws_of_many_units_are_multinomial(n_units: int) -> None:
    cells = 3_000_000
    times = np.concatenate(list(draw_counts(n_units, Resampling(seed=3, n_resamples=cells // n_units))))
    assert set(times.sum(axis=1, dtype=np.float64)) == {n_units}
    found = np.bincount(times.ravel().astype(np.intp), minlength=12)
    expected = times.size * binom.pmf(np.arange(8), n_units, 1 / n_units)
    # Six standard errors of a Poisson count.
    assert (np.abs(found[:8] - expected) < 6 * np.sqrt(expected) + 1).all()
    # Two units: covariance -1/n, so that half a resample's units have the variance n/4 of a fair coin.
    half = times[:, : n_units // 2].sum(axis=1, dtype=np.float64)
    share = (n_units // 2) / n_units
    assert half.var() / (n_units * share * (1 - share)) == pytest.approx(1, abs=6 * (2 / len(half)) ** 0.5)


def test_rows_that_stand_for_several_units_are_drawn_as_these() -> None:
    repeats = np.array([1.0, 3.0, 6.0])
    drawn = np.concatenate(list(draw_counts(10, Resampling(seed=1, n_resamples=4000), repeats=repeats)))
    assert set(drawn.sum(axis=1)) == {10.0}
    # Multinomial: means 1, 3, 6, standard errors of the mean of 4,000 below 0.03.
    assert drawn.mean(axis=0) == pytest.approx(repeats, abs=0.1)


def test_a_wanted_confidence_is_kept() -> None:
    narrow = limits_of(interval_of(DATA, resampling=Resampling(seed=1, confidence=0.5)))
    wide = limits_of(interval_of(DATA))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_below_five_units_there_is_no_interval() -> None:
    assert interval_of(DATA[:4]) == Interval(None, None, "no interval: 4 units are too few to resample, it takes 5")
    assert interval_of(DATA[:5]).low is not None


def test_an_interval_of_few_units_says_that_it_is_too_narrow() -> None:
    twenty = np.tile(DATA, 2)
    narrow = "; still too narrow below 20 units (docs/algorithms/agreement/coverage.md)"
    assert interval_of(twenty[:19]).method.endswith(narrow)
    assert "too narrow" not in interval_of(twenty).method


def test_a_value_that_never_varies_has_no_interval() -> None:
    assert interval_of(np.ones(6)) == Interval(
        None, None, "no interval: the value is the same in all of 2000 resamples of 6 units, seed 1"
    )


def test_undefined_resamples_are_left_out_and_counted() -> None:
    drawn = draw_means(DATA[:6], ONE)
    drawn[:700] = np.nan
    method = interval_of(DATA[:6], drawn=drawn).method
    assert "undefined in 700 of them, which were left out" in method


def test_mostly_undefined_resamples_give_no_interval() -> None:
    drawn = draw_means(DATA[:6], ONE)
    drawn[:1000] = np.nan
    interval = interval_of(DATA[:6], drawn=drawn)
    assert (interval.low, interval.high) == (None, None)
    assert interval.method.startswith("no interval: undefined in 1000 of ")


def test_a_value_at_the_end_of_its_distribution_takes_percentiles() -> None:
    drawn = draw_means(DATA, ONE) + 100.0
    assert "percentile" in interval_of(DATA, drawn=drawn).method


def make_ratings(random: np.random.Generator, n_units: int) -> RatingsTable:
    """Five steps, six raters of somewhat different severity, as in the documentation's simulation."""
    noise = random.normal(0, 0.8, (n_units, 6)) + np.linspace(-0.3, 0.3, 6)
    steps = np.digitize(random.normal(size=n_units)[:, None] + noise, [-1.2, -0.4, 0.4, 1.2]) + 1.0
    return make_table(steps.tolist(), Level.ORDINAL)


WANTED = [
    *(Wanted(kind, weights) for kind in sorted(KINDS) for weights in ("unweighted", "quadratic", "radical")),
    Wanted("krippendorff_alpha", "mid_ranks"),
]


def values_of(rows: list[list[float | None]]) -> list[float | None]:
    counts = count(make_table(rows))
    found = [KINDS[choice.kind].compute(counts, choice.weights) for choice in WANTED]
    return [None if coefficient is None else coefficient.value for coefficient in found]


ROWS: list[list[float | None]] = [
    [1, 2, 1, None],
    [3, 3, None, 4],
    [5, 4, 5, 5],
    [2, None, None, None],
    [1, 1, 1, 2],
    [None, 4, 2, 4],
    [3, 3, 3, 3],
]


def test_every_resample_is_the_coefficient_of_the_units_drawn() -> None:
    resampling = Resampling(seed=3, n_resamples=30)
    drawn = draw(count(make_table(ROWS)), WANTED, resampling)
    (times,) = draw_counts(len(ROWS), resampling)
    for place, counts in enumerate(times):
        again = values_of([row for row, often in zip(ROWS, counts, strict=True) for _ in range(int(often))])
        found = [float(drawn[choice][place]) for choice in WANTED]
        assert found == pytest.approx([np.nan if value is None else value for value in again], abs=1e-12, nan_ok=True)


def test_tables_that_share_their_draws_have_the_intervals_that_they_have_alone() -> None:
    random = np.random.Generator(np.random.Philox(4))
    cells = [[1, 2, 0], [0, 5, 1], [2, 0, 4]]
    tables = [count(make_ratings(random, 300)), count(make_ratings(random, 300)), count(make_ratings(random, 40))]
    wanted = [Wanted("gwet_ac"), Wanted("conger_kappa", "quadratic"), Wanted("krippendorff_alpha", "mid_ranks")]
    asked = [Asked(counts, wanted[:size]) for size, counts in enumerate([*tables, count_contingency(cells)])]
    for raters_too in (False, True):
        together = resample_each(asked, Resampling(seed=1, n_resamples=50), raters_too=raters_too)
        alone = [
            resample(*each, resampling=Resampling(seed=1, n_resamples=50), raters_too=raters_too) for each in asked
        ]
        assert together == alone


def test_resampled_raters_are_never_paired_with_themselves() -> None:
    # Two raters who never agree: where one of the two is drawn twice, there is no pair at all.
    counts = count(make_table([[1, 2], [2, 1], [1, 2], [3, 1], [2, 4], [1, 5]]))
    wanted = Wanted("percent_agreement")
    drawn = draw(counts, [wanted], Resampling(seed=1, n_resamples=400), raters_too=True)[wanted]
    assert set(drawn[~np.isnan(drawn)]) == {0.0}
    assert np.isnan(drawn).mean() == pytest.approx(0.5, abs=0.1)


def test_resampling_raters_too_widens_the_interval() -> None:
    counts = count(make_ratings(np.random.Generator(np.random.Philox(3)), 60))
    wanted = [
        Wanted("gwet_ac", "quadratic"),
        Wanted("conger_kappa", "quadratic"),
        Wanted("krippendorff_alpha", "mid_ranks"),
    ]
    for choice in wanted:
        low, high = limits_of(resample(counts, [choice], ONE)[choice])
        both = resample(counts, [choice], ONE, raters_too=True)[choice]
        wide_low, wide_high = limits_of(both)
        assert wide_high - wide_low > high - low
        assert both.method.startswith("bootstrap over units and raters, BCa")


@pytest.mark.long
def test_intervals_of_twelve_units_hold_the_true_alpha_about_as_often_as_they_say() -> None:
    random = np.random.Generator(np.random.Philox(3))
    alpha = find("krippendorff_alpha").compute
    truth = alpha(make_ratings(random, 20_000), Resampling(seed=1, n_resamples=2))
    assert isinstance(truth, Estimate)
    held = 0
    for _ in range(200):
        measured = alpha(make_ratings(random, 12), Resampling(seed=1, n_resamples=400))
        assert isinstance(measured, Estimate)
        assert measured.low is not None
        assert measured.high is not None
        held += measured.low <= truth.value <= measured.high
    assert 0.90 <= held / 200 <= 0.99
