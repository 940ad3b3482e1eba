"""What the desk sends, read with distrust: the browser is anybody's.

A payload of the wrong shape is refused as a whole. In a payload of the right shape, whatever does not fit the
scorecard or the conversation is dropped and named in `dropped`, so that one bad entry never costs the others.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from db.records import AssignmentId, Conversation, Evidence, Message, Rating
from qa_app.errors import Refused
from qa_app.ui.desk.case import DeskAck
from qa_app.workflows.grading import EVIDENCE_LIMIT, TEXT_LIMIT
from scorecards.answers import MISSING, NOT_APPLICABLE, Answer, AnswerState
from scorecards.model import Criterion, CriterionType, NumberRange, Scorecard

ENTRY_LIMIT: Final = 2_000
_ACTIVE_LIMIT: Final = 24 * 60 * 60
_SECONDS_LIMIT: Final = 24 * 60 * 60.0
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
_NUMBER = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that was sent and not taken. Carries ids and counts only, never what somebody wrote."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class DraftIn:
    """One save or submit of the desk, checked against scorecard and conversation.

    `revision` is the saved revision that the reviewer's work is based on; `key` names this very save or submit, and
    `after` the save that had no answer yet when the browser sent a submit.
    Only criteria with an answer, a comment or a reason have a rating.
    """

    key: str
    revision: int
    ratings: tuple[Rating, ...]
    evidence: tuple[Evidence, ...]
    comment: str
    active_seconds: int
    dropped: tuple[Dropped, ...] = ()
    after: str = ""

    def follow(self, last: DeskAck | None) -> "DraftIn":
        """The same on the revision that the save before it made, where `last` is the answer to that one."""
        if last is None or not self.after or last.key != self.after or last.error or last.conflict:
            return self
        return replace(self, revision=last.revision)


def read_key(payload: object, name: str = "key") -> str:
    """The key to answer a payload by, even one that is refused; empty where it has none."""
    key = payload.get(name) if isinstance(payload, Mapping) else None
    return key if isinstance(key, str) and _KEY.fullmatch(key) else ""


def read_held(payload: object) -> frozenset[AssignmentId]:
    """The cases that the browser says it holds; none where it says nothing readable, so that they are brought again."""
    held = payload.get("held") if isinstance(payload, Mapping) else None
    return frozenset(AssignmentId(each) for each in _texts(held))


def read_draft(payload: object, *, case_id: str, scorecard: Scorecard, conversation: Conversation) -> DraftIn:
    """A save of the desk.

    Raises:
        Refused: the payload has not the shape that the desk sends (code `desk-payload`), or was made for another
            case than the page shows by now (code `desk-case`).
    """
    parts = _mapping(payload, "the payload")
    if _text(parts, "case", "the payload") != case_id:
        raise Refused("desk-case", "This was saved for another ticket than the one that is open. Nothing was changed.")
    dropped: list[Dropped] = []
    key = read_key(parts)
    if not key:
        raise _refused("key must be 8 to 64 letters, digits and hyphens")
    return DraftIn(
        key=key,
        revision=_count(parts, "revision"),
        ratings=tuple(_ratings(_entries(parts, "ratings"), scorecard, dropped)),
        evidence=tuple(_evidence(_entries(parts, "evidence"), scorecard, conversation, dropped)),
        comment=_cap(_text(parts, "comment", "the payload"), "the overall comment", dropped),
        active_seconds=min(_count(parts, "active_seconds"), _ACTIVE_LIMIT),
        dropped=tuple(dropped),
        after=read_key(parts, "after"),
    )


def read_submit(payload: object, *, case_id: str, scorecard: Scorecard, conversation: Conversation) -> DraftIn:
    """A submit of the desk: shaped like a save, with the submission's key. Whether it is complete is not asked here.

    Raises:
        Refused: as `read_draft`; also where an entry had to be dropped, since nobody may submit what was not shown.
    """
    submit = read_draft(payload, case_id=case_id, scorecard=scorecard, conversation=conversation)
    if submit.dropped:
        raise Refused(
            "desk-entry",
            f"Not submitted: {submit.dropped[0].message} Reload the page to see what was saved, then submit again.",
        )
    return submit


def read_undo(payload: object) -> AssignmentId:
    """The assignment whose submit the desk wants to take back; who may do so is asked elsewhere.

    Raises:
        Refused: the payload has not the shape that the desk sends.
    """
    return AssignmentId(_text(_mapping(payload, "the payload"), "assignment", "the payload"))


def _refused(problem: str) -> Refused:
    return Refused("desk-payload", f"The browser sent something unreadable: {problem}. Reload the page and try again.")


def _mapping(value: object, where: str) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise _refused(f"{where} must be an object, not {type(value).__name__}")
    return value


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, str))


def _text(parts: Mapping[object, object], name: str, where: str) -> str:
    value = parts.get(name, "")
    if not isinstance(value, str):
        raise _refused(f"{name} of {where} must be text, not {type(value).__name__}")
    return value


def _flag(parts: Mapping[object, object], name: str, where: str) -> bool:
    value = parts.get(name, False)
    if not isinstance(value, bool):
        raise _refused(f"{name} of {where} must be true or false")
    return value


def _count(parts: Mapping[object, object], name: str) -> int:
    value = parts.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise _refused(f"{name} must be a whole number from 0")
    return value


def _entries(parts: Mapping[object, object], name: str) -> list[Mapping[object, object]]:
    value = parts.get(name, [])
    if not isinstance(value, list):
        raise _refused(f"{name} must be a list, not {type(value).__name__}")
    if len(value) > ENTRY_LIMIT:
        raise _refused(f"{name} has {len(value)} entries, more than {ENTRY_LIMIT}")
    return [_mapping(entry, f"an entry of {name}") for entry in value]


def _cap(text: str, where: str, dropped: list[Dropped]) -> str:
    """Text that every database can keep, at most `TEXT_LIMIT` characters of it."""
    kept = text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if len(kept) > TEXT_LIMIT:
        dropped.append(Dropped("text-cut", f"{where} has {len(kept)} characters; the first {TEXT_LIMIT} were kept."))
    return kept[:TEXT_LIMIT]


def _ratings(entries: list[Mapping[object, object]], scorecard: Scorecard, dropped: list[Dropped]) -> Iterator[Rating]:
    criteria = {criterion.id: criterion for criterion in scorecard.criteria}
    seen: set[str] = set()
    for entry in entries:
        criterion_id = _text(entry, "criterion", "a rating")
        criterion = criteria.get(criterion_id)
        if criterion is None or criterion_id in seen:
            dropped.append(_unknown_criterion("A rating", criterion_id, twice=criterion is not None))
            continue
        seen.add(criterion_id)
        rating = _rating(entry, criterion, dropped)
        if rating != Rating(criterion_id, MISSING):
            yield rating


def _unknown_criterion(what: str, criterion_id: str, *, twice: bool = False) -> Dropped:
    if twice:
        return Dropped("rating-twice", f"{what} of criterion {criterion_id!r} came twice; the first was kept.")
    return Dropped("unknown-criterion", f"{what} names criterion {criterion_id[:64]!r}, which the scorecard has not.")


def _rating(entry: Mapping[object, object], criterion: Criterion, dropped: list[Dropped]) -> Rating:
    where = f"criterion {criterion.id!r}"
    return Rating(
        criterion_id=criterion.id,
        answer=_answer(entry, criterion, dropped),
        comment=_cap(_text(entry, "comment", where), f"The comment on {where}", dropped),
        reason_ids=tuple(_reasons(entry, criterion, dropped)),
        praise=_flag(entry, "praise", where),
    )


def _answer(entry: Mapping[object, object], criterion: Criterion, dropped: list[Dropped]) -> Answer:
    state = _text(entry, "state", f"criterion {criterion.id!r}")
    if state not in set(AnswerState):
        raise _refused(f"state of criterion {criterion.id!r} must be one of {', '.join(AnswerState)}")
    if state == AnswerState.NOT_APPLICABLE:
        if criterion.allow_na:
            return NOT_APPLICABLE
        dropped.append(Dropped("na-not-allowed", f"Criterion {criterion.id!r} does not allow N/A."))
    elif state == AnswerState.CHOSEN:
        return _chosen(entry, criterion, dropped)
    return MISSING


def _chosen(entry: Mapping[object, object], criterion: Criterion, dropped: list[Dropped]) -> Answer:
    where = f"criterion {criterion.id!r}"
    if criterion.type is CriterionType.TEXT:
        text = _cap(_text(entry, "text", where), f"The answer to {where}", dropped)
        return Answer.write(text) if text.strip() else MISSING
    if criterion.number is not None:
        number = _number(_text(entry, "number", where), criterion.number)
        if number is not None:
            return Answer.measure(number)
        span = criterion.number
        dropped.append(
            Dropped(
                "number-range",
                f"The answer to {where} is no number from {span.low} to {span.high} in steps of {span.step}.",
            )
        )
        return MISSING
    option_id = _text(entry, "option", where)
    if any(option.id == option_id for option in criterion.options):
        return Answer.choose(option_id)
    valid = ", ".join(option.id for option in criterion.options)
    dropped.append(Dropped("unknown-option", f"{where.capitalize()} has no option {option_id[:64]!r}, only {valid}."))
    return MISSING


def _number(text: str, span: NumberRange) -> Decimal | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    on_step = (number - span.low) % span.step == 0
    return number if span.low <= number <= span.high and on_step else None


def _reasons(entry: Mapping[object, object], criterion: Criterion, dropped: list[Dropped]) -> Iterator[str]:
    sent = entry.get("reasons", [])
    if not isinstance(sent, list) or not all(isinstance(reason, str) for reason in sent):
        raise _refused(f"reasons of criterion {criterion.id!r} must be a list of ids")
    known = [reason.id for reason in criterion.reasons]
    yield from (reason for reason in known if reason in sent)
    dropped.extend(
        Dropped("unknown-reason", f"Criterion {criterion.id!r} has no reason {reason[:64]!r}.")
        for reason in sent
        if reason not in known
    )


def _evidence(
    entries: list[Mapping[object, object]], scorecard: Scorecard, conversation: Conversation, dropped: list[Dropped]
) -> Iterator[Evidence]:
    criteria = {criterion.id for criterion in scorecard.criteria}
    messages = {message.seq: message for message in conversation.messages}
    end = _last_second(conversation)
    if len(entries) > EVIDENCE_LIMIT:
        dropped.append(Dropped("evidence-limit", f"A review takes {EVIDENCE_LIMIT} pieces of evidence at most."))
    for entry in entries[:EVIDENCE_LIMIT]:
        criterion_id = _text(entry, "criterion", "a piece of evidence")
        if criterion_id not in criteria:
            dropped.append(_unknown_criterion("A piece of evidence", criterion_id))
            continue
        item = _place_evidence(entry, criterion_id, messages)
        if isinstance(item, Evidence) and not _is_heard(item, end):
            item = Dropped("evidence-seconds", f"Evidence for criterion {criterion_id!r} lies outside the recording.")
        if isinstance(item, Evidence):
            yield item
        else:
            dropped.append(item)


def _place_evidence(
    entry: Mapping[object, object], criterion_id: str, messages: Mapping[int, Message]
) -> Evidence | Dropped:
    """Evidence quotes what the conversation says at its place, or names a second and quotes nothing."""
    where = f"Evidence for criterion {criterion_id!r}"
    start_seconds, end_seconds = _seconds(entry, "start_seconds"), _seconds(entry, "end_seconds")
    if entry.get("message_seq") is None:
        if start_seconds is None:
            return Dropped("evidence-place", f"{where} names neither a message nor a second.")
        return Evidence(criterion_id, "", start_seconds=start_seconds, end_seconds=end_seconds)
    seq, start, end = (_count(entry, name) for name in ("message_seq", "start_char", "end_char"))
    message = messages.get(seq)
    if message is None or not start < end <= len(message.text):
        return Dropped("evidence-place", f"{where} lies outside the conversation.")
    quote = message.text[start:end]
    if quote != _text(entry, "quote", where):
        return Dropped("evidence-quote", f"{where} quotes words that do not stand at its place.")
    return Evidence(criterion_id, quote, seq, start, end, start_seconds, end_seconds)


def _last_second(conversation: Conversation) -> float:
    """Where evidence must end: seconds count on from one recording to the next.

    Players overrun the length that a file states by fractions of a second.
    """
    recorded = sum(recording.duration_seconds or _SECONDS_LIMIT for recording in conversation.recordings)
    spoken = (message.end_seconds or message.start_seconds or 0.0 for message in conversation.messages)
    return max((recorded, *spoken)) + 2


def _is_heard(item: Evidence, last_second: float) -> bool:
    start, end = item.start_seconds, item.end_seconds
    if start is None:
        return end is None
    return 0 <= start <= last_second and (end is None or start <= end <= last_second)


def _seconds(entry: Mapping[object, object], name: str) -> float | None:
    value = entry.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise _refused(f"{name} of a piece of evidence must be a number")
    return float(value)
