"""What others notice while a million rows are exported: `python -m benchmarks.raw_others --folder FOLDER`.

A real server on the database of `benchmarks.raw_export`, and ten reviewers who grade all the time. They are watched for
a minute without an export, and for a minute while one is made the way the page makes it.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.desk.__main__ import Crowd, hold_crowd, serve_copy
from benchmarks.desk.database import email_of
from benchmarks.raw_export import FIRST, LAST, build
from benchmarks.timing import tell
from qa_app.workbooks.long import RawForm
from qa_app.workflows import access, delivery
from qa_app.workflows.dispatch import Order, Subject

_REVIEWERS, _THINK, _SECONDS = 10, 2.0, 60


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True)
    asked = parser.parse_args()
    data = build(asked.folder, asked.rows)
    print("| | saves | p50, ms | p95, ms | submits | p50, ms | p95, ms | errors |")
    print("|---|---|---|---|---|---|---|---|")
    with serve_copy(data) as (house, installation):
        context = installation.context(access.find_actor(installation.store, email_of("admin")))
        with hold_crowd(house, installation, _REVIEWERS, _THINK) as report:
            time.sleep(_SECONDS)
        _print("nobody exports", report[0])
        with hold_crowd(house, installation, _REVIEWERS, _THINK) as report:
            ordered = delivery.order_export(context, Order(Subject.RAW, FIRST, LAST, RawForm.XLSX))
            time.sleep(_SECONDS)
            found = next(one for one in delivery.list_deliveries(context) if one.id == ordered.id)
            tell(f"the export is {found.progress}, {found.done:,} of {found.total:,} reviews")
        _print("while one exports", report[0])
        delivery.cancel_delivery(context, ordered.id)


def _print(what: str, crowd: Crowd) -> None:
    cells = [_describe(times.samples) for times in (crowd.saves, crowd.submits)]
    print(f"| {what} | {' | '.join(cells)} | {len(crowd.errors)} |", flush=True)


def _describe(samples: Sequence[float]) -> str:
    low, high = np.percentile(samples, [50, 95]) if samples else (float("nan"), float("nan"))
    return f"{len(samples)} | {low:.0f} | {high:.0f}"


if __name__ == "__main__":
    main()
