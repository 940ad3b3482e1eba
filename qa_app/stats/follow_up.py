"""Before and after, for one person and for a team: how far a mean moved, and whether it moved further than the others'.

A person's group is its values with their inclusion probabilities; a pair is a later and an earlier group. Means within
a group are weighted by 1/probability (`difference`). A team's figures count each person once: reviews of one person
resemble each other, so that people, not reviews, are what varies (the summary-measures analysis of Matthews, Altman,
Campbell & Royston 1990, BMJ 300:230).
"""

from collections.abc import Sequence

import numpy as np
import scipy

from qa_app.estimate import Estimate, Measured
from qa_app.stats.difference import summarise, vary
from qa_app.stats.mean import mean
from qa_app.stats.reasons import undefined

Group = tuple[Sequence[float], Sequence[float]]
"""Values, and the probability with which each was drawn."""
Pair = tuple[Group, Group]
"""The later group, and the earlier one."""


def team_mean(people: Sequence[Group], *, bounds: tuple[float, float] | None = None) -> Measured:
    """The mean of the people's means, with Student's interval over people; people without a value are left out."""
    return mean([summarise(*group)[0] for group in people if group[0]], bounds=bounds)


def team_change(people: Sequence[Pair]) -> Measured:
    """The mean of the people's changes, with Student's interval; people who lack one of the two are left out."""
    return mean(_changes(people))


def against_others(own: Pair, others: Sequence[Pair], *, confidence: float = 0.95) -> Measured:
    """The difference in differences: one's own change less the mean change of the others, each of them counting once.

    Interval: the variances of one's own two means and of the others' mean change add up; Student's t with the degrees
    of freedom of Satterthwaite 1946, Biometrics Bulletin 2:110. It says whether the change differs from the others',
    not why it does. Undefined where one's own group is empty, or no other has both; without an interval where a group,
    or the changes, have one value only or equal ones.
    """
    later, earlier = own
    changes = _changes(others)
    n_values = len(later[0]) + len(earlier[0])
    if not later[0] or not earlier[0]:
        return undefined("no-values", n_units=0, n_raters=0, n_values=n_values)
    if not changes:
        return undefined("no-others", n_units=n_values, n_raters=0, n_values=n_values)
    (own_later, var_later), (own_earlier, var_earlier) = summarise(*later), summarise(*earlier)
    others_mean, var_others = summarise(changes, [1.0] * len(changes))
    value = own_later - own_earlier - others_mean
    groups = (later[0], earlier[0], changes)
    variances = (var_later, var_earlier, var_others)
    total = sum(variances)
    low, high, method = None, None, "no interval: too few values, or all equal, to show how they vary"
    if all(map(vary, groups)) and total > 0:
        freedom = 1.0 / sum((part / total) ** 2 / (len(of) - 1) for part, of in zip(variances, groups, strict=True))
        margin = float(scipy.stats.t.ppf((1 + confidence) / 2, freedom)) * total**0.5
        low, high = value - margin, value + margin
        method = f"difference in differences, {freedom:.1f} degrees of freedom, against {len(changes)} others"
    return Estimate(value, low, high, n_values, len(changes), method, confidence=confidence, n_values=n_values)


def beside_team(
    own: Pair, others: Sequence[Pair], *, least: int, bounds: tuple[float, float] | None = None
) -> tuple[Measured, Measured, Measured]:
    """The others' earlier mean, their change, and one's own change less theirs, of `least` others or more.

    The earlier mean is of all who have earlier values, so that it stands while nobody has later ones; a change is of
    those who have both. Of fewer that is the reason, unless later values are still to come from every one of them.
    """
    earlier = [group for _, group in others if group[0]]
    both = [pair for pair in others if pair[0][0] and pair[1][0]]
    few = undefined("few-others", n_units=len(both), n_raters=0, n_values=0)
    before = team_mean(earlier, bounds=bounds) if len(earlier) >= least else few
    if len(both) >= least:
        return before, team_change(both), against_others(own, both)
    waits = len(earlier) >= least and not any(later[0] for later, _ in others)
    missing = undefined("no-values", n_units=0, n_raters=0, n_values=0) if waits else few
    return before, missing, missing if all(group[0] for group in own) else against_others(own, [])


def paired(own: Sequence[float], others: Sequence[float]) -> Measured:
    """The mean of own less the other's value of the same thing, with Student's interval; raises ValueError on sizes."""
    if len(own) != len(others):
        raise ValueError("each value needs the other's of the same thing")
    return mean((np.asarray(own, dtype=np.float64) - np.asarray(others, dtype=np.float64)).tolist())


def _changes(people: Sequence[Pair]) -> list[float]:
    return [summarise(*later)[0] - summarise(*earlier)[0] for later, earlier in people if later[0] and earlier[0]]
