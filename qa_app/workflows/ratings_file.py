"""Agreement in a file of ratings, without a database: the way in for teams that only have a spreadsheet today."""

import csv
import math
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from qa_app.errors import Refused
from qa_app.stats.agreement import Agreement, measure_criterion
from qa_app.stats.ratings import Level, LongRow, build_table

_COLUMNS = ("item", "rater", "criterion", "value")
_ALIASES = {"item_id": "item", "rater_id": "rater", "unit": "item"}
_NOT_APPLICABLE = {"n/a", "na", "not applicable"}


class LevelName(StrEnum):
    """Levels of measurement as commands name them."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


def measure_file(
    path: Path, *, level: LevelName, scale: str | None, criterion: str | None, n_resamples: int, seed: int
) -> Mapping[str, Agreement]:
    """Agreement by criterion of a long CSV (item, rater, criterion, value); empty values are missing, `n/a` is not.

    Raises:
        Refused: a column is missing or a value does not fit; the message names the line.
    """
    categories = _read_scale(scale) if scale else ()
    names: dict[str | float, float] | None = {} if level is LevelName.NOMINAL and not categories else None
    rows: dict[str, list[LongRow]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for place, line in _read_lines(file, path.name):
                text = line["value"].strip()
                if text and criterion in {None, line["criterion"]}:
                    value = _read_value(text, names, place)
                    rows.setdefault(line["criterion"], []).append(LongRow(line["item"], line["rater"], value))
    except UnicodeDecodeError as error:
        raise Refused("ratings-encoding", f"{path.name} is no UTF-8 text; save it as CSV UTF-8.") from error
    return {
        name: _measure(found, level, categories, n_resamples=n_resamples, seed=seed) for name, found in rows.items()
    }


def _read_lines(file: TextIO, name: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each line with its place, by our own names of the columns; a line that ends early has empty cells."""
    reader = csv.DictReader(file, restval="")
    columns = {_ALIASES.get(column, column): column for column in reader.fieldnames or ()}
    missing = [column for column in _COLUMNS if column not in columns]
    if missing:
        raise Refused(
            "ratings-columns", f"{name} lacks the column(s) {', '.join(missing)}; it needs {', '.join(_COLUMNS)}."
        )
    for row in reader:
        yield f"{name}:{reader.line_num}", {column: row[columns[column]] for column in _COLUMNS}


def _measure(
    rows: list[LongRow], level: LevelName, categories: tuple[float, ...], *, n_resamples: int, seed: int
) -> Agreement:
    used = tuple(sorted({row.value for row in rows if row.value is not None}))
    try:
        table = build_table(rows, level=Level(level.value), categories=categories or used)
    except ValueError as error:
        raise Refused("ratings-table", f"These ratings make no table: {error}.") from error
    return measure_criterion(table, seed=seed, n_resamples=n_resamples)


def _read_scale(scale: str) -> tuple[float, ...]:
    low, dots, high = scale.partition("..")
    try:
        if dots:
            steps = [float(step) for step in range(int(low), int(high) + 1)]
        else:
            steps = sorted(float(step) for step in scale.split(","))
    except ValueError:
        steps = []
    if not steps or len(set(steps)) < len(steps) or not all(map(math.isfinite, steps)):
        raise Refused("ratings-scale", f"{scale!r} is no scale; write 1..5, or 0,1,2.")
    return tuple(steps)


def _read_value(text: str, names: dict[str | float, float] | None, place: str) -> float | None:
    """The number that stands there; where names are kept, the number of the name, and digits are a name like others."""
    if text.lower() in _NOT_APPLICABLE:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if names is not None:
        return names.setdefault(number if math.isfinite(number) else text, float(len(names)))
    if not math.isfinite(number):
        raise Refused(
            "ratings-value", f"{place}: {text!r} is no number; names need --level nominal and a scale left out."
        )
    return number
