"""Bringing tickets in: a preview that writes nothing, then one transaction.

The same file twice changes nothing. A changed ticket becomes a new version and the old one stays, because a review
keeps the version that its author saw. A bad row never sinks the good ones.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from db.engine import Transaction
from db.records import AuditEntry, ColumnMapping, ImportBatch, ImportBatchId, IssueLevel, RowIssue
from db.store import audit, imports, people, tickets
from qa_app.domain.access import reach, require
from qa_app.errors import Refused
from qa_app.intake.columns import COLUMNS
from qa_app.intake.model import Cell, Guess, IncomingTicket, Place, Question, Speaker, Table, Unreadable, shorten
from qa_app.intake.recordings import NotAudio, RecordingFacts, inspect_recordings
from qa_app.workflows.context import Context
from qa_app.workflows.import_content import content_hash
from qa_app.workflows.import_people import AgentMatch, Ambiguous
from qa_app.workflows.import_plan import Arrival, Plan, RowState, Step, make_conversation, make_plan
from qa_app.workflows.import_reading import Choices, Reading, Upload, read_upload
from qa_app.workflows.import_recordings import (
    draw_waveform_beside,
    keep_recording,
    read_waveform_beside,
    stored_path,
)

__all__ = [
    "Choices",
    "ImportPreview",
    "RowOutcome",
    "RowState",
    "TableHead",
    "Upload",
    "commit_import",
    "preview_import",
]

_WRITTEN_AT_A_TIME = 250
_SAMPLE_ROWS = 5
_SLACK_SECONDS = 2.0
"""How far a message may reach beyond its recording: transcribers round, and encoders pad."""

Report = Callable[[int, int], None]
"""Hears how many of how many are done; it may raise to stop the work, and then nothing was written.

Only waveforms are drawn after all is written; what is stopped there is drawn when it is first looked at.
"""


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What becomes of one row or line."""

    row: int | None
    sheet: str | None
    source: str | None
    external_id: str | None
    state: RowState


@dataclass(frozen=True, slots=True)
class TableHead:
    """Columns of a table with a few rows, for the mapping step."""

    kind: str
    sheet: str | None
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields of the interchange format that a column can be mapped to."""
        return tuple(COLUMNS[self.kind])


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do, and everything that is known, guessed or still to be asked about the file."""

    upload: Upload
    choices: Choices
    format: str
    file_hash: str
    rows_read: int
    rows: tuple[RowOutcome, ...]
    issues: tuple[RowIssue, ...]
    guesses: tuple[Guess, ...]
    questions: tuple[Question, ...]
    speakers: tuple[Speaker, ...]
    mappings: tuple[ColumnMapping, ...]
    tables: tuple[TableHead, ...]
    agents: tuple[AgentMatch, ...]
    """How each agent of new and changed tickets was found."""
    new_teams: tuple[str, ...]
    arrivals: tuple[Arrival, ...]
    read_issues: tuple[RowIssue, ...]
    """Those of the file alone; `issues` has those of the comparison with the store as well."""

    @property
    def ready(self) -> bool:
        """Whether nothing is left to ask."""
        return not self.questions

    def count(self, state: RowState) -> int:
        """How many rows end in a state."""
        return sum(row.state is state for row in self.rows)


def preview_import(
    context: Context, upload: Upload, choices: Choices | None = None, *, report: Report | None = None
) -> ImportPreview:
    """Read a file and say what importing it would do, row by row. Writes nothing.

    Raises:
        NotAllowed: the actor may import nothing at all.
        Refused: the file as a whole cannot be read.
    """
    _require_import(context)
    said, report = choices or Choices(), report or _keep_quiet
    reading = read_upload(upload, said, lambda kind, header: _remembered(context, kind, header))
    arrivals, issues = _arrive(reading, upload, said, report)
    with context.store.read() as tx:
        plan = _plan(context, tx, arrivals, upload)
    every_issue = (*issues, *plan.issues)
    return ImportPreview(
        upload=upload,
        choices=said,
        format=reading.read.format,
        file_hash=_hash_file(upload.path),
        rows_read=reading.read.rows_read,
        rows=_outcomes(plan, every_issue),
        issues=every_issue,
        guesses=reading.read.guesses,
        questions=reading.read.questions,
        speakers=reading.read.speakers,
        mappings=reading.mappings,
        tables=tuple(map(_head, reading.tables, [mapping.kind for mapping in reading.mappings])),
        agents=tuple(match for match in plan.cast.matches if not isinstance(match, Ambiguous)),
        new_teams=tuple(team.name for team in plan.cast.new_teams),
        arrivals=arrivals,
        read_issues=issues,
    )


