"""Reviews in long form, one row a rating, in files of any size; and the packs of a whole team in one file."""

import io
import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from db.engine import Transaction
from db.records import (
    AssignmentId,
    AuditEntry,
    Person,
    PersonId,
    Purpose,
    Role,
    ScorecardVersion,
    ScorecardVersionId,
    TeamId,
)
from db.store import audit, people, reviews, samples, scorecards
from db.store.long_form import Head, Line, read_lines, stream_heads
from qa_app.domain.access import Reach, reach
from qa_app.errors import NotFound
from qa_app.headings import RAW, head
from qa_app.workbooks.long import Describe, Kind, LongColumn, Pages, Row, Value, Written, write_csv
from qa_app.workbooks.long import RawForm as RawForm  # noqa: PLC0414 - pages and commands name it too
from qa_app.workbooks.long_xlsx import SHEET_ROWS, LongBook, write_xlsx
from qa_app.workbooks.text import CELL_LIMIT
from qa_app.workflows.access import list_people, list_teams
from qa_app.workflows.context import Context
from qa_app.workflows.exporting import File, app_version, export_coaching, name_file
from qa_app.workflows.period import Period
from qa_app.workflows.reviews import READABLE, may_read
from qa_app.workflows.scope import agent_of, find_blind_tickets, require_some
from qa_app.workflows.team_scores import report_team
from qa_app.workflows.wording import ask_back

HEADER = RAW
Report = Callable[[int, int], None]

_KINDS = {
    **dict.fromkeys(("raw_score", "reported_score", "number", "value", "applied_weight", "probability"), Kind.EXACT),
    **dict.fromkeys(("passed", "praise"), Kind.FLAG),
    **dict.fromkeys(("submitted_at", "ticket_began_at"), Kind.MOMENT),
    "version": Kind.COUNT,
}
_WIDTHS = {
    "review": 26,
    "submitted_at": 20,
    "ticket_began_at": 20,
    "agent": 22,
    "reviewer": 22,
    "criterion": 22,
    "text": 40,
    "comment": 60,
}
_USUAL_WIDTH = 14


@dataclass(frozen=True, slots=True)
class RawFile:
    """What was written, in the words that stand on a workbook's methods sheet."""

    rows: int
    reviews: int
    methods: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The methods as a page of text, for files that have no sheet for it."""
        return "".join(f"{label}: {said}\n" for label, said in self.methods)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the files of an export lie, and how many rows they have."""

    paths: tuple[Path, ...]
    rows: int


def name_raw(start: date, end: date, form: RawForm) -> tuple[str, ...]:
    """What the files of a period are called; CSV has no place for its methods, so they stand in a file beside it."""
    name = f"ratings-{start}-{end}"
    return (f"{name}.csv", f"{name}-methods.txt") if form is RawForm.CSV else (f"{name}.{form}",)


def keep_raw(
    context: Context, folder: Path, *, start: date, end: date, zone: ZoneInfo, form: RawForm, report: Report
) -> Kept:
    """Write the long form of a period into a folder, whole or not at all; raises what `export_raw` raises."""
    paths = tuple(folder / name for name in name_raw(start, end, form))
    partial = [path.with_name(f".{path.name}.partial") for path in paths]
    try:
        with partial[0].open("wb") as target:
            made = export_raw(context, target, start=start, end=end, zone=zone, form=form, report=report)
        if len(paths) > 1:
            partial[1].write_text(made.text, encoding="utf-8")
        for before, after in zip(partial, paths, strict=True):
            before.replace(after)
    finally:
        for path in partial:
            path.unlink(missing_ok=True)
    return Kept(paths, made.rows)


def export_raw(
    context: Context,
    target: BinaryIO,
    *,
    start: date,
    end: date,
    zone: ZoneInfo,
    form: RawForm = RawForm.CSV,
    report: Report = lambda _done, _total: None,
) -> RawFile:
    """Quality reviews submitted in a period (both days included) within the actor's reach, one row a rating.

    All of it is as the database was at one moment, and never more than a page of it is in memory. `report` is told how
    many of the period's reviews are done.

    Raises:
        NotAllowed: the actor may export nothing. Refused: the period is empty.
    """
    within = require_some(context.actor, "export.raw")
    period = Period(start, end, zone)
    columns = [_column(context, column) for column in context.house.choose("raw")]
    book = LongBook(f"Ratings, {start} to {end}", "Ratings", context.now(), zone, context.house, columns)
    stream = RawStream(context, within)

    def describe(written: Written) -> tuple[tuple[str, str], ...]:
        return _describe(context, stream, written, (start, end), zone)

    # Read to its end before anything is packed: a database does not wait for that with an open transaction.
    with closing(stream.read(period, report)) as rows:
        written = _write(form, target, columns, _choose(rows, [column.id for column in columns]), describe, book)
    with context.store.write() as tx:
        after = {"from": str(start), "to": str(end), "reviews": stream.reviews}
        audit.append(tx, AuditEntry(context.now(), context.actor.id, "export.raw", "review", "all", after=after))
    return RawFile(written.rows, stream.reviews, tuple(describe(written)))


