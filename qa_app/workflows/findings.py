"""Findings: what a calibration decided about a criterion, and what is to be done about it, by whom and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from db.engine import Transaction
from db.problems import DuplicateKey, UnknownId
from db.records import AuditEntry, CalibrationSession, Finding, FindingId, Person, PersonId, Role, SessionId, TicketId
from db.store import audit, calibration, people, scorecards, tickets
from qa_app.domain.access import allows, require
from qa_app.domain.calibration import REVEALED, graders
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.followup import FindingLine
from qa_app.workflows.calibration import find_part, may_run, read_recordable
from qa_app.workflows.context import Context
from qa_app.workflows.scope import find_blind_tickets, reaches_agent, require_some

CAUSES: Mapping[str, str] = {
    "ambiguous_text": "The wording allows two readings",
    "guideline_gap": "The guideline does not cover this",
    "slip": "Somebody overlooked something",
    "edge_case": "A rare case; no change needed",
    "other": "Something else",
}


@dataclass(frozen=True, slots=True)
class NewFinding:
    """What the meeting decided about one criterion."""

    criterion_id: str
    cause: str
    decision: str
    ticket_id: TicketId | None = None
    action: str = ""
    owner_id: PersonId | None = None
    due_on: date | None = None
    guideline_needs_update: bool = False


def record_finding(context: Context, session_id: SessionId, new: NewFinding) -> Finding:
    """Keep what the meeting decided, with cause, action and owner.

    Raises:
        Refused: not revealed yet, an unknown cause, no decision, or an owner who cannot be given anything to do.
        NotFound: the criterion or the ticket is not part of the session.
    """
    require(context.actor, "calibration.record")
    if new.cause not in CAUSES:
        raise Refused("finding-cause", f"{new.cause!r} is no cause; valid: {', '.join(CAUSES)}.")
    if not new.decision.strip():
        raise Refused("finding-decision", "Write down what was decided; one sentence is enough.")
    with context.store.write() as tx:
        session = read_recordable(tx, session_id)
        find_part(tx, session, new.criterion_id, new.ticket_id)
        if new.owner_id is not None and new.owner_id not in {one.id for one in find_owners(tx, context, session)}:
            raise Refused("finding-owner", "This person cannot be given anything to do; choose somebody of the list.")
        finding = Finding(
            id=FindingId(context.new_id()),
            session_id=session_id,
            criterion_id=new.criterion_id,
            cause=new.cause,
            decision=new.decision.strip(),
            by=context.actor.id,
            at=context.now(),
            ticket_id=new.ticket_id,
            action=new.action.strip(),
            owner_id=new.owner_id,
            due_on=new.due_on,
            guideline_needs_update=new.guideline_needs_update,
        )
        calibration.add_finding(tx, finding)
        after = {"criterion": new.criterion_id, "cause": new.cause, "finding": finding.id}
        _record(tx, context, "calibration.finding", session_id, after, before={"state": session.state})
    return finding


def finish_finding(context: Context, finding_id: FindingId, *, done: bool) -> None:
    """Tick what a finding asked for as done, or take the tick back; its owner may, and who runs sessions.

    Raises:
        Refused: the finding is neither the actor's nor may the actor record.
        NotFound: there is no such finding for this actor.
        Conflict: somebody was faster.
    """
    with context.store.write() as tx:
        finding = calibration.finding(tx, finding_id)
        session = None if finding is None else calibration.session(tx, finding.session_id)
        if finding is None or session is None or not _reads(context.actor, finding, session):
            raise NotFound("no-finding", "There is no such finding for you.")
        if not may_finish(context, finding):
            raise Refused("finding-not-yours", "Its owner ticks it off, or who runs sessions.")
        try:
            if done:
                calibration.finish_finding(tx, finding_id, by=context.actor.id, at=context.now())
            else:
                calibration.reopen_finding(tx, finding_id)
        except (DuplicateKey, UnknownId) as error:
            raise Conflict("finding-ticked", "Somebody else was faster; reload to see it.") from error
        action = "calibration.finding_done" if done else "calibration.finding_reopen"
        _record(tx, context, action, session.id, {"finding": finding_id})


def may_finish(context: Context, finding: Finding) -> bool:
    """Whether the actor may tick a finding off."""
    return finding.owner_id == context.actor.id or allows(context.actor, "calibration.record")


def list_findings(
    context: Context, *, session_id: SessionId | None = None, only_open: bool = False
) -> tuple[FindingLine, ...]:
    """What calibrations decided: all of it for those who run sessions, else that of one's own sessions and one's own.

    What is to be done comes first, the earliest day on top, then what is done, then what asks for nothing. What is
    about a ticket that the actor still grades blind is left out.
    """
    require_some(context.actor, "calibration.read")
    with context.store.read() as tx:
        found = calibration.findings(tx, session_id)
        sessions = calibration.sessions_by_id(tx, {finding.session_id for finding in found})
        blind = find_blind_tickets(tx, context.actor.id)
        seen = [
            finding
            for finding in found
            if finding.ticket_id not in blind
            and _reads(context.actor, finding, sessions[finding.session_id])
            and not (only_open and (finding.done_at or not finding.action))
        ]
        return describe_findings(tx, seen)


def describe_findings(tx: Transaction, found: Sequence[Finding]) -> tuple[FindingLine, ...]:
    """Findings with the names of all that they are about, in the order in which a list shows them."""
    sessions = calibration.sessions_by_id(tx, {one.session_id for one in found})
    versions = scorecards.versions_by_id(tx, {one.scorecard_version_id for one in sessions.values()})
    named = people.people_by_id(tx, {key for one in found for key in (one.by, one.owner_id, one.done_by) if key})
    known = tickets.tickets_by_id(tx, {one.ticket_id for one in found if one.ticket_id})
    names: dict[PersonId | None, str] = {None: ""}
    names |= {key: person.name for key, person in named.items()}
    lines = []
    for one in found:
        session = sessions[one.session_id]
        version = versions[session.scorecard_version_id]
        lines.append(
            FindingLine(
                finding=one,
                session=session.name,
                scorecard_id=version.scorecard_id,
                criterion=version.scorecard.criterion(one.criterion_id).label,
                ticket=known[one.ticket_id].external_id if one.ticket_id else "",
                owner=names[one.owner_id],
                by=names[one.by],
                done_by=names[one.done_by],
            )
        )
    return tuple(sorted(lines, key=_in_turn))


def list_owners(context: Context, session_id: SessionId) -> tuple[Person, ...]:
    """Who can be given something to do by a session's meeting; raises Refused where it may not write things down."""
    require(context.actor, "calibration.record")
    with context.store.read() as tx:
        return find_owners(tx, context, read_recordable(tx, session_id))


