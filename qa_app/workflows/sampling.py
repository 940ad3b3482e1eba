"""Draw a sample by a plan, replace a drawn ticket, hand a sample out to reviewers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from db.engine import Transaction
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    AuditEntry,
    Frame,
    Person,
    PersonId,
    PlanId,
    Purpose,
    Role,
    Sample,
    SampleId,
    SampleItem,
    SamplingPlan,
    ScorecardVersionId,
    Ticket,
    TicketId,
)
from db.store import assignments, audit, checks, people, samples, tickets
from qa_app.domain.access import Reach, reach
from qa_app.domain.assignment import Gradable, split
from qa_app.domain.checks import disguise
from qa_app.domain.sampling import draw, find_next, find_replacement, label_stratum
from qa_app.errors import NotFound, Refused
from qa_app.workflows.certificates import require_certificates
from qa_app.workflows.check_giving import HandOut, add_checks
from qa_app.workflows.context import Context
from qa_app.workflows.in_force import find_published
from qa_app.workflows.scope import find_agents, limit_frame, require_some

REPLACEMENT = "sample.replace"
"""The action of the audit entry about a replacement."""
_EVERYDAY = frozenset({Purpose.QUALITY, Purpose.CHECK})


@dataclass(frozen=True, slots=True)
class NewPlan:
    """What somebody fills in to plan a sample."""

    name: str
    frame: Frame
    size: int
    strata: tuple[str, ...] = ()
    per_agent: int | None = None


@dataclass(frozen=True, slots=True)
class SampleView:
    """A sample with its tickets and who got them."""

    sample: Sample
    tickets: dict[TicketId, Ticket]
    agents: dict[TicketId, Person]
    """By ticket; without those that nobody is known of, or that the reader grades blind."""
    assignments: tuple[Assignment, ...]
    replacements: dict[PersonId, int]
    """How many tickets each person has had replaced; those who replaced none are left out."""


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What an assignment round did."""

    assignments: tuple[Assignment, ...]
    unassignable: tuple[TicketId, ...]
    """Tickets that no listed reviewer may grade: each of them handled it, or grades it already."""
    checks: int = 0
    """How many hidden checks were given along with them."""


def count_frame(context: Context, frame: Frame) -> int:
    """How many tickets a frame holds now."""
    limited = limit_frame(context.actor, "sample.draw", frame)
    with context.store.read() as tx:
        return tickets.count_tickets(tx, limited)


def draw_sample(context: Context, new: NewPlan, *, seed: int) -> Sample:
    """Write the plan down, draw by it and keep both, with the frame's hash and every inclusion probability.

    Raises:
        Refused: the plan does not fit, or its frame is empty.
    """
    with context.store.write() as tx:
        return draw_within(tx, context, new, seed=seed)


def draw_within(tx: Transaction, context: Context, new: NewPlan, *, seed: int) -> Sample:
    """`draw_sample` as a part of somebody's transaction: what is drawn stays only if all else is kept too."""
    limited = limit_frame(context.actor, "sample.draw", new.frame)
    if not new.name.strip():
        raise Refused("plan-name", "A plan needs a name, so that people find it again.")
    now = context.now()
    plan = SamplingPlan(
        id=PlanId(context.new_id()),
        name=new.name.strip(),
        frame=limited,
        size=new.size,
        strata=new.strata,
        per_agent=new.per_agent,
        created_at=now,
        created_by=context.actor.id,
    )
    frame = tickets.frame_tickets(tx, plan.frame)
    if not frame:
        raise Refused("frame-empty", "No ticket fits these filters. Widen them, or import tickets first.")
    drawn = draw(frame, plan, seed=seed)
    sample = Sample(
        id=SampleId(context.new_id()),
        plan=plan,
        seed=seed,
        frame_hash=drawn.frame_hash,
        frame_size=drawn.frame_size,
        selection=drawn.selection,
        drawn_at=now,
        drawn_by=context.actor.id,
        items=drawn.items,
    )
    samples.add_plan(tx, plan)
    samples.add_sample(tx, sample)
    after = {
        "seed": seed,
        "frame_hash": sample.frame_hash,
        "frame_size": sample.frame_size,
        "drawn": len(sample.items),
    }
    audit.append(tx, AuditEntry(now, context.actor.id, "sample.draw", "sample", sample.id, after=after))
    return sample