def _write(
    form: RawForm, target: BinaryIO, columns: Sequence[LongColumn], pages: Pages, describe: Describe, book: LongBook
) -> Written:
    match form:
        case RawForm.CSV:
            return write_csv(target, columns, pages)
        case RawForm.XLSX:
            return write_xlsx(target, book, pages, describe)
        case RawForm.PARQUET:
            from qa_app.workbooks.long_parquet import write_parquet  # noqa: PLC0415 - 60 MB that few exports need

            return write_parquet(target, columns, pages, describe)


def _column(context: Context, column: str) -> LongColumn:
    kind = _KINDS.get(column, Kind.TEXT)
    return LongColumn(column, head(column, context.house.language), kind, _WIDTHS.get(column, _USUAL_WIDTH))


def _choose(pages: Generator[list[Row]], columns: Sequence[str]) -> Pages:
    """The chosen columns of each row."""
    if tuple(columns) == HEADER:
        return pages
    places = [HEADER.index(column) for column in columns]
    if len(places) == 1:
        return ([(row[places[0]],) for row in page] for page in pages)
    return (list(map(itemgetter(*places), page)) for page in pages)


@dataclass(slots=True)
class RawStream:
    """The reviews that the actor may read, as rows; knows each person and each scorecard once."""

    context: Context
    within: Reach
    reviews: int = 0
    known: dict[PersonId, Person] = field(default_factory=dict)
    versions: dict[ScorecardVersionId, ScorecardVersion] = field(default_factory=dict)
    teams: dict[TeamId, str] = field(default_factory=dict)

    def read(self, period: Period, report: Report) -> Generator[list[Row]]:
        """The rows of a period, a page at a time and all of one moment; each has the values of `HEADER`."""
        since, before = period.bounds
        wanted = reviews.ReviewFilter(
            purpose=Purpose.QUALITY,
            states=READABLE,
            submitted_from=since,
            submitted_before=before,
        )
        with self.context.store.snapshot() as tx:
            hidden = find_blind_tickets(tx, self.context.actor.id)
            total, done = reviews.count_reviews(tx, **wanted), 0
            report(0, total)
            self.teams = {team.id: team.name for team in people.teams(tx)}
            for found in stream_heads(tx, **wanted):
                shown = self._find_shown(tx, [review for review in found if review.ticket_id not in hidden])
                lines = read_lines(tx, [review.id for review in shown])
                drawn = samples.probabilities(tx, [review.assignment_id for review in shown if review.assignment_id])
                yield [row for review in shown for row in self._rows(review, lines.get(review.id, {}), drawn)]
                self.reviews += len(shown)
                done += len(found)
                report(done, total)

    def _find_shown(self, tx: Transaction, found: Sequence[Head]) -> list[Head]:
        """Those that the actor may read; their people and scorecards are known from here on."""
        named = {key for review in found for key in (review.agent_id, review.reviewer_id) if key}
        self.known |= people.people_by_id(tx, sorted(named - self.known.keys()))
        shown = [review for review in found if may_read(self.within, self.context.actor, review, self.known)]
        used = {review.version_id for review in shown}
        self.versions |= scorecards.versions_by_id(tx, sorted(used - self.versions.keys()))
        return shown

    def _rows(self, review: Head, lines: Mapping[str, Line], drawn: Mapping[AssignmentId, Decimal]) -> Iterator[Row]:
        version, agent = self.versions[review.version_id], agent_of(review, self.known)
        before: tuple[Value, ...] = (
            *(review.id, review.submitted_at, review.purpose, review.selection),
            *(drawn.get(review.assignment_id) if review.assignment_id else None, review.state.value),
            *(review.source, review.external_id, review.channel, review.began_at),
            *(agent.name if agent else None, self.teams.get(agent.team_id) if agent and agent.team_id else None),
            *(self.known[review.reviewer_id].name, version.scorecard_id, version.number, version.structure_hash),
            *(review.raw_score, review.reported_score, review.passed),
        )
        for section in version.scorecard.sections:
            for criterion in section.criteria:
                line = lines.get(criterion.id)
                if line is not None:
                    yield (
                        *before,
                        *(section.id, criterion.id, criterion.skill, line.answer_state, line.option_id),
                        *(line.number, line.text, line.value, line.applied_weight),
                        *(line.comment, ", ".join(line.reason_ids), line.praise),
                    )


