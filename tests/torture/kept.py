"""What the database holds of what a reviewer saw acknowledged."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from db.records import Assignment, AssignmentId, AssignmentState, Review, ReviewState
from db.store import assignments, audit, reviews
from qa_app.workflows import access
from qa_app.workflows.context import Installation
from qa_app.workflows.upkeep import recompute_scores, verify_audit
from tests.torture.mortal import ADMIN, CRITERIA

Answers = Mapping[str, str]
"""Criterion to option."""


def read_answers(installation: Installation, assignment_id: AssignmentId) -> Answers:
    """The answers that are stored for an assignment, in a draft or submitted."""
    with installation.store.read() as tx:
        found = [*reviews.drafts_of(tx, [assignment_id]).values()]
        found += [one for one in reviews.reviews(tx, superseded=True) if one.assignment_id == assignment_id]
    return answers_of(found[0]) if found else {}


def answers_of(review: Review) -> Answers:
    """The answers of a review."""
    return {rating.criterion_id: str(rating.answer.option_id) for rating in review.ratings}


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database holds at the end."""

    assignments: tuple[Assignment, ...]
    reviews: tuple[Review, ...]
    """All but drafts."""
    audited: Counter[str]
    """Review to its entries of a submit."""

    def lost(self, acknowledged: Mapping[AssignmentId, Answers]) -> list[AssignmentId]:
        """Acknowledged submits that are not there with the answers that were given."""
        kept = {review.assignment_id: answers_of(review) for review in self.reviews}
        return [key for key, answers in acknowledged.items() if kept.get(key) != answers]

    def half(self) -> set[str | None]:
        """Submitted without its parts, done without a review, or reviewed without being done."""
        submitted = {str(review.id) for review in self.reviews}
        reviewed = {review.assignment_id for review in self.reviews}
        done = {one.id for one in self.assignments if one.state is AssignmentState.DONE}
        return {str(review.id) for review in self.reviews if not _is_whole(review)}.union(
            submitted ^ self.audited.keys(), reviewed ^ done
        )

    def doubled(self) -> list[AssignmentId | None]:
        """Submitted more than once, or entered more than once in the audit trail."""
        counts = Counter(review.assignment_id for review in self.reviews)
        twice = [review.assignment_id for review in self.reviews if self.audited[review.id] > 1]
        return [*twice, *(key for key, count in counts.items() if count > 1)]


def _is_whole(review: Review) -> bool:
    criteria = list(CRITERIA)
    return (
        review.state is ReviewState.SUBMITTED
        and review.submission_key is not None
        and [rating.criterion_id for rating in review.ratings] == criteria
        and review.score is not None
        and [result.criterion_id for result in review.score.results] == criteria
        and review.score.reported is not None
    )


def look_up(installation: Installation) -> Kept:
    """All that there is."""
    with installation.store.read() as tx:
        entries = audit.entries(tx, limit=100_000)
        return Kept(
            assignments.assignments(tx),
            reviews.reviews(tx, superseded=True),
            Counter(str(entry.object_id) for entry in entries if entry.action == "review.submit"),
        )


def check_database(installation: Installation, *, submits: int) -> None:
    """SQLite finds the file sound, the audit chain holds, and every stored score is the one of its ratings."""
    with installation.store.read() as tx:
        assert tx.connection.exec_driver_sql("pragma integrity_check").scalars().all() == ["ok"]
        assert tx.connection.exec_driver_sql("pragma foreign_key_check").all() == []
    admin = installation.context(access.find_actor(installation.store, ADMIN))
    assert verify_audit(admin).reason is None
    scores = recompute_scores(admin)
    assert (scores.checked, scores.different) == (submits, ())