def commit_import(context: Context, preview: ImportPreview, *, report: Report | None = None) -> ImportBatch:
    """Carry a preview out in one transaction. What others imported meanwhile is taken into account.

    Raises:
        NotAllowed: the actor may import nothing at all.
        Refused: a question is still open.
        Conflict: a recording changed after the preview.
        Unavailable: a recording cannot be written.
    """
    _require_import(context)
    report = report or _keep_quiet
    if not preview.ready:
        names = ", ".join(question.name for question in preview.questions)
        raise Refused("import-questions-open", f"Answer these first: {names}. The preview says what each one means.")
    with context.store.read() as tx:
        before = _plan(context, tx, preview.arrivals, preview.upload)
    # Recordings lie in their place before the rows that name them exist; one without rows does no harm.
    changing = [*before.of(RowState.NEW), *before.of(RowState.CHANGED)]
    kept = {facts.content_hash for step in changing for _, facts in step.arrival.recordings}
    written = 2 * len(changing)
    total = written + len(kept)
    for done, step in enumerate(changing):
        report(done, total)
        for file, facts in step.arrival.recordings:
            keep_recording(file.path, facts, folder=context.recordings_dir, part_name=context.new_id())
    with context.store.write() as tx:
        plan = _plan(context, tx, preview.arrivals, preview.upload)
        batch = _batch(context, preview, plan)
        imports.add_batch(tx, batch)
        _write(tx, plan, batch.id, context, lambda done: report(len(changing) + done, total))
        for mapping in preview.mappings:
            imports.save_mapping(tx, mapping)
        audit.append(tx, _audit_entry(context, batch, plan))
    _draw_waveforms(context, kept, lambda done: report(written + done, total))
    report(total, total)
    return batch


def _draw_waveforms(context: Context, content_hashes: Iterable[str], report: Callable[[int], None]) -> None:
    """Now rather than when a reviewer waits for it; nothing depends on it."""
    for done, each in enumerate(sorted(content_hashes)):
        report(done)
        recording = stored_path(context.recordings_dir, each)
        if read_waveform_beside(recording) is None:
            draw_waveform_beside(recording, part_name=context.new_id())


def _require_import(context: Context) -> None:
    # Somebody limited to some teams may import into these: each ticket is asked about on its own.
    if reach(context.actor, "ticket.import").nothing:
        require(context.actor, "ticket.import")


def _keep_quiet(_done: int, _total: int) -> None:
    """Nobody wants to hear how far it is."""


def _remembered(context: Context, kind: str, header: str) -> ColumnMapping | None:
    with context.store.read() as tx:
        return imports.mapping(tx, kind, header)


def _plan(context: Context, tx: Transaction, arrivals: Sequence[Arrival], upload: Upload) -> Plan:
    return make_plan(tx, arrivals, actor=context.actor, file_name=upload.file_name, new_id=context.new_id)


def _arrive(
    reading: Reading, upload: Upload, choices: Choices, report: Report
) -> tuple[tuple[Arrival, ...], tuple[RowIssue, ...]]:
    """Tickets with the facts of their recordings; those with nothing to review are refused here."""
    found = reading.read.tickets
    paths = [recording.path for ticket in found for recording in ticket.recordings]
    facts = inspect_recordings(paths, report=lambda done: report(done, len(paths)))
    issues = list(reading.read.issues)
    arrivals: list[Arrival] = []
    for ticket in found:
        place = Place(upload.file_name, ticket.row, ticket.sheet)
        known = []
        for recording in ticket.recordings:
            fact = facts[recording.path]
            if isinstance(fact, NotAudio):
                issues.append(place.warn(fact.code, fact.message, found=recording.original_name))
                continue
            known.append((recording, fact))
            if fact.is_damaged:
                issues.append(_warn_of_damage(fact, place, name=recording.original_name))
        remark = _look_at_content(
            ticket, [fact for _, fact in known], place, take=choices.options.get("empty") == "take"
        )
        issues.extend(remark)
        if any(issue.level is IssueLevel.REFUSED for issue in remark):
            continue
        hashes = [fact.content_hash for _, fact in known]
        arrivals.append(Arrival(ticket, content_hash(ticket, recording_hashes=hashes), tuple(known)))
    return tuple(arrivals), tuple(issues)


def _warn_of_damage(fact: RecordingFacts, place: Place, *, name: str) -> RowIssue:
    return place.warn(
        "recording-damaged",
        f"{fact.missing_seconds:.0f} s of the recording are missing: it is cut off, or broken within. It comes as it "
        "is. For the whole call, get the file once more from where it was recorded, and import again.",
        found=name,
    )


