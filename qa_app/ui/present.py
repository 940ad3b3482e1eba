"""Values in the words of the screen. No Streamlit here, so plain tests reach it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from db.records import (
    Assignment,
    AssignmentState,
    CalibrationSession,
    CoachingState,
    DisputeState,
    GoalState,
    Metric,
    PersonId,
    PointKind,
    Review,
    ReviewState,
    Selection,
    SessionState,
)
from qa_app import words
from qa_app.estimate import Estimate
from qa_app.followup import Progress
from qa_app.reports import AgentReport, RatingLine, ReviewLine, Target
from qa_app.stats.health import Verdict
from qa_app.words import NO_SCORE, write_code, write_count, write_measured, write_number
from qa_app.workflows.day import Day
from qa_app.workflows.dispute_rows import DisputeRow
from qa_app.workflows.undo import Undoable
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

_SELECTIONS = {Selection.RANDOM: "at random", Selection.STRATIFIED: "at random, by strata"}

SESSION_STATES: Mapping[SessionState, Look] = {
    SessionState.DRAFT: ("Draft", ":material/edit:", "gray"),
    SessionState.OPEN: ("Grading blind", ":material/visibility_off:", "violet"),
    SessionState.REVEALED: ("Revealed", ":material/visibility:", "blue"),
    SessionState.CLOSED: ("Closed", ":material/archive:", "gray"),
    SessionState.CANCELLED: ("Cancelled", ":material/block:", "red"),
}


DISPUTE_STATES: Mapping[DisputeState, Look] = {
    DisputeState.OPEN: ("Open", ":material/gavel:", "orange"),
    DisputeState.UPHELD: ("Grade upheld", ":material/shield:", "gray"),
    DisputeState.REVISED: ("Grade revised", ":material/published_with_changes:", "blue"),
    DisputeState.PARTLY_REVISED: ("Partly revised", ":material/published_with_changes:", "blue"),
    DisputeState.WRONG_AGENT: ("Wrong agent", ":material/person_off:", "violet"),
    DisputeState.WITHDRAWN: ("Withdrawn", ":material/undo:", "gray"),
}


def describe_outcome(row: DisputeRow) -> Look:
    """The state of a dispute, and whether its decision raised or lowered the score."""
    word, icon, colour = DISPUTE_STATES[row.dispute.state]
    match row.score_moved:
        case "raised":
            return f"{word}: score raised", ":material/trending_up:", "green"
        case "lowered":
            return f"{word}: score lowered", ":material/trending_down:", "orange"
    return word, icon, colour


TARGETS: Mapping[Target, Look] = {
    Target.CRITERION: ("Criterion", ":material/rule:", "orange"),
    Target.REVIEWER: ("Reviewer", ":material/person:", "violet"),
    Target.TICKET: ("Ticket", ":material/confirmation_number:", "blue"),
}
"""Whose problem a disagreement is."""

PROGRESS: Mapping[Progress, Look] = {
    Progress.OPEN: ("To do", ":material/radio_button_unchecked:", "blue"),
    Progress.OVERDUE: ("Overdue", ":material/alarm:", "red"),
    Progress.DONE: ("Done", ":material/check_circle:", "green"),
}
"""How far the action of a finding is; one without an action has no badge."""

VERDICTS: Mapping[Verdict, Look] = {
    Verdict.STANDS_OUT: ("Stands out", ":material/report:", "orange"),
    Verdict.UNSURE: ("Too few to tell", ":material/hourglass_empty:", "gray"),
}
"""What an interval says of a criterion; nothing is said of one that is fine."""

COACHING_STATES: Mapping[CoachingState, Look] = {
    CoachingState.PLANNED: (words.COACHING_STATES[CoachingState.PLANNED], ":material/event:", "blue"),
    CoachingState.HELD: (words.COACHING_STATES[CoachingState.HELD], ":material/forum:", "violet"),
    CoachingState.FOLLOWED_UP: (words.COACHING_STATES[CoachingState.FOLLOWED_UP], ":material/task_alt:", "green"),
    CoachingState.CANCELLED: (words.COACHING_STATES[CoachingState.CANCELLED], ":material/block:", "gray"),
}
POINTS: Mapping[PointKind, Look] = {
    PointKind.PRAISE: (words.POINTS[PointKind.PRAISE], ":material/thumb_up:", "green"),
    PointKind.PRACTISE: (words.POINTS[PointKind.PRACTISE], ":material/fitness_center:", "orange"),
    PointKind.GOAL: (words.POINTS[PointKind.GOAL], ":material/flag:", "blue"),
    PointKind.DISPUTE: (words.POINTS[PointKind.DISPUTE], ":material/gavel:", "violet"),
    PointKind.UNREAD: (words.POINTS[PointKind.UNREAD], ":material/mark_email_unread:", "gray"),
    PointKind.OWN: (words.POINTS[PointKind.OWN], ":material/chat_bubble:", "gray"),
}
GOAL_STATES: Mapping[GoalState, Look] = {
    GoalState.OPEN: (words.GOAL_STATES[GoalState.OPEN], ":material/flag:", "blue"),
    GoalState.MET: (words.GOAL_STATES[GoalState.MET], ":material/check_circle:", "green"),
    GoalState.DROPPED: (words.GOAL_STATES[GoalState.DROPPED], ":material/cancel:", "gray"),
}

ASSIGNMENT_STATES: Mapping[AssignmentState, str] = {
    AssignmentState.OPEN: "○ open",
    AssignmentState.DONE: "✓ done",
    AssignmentState.SKIPPED: "↷ skipped",
    AssignmentState.WITHDRAWN: "✗ withdrawn",
}

AUDIT_OBJECTS: Mapping[str, str] = {
    "review": "Reviews",
    "assignment": "Assignments",
    "sample": "Samples and handing out",
    "calibration_session": "Calibrations",
    "calibration_series": "Series of calibrations",
    "certificate": "Certificates",
    "certificate_rule": "Rules of certificates",
    "check_rule": "Rates of hidden checks",
    "coaching_session": "Coaching sessions",
    "goal": "Goals",
    "objective": "Objectives",
    "appraisal": "Appraisals",
    "dispute": "Disputes",
    "import_batch": "Imports",
    "scorecard_version": "Scorecards",
    "person": "People",
    "template": "Comment templates",
}
"""What audit entries are about, by the type of object."""
AUDIT_PAGES: Mapping[str, tuple[str, str]] = {
    "review": ("review", "review"),
    "sample": ("sampling", "sample"),
    "calibration_session": ("session", "session"),
    "coaching_session": ("coaching_session", "coaching"),
    "appraisal": ("appraisal", "appraisal"),
    "dispute": ("dispute", "dispute"),
    "scorecard_version": ("builder", "version"),
}
"""The page of an object by its type, and under which name the page's address takes the id; others have no page."""

