"""What the wall is given, as JSON. No Streamlit, no database, no markup.

Three parts, each sent as seldom as it changes: the sheet (session, people, list of tickets) once, the case (one ticket
with everybody's answers) with every change of ticket, and the minutes (what was decided) with every step.
"""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from db.records import Conversation, Evidence, Finding, Message, PersonId, Recording, Reference, SessionState
from qa_app.ui.conversation import describe_conversation
from qa_app.ui.desk.case import criterion_json
from qa_app.ui.desk.conversation import Json, conversation_json, given
from qa_app.ui.meeting.steps import NOT_APPLIES
from qa_app.ui.pages import address_of
from qa_app.ui.present import describe_moment, name_channel
from qa_app.words import write_answer, write_day
from qa_app.workflows.findings import CAUSES
from qa_app.workflows.meeting import Case, Meeting, Minutes, Question, Voice
from scorecards.answers import Answer, AnswerState
from scorecards.model import Channel


def sheet_json(meeting: Meeting) -> Json:
    """What stays the same through the whole meeting."""
    return {
        "session": meeting.session.id,
        "name": meeting.session.name,
        "scorecard": f"{meeting.version.scorecard.label}, version {meeting.version.number}",
        "back": address_of("session", session=meeting.session.id),
        "minutes": address_of("minutes", session=meeting.session.id),
        "people": [
            {"id": person.id, "name": person.name, "mask": meeting.masks[person.id]} for person in meeting.people
        ],
        "reviewers": list(meeting.session.reviewer_ids),
        "facilitator": {"id": meeting.facilitator.id, "name": meeting.facilitator.name},
        "owners": [{"id": person.id, "name": person.name} for person in meeting.owners],
        "causes": [{"id": cause, "label": words} for cause, words in CAUSES.items()],
        "tickets": [_ticket_line(case) for case in meeting.cases],
        "records": meeting.records,
        "closed": meeting.session.state is SessionState.CLOSED,
        "edits": meeting.edits,
        "builder": address_of("builder", scorecard=meeting.version.scorecard_id),
    }


def case_json(case: Case, conversation: Conversation | None, *, zone: tzinfo, blind: bool) -> Json:
    """One ticket: the conversation, and everybody's answers criterion by criterion.

    Without a conversation (out of the reader's reach) only what reviewers quoted of it is shown. Where
    `blind`, agents have no names, as they had none on the desk.
    """
    ticket = case.ticket
    messages = conversation.messages if conversation else ()
    return {
        "id": ticket.id,
        "ticket": {
            "channel": name_channel(ticket.channel),
            "subject": ticket.subject,
            "created": describe_moment(ticket.created_at, zone),
            "language": ticket.language,
        },
        "readable": conversation is not None,
        "messages": conversation_json(describe_conversation(conversation, zone=zone, blind=blind))
        if conversation
        else [],
        "recordings": [_recording(recording) for recording in conversation.recordings] if conversation else [],
        "questions": [_question(question, ticket.channel, messages) for question in case.questions],
        "seen": list(case.seen_by),
    }


def minutes_json(minutes: Minutes, meeting: Meeting) -> Json:
    """What was decided so far."""
    names = {person.id: person.name for person in (*meeting.owners, *meeting.people, meeting.facilitator)}
    return {
        "agreed": [_agreed(reference, meeting, names) for reference in minutes.agreed],
        "findings": [_finding(finding, names) for finding in minutes.findings],
        "attended": dict(minutes.attended),
    }


def _ticket_line(case: Case) -> Json:
    return {
        "id": case.ticket.id,
        "name": case.ticket.external_id,
        "subject": case.ticket.subject,
        "channel": name_channel(case.ticket.channel),
        "apart": case.disagreement.points if case.disagreement else None,
        "questions": [question.criterion.id for question in case.questions],
    }


def _question(question: Question, channel: Channel, messages: Sequence[Message]) -> Json:
    found = question.disagreement
    return {
        "section": question.section.label,
        "criterion": criterion_json(question.criterion, channel),
        "apart": found.points if found else None,
        "differs": found is not None and found.differing > 0,
        "voices": [_voice(voice, question, messages) for voice in question.voices],
    }


def _voice(voice: Voice, question: Question, messages: Sequence[Message]) -> Json:
    return {
        "person": voice.person_id,
        "choice": _choice(voice.answer),
        "words": write_answer(voice.answer, question.criterion),
        "evidence": [_evidence(item, messages) for item in voice.evidence],
        **given(comment=voice.comment, reasons=list(voice.reasons)),
    }


def _choice(answer: Answer) -> str:
    """What tells answers apart: an option's id, a number, or that it does not apply."""
    if answer.state is AnswerState.NOT_APPLICABLE:
        return NOT_APPLIES
    return answer.option_id if answer.option_id is not None else f"{answer.number:f}"


def _evidence(item: Evidence, messages: Sequence[Message]) -> Json:
    """Its place within the message only where the message still says these words: a ticket may come in anew."""
    message = next((each for each in messages if each.seq == item.message_seq), None)
    stands = message is not None and message.text[item.start_char : item.end_char] == item.quote
    return given(
        quote=item.quote,
        seq=item.message_seq,
        start_char=item.start_char if stands else None,
        end_char=item.end_char if stands else None,
        seconds=item.start_seconds,
        until=item.end_seconds,
    )


def _recording(recording: Recording) -> Json:
    return {"url": f"/audio/{recording.id}", "seconds": recording.duration_seconds}


def _agreed(reference: Reference, meeting: Meeting, names: Mapping[PersonId, str]) -> Json:
    return {
        "ticket": reference.ticket_id,
        "criterion": reference.criterion_id,
        "choice": _choice(reference.answer),
        "words": write_answer(reference.answer, meeting.version.scorecard.criterion(reference.criterion_id)),
        "by": names.get(reference.by, "Somebody"),
        "at": reference.at.isoformat(),
    }


def _finding(finding: Finding, names: Mapping[PersonId, str]) -> Json:
    return {
        "id": finding.id,
        "criterion": finding.criterion_id,
        "cause": CAUSES[finding.cause],
        "decision": finding.decision,
        **given(
            ticket=finding.ticket_id,
            action=finding.action,
            done=finding.done_at is not None,
            owner=names.get(finding.owner_id) if finding.owner_id else None,
            due=write_day(finding.due_on) if finding.due_on else None,
            guideline=finding.guideline_needs_update,
        ),
    }
