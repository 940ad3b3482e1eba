"""Scorecards as files: documents and Excel lists in, the Excel list of a scorecard and its template out."""

import io
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from db.records import ScorecardVersionId
from qa_app.intake.scorecard_lists import format_cell_problem, read_scorecard_list
from qa_app.workbooks.scorecard_list import plan_scorecard_list
from qa_app.workbooks.writer import write_book
from qa_app.workflows.context import Context
from qa_app.workflows.exporting import File
from qa_app.workflows.scorecards import find_version
from scorecards.files import list_example, read_upload
from scorecards.model import Scorecard
from scorecards.problems import format_problem

TYPES = ("yaml", "yml", "json", "xlsx")
"""Endings of the files that hold a scorecard."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file holds: the scorecard unless it has errors, and each problem as a line with its place."""

    scorecard: Scorecard | None
    problems: tuple[str, ...]


def read_file(content: bytes, *, name: str) -> ReadFile:
    """A document in YAML or JSON, or a list in a workbook.

    Raises:
        Refused: the workbook cannot be read at all.
    """
    if Path(name).suffix.lower() != ".xlsx":
        loaded = read_upload(content, name=name)
        return ReadFile(loaded.scorecard, tuple(map(format_problem, loaded.problems)))
    with tempfile.TemporaryDirectory(prefix="plumbline-list-") as folder:
        path = Path(folder) / "list.xlsx"
        path.write_bytes(content)
        listed = read_scorecard_list(path, file_name=name)
    return ReadFile(listed.scorecard, tuple(map(format_cell_problem, listed.problems)))


def write_template(*, now: datetime) -> File:
    """A small scorecard as a list to write over."""
    return File("scorecard-list.xlsx", _write(list_example(), made_at=now, ids=False))


def write_list(context: Context, version_id: ScorecardVersionId) -> File:
    """A version as a list, with the ids that make the list one of the same scorecard when it comes back."""
    version = find_version(context, version_id)
    content = _write(version.scorecard, made_at=context.now(), ids=True)
    return File(f"{version.scorecard_id}-{version.number}.xlsx", content)


def _write(scorecard: Scorecard, *, made_at: datetime, ids: bool) -> bytes:
    target = io.BytesIO()
    write_book(plan_scorecard_list(scorecard, made_at=made_at, ids=ids), target)
    return target.getvalue()
