"""Values in the words of the screen. No Streamlit here, so plain tests reach it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from db.records import CalibrationSession, ReviewState, SessionState
from qa_app.estimate import Measured, Undefined
from qa_app.words import write_measured
from scorecards.model import Channel

CHANNELS = {
    Channel.EMAIL: "E-mail",
    Channel.CHAT: "Chat",
    Channel.CALL: "Call",
    Channel.WEB: "Web",
    Channel.SMS: "SMS",
    Channel.SOCIAL: "Social",
    Channel.ROLE_PLAY: "Role-play",
    Channel.OTHER: "Other",
}

CHANNEL_ICONS = {
    Channel.EMAIL: ":material/mail:",
    Channel.CHAT: ":material/chat:",
    Channel.CALL: ":material/call:",
    Channel.WEB: ":material/language:",
    Channel.SMS: ":material/sms:",
    Channel.SOCIAL: ":material/share:",
    Channel.ROLE_PLAY: ":material/theater_comedy:",
    Channel.OTHER: ":material/help:",
}

Colour = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]
Look = tuple[str, str, Colour]
"""Word, icon and colour: a state is never told by colour alone."""

REVIEW_STATES: Mapping[ReviewState, Look] = {
    ReviewState.DRAFT: ("Draft", ":material/edit:", "gray"),
    ReviewState.SUBMITTED: ("Submitted", ":material/lock:", "blue"),
    ReviewState.RELEASED: ("Released", ":material/visibility:", "violet"),
    ReviewState.ACKNOWLEDGED: ("Acknowledged", ":material/done_all:", "green"),
    ReviewState.DISPUTED: ("Disputed", ":material/gavel:", "orange"),
    ReviewState.UPHELD: ("Upheld", ":material/shield:", "gray"),
    ReviewState.REVISED: ("Revised", ":material/published_with_changes:", "blue"),
    ReviewState.CLOSED: ("Closed", ":material/archive:", "gray"),
    ReviewState.VOIDED: ("Voided", ":material/block:", "red"),
}

SESSION_STATES: Mapping[SessionState, Look] = {
    SessionState.DRAFT: ("Draft", ":material/edit:", "gray"),
    SessionState.OPEN: ("Grading blind", ":material/visibility_off:", "violet"),
    SessionState.REVEALED: ("Revealed", ":material/visibility:", "blue"),
    SessionState.CLOSED: ("Closed", ":material/archive:", "gray"),
    SessionState.CANCELLED: ("Cancelled", ":material/block:", "red"),
}


SHORT_REASONS = {
    "no-values": "no grade yet",
    "one-rater": "one reviewer only",
    "no-pairs": "nobody to compare",
    "one-unit": "one ticket only",
    "no-variation": "all the same answer",
    "wrong-level": "does not fit this scale",
}
"""Why there is no number, short enough for a table; the full sentence is the Undefined's explanation."""


def write_short(measured: Measured, *, digits: int) -> str:
    """A figure with its interval, or in two or three words why there is none."""
    if isinstance(measured, Undefined):
        return f"— {SHORT_REASONS.get(measured.reason, measured.reason)}"
    return write_measured(measured, digits=digits)


def name_channel(channel: Channel) -> str:
    """A channel as people say it."""
    return CHANNELS[channel]


def describe_due(due_at: datetime | None, *, now: datetime, zone: ZoneInfo) -> str:
    """A due date relative to today where it is near, so that nobody has to calculate."""
    if due_at is None:
        return "—"
    days = (due_at.astimezone(zone).date() - now.astimezone(zone).date()).days
    if due_at < now and days <= 0:
        return "overdue" if days == 0 else f"overdue {-days} d"
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    local = due_at.astimezone(zone)
    return f"{local.day} {local:%b}" if days < 300 else f"{local.day} {local:%b %Y}"


def describe_deadline(session: CalibrationSession, *, now: datetime, zone: ZoneInfo) -> str:
    """When an open session is due; nothing once it was revealed."""
    if session.state is not SessionState.OPEN or session.due_at is None:
        return ""
    return f" · due {describe_due(session.due_at, now=now, zone=zone)}"


def describe_moment(moment: datetime | None, zone: ZoneInfo) -> str:
    """A point in time on the clock of the installation."""
    if moment is None:
        return "—"
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"
