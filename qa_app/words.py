"""Values in words: an estimate with its margin in the same breath, a change with its verdict, dates and answers.

Pure. The sheets show these words beside the plain numbers. Rounding is half up on the decimal digits, which is what
a spreadsheet does when it shows a number, so words and number cells never differ.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from db.records import CoachingState, GoalState, PointKind
from qa_app.coaching import FollowUp
from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import Kind
from qa_app.standings import AgentStanding
from scorecards.answers import Answer, AnswerState
from scorecards.model import Criterion

NOTHING = "—"
NOT_APPLICABLE = "Not applicable"
NO_SCORE = "no score"
SHORT_REASONS = {
    "no-values": "no grade yet",
    "one-rater": "one reviewer only",
    "no-pairs": "nobody to compare",
    "no-others": "nobody to compare",
    "few-others": "too few colleagues",
    "one-unit": "one ticket only",
    "too-few-units": "too few tickets",
    "no-complete-unit": "no ticket graded by all",
    "pair-undefined": "one pair cannot be told",
    "constant-rater": "one always the same",
    "no-reference": "no reference",
    "too-few-agents": "too few agents",
    "no-variation": "all the same answer",
    "wrong-level": "does not fit this scale",
    "none-critical": "nothing critical there",
    "all-critical": "everything critical there",
    "no-repeats": "too few reviews",
    "saturated": "too few reviews",
    "too-few-moments": "too few reviews",
    "equal-scores": "all scores equal",
    "one-reviewer": "one reviewer only",
    "apart": "reviewers not connected",
}
"""Why there is no number, short enough for a table; the full sentence is the Undefined's explanation."""
POINTS: Mapping[PointKind, str] = {
    PointKind.PRAISE: "Praise",
    PointKind.PRACTISE: "Practise",
    PointKind.GOAL: "Goal",
    PointKind.DISPUTE: "Dispute",
    PointKind.UNREAD: "Unread",
    PointKind.OWN: "Point",
}
COACHING_STATES: Mapping[CoachingState, str] = {
    CoachingState.PLANNED: "Planned",
    CoachingState.HELD: "Held",
    CoachingState.FOLLOWED_UP: "Followed up",
    CoachingState.CANCELLED: "Called off",
}
GOAL_STATES: Mapping[GoalState, str] = {
    GoalState.OPEN: "Open",
    GoalState.MET: "Met",
    GoalState.DROPPED: "Dropped",
}
_OVER = {"no-values": "no grade then"}
"""The same of a time that is over, where nothing is waited for."""
NOTHING_IN_PERIOD = "No review lies in this period, so nothing here has a value. Choose other days."


