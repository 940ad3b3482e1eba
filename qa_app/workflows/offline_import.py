"""Grading offline, the way back: what a filled workbook would do, review by review, and then doing it.

Each review goes in by itself, through the same submit as at the desk. What was changed on the server since the export
is shown beside the workbook's version and taken only when somebody says so.
"""

import hashlib
import tempfile
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from db.engine import Transaction
from db.records import Assignment, AssignmentId, AssignmentState, AuditEntry
from db.store import assignments, audit, reviews, tickets
from qa_app.domain.access import require
from qa_app.errors import NotFound, PlumblineError, Refused
from qa_app.intake.offline_forms import FoundCell, FoundForms, read_forms
from qa_app.offline_form import OVERALL, CellProblem, Field, Line, Manifest, Written, hash_written
from qa_app.workflows.context import Context
from qa_app.workflows.grading import Filled, save_draft, submit_review
from qa_app.workflows.offline_cells import say_all, write_form
from qa_app.workflows.offline_export import WORKBOOK, Work, find_work
from qa_app.workflows.offline_reading import FormRead, read_form
from scorecards.model import Scorecard

_GONE = {
    AssignmentState.DONE: "This review was submitted meanwhile, and not from this workbook. It counts as it stands.",
    AssignmentState.SKIPPED: "This ticket was given back meanwhile.",
    AssignmentState.WITHDRAWN: "This assignment was withdrawn meanwhile.",
}


class Fate(StrEnum):
    """What bringing back means for one review of a workbook."""

    SUBMIT = "submit"
    DRAFT = "draft"
    """Kept as a draft: something is not there yet."""
    ASK = "ask"
    """Its draft was changed on the server since the export: nothing is taken unless somebody says so."""
    REFUSED = "refused"
    SAME = "same"
    """Nothing to do: nothing was filled in, or it is all there already."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell of which the server holds something else than the workbook."""

    criterion: str
    column: str
    stored: str
    workbook: str


