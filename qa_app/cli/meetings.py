"""The commands of `plumbline calibration` that write down what a meeting decides, and tick it off afterwards."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from db.records import FindingId
from qa_app.cli.dates import DAY
from qa_app.cli.exporting import keep, make_folder
from qa_app.cli.finding import find_people, find_session
from qa_app.cli.printing import Format, Shown, print_json, say, show, tell
from qa_app.cli.surroundings import As, act_as
from qa_app.errors import NotFound
from qa_app.followup import FindingLine
from qa_app.settings import read_settings
from qa_app.words import write_answer, write_count
from qa_app.workflows import calibration, exporting, findings, meeting, minutes
from qa_app.workflows.plain_grading import read_answers
from qa_app.workflows.wording import ask_back

OneSession = Annotated[str, typer.Argument(help="Id of the session.")]
OneTicket = Annotated[str, typer.Argument(help="Number or id of one of its tickets.")]
OneCriterion = Annotated[str, typer.Argument(help="Id of the criterion.")]
_GUIDELINE = "The guideline needs an update; opens a draft of the scorecard."
_CAUSES = ", ".join(findings.CAUSES)


class ListFormat(StrEnum):
    """How the list of findings is given."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def agree(
    session_id: OneSession,
    ticket: OneTicket,
    criterion: OneCriterion,
    answer: Annotated[str, typer.Argument(help="Id of an option, a number, or n/a.")],
    as_: As = None,
) -> None:
    """Record the answer that the meeting agreed on; the blind grades stay as they are.

    Example: plumbline calibration agree 0190… T-48201 empathy 4
    """
    with act_as(as_) as context:
        held = meeting.prepare_meeting(context, find_session(context, session_id))
        case = _find_case(held, ticket)
        given = read_answers(held.version.scorecard, {criterion: answer})[criterion]
        calibration.record_agreed(
            context, held.session.id, ticket_id=case.ticket.id, criterion_id=criterion, answer=given
        )
    say(f"Agreed: {write_answer(given, held.version.scorecard.criterion(criterion))}.")


