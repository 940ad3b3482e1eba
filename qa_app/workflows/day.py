"""A reviewer's day: what is open and due, what was done, and how long the work took."""

from dataclasses import dataclass
from datetime import datetime

from db.records import AssignmentState
from db.store import assignments, reviews
from qa_app.workflows.context import Context


@dataclass(frozen=True, slots=True)
class Day:
    """A reviewer's day in a few figures."""

    open: int
    overdue: int
    due_today: int
    """Due before the day ends, without those that are overdue already."""
    submitted_today: int
    active_seconds: int
    """Active time of the reviews submitted today, their earlier days included. A fact for the reviewer, no measure."""


def summarise_day(context: Context, *, day_start: datetime, day_end: datetime) -> Day:
    """The actor's open and due assignments, and what they submitted since `day_start`.

    `day_start` and `day_end` are the bounds of today on the installation's clock, the end excluded.
    """
    now = context.now()
    with context.store.read() as tx:
        open_ = assignments.assignments(tx, reviewer_id=context.actor.id, state=AssignmentState.OPEN)
        done, seconds = reviews.sum_activity(tx, reviewer_id=context.actor.id, submitted_from=day_start)
    due = [assignment.due_at for assignment in open_ if assignment.due_at is not None]
    return Day(
        open=len(open_),
        overdue=sum(due_at < now for due_at in due),
        due_today=sum(now <= due_at < day_end for due_at in due),
        submitted_today=done,
        active_seconds=seconds,
    )
