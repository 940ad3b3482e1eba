"""Reads WebVTT and SRT: one file is one call. Who speaks is told by the labels or asked, never guessed.

SRT is read as WebVTT after its commas have become dots: the two differ in nothing else that matters here.
"""

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import webvtt

from db.records import MessageRole, RowIssue
from qa_app.errors import Refused
from qa_app.intake.checking import check_ticket, ticket_of
from qa_app.intake.interchange import TicketLine
from qa_app.intake.labelled import find_labels, split_turns
from qa_app.intake.model import Guess, IncomingRecording, Place, Question, Read, Speaker
from qa_app.intake.moments import ReadTime, TimeRules, read_time, read_zone
from qa_app.intake.speakers import Voice, ask_about, is_speaker, resolve
from qa_app.intake.text_files import decode
from scorecards.model import Channel

LARGEST = 16 * 1024 * 1024
"""Bytes of one transcript; a working day of talk has about one."""
_SRT_TIMES = re.compile(r"^(\s*\d+:\d{1,2}:\d{1,2}),(\d{1,3}\s*-->\s*\d+:\d{1,2}:\d{1,2}),(\d{1,3})", re.MULTILINE)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,200})>")
_TAG = re.compile(r"</?[a-z0-9:.][^<>]*>", re.IGNORECASE)
_STAMP = re.compile(r"(\d{4}-\d{2}-\d{2})[T _](\d{2})[-_:](\d{2})[-_:](\d{2})")


@dataclass(frozen=True, slots=True)
class Cue:
    """One stretch of speech by one voice."""

    label: str | None
    text: str
    start: float
    end: float | None


_Cues = tuple[tuple[Cue, ...], list[RowIssue], tuple[Guess, ...]]


def _no_cues() -> _Cues:
    return (), [], ()


def read_cues(path: Path, *, file_name: str, encoding: str | None = None) -> _Cues:
    """All cues of a WebVTT or SRT file, with what was wrong in it.

    Raises:
        Refused: the file is too large, or neither WebVTT nor SRT.
    """
    if path.stat().st_size > LARGEST:
        raise Refused("file-too-large", f"{file_name} is larger than {LARGEST // 2**20} MiB, which no transcript is.")
    text, guess = decode(path.read_bytes(), file_name=file_name, encoding=encoding)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    body = text if text.startswith("WEBVTT") else "WEBVTT\n\n" + _SRT_TIMES.sub(r"\1.\2.\3", text)
    captions = webvtt.from_string(body).captions
    place = Place(file_name)
    issues: list[RowIssue] = []
    lost = sum("-->" in line and line[:1].isdigit() for line in text.split("\n")) - len(captions)
    if lost > 0:
        issues.append(place.warn("cues-unread", f"{lost} cues have times that cannot be read; they were left out."))
    if not captions:
        raise Refused("transcript-empty", f"{file_name} holds no cue with a time. Is it WebVTT or SRT?")
    cues = [cue for number, caption in enumerate(captions, start=1) for cue in _split(caption, number, place, issues)]
    return tuple(_name_prefixes(cues)), issues, (guess,)


def _split(caption: webvtt.Caption, number: int, place: Place, issues: list[RowIssue]) -> list[Cue]:
    """A cue by voices: one `<v>` begins where the one before it ends."""
    start = caption.start_time.in_milliseconds() / 1000
    end: float | None = caption.end_time.in_milliseconds() / 1000
    if end is not None and end < start:
        here = replace(place, column=f"cue {number}")
        issues.append(here.warn("cue-backwards", "The cue ends before it begins; its end was left out.", found=end))
        end = None
    parts = _VOICE.split(caption.raw_text)
    voices = [(None, parts[0]), *((_plain(parts[at]), parts[at + 1]) for at in range(1, len(parts), 2))]
    return [Cue(label, spoken, start, end) for label, raw in voices if (spoken := _plain(raw))]


def _plain(raw: str) -> str:
    return html.unescape(_TAG.sub("", raw)).strip()


def _name_prefixes(cues: Sequence[Cue]) -> list[Cue]:
    """`Name: ` before the text becomes the label where a cue has none; a cue may hold several such lines."""
    labels = find_labels(["\n".join(cue.text for cue in cues if cue.label is None)])
    named: list[Cue] = []
    for cue in cues:
        turns = split_turns(cue.text, labels) if cue.label is None else ()
        named.extend([Cue(turn.label, turn.text, cue.start, cue.end) for turn in turns] or [cue])
    return named


def speakers(cues: Sequence[Cue]) -> tuple[Speaker, ...]:
    """The voices of a transcript with their share of the talk, the one who spoke most first."""
    turns: Counter[str] = Counter()
    words: Counter[str] = Counter()
    seconds: dict[str, float] = {}
    for cue in cues:
        if cue.label is not None:
            turns[cue.label] += 1
            words[cue.label] += len(cue.text.split())
            seconds[cue.label] = seconds.get(cue.label, 0.0) + ((cue.end or cue.start) - cue.start)
    found = [Speaker(label, turns[label], round(seconds[label], 3), words[label]) for label in turns]
    return tuple(sorted(found, key=lambda speaker: -(speaker.seconds or 0)))


