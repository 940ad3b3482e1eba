"""The sheets of a calibration workbook that hold answers: side by side, scores, findings, all ratings in long form.

Pure: a report of a revealed session in, planned sheets out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from db.records import PersonId, Rating, Ticket, TicketId
from qa_app.followup import FindingLine, Progress
from qa_app.reports import AnswerSheet, CalibrationReport
from qa_app.words import NO_SCORE, NOTHING, write_answer, write_code
from qa_app.workbooks.parts import plan_table
from qa_app.workbooks.plan import Cell, Column, Mark, Shade, Sheet, Style, Table, Tone
from scorecards.answers import AnswerState
from scorecards.model import Criterion
from scorecards.values import answer_value

_FAR = 40
"""From so many points on the sheet calls answers far apart: what guessing gives on a scale of five steps."""
_APART_MARKS = (
    Mark("Apart", "▲", Tone.BAD),
    Mark("Apart", "△", Tone.WARNING),
    Mark("Apart", "=", Tone.GOOD),
    Mark("Apart", NOTHING, Tone.QUIET),
)
_NOT_SUBMITTED = "not submitted"


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids of a report are called."""

    people: Mapping[PersonId, str]
    tickets: Mapping[TicketId, Ticket]
    criteria: Mapping[str, Criterion]

    @classmethod
    def of(cls, report: CalibrationReport) -> "Names":
        """All names that a report holds."""
        people = (report.facilitator, *report.reviewers)
        return cls(
            people={person.id: person.name for person in people},
            tickets={ticket.id: ticket for _, ticket in report.tickets},
            criteria={criterion.id: criterion for criterion in report.version.scorecard.criteria},
        )


def plan_side_by_side(report: CalibrationReport, names: Names, *, who: str) -> Sheet:
    """What everyone answered to each criterion of each ticket, in the order of the report, which is the meeting's."""
    note = (
        "In the order of the meeting: tickets and their criteria with the furthest apart first. Apart: mean distance "
        "of two answers, 100 being the best against the worst, or “not applicable” against a grade. "
        f"▲ far: {_FAR} or more; △ some; = same; — fewer than two answers, or text."
    )
    table = Table(
        columns=(
            Column("Ticket", narrowest=11, widest=18),
            Column("Criterion", Style.STRONG, narrowest=22, widest=44),
            Column("Apart", narrowest=14, widest=24),
            Column("Apart, points", Style.COUNT, narrowest=9),
            *(Column(person.name, narrowest=14, widest=22) for person in report.reviewers),
            Column("Reference", narrowest=12, widest=22),
        ),
        rows=tuple(_compare_answers(sheet, report, names) for sheet in report.sheets),
        name="SideBySide",
        marks=_APART_MARKS,
        shades=(Shade("Apart, points", low=0, high=100),),
    )
    return plan_table("Side by side", who, table, none="No answers were given.", note=note, frozen_columns=2)


def plan_scores(report: CalibrationReport, *, who: str) -> Sheet:
    """The reported scores: a row for each ticket, a column for each reviewer."""
    rows = tuple(
        (
            Cell(ticket.external_id),
            Cell(ticket.subject or NOTHING),
            Cell(write_code(ticket.channel.value)),
            Cell(write_code(chosen.selection.value)),
            *(_show_score(report, ticket.id, person.id) for person in report.reviewers),
        )
        for chosen, ticket in report.tickets
    )
    table = Table(
        columns=(
            Column("Ticket", Style.STRONG, narrowest=12, widest=20),
            Column("Subject", narrowest=24, widest=40),
            Column("Channel", narrowest=10),
            Column("Chosen", narrowest=11),
            *(Column(person.name, Style.ONE_DIGIT, narrowest=13, widest=20) for person in report.reviewers),
        ),
        rows=rows,
        name="Scores",
    )
    note = (
        "Reported scores in percent. Calibration grades never count in an agent’s score. "
        f"“{NO_SCORE}”: nothing on the form applied. “{NOTHING}”: {_NOT_SUBMITTED}."
    )
    return plan_table("Scores", who, table, none="Nobody was asked to grade.", note=note, frozen_columns=1)


def plan_findings(report: CalibrationReport, *, who: str, zone: ZoneInfo) -> Sheet:
    """What the session decided, and what of it is done."""
    table = Table(
        columns=(
            Column("Criterion", Style.STRONG, narrowest=20, widest=28),
            Column("Ticket", narrowest=11, widest=18),
            Column("Cause", narrowest=14, widest=18),
            Column("Decision", narrowest=24, widest=36),
            Column("Action", narrowest=18, widest=28),
            Column("Owner", narrowest=12, widest=18),
            Column("Due", Style.DATE, narrowest=12),
            Column("Done", narrowest=13, widest=18),
            Column("Done on", Style.DATE, narrowest=12),
            Column("Guideline", narrowest=16),
            Column("Recorded by", narrowest=13, widest=18),
            Column("On", Style.DATE, narrowest=12),
        ),
        rows=tuple(_list_finding(line, report.made_at, zone) for line in report.findings),
        name="Findings",
        marks=(
            Mark("Guideline", "⚠", Tone.WARNING),
            *(Mark("Done", sign, tone) for sign, tone in (("▲", Tone.BAD), ("○", Tone.WARNING), ("✓", Tone.GOOD))),
        ),
    )
    note = "What is to be done comes first, the earliest day on top. ▲ overdue on the day of this workbook."
    return plan_table("Findings", who, table, none="No findings were recorded.", note=note)


