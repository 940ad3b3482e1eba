"""Reviews with what the figures of agents need of them, and the figures of one group of reviews."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from db.engine import Transaction
from db.records import AssignmentId, PersonId, Purpose, Review, ReviewState, ScorecardVersion, Selection, TicketId
from db.store import results, reviews, samples, scorecards
from db.store.reviews import ReviewFilter
from qa_app.domain.review_states import counts_in_score
from qa_app.estimate import Measured
from qa_app.stats.mean import mean
from qa_app.stats.proportion import in_percent, proportion
from qa_app.workflows.period import Bounds
from scorecards.model import Scorecard

RANDOM = frozenset({Selection.RANDOM, Selection.STRATIFIED})
PERCENT = (0.0, 100.0)


@dataclass(frozen=True, slots=True)
class Graded:
    """A review with its scorecard version and how its ticket was drawn."""

    review: Review
    version: ScorecardVersion
    probability: Decimal | None
    """With which its sample drew the ticket; None where it was not drawn from a sample."""

    @property
    def drawn_at_random(self) -> bool:
        """Whether this review may enter the headline score."""
        return self.review.selection in RANDOM

    @property
    def share(self) -> float:
        """The inclusion probability; strata drawn thinner count for as many tickets as they stand for."""
        return 1.0 if self.probability is None else float(self.probability)

    @property
    def stands_for(self) -> Decimal | None:
        """How many tickets it counts for in the headline score; None where it does not enter that."""
        if not self.drawn_at_random:
            return None
        return Decimal(1) if self.probability is None else 1 / self.probability

    @property
    def moment(self) -> datetime:
        """When it was submitted."""
        return self.review.submitted_at or self.review.saved_at


Measure = Callable[[Graded], float | None]


def load_graded(
    tx: Transaction,
    agent_ids: Iterable[PersonId],
    bounds: Bounds,
    *,
    states: Sequence[ReviewState],
    hidden: frozenset[TicketId],
    whole: bool = False,
) -> tuple[Graded, ...]:
    """The agents' reviews that count in their scores, by time of submission; `whole` ones have their evidence too."""
    since, before = bounds
    wanted = ReviewFilter(
        agent_ids=tuple(agent_ids),
        purpose=Purpose.QUALITY,
        states=states,
        submitted_from=since,
        submitted_before=before,
    )
    found = reviews.reviews(tx, **wanted) if whole else _with_results(tx, reviews.graded(tx, **wanted))
    shown = [review for review in found if review.ticket_id not in hidden and counts_in_score(review)]
    versions = scorecards.versions_by_id(tx, [review.scorecard_version_id for review in shown])
    drawn = samples.probabilities(tx, [review.assignment_id for review in shown if review.assignment_id])
    return tuple(Graded(review, versions[review.scorecard_version_id], _probability(review, drawn)) for review in shown)


def _with_results(tx: Transaction, found: Sequence[Review]) -> Sequence[Review]:
    parts = results.results(tx, [review.id for review in found])
    return [
        replace(review, score=replace(review.score, results=parts.get(review.id, ()))) if review.score else review
        for review in found
    ]


def _probability(review: Review, drawn: Mapping[AssignmentId, Decimal]) -> Decimal | None:
    return drawn.get(review.assignment_id) if review.assignment_id else None


def reported(graded: Graded) -> float | None:
    """Reported score in percent; None where nothing applied."""
    stored = graded.review.score
    return None if stored is None or stored.reported is None else float(stored.reported)


def passed(graded: Graded) -> bool | None:
    """The verdict; None where there is none."""
    return None if graded.review.score is None else graded.review.score.passed


def weigh(graded: Graded, wanted: Callable[[Scorecard, str], bool]) -> float | None:
    """Percent over the wanted criteria of one review, by the weights that they carried in it."""
    stored = graded.review.score
    if stored is None:
        return None
    parts = [
        (float(result.value), float(result.applied_weight))
        for result in stored.results
        if result.value is not None and result.applied_weight and wanted(graded.version.scorecard, result.criterion_id)
    ]
    return weigh_parts(parts)


def weigh_parts(parts: Sequence[tuple[float, float]]) -> float | None:
    """Percent over values in [0, 1] with the weights that they carried; None where nothing had any."""
    total = sum(weight for _, weight in parts)
    return 100 * sum(value * weight for value, weight in parts) / total if total else None


def measure_skill(skill: str) -> Measure:
    """Percent of one skill in a review."""

    def measure(graded: Graded) -> float | None:
        return weigh(graded, lambda scorecard, key: scorecard.criterion(key).skill == skill)

    return measure


def mean_of(graded: Sequence[Graded], measure: Measure) -> Measured:
    """Mean of a measure over reviews, weighted by 1/probability."""
    pairs = [(value, item.share) for item in graded if (value := measure(item)) is not None]
    return mean([value for value, _ in pairs], probabilities=[share for _, share in pairs], bounds=PERCENT)


def share_of(hits: Iterable[bool | None]) -> Measured:
    """Percent of the hits among those that are known."""
    known = [hit for hit in hits if hit is not None]
    return in_percent(proportion(sum(known), len(known)))