_LEFT_OUT = (
    "Drafts, voided and corrected reviews, calibration grades, hidden checks, what is out of the reach of whoever "
    "exported, and tickets that they still grade in an open calibration"
)
_SCORES = (
    "raw_score and reported_score are percent and belong to the review: the same on each of its rows. value is from 0 "
    "to 1; applied_weight is the criterion's share of the score; both are empty where the criterion did not count"
)
_PROBABILITY = (
    "With which a sample drew the ticket; empty where it came from none. Headline scores are the mean reported score "
    "of the reviews whose selection is random or stratified, each weighted by 1 / probability (1 where it is empty)"
)


def _describe(
    context: Context, stream: RawStream, written: Written, period: tuple[date, date], zone: ZoneInfo
) -> tuple[tuple[str, str], ...]:
    used = sorted((one.scorecard_id, one.number, one.structure_hash) for one in stream.versions.values())
    cards = "; ".join(f"{name} version {number}, structure {mark}" for name, number, mark in used)
    said = [
        ("Holds", "Quality reviews in long form, one row a rating"),
        ("Period", f"Submitted {period[0]} to {period[1]}, days of {zone.key}"),
        ("Made", f"{context.now().astimezone(zone):%Y-%m-%d %H:%M} by {context.actor.name}"),
        ("Plumbline", app_version()),
        ("Rows", f"{written.rows:,} ratings of {stream.reviews:,} reviews"),
        ("Scorecards", cards or "none"),
        ("Left out", _LEFT_OUT),
        ("Scores", _SCORES),
        ("Probability", _PROBABILITY),
        ("Numbers", "Exact decimals in CSV and Parquet; Excel keeps 15 digits"),
    ]
    if written.sheets > 1:
        said.append(("Sheets", f"A sheet holds {SHEET_ROWS:,} rows, so the ratings go on over {written.sheets} sheets"))
    if written.cut:
        rest = written.cut - len(written.cut_cells)
        more = f" and {rest:,} more" if rest else ""
        places = ", ".join(written.cut_cells)
        said.append(("Cut", f"Excel keeps {CELL_LIMIT:,} characters in a cell; whole in the CSV: {places}{more}"))
    return tuple(said)


def export_team(context: Context, team_name: str, *, start: date, end: date, zone: ZoneInfo, report: Report) -> File:
    """The coaching workbooks of all agents of a team, in one zip.

    Raises:
        NotFound: no such team, or no agent of it within reach.
    """
    agents = find_team(context, team_name)
    standing = report_team(context, agents[0].team_id, start=start, end=end, zone=zone)
    target, empty = io.BytesIO(), True
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for done, agent in enumerate(agents, start=1):
            pack = export_coaching(context, agent.id, start=start, end=end, zone=zone, team=standing)
            packed.writestr(pack.name, pack.content)
            empty = empty and pack.empty
            report(done, len(agents))
    return File(f"coaching-{name_file(team_name)}-{start}-{end}.zip", target.getvalue(), empty)


def list_exportable_teams(context: Context) -> tuple[str, ...]:
    """Names of the teams whose packs the actor may export."""
    within = reach(context.actor, "export.coaching")
    return tuple(team.name for team in list_teams(context) if within.everything or team.id in within.teams)


def find_team(context: Context, team_name: str) -> Sequence[Person]:
    """The agents of a team whose packs the actor may export.

    Raises:
        NotFound: no such team, or no agent of it within reach.
    """
    within = require_some(context.actor, "export.coaching")
    teams = [team for team in list_teams(context) if within.everything or team.id in within.teams]
    team = next((team for team in teams if team.name == team_name), None)
    agents: Sequence[Person] = list_people(context, role=Role.AGENT, team_id=team.id) if team else ()
    if not agents:
        hint = "" if team else ask_back(team_name, (team.name for team in teams))
        raise NotFound("no-team", f"There is no team {team_name!r} with an agent within your reach.{hint}")
    return agents