def list_samples(context: Context) -> tuple[Sample, ...]:
    """Samples within the actor's reach, newest first."""
    within = require_some(context.actor, "sample.read")
    with context.store.read() as tx:
        return tuple(_as_seen(context.actor, sample) for sample in samples.samples(tx) if _reaches(within, sample))


def view_sample(context: Context, sample_id: SampleId) -> SampleView:
    """One sample with its tickets and assignments; raises NotFound.

    Who hands no work out sees what was drawn and their own assignments: who grades the rest, and what was replaced,
    would tell which of their tickets is a hidden check. Nobody sees another's checks here.
    """
    within = require_some(context.actor, "sample.read")
    with context.store.read() as tx:
        sample = _as_seen(context.actor, _sample(tx, within, sample_id))
        found = tickets.tickets_by_id(tx, [key for item in sample.items for key in (item.ticket_id, _standing(item))])
        agents = find_agents(tx, found.values(), context.actor.id)
        replaced = audit.count_by_actor(tx, REPLACEMENT, object_type="sample", object_id=sample_id)
        if not _hands_out(context.actor):
            replaced = {key: count for key, count in replaced.items() if key == context.actor.id}
        return SampleView(sample, found, agents, _list_given(tx, context.actor, sample_id), replaced)


def assign_sample(
    context: Context,
    sample_id: SampleId,
    *,
    version_id: ScorecardVersionId,
    reviewer_ids: Sequence[PersonId],
    due_at: datetime | None,
    seed: int,
) -> HandedOut:
    """Split the not yet assigned tickets of a sample evenly among reviewers.

    Nobody gets their own tickets, or one that they grade already, such as for another sample.

    Raises:
        Refused: no reviewer, a person without the reviewer role or the certificate that the scorecard asks for, or a
            version that is not in force.
    """
    within = require_some(context.actor, "assignment.make")
    now = context.now()
    with context.store.write() as tx:
        sample = _sample(tx, within, sample_id)
        version = find_published(tx, version_id)
        _check_reviewers(tx, reviewer_ids)
        require_certificates(tx, version.scorecard_id, reviewer_ids, now=now)
        taken = {assignment.ticket_id for assignment in assignments.assignments(tx, sample_id=sample_id)}
        free = [_standing(item) for item in sample.items if _standing(item) not in taken]
        found = tickets.tickets_by_id(tx, free)
        busy = _graders(tx, free)
        round_ = split(
            [Gradable(key, (*_handlers(found[key]), *busy.get(key, ()))) for key in free],
            reviewer_ids,
            seed=seed,
            load=assignments.open_load(tx),
        )
        made = tuple(
            Assignment(
                id=AssignmentId(context.new_id()),
                ticket_id=ticket_id,
                scorecard_version_id=version_id,
                reviewer_id=reviewer_id,
                purpose=Purpose.QUALITY,
                selection=sample.selection,
                state=AssignmentState.OPEN,
                assigned_at=now,
                assigned_by=context.actor.id,
                due_at=due_at,
                sample_id=sample_id,
            )
            for ticket_id, reviewer_id in round_.pairs
        )
        handlers = {key: _handlers(ticket) for key, ticket in found.items()}
        made, n_checks = add_checks(tx, context, HandOut(sample_id, version, reviewer_ids, made, handlers, busy))
        after = {"assignments": len(made), "reviewers": len(reviewer_ids), "seed": seed}
        audit.append(tx, AuditEntry(now, context.actor.id, "assignment.make", "sample", sample_id, after=after))
    return HandedOut(made, round_.unassignable, n_checks)


