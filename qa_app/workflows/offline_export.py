"""Grading offline, the way out: a reviewer's open assignments as a workbook to fill in.

It holds nothing that the desk would not show to the same person. What it is, the audit trail keeps by its seal; so the
way back knows a workbook of this installation, and one that somebody changed.
"""

import hashlib
import io
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from db.engine import Transaction
from db.records import Assignment, AssignmentId, AssignmentState, AuditEntry, Conversation, Person
from db.store import assignments, audit, people, reviews, tickets
from qa_app.domain.access import require
from qa_app.domain.voices import name_author, number_agents
from qa_app.errors import NotFound, Refused
from qa_app.offline_form import Ask, Line, Manifest, Part, TicketForm, Turn, hash_written
from qa_app.words import write_code, write_moment
from qa_app.workbooks.offline import plan_offline
from qa_app.workbooks.writer import write_book
from qa_app.workflows.context import Context
from qa_app.workflows.exporting import File
from qa_app.workflows.forms import Form, find_form, opening_ratings
from qa_app.workflows.grading import Filled
from qa_app.workflows.offline_cells import count_kept, write_form
from qa_app.workflows.offline_reading import check_alone
from qa_app.workflows.wording import describe_seconds, name_version, name_work
from scorecards.answers import NOT_APPLICABLE, Answer
from scorecards.model import Channel, Condition, Criterion, NumberRange, Option, Scorecard, Section
from scorecards.scoring import Given

MOST = 100
"""Tickets in one workbook: more sheets than that nobody finds the way through."""
WORKBOOK = "offline_workbook"
"""What the audit trail calls it."""


@dataclass(frozen=True, slots=True)
class Work:
    """One of the actor's assignments with what grading it needs, and what is stored of it."""

    assignment: Assignment
    conversation: Conversation
    form: Form
    agent: Person | None
    stored: Filled
    """The draft; without one, what the form opens with."""
    revision: int

    @property
    def scorecard(self) -> Scorecard:
        """With the criteria that are asked."""
        return self.form.version.scorecard

    @property
    def asked(self) -> str:
        """Hash of what is asked: another version or another part of it has another."""
        version = self.form.version
        what = [version.id, version.content_hash, *(criterion.id for criterion in version.scorecard.criteria)]
        return hashlib.sha256(json.dumps(what).encode()).hexdigest()


def export_offline(context: Context, chosen: Collection[AssignmentId] = (), *, zone: ZoneInfo) -> File:
    """A workbook of the actor's open assignments, all or those chosen, most urgent first.

    Raises:
        NotFound: one of those chosen is not open in the actor's queue. Refused: there is none, or there are too many.
    """
    require(context.actor, "review.grade", owner_id=context.actor.id)
    now = context.now()
    with context.store.read() as tx:
        wanted = _choose(tx, context, chosen)
        work = [find_work(tx, assignment) for assignment in wanted]
    forms = tuple(_describe(number, one, zone) for number, one in enumerate(work, start=1))
    manifest = Manifest(context.actor.id, now.isoformat(), tuple(form.line for form in forms))
    local = now.astimezone(zone)
    target = io.BytesIO()
    write_book(plan_offline(manifest, forms, reviewer=context.actor.name, made_at=local), target)
    entry = AuditEntry(
        now, context.actor.id, "offline.export", WORKBOOK, manifest.seal, after={"assignments": len(forms)}
    )
    with context.writing() as tx:
        audit.append(tx, entry)
    return File(f"to-grade-{local:%Y-%m-%d-%H%M}.xlsx", target.getvalue())


def find_work(tx: Transaction, assignment: Assignment, *, version: int | None = None) -> Work:
    """What grading an assignment needs; the ticket in the version that its draft was begun on, or in the one named.

    Raises:
        NotFound: the ticket, its version or its scorecard is gone.
    """
    draft = reviews.draft_of(tx, assignment.id)
    shown = version or (draft.ticket_version if draft else None)
    conversation = tickets.conversation(tx, assignment.ticket_id, version=shown)
    form = find_form(tx, assignment)
    if conversation is None:
        raise NotFound("assignment-broken", "The ticket of this assignment is gone; tell an admin.")
    agent_id = conversation.ticket.agent_id
    stored = (
        Filled(draft.ratings, draft.evidence, draft.comment, draft.active_seconds, draft.ticket_version)
        if draft
        else Filled(opening_ratings(form.version.scorecard))
    )
    agent = people.person(tx, agent_id) if agent_id and not form.agent_hidden else None
    return Work(assignment, conversation, form, agent, stored, draft.revision if draft else 0)


def _choose(tx: Transaction, context: Context, chosen: Collection[AssignmentId]) -> list[Assignment]:
    queue = assignments.assignments(tx, reviewer_id=context.actor.id, state=AssignmentState.OPEN)
    if unknown := set(chosen) - {one.id for one in queue}:
        raise NotFound("no-assignment", f"There is no such assignment in your queue: {', '.join(sorted(unknown))}.")
    wanted = [one for one in queue if not chosen or one.id in chosen]
    if not wanted:
        raise Refused("offline-nothing", "There is nothing to grade, so there is nothing to take along.")
    if len(wanted) > MOST:
        raise Refused(
            "offline-too-many", f"These are {len(wanted)} tickets; a workbook holds {MOST} at most. Choose fewer."
        )
    return wanted


