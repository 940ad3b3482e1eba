"""Agreement in a file of ratings, without a database: the way in for teams that only have a spreadsheet today."""

import csv
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

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
    rows: dict[str, list[LongRow]] = {}
    names: dict[str, float] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns = {_ALIASES.get(name, name): name for name in reader.fieldnames or ()}
        missing = [name for name in _COLUMNS if name not in columns]
        if missing:
            raise Refused(
                "ratings-columns",
                f"{path.name} lacks the column(s) {', '.join(missing)}; it needs {', '.join(_COLUMNS)}.",
            )
        for row in reader:
            text = (row[columns["value"]] or "").strip()
            if text and (criterion is None or row[columns["criterion"]] == criterion):
                value = _read_value(text, level, names, f"{path.name}:{reader.line_num}")
                line = LongRow(row[columns["item"]], row[columns["rater"]], value)
                rows.setdefault(row[columns["criterion"]], []).append(line)
    return {
        name: _measure(found, level, categories, n_resamples=n_resamples, seed=seed) for name, found in rows.items()
    }


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
            return tuple(float(step) for step in range(int(low), int(high) + 1))
        return tuple(sorted(float(step) for step in scale.split(",")))
    except ValueError as error:
        raise Refused("ratings-scale", f"{scale!r} is no scale; write 1..5, or 0,1,2.") from error


def _read_value(text: str, level: LevelName, names: dict[str, float], place: str) -> float | None:
    if text.lower() in _NOT_APPLICABLE:
        return None
    try:
        return float(text)
    except ValueError as error:
        if level is LevelName.NOMINAL:
            return names.setdefault(text, float(len(names)))
        raise Refused("ratings-value", f"{place}: {text!r} is no number; names need --level nominal.") from error
