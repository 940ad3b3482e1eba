"""D studies: how dependable a score is that averages over so many tickets, reviewers and criteria.

Brennan 2001, Generalizability Theory, sections 4.1-4.4 (balanced), 4.3 (fixed facets) and 7.2 (unequal numbers). The
universe-score variance is that of the object of measurement; relative error is what changes the order of objects,
absolute error what changes their scores.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import norm

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.stats.components.result import RESIDUAL, VarianceComponents
from qa_app.stats.components.table import DesignError, Effect, Floats, build_effect

Sizes = Mapping[str, float] | Literal["as_observed"]
Negative = Literal["zero", "keep"]


@dataclass(frozen=True, slots=True)
class DStudy:
    """What a design of so many conditions would give; variances and SEMs in (squared) score units."""

    object: str
    n: Sizes
    universe: Estimate
    error_relative: Estimate
    error_absolute: Estimate
    sem_relative: Estimate
    sem_absolute: Estimate
    generalizability: Measured
    """universe / (universe + relative error)."""
    dependability: Measured
    """universe / (universe + absolute error)."""
    note: str
    """What the standard errors and intervals do not know; empty where they know everything."""


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """How much of each component, residual last, goes into which variance; each of shape (effects + 1,)."""

    universe: Floats
    relative: Floats
    absolute: Floats


def d_study(
    fitted: VarianceComponents,
    *,
    object_of_measurement: str,
    n: Sizes = "as_observed",
    fixed: Iterable[str] = (),
    within: Mapping[str, str] | None = None,
    negative: Negative = "zero",
) -> DStudy:
    """The D study of a fitted table.

    Args:
        fitted: the variance components.
        object_of_measurement: the effect whose levels are scored, e.g. "agent".
        n: conditions of every other facet; of a nested facet, the conditions within one level of what it is nested
            in. "as_observed": each component is weighed by the mean over objects of sum(n_l^2) / n^2, where n_l counts
            the object's scores in level l (Brennan 2001, section 7.2; Rajaratnam, Cronbach & Gleser 1965): unequal
            subtests count by their length. No plain count can stand in for it where numbers are unequal.
        fixed: facets whose conditions are all there are (the criteria of one scorecard): their interaction with the
            object belongs to the universe score, and alone they are no error.
        within: facets that the future design nests though the data cross them, e.g. {"reviewer": "ticket"} when each
            ticket gets other reviewers: `n` then counts reviewers per ticket.
        negative: what becomes of negative components: `zero` (Brennan 2001, section 3.4.6) or `keep`.

    Raises:
        DesignError: the object is not an effect, or a facet has no number.
    """
    shares = component_shares(
        fitted, object_of_measurement=object_of_measurement, n=n, fixed=frozenset(fixed), within=within or {}
    )
    values = np.array(list(fitted.values.values()))
    if negative == "zero":
        values = np.maximum(values, 0.0)
    covariance = None if fitted.covariance is None else np.nan_to_num(fitted.covariance, nan=0.0)
    used = _list_used(fitted, shares)
    at_zero = [name for name, value in used.items() if value == 0]
    below = [name for name, value in used.items() if value < 0] if negative == "zero" else []
    summary = _Summary(fitted, values, covariance, "; components at zero taken as known" if at_zero else "")
    return DStudy(
        object_of_measurement,
        n,
        universe=summary.variance(shares.universe),
        error_relative=summary.variance(shares.relative),
        error_absolute=summary.variance(shares.absolute),
        sem_relative=summary.deviation(shares.relative),
        sem_absolute=summary.deviation(shares.absolute),
        generalizability=summary.ratio(shares.universe, shares.relative),
        dependability=summary.ratio(shares.universe, shares.absolute),
        note=_write_note(at_zero, below),
    )


def _list_used(fitted: VarianceComponents, shares: Shares) -> dict[str, float]:
    """The components that the study is made of."""
    used = (shares.universe + shares.absolute > 0).tolist()
    return {name: value for (name, value), counts in zip(fitted.values.items(), used, strict=True) if counts}


def _write_note(at_zero: Sequence[str], below: Sequence[str]) -> str:
    """At zero a likelihood has no curvature to take a standard error from, so none is counted there."""
    sentences = []
    if at_zero:
        sentences.append(
            f"Estimated at zero, where a component has no standard error: {', '.join(at_zero)}. Errors and intervals "
            "take that as known, so they are too narrow; a bootstrap of the components says how large it may be."
        )
    if below:
        sentences.append(f"Estimated below zero and counted as zero: {', '.join(below)}.")
    return " ".join(sentences)


def component_shares(
    fitted: VarianceComponents,
    *,
    object_of_measurement: str,
    n: Sizes,
    fixed: frozenset[str],
    within: Mapping[str, str],
) -> Shares:
    """Which part of each component is universe score, relative and absolute error; see `d_study`."""
    if object_of_measurement not in fitted.design.names:
        names = ", ".join(fitted.design.names)
        raise DesignError(f"the object of measurement must be an effect: {object_of_measurement!r} is not in {names}")
    scored = frozenset(object_of_measurement.split(":"))
    facets = [frozenset(effect.facets) for effect in fitted.design.effects]
    residual = frozenset().union(*facets) | (frozenset() if n == "as_observed" else frozenset(n))
    facets.append(residual)
    if isinstance(n, str):
        if within:
            raise DesignError("`within` changes the design, so it needs numbers and not the observed ones")
        weights = _observed_weights(fitted, object_of_measurement)
    else:
        weights = np.array([_planned_weight(names - scored, n, within) for names in facets])
    universe = np.array([scored >= names - fixed and bool(names & scored) for names in facets[:-1]] + [False])
    error = np.array([not names <= scored | fixed for names in facets[:-1]] + [True])
    about_object = np.array([scored <= names for names in facets[:-1]] + [True])
    return Shares(weights * universe, weights * (error & about_object), weights * error)


def _planned_weight(facets: frozenset[str], n: Mapping[str, float], within: Mapping[str, str]) -> float:
    """One over the number of conditions that a component is averaged over."""
    everything = set(facets)
    for facet in facets:
        holder = within.get(facet)
        while holder is not None and holder not in everything:
            everything.add(holder)
            holder = within.get(holder)
    missing = sorted(everything - set(n))
    if missing:
        raise DesignError(f"the D study needs a number for the facet {missing[0]!r}")
    sizes = np.array([n[facet] for facet in sorted(everything)], dtype=np.float64)
    if not np.all(sizes > 0):
        raise DesignError(f"numbers of conditions must be positive: {dict(n)}")
    return float(1 / np.prod(sizes))


def _observed_weights(fitted: VarianceComponents, name: str) -> Floats:
    """Mean over objects of sum(n_l^2)/n^2, for each effect and the residual."""
    scored = next(effect for effect in fitted.design.effects if effect.name == name)
    of_row = scored.counts[scored.codes]
    out = []
    for effect in fitted.design.effects:
        joint = _joint(fitted, scored, effect)
        # A level with n_l rows adds n_l^2/n^2, so each of its rows adds n_l/n^2.
        out.append(float(np.sum(joint.counts[joint.codes] / of_row**2)) / scored.n_levels)
    return np.array([*out, float(np.sum(1 / of_row**2)) / scored.n_levels])


def _joint(fitted: VarianceComponents, scored: Effect, effect: Effect) -> Effect:
    facets = dict.fromkeys((*scored.facets, *effect.facets))
    return build_effect(fitted.table, ":".join(facets))


@dataclass(frozen=True, slots=True, eq=False)
class _Summary:
    """Linear combinations of components, their roots and ratios, with delta-method errors."""

    fitted: VarianceComponents
    values: Floats
    covariance: Floats | None
    remark: str

    def variance(self, shares: Floats) -> Estimate:
        value = float(shares @ self.values)
        se = self._error(shares)
        return self._estimate(value, se, None, None, "no interval: a sum of components")

    def deviation(self, shares: Floats) -> Estimate:
        variance = float(shares @ self.values)
        value = float(np.sqrt(max(variance, 0.0)))
        se = self._error(shares / (2 * value)) if value > 0 else None
        return self._estimate(value, se, None, None, "no interval: the root of a sum of components")

    def ratio(self, signal: Floats, noise: Floats) -> Measured:
        top, error = float(signal @ self.values), float(noise @ self.values)
        if top + error <= 0 or top < 0 or error < 0:
            words = "A negative variance component leaves no share of variance to speak of."
            return Undefined("negative-variance", words, self._n_units, 0, self.fitted.table.n_rows)
        value = top / (top + error)
        if self.covariance is None:
            return self._estimate(value, None, None, None, "no interval: this method has no standard errors")
        slope = (signal * error - noise * top) / (top + error) ** 2
        se = self._error(slope)
        if se is None or not 0 < value < 1:
            return self._estimate(value, se, None, None, "no interval: the coefficient lies at its bound")
        reach = float(norm.isf((1 - self._confidence) / 2)) * se / (value * (1 - value))
        odds = np.log(top / error) + np.array([-reach, reach])
        low, high = (1 / (1 + np.exp(-odds))).tolist()
        return self._estimate(value, se, low, high, "delta method on the logit scale")

    @property
    def _n_units(self) -> int:
        return self.fitted.design.effects[0].n_levels

    @property
    def _confidence(self) -> float:
        return self.fitted.components[RESIDUAL].confidence

    def _error(self, slope: Floats) -> float | None:
        if self.covariance is None:
            return None
        return float(np.sqrt(max(float(slope @ self.covariance @ slope), 0.0)))

    def _estimate(self, value: float, se: float | None, low: float | None, high: float | None, words: str) -> Estimate:
        return Estimate(
            value,
            low,
            high,
            n_units=self._n_units,
            n_raters=0,
            method=words + self.remark,
            confidence=self._confidence,
            n_values=self.fitted.table.n_rows,
            se=se,
        )
