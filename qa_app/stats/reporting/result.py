"""What a report of agreement holds. No arithmetic here."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.stats.advice import Caution, Recommendation
from qa_app.stats.benchmarking import Benchmark
from qa_app.stats.components.decisions import DStudy
from qa_app.stats.components.result import VarianceComponents
from qa_app.stats.margins.pairs import PairwiseTests
from qa_app.stats.margins.reference import AgainstReference
from qa_app.stats.margins.rest import AgainstRest
from qa_app.stats.margins.result import TestResult
from qa_app.stats.metric.results import LimitsOfAgreement
from qa_app.stats.ratings import Level
from qa_app.stats.severity.calibration import SeverityReport

Floats = NDArray[np.float64]
IntervalKind = Literal["bootstrap", "analytic"]
"""Which interval is shown where there are two: that of resampled units, or that of a formula (from the standard error;
of an ICC the F interval, which takes values as normal)."""
Row = dict[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One measure of one criterion."""

    measure_id: str
    name: str
    chance_corrected: bool
    measured: Measured
    """`low` and `high` are those of the standard error, `resampled` those of the bootstrap, where there are such."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A measure to read first, with its value and what that value allows to say."""

    advice: Recommendation
    measured: Measured
    benchmark: Benchmark | Undefined | None
    """The range of Landis & Koch 1977 that the coefficient reaches with 95 % probability (Gwet 2014, ch. 6); None for
    measures that are not corrected for chance."""


@dataclass(frozen=True, slots=True, eq=False)
class PairMatrix:
    """Every two raters, on the units that both gave a value; arrays of shape (raters, raters), 1 on the diagonal."""

    rater_ids: tuple[str, ...]
    agreement: Floats
    """Share of equal values; nan for a pair that shares no unit."""
    kappa: Floats
    """Cohen's kappa with the weights of the level; nan for a pair that shares no unit or shows no variation."""
    n_units: Floats
    """Units that both rated."""


@dataclass(frozen=True, slots=True)
class WithoutOne:
    """What the main chance-corrected coefficient becomes when one rater or one unit is left out."""

    left_out: str
    value: float | None
    """None where it then does not exist."""
    change: float | None
    """`value` less the value with everything; positive: agreement is better without."""


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """Who and what moves Krippendorff's alpha most."""

    raters: tuple[WithoutOne, ...]
    """Every rater with values, in the order of the table."""
    units: tuple[WithoutOne, ...]
    """The units that hold it down most, and those that hold it up, by their influence values; each recomputed without
    it, the largest rise first."""


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """Whether raters use the scale alike."""

    panel: TestResult | None
    """All raters at once: Cochran's Q or Friedman's test; None for names and for fewer than three raters."""
    panel_adjusted: float | None
    """The panel's p value, adjusted over the criteria of the report (Holm)."""
    pairs: PairwiseTests | None
    """Every two raters, p values adjusted over the pairs (Holm); None where there are too many to set out."""


@dataclass(frozen=True, slots=True, eq=False)
class Dependability:
    """Variance components of units and raters, and what a mean over more raters is worth."""

    components: VarianceComponents | Undefined
    studies: tuple[DStudy, ...]
    """For the numbers of raters in `report.PANELS`; empty without components."""


@dataclass(frozen=True, slots=True)
class Applicability:
    """Whether raters agreed that the criterion applied: a nominal question of its own."""

    percent: Measured
    alpha: Measured


@dataclass(frozen=True, slots=True, eq=False)
class CriterionReport:
    """Everything about one criterion. The reference, where there is one, counts as a rater nowhere but against it."""

    criterion: str
    level: Level
    scale: tuple[float, ...]
    """The declared scale; empty where any number is valid."""
    n_units: int
    """Units with a value."""
    n_raters: int
    """Raters with a value."""
    n_chosen: int
    n_not_applicable: int
    n_missing: int
    reading: tuple[Reading, ...]
    warnings: tuple[Caution, ...]
    coefficients: tuple[Coefficient, ...]
    left_out: tuple[str, ...]
    """Names of measures that were not computed, as there are too many pairs of raters and values."""
    applicability: Applicability | None
    """None where nobody said "not applicable"."""
    matrix: PairMatrix | None
    """None where there are too many raters to set out in pairs."""
    rest: tuple[AgainstRest, ...]
    reference: tuple[AgainstReference, ...]
    margins: Margins
    influence: Influence | None
    """None where alpha does not exist."""
    limits: LimitsOfAgreement | Undefined | None
    """Bland-Altman, for two raters of numbers."""
    dependability: Dependability | None
    """None for names."""


@dataclass(frozen=True, slots=True, eq=False)
class AgreementReport:
    """The report: criteria in the order given, severity over all of them, and how to make it again."""

    criteria: tuple[CriterionReport, ...]
    severity: SeverityReport | Undefined
    """Over all ordered criteria together."""
    reference: str | None
    seed: int
    n_resamples: int
    confidence: float

    def to_rows(self) -> list[Row]:
        """A tidy frame, one row a criterion and measure: `pandas.DataFrame(report.to_rows())`."""
        return [
            _row(one.criterion, line)
            for one in self.criteria
            for line in (*one.coefficients, *_applicability_lines(one.applicability))
        ]


def _applicability_lines(applicability: Applicability | None) -> tuple[Coefficient, ...]:
    if applicability is None:
        return ()
    return (
        Coefficient("applicable_percent", "Whether it applied: percent agreement", False, applicability.percent),
        Coefficient("applicable_alpha", "Whether it applied: Krippendorff's alpha", True, applicability.alpha),
    )


def _row(criterion: str, line: Coefficient) -> Row:
    found = line.measured
    estimate = found if isinstance(found, Estimate) else None
    resampled = estimate.resampled if estimate else None
    return {
        "criterion": criterion,
        "measure": line.measure_id,
        "name": line.name,
        "value": estimate.value if estimate else None,
        "se": estimate.se if estimate else None,
        "low": estimate.low if estimate else None,
        "high": estimate.high if estimate else None,
        "bootstrap_low": resampled.low if resampled else None,
        "bootstrap_high": resampled.high if resampled else None,
        "p": estimate.p if estimate else None,
        "observed": estimate.observed if estimate else None,
        "chance": estimate.chance if estimate and line.chance_corrected else None,
        "n_units": found.n_units,
        "n_raters": found.n_raters,
        "n_values": found.n_values,
        "method": estimate.method if estimate else None,
        "bootstrap_method": resampled.method if resampled else None,
        "undefined": None if estimate else str(found),
    }
