"""Self-reviews: agents grade their own tickets on the same desk, beside all scores."""

from dataclasses import dataclass
from datetime import datetime

from db.engine import Transaction
from db.problems import DuplicateKey
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    AuditEntry,
    Person,
    PersonId,
    Purpose,
    Review,
    ReviewId,
    Selection,
    Ticket,
)
from db.store import assignments, audit, people, reviews, tickets
from qa_app.domain.access import require
from qa_app.domain.review_states import shown_to_agent
from qa_app.errors import Conflict, Refused
from qa_app.reports import ReviewLine
from qa_app.workflows.context import Context
from qa_app.workflows.reviews import find_readable, view_review
from qa_app.workflows.wording import describe_review


@dataclass(frozen=True, slots=True)
class Asked:
    """A self-review that the actor has not submitted yet."""

    assignment: Assignment
    ticket: Ticket


def start_self_review(context: Context, review_id: ReviewId) -> AssignmentId:
    """An agent grades the ticket of a review that was released to them; asked again, the same assignment goes on.

    Raises:
        NotFound: no such review that the actor may read. NotAllowed: it is not about the actor.
        Conflict: the actor has reviewed this ticket already.
    """
    with context.store.write() as tx:
        review = find_readable(tx, context, review_id)
        require(context.actor, "review.self", owner_id=review.agent_id)
        return _assign(tx, context, review, agent_id=context.actor.id, due_at=None)


def ask_self_review(context: Context, review_id: ReviewId, *, due_at: datetime | None = None) -> AssignmentId:
    """A lead or coach asks the agent for a self-review of a ticket, before or after the release of its review.

    Asked before it, the agent grades without having seen the reviewer's grades.

    Raises:
        NotFound: no such review that the actor may read. Refused: the ticket names no agent with an account.
        Conflict: the agent has reviewed this ticket already.
    """
    with context.store.write() as tx:
        review = find_readable(tx, context, review_id)
        agent = people.person(tx, review.agent_id) if review.agent_id else None
        require(context.actor, "coaching.write", team_id=agent.team_id if agent else None)
        if agent is None or not agent.active:
            raise Refused("self-no-agent", "This ticket names no agent with an account who could review it.")
        return _assign(tx, context, review, agent_id=agent.id, due_at=due_at)


def list_asked(context: Context) -> tuple[Asked, ...]:
    """The actor's open self-reviews, most urgent first."""
    require(context.actor, "review.self", owner_id=context.actor.id)
    with context.store.read() as tx:
        open_ = assignments.assignments(
            tx, reviewer_id=context.actor.id, state=AssignmentState.OPEN, purpose=Purpose.SELF
        )
        found = tickets.tickets_by_id(tx, [assignment.ticket_id for assignment in open_])
    return tuple(Asked(assignment, found[assignment.ticket_id]) for assignment in open_)


def find_self_review(context: Context, review_id: ReviewId) -> ReviewLine | None:
    """How the agent graded the ticket of a review; for the agent, and for those who coach them.

    Raises:
        NotFound: no such review that the actor may read.
    """
    view = view_review(context, review_id)
    review = view.line.review
    _require_reader(context, view.agent)
    with context.store.read() as tx:
        own = _self_review(tx, review)
    if own is None:
        return None
    return describe_review(own, view.conversation, view.version, reviewer=view.agent.name if view.agent else "")


def _require_reader(context: Context, agent: Person | None) -> None:
    require(
        context.actor,
        "coaching.read",
        team_id=agent.team_id if agent else None,
        owner_id=agent.id if agent else None,
    )


def _self_review(tx: Transaction, review: Review) -> Review | None:
    found = (
        reviews.reviews(tx, ticket_ids=[review.ticket_id], reviewer_id=review.agent_id, purpose=Purpose.SELF)
        if review.agent_id
        else ()
    )
    same = [own for own in found if own.scorecard_version_id == review.scorecard_version_id]
    return same[-1] if same else None


def _assign(
    tx: Transaction, context: Context, review: Review, *, agent_id: PersonId, due_at: datetime | None
) -> AssignmentId:
    given = assignments.assignments(tx, ticket_ids=[review.ticket_id], reviewer_id=agent_id, purpose=Purpose.SELF)
    open_ = next((one.id for one in given if one.state is AssignmentState.OPEN), None)
    if open_ is not None:
        return open_
    if any(one.state is AssignmentState.DONE for one in given):
        raise Conflict("self-done", "This ticket has its self-review already; it stands beside the review.")
    made = Assignment(
        id=AssignmentId(context.new_id()),
        ticket_id=review.ticket_id,
        scorecard_version_id=review.scorecard_version_id,
        reviewer_id=agent_id,
        purpose=Purpose.SELF,
        selection=Selection.BY_HAND,
        state=AssignmentState.OPEN,
        assigned_at=context.now(),
        assigned_by=context.actor.id,
        due_at=due_at,
    )
    try:
        assignments.add_assignments(tx, (made,))
    except DuplicateKey as error:
        raise Conflict("self-open", "This self-review was opened from another tab; reload to go on.") from error
    entry = AuditEntry(
        context.now(), context.actor.id, "assignment.self", "assignment", made.id,
        after={"ticket": review.ticket_id, "agent": agent_id, "seen": shown_to_agent(review)},
    )  # fmt: skip
    audit.append(tx, entry)
    return made.id