def find_owners(tx: Transaction, context: Context, session: CalibrationSession) -> tuple[Person, ...]:
    """Who can be given something to do: who took part, then everybody else whom the actor may name, each by name.

    Nobody whose account is switched off, and no mere agent.
    """
    within = require_some(context.actor, "person.read")
    part = {session.facilitator_id, *graders(session)}
    near = [
        person
        for person in people.people(tx, active=True)
        if not person.roles <= {Role.AGENT}
        and (person.id in part or person.team_id is None or reaches_agent(within, context.actor, person))
    ]
    return tuple(sorted(near, key=lambda person: (person.id not in part, person.name)))


def _reads(actor: Person, finding: Finding, session: CalibrationSession) -> bool:
    """Whether the actor may know of a finding; only revealed sessions have any."""
    own = actor.id in {finding.owner_id, *graders(session)}
    return session.state in REVEALED and (own or may_run(actor))


def _in_turn(line: FindingLine) -> tuple[bool, bool, date]:
    one = line.finding
    return not one.action, one.done_at is not None, one.due_on or date.max


def _record(
    tx: Transaction,
    context: Context,
    action: str,
    session_id: SessionId,
    after: Mapping[str, object],
    *,
    before: Mapping[str, object] | None = None,
) -> None:
    entry = AuditEntry(
        context.now(), context.actor.id, action, "calibration_session", session_id, before=before or {}, after=after
    )
    audit.append(tx, entry)
