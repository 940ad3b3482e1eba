"""Samples of times in milliseconds, and the table that shows them beside what they are held against."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Times:
    """What one kind of interaction took."""

    samples: tuple[float, ...]
    load: float
    """The machine's load average of the last minute when the last sample was taken."""

    def reached(self, share: float) -> float:
        """The time within which this share of the samples was done: a quantile by nearest rank."""
        return sorted(self.samples)[math.ceil(share * len(self.samples)) - 1]

    def describe(self) -> dict[str, float]:
        """Median, 95 % and slowest, and how many samples."""
        if not self.samples:
            return {"samples": 0}
        return {
            "samples": len(self.samples),
            "p50": round(self.reached(0.5), 1),
            "p95": round(self.reached(0.95), 1),
            "max": round(self.reached(1), 1),
            "load": round(self.load, 2),
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One interaction: alone, beside the baseline of the same run, and among many reviewers."""

    what: str
    target: float
    """Milliseconds that 95 % should keep to; among many reviewers twice as many."""
    alone: Times
    baseline: str
    beside: Times
    among: Times | None

    @property
    def met(self) -> bool:
        """Whether both targets are."""
        crowded = self.among is None or self.among.reached(0.95) <= 2 * self.target
        return self.alone.reached(0.95) <= self.target and crowded

    def describe(self) -> dict[str, object]:
        """For JSON."""
        return {
            "what": self.what,
            "target_ms": self.target,
            "alone": self.alone.describe(),
            "baseline": self.baseline,
            "beside": self.beside.describe(),
            "ratio_p95": round(self.alone.reached(0.95) / self.beside.reached(0.95), 2),
            "among": self.among and self.among.describe(),
            "met": self.met,
        }


def show(lines: Sequence[Line], *, reviewers: int) -> str:
    """A Markdown table of p50 / p95 / slowest in milliseconds."""
    rows = [
        ("what", "target", "alone", "baseline", "its time", "p95 ratio", f"among {reviewers}", "n", "met"),
        ("---",) * 9,
    ]
    rows += [
        (
            line.what,
            f"{line.target:g}",
            _word(line.alone),
            line.baseline,
            _word(line.beside),
            f"{line.alone.reached(0.95) / line.beside.reached(0.95):.2f}",
            _word(line.among) if line.among else "-",
            str(len(line.alone.samples)),
            "yes" if line.met else "no",
        )
        for line in lines
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _word(times: Times) -> str:
    return " / ".join(f"{times.reached(share):.0f}" for share in (0.5, 0.95, 1)) + f" (load {times.load:.1f})"
