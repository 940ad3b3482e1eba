"""Time and memory of one call, and the table that compares them."""

import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from typing import NamedTuple

_ENOUGH_SECONDS = 0.3
_MOST_RUNS = 200
_LEAST_SECONDS = 2e-3
"""Of one reading: asking for the processor's time may itself take as long as a small table's coefficient."""


class Cost(NamedTuple):
    """The fastest of several runs."""

    cpu: float
    """Seconds of this process, which other jobs of the machine hardly change."""
    wall: float
    """Seconds on the clock."""


class Line(NamedTuple):
    """One comparison. Costs are seconds, or bytes where the section says so."""

    section: str
    table: str
    what: str
    ours: float
    reference: str
    theirs: float

    @property
    def ratio(self) -> float:
        """How many times the reference's cost ours is: above 1 we are the cheaper."""
        return self.theirs / self.ours


def time_call(call: Callable[[], object]) -> Cost:
    """The fastest run of a few; one run where that takes long."""
    best = _read_clocks(call, 1)
    times = max(1, int(_LEAST_SECONDS / max(best.wall, 1e-7)))
    spent = best.wall
    for _ in range(_MOST_RUNS):
        if spent > _ENOUGH_SECONDS:
            break
        cost = _read_clocks(call, times)
        best = Cost(min(best.cpu, cost.cpu), min(best.wall, cost.wall))
        spent += times * cost.wall
    return best


def _read_clocks(call: Callable[[], object], times: int) -> Cost:
    """Of one call, from so many in a row."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(times):
        call()
    return Cost((time.process_time() - cpu) / times, (time.perf_counter() - wall) / times)


def peak_memory(call: Callable[[], object]) -> float:
    """Bytes that the call allocated at its peak, numpy's arrays included."""
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return float(peak)


def show(lines: Sequence[Line]) -> str:
    """A Markdown table of costs: milliseconds, nanoseconds a rating, or MiB."""
    rows = [("what", "table", "ours", "reference", "its cost", "its cost / ours")]
    rows += [
        (
            f"{line.section}: {line.what}",
            line.table,
            _format(line, line.ours),
            line.reference,
            _format(line, line.theirs),
            f"{line.ratio:,.2f}",
        )
        for line in lines
    ]
    rows.insert(1, ("---",) * 6)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _format(line: Line, cost: float) -> str:
    if line.section == "memory":
        return f"{cost / 2**20:,.2f} MiB"
    return f"{cost * 1e9:,.0f} ns a rating" if line.section == "growth" else f"{cost * 1000:,.3f} ms"


def tell(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)
