"""What the desk is given: the conversation and the scorecard as JSON. No Streamlit, no database, no markup.

Texts of the conversation stay the texts that came in; the browser writes them with `textContent` only.
Decimals travel as text, so that the browser can compute with them exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import NewType

from db.records import (
    CommentTemplate,
    Conversation,
    Evidence,
    Message,
    Person,
    Rating,
    RecordingId,
    Review,
    ScorecardVersion,
)
from qa_app.ui.conversation import describe_conversation
from qa_app.ui.desk.conversation import Json, conversation_json, given
from qa_app.ui.present import describe_metric, describe_moment
from qa_app.workflows.forms import opening_ratings
from scorecards.answers import Answer, AnswerState
from scorecards.model import Anchors, Channel, Condition, Criterion, NumberRange, Option, Scorecard, Section, ShowIf

DeskCase = NewType("DeskCase", Json)
"""Made by `build_case`; the same ticket version and scorecard version always make the same case."""

_CHANNEL_WORDS = {
    Channel.EMAIL: "E-mail",
    Channel.CHAT: "Chat",
    Channel.CALL: "Call",
    Channel.WEB: "Web form",
    Channel.SMS: "SMS",
    Channel.SOCIAL: "Social",
    Channel.ROLE_PLAY: "Role-play",
    Channel.OTHER: "Other channel",
}


@dataclass(frozen=True, slots=True)
class DeskDraft:
    """A review in the making, as the desk shows it. Revision 0: nothing was saved yet."""

    revision: int = 0
    ratings: tuple[Rating, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    comment: str = ""
    active_seconds: int = 0
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """What the desk keeps back."""

    outcomes: bool = False
    """The ticket's outcomes, as in every blind case."""
    agent: bool = False
    """Who handled it; agents in the conversation are then numbered."""
    score: bool = False
    """The score, which a part of a scorecard has not."""


BLIND = Hidden(outcomes=True, agent=True)


@dataclass(frozen=True, slots=True)
class DeskAck:
    """The server's answer to one save or submit; `key` is the key that came with it.

    `error` is a refusal as (code, message). `conflict` is the version that another tab has saved meanwhile. `dropped`
    says in words what was sent and not taken. `ways` lead on from a refusal: label and address of each.
    """

    key: str
    revision: int
    saved_at: datetime
    submitted: bool = False
    error: tuple[str, str] | None = None
    conflict: DeskDraft | None = None
    dropped: tuple[str, ...] = ()
    ways: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DeskUndo:
    """A submit that can still be taken back: of which assignment, in words, and for how many seconds."""

    assignment_id: str
    words: str
    seconds: float


def read_review(review: Review) -> DeskDraft:
    """A stored draft as the desk shows it."""
    return DeskDraft(
        revision=review.revision,
        ratings=review.ratings,
        evidence=review.evidence,
        comment=review.comment,
        active_seconds=review.active_seconds,
        saved_at=review.saved_at,
    )


def open_draft(scorecard: Scorecard) -> DeskDraft:
    """What a review opens with that nobody has touched."""
    return DeskDraft(ratings=opening_ratings(scorecard))


def build_case(
    conversation: Conversation,
    version: ScorecardVersion,
    *,
    case_id: str,
    agent: Person | None,
    hidden: Hidden,
    audio_urls: Mapping[RecordingId, str],
    zone: tzinfo = UTC,
    templates: Sequence[CommentTemplate] = (),
) -> DeskCase:
    """Everything the desk shows about one assignment, safe for JSON.

    `case_id` names the browser's own copy of unsaved work, so it must belong to one reviewer (the assignment's id).
    `agent` is under review; times are shown on the clock of `zone`. `templates` can be inserted into comments.
    """
    ticket = conversation.ticket
    lines = describe_conversation(conversation, zone=zone, agent=agent, blind=hidden.agent)
    outcomes = ticket.metrics if version.scorecard.outcomes == "shown" and not hidden.outcomes else ()
    voices = _voices(conversation.messages)
    return DeskCase(
        {
            "id": case_id,
            "blind": hidden.outcomes,
            "templates": [{"label": template.label, "text": template.text} for template in templates],
            "ticket": {
                "channel": _CHANNEL_WORDS[ticket.channel],
                "subject": ticket.subject,
                "created": describe_moment(ticket.created_at, zone),
                "language": ticket.language,
                "tags": list(ticket.tags),
                "agent": None if hidden.agent or agent is None else agent.name,
                "outcomes": [list(describe_metric(metric)) for metric in outcomes],
            },
            "messages": conversation_json(lines),
            "recordings": [
                {
                    "url": audio_urls[recording.id],
                    "name": recording.original_name,
                    "seconds": recording.duration_seconds,
                    "channels": recording.channels,
                    "voices": voices,
                }
                for recording in conversation.recordings
                if recording.id in audio_urls
            ],
            "scorecard": scorecard_json(
                version.scorecard, number=version.number, channel=ticket.channel, scored=not hidden.score
            ),
        }
    )


