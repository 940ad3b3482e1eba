import io

import numpy as np
import pandas as pd
import pytest

from qa_app.estimate import Estimate, Interval, Undefined
from qa_app.stats.frames import read_long, read_wide
from qa_app.stats.ratings import Level
from qa_app.stats.reporting.report import report_agreement

LONG = pd.DataFrame(
    [
        ("t1", "bo", "tone", 5),
        ("t1", "cy", "tone", 4),
        ("t2", "cy", "tone", 2),
        ("t2", "bo", "tone", "n/a"),
        ("t3", "bo", "tone", None),
        ("t1", "bo", "pace", 1),
    ],
    columns=["item", "rater", "criterion", "value"],
)


def test_long_frame_becomes_a_table_for_each_criterion() -> None:
    tables = read_long(LONG, level=Level.ORDINAL, categories=(1, 2, 3, 4, 5))
    assert list(tables) == ["tone", "pace"]
    tone = tables["tone"]
    assert (tone.unit_ids, tone.rater_ids) == (("t1", "t2"), ("bo", "cy"))
    np.testing.assert_array_equal(tone.values, [[5, 4], [np.nan, 2]])
    assert tone.not_applicable.tolist() == [[False, False], [True, False]]


def test_columns_may_be_called_otherwise_and_be_a_dictionary() -> None:
    frame = {"ticket": ["t1", "t1"], "who": [7, 8], "grade": [1.5, float("nan")]}
    tables = read_long(frame, level=Level.INTERVAL, unit="ticket", rater="who", criterion=None, value="grade")
    table = tables["all"]
    assert (table.unit_ids, table.rater_ids) == (("t1",), ("7",))
    np.testing.assert_array_equal(table.values, [[1.5]])


def test_wide_frame_is_one_table() -> None:
    frame = pd.DataFrame({"bo": [5, None], "cy": [4, 2]}, index=["t1", "t2"])
    table = read_wide(frame, level=Level.ORDINAL)
    assert (table.unit_ids, table.rater_ids) == (("t1", "t2"), ("bo", "cy"))
    np.testing.assert_array_equal(table.values, [[5, 4], [np.nan, 2]])


def test_two_rows_for_one_cell_are_refused() -> None:
    twice = pd.concat([LONG, LONG.iloc[:1]])
    with pytest.raises(ValueError, match="two rows for unit 't1', rater 'bo'"):
        read_long(twice, level=Level.ORDINAL)


def test_a_word_is_no_number() -> None:
    with pytest.raises(ValueError, match="good"):
        read_long(LONG.assign(value="good"), level=Level.ORDINAL)


def test_report_goes_back_to_a_frame() -> None:
    random = np.random.default_rng(1)
    grades = pd.DataFrame(random.integers(1, 6, (20, 3)), columns=["bo", "cy", "di"])
    report = report_agreement({"tone": read_wide(grades, level=Level.ORDINAL)}, seed=1, n_resamples=50)
    frame = pd.DataFrame(report.to_rows())
    assert frame.set_index("measure").loc["krippendorff_alpha", "n_values"] == 60


def test_estimates_print_with_their_interval_and_counts() -> None:
    estimate = Estimate(0.781, 0.612, 0.887, n_units=12, n_raters=4, method="bootstrap")
    assert str(estimate) == "0.78 (0.61 to 0.89), n = 12 units, 4 raters"
    both = Estimate(0.5, 0.1, 0.9, 1, 2, "t", confidence=0.9, resampled=Interval(0.2, 0.8, "BCa"))
    assert str(both) == "0.50 (0.20 to 0.80, 90% sure), n = 1 unit, 2 raters"
    assert str(Estimate(1.0, None, None, 5, 2, "none")) == "1.00 (no interval), n = 5 units, 2 raters"
    assert str(Undefined("one-rater", "Only one rater.", 0, 1)) == "not defined: Only one rater."


def test_a_file_that_pandas_read_keeps_not_applicable_and_empty_apart() -> None:
    text = "item,rater,criterion,value\nt1,a,tone,4\nt1,b,tone,n/a\nt2,a,tone,\nt2,b,tone,3\n"
    frame = pd.read_csv(io.StringIO(text), keep_default_na=False)
    table = read_long(frame, level=Level.ORDINAL)["tone"]
    assert (table.n_chosen, table.n_not_applicable, table.n_missing) == (2, 1, 1)


def test_a_word_is_refused_by_name() -> None:
    frame = {"item": ["t1"], "rater": ["a"], "criterion": ["tone"], "value": ["good"]}
    with pytest.raises(ValueError, match="'good' is no number"):
        read_long(frame, level=Level.ORDINAL)
