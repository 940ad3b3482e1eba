"""Who speaks: labels of transcripts and authors of messages become customer, agent, bot or system.

Only a label that says `Agent`, `Customer`, `Bot` or `System` is taken at its word. `Caller` is the agent of an outbound
call, and a name is just a name: those are asked, with the share of the talk as a hint.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from db.records import MessageRole
from qa_app.intake.model import Question, Speaker, shorten

_LITERAL: Mapping[str, MessageRole] = MappingProxyType(
    {
        "agent": MessageRole.AGENT,
        "agentin": MessageRole.AGENT,
        "customer": MessageRole.CUSTOMER,
        "kunde": MessageRole.CUSTOMER,
        "kundin": MessageRole.CUSTOMER,
        "bot": MessageRole.BOT,
        "system": MessageRole.SYSTEM,
    }
)
_ROLE_WORDS: Mapping[str, MessageRole] = MappingProxyType(
    {word: role for role, words in {
        MessageRole.CUSTOMER: "customer end-user end_user enduser user client caller contact lead visitor external "
        "kunde kundin kontakt anrufer besucher",
        MessageRole.AGENT: "agent operator staff admin support rep representative advisor teammate wizard internal "
        "human_agent note notiz agentin mitarbeiter mitarbeiterin berater beraterin",
        MessageRole.BOT: "bot assistant automated_agent virtual_agent custom_bot chatbot ivr ai",
        MessageRole.SYSTEM: "system rule event automation trigger acd",
    }.items() for word in words.split()}
)  # fmt: skip
"""Words that stand in a column called role, where the source itself says who is who."""
NOTES = frozenset({"note", "notiz"})
_WITH_NAME = re.compile(r"^(?P<word>[^\W\d_]+)(?:\s*\((?P<name>[^()]{1,200})\)|\s+\d{1,3})?$")


@dataclass(frozen=True, slots=True)
class Voice:
    """What a label was found to be."""

    role: MessageRole
    name: str | None = None


def read_role_word(word: str) -> MessageRole | None:
    """The role that a word in a role column means."""
    return _ROLE_WORDS.get("_".join(word.casefold().split())) or _ROLE_WORDS.get(word.casefold())


def read_literal(label: str) -> Voice | None:
    """The voice of a label that says it itself: `Agent`, `AGENT 2`, `Agent (Tomáš)`, `Kundin`."""
    found = _WITH_NAME.match(label.strip())
    role = _LITERAL.get(found["word"].casefold()) if found else None
    if role is None or found is None:
        return None
    return Voice(role, found["name"].strip() if found["name"] else None)


def read_answer(answer: str) -> Voice | None:
    """What a person answered for a label: `customer`, `agent`, or `agent: Priya Nair` with the agent's name."""
    word, _, name = answer.partition(":")
    try:
        role = MessageRole(word.strip().casefold())
    except ValueError:
        return None
    return Voice(role, name.strip() or None)


NOT_A_SPEAKER = "text"
"""The answer for a label that is no speaker at all but part of what somebody wrote."""
ALL_OTHERS = "*"
"""The label whose answer holds for every label that nobody named and that does not say it itself."""


def resolve(label: str, answers: Mapping[str, str]) -> Voice | None:
    """The voice of a label: what people answered, else what it says itself, else None."""
    if label in answers:
        return read_answer(answers[label])
    return read_literal(label) or read_answer(answers.get(ALL_OTHERS, ""))


def is_speaker(label: str, answers: Mapping[str, str]) -> bool:
    """Whether a label starts a turn rather than being part of one."""
    if label in answers or read_literal(label) is not None:
        return answers.get(label) != NOT_A_SPEAKER
    return answers.get(ALL_OTHERS) != NOT_A_SPEAKER


def ask_about(speakers: Iterable[Speaker], answers: Mapping[str, str]) -> tuple[Question, ...]:
    """A question for each label that nobody has told yet."""
    known = list(speakers)
    talk = sum(speaker.seconds or 0 for speaker in known)
    return tuple(
        Question(
            f"speakers.{speaker.label}",
            f"Who is {shorten(speaker.label)!r}? {_hint(speaker, talk)} Say customer, agent, bot or system; for an "
            "agent with the name, as in agent: Priya Nair. Say text where it is no speaker.",
            choices=(*MessageRole, NOT_A_SPEAKER),
        )
        for speaker in known
        if is_speaker(speaker.label, answers) and resolve(speaker.label, answers) is None
    )


def _hint(speaker: Speaker, talk: float) -> str:
    turns = f"{speaker.turns} turn{'' if speaker.turns == 1 else 's'}"
    if speaker.seconds is None or not talk:
        return f"Wrote {turns}."
    return f"Spoke {speaker.seconds / talk:.0%} of the talk in {turns}."


def labels_hash(labels: Iterable[str], *, source: str) -> str:
    """What remembered answers are found by: the same labels from the same source."""
    return hashlib.sha256("\x1f".join([source, *sorted(set(labels))]).encode()).hexdigest()
