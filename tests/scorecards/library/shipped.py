"""The shipped scorecards, each read once: they are immutable, and parsing is what costs time."""

from functools import cache

from scorecards.files import library_scorecard
from scorecards.model import Scorecard


@cache
def shipped(card_id: str) -> Scorecard:
    return library_scorecard(card_id)