@dataclass(frozen=True, slots=True)
class Returned:
    """One review of a workbook that came back."""

    number: int
    assignment_id: AssignmentId
    ticket: str
    fate: Fate
    why: str
    """In a sentence; empty where the fate says it all."""
    problems: tuple[CellProblem, ...] = ()
    """For a refused review what is wrong, for a draft what is missing, cell by cell."""
    left_out: tuple[CellProblem, ...] = ()
    differences: tuple[Difference, ...] = ()
    filled: Filled | None = None
    complete: bool = False
    stored: bool = False
    """Whether the server holds a draft that says the same."""
    revision: int = 0
    """Of the draft that the server holds."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What bringing a workbook back would do."""

    file_name: str
    seal: str
    reviews: tuple[Returned, ...]
    problems: tuple[CellProblem, ...]
    """Of rows that belong to no ticket."""

    def having(self, *fates: Fate) -> tuple[Returned, ...]:
        """The reviews with one of these fates."""
        return tuple(one for one in self.reviews if one.fate in fates)

    @property
    def cells(self) -> tuple[CellProblem, ...]:
        """Every cell because of which something is refused."""
        return (*self.problems, *(problem for one in self.having(Fate.REFUSED) for problem in one.problems))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done with one review: its fate in the end, and why where it was refused."""

    returned: Returned
    fate: Fate
    why: str = ""


def preview_offline(context: Context, content: bytes, *, file_name: str) -> Preview:
    """What bringing this workbook back would do. Reads only.

    Raises:
        Refused: no workbook of the actor's and of this installation, or one that was changed where it must not be.
    """
    require(context.actor, "review.grade", owner_id=context.actor.id)
    with tempfile.TemporaryDirectory(prefix="plumbline-offline-") as folder:
        path = Path(folder) / "filled.xlsx"
        path.write_bytes(content)
        found = read_forms(path, file_name=file_name)
    manifest = found.manifest
    with context.store.read() as tx:
        taken = _find_taken(tx, context, manifest, file_name)
        held = assignments.assignments_by_id(tx, [AssignmentId(line.assignment_id) for line in manifest.lines])
        returned = tuple(
            _judge(tx, context, manifest, line, held.get(AssignmentId(line.assignment_id)), found, taken)
            for line in manifest.lines
        )
    loose = tuple(problem for problem in found.problems if problem.number == 0)
    return Preview(file_name, manifest.seal, returned, loose)


def apply_offline(
    context: Context, preview: Preview, *, submit: bool = True, take: Container[AssignmentId] = ()
) -> tuple[Outcome, ...]:
    """Do what the preview shows; each review by itself, so that one that is refused costs no other.

    `submit`: complete reviews are submitted, else all become drafts. `take`: of which assignments the workbook's
    version is taken although the server's draft was changed.
    """
    outcomes = tuple(_apply(context, preview, one, submit=submit, take=take) for one in preview.reviews)
    drafts: dict[str, object] = {
        one.returned.assignment_id: one.returned.revision + 1 for one in outcomes if one.fate is Fate.DRAFT
    }
    submitted = sum(one.fate is Fate.SUBMIT for one in outcomes)
    if submitted or drafts:
        after = {"submitted": submitted, "drafts": drafts}
        entry = AuditEntry(context.now(), context.actor.id, "offline.import", WORKBOOK, preview.seal, after=after)
        with context.writing() as tx:
            audit.append(tx, entry)
    return outcomes


def _apply(
    context: Context, preview: Preview, one: Returned, *, submit: bool, take: Container[AssignmentId]
) -> Outcome:
    taken = one.fate in {Fate.SUBMIT, Fate.DRAFT} or (one.fate is Fate.ASK and one.assignment_id in take)
    if not taken or one.filled is None:
        return Outcome(one, one.fate, one.why)
    try:
        if submit and one.complete:
            submit_review(
                context,
                one.assignment_id,
                one.filled,
                submission_key=_make_key(preview.seal, one.assignment_id),
                expected_revision=one.revision,
            )
            return Outcome(one, Fate.SUBMIT)
        if one.stored:
            return Outcome(one, Fate.SAME, "The draft in Plumbline says the same already.")
        save_draft(context, one.assignment_id, one.filled, expected_revision=one.revision)
    except PlumblineError as refusal:
        return Outcome(one, Fate.REFUSED, refusal.message)
    return Outcome(one, Fate.DRAFT)


def _find_taken(tx: Transaction, context: Context, manifest: Manifest, file_name: str) -> Mapping[str, object]:
    """The drafts that this workbook made when it came back before, with their revisions.

    Raises:
        Refused: nobody here exported such a workbook, or somebody else did.
    """
    history = audit.entries(tx, object_type=WORKBOOK, object_id=manifest.seal, limit=1000)
    if not history:
        raise Refused(
            "offline-elsewhere",
            f"{file_name} was exported from another installation of Plumbline, or from a database that was restored "
            "since. Export anew here and copy your answers over.",
        )
    if manifest.person_id != context.actor.id or any(entry.actor_id != context.actor.id for entry in history):
        raise Refused(
            "offline-other-person",
            f"{file_name} was made for somebody else. Only whoever exported a workbook can bring it back.",
        )
    taken: dict[str, object] = {}
    for entry in reversed(history):
        drafts = (entry.after or {}).get("drafts", {})
        taken |= drafts if isinstance(drafts, Mapping) else {}
    return taken


def _judge(
    tx: Transaction,
    context: Context,
    manifest: Manifest,
    line: Line,
    assignment: Assignment | None,
    found: FoundForms,
    taken: Mapping[str, object],
) -> Returned:
    """What becomes of one review."""
    ticket = tickets.ticket(tx, assignment.ticket_id) if assignment else None
    assignment_id = AssignmentId(line.assignment_id)
    blank = Returned(line.number, assignment_id, ticket.external_id if ticket else "?", Fate.SAME, "")
    if assignment is None or assignment.reviewer_id != context.actor.id:
        return replace(blank, fate=Fate.REFUSED, why="This ticket is not yours any more.")
    if assignment.state is not AssignmentState.OPEN:
        return _judge_finished(tx, manifest, assignment, blank)
    cells = found.cells.get(line.number, {})
    problems = tuple(problem for problem in found.problems if problem.number == line.number)
    if not problems and (not cells or hash_written(_say(cells)) == line.content):
        gone = "Its sheet is not in the workbook any more."
        return replace(blank, why="Nothing was changed in the workbook." if cells else gone)
    try:
        work = find_work(tx, assignment, version=line.ticket_version)
    except NotFound as lost:
        return replace(blank, fate=Fate.REFUSED, why=lost.message)
    problems += _find_missing(line, work.scorecard, cells)
    why = _find_obstacle(work, line)
    if why or problems:
        return replace(blank, fate=Fate.REFUSED, why=why, problems=problems)
    return _judge_open(work, line, cells, blank, taken)


def _find_obstacle(work: Work, line: Line) -> str:
    """Why what was filled in no longer fits the assignment; empty where it does."""
    if work.asked != line.form:
        return "The form has changed since the export. Export this ticket anew and copy your answers over."
    if work.stored.ticket_version not in {None, line.ticket_version}:
        return "Its draft was begun on another version of the ticket. Finish it on the desk."
    return ""


def _say(cells: Mapping[tuple[str, Field], FoundCell]) -> Written:
    return say_all({place: cell.value for place, cell in cells.items()})


def _judge_open(
    work: Work,
    line: Line,
    cells: Mapping[tuple[str, Field], FoundCell],
    blank: Returned,
    taken: Mapping[str, object],
) -> Returned:
    read = read_form(line.number, work.scorecard, work.conversation, work.stored, cells)
    if read.problems:
        return replace(blank, fate=Fate.REFUSED, problems=tuple(read.problems))
    said, stored = _say(cells), write_form(work.scorecard, work.stored)
    same = _is_same(work, read, stored, said)
    one = replace(
        blank,
        problems=tuple(read.lacking),
        left_out=tuple(read.not_asked),
        filled=read.filled,
        complete=not read.lacking,
        stored=same,
        revision=work.revision,
    )
    if same and not one.complete:
        return replace(one, fate=Fate.SAME, why="The draft in Plumbline says the same already.")
    if not same and work.revision not in {line.revision, taken.get(line.assignment_id)}:
        why = "Its draft was changed in Plumbline since the export."
        return replace(one, fate=Fate.ASK, why=why, differences=_compare(work.scorecard, stored, said))
    return replace(one, fate=Fate.SUBMIT if one.complete else Fate.DRAFT)


def _is_same(work: Work, read: FormRead, stored: Written, said: Written) -> bool:
    """Whether the server holds a draft that says what the workbook says; answers that are not asked say nothing."""
    return bool(work.revision) and (stored == said or stored == write_form(work.scorecard, read.filled))


def _judge_finished(tx: Transaction, manifest: Manifest, assignment: Assignment, blank: Returned) -> Returned:
    earlier = reviews.review_by_key(tx, _make_key(manifest.seal, assignment.id))
    if earlier is not None:
        return replace(blank, why="It was submitted from this workbook before.")
    return replace(blank, fate=Fate.REFUSED, why=_GONE[assignment.state])


def _find_missing(
    line: Line, scorecard: Scorecard, cells: Mapping[tuple[str, Field], FoundCell]
) -> tuple[CellProblem, ...]:
    """Rows that are gone from a sheet, or that the form never had."""
    sheet = next(iter(cells.values())).sheet if cells else ""
    here, asked = {criterion_id for criterion_id, _ in cells}, {criterion.id for criterion in scorecard.criteria}
    gone = (
        CellProblem(
            line.number, sheet, "", criterion.label,
            "The row of this criterion is gone from the sheet; export the ticket anew.", "row-gone",
        )
        for criterion in scorecard.criteria if criterion.id not in here
    )  # fmt: skip
    strange = (
        CellProblem(
            line.number, sheet, "", criterion_id, "The form has no such criterion; delete the row.", "row-unknown"
        )
        for criterion_id in sorted(here - asked - {OVERALL})
    )
    return (*gone, *strange)


def _compare(scorecard: Scorecard, stored: Written, said: Written) -> tuple[Difference, ...]:
    labels = {criterion.id: criterion.label for criterion in scorecard.criteria} | {OVERALL: "Overall comment"}
    return tuple(
        Difference(label, column.value, stored.get((key, column), ""), said.get((key, column), ""))
        for key, label in labels.items()
        for column in Field
        if stored.get((key, column), "") != said.get((key, column), "")
    )


def _make_key(seal: str, assignment_id: AssignmentId) -> str:
    """The submission key: the same for the same review of the same workbook, however often it comes back."""
    return f"offline-{hashlib.sha256(f'{seal}/{assignment_id}'.encode()).hexdigest()[:48]}"
