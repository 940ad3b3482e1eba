"""A statistic with its interval and counts, or no number and the reason why. No arithmetic here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number that says how far it can be trusted.

    `value`, `low` and `high` share one unit, named by whoever shows them; `low` and `high` are None only where the
    method has no interval, and `method` then says so.
    """

    value: float
    low: float | None
    high: float | None
    n_units: int
    n_raters: int
    method: str
    """How the interval was made, in words fit for a methods sheet."""
    confidence: float = 0.95
    n_values: int = 0
    """Ratings that went in."""


@dataclass(frozen=True, slots=True)
class Undefined:
    """No number. `reason` is a stable code, `explanation` one sentence for people."""

    reason: str
    explanation: str
    n_units: int
    n_raters: int
    n_values: int = 0


Measured = Estimate | Undefined
