"""What the desk says of an assignment that was taken back: who did it, when and why, and the ways on. No Streamlit."""

from datetime import datetime
from zoneinfo import ZoneInfo

from db.records import AssignmentId, SessionState
from qa_app.domain.calibration import REVEALED
from qa_app.ui.pages import address_of
from qa_app.words import write_moment
from qa_app.workflows.endings import Ending

KEPT = "Your answers so far are kept for you; they count nowhere."


def tell_ending(ending: Ending, *, now: datetime, zone: ZoneInfo) -> str:
    """Such as `Elena Vasquez revealed “Week 8” at 15:25; it no longer takes grades.`, or why it left the queue."""
    when = "" if ending.at is None else f" {_tell_time(ending.at, now, zone)}"
    session = ending.session
    if session is None:
        return f"This ticket was taken out of your queue{when}: {ending.why.rstrip('.') or 'no reason was given'}."
    who = ending.by or "Somebody"
    if session.state in REVEALED:
        return f"{who} revealed “{session.name}”{when}; it no longer takes grades."
    if session.state is SessionState.CANCELLED:
        return f"{who} cancelled “{session.name}”{when}: {ending.why.rstrip('.') or 'no reason was given'}."
    return f"“{session.name}” no longer takes your grade of this ticket."


def list_ways(ending: Ending, following: AssignmentId | None) -> tuple[tuple[str, str], ...]:
    """Where to go from there: label and address of each way."""
    ways = []
    if ending.session is not None and ending.session.state in REVEALED:
        ways.append(("Results of the session", address_of("session", session=ending.session.id)))
    if following is None:
        return (*ways, ("My queue", address_of("queue")))
    return (*ways, ("Next ticket", address_of("desk", assignment=following)))


def _tell_time(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    same_day = at.astimezone(zone).date() == now.astimezone(zone).date()
    return f"at {at.astimezone(zone):%H:%M}" if same_day else f"on {write_moment(at, zone)}"
