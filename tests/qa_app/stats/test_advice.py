from qa_app.stats.advice import recommend, warn
from qa_app.stats.ratings import Level
from qa_app.stats.resampling import COVERAGE, COVERAGE_PAGE
from tests.qa_app.stats.tables import Row, make_table
from tests.qa_app.worked import read_worked

BALANCED: list[Row] = [(1, 1, 2), (2, 2, 2), (3, 3, 3), (4, 4, 5), (5, 5, 5)] * 8
SKEWED: list[Row] = [*[(1, 1, 1)] * 36, *[(1, 1, 2)] * 4]


def ids(rows: list[Row], level: Level, scale: tuple[float, ...] | None = None) -> list[str]:
    return [one.measure_id for one in recommend(make_table(rows, level, scale))]


def codes(rows: list[Row], level: Level = Level.ORDINAL) -> list[str]:
    return [one.code for one in warn(make_table(rows, level))]


def test_what_to_read_first_follows_from_level_raters_and_holes() -> None:
    two: list[Row] = [row[:2] for row in BALANCED]
    assert ids(BALANCED, Level.ORDINAL) == ["krippendorff_alpha", "within_one", "percent_agreement"]
    assert ids(BALANCED, Level.NOMINAL) == ["krippendorff_alpha", "percent_agreement"]
    assert ids(two, Level.NOMINAL) == ["cohen_kappa", "percent_agreement"]
    assert ids([*two, (1, None)], Level.NOMINAL) == ["krippendorff_alpha", "percent_agreement"]
    assert ids(BALANCED, Level.INTERVAL, ()) == ["icc_a_1", "krippendorff_alpha"]
    assert ids([*BALANCED, (1, None, 2)], Level.INTERVAL, ()) == ["krippendorff_alpha", "icc_1"]


def test_a_skewed_table_is_read_by_gwets_coefficient() -> None:
    first, second, third = recommend(make_table(SKEWED, Level.NOMINAL))
    assert (first.measure_id, second.measure_id, third.measure_id) == (
        "gwet_ac",
        "krippendorff_alpha",
        "percent_agreement",
    )
    # 116 of 120 values are 1.
    assert first.reason.startswith("97% of the values are the same.")


def test_one_value_throughout_is_read_as_percent_agreement() -> None:
    assert ids([(1, 1)] * 40, Level.NOMINAL) == ["percent_agreement"]
    assert codes([(1, 1)] * 40) == ["one-category"]


def test_nothing_to_compare_is_nothing_to_read() -> None:
    assert ids([(1, None), (2, None)], Level.ORDINAL) == []
    assert codes([(1, None), (2, None)]) == ["one-rater"]
    assert codes([(1, None), (None, 2)]) == ["no-pairs", "unconnected"]
    assert codes([(1, 2), (None, 2)]) == ["one-unit"]


def test_prevalence_paradox_is_said_with_its_numbers() -> None:
    (warning,) = warn(make_table(SKEWED, Level.NOMINAL))
    assert warning.code == "prevalence"
    # Fleiss' kappa by hand: agreement (36 + 4/3)/40 = .9333; chance (116/120)^2 + (4/120)^2 = .93556; -0.0345.
    assert "the same value in 93% of pairs, yet kappa is -0.03, because 97% of all values are the same" in warning.text


def test_few_units_are_counted() -> None:
    (few,) = warn(make_table([(1, 2), (2, 2), (3, 3)], Level.ORDINAL))
    assert few.text.startswith("Only 3 units have values from two raters")
    assert "below 5 there is nothing to resample" in few.text
    (some,) = warn(make_table([(1, 2), (2, 2), (3, 3)] * 6, Level.ORDINAL))
    assert some.text == (
        "Only 18 units have values from two raters. Read the interval, not the number, and take even that as too "
        "narrow: in a simulation 86 to 90 of 100 intervals of 95 % held the truth with 10 units, 77 for alpha "
        "where nearly all answers were alike, and 92 to 93 with 20 units (docs/algorithms/agreement/coverage.md)."
    )
    (more,) = warn(make_table([(1, 2), (2, 2), (3, 3)] * 7, Level.ORDINAL))
    assert more.text == "Only 21 units have values from two raters. Read the interval, not the number."


def test_the_coverage_that_is_told_is_that_of_its_page() -> None:
    page = COVERAGE_PAGE.removeprefix("docs/")

    def share(row: dict[str, str]) -> int:
        return int(float(row["BCa"].partition("%")[0]))

    def span(units: str) -> str:
        found = [share(row) for row in read_worked(page, "coverage by units") if row["units"] == units]
        return f"{min(found)} to {max(found)}"

    (skewed,) = (
        share(row)
        for row in read_worked(page, "coverage by units, by prevalence")
        if (row["units, by prevalence"], row["coefficient"]) == ("10, skewed", "alpha")
    )
    assert f"{span('10')} of 100 intervals of 95 % held the truth with 10 units, {skewed} for alpha" in COVERAGE
    assert f"{span('20')} with 20 units ({COVERAGE_PAGE})" in COVERAGE


def test_groups_of_raters_without_a_link_are_named() -> None:
    rows: list[Row] = [(1, 2, None, None, None), (2, 2, None, None, None)] * 10
    rows += [(None, None, 3, 3, 1), (None, None, 1, 2, 1)] * 10
    (warning,) = warn(make_table(rows, Level.ORDINAL))
    assert warning.code == "unconnected"
    assert "2 groups that share no unit, not even by way of others: r2, r3, r4; r0, r1." in warning.text


def test_pairs_who_never_met_are_counted_where_they_are_most() -> None:
    chain: list[Row] = [(1, 2, None, None, None), (None, 2, 3, None, None)]
    chain += [(None, None, 1, 2, None), (None, None, None, 4, 4)]
    (warning,) = warn(make_table(chain * 10, Level.ORDINAL))
    assert (warning.code, warning.text.partition(" never")[0]) == ("thin-overlap", "6 of 10 pairs of raters")


def test_raters_who_share_few_units_are_told_of() -> None:
    # Two blocks of twenty units that two raters each rate, and two units that all four rate.
    rows: list[Row] = [(1, 2, None, None), (2, 2, None, None)] * 10
    rows += [(None, None, 3, 3), (None, None, 1, 2)] * 10
    rows += [(1, 1, 2, 1), (3, 3, 3, 3)]
    (warning,) = warn(make_table(rows, Level.ORDINAL))
    assert warning.code == "few-shared"
    # Of six pairs four share the last two units alone.
    assert warning.text.startswith("4 of 6 pairs of raters share fewer than 5 of the 42 units. How far all 4 raters")
