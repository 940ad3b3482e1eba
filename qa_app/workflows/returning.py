"""Giving a ticket back: skip it, or have the next one in line of the same sample in its place."""

from dataclasses import replace

from db.records import Assignment, AssignmentId, AssignmentState, AuditEntry, Purpose
from db.store import assignments, audit, samples
from qa_app.domain.access import require
from qa_app.domain.checks import disguise
from qa_app.errors import NotFound, Refused
from qa_app.workflows.context import Context
from qa_app.workflows.grading import find_open
from qa_app.workflows.sampling import replace_check, replace_drawn


def skip_assignment(context: Context, assignment_id: AssignmentId, *, reason: str) -> Assignment:
    """Give a ticket back with a reason; its draft stays readable.

    Raises:
        Refused: no reason given, or a ticket of a calibration.
    """
    reason = reason.strip()
    if not reason:
        raise Refused("skip-reason", "Say why you skip this ticket; the lead sees the reason.")
    with context.store.write() as tx:
        assignment = find_open(tx, context, assignment_id)
        require(context.actor, "assignment.skip", owner_id=assignment.reviewer_id)
        _refuse_calibration(assignment)
        assignments.set_assignment_state(tx, assignment_id, AssignmentState.SKIPPED, at=context.now(), reason=reason)
        entry = AuditEntry(context.now(), context.actor.id, "assignment.skip", "assignment", assignment_id, why=reason)
        audit.append(tx, entry)
    return disguise(replace(assignment, state=AssignmentState.SKIPPED, skip_reason=reason))


def replace_assignment(context: Context, assignment_id: AssignmentId, *, reason: str) -> AssignmentId:
    """Exchange one's ticket for the next in line of its stratum, by the rule of the sample; nobody picks it by hand.

    The reason is kept, and the replacement counted for the actor. Returns the assignment of the ticket that stands in.

    Raises:
        Refused: no reason, a ticket of a calibration or of no sample, or its stratum is used up.
    """
    with context.store.write() as tx:
        assignment = find_open(tx, context, assignment_id)
        require(context.actor, "assignment.replace", owner_id=assignment.reviewer_id)
        _refuse_calibration(assignment)
        if assignment.sample_id is None:
            raise Refused("replacement-no-sample", "This ticket belongs to no sample that could give another; skip it.")
        sample = samples.sample(tx, assignment.sample_id)
        if sample is None:
            raise NotFound("no-sample", "The sample of this ticket is gone; skip the ticket, and tell an admin.")
        if assignment.purpose is Purpose.CHECK:
            return replace_check(tx, context, sample, assignment, reason=reason)
        by = replace_drawn(tx, context, sample, standing=assignment.ticket_id, reason=reason)
        (moved,) = assignments.assignments(
            tx, sample_id=sample.id, ticket_ids=[by], reviewer_id=context.actor.id, state=AssignmentState.OPEN
        )
    return moved.id


def _refuse_calibration(assignment: Assignment) -> None:
    if assignment.purpose is Purpose.CALIBRATION:
        raise Refused("skip-calibration", "A calibration ticket cannot be skipped; tell the facilitator instead.")