def _look_at_content(
    ticket: IncomingTicket, facts: Sequence[RecordingFacts], place: Place, *, take: bool
) -> list[RowIssue]:
    said = any(message.text.strip() or message.attachments for message in ticket.messages)
    if not said and not facts:
        if take:
            return [
                place.warn("no-conversation", "The ticket has no conversation; reviewers must look it up elsewhere.")
            ]
        return [
            place.refuse(
                "nothing-to-review",
                "The ticket has neither messages nor a recording, so there is nothing to review. Add a table of "
                "messages or a column with the talk; or set the option empty to take, to bring such tickets in anyway.",
                found=ticket.external_id,
            )
        ]
    longest = max((fact.duration_seconds for fact in facts), default=None)
    last = max((message.end_seconds or message.start_seconds or 0.0 for message in ticket.messages), default=0.0)
    if longest is not None and last > longest + _SLACK_SECONDS:
        text = f"Messages reach to {last:.1f} s, but the recording lasts {longest:.1f} s. Is it the right recording?"
        return [place.warn("message-after-end", text)]
    return []


def _outcomes(plan: Plan, issues: Iterable[RowIssue]) -> tuple[RowOutcome, ...]:
    """One outcome for each ticket, and one for each further row that was refused, in the order of the file."""
    rows: dict[tuple[str, int | None], RowOutcome] = {}
    for issue in issues:
        if issue.level is IssueLevel.REFUSED:
            rows[issue.sheet or "", issue.row] = RowOutcome(issue.row, issue.sheet, None, None, RowState.REFUSED)
    for step in plan.steps:
        ticket = step.arrival.ticket
        rows[ticket.sheet or "", ticket.row] = RowOutcome(
            ticket.row, ticket.sheet, ticket.source, ticket.external_id, step.state
        )
    return tuple(sorted(rows.values(), key=lambda outcome: (outcome.sheet or "", outcome.row or 0)))


def _head(table: Table, kind: str) -> TableHead:
    sample = tuple(tuple(map(_show_cell, row.cells)) for row in table.rows[:_SAMPLE_ROWS])
    return TableHead(kind, table.sheet, table.header, sample)


def _show_cell(cell: Cell) -> str:
    shown = cell.found if isinstance(cell, Unreadable) else cell
    return "" if shown is None else shorten(shown, limit=60)


def _hash_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _batch(context: Context, preview: ImportPreview, plan: Plan) -> ImportBatch:
    issues = (*preview.read_issues, *plan.issues)
    outcomes = _outcomes(plan, issues)
    sources = dict.fromkeys(arrival.ticket.source for arrival in preview.arrivals)
    return ImportBatch(
        id=ImportBatchId(context.new_id()),
        source=(", ".join(sources) or preview.choices.source or "")[:200],
        file_name=preview.upload.file_name[:400],
        file_hash=preview.file_hash,
        format=preview.format,
        actor_id=context.actor.id,
        at=context.now(),
        rows_read=preview.rows_read,
        new=len(plan.of(RowState.NEW)),
        changed=len(plan.of(RowState.CHANGED)),
        unchanged=len(plan.of(RowState.UNCHANGED)),
        refused=sum(outcome.state is RowState.REFUSED for outcome in outcomes),
        issues=issues,
    )


def _write(
    tx: Transaction, plan: Plan, batch_id: ImportBatchId, context: Context, report: Callable[[int], None]
) -> None:
    for team in plan.cast.new_teams:
        people.add_team(tx, team)
    for person in plan.cast.people_added():
        people.add_person(tx, person)
    for person in plan.cast.people_changed():
        people.update_person(tx, person)
    done = 0
    for state, write in ((RowState.NEW, tickets.add_conversations), (RowState.CHANGED, tickets.replace_conversations)):
        steps = plan.of(state)
        for start in range(0, len(steps), _WRITTEN_AT_A_TIME):
            portion: Sequence[Step] = steps[start : start + _WRITTEN_AT_A_TIME]
            write(tx, [make_conversation(step, batch_id=batch_id, new_id=context.new_id) for step in portion])
            done += len(portion)
            report(done)


def _audit_entry(context: Context, batch: ImportBatch, plan: Plan) -> AuditEntry:
    return AuditEntry(
        at=batch.at,
        actor_id=context.actor.id,
        action="ticket.import",
        object_type="import_batch",
        object_id=batch.id,
        after={
            "file_hash": batch.file_hash,
            "format": batch.format,
            "rows_read": batch.rows_read,
            "new": batch.new,
            "changed": batch.changed,
            "unchanged": batch.unchanged,
            "refused": batch.refused,
            "people_added": len(plan.cast.new_people),
            "people_changed": len(plan.cast.people_changed()),
            "teams_added": len(plan.cast.new_teams),
        },
    )