def read_call(
    path: Path | None,
    *,
    file_name: str,
    source: str,
    options: Mapping[str, str],
    answers: Mapping[str, str],
    recording: IncomingRecording | None = None,
) -> Read:
    """The one ticket of a call, or what must be asked first. Without a transcript it is the recording alone.

    Options: `created_at`, `zone`, `external_id`, `channel`, `agent`, `agent_id`, `agent_email`, `requester`, `team`,
    `subject`, `language`, `encoding`. `answers` says who each label is.
    """
    cues, issues, found = (
        _no_cues() if path is None else read_cues(path, file_name=file_name, encoding=options.get("encoding"))
    )
    voices = speakers(cues)
    began, questions = _begin(options, file_name)
    questions = (*questions, *ask_about(voices, answers))
    guesses = (*found, *_guess_ticket(options, file_name))
    stem = Path(file_name).stem
    read = Read(
        format="recording" if path is None else "srt" if Path(file_name).suffix.lower() == ".srt" else "webvtt",
        rows_read=1,
        issues=tuple(issues),
        guesses=guesses,
        questions=questions,
        speakers=voices,
    )
    if questions or began is None:
        return read
    data: dict[str, object] = {
        "plumbline": 1,
        "source": source,
        "external_id": options.get("external_id") or stem,
        "channel": options.get("channel") or Channel.CALL,
        "created_at": began,
        **{name: options[name] for name in ("team", "subject", "language") if options.get(name)},
        **_people(cues, voices, options, answers),
        "messages": [_message(cue, answers) for cue in cues],
    }
    return _take(read, data, Place(file_name, 1), recording)


def _take(read: Read, data: dict[str, object], place: Place, recording: IncomingRecording | None) -> Read:
    line = check_ticket(data)
    if not isinstance(line, TicketLine):
        refused = tuple(
            replace(place, column=problem.field).refuse(problem.code, problem.message, found=problem.found)
            for problem in line
        )
        return replace(read, issues=(*read.issues, *refused))
    remarks: list[RowIssue] = []
    if line.agent is None:
        text = "Nothing says who the agent is, so nobody can be coached from this ticket. Name the agent as an option."
        remarks.append(place.warn("agent-missing", text))
    if any(cue.role is MessageRole.SYSTEM and cue.author is None for cue in line.messages):
        remarks.append(
            place.warn("speakers-unknown", "Some cues do not say who speaks; they are shown without a speaker.")
        )
    ticket = ticket_of(line, row=1, recordings=(recording,) if recording else ())
    return replace(read, tickets=(ticket,), issues=(*read.issues, *remarks))


def _begin(options: Mapping[str, str], file_name: str) -> tuple[datetime | None, tuple[Question, ...]]:
    given = options.get("created_at")
    if not given:
        stamp = _STAMP.search(file_name)
        suggestion = f"{stamp[1]} {stamp[2]}:{stamp[3]}:{stamp[4]}" if stamp else None
        text = "When did the call begin? Write it as 2026-10-05 08:30 or with an offset, as 2026-10-05T08:30:00+02:00."
        return None, (Question("created_at", text, suggestion=suggestion),)
    zone = options.get("zone")
    read = read_time(given, TimeRules(order="dmy", zone=read_zone(zone) if zone else None))
    if isinstance(read, ReadTime):
        return read.at, ()
    name = "zone" if read.code == "time-without-zone" else "created_at"
    return None, (Question(name, f"{given} as the begin of the call: {read.message}"),)


def _guess_ticket(options: Mapping[str, str], file_name: str) -> tuple[Guess, ...]:
    guesses = []
    if not options.get("external_id"):
        guesses.append(Guess("external_id", Path(file_name).stem, "the file's name"))
    if not options.get("channel"):
        guesses.append(Guess("channel", Channel.CALL, "the file has the times of a recording"))
    return tuple(guesses)


def _people(
    cues: Sequence[Cue], voices: Sequence[Speaker], options: Mapping[str, str], answers: Mapping[str, str]
) -> dict[str, object]:
    """Agents by options and by answered labels, the one who spoke most first; and the customer's name."""
    found: dict[str, object] = {}
    spoken = [voice for speaker in voices if (voice := resolve(speaker.label, answers)) is not None]
    names = list(dict.fromkeys(voice.name for voice in spoken if voice.role is MessageRole.AGENT and voice.name))
    if options.get("agent"):
        names = [options["agent"], *(name for name in names if name != options["agent"])]
    if names:
        found["agent"] = {"name": names[0], "id": options.get("agent_id"), "email": options.get("agent_email")}
        found["other_agents"] = [{"name": name} for name in names[1:]]
    customers = (voice.name for voice in spoken if voice.role is MessageRole.CUSTOMER and voice.name)
    requester = options.get("requester") or next(customers, None)
    if requester and cues:
        found["requester"] = {"name": requester}
    return found


def _message(cue: Cue, answers: Mapping[str, str]) -> dict[str, object]:
    label, text = cue.label, cue.text
    if label is not None and not is_speaker(label, answers):
        label, text = None, f"{label}: {text}"
    voice = (resolve(label, answers) if label else None) or Voice(MessageRole.SYSTEM)
    message: dict[str, object] = {"role": voice.role, "text": text, "start_seconds": cue.start, "end_seconds": cue.end}
    name = voice.name or label
    if name is not None and name.casefold() != voice.role:
        message["author"] = {"name": name}
    return message
