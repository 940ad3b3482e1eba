"""Twenty-seven reviews of six agents by three reviewers of different severity, and what R says of them.

R 4.2.2, lme4 1.1.31: `lmer(y ~ 1 + (1|a) + (1|r), d, REML = TRUE)`.
"""

import numpy as np

from qa_app.stats.standing.scores import ScoreTable, score_table

AGENTS = "aaaaabbbcccccccddddeeeeeeff"
REVIEWERS = "ACBBAAAAABCACBBCCCCABACBABA"
SCORES = (
    *(87, 100, 66, 71, 75, 76, 76, 65, 76, 55, 89, 89, 85, 65),
    *(60, 89, 77, 78, 79, 89, 63, 78, 91, 68, 96, 65, 80),
)
AGENT_VARIANCE, REVIEWER_VARIANCE, RESIDUAL = 24.0516847604, 164.9785118418, 38.0844616839
MEAN = 76.3460209401
AGENT_EFFECTS = np.array(
    [4.215889427124, -4.942214305116, -0.162974047607, -4.356589333000, 4.466434224487, 0.779454034112]
)
REVIEWER_EFFECTS = {"A": 3.53809754917, "B": -14.02326820153, "C": 10.48517065236}
DEVIANCES = {(0.5, 0.3): 199.524934266, (1.0, 0.1): 209.330948946, (0.0, 2.0): 188.468031120}
"""`lmer(..., devFunOnly = TRUE)` at ratios of standard deviations."""


def make_table() -> ScoreTable:
    """The reviews."""
    return score_table(AGENTS, REVIEWERS, SCORES)