def _describe(number: int, work: Work, zone: ZoneInfo) -> TicketForm:
    ticket, scorecard = work.conversation.ticket, work.scorecard
    written = write_form(scorecard, work.stored)
    facts = (
        write_code(ticket.channel.value),
        write_moment(ticket.created_at, zone),
        f"agent: {work.agent.name}" if work.agent else "",
        ticket.language or "",
        ", ".join(ticket.tags),
    )
    answered = sum(rating.answer.state != "missing" for rating in work.stored.ratings)
    due = work.assignment.due_at
    return TicketForm(
        line=Line(number, work.assignment.id, work.asked, work.revision, ticket.version, hash_written(written)),
        ticket=ticket.external_id,
        subject=ticket.subject or "",
        facts=facts,
        kind=name_work(work.assignment.purpose),
        due=write_moment(due, zone) if due else "",
        scorecard=name_version(work.form.version),
        guide=f"{work.asked} {ticket.channel.value}",
        state=f"{answered} of {len(scorecard.criteria)}" if work.revision else "not begun",
        turns=tuple(_list_turns(work, zone)),
        recordings=tuple(recording.original_name for recording in work.conversation.recordings),
        parts=tuple(_describe_part(section, scorecard, ticket.channel) for section in scorecard.sections),
        written=written,
        kept=count_kept(work.stored),
    )


def _list_turns(work: Work, zone: ZoneInfo) -> Iterator[Turn]:
    agents = number_agents(work.conversation)
    for message in work.conversation.messages:
        author = name_author(message, agents, blind=work.form.agent_hidden)
        attached = "".join(f"\n[attachment: {attachment.name}]" for attachment in message.attachments)
        time = ""
        if message.start_seconds is not None:
            time = describe_seconds(message.start_seconds)
        elif message.sent_at is not None:
            time = f"{message.sent_at.astimezone(zone):%Y-%m-%d %H:%M}"
        yield Turn(
            message.seq, f"{author} (internal note)" if message.internal else author, time, message.text + attached
        )


def _describe_part(section: Section, scorecard: Scorecard, channel: Channel) -> Part:
    return Part(
        section.label,
        section.guideline,
        tuple(_describe_criterion(criterion, scorecard, channel) for criterion in section.criteria),
    )


def _describe_criterion(criterion: Criterion, scorecard: Scorecard, channel: Channel) -> Ask:
    answers = {option.label: Answer.choose(option.id) for option in criterion.options}
    if criterion.allow_na:
        answers["N/A"] = NOT_APPLICABLE
    return Ask(
        criterion_id=criterion.id,
        label=criterion.label,
        guidance=_guide(criterion, scorecard, channel),
        options=tuple(option.label for option in criterion.options),
        anchors=tuple(_tell_option(option, channel) for option in criterion.options),
        span=(criterion.number.low, criterion.number.high) if criterion.number else None,
        allow_na=criterion.allow_na,
        reasons=tuple(reason.label for reason in criterion.reasons),
        comment_due=_find_due(criterion, answers, "comment-required", always=criterion.comment == "always"),
        reasons_due=_find_due(criterion, answers, "reason-required", always=criterion.ask_reasons == "always"),
    )


def _find_due(criterion: Criterion, answers: dict[str, Answer], code: str, *, always: bool) -> tuple[str, ...] | None:
    """The answers with which something more is needed; empty where it always is, None where it never is."""
    if always:
        return ()
    found = tuple(
        label
        for label, answer in answers.items()
        if code in {problem.code for problem in check_alone(criterion, Given(answer))}
    )
    return found or None


def _guide(criterion: Criterion, scorecard: Scorecard, channel: Channel) -> str:
    """What helps to judge, as on the desk: when it is asked, the guideline, and what goes with an answer."""
    lines = [_tell_condition(criterion, scorecard), criterion.guideline]
    if criterion.number is not None:
        lines.append(_tell_span(criterion.number, channel))
    if criterion.comment in {"below_best", "worst"} or criterion.ask_reasons in {"below_best", "worst"}:
        lines.append(_tell_needs(criterion))
    return "\n".join(line for line in lines if line)


def _tell_condition(criterion: Criterion, scorecard: Scorecard) -> str:
    rule = criterion.show_if
    if rule is None:
        return ""
    joined = " or " if rule.any_of else " and "
    return f"Only if {joined.join(_tell_one(one, scorecard) for one in rule.any_of or rule.all_of)}."


def _tell_one(condition: Condition, scorecard: Scorecard) -> str:
    earlier = scorecard.criterion(condition.criterion)
    labels = [option.label for option in earlier.options if option.id in condition.is_one_of]
    return f"“{earlier.label}” is {' or '.join(labels)}"


def _tell_option(option: Option, channel: Channel) -> str:
    anchor = option.anchors.get(channel) or option.anchors.get("any") or ""
    fails = f"Fails the {option.auto_fail.value}." if option.auto_fail else ""
    return " ".join(part for part in (anchor, fails) if part)


def _tell_span(span: NumberRange, channel: Channel) -> str:
    anchor = span.anchors.get(channel) or span.anchors.get("any") or ""
    return f"{span.low} to {span.high} {span.unit}".strip() + f", in steps of {span.step}. {anchor}".rstrip()


def _tell_needs(criterion: Criterion) -> str:
    words = {"below_best": "below the best answer", "worst": "with the worst answer"}
    needs = [("Comment", criterion.comment), ("Reason", criterion.ask_reasons)]
    return " ".join(f"{what} needed {words[when]}." for what, when in needs if when in words)
