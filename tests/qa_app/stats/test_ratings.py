import numpy as np
import pytest

from qa_app.stats.ratings import Level, LongRow, RatingsTable, build_table


def test_rows_are_laid_out_with_three_kinds_of_cells() -> None:
    table = build_table(
        [LongRow("t1", "rita", 2.0), LongRow("t1", "rob", None), LongRow("t2", "rob", 0.0)],
        level=Level.ORDINAL,
        categories=(0.0, 1.0, 2.0),
    )
    assert (table.unit_ids, table.rater_ids) == (("t1", "t2"), ("rita", "rob"))
    np.testing.assert_array_equal(table.values, [[2.0, np.nan], [np.nan, 0.0]])
    np.testing.assert_array_equal(table.not_applicable, [[False, True], [False, False]])
    assert (table.n_chosen, table.n_not_applicable, table.n_missing) == (2, 1, 1)


def test_whether_it_applied_is_a_table_of_its_own() -> None:
    table = build_table(
        [LongRow("t1", "rita", 5.0), LongRow("t1", "rob", None)],
        level=Level.INTERVAL,
        unit_ids=["t1", "t2"],
    )
    applied = table.applicability()
    np.testing.assert_array_equal(applied.values, [[1.0, 0.0], [np.nan, np.nan]])
    assert (applied.level, applied.categories, applied.n_missing) == (Level.NOMINAL, (0.0, 1.0), 2)


def test_given_ids_fix_the_order_and_may_have_no_row() -> None:
    table = build_table(
        [LongRow("t2", "rob", 1.0)], level=Level.NOMINAL, unit_ids=["t1", "t2"], rater_ids=["rob", "rita"]
    )
    np.testing.assert_array_equal(table.values, [[np.nan, np.nan], [1.0, np.nan]])


def test_a_table_cannot_be_changed() -> None:
    table = build_table([LongRow("t1", "rita", 1.0)], level=Level.NOMINAL)
    with pytest.raises(ValueError, match="read-only"):
        table.values[0, 0] = 2.0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([LongRow("t", "rita", 1.0), LongRow("t", "rita", 2.0)], "two rows for unit 't' and rater 'rita'"),
        ([LongRow("t", "rita", None), LongRow("t", "rita", 2.0)], "two rows for unit 't' and rater 'rita'"),
        ([LongRow("t", "rita", 7.0)], "values outside of the declared scale"),
        ([LongRow("x", "rita", 1.0)], "is not in the given ids"),
        ([LongRow("t", "rob", 1.0)], "is not in the given ids"),
    ],
)
def test_rows_that_contradict_each_other_are_refused(rows: list[LongRow], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build_table(rows, level=Level.ORDINAL, categories=(1.0, 2.0), unit_ids=["t"], rater_ids=["rita"])


@pytest.mark.parametrize(
    ("values", "not_applicable", "categories", "message"),
    [
        ([[1.0, 2.0]], [[False, False]], (1.0, 2.0), "must have the shape"),
        ([[1.0]], [[True]], (1.0, 2.0), "cannot hold a value and be not applicable"),
        ([[np.inf]], [[False]], (), "must be finite"),
        ([[1.0]], [[False]], (2.0, 1.0), "must ascend without repeats"),
        ([[1.0]], [[False]], (1.0, 1.0), "must ascend without repeats"),
    ],
)
def test_parts_that_contradict_each_other_are_refused(
    values: list[list[float]], not_applicable: list[list[bool]], categories: tuple[float, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        RatingsTable(np.array(values), np.array(not_applicable), Level.ORDINAL, categories, ("t",), ("r",))
