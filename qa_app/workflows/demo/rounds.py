"""The demo's calibrations: three rounds on chats, of which two have had their meeting."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from db.records import Frame, PersonId, SessionId, TicketId
from qa_app.followup import Progress
from qa_app.workflows import calibration, certificates, findings, meeting, minutes, sampling
from qa_app.workflows.demo import people as cast
from qa_app.workflows.demo.stage import Stage
from scorecards.answers import Answer
from scorecards.model import Channel

ROUNDS = {2: "Week 3: chats", 5: "Week 6: chats", 7: "Week 8: chats"}
"""By week. The first two are closed, the last one is still being graded."""
_TICKETS = 6
_GRADERS = 4
_WORDING = "The anchors for the two middle levels overlap; we read the lower one as “said it once”."
_SLIP = "Two of us missed the second message. No change needed."


def open_round(stage: Stage, week: int) -> SessionId:
    """The facilitator draws chats that nobody has reviewed; all six grade in the middle round, four in the others."""
    context = stage.act(cast.FACILITATOR.email)
    graders = cast.REVIEWERS if week == 5 else cast.REVIEWERS[:_GRADERS]
    session = calibration.open_session(
        context,
        calibration.NewSession(
            name=ROUNDS[week],
            version_id=stage.versions["chat"],
            ticket_ids=(),
            plan=sampling.NewPlan(
                f"Calibration {ROUNDS[week]}", Frame(channels=(Channel.CHAT,), reviewed=False), size=_TICKETS
            ),
            reviewer_ids=tuple(stage.people[reviewer.email].id for reviewer in graders),
            due_at=stage.now + timedelta(days=4),
            seed=stage.seed + 100 + week,
        ),
    )
    return session.id


def hold_meeting(stage: Stage, session_id: SessionId) -> None:
    """Reveal, agree where answers differed, write down what follows from it, and close."""
    stage.tick(hours=2)
    context = stage.act(cast.FACILITATOR.email)
    session = calibration.reveal_session(context, session_id)
    for line in findings.list_findings(context):
        if line.progress(stage.now.date()) in {Progress.OPEN, Progress.OVERDUE}:
            findings.finish_finding(context, line.finding.id, done=True)
    stage.tick(minutes=20)
    room = meeting.prepare_meeting(context, session_id)
    apart: Counter[PersonId] = Counter()
    for ticket_id, criterion_id, answer, others in _settle(room):
        calibration.record_agreed(context, session_id, ticket_id=ticket_id, criterion_id=criterion_id, answer=answer)
        apart.update(others)
    *there, absent = session.reviewer_ids
    for person_id in (session.facilitator_id, *there):
        minutes.note_attendance(context, session_id, person_id, there=True)
    minutes.note_attendance(context, session_id, absent, there=False)
    (furthest, count), *_ = apart.most_common(1)
    minutes.give_feedback(
        context, session_id, furthest, f"You stood apart from what we agreed on in {count} answers; let us look at two."
    )
    _find(stage, session_id, owner_id=session.reviewer_ids[0])
    calibration.close_session(context, session_id)


def set_certificate_rule(stage: Stage) -> None:
    """A modest one: two rounds are few answers to tell from."""
    card = stage.cards[stage.versions["chat"]].id
    rule = certificates.NewRule(card, least_agreement=Decimal("0.60"), least_answers=40)
    certificates.set_rule(stage.act(cast.FACILITATOR.email), rule)


def _settle(room: meeting.Meeting) -> Iterator[tuple[TicketId, str, Answer, list[PersonId]]]:
    """Where answers differ, the commonest one, and who gave another."""
    for case in room.cases:
        for question in case.questions:
            counts = Counter(voice.answer for voice in question.voices)
            if len(counts) > 1:
                (answer, _), *_ = counts.most_common(1)
                others = [voice.person_id for voice in question.voices if voice.answer != answer]
                yield case.ticket.id, question.criterion.id, answer, others


def _find(stage: Stage, session_id: SessionId, *, owner_id: PersonId) -> None:
    context = stage.act(cast.FACILITATOR.email)
    criteria = stage.cards[stage.versions["chat"]].criteria
    wording = findings.NewFinding(criteria[1].id, "ambiguous_text", _WORDING, guideline_needs_update=True)
    due = stage.now.date() + timedelta(days=10)
    findings.record_finding(
        context, session_id, replace(wording, action="Reword the anchor", owner_id=owner_id, due_on=due)
    )
    findings.record_finding(context, session_id, findings.NewFinding(criteria[3].id, "slip", _SLIP))