def finding(
    session_id: OneSession,
    criterion: OneCriterion,
    decision: Annotated[str, typer.Argument(help="What was decided.")],
    cause: Annotated[str, typer.Option(help=f"Why reviewers differed: {_CAUSES}.")],
    ticket: Annotated[str | None, typer.Option(help="Number or id of the ticket that it is about.")] = None,
    action: Annotated[str, typer.Option(help="What is to be done.")] = "",
    owner: Annotated[str | None, typer.Option(help="E-mail of who does it.")] = None,
    due: Annotated[datetime | None, typer.Option(formats=DAY, help="Day until which it is done.")] = None,
    guideline: Annotated[bool, typer.Option("--guideline", help=_GUIDELINE)] = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """Record what the meeting decided about a criterion, and who does what until when.

    Example: plumbline calibration finding 0190… empathy "Once is enough" --cause ambiguous_text --action "Reword it"
    """
    with act_as(as_) as context:
        held = meeting.prepare_meeting(context, find_session(context, session_id))
        new = findings.NewFinding(
            criterion_id=criterion,
            cause=cause,
            decision=decision,
            ticket_id=_find_case(held, ticket).ticket.id if ticket else None,
            action=action,
            owner_id=find_people(context, [owner])[0] if owner else None,
            due_on=due.date() if due else None,
            guideline_needs_update=guideline,
        )
        made = findings.record_finding(context, held.session.id, new)
        draft = meeting.open_guideline(context, held.session.id) if guideline and held.edits else None
    print(made.id)
    say("Recorded." if draft is None else f"Recorded; {draft.id} is the draft to put the guideline right in.")


def list_findings(
    session_id: Annotated[str | None, typer.Option("--session", help="Id of a session; all where left out.")] = None,
    open_: Annotated[bool, typer.Option("--open", help="Only what is still to be done.")] = False,  # noqa: FBT002 - an option
    shown: Annotated[
        ListFormat, typer.Option("--format", help="table for people, json for programs, csv for a spreadsheet.")
    ] = ListFormat.TABLE,
    folder: Annotated[Path, typer.Option("--to", file_okay=False, help="Folder for the CSV file.")] = Path(),
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite a file of the same name.")] = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """List what meetings decided as a to-do list: overdue first, then by day, then what is done.

    Example: plumbline calibration findings --open
    """
    zone = read_settings().time_zone
    with act_as(as_) as context:
        wanted = find_session(context, session_id) if session_id else None
        if shown is ListFormat.CSV:
            make_folder(folder)
            file = exporting.export_findings(context, session_id=wanted, only_open=open_, zone=zone)
            keep(file, folder, replace=replace)
            return
        today = context.now().astimezone(zone).date()
        lines = findings.list_findings(context, session_id=wanted, only_open=open_)
    rows = [_tell_line(line, today) for line in lines]
    if shown is ListFormat.JSON:
        print_json(rows)
        return
    show([{key: row[key] for key in _ON_TERMINAL} for row in rows], shown=Format.TABLE)


def done(
    finding_id: Annotated[str, typer.Argument(help="Id of the finding, as `plumbline calibration findings` lists it.")],
    reopen: Annotated[bool, typer.Option("--reopen", help="Take the tick back.")] = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """Tick off what a finding asked for; its owner may, and who runs sessions.

    Example: plumbline calibration done 0190…
    """
    with act_as(as_) as context:
        findings.finish_finding(context, FindingId(finding_id), done=not reopen)
    say("To do again." if reopen else "Done.")


def attend(
    session_id: OneSession,
    email: Annotated[list[str], typer.Argument(help="E-mails of reviewers, the expert or the facilitator.")],
    absent: Annotated[bool, typer.Option("--absent", help="They were not there.")] = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """Note who is at the meeting: reviewers, the expert, who runs it.

    Example: plumbline calibration attend 0190… ann@example.org bo@example.org
    """
    with act_as(as_) as context:
        found = find_session(context, session_id)
        for person_id in find_people(context, email):
            minutes.note_attendance(context, found, person_id, there=not absent)
    say(f"{write_count(len(email), 'person', 'people')} noted as {'absent' if absent else 'there'}.")


def feedback(
    session_id: OneSession,
    email: Annotated[str, typer.Argument(help="E-mail of a reviewer.")],
    text: Annotated[str, typer.Argument(help="Only the reviewer and who runs sessions read it; empty takes it back.")],
    as_: As = None,
) -> None:
    """Tell one reviewer something in private; it takes the place of what was told before.

    Example: plumbline calibration feedback 0190… ann@example.org "Read the guideline on greetings again."
    """
    with act_as(as_) as context:
        person_id = find_people(context, [email])[0]
        minutes.give_feedback(context, find_session(context, session_id), person_id, text)
    say("Kept." if text.strip() else "Taken back.")


def show_minutes(session_id: OneSession, as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Print what a meeting wrote down: agreed answers, who was there, and the private words that you may read.

    Example: plumbline calibration minutes 0190…
    """
    with act_as(as_) as context:
        held = meeting.prepare_meeting(context, find_session(context, session_id))
        told = minutes.list_feedback(context, held.session.id)
        noted = meeting.follow_meeting(context, held.session.id)
    scorecard, names = held.version.scorecard, {person.id: person.name for person in held.people}
    tickets = {case.ticket.id: case.ticket.external_id for case in held.cases}
    parts: dict[str, list[dict[str, object]]] = {
        "agreed": [
            {
                "ticket": tickets[one.ticket_id],
                "criterion": scorecard.criterion(one.criterion_id).label,
                "answer": write_answer(one.answer, scorecard.criterion(one.criterion_id)),
            }
            for one in noted.agreed
        ],
        "attendance": [
            {"person": person.name, "as": part or "reviewer", "there": noted.attended[person.id]}
            for person, part in held.attendants
            if person.id in noted.attended
        ],
        "in private": [{"reviewer": names[key], "words": words} for key, words in told.items()],
    }
    if shown is Format.JSON:
        print_json(parts)
        return
    for title, rows in parts.items():
        show(rows, shown=shown, title=title.capitalize())
    tell("`plumbline calibration findings` lists what was decided.")


def close(session_id: OneSession, as_: As = None) -> None:
    """End a meeting: nothing more is written down, and everything stays readable.

    Example: plumbline calibration close 0190…
    """
    with act_as(as_) as context:
        calibration.close_session(context, find_session(context, session_id))
    say("Closed.")


_ON_TERMINAL = ("finding", "to do", "owner", "until", "progress", "criterion", "decision", "session")


def _tell_line(line: FindingLine, today: date) -> dict[str, object]:
    made = line.finding
    return {
        "finding": made.id,
        "session": line.session,
        "criterion": line.criterion,
        "ticket": line.ticket or None,
        "cause": made.cause,
        "decision": made.decision,
        "to do": made.action or None,
        "owner": line.owner or None,
        "until": None if made.due_on is None else str(made.due_on),
        "progress": line.progress(today).value,
        "done at": made.done_at,
        "done by": line.done_by or None,
        "guideline needs update": made.guideline_needs_update,
        "by": line.by,
        "at": made.at,
    }


def _find_case(held: meeting.Meeting, typed: str) -> meeting.Case:
    for case in held.cases:
        if typed in {case.ticket.id, case.ticket.external_id}:
            return case
    hint = ask_back(typed, (case.ticket.external_id for case in held.cases))
    raise NotFound("not-in-session", f"No ticket of this session is called {typed!r}.{hint}")