def scorecard_json(scorecard: Scorecard, *, number: int, channel: Channel, scored: bool = True) -> Json:
    """A version's form with the anchors for one channel, safe for JSON; a part of a form is not scored."""
    return {
        "label": scorecard.label,
        "number": number,
        "scored": scored,
        "pass_mark": _decimal(scorecard.pass_mark),
        "bands": [{"label": band.label, "from": _decimal(band.from_score)} for band in scorecard.bands],
        "auto_fail_score": scorecard.auto_fail_score,
        "bonus_over_100": scorecard.bonus_over_100,
        "sections": [_section(section, channel) for section in scorecard.sections],
    }


def draft_json(draft: DeskDraft) -> Json:
    """A draft in the shape that the desk reads, and sends back."""
    return {
        "revision": draft.revision,
        "ratings": [_rating(rating) for rating in draft.ratings],
        "evidence": [_evidence(item) for item in draft.evidence],
        "comment": draft.comment,
        "active_seconds": draft.active_seconds,
        "saved_at": None if draft.saved_at is None else draft.saved_at.isoformat(),
    }


def ack_json(ack: DeskAck) -> Json:
    """An answer in the shape that the desk reads."""
    return {
        "key": ack.key,
        "revision": ack.revision,
        "saved_at": ack.saved_at.isoformat(),
        "submitted": ack.submitted,
        "error": None
        if ack.error is None
        else {"code": ack.error[0], "message": ack.error[1], "ways": [list(way) for way in ack.ways]},
        "conflict": None if ack.conflict is None else draft_json(ack.conflict),
        "dropped": list(ack.dropped),
    }


def undo_json(undo: DeskUndo) -> Json:
    """An offer to undo in the shape that the desk reads."""
    return {"assignment": undo.assignment_id, "words": undo.words, "seconds": round(undo.seconds, 1)}


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _voices(messages: Sequence[Message]) -> list[str]:
    """Who speaks on each channel of the recording, where the import said so and one role has the channel to itself."""
    roles: dict[int, set[str]] = {}
    for message in messages:
        if message.channel_no is not None:
            roles.setdefault(message.channel_no, set()).add(message.role.value)
    alone = [next(iter(roles[channel])) for channel in sorted(roles) if len(roles[channel]) == 1]
    return alone if sorted(roles) == list(range(len(alone))) else []


def _section(section: Section, channel: Channel) -> Json:
    return {
        "id": section.id,
        "label": section.label,
        "kind": section.kind,
        "weight": _decimal(section.weight),
        "guideline": section.guideline,
        "criteria": [criterion_json(criterion, channel) for criterion in section.criteria],
    }


def criterion_json(criterion: Criterion, channel: Channel) -> Json:
    """One criterion with the anchors for one channel, safe for JSON."""
    return {
        "id": criterion.id,
        "label": criterion.label,
        "type": criterion.type.value,
        "weight": _decimal(criterion.weight),
        "allow_na": criterion.allow_na,
        "guideline": criterion.guideline,
        "critical": None if criterion.critical is None else criterion.critical.value,
        "options": [_option(option, channel) for option in criterion.options],
        "number": None if criterion.number is None else _number(criterion.number, channel),
        "reasons": [{"id": reason.id, "label": reason.label} for reason in criterion.reasons],
        "ask_reasons": criterion.ask_reasons,
        "comment": criterion.comment,
        "show_if": None if criterion.show_if is None else _show_if(criterion.show_if),
    }


def _option(option: Option, channel: Channel) -> Json:
    return {
        "id": option.id,
        "label": option.label,
        "points": _decimal(option.points),
        "value": _decimal(option.value),
        "auto_fail": None if option.auto_fail is None else option.auto_fail.value,
        "comment": option.comment,
        "anchor": _anchor(option.anchors, channel),
    }


def _number(number: NumberRange, channel: Channel) -> Json:
    return {
        "low": _decimal(number.low),
        "high": _decimal(number.high),
        "step": _decimal(number.step),
        "unit": number.unit,
        "better": number.better,
        "anchor": _anchor(number.anchors, channel),
    }


def _anchor(anchors: Anchors, channel: Channel) -> str:
    return anchors.get(channel) or anchors.get("any") or ""


def _show_if(show_if: ShowIf) -> Json:
    def conditions(some: Sequence[Condition]) -> list[Json]:
        return [{"criterion": condition.criterion, "is_one_of": list(condition.is_one_of)} for condition in some]

    return {"all_of": conditions(show_if.all_of), "any_of": conditions(show_if.any_of)}


def _rating(rating: Rating) -> Json:
    return {
        "criterion": rating.criterion_id,
        **_answer(rating.answer),
        "comment": rating.comment,
        "reasons": list(rating.reason_ids),
        **given(praise=rating.praise),
    }


def _answer(answer: Answer) -> Json:
    if answer.state is not AnswerState.CHOSEN:
        return {"state": answer.state.value}
    return {
        "state": answer.state.value,
        **given(option=answer.option_id, number=_decimal(answer.number)),
        **({} if answer.text is None else {"text": answer.text}),
    }


def _evidence(item: Evidence) -> Json:
    return {
        "criterion": item.criterion_id,
        "quote": item.quote,
        "message_seq": item.message_seq,
        "start_char": item.start_char,
        "end_char": item.end_char,
        "start_seconds": item.start_seconds,
        "end_seconds": item.end_seconds,
    }