METRICS = {
    "csat": "CSAT",
    "nps": "NPS",
    "first_reply": "First reply",
    "resolution": "Resolution",
    "handle_time": "Handle time",
    "reopens": "Reopened",
    "transfers": "Transferred",
}
"""Outcomes that Plumbline knows by name."""

_REVIEW_MARKS: Mapping[ReviewState, str] = {
    ReviewState.DRAFT: "✎",
    ReviewState.SUBMITTED: "○",
    ReviewState.RELEASED: "●",
    ReviewState.ACKNOWLEDGED: "✓",
    ReviewState.DISPUTED: "⚑",
    ReviewState.UPHELD: "✓",
    ReviewState.REVISED: "↻",
    ReviewState.CLOSED: "■",
    ReviewState.VOIDED: "✗",
}
"""The same states in the cells of a table, which show no icons."""

CRITICAL_FAMILIES = {"customer": "Customer", "business": "Business", "compliance": "Compliance"}


def describe_margin(estimate: Estimate, *, digits: int = 1, count: str | None = None) -> str:
    """What stands behind a figure: `± 4.1 (n = 17)`."""
    return (
        write_measured(estimate, digits=digits, count=count).removeprefix(write_number(estimate.value, digits)).strip()
    )


def describe_state(review: Review) -> str:
    """The state of a review for a table, by sign and word."""
    return f"{_REVIEW_MARKS[review.state]} {REVIEW_STATES[review.state][0]}"


def name_selection(selection: Selection) -> str:
    """How a ticket came under review, in the same words on every page."""
    return _SELECTIONS.get(selection) or write_code(selection)


def describe_score(review: Review) -> str:
    """The reported score for a table; there being none is said, and is no zero."""
    score = review.score
    return NO_SCORE if score is None or score.reported is None else write_number(score.reported, 1)


def describe_submit(done: Undoable) -> str:
    """What was submitted and what came out of it."""
    reported = done.review.score.reported if done.review.score else None
    outcome = "no score: nothing applied" if reported is None else f"{write_number(reported, 1)}%"
    return f"Submitted {done.ticket.external_id}: {outcome}"


def matches(wanted: str, *texts: str | None) -> bool:
    """Whether one of the texts holds what somebody looks for, whatever its case; nothing wanted fits everything."""
    sought = wanted.strip().casefold()
    return any(sought in (text or "").casefold() for text in texts)


@dataclass(frozen=True, slots=True)
class Workload:
    """How far one reviewer is with what was handed out."""

    handed_out: int = 0
    done: int = 0
    overdue: int = 0


