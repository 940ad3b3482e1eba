"""What a team's workbook costs beside plain openpyxl in write-only mode with the same cells.

Run `python -m benchmarks.packs` (300 agents x 40 reviews, minutes); each way writes in a child of its own. The team is simulated and comes lazily, so that what
is measured is planning and writing, not a database. "Plain values" appends bare values: no styles, no heights, no
links, no tables. "Plain cells" gives every cell its named style as well. Formulas have no results in either.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from openpyxl.cell import WriteOnlyCell
from openpyxl.workbook import Workbook

from benchmarks.timing import tell
from db.records import (
    Channel,
    Person,
    PersonId,
    Purpose,
    Review,
    ReviewId,
    ReviewState,
    ScorecardVersionId,
    Selection,
    StoredScore,
    Ticket,
    TicketId,
)
from qa_app.estimate import Estimate
from qa_app.house import House
from qa_app.packs import Member, TeamPack
from qa_app.recounts import Recount, ScorePart
from qa_app.reports import RatingLine, ReviewLine
from qa_app.standings import AgentStanding, SkillStanding, TeamReport
from qa_app.workbooks.layout import Spot, place, read_row, read_spots
from qa_app.workbooks.plan import Book, Formula, Later, Sheet, Table
from qa_app.workbooks.styles import add_styles
from qa_app.workbooks.team import plan_team
from qa_app.workbooks.writer import write_book

CRITERIA = 12
_ZONE = ZoneInfo("Europe/Berlin")
_DAY = datetime(2026, 10, 1, 8, 30, tzinfo=UTC)
_FOUND = Estimate(81.25, 76.5, 86.0, 40, 6, "simulated")
_WEIGHT = (Decimal(1) / CRITERIA).quantize(Decimal("1e-12"))
_SAID = "Named the amount and the day, and asked whether that was all. The second question was answered too late."


def make_pack(agents: int, reviews: int) -> TeamPack:
    """A team without chance in it; its members are made when they are asked for."""
    people = [Person(PersonId(f"agent-{number}"), f"Agent Number {number}") for number in range(agents)]
    skills = tuple(SkillStanding(f"skill_{n}", f"Skill {n}", _FOUND, _FOUND) for n in range(6))
    standings = tuple(
        AgentStanding(person, _FOUND, _FOUND, _FOUND, _FOUND, _FOUND, reviews, 1, agents, (), skills, _FOUND)
        for person in people
    )
    report = TeamReport(
        "Simulated", date(2026, 10, 1), date(2026, 11, 21), _DAY, _FOUND, standings, _FOUND, _FOUND, _FOUND, (), ()
    )

    def read_members() -> Iterator[Member]:
        for standing in standings:
            yield Member(standing, (), (), (), tuple(_make_review(standing, number) for number in range(reviews)))

    labels = MappingProxyType({f"c{n}": f"Criterion {n} of the form" for n in range(CRITERIA)})
    return TeamPack(report, (), (), agents * reviews, labels, read_members, ())


def _make_review(standing: AgentStanding, number: int) -> ReviewLine:
    key, at = f"{standing.agent.id}-{number}", _DAY + timedelta(hours=number)
    values = [Decimal((number + place) % 5) / 4 for place in range(CRITERIA)]
    counted = Recount(
        tuple(ScorePart(f"c{n}", value, _WEIGHT, down=False) for n, value in enumerate(values)), limit=100, set_to=None
    )
    review = Review(
        id=ReviewId(key),
        ticket_id=TicketId(key),
        ticket_version=1,
        scorecard_version_id=ScorecardVersionId("core-1"),
        reviewer_id=PersonId("reviewer"),
        agent_id=standing.agent.id,
        purpose=Purpose.QUALITY,
        selection=Selection.RANDOM,
        state=ReviewState.RELEASED,
        revision=1,
        started_at=at,
        saved_at=at,
        submitted_at=at,
        score=StoredScore("plumbline-1", counted.raw, counted.reported, (), passed=True, band=None, results=()),
    )
    url = f"https://help.example.org/tickets/{key}"
    ticket = Ticket(TicketId(key), "helpdesk", f"T-{key}", Channel.CHAT, at, "0" * 64, subject="A question", url=url)
    ratings = tuple(_make_rating(place, value) for place, value in enumerate(values))
    return ReviewLine(review, ticket, "Core skills, version 1", f"Reviewer {number % 7}", ratings, counted)


def _make_rating(place: int, value: Decimal) -> RatingLine:
    return RatingLine(
        criterion_id=f"c{place}",
        section=f"Section {place // 4}",
        label=f"Criterion {place} of the form",
        skill=f"skill_{place % 6}",
        answer=f"{4 * value + 1:f} of 5",
        value=value * 100,
        applied_weight=_WEIGHT * 100,
        comment=_SAID if place % 3 == 0 else "",
        reasons=(),
        evidence=(),
        auto_fail=None,
        critical=None,
    )


def write_ours(book: Book, path: Path) -> None:
    """As the application writes it."""
    with path.open("wb") as target:
        write_book(book, target)


def write_values(book: Book, path: Path) -> None:
    """The same values and nothing else."""
    workbook = Workbook(write_only=True)
    for sheet in _plan_all(book):
        into = workbook.create_sheet()
        for row in _read_rows(sheet):
            into.append([_plain(spot.cell.value) for spot in row])
    workbook.save(path)


def write_cells(book: Book, path: Path) -> None:
    """The same values, each in its named style."""
    workbook = Workbook(write_only=True)
    add_styles(workbook, House())
    for sheet in _plan_all(book):
        into = workbook.create_sheet()
        for row in _read_rows(sheet):
            cells = []
            for spot in row:
                cell = WriteOnlyCell(into, _plain(spot.cell.value))
                cell.style = spot.style.value
                cells.append(cell)
            into.append(cells)
    workbook.save(path)


WAYS: dict[str, Callable[[Book, Path], None]] = {
    "ours": write_ours,
    "plain values": write_values,
    "plain cells": write_cells,
}


def _plan_all(book: Book) -> Iterator[Sheet]:
    for sheet in book.sheets:
        yield sheet.plan(()) if isinstance(sheet, Later) else sheet


def _read_rows(sheet: Sheet) -> Iterator[list[Spot]]:
    for placed in place(sheet):
        rows: dict[int, list[Spot]] = {}
        for spot in read_spots(placed, 1):
            rows.setdefault(spot.row, []).append(spot)
        yield from rows.values()
        if isinstance(placed.block, Table) and placed.block.is_open:
            for number, cells in enumerate(placed.block.rows, start=placed.row + 1):
                yield list(read_row(placed.block, cells, number))


def _plain(value: object) -> object:
    return f"={value.rule.value[:30]}" if isinstance(value, Formula) else value


def run(way: str, agents: int, reviews: int) -> dict[str, float]:
    """Write one workbook in this process: seconds of its processor, peak MiB, cells, MiB of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "team.xlsx"
        book = plan_team(make_pack(agents, reviews), time_zone=_ZONE, app_version="benchmark")
        before = _peak()
        wall, cpu = time.perf_counter(), time.process_time()
        WAYS[way](book, path)
        return {
            "wall": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
            "before": before,
            "peak": _peak(),
            "size": path.stat().st_size / 2**20,
        }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=300)
    parser.add_argument("--reviews", type=int, default=40)
    parser.add_argument("--child", choices=WAYS)
    wanted = parser.parse_args(arguments)
    if wanted.child:
        print(json.dumps(run(wanted.child, wanted.agents, wanted.reviews)))
        return
    print("| agents x reviews | written by | processor, s | clock, s | peak RSS, MiB | of it before, MiB | file, MiB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for agents in (max(wanted.agents // 4, 1), wanted.agents):
        for way in WAYS:
            tell(f"{agents} agents, {way}")
            size = ("--agents", str(agents), "--reviews", str(wanted.reviews), "--child", way)
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.packs", *size], check=True, capture_output=True, text=True
            )
            cost = json.loads(done.stdout)
            numbers = " | ".join(f"{cost[name]:.1f}" for name in ("cpu", "wall", "peak", "before", "size"))
            print(f"| {agents} x {wanted.reviews} | {way} | {numbers} |", flush=True)


if __name__ == "__main__":
    main()