def replace_ticket(context: Context, sample_id: SampleId, ticket_id: TicketId, *, reason: str) -> TicketId:
    """Put the next ticket in line of its stratum in the place of a drawn one; nobody picks it by hand.

    The reason is kept. Returns the ticket that stands in.

    Raises:
        Refused: no reason, the ticket was graded already, or its stratum is used up.
        NotFound: no such sample within reach, or the ticket was not drawn.
    """
    within = require_some(context.actor, "sample.draw")
    with context.store.write() as tx:
        sample = _sample(tx, within, sample_id)
        standing = next((_standing(item) for item in sample.items if item.ticket_id == ticket_id), ticket_id)
        return replace_drawn(tx, context, sample, standing=standing, reason=reason)


def replace_drawn(tx: Transaction, context: Context, sample: Sample, *, standing: TicketId, reason: str) -> TicketId:
    """Replace the ticket that stands for a drawn one now, within the caller's transaction; raises as `replace_ticket`.

    Whoever asked for it stands in the audit, which is how replacements are counted.
    """
    reason = _require_reason(reason)
    item = next((item for item in sample.items if _standing(item) == standing), None)
    if item is None:
        raise NotFound("not-in-sample", "This ticket is not in the sample.")
    now = context.now()
    # A check is nobody's ground for refusing, and stays where it is: its reviewer asked for nothing.
    given = assignments.assignments(tx, sample_id=sample.id, ticket_ids=[standing], purpose=Purpose.QUALITY)
    by = _next_in_line(tx, sample, item.ticket_id, given)
    samples.replace_item(tx, sample.id, item.ticket_id, by=by, reason=reason)
    for old in given:
        if old.state is AssignmentState.OPEN:
            assignments.set_assignment_state(tx, old.id, AssignmentState.WITHDRAWN, at=now, reason=reason)
            moved = replace(old, id=AssignmentId(context.new_id()), ticket_id=by, assigned_at=now)
            assignments.add_assignments(tx, (moved,))
    audit.append(tx, _replacement_entry(context, sample, standing, by, reason))
    return by


def replace_check(tx: Transaction, context: Context, sample: Sample, check: Assignment, *, reason: str) -> AssignmentId:
    """Give the reviewer of a hidden check the next in line, as for any other ticket; raises as `replace_ticket`.

    The sample keeps its ticket, which a colleague grades. What stands in for the check is compared with nothing, and
    is a check all the same, because it was not drawn for the sample.
    """
    reason, now = _require_reason(reason), context.now()
    ticket = tickets.tickets_by_id(tx, [check.ticket_id])[check.ticket_id]
    frame = _list_free(tx, sample, {check.reviewer_id})
    by = _require_left(find_next(sample, frame, label_stratum(ticket, sample.plan)))
    (note,) = checks.checks(tx, assignment_ids=[check.id])
    assignments.set_assignment_state(tx, check.id, AssignmentState.WITHDRAWN, at=now, reason=reason)
    moved = replace(check, id=AssignmentId(context.new_id()), ticket_id=by, assigned_at=now)
    assignments.add_assignments(tx, (moved,))
    checks.add_checks(tx, (replace(note, assignment_id=moved.id),))
    audit.append(tx, _replacement_entry(context, sample, check.ticket_id, by, reason))
    return moved.id


def _next_in_line(tx: Transaction, sample: Sample, ticket_id: TicketId, given: Sequence[Assignment]) -> TicketId:
    if any(assignment.state is AssignmentState.DONE for assignment in given):
        raise Refused("replacement-graded", "This ticket was graded already; void its review instead.")
    frame = _list_free(tx, sample, {assignment.reviewer_id for assignment in given})
    return _require_left(find_replacement(sample, frame, ticket_id))


def _list_free(tx: Transaction, sample: Sample, graders: Collection[PersonId]) -> list[Ticket]:
    """Tickets of the frame that these people may be given and that nobody was given for this sample."""
    drawable = tickets.frame_tickets(tx, sample.plan.frame)
    busy = _graders(tx, [ticket.id for ticket in drawable])
    given = {assignment.ticket_id for assignment in assignments.assignments(tx, sample_id=sample.id)}
    return [
        ticket
        for ticket in drawable
        if ticket.id not in given and set(graders).isdisjoint((*_handlers(ticket), *busy.get(ticket.id, ())))
    ]