def count_assignments(found: Iterable[Assignment], *, now: datetime) -> Mapping[PersonId, Workload]:
    """Counts by reviewer; withdrawn and skipped assignments are nobody's work any more."""
    loads: dict[PersonId, Workload] = {}
    for assignment in found:
        if assignment.state not in {AssignmentState.OPEN, AssignmentState.DONE}:
            continue
        old = loads.get(assignment.reviewer_id, Workload())
        late = assignment.state is AssignmentState.OPEN and assignment.due_at is not None and assignment.due_at < now
        loads[assignment.reviewer_id] = Workload(
            handed_out=old.handed_out + 1,
            done=old.done + (assignment.state is AssignmentState.DONE),
            overdue=old.overdue + late,
        )
    return loads


def find_examples(report: AgentReport, skill: str, *, best: bool = False) -> tuple[tuple[ReviewLine, RatingLine], ...]:
    """Every graded criterion of a skill with its review, lowest value first, or highest where `best`."""
    found = [
        (rating.value, line, rating)
        for line in report.reviews
        for rating in line.ratings
        if rating.skill == skill and rating.value is not None
    ]
    return tuple((line, rating) for _, line, rating in sorted(found, key=lambda one: one[0], reverse=best))


def find_praised(report: AgentReport) -> tuple[tuple[ReviewLine, RatingLine], ...]:
    """Every criterion that a reviewer marked as praise, with its review, newest first."""
    return tuple((line, rating) for line in report.reviews for rating in line.ratings if rating.praise)


def name_channel(channel: Channel) -> str:
    """A channel as people say it."""
    return CHANNELS[channel]


def name_anchor(channel: str) -> str:
    """For which channel an anchor is written; `any` serves all."""
    return "What it looks like" if channel == "any" else f"In a {CHANNELS[Channel(channel)].lower()}"


def describe_due(due_at: datetime | None, *, now: datetime, zone: ZoneInfo) -> str:
    """A due date relative to today where it is near, so that nobody has to calculate."""
    if due_at is None:
        return "—"
    days = (due_at.astimezone(zone).date() - now.astimezone(zone).date()).days
    if due_at < now and days <= 0:
        return {0: "overdue since today", -1: "overdue since yesterday"}.get(days, f"overdue for {-days} days")
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    local = due_at.astimezone(zone)
    return f"{local.day} {local:%b}" if days < 300 else f"{local.day} {local:%b %Y}"


def tell_due(due_at: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """A due date within a sentence: `due tomorrow`, `overdue since yesterday`."""
    words = describe_due(due_at, now=now, zone=zone)
    return words if words.startswith("overdue") else f"due {words}"


def describe_day(day: Day) -> str:
    """A reviewer's day in a sentence. The time is a fact for the reviewer; nobody else is shown it."""
    graded = write_count(day.submitted_today, "review") if day.submitted_today else "nothing"
    words = [f"Today: {graded} submitted"]
    if day.submitted_today:
        active = timedelta(seconds=day.active_seconds)
        each = active / day.submitted_today
        words.append(f"{describe_duration(active)} of active time, {describe_duration(each)} each")
    words.append(
        f"{write_count(day.due_today, 'ticket')} more due today" if day.due_today else "nothing more due today"
    )
    return " · ".join(words)


def describe_deadline(session: CalibrationSession, *, now: datetime, zone: ZoneInfo) -> str:
    """When an open session is due; nothing once it was revealed."""
    if session.state is not SessionState.OPEN or session.due_at is None:
        return ""
    return f" · {tell_due(session.due_at, now=now, zone=zone)}"


def name_day(local: datetime) -> str:
    """A date with its day of the week; the moment is on the right clock already."""
    return f"{local:%a} {local.day} {local:%b %Y}"


def describe_metric(metric: Metric) -> tuple[str, str]:
    """Name and value of an outcome of a ticket, as people say them."""
    name = METRICS.get(metric.name) or metric.name.replace("_", " ").capitalize()
    if metric.unit == "seconds":
        hours = " in business hours" if metric.hours == "business" else ""
        return name, f"{describe_duration(timedelta(seconds=float(metric.value)))}{hours}"
    value = format(metric.value.normalize(), "f")
    if metric.scale:
        return name, f"{value} ({metric.scale.replace('..', ' to ')})"
    return name, value if metric.unit in {"count", "points"} else f"{value} {metric.unit}".strip()


def describe_duration(duration: timedelta) -> str:
    """A length of time in its two largest units."""
    seconds = round(duration.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 60:
        return f"{minutes} min {seconds % 60} s" if seconds % 60 and minutes < 10 else f"{minutes} min"
    if hours < 48:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} days {hours % 24} h" if hours % 24 else f"{days} days"


def describe_moment(moment: datetime | None, zone: tzinfo) -> str:
    """A point in time on the clock of the installation."""
    if moment is None:
        return "—"
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"
