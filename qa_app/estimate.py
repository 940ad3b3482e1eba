"""A statistic with its interval and counts, or no number and the reason why. No arithmetic here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """Limits, or none, and how they were made, in words fit for a methods sheet."""

    low: float | None
    high: float | None
    method: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number that says how far it can be trusted.

    `value`, `low`, `high` and `se` share one unit, named by whoever shows them; `low` and `high` are None only where
    the method has no interval, and `method` then says so.
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
    se: float | None = None
    """Standard error, where the method has one."""
    p: float | None = None
    """p value of the test that `method` names, where there is one."""
    observed: float | None = None
    """Observed agreement, for measures that set it against chance."""
    chance: float | None = None
    """Agreement that chance would give, for measures that correct for it."""
    resampled: Interval | None = None
    """A bootstrap interval beside an analytic one, where both were asked for."""

    @property
    def shown(self) -> Interval:
        """The interval to show: the bootstrap's where it has limits, else the analytic one."""
        if self.resampled is not None and self.resampled.low is not None:
            return self.resampled
        return Interval(self.low, self.high, self.method)

    def __str__(self) -> str:
        """Such as `0.78 (0.61 to 0.89), n = 12 units, 4 raters`."""
        interval = self.shown
        known = interval.low is not None and interval.high is not None
        limits = f"{interval.low:.2f} to {interval.high:.2f}" if known else "no interval"
        sure = "" if self.confidence == 0.95 else f", {self.confidence * 100:.4g}% sure"
        units = f"{self.n_units} unit{'' if self.n_units == 1 else 's'}"
        return f"{self.value:.2f} ({limits}{sure}), n = {units}, {self.n_raters} raters"


@dataclass(frozen=True, slots=True)
class Undefined:
    """No number. `reason` is a stable code, `explanation` one sentence for people."""

    reason: str
    explanation: str
    n_units: int
    n_raters: int
    n_values: int = 0

    def __str__(self) -> str:
        """Such as `not defined: Only one rater has given values.`."""
        return f"not defined: {self.explanation}"


Measured = Estimate | Undefined