def write_number(value: float | Decimal, digits: int) -> str:
    """The number with so many digits behind the point.

    Raises:
        ValueError: a number that is not finite; a statistic without a number is Undefined.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be shown as a number; say in words why there is none")
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return f"{abs(rounded) if rounded.is_zero() else rounded:f}"


def write_figure(kind: Kind, value: float) -> str:
    """A plain number of a report, by what it is: a value as it was given, a p value, a change with its sign."""
    if kind is Kind.VALUE:
        return f"{value:g}"
    if kind is Kind.P:
        return "< .001" if value < 0.001 else write_number(value, 3)
    return f"{value:+.3f}" if kind is Kind.CHANGE else write_number(value, 2)


def write_measured(measured: Measured, *, digits: int = 1, count: str | None = None) -> str:
    """Such as `82.4 ± 4.1 (n = 17)`, or `not defined:` and why."""
    match measured:
        case Undefined():
            return write_undefined(measured)
        case Estimate():
            counted = f"n = {measured.n_units}" if count is None else count
            return f"{write_number(measured.value, digits)}{_write_interval(measured, digits, counted)}"


def write_limits(estimate: Estimate, *, digits: int = 2) -> str:
    """Such as `0.78 (0.61 to 0.89)`: the value and the interval to show."""
    interval, value = estimate.shown, write_number(estimate.value, digits)
    if interval.low is None or interval.high is None:
        return f"{value} (no interval)"
    return f"{value} ({write_number(interval.low, digits)} to {write_number(interval.high, digits)})"


def write_short(measured: Measured, *, digits: int, over: bool = False) -> str:
    """A figure with its interval, or in two or three words why there is none; `over`: of a time that is past."""
    if isinstance(measured, Undefined):
        return f"{NOTHING} {describe_reason(measured, over=over)}"
    return write_measured(measured, digits=digits)


def describe_reason(undefined: Undefined, *, over: bool = False) -> str:
    """Why there is no number, in two or three words; `over`: it is missing for a time that is past."""
    if over and undefined.reason in _OVER:
        return _OVER[undefined.reason]
    return SHORT_REASONS.get(undefined.reason, undefined.reason.replace("-", " "))


def write_undefined(undefined: Undefined) -> str:
    """The reason for there being no number, never a number."""
    return f"not defined: {undefined.explanation}"


def write_change(change: Measured, *, digits: int = 1) -> str:
    """The difference with its interval, led by a sign for its verdict: noise is where the interval holds 0."""
    match change:
        case Undefined():
            return write_undefined(change)
        case Estimate(value=value, low=float(low), high=float(high)):
            sign, verdict = _judge(low, high)
            margin = f"{write_signed(low, digits)} to {write_signed(high, digits)}{_write_confidence(change)}"
            return f"{sign} {write_signed(value, digits)} ({margin}), {verdict}"
        case Estimate():
            return f"{write_signed(change.value, digits)} (no interval, so it may be noise)"


def write_change_short(change: Measured, *, before: Measured) -> str:
    """A change with its verdict and count, or in two or three words why there is none; `before`: what it starts at."""
    if isinstance(change, Undefined):
        return f"{NOTHING} {describe_reason(change, over=isinstance(before, Undefined))}"
    return f"{write_change(change)}, n = {change.n_units}"


def write_slope(slope: Measured | None) -> str:
    """Whether a score moves more than chance would move it: no chart of one stands without."""
    if isinstance(slope, Estimate):
        return f"Trend in points per four weeks: {write_change(slope)}."
    return "No trend can be told yet: it needs three random reviews, and not all at once."


def write_standing(standing: AgentStanding, team_mean: Measured | None) -> str:
    """What the twins of a score mean, the team's mean, and from where on two scores differ."""
    if isinstance(standing.adjusted, Estimate):
        words = [
            "Adjusted: drawn towards the team where reviews are few, and as if every reviewer had graded equally often."
        ]
    elif isinstance(standing.smoothed, Estimate):
        words = [
            "Smoothed: drawn towards the team where reviews are few.",
            f"Not adjusted: {standing.adjusted.explanation}",
        ]
    else:
        words = [f"Neither smoothed nor adjusted: {standing.smoothed.explanation}"]
    if isinstance(team_mean, Estimate):
        words.append(f"The team's mean is {write_measured(team_mean)}.")
    if isinstance(standing.smallest_difference, Estimate):
        points = write_number(standing.smallest_difference.value, 1)
        words.append(f"Between two scores from as many reviews, a gap below {points} points may be chance.")
    return " ".join(words)


def write_verdict(passed: bool | None) -> str:  # noqa: FBT001 - the stored field itself
    """Whether a review passed; None where its scorecard has no pass mark or the review no score."""
    if passed is None:
        return f"{NOTHING} no verdict"
    return "✓ passed" if passed else "✗ not passed"


def write_follow_up_days(found: FollowUp) -> str:
    """Which tickets a follow-up compares; what comes after a goal that was set today begins tomorrow."""
    after = (
        f"of {write_day(found.after_from)} to {write_day(found.after_to)}"
        if found.after_from <= found.after_to
        else f"from {write_day(found.after_from)} on"
    )
    return f"Before: tickets of {write_day(found.before_from)} to {write_day(found.before_to)}; after: {after}."


