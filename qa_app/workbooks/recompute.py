"""The sheet that computes every score again, with live formulas beside the stored scores. Pure.

One review to a row, with all that its formulas take in the same row, so that the table can be sorted and filtered.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from qa_app.estimate import Estimate, Measured
from qa_app.reports import ReviewLine
from qa_app.words import NO_SCORE, NOTHING
from qa_app.workbooks.parts import head_sheet, plan_nothing
from qa_app.workbooks.plan import Cell, Column, Facts, Formula, Mark, Rule, Sheet, Style, Table, Text, Tone

RECOMPUTE = "Recompute"
AGREES, DIFFERS = "✓ agrees", "✗ differs"
_COLUMNS = (
    Column("No.", Style.COUNT, narrowest=6, widest=8),
    Column("Agent", narrowest=10, widest=22),
    Column("Ticket", narrowest=11, widest=18),
    Column("Scorecard", narrowest=14, widest=28),
    Column("Stands for", Style.TWO_DIGITS, narrowest=8, widest=8),
    Column("At most, %", Style.COUNT, narrowest=9, widest=9),
    Column("Form fail sets, %", Style.COUNT, narrowest=11, widest=11),
    Column("Raw, %", Style.ONE_DIGIT, narrowest=9, widest=9),
    Column("Raw again, %", Style.ONE_DIGIT, narrowest=9, widest=9),
    Column("Reported, %", Style.ONE_DIGIT, narrowest=11, widest=11),
    Column("Reported again, %", Style.ONE_DIGIT, narrowest=11, widest=11),
    Column("Agrees", narrowest=12, widest=12),
)
_STANDS_FOR, _AT_MOST, _SET_TO, _RAW, _RAW_AGAIN, _REPORTED, _REPORTED_AGAIN, _AGREES = range(5, 13)
"""Columns of the sheet, counted from 1."""
_PLACES = {
    name: (column, column)
    for name, column in {
        "limit": _AT_MOST,
        "set_to": _SET_TO,
        "stored": _RAW,
        "raw_again": _RAW_AGAIN,
        "reported": _REPORTED,
        "reported_again": _REPORTED_AGAIN,
    }.items()
}
_RUNS = {
    "values": ("Value", Style.THREE_DIGITS),
    "weights": ("Weight", Style.THREE_DIGITS),
    "down": ("Down", Style.COUNT),
}
"""Name in the formulas to header and style of a run of columns, one for each criterion."""
_NOTES = (
    (
        "Every row computes its scores again from the values (0 to 1) and the applied weights (shares of the "
        "whole) to its right: Raw again = 100 × Σ value × weight, at most “At most”; bonus comes on top of the "
        "standard weights, which add up to 1. Reported again leaves out what an auto-fail brought down (1 under "
        "Down), or is what an auto-fail of the form sets. What did not apply is empty and has no weight; where "
        "nothing has weight there is no score."
    ),
    (
        "The mean is Σ score × stands for / Σ stands for, over “Reported again”. A review stands for 1 / its "
        "inclusion probability tickets; one that was targeted or picked by hand stands for none and enters no mean."
    ),
    (
        "The mean, the columns “again” and “Agrees” are live formulas, the only ones of this workbook. They follow any "
        "change in Excel and LibreOffice; a viewer that does not calculate shows what they came to when the "
        "workbook was made. The stored scores beside them are values."
    ),
    (
        "Rounding: the application computes in exact fractions and rounds once, half up, to one decimal. Here "
        "values and weights have 12 decimals and programs compute in binary, so that an exact 81.25 may become "
        "81.2499999999 and then 81.2. The formulas therefore round to 8 decimals first. ROUND takes halves away "
        "from zero, which is half up, for no score is below 0."
    ),
)


def plan_recompute(
    lines: Iterable[tuple[str, ReviewLine]], criteria: Mapping[str, str], *, mean: Measured, who: str
) -> Sheet:
    """One row for each agent's name and review, in that order; lazily where `lines` come lazily.

    `criteria`: ids of all criteria with their labels, in reading order. `mean`: the headline score of these reviews.
    """
    if not criteria:
        return plan_nothing(RECOMPUTE, who, "No review was found for this period.")
    ids = list(criteria)
    numbers = tuple(
        Column(f"{name}: {label}", style, narrowest=11, widest=30)
        for name, style in _RUNS.values()
        for label in criteria.values()
    )
    rows = (_list_line(number, name, line, ids) for number, (name, line) in enumerate(lines, start=1))
    table = Table(
        columns=(*_COLUMNS, *numbers),
        rows=tuple(rows) if isinstance(lines, Sequence) else rows,
        name=RECOMPUTE,
        marks=(Mark("Agrees", "✓", Tone.GOOD), Mark("Agrees", "✗", Tone.BAD)),
    )
    differing = None
    if isinstance(lines, Sequence):
        differing = sum(not _agrees(line) for _, line in lines if line.recount is not None)
    count = Cell(Formula(Rule.COUNT_DIFFERING, {"all_agree": (_AGREES, _AGREES)}, differing), Style.FACT_COUNT)
    whole = {"all_scores": (_REPORTED_AGAIN, _REPORTED_AGAIN), "all_stand_for": (_STANDS_FOR, _STANDS_FOR)}
    headline = Formula(Rule.MEAN, whole, mean.value if isinstance(mean, Estimate) else NO_SCORE)
    return Sheet(
        RECOMPUTE,
        (
            *head_sheet(RECOMPUTE, who),
            *(Text(note, Style.NOTE) for note in _NOTES),
            Facts(
                (("Mean score, %", Cell(headline, Style.FACT_SCORE)), ("Reviews whose scores differ", count)),
                spans=(3, 1),
            ),
            table,
        ),
        header=RECOMPUTE,
        freeze=True,
        frozen_columns=3,
        printed_columns=len(_COLUMNS),
    )


def _list_line(number: int, name: str, line: ReviewLine, ids: Sequence[str]) -> tuple[Cell, ...]:
    counted, stored = line.recount, line.review.score
    stands_for = Cell(line.stands_for if line.stands_for is not None else NOTHING)
    head = (Cell(number), Cell(name), Cell(line.ticket.external_id), Cell(line.scorecard), stands_for)
    if counted is None or stored is None:
        return (*head, *(Cell(NOTHING),) * (_AGREES - len(head)), *(Cell(None),) * (3 * len(ids)))
    first = _AGREES + 1
    runs = {run: (first + place * len(ids), first + (place + 1) * len(ids) - 1) for place, run in enumerate(_RUNS)}
    places = _PLACES | runs
    parts = {part.criterion_id: part for part in counted.parts}
    found = [parts.get(key) for key in ids]
    return (
        *head,
        Cell(counted.limit if counted.limit is not None else NOTHING),
        Cell(counted.set_to if counted.set_to is not None else NOTHING),
        Cell(_show(stored.raw)),
        Cell(Formula(Rule.RAW, places, _result(counted.raw))),
        Cell(_show(stored.reported)),
        Cell(Formula(Rule.REPORTED, places, _result(counted.reported))),
        Cell(Formula(Rule.AGREES, places, AGREES if _agrees(line) else DIFFERS)),
        *(Cell(part.value if part else None) for part in found),
        *(Cell(part.weight if part else None) for part in found),
        *(Cell(1 if part and part.down else None) for part in found),
    )


def _agrees(line: ReviewLine) -> bool:
    counted, stored = line.recount, line.review.score
    return (
        counted is not None and stored is not None and (counted.raw, counted.reported) == (stored.raw, stored.reported)
    )


def _show(score: Decimal | None) -> Decimal | str:
    return NO_SCORE if score is None else score


def _result(score: Decimal | None) -> float | str:
    return NO_SCORE if score is None else float(score)