def _require_left(found: TicketId | None) -> TicketId:
    if found is None:
        raise Refused("stratum-used-up", "No other ticket of its stratum is left. Draw a new sample, or skip this one.")
    return found


def _require_reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(
            "replacement-reason", "Say why the ticket is replaced; replacements without a reason are not kept."
        )
    return reason.strip()


def _replacement_entry(context: Context, sample: Sample, standing: TicketId, by: TicketId, reason: str) -> AuditEntry:
    return AuditEntry(
        context.now(), context.actor.id, REPLACEMENT, "sample", sample.id,
        before={"ticket": standing}, after={"ticket": by}, why=reason,
    )  # fmt: skip


def _hands_out(actor: Person) -> bool:
    return not reach(actor, "assignment.make").nothing


def _as_seen(actor: Person, sample: Sample) -> Sample:
    """A sample as this person may see it: without its replacements for those who hand no work out."""
    if _hands_out(actor):
        return sample
    return replace(
        sample, items=tuple(replace(item, replaced_by=None, replacement_reason=None) for item in sample.items)
    )


def _list_given(tx: Transaction, actor: Person, sample_id: SampleId) -> tuple[Assignment, ...]:
    """The everyday assignments of a sample that this person may know of, own checks among them in disguise."""
    given = assignments.assignments(tx, sample_id=sample_id)
    own_checks = [one.id for one in given if one.purpose is Purpose.CHECK and one.reviewer_id == actor.id]
    compared = {note.of_assignment_id for note in checks.checks(tx, assignment_ids=own_checks)}
    everybody = _hands_out(actor)
    return tuple(
        disguise(one)
        for one in given
        if one.id not in compared and (one.reviewer_id == actor.id or (everybody and one.purpose is not Purpose.CHECK))
    )


def _standing(item: SampleItem) -> TicketId:
    """The ticket that is graded for a drawn one: itself, or what replaced it."""
    return item.replaced_by or item.ticket_id


def _graders(tx: Transaction, ticket_ids: Sequence[TicketId]) -> dict[TicketId, list[PersonId]]:
    """Who grades a ticket already, or has graded it, outside of calibrations."""
    busy: dict[TicketId, list[PersonId]] = {}
    for given in assignments.assignments(tx, ticket_ids=ticket_ids):
        if given.purpose in _EVERYDAY and given.state in {AssignmentState.OPEN, AssignmentState.DONE}:
            busy.setdefault(given.ticket_id, []).append(given.reviewer_id)
    return busy


def _handlers(ticket: Ticket) -> tuple[PersonId, ...]:
    """Who handled a ticket, and so may not grade it."""
    return (*((ticket.agent_id,) if ticket.agent_id else ()), *ticket.other_agent_ids)


def _reaches(within: Reach, sample: Sample) -> bool:
    """A sample is within reach where all teams of its frame are."""
    teams = sample.plan.frame.team_ids
    return within.everything or (bool(teams) and within.teams.issuperset(teams))


def _sample(tx: Transaction, within: Reach, sample_id: SampleId) -> Sample:
    sample = samples.sample(tx, sample_id)
    if sample is None or not _reaches(within, sample):
        raise NotFound("no-sample", "There is no such sample.")
    return sample


def _check_reviewers(tx: Transaction, reviewer_ids: Sequence[PersonId]) -> None:
    if not reviewer_ids:
        raise Refused("no-reviewer", "Choose at least one reviewer.")
    found = people.people_by_id(tx, reviewer_ids)
    for reviewer_id in reviewer_ids:
        person = found.get(reviewer_id)
        if person is None or not person.active or Role.REVIEWER not in person.roles:
            name = person.name if person else reviewer_id
            raise Refused("not-a-reviewer", f"{name} is not an active reviewer; choose people with the reviewer role.")
