"""Repeatable chance for the demo. Not for samples or bootstraps: those rank by keyed hashes or use numpy."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Chance that follows from a key alone, so one ticket's draws never shift another's.

    Rests on `random.Random.random` only, which Python keeps stable across versions; the rest is arithmetic here.
    """

    def __init__(self, *key: object) -> None:
        source = random.Random("/".join(str(part) for part in key))  # noqa: S311 - repeatable, not secret
        self._next = source.random

    def between(self, low: float, high: float) -> float:
        """A number from low up to, but not including, high."""
        return low + (high - low) * self._next()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._next() * (high - low + 1))

    def happens(self, probability: float) -> bool:
        """True with this probability."""
        return self._next() < probability

    def bell(self, spread: float) -> float:
        """Roughly normal around 0 with standard deviation `spread`: twelve uniform draws have variance 1."""
        return spread * (sum(self._next() for _ in range(12)) - 6)

    def pick(self, items: Sequence[T]) -> T:
        """One item, all equally likely."""
        return items[int(self._next() * len(items))]

    def pick_weighted(self, items: Sequence[T], weights: Sequence[float]) -> T:
        """One item, likely in proportion to its weight."""
        left = self._next() * sum(weights)
        for item, weight in zip(items, weights, strict=True):
            left -= weight
            if left < 0:
                return item
        return items[-1]

    def shuffle(self, items: Sequence[T]) -> list[T]:
        """The items in a drawn order."""
        return [item for _, _, item in sorted((self._next(), at, item) for at, item in enumerate(items))]