def write_day(day: date) -> str:
    """A date without any doubt about the order of its parts."""
    return f"{day.day} {day:%b} {day.year}"


def write_near_day(day: date, today: date) -> str:
    """A date without its year where nobody needs it to tell which is meant."""
    return f"{day.day} {day:%b}" if abs((day - today).days) < _NEAR_DAYS else write_day(day)


_NEAR_DAYS = 300


def write_moment(moment: datetime, zone: ZoneInfo) -> str:
    """A point in time on the clock of the given zone."""
    local = moment.astimezone(zone)
    return f"{write_day(local)}, {local:%H:%M}"


def write_code(code: str) -> str:
    """A stable code as people read it."""
    return code.replace("_", " ")


def write_answer(answer: Answer, criterion: Criterion) -> str:
    """An answer in the words of its scorecard."""
    match answer.state:
        case AnswerState.NOT_APPLICABLE:
            return NOT_APPLICABLE
        case AnswerState.MISSING:
            return NOTHING
        case AnswerState.CHOSEN:
            return _write_choice(answer, criterion)


def _write_choice(answer: Answer, criterion: Criterion) -> str:
    if answer.number is not None:
        unit = criterion.number.unit if criterion.number is not None else ""
        return f"{answer.number:f} {unit}".rstrip()
    if answer.text is not None:
        return answer.text
    labels = {option.id: option.label for option in criterion.options}
    return labels.get(answer.option_id or "", answer.option_id or NOTHING)


def _write_interval(estimate: Estimate, digits: int, counted: str) -> str:
    """` ± 4.1 (n = 17)` where the interval is even around the value as shown, else ` (78.0 to 84.9, n = 17)`."""
    if estimate.low is None or estimate.high is None:
        return f" (no interval, {counted})"
    confidence = _write_confidence(estimate)
    above = write_number(estimate.high - estimate.value, digits)
    below = write_number(estimate.value - estimate.low, digits)
    if above == below:
        return f" ± {above} ({counted}{confidence})"
    low, high = write_number(estimate.low, digits), write_number(estimate.high, digits)
    return f" ({low} to {high}, {counted}{confidence})"


def _write_confidence(estimate: Estimate) -> str:
    """Nothing for the usual 95 %, which the methods sheet states; any other level is said on the spot."""
    return "" if estimate.confidence == 0.95 else f", {estimate.confidence * 100:.4g}% sure"


def write_signed(value: float | Decimal, digits: int = 0) -> str:
    """The number with its sign; a zero has none."""
    written = write_number(value, digits)
    return written if written.startswith("-") or Decimal(written).is_zero() else f"+{written}"


def _judge(low: float, high: float) -> tuple[str, str]:
    if low > 0:
        return "▲", "better"
    if high < 0:
        return "▼", "worse"
    return "≈", "within noise"


def write_presence(part: str, there: bool | None) -> str:  # noqa: FBT001 - the stored field itself
    """Stands behind a name on the list of a meeting: as what somebody takes part, and that they were not there."""
    said = {True: "", False: "absent", None: "not noted"}[there]
    return ", ".join(word for word in (part, said) if word)


def write_count(number: int, noun: str, plural: str = "") -> str:
    """A count with its noun: `1 ticket`, `30 tickets`; irregular plurals are given."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def write_place(best: int | None, worst: int | None, total: int) -> str:
    """Where somebody stands as far as the data tell: `between 2 and 7 of 9`, `2 of 9`, or a dash for no place."""
    if best is None or worst is None:
        return NOTHING
    return f"{best} of {total}" if best == worst else f"between {best} and {worst} of {total}"


def write_ties(tied: Sequence[str], total: int) -> str:
    """With whom somebody is tied, by name: few names, or everybody, or how many."""
    if len(tied) == total - 1 and total > 1:
        return "everybody"
    if len(tied) <= _MOST_NAMES:
        return ", ".join(tied) or "nobody"
    return f"{len(tied)} of {total - 1}"


_MOST_NAMES = 3
