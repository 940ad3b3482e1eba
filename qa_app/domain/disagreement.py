"""How far apart answers lie: what a meeting talks about first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from scorecards.answers import Answer, AnswerState
from scorecards.model import Criterion
from scorecards.values import answer_value


@dataclass(frozen=True, slots=True, order=True)
class Disagreement:
    """Orders from nobody differs to everybody differs."""

    apart: Fraction
    """Mean distance between two reviewers, from 0 (all the same) to 1."""
    differing: Fraction
    """Share of pairs of reviewers whose answers are not the same; parts answers that are worth the same."""

    @property
    def points(self) -> int:
        """The distance in points of 100, rounded half up."""
        return int(self.apart * 100 + Fraction(1, 2))


def measure_disagreement(criterion: Criterion, answers: Iterable[Answer]) -> Disagreement | None:
    """How far apart the answers to one criterion of one ticket lie; None where fewer than two were given.

    Two graded answers are as far apart as their values (rules S1 to S3). Whether a criterion applies is all or
    nothing: `not applicable` and a grade are 1 apart. Missing answers are left out, and texts have no distance.
    """
    given = Counter(answer for answer in answers if answer.state is not AnswerState.MISSING and answer.text is None)
    n_pairs = given.total() * (given.total() - 1) // 2
    if not n_pairs:
        return None
    values = {answer: answer_value(criterion, answer) for answer in given}
    apart, differing = Fraction(0), 0
    for one, other in combinations(given, 2):
        pairs = given[one] * given[other]
        differing += pairs
        apart += pairs * _distance(values[one], values[other])
    return Disagreement(apart / n_pairs, Fraction(differing, n_pairs))


def average(found: Sequence[Disagreement | None]) -> Disagreement | None:
    """The mean over the criteria of a ticket, each counting the same; None where none of them has one."""
    known = [each for each in found if each is not None]
    if not known:
        return None
    count = len(known)
    return Disagreement(
        sum((each.apart for each in known), Fraction(0)) / count,
        sum((each.differing for each in known), Fraction(0)) / count,
    )


def _distance(one: Fraction | None, other: Fraction | None) -> Fraction:
    return Fraction(1) if one is None or other is None else abs(one - other)
