"""Pages made for paper: plain HTML that a browser prints well."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from db.records import Finding, Person, SessionId
from qa_app.errors import NotAllowed, NotFound, PlumblineError
from qa_app.ui.html import render
from qa_app.words import write_answer, write_day, write_moment, write_presence
from qa_app.workflows.context import Context, Installation
from qa_app.workflows.findings import CAUSES
from qa_app.workflows.meeting import Case, Meeting, Minutes, Question, follow_meeting, prepare_meeting

Row = dict[str, object]


def routes(installation: Installation) -> list[Route]:
    """The minutes of a meeting under `/print/meeting/{session}`; `?masked=1` writes letters for names."""
    zone = installation.settings.time_zone

    def draw(context: Context, session_id: SessionId, *, masked: bool) -> Response:
        held, found = prepare_meeting(context, session_id), follow_meeting(context, session_id)
        moment = held.session.revealed_at or held.session.created_at
        return render(
            "minutes.html",
            title=held.session.name,
            scorecard=f"{held.version.scorecard.label}, version {held.version.number}",
            facilitator=held.facilitator.name,
            revealed=write_moment(moment, zone),
            printed=write_moment(context.now(), zone),
            attended=_list_attended(held, found),
            findings=[_write_finding(finding, held) for finding in found.findings],
            tickets=[_write_case(case, held, found, masked=masked) for case in held.cases],
        )

    async def meeting(request: Request) -> Response:
        person: Person | None = request.state.person
        if person is None:
            return PlainTextResponse("Sign in first.", 401)
        session_id, masked = SessionId(request.path_params["session"]), "masked" in request.query_params
        try:
            return await run_in_threadpool(draw, installation.context(person), session_id, masked=masked)
        except (NotFound, NotAllowed):
            return PlainTextResponse("There is no such page, or none for you.", 404)
        except PlumblineError as refusal:
            return PlainTextResponse(refusal.message, 409)

    return [Route("/print/meeting/{session}", meeting, methods=["GET"])]


def _list_attended(held: Meeting, found: Minutes) -> list[tuple[str, bool, str]]:
    """Name, whether there, and what is said behind the name."""
    noted = {person.id: found.attended.get(person.id) for person, _ in held.attendants}
    return [
        (person.name, bool(noted[person.id]), write_presence(part, noted[person.id]))
        for person, part in held.attendants
    ]


def _write_finding(finding: Finding, held: Meeting) -> Row:
    names = {person.id: person.name for person in (*held.owners, *held.people, held.facilitator)}
    tickets = {case.ticket.id: case.ticket.external_id for case in held.cases}
    return {
        "criterion": held.version.scorecard.criterion(finding.criterion_id).label,
        "ticket": tickets.get(finding.ticket_id, "") if finding.ticket_id else "",
        "decision": finding.decision,
        "cause": CAUSES[finding.cause],
        "action": finding.action,
        "owner": names.get(finding.owner_id, "") if finding.owner_id else "",
        "due": write_day(finding.due_on) if finding.due_on else "",
        "done": finding.done_at is not None,
        "guideline": finding.guideline_needs_update,
    }


def _write_case(case: Case, held: Meeting, found: Minutes, *, masked: bool) -> Row:
    agreed = {each.criterion_id: each.answer for each in found.agreed if each.ticket_id == case.ticket.id}
    noted = {each.criterion_id for each in found.findings if each.ticket_id == case.ticket.id}
    told = [
        question
        for question in case.questions
        if (question.disagreement and question.disagreement.differing) or question.criterion.id in {*agreed, *noted}
    ]
    names = held.masks if masked else {person.id: person.name for person in held.people}
    alone = [question for question in case.questions if question.disagreement is None and question not in told]
    rows = []
    for question in told:
        answer = agreed.get(question.criterion.id)
        rows.append(
            {
                "criterion": question.criterion.label,
                "sides": _list_sides(question, held, masked=masked),
                "agreed": write_answer(answer, question.criterion) if answer else "",
            }
        )
    return {
        "name": case.ticket.external_id,
        "subject": case.ticket.subject,
        "rows": rows,
        "same": len(case.questions) - len(told) - len(alone),
        "alone": len(alone),
        "seen": sorted(names[key] for key in case.seen_by),
    }


def _list_sides(question: Question, held: Meeting, *, masked: bool) -> list[tuple[str, list[str]]]:
    """Each answer that was given, with those who gave it; answers by how many did."""
    names = held.masks if masked else {person.id: person.name for person in held.people}
    sides: dict[str, list[str]] = {}
    for voice in question.voices:
        sides.setdefault(write_answer(voice.answer, question.criterion), []).append(names[voice.person_id])
    return sorted(((answer, sorted(who)) for answer, who in sides.items()), key=lambda side: (-len(side[1]), side[0]))
