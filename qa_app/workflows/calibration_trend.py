"""Calibration over time: severity and agreement of each reviewer, how far answers lie apart, and what changed.

Sessions on scorecards of the same structure are one line; edits of the wording and meetings are marked on it. Nothing
is called drift before there are enough tickets on either side.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from db.engine import Transaction
from db.records import Person, PersonId, ScorecardVersion, SessionId
from db.store import calibration, people, scorecards
from qa_app.domain.calibration import REVEALED
from qa_app.errors import NotFound, Refused
from qa_app.estimate import Measured
from qa_app.reports import Field, FieldValue, Kind, Section
from qa_app.stats.causes.distances import measure_distances
from qa_app.stats.causes.drift import (
    LEAST_EACH,
    Change,
    average_periods,
    compare_late,
    compare_periods,
    find_drift,
    find_item_changes,
    split_late,
)
from qa_app.stats.peers import count_equal
from qa_app.stats.proportion import in_percent
from qa_app.stats.resampling import Floats
from qa_app.words import write_count
from qa_app.workflows.calibration import find_session
from qa_app.workflows.context import Context
from qa_app.workflows.forms import form_of
from qa_app.workflows.session_tables import Graded
from qa_app.workflows.session_window import SessionAnswers, find_course, pool, read_session
from qa_app.workflows.wording import tell_apart

MOST_SESSIONS = 12


@dataclass(frozen=True, slots=True)
class Stop:
    """One session of a line, oldest first."""

    session_id: SessionId
    name: str
    revealed_at: datetime
    n_tickets: int
    reworded: bool
    """Whether the wording of the scorecard is not that of the session before."""
    n_agreed: int
    """Answers that its meeting agreed on."""
    n_findings: int
    """What its meeting decided besides."""
    n_there: int
    """People who were noted as there."""

    @property
    def met(self) -> str:
        """What is known of its meeting, in words; empty where nothing was written down."""
        counted = (
            (self.n_agreed, "agreed answer", ""), (self.n_findings, "finding", ""), (self.n_there, "person", "people"),
        )  # fmt: skip
        words = [write_count(number, noun, plural) for number, noun, plural in counted if number]
        return f"{', '.join(words)}{' there' if self.n_there else ''}"


@dataclass(frozen=True, slots=True)
class Course:
    """One reviewer or criterion over the sessions."""

    name: str
    points: tuple[Measured, ...]
    """One for each stop: a reviewer's points of 100 below the others or percent of equal answers, or a criterion's
    distance in % of guessing."""
    change: Measured | None
    """The late sessions less the early ones; None where either has too few tickets."""
    alert: bool


@dataclass(frozen=True, slots=True)
class MeetingEffect:
    """Whether reviewers were closer in the session after a meeting than in the one that it was about."""

    before: str
    after: str
    change: Measured
    """Distance in percent of guessing, after less before: negative is closer."""
    team: str
    """Whether the same reviewers graded both, or who did only one."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A line of sessions."""

    stops: tuple[Stop, ...]
    apart: tuple[Measured, ...]
    """Distance over all criteria in % of guessing, one for each stop."""
    reviewers: tuple[Course, ...]
    """Severity."""
    agreement: tuple[Course, ...]
    """Of the same reviewers."""
    criteria: tuple[Course, ...]
    meetings: tuple[MeetingEffect, ...]
    note: str
    """What late and early are, or why nothing is called drift."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """The same as tables."""
        return (
            _tell_sessions(self),
            _tell_courses("severity", "Severity over time", "Reviewer", self.reviewers, self),
            _tell_courses("agreement", "Agreement over time", "Reviewer", self.agreement, self),
            _tell_courses("distance", "Distance over time", "Criterion", self.criteria, self),
            _tell_meetings(self),
        )


def trace_sessions(context: Context, session_id: SessionId) -> Trend:
    """The line of sessions that ends with this one.

    Raises:
        Refused: it is not revealed.
        NotFound: no such session for this actor.
    """
    session = find_session(context, session_id)
    if session.state not in REVEALED:
        raise Refused("session-blind", "This session is still blind. Results appear for everybody when it is revealed.")
    with context.store.read() as tx:
        version = scorecards.version(tx, session.scorecard_version_id)
        if version is None:
            raise NotFound("no-session", "The scorecard of this session is gone; tell an admin.")
        version = form_of(version, session).version
        course = find_course(tx, context.actor, session, version)[:MOST_SESSIONS][::-1]
        versions = scorecards.versions_by_id(tx, {one.scorecard_version_id for one in course})
        read = [read_session(tx, one) for one in course]
        stops = tuple(_list_stops(tx, read, [versions[one.scorecard_version_id] for one in course]))
        named = tell_apart(people.people_by_id(tx, {key for one in course for key in one.reviewer_ids}))
    graded = pool(read, version)
    if not graded.ordered:
        return Trend(stops, (), (), (), (), (), "The scorecard has no criterion whose answers could be compared.")
    periods = [place for place, one in enumerate(course) for _ in one.tickets]
    distances = measure_distances(graded.ordered)
    late = split_late(periods)
    drift, changed = ((), ()) if late is None else (find_drift(distances, late), find_item_changes(distances, late))
    n, names = len(graded.raters), [named[key].name for key in graded.raters]
    everybody = range(n)
    equal = count_equal(list(graded.tables.values())).among(everybody)
    moved = () if late is None else compare_late(names, equal, late)
    apart = 100 * distances.by_unit(everybody)
    effects = compare_periods(apart, periods)
    return Trend(
        stops,
        average_periods(apart[None, :], periods, n_raters=n)[0],
        tuple(_follow(names, 100 * distances.lean(everybody), periods, drift, n)),
        tuple(_follow(names, 100 * equal, periods, moved, n, bounds=(0.0, 100.0))),
        tuple(_follow(_name_criteria(graded), 100 * distances.between(everybody), periods, changed, n)),
        tuple(
            MeetingEffect(one.name, two.name, effect, team)
            for (one, two), effect, team in zip(
                pairwise(stops), effects, [_compare_teams(*two, named) for two in pairwise(read)], strict=True
            )
        ),
        _describe_split(stops, periods, None if late is None else int(late.sum())),
    )


def _list_stops(
    tx: Transaction, read: Sequence[SessionAnswers], versions: Sequence[ScorecardVersion]
) -> Iterator[Stop]:
    before = None
    for answers, version in zip(read, versions, strict=True):
        one = answers.session
        yield Stop(
            one.id,
            one.name,
            one.revealed_at or one.created_at,
            len(one.tickets),
            reworded=before is not None and before != version.content_hash,
            n_agreed=sum(item.kind == "agreed" for item in answers.references),
            n_findings=len(calibration.findings(tx, one.id)),
            n_there=sum(calibration.attendance(tx, one.id).values()),
        )
        before = version.content_hash


def _compare_teams(before: SessionAnswers, after: SessionAnswers, named: Mapping[PersonId, Person]) -> str:
    """A change between other people is not one of people."""
    first, second = ({review.reviewer_id for review in answers.counted} for answers in (before, after))
    parts = [
        f"{word} {', '.join(sorted(named[key].name for key in keys))}"
        for word, keys in (("without", first - second), ("with", second - first))
        if keys
    ]
    return "; ".join(parts) or "the same"


def _name_criteria(graded: Graded) -> list[str]:
    labels = {criterion.id: criterion.label for criterion in graded.criteria}
    return [labels[key] for key in graded.ordered]


def _follow(
    names: Sequence[str],
    rows: Floats,
    periods: Sequence[int],
    changes: Sequence[Change],
    n_raters: int,
    *,
    bounds: tuple[float, float] | None = None,
) -> Iterator[Course]:
    """One course a row; `rows`: shape (names, units)."""
    found: Sequence[Change | None] = changes or [None] * len(names)
    courses = average_periods(rows, periods, n_raters=n_raters, bounds=bounds)
    for name, points, change in zip(names, courses, found, strict=True):
        if change is None:
            yield Course(name, points, None, alert=False)
        else:
            yield Course(name, points, in_percent(change.change), change.alert)


def _describe_split(stops: Sequence[Stop], periods: Sequence[int], n_late: int | None) -> str:
    if n_late is None:
        return (
            f"Drift takes {LEAST_EACH} tickets in the latest sessions and {LEAST_EACH} in those before; here are "
            f"{len(periods)} in all, so nothing is called drift yet."
        )
    first = stops[periods[len(periods) - n_late]]
    return (
        f"Late is from “{first.name}” on, {n_late} tickets; early is all before, {len(periods) - n_late} tickets. "
        "An alert says that a change of severity is larger than 4 points, or one of distance than 5 % of guessing, "
        "beyond chance at 5 % over all that were looked at."
    )


def _tell_sessions(trend: Trend) -> Section:
    fields = (
        Field("session", "Session"),
        Field("revealed", "Revealed"),
        Field("tickets", "Tickets", Kind.COUNT),
        Field("edit", "Scorecard"),
        Field("meeting", "Meeting"),
        Field("apart", "Distance, % of guessing", Kind.MEASURED),
    )
    rows = tuple(
        (
            stop.name,
            f"{stop.revealed_at:%Y-%m-%d}",
            stop.n_tickets,
            "edited before" if stop.reworded else None,
            stop.met or None,
            apart,
        )
        for stop, apart in zip(trend.stops, trend.apart, strict=False)
    )
    note = "How far two answers lie apart over all criteria: 0 is the same answer, 100 what guessing gives."
    return Section("sessions", "Sessions", note, fields, rows, trend.note)


BEFORE_AND_AFTER = (
    "Negative: closer after the meeting. The tickets are others, and where the reviewers are too, part of a change is "
    "theirs and not the meeting's."
)
_UNITS = {
    "severity": "Points of 100 below the others: positive is strict, negative lenient",
    "agreement": "Same answers as the others, %, over all criteria; not corrected for chance",
    "distance": "Distance of two answers in % of guessing",
}


def _tell_courses(key: str, title: str, header: str, courses: Sequence[Course], trend: Trend) -> Section:
    stops = [Field(f"session_{place}", stop.name, Kind.MEASURED) for place, stop in enumerate(trend.stops, start=1)]
    fields = (
        Field("name", header),
        *stops,
        Field("change", "Late less early", Kind.MEASURED),
        Field("alert", "Alert"),
    )
    rows: tuple[tuple[FieldValue, ...], ...] = tuple(
        (one.name, *one.points, one.change, "changed" if one.alert else None) for one in courses
    )
    return Section(key, title, f"{_UNITS[key]}. {trend.note}", fields, rows, trend.note)


def _tell_meetings(trend: Trend) -> Section:
    fields = (
        Field("before", "Session"),
        Field("after", "The next"),
        Field("team", "Reviewers"),
        Field("change", "Change of distance, % of guessing", Kind.MEASURED),
    )
    rows = tuple((one.before, one.after, one.team, one.change) for one in trend.meetings)
    return Section(
        "meetings", "Before and after each meeting", BEFORE_AND_AFTER, fields, rows, "There is one session only so far."
    )
