"""How far apart answers lie: what a meeting talks about first."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TypeVar

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
    def place(self) -> tuple[float, float]:
        """In the same order, for sorting: floats compare many times faster than fractions."""
        return float(self.apart), float(self.differing)

    @property
    def points(self) -> int:
        """The distance in points of 100, rounded half up."""
        return int(self.apart * 100 + Fraction(1, 2))


_NOTHING = Disagreement(Fraction(-1), Fraction(0))
Item = TypeVar("Item")


class Ruler:
    """Measures how far answers to one criterion lie apart; keeps what it measured, for a session asks it often.

    Two graded answers are as far apart as their values (rules S1 to S3). Whether a criterion applies is all or
    nothing: `not applicable` and a grade are 1 apart. Missing answers are left out, and texts have no distance.
    """

    def __init__(self, criterion: Criterion) -> None:
        self._criterion = criterion
        self._distances: dict[tuple[Answer, Answer], Fraction] = {}

    def measure(self, answers: Iterable[Answer]) -> Disagreement | None:
        """The answers to one ticket; None where fewer than two were given."""
        given = Counter(answer for answer in answers if answer.state is not AnswerState.MISSING and answer.text is None)
        n_pairs = given.total() * (given.total() - 1) // 2
        if not n_pairs:
            return None
        apart, differing = Fraction(0), 0
        for one, other in combinations(given, 2):
            pairs = given[one] * given[other]
            differing += pairs
            apart += pairs * self._distance(one, other)
        return Disagreement(apart / n_pairs, Fraction(differing, n_pairs))

    def _distance(self, one: Answer, other: Answer) -> Fraction:
        known = self._distances.get((one, other))
        if known is None:
            values = answer_value(self._criterion, one), answer_value(self._criterion, other)
            known = Fraction(1) if values[0] is None or values[1] is None else abs(values[0] - values[1])
            self._distances[one, other] = known
        return known


def furthest_first(items: Iterable[Item], measure: Callable[[Item], Disagreement | None]) -> list[Item]:
    """The one order of tickets and of their criteria, on the wall and in results: the furthest apart first.

    Where nobody can be compared comes last; equals stay as they stand.
    """
    return sorted(items, key=lambda item: (measure(item) or _NOTHING).place, reverse=True)


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
