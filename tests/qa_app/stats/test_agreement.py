import pytest

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.agreement import measure_criterion
from qa_app.stats.ratings import Level, LongRow, build_table
from qa_app.stats.reasons import REASONS, undefined

SCALE = (1.0, 2.0, 3.0, 4.0, 5.0)


def rows_of(text: str) -> list[LongRow]:
    """Lines of units, signs of raters: a digit, n for not applicable, a dot for missing."""
    return [
        LongRow(f"t{unit}", f"r{rater}", None if sign == "n" else float(sign))
        for unit, line in enumerate(text.split())
        for rater, sign in enumerate(line)
        if sign != "."
    ]


def test_both_questions_are_answered_apart() -> None:
    table = build_table(rows_of("455 4nn 333 5n4 2.2 nnn"), level=Level.ORDINAL, categories=SCALE)
    agreement = measure_criterion(table, seed=7)
    assert (agreement.chosen, agreement.not_applicable, agreement.missing) == (11, 6, 1)
    # Graded: t0 1 of 3 pairs, t2 3 of 3, t3 none of 1, t4 1 of 1.
    assert isinstance(agreement.percent, Estimate)
    assert agreement.percent.value == pytest.approx(100 * (1 / 3 + 1 + 0 + 1) / 4)
    assert (agreement.percent.n_units, agreement.percent.n_raters, agreement.percent.n_values) == (4, 3, 10)
    assert isinstance(agreement.within_one, Estimate)
    assert agreement.within_one.value == 100.0
    # Applied: t0 3 of 3, t1 1 of 3, t2 3 of 3, t3 1 of 3, t4 1 of 1, t5 3 of 3.
    assert isinstance(agreement.applicable_percent, Estimate)
    assert agreement.applicable_percent.value == pytest.approx(100 * (4 + 2 / 3) / 6)
    # 17 values, 11 and 6; ordered pairs that differ: 2 x (4/2) within units, 132 among all: 1 - 16 x 4/132.
    assert isinstance(agreement.applicable_alpha, Estimate)
    assert agreement.applicable_alpha.value == pytest.approx(1 - 64 / 132)


def test_equal_answers_are_a_state_beside_full_percent_agreement() -> None:
    agreement = measure_criterion(build_table(rows_of("11 11 11"), level=Level.NOMINAL, categories=(0.0, 1.0)), seed=1)
    assert isinstance(agreement.kappa, Undefined)
    assert isinstance(agreement.alpha, Undefined)
    assert isinstance(agreement.applicable_alpha, Undefined)
    assert (agreement.kappa.reason, agreement.alpha.reason) == ("no-variation", "no-variation")
    # Wilson for 3 of 3 units: 3 / (3 + 1.959964^2) = 0.4385.
    assert isinstance(agreement.percent, Estimate)
    assert (agreement.percent.value, agreement.percent.high) == (100.0, 100.0)
    assert agreement.percent.low == pytest.approx(43.85, abs=0.005)
    assert agreement.percent.method == "Wilson score interval over units, 3 of 3 with agreement of all pairs"
    assert agreement.within_one is None


def test_no_agreement_on_any_unit_has_wilsons_upper_limit() -> None:
    agreement = measure_criterion(build_table(rows_of("12 21 12"), level=Level.NOMINAL, categories=SCALE), seed=1)
    assert isinstance(agreement.percent, Estimate)
    assert (agreement.percent.value, agreement.percent.low) == (0.0, 0.0)
    assert agreement.percent.high == pytest.approx(56.15, abs=0.005)
    assert agreement.percent.method == "Wilson score interval over units, 0 of 3 with agreement of any pair"


def test_the_same_share_on_every_unit_has_no_interval() -> None:
    agreement = measure_criterion(
        build_table(rows_of("112 223 334 445 551"), level=Level.NOMINAL, categories=SCALE), seed=1
    )
    assert isinstance(agreement.percent, Estimate)
    assert agreement.percent.low is None
    assert agreement.percent.method.startswith("no interval: the value is the same")


def test_one_ticket_is_never_an_agreement() -> None:
    agreement = measure_criterion(build_table(rows_of("123"), level=Level.ORDINAL, categories=SCALE), seed=1)
    reasons = [
        measured.reason
        for measured in (agreement.percent, agreement.within_one, agreement.kappa, agreement.alpha)
        if isinstance(measured, Undefined)
    ]
    assert reasons == ["one-unit"] * 4


def test_a_criterion_that_applied_nowhere_has_no_grade() -> None:
    agreement = measure_criterion(build_table(rows_of("nn nn"), level=Level.ORDINAL, categories=SCALE), seed=1)
    assert isinstance(agreement.alpha, Undefined)
    assert agreement.alpha.reason == "no-values"
    assert isinstance(agreement.applicable_percent, Estimate)
    assert agreement.applicable_percent.value == 100.0


def test_the_same_seed_gives_the_same_numbers() -> None:
    table = build_table(rows_of("123 234 345 455 n12 331"), level=Level.ORDINAL, categories=SCALE)
    assert measure_criterion(table, seed=3) == measure_criterion(table, seed=3)
    assert measure_criterion(table, seed=3) != measure_criterion(table, seed=4)


def test_every_reason_has_a_sentence() -> None:
    assert all(text.endswith(".") for text in REASONS.values())
    with pytest.raises(KeyError):
        undefined("no-idea", n_units=0, n_raters=0, n_values=0)