def plan_ratings(report: CalibrationReport, names: Names, *, who: str) -> Sheet:
    """Every rating in long form, ticket by ticket; number columns hold numbers or nothing."""
    by_place = {(sheet.ticket_id, sheet.criterion_id): sheet for sheet in report.sheets}
    rows = tuple(
        _list_rating(by_place[ticket.id, criterion_id], person_id, report, names)
        for _, ticket in report.tickets
        for criterion_id in names.criteria
        if (ticket.id, criterion_id) in by_place
        for person_id in (person.id for person in report.reviewers)
    )
    table = Table(
        columns=(
            Column("Session", narrowest=12, widest=16),
            Column("Ticket", narrowest=11, widest=18),
            Column("Criterion id", narrowest=12, widest=20),
            Column("Criterion", Style.STRONG, narrowest=18, widest=40),
            Column("Reviewer", narrowest=12, widest=18),
            Column("State", narrowest=13),
            Column("Option", narrowest=9, widest=16),
            Column("Answer", narrowest=14, widest=24),
            Column("Points", Style.ONE_DIGIT),
            Column("Value, %", Style.ONE_DIGIT),
            Column("Reasons", narrowest=10, widest=20),
            Column("Comment", narrowest=20, widest=44),
        ),
        rows=rows,
        name="Ratings",
    )
    return plan_table("Ratings", who, table, none="No answers were given.")


def _compare_answers(sheet: AnswerSheet, report: CalibrationReport, names: Names) -> tuple[Cell, ...]:
    reference, criterion = sheet.reference, names.criteria[sheet.criterion_id]
    told = NOTHING
    if reference is not None:
        told = f"{reference.kind}: {write_answer(reference.answer, criterion)}"
    return (
        Cell(names.tickets[sheet.ticket_id].external_id),
        Cell(criterion.label),
        Cell(_tell_apart(sheet)),
        Cell(NOTHING if sheet.apart is None else sheet.apart),
        *(Cell(_tell_answer(sheet, person.id)) for person in report.reviewers),
        Cell(told),
    )


def _tell_apart(sheet: AnswerSheet) -> str:
    """How far apart in a word, and whether reviewers differed on the criterion applying at all."""
    states = {rating.answer.state for rating in sheet.ratings.values() if rating is not None}
    differ = {AnswerState.CHOSEN, AnswerState.NOT_APPLICABLE} <= states
    if sheet.apart is None:
        word = f"{NOTHING} too few"
    elif sheet.apart >= _FAR:
        word = "▲ far"
    else:
        word = "△ some" if sheet.apart > 0 else "= same"
    return f"{word}; applies or not?" if differ else word


def _tell_answer(sheet: AnswerSheet, person_id: PersonId) -> str:
    rating = sheet.ratings.get(person_id)
    if rating is None:
        return f"{NOTHING} {_NOT_SUBMITTED}"
    return NOTHING if rating.answer.state is AnswerState.MISSING else sheet.words.get(person_id, NOTHING)


def _show_score(report: CalibrationReport, ticket_id: TicketId, person_id: PersonId) -> Cell:
    scores = report.scores.get(ticket_id, {})
    if person_id not in scores:
        return Cell(NOTHING)
    score = scores[person_id]
    return Cell(NO_SCORE if score is None else score)


_DONE = {
    Progress.NOTHING: NOTHING,
    Progress.OPEN: "○ to do",
    Progress.OVERDUE: "▲ overdue",
    Progress.DONE: "✓ done",
}


def _list_finding(line: FindingLine, made_at: datetime, zone: ZoneInfo) -> tuple[Cell, ...]:
    finding, today = line.finding, made_at.astimezone(zone).date()
    return (
        Cell(line.criterion),
        Cell(line.ticket or NOTHING),
        Cell(write_code(finding.cause)),
        Cell(finding.decision),
        Cell(finding.action or NOTHING),
        Cell(line.owner or NOTHING),
        Cell(NOTHING if finding.due_on is None else finding.due_on),
        Cell(_DONE[line.progress(today)]),
        Cell(NOTHING if finding.done_at is None else finding.done_at.astimezone(zone).date()),
        Cell("⚠ needs an update" if finding.guideline_needs_update else "fine as it is"),
        Cell(line.by),
        Cell(finding.at.astimezone(zone).date()),
    )


def _list_rating(sheet: AnswerSheet, person_id: PersonId, report: CalibrationReport, names: Names) -> tuple[Cell, ...]:
    rating = sheet.ratings.get(person_id)
    criterion = names.criteria[sheet.criterion_id]
    return (
        Cell(report.session.name),
        Cell(names.tickets[sheet.ticket_id].external_id),
        Cell(sheet.criterion_id),
        Cell(criterion.label),
        Cell(names.people[person_id]),
        Cell(_NOT_SUBMITTED if rating is None else write_code(rating.answer.state.value)),
        Cell(NOTHING if rating is None or rating.answer.option_id is None else rating.answer.option_id),
        Cell(_tell_answer(sheet, person_id)),
        Cell(None if rating is None else _points(rating, criterion)),
        Cell(None if rating is None else _value(rating, criterion)),
        Cell(NOTHING if rating is None else _tell_reasons(rating, criterion)),
        Cell(NOTHING if rating is None or not rating.comment else rating.comment),
    )


def _points(rating: Rating, criterion: Criterion) -> Decimal | None:
    """The number that was given, or the points that the scorecard gives to the option."""
    points = {option.id: option.points for option in criterion.options}
    return rating.answer.number if rating.answer.number is not None else points.get(rating.answer.option_id or "")


def _value(rating: Rating, criterion: Criterion) -> float | None:
    """What the answer is worth by the rules of the scorecard."""
    value = answer_value(criterion, rating.answer)
    return None if value is None else float(100 * value)


def _tell_reasons(rating: Rating, criterion: Criterion) -> str:
    labels = {reason.id: reason.label for reason in criterion.reasons}
    return "\n".join(labels.get(reason_id, reason_id) for reason_id in rating.reason_ids) or NOTHING
