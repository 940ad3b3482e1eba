"""Second grades of contested reviews: who can give one blind, asking for it, and noting who has opened a review."""

from dataclasses import replace

from db.engine import Transaction
from db.problems import DuplicateKey, StaleRevision
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    AuditEntry,
    Dispute,
    DisputeId,
    Person,
    PersonId,
    Purpose,
    Review,
    ReviewId,
    Selection,
    Ticket,
)
from db.store import acknowledgements, assignments, audit, calibration, disputes, people, reviews, scorecards, tickets
from qa_app.domain.access import require
from qa_app.domain.calibration import visible_ratings
from qa_app.domain.disputes import needs_second_grade, pick_second_grader
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.workflows.certificates import find_holders
from qa_app.workflows.context import Context
from qa_app.workflows.disputes import find_open, note_change
from qa_app.workflows.reviews import find_readable


def list_second_graders(context: Context, dispute_id: DisputeId) -> tuple[Person, ...]:
    """Who can grade the ticket again without knowing how it was graded, the proposed one first.

    Reviewers for the agent's team, with the certificate that the scorecard asks for, who are neither author nor agent,
    have never graded the ticket nor seen its grades in a calibration, have not opened the review and were not asked
    before.

    Raises:
        NotFound: no such dispute that the actor may read. Conflict: it has ended.
    """
    with context.store.read() as tx:
        dispute, review, agent = find_open(tx, context, dispute_id)
        require(context.actor, "dispute.assign", team_id=agent.team_id if agent else None)
        return _find_able(tx, context, dispute, review, agent)


def assign_second_grader(context: Context, dispute_id: DisputeId, grader_id: PersonId | None = None) -> AssignmentId:
    """Ask somebody for the blind second grade, or whoever is proposed; who was asked before need not grade any more.

    Raises:
        NotFound: no such dispute that the actor may read.
        Refused: its scorecard asks for no second grade, nobody is left to give one, or this person cannot.
        Conflict: the dispute has ended, or its second grade is in.
    """
    now = context.now()
    with context.store.write() as tx:
        dispute, review, agent = find_open(tx, context, dispute_id)
        require(context.actor, "dispute.assign", team_id=agent.team_id if agent else None)
        version = scorecards.version(tx, review.scorecard_version_id)
        if version is None or not needs_second_grade(dispute, version.scorecard.disputes):
            raise Refused("second-not-asked", "This dispute is decided without a second grade.")
        _take_back(tx, context, dispute)
        made = Assignment(
            AssignmentId(context.new_id()),
            ticket_id=review.ticket_id,
            scorecard_version_id=review.scorecard_version_id,
            reviewer_id=_choose(_find_able(tx, context, dispute, review, agent), grader_id),
            purpose=Purpose.DISPUTE,
            selection=Selection.BY_HAND,
            state=AssignmentState.OPEN,
            assigned_at=now,
            assigned_by=context.actor.id,
            due_at=dispute.due_at,
        )
        try:
            assignments.add_assignments(tx, [made])
            disputes.assign(tx, dispute_id, made.id)
        except DuplicateKey as error:
            raise Conflict("second-open", "This person grades the ticket for another dispute already.") from error
        except StaleRevision as error:
            raise Conflict("dispute-decided", "This dispute was decided in the meantime; reload to see it.") from error
        note_change(tx, context, "dispute.assign", dispute_id, {"grader": made.reviewer_id})
    return made.id


def note_reader(context: Context, review_id: ReviewId) -> None:
    """Keep that the actor has opened a review: who knows it cannot grade its ticket blind any more.

    Nothing is kept of its agent, who never grades it, nor of its author, who knows it anyway.

    Raises:
        NotFound: no such review that the actor may read.
        Unavailable: the database cannot be written to now.
    """
    with context.store.read() as tx:
        review = find_readable(tx, context, review_id)
        known = acknowledgements.readers(tx, [review_id])
    if context.actor.id in {review.agent_id, review.reviewer_id, *known}:
        return
    with context.writing() as tx:
        if context.actor.id not in acknowledgements.readers(tx, [review_id]):
            acknowledgements.add_reader(tx, review_id, context.actor.id, at=context.now())


def _choose(able: tuple[Person, ...], grader_id: PersonId | None) -> PersonId:
    if not able:
        raise Refused(
            "second-nobody",
            "Nobody is left who could grade this ticket blind: every reviewer has graded it, opened its review, was "
            "asked before, or lacks the certificate. A lead can decide without a second grade.",
        )
    if grader_id is None:
        return able[0].id
    if grader_id not in {person.id for person in able}:
        raise Refused(
            "second-not-able",
            "This person cannot grade the ticket blind. Those who can: " + ", ".join(each.name for each in able) + ".",
        )
    return grader_id


def _find_able(
    tx: Transaction, context: Context, dispute: Dispute, review: Review, agent: Person | None
) -> tuple[Person, ...]:
    ticket = tickets.ticket(tx, review.ticket_id)
    version = scorecards.version(tx, review.scorecard_version_id)
    if ticket is None or version is None:
        raise NotFound("no-dispute", "The ticket or the scorecard of this dispute is gone; tell an admin.")
    everybody = people.people(tx)
    return pick_second_grader(
        everybody,
        not_blind=_find_knowing(tx, dispute, review, ticket, everybody),
        holders=find_holders(tx, version.scorecard_id, now=context.now()),
        load=assignments.open_load(tx),
        team_id=agent.team_id if agent else None,
    )


def _find_knowing(
    tx: Transaction, dispute: Dispute, review: Review, ticket: Ticket, everybody: tuple[Person, ...]
) -> frozenset[PersonId]:
    """Who knows how the ticket was graded, or did the work, or has it on the table."""
    graded = reviews.graded(tx, ticket_ids=[ticket.id], superseded=True)
    given = assignments.assignments(tx, ticket_ids=[ticket.id])
    knowing: set[PersonId] = {dispute.raised_by, review.reviewer_id}
    knowing |= {one.reviewer_id for one in graded} | {one.reviewer_id for one in given}
    knowing |= {key for key in (review.agent_id, ticket.agent_id, *ticket.other_agent_ids) if key}
    knowing |= acknowledgements.readers(tx, [one.id for one in graded])
    for session in calibration.sessions(tx, ticket_id=ticket.id):
        shown = [
            person for person in everybody if any(visible_ratings(session, key, person) for key in session.reviewer_ids)
        ]
        knowing |= {person.id for person in shown}
    return frozenset(knowing)


def _take_back(tx: Transaction, context: Context, dispute: Dispute) -> None:
    """Of whoever was asked before: the work is no longer theirs."""
    earlier = assignments.assignment(tx, dispute.assignment_id, lock=True) if dispute.assignment_id else None
    if earlier is None:
        return
    if earlier.state is AssignmentState.DONE:
        raise Conflict("second-done", "The second grade of this dispute is in; decide it.")
    if earlier.state is AssignmentState.OPEN:
        now = context.now()
        assignments.set_assignment_state(
            tx, earlier.id, AssignmentState.WITHDRAWN, at=now, reason="Somebody else grades it."
        )
        entry = AuditEntry(now, context.actor.id, "assignment.withdraw", "assignment", earlier.id)
        audit.append(tx, replace(entry, after={"dispute": dispute.id}))
