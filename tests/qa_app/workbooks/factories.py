"""What both kinds of test reports are made of: wordings, made up here, a ticket and plausible estimates."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from db.records import (
    Ticket,
    TicketId,
)
from qa_app.estimate import Estimate, Undefined
from scorecards.model import Channel, SkillType

BERLIN = ZoneInfo("Europe/Berlin")
MADE_AT = datetime(2026, 11, 2, 8, 12, tzinfo=UTC)
TextMaker = Callable[[str], str]
"""Gets the wording of the factory and gives the one to use instead."""

CRITERIA = (
    ("opening", "Contact", "Opens warmly and by name", "attitude", SkillType.SOFT),
    ("listening", "Contact", "Shows that the customer was heard", "listening", SkillType.SOFT),
    ("empathy", "Contact", "Names the feeling before the fix", "empathy", SkillType.SOFT),
    ("calming", "Contact", "Calms a heated moment", "de-escalation", SkillType.SOFT),
    ("clarity", "Answer", "Explains in plain words", "communication", SkillType.SOFT),
    ("completeness", "Answer", "Answers every question that was asked", "communication", SkillType.SOFT),
    ("root-cause", "Answer", "Finds the cause, not only the symptom", "problem-solving", SkillType.SOFT),
    ("accuracy", "Answer", "Policy and figures are right", "knowledge", SkillType.HARD),
    ("ownership", "Follow-through", "Takes the matter on until it is solved", "ownership", SkillType.SOFT),
    ("next-steps", "Follow-through", "Says what happens next and when", "ownership", SkillType.SOFT),
    ("records", "Follow-through", "Leaves a note that a colleague can work with", "knowledge", SkillType.HARD),
    ("identity", "Compliance", "Checks identity before talking about the account", "compliance", SkillType.HARD),
)
LEVELS = ("1 Missing", "2 Weak", "3 Adequate", "4 Good", "5 Excellent")
_SUBJECTS = (
    "Charged twice for the October plan",
    "Parcel says delivered, nothing here",
    "Cannot sign in after the phone change",
    "Upgrade promised by a colleague never came",
    "Refund of a cancelled booking",
    "Invoice in the wrong company name",
)
_EXAMPLE = """\
Repeated the question in own words and asked whether that was right. The customer said “exactly”, twice. This is worth \
showing to the team: the summary was short, it named the date and the amount, and it left no doubt about what would \
be checked next."""
COMMENTS = (
    "Thanked the customer for the patience, which changed the tone of the rest of the chat.",
    "Went straight to the steps. One sentence on the lost evening would have cost ten seconds and saved two messages.",
    _EXAMPLE,
    "The second question (can the address be changed as well?) was never answered.",
)
QUOTES = (
    "I can see two payments of 24.90 on 3 October, and I understand why that is alarming.",
    "Please allow 5 to 7 days.",
    "So you were promised the upgrade on the phone, and nothing has arrived since. Did I get that right?",
)


def keep(wording: str) -> str:
    """The factory's own wording."""
    return wording


def make_estimate(value: float, margin: float, *, n: int = 17, raters: int = 6) -> Estimate:
    return Estimate(value, value - margin, value + margin, n, raters, "mean with Student's t interval", n_values=n)


def make_undefined(*, n: int = 0) -> Undefined:
    return Undefined("no-values", "Nobody has given a value yet.", n, 0)


def make_ticket(number: int, *, say: TextMaker = keep) -> Ticket:
    return Ticket(
        id=TicketId(f"ticket-{number}"),
        source="helpdesk",
        external_id=say(f"T-{48200 + number}"),
        channel=(Channel.CHAT, Channel.EMAIL, Channel.CALL)[number % 3],
        created_at=datetime(2026, 9, 1, 22, 30, tzinfo=UTC) + timedelta(days=2 * number),
        content_hash="0" * 64,
        subject=say(_SUBJECTS[number % len(_SUBJECTS)]),
        url=f"https://help.example.org/tickets/{48200 + number}" if number % 2 else None,
    )
