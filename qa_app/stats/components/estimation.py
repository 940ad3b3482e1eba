"""Variance components of crossed and nested random effects: the entry."""

from collections.abc import Sequence

import numpy as np

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.components.anova import analogous_anova, sequential_anova
from qa_app.stats.components.counts import Design, build_design
from qa_app.stats.components.equations import Equations
from qa_app.stats.components.identification import explain_unidentified
from qa_app.stats.components.intervals import component_estimate, likelihood_covariance, wald_estimate
from qa_app.stats.components.likelihood import Likelihood, NoResidualError, maximise
from qa_app.stats.components.result import RESIDUAL, Method, VarianceComponents
from qa_app.stats.components.table import DesignError, Floats, LongTable, build_effect
from qa_app.stats.reasons import undefined


def variance_components(
    table: LongTable, effects: Sequence[str], *, method: Method = "reml", confidence: float = 0.95
) -> VarianceComponents | Undefined:
    """Variance components of the effects and the residual.

    Args:
        table: the scores with their facets.
        effects: names of facets or of facets joined by ":", e.g. ["p", "r", "p:r"]; the residual is implied.
        method: `reml` restricted maximum likelihood and `ml` maximum likelihood, neither below zero; `anova_type1`
            sequential sums of squares in the order of the effects; `henderson1` the analogous ANOVA; the last two
            keep negative estimates.
        confidence: of every interval.

    Returns:
        Undefined where the design cannot tell the components apart, or the effects reproduce every score.

    Raises:
        DesignError: an effect that the table does not have, no or repeated effects, or too many crossed levels.
    """
    if not effects or len(set(effects)) != len(effects):
        raise DesignError(f"effects must be named, each once: {list(effects)}")
    if table.n_rows == 0:
        return undefined("no-values", n_units=0, n_raters=0, n_values=0)
    design = build_design([build_effect(table, name) for name in effects], table.n_rows)
    fault = explain_unidentified(design)
    if fault is not None:
        return Undefined("not-identified", fault, n_units=0, n_raters=0, n_values=table.n_rows)
    if method in {"anova_type1", "henderson1"}:
        return _by_squares(table, design, method, confidence)
    return _by_likelihood(table, design, method, confidence)


def _by_likelihood(
    table: LongTable, design: Design, method: Method, confidence: float
) -> VarianceComponents | Undefined:
    centre = float(np.mean(table.scores))
    scores = table.scores - centre
    equations = Equations(design)
    likelihood = Likelihood(equations, equations.sums(scores[:, None]), restricted=method == "reml")
    try:
        optimum = maximise(likelihood, starting_point(design, scores))
    except NoResidualError:
        words = "The effects reproduce every score, so no residual variance is left to compare them with."
        return Undefined("no-residual", words, n_units=0, n_raters=0, n_values=table.n_rows)
    if not optimum.converged:
        words = f"The search for the components stopped at a slope of {optimum.gradient:.2g}."
        return Undefined("no-convergence", words, n_units=0, n_raters=0, n_values=table.n_rows)
    point = optimum.point
    values = np.append(point.variances, 1.0) * point.residual
    covariance = likelihood_covariance(likelihood, point)
    return VarianceComponents(
        table,
        design,
        method,
        _estimates(design, values, covariance, confidence),
        total=float(np.sum(values)),
        covariance=covariance,
        intercept=wald_estimate(
            centre + point.intercept,
            point.residual / point.precision,
            n_units=table.n_rows,
            n_values=table.n_rows,
            confidence=confidence,
        ),
        log_likelihood=-point.criterion / 2,
        reml_criterion=point.criterion if method == "reml" else None,
        at_zero=tuple(np.array(design.names)[point.variances == 0].tolist()),
        gradient=optimum.gradient,
        point=point,
    )


def starting_point(design: Design, scores: Floats) -> Floats:
    """Relative variances of the analogous ANOVA; for balanced designs they are the optimum where none is negative."""
    found = analogous_anova(design, scores)
    residual = found[-1] if found[-1] > 0 else 0.1 * float(np.var(scores))
    return found[:-1] / residual if residual > 0 else np.zeros(len(design.effects))


def _by_squares(table: LongTable, design: Design, method: Method, confidence: float) -> VarianceComponents:
    centre = float(np.mean(table.scores))
    scores = table.scores - centre
    names = (*design.names, RESIDUAL)
    if method == "henderson1":
        values = analogous_anova(design, scores)
        unknown = np.full((values.size, values.size), np.nan)
        return VarianceComponents(
            table,
            design,
            method,
            _estimates(design, values, unknown, confidence),
            total=float(np.sum(values)),
            covariance=None,
            intercept=_plain_mean(design, values, centre, confidence),
        )
    anova = sequential_anova(design, scores)
    values = anova.components
    return VarianceComponents(
        table,
        design,
        method,
        _estimates(design, values, anova.covariance, confidence),
        total=float(np.sum(values)),
        covariance=anova.covariance,
        intercept=_plain_mean(design, values, centre, confidence),
        ss=dict(zip(names, anova.ss.tolist(), strict=True)),
        ms=dict(zip(names, anova.ms.tolist(), strict=True)),
        df=dict(zip(names, anova.df.tolist(), strict=True)),
        df_total=anova.df_total,
    )


def _plain_mean(design: Design, values: Floats, mean: float, confidence: float) -> Estimate:
    """The mean of all scores, with the variance that the components give it."""
    n = float(design.n_rows)
    shares = np.array([*(e.counts @ e.counts / n**2 for e in design.effects), 1 / n])
    variance = float(shares @ values)
    return wald_estimate(mean, max(variance, 0.0), n_units=design.n_rows, n_values=design.n_rows, confidence=confidence)


def _estimates(design: Design, values: Floats, covariance: Floats, confidence: float) -> dict[str, Estimate]:
    sizes = [*(effect.n_levels for effect in design.effects), design.n_rows]
    return {
        name: component_estimate(value, variance, n_levels=size, n_values=design.n_rows, confidence=confidence)
        for name, value, variance, size in zip(
            (*design.names, RESIDUAL), values.tolist(), np.diag(covariance).tolist(), sizes, strict=True
        )
    }
