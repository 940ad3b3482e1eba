"""A simulated team whose severities, drift and ambiguous criterion are known: what the calibration room is tried on.

A ticket has a quality, and one of its own on each criterion. A reviewer sees it with an error, less the reviewer's
severity, and gives the step into which that falls. On an ambiguous criterion the errors are large: everybody reads it
in a way of their own. A reviewer who has drifted is stricter than before by a known amount.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.tables import Floats

STEPS = np.array([-1.5, -0.5, 0.5, 1.5])
"""Between five levels, in standard deviations of the tickets' quality; three of four raters' steps agree or touch."""
Steps = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Team:
    """Who grades, and what. Everything in standard deviations of the tickets' quality."""

    severities: tuple[float, ...] = (-0.1, -0.1, 0.0, 0.0, 0.1, 0.1)
    n_criteria: int = 8
    own: float = 0.7
    """How far a ticket's criteria differ from its quality: standard deviation."""
    error: float = 0.45
    """Of one answer: standard deviation."""
    ambiguous: Mapping[int, float] = field(default_factory=dict)
    """Criterion to the standard deviation of its errors instead."""


def draw_answers(team: Team, n_tickets: int, random: np.random.Generator, *, drift: Mapping[int, float]) -> Steps:
    """Answers of one session, from 0, the worst, to 4; shape (tickets, reviewers, criteria).

    `drift`: reviewer to what is added to the severity by now.
    """
    shape = (n_tickets, len(team.severities), team.n_criteria)
    quality: Floats = random.normal(size=(n_tickets, 1)) + random.normal(scale=team.own, size=(n_tickets, shape[2]))
    errors = np.full(shape[2], team.error)
    for criterion, error in team.ambiguous.items():
        errors[criterion] = error
    severity = np.array(team.severities)
    for reviewer, more in drift.items():
        severity[reviewer] += more
    seen = quality[:, None, :] - severity[None, :, None] + random.normal(size=shape) * errors
    return np.asarray(np.searchsorted(STEPS, seen), dtype=np.intp)
