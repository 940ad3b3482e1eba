"""Reads the interchange format: one JSON object a line, UTF-8. A bad line costs that line only."""

import json
from collections.abc import Iterator
from pathlib import Path

from db.records import RowIssue
from qa_app.errors import Refused
from qa_app.intake.checking import FieldProblem, check_ticket, ticket_of, unknown_keys
from qa_app.intake.interchange import VERSION, TicketLine
from qa_app.intake.model import IncomingRecording, IncomingTicket, Place, Read
from qa_app.intake.recordings import find_recording

FORMAT = "jsonl"
LONGEST_LINE = 32 * 1024 * 1024
"""Bytes of one ticket; longer lines are refused unread."""


def read_jsonl(path: Path, *, file_name: str, folder: Path) -> Read:
    """All tickets of a JSONL file; recordings are looked for in `folder` and below, nowhere else.

    Raises:
        Refused: the file is not UTF-8 text at all.
    """
    tickets: list[IncomingTicket] = []
    issues: list[RowIssue] = []
    seen: dict[tuple[str, str], int] = {}
    rows = 0
    for row, raw in _lines(path, file_name=file_name):
        rows += 1
        place = Place(file_name, row)
        ticket, problems = _read_line(raw, place=place, folder=folder)
        issues.extend(problems)
        if ticket is None:
            continue
        first = seen.setdefault((ticket.source, ticket.external_id), row)
        if first != row:
            issues.append(_twice(place, ticket.external_id, first))
        else:
            tickets.append(ticket)
    return Read(format=FORMAT, rows_read=rows, tickets=tuple(tickets), issues=tuple(issues))


def _twice(place: Place, external_id: str, first: int) -> RowIssue:
    return place.refuse(
        "ticket-twice",
        f"Lines {first} and {place.row} hold the same ticket; line {first} was taken. Keep the right one.",
        found=external_id,
    )


def _lines(path: Path, *, file_name: str) -> Iterator[tuple[int, bytes | None]]:
    """Line numbers with lines that are not blank; None for a line that is too long to read."""
    with path.open("rb") as stream:
        row, fresh = 0, True
        while raw := stream.readline(LONGEST_LINE):
            if not fresh:
                fresh = raw.endswith(b"\n")
                continue
            row += 1
            if row == 1:
                if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                    raise Refused("not-utf8", f"{file_name} is UTF-16. Save it as UTF-8 and import it again.")
                raw = raw.removeprefix(b"\xef\xbb\xbf")
                if raw.strip() in (b"[", b"{", b"[{"):
                    raise Refused(
                        "json-not-lines",
                        f"{file_name} is one JSON document over many lines. The format wants one ticket a line; "
                        "docs/interchange-format.md has an example.",
                    )
            fresh = raw.endswith(b"\n") or len(raw) < LONGEST_LINE
            if not fresh:
                yield row, None
            elif raw.strip():
                yield row, raw


def _read_line(raw: bytes | None, *, place: Place, folder: Path) -> tuple[IncomingTicket | None, list[RowIssue]]:
    data = _parse(raw, place)
    if isinstance(data, RowIssue):
        return None, [data]
    issues = [
        Place(place.file, place.row, column=field).warn("key-unknown", text) for field, text in unknown_keys(data)
    ]
    line = _refuse_other_format(data, place) or check_ticket(data)
    if isinstance(line, RowIssue):
        return None, [line, *issues]
    if not isinstance(line, TicketLine):
        return None, [*(_issue(problem, place) for problem in line), *issues]
    recordings: list[IncomingRecording] = []
    for number, recording in enumerate(line.recordings or ()):
        here = Place(place.file, place.row, column=f"recordings[{number}].file")
        found = find_recording(recording.file, folder=folder, place=here)
        if isinstance(found, RowIssue):
            issues.append(found)
        else:
            recordings.append(found)
    if any(issue.code == "recording-outside" for issue in issues):
        return None, issues
    return ticket_of(line, row=place.row or 0, recordings=tuple(recordings)), issues


def _parse(raw: bytes | None, place: Place) -> object:
    if raw is None:
        return place.refuse(
            "line-too-long",
            f"The line is longer than {LONGEST_LINE // 2**20} MiB. Split the ticket or leave parts out.",
        )
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        return place.refuse("not-utf8", "The line is not UTF-8. Save the file as UTF-8 and import it again.")
    except RecursionError:
        return place.refuse("not-json", "The line is nested too deeply to be a ticket.")
    except ValueError as error:
        return place.refuse("not-json", f"The line is not JSON: {error}. Every line must hold one JSON object.")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _refuse_other_format(data: object, place: Place) -> RowIssue | None:
    if not isinstance(data, dict) or "plumbline" not in data:
        return place.refuse(
            "not-interchange",
            f'The key "plumbline" with the version of the format is missing; the newest is {VERSION}. Bring other '
            "formats into it by a script: docs/interchange-format.md has the fields, and an example.",
        )
    version = data["plumbline"]
    if isinstance(version, int) and version > VERSION:
        return place.refuse(
            "version-newer",
            f"The line is in version {version} of the format; this Plumbline reads version {VERSION}. "
            f"Upgrade Plumbline, or export the file in version {VERSION}.",
            found=version,
        )
    return None


def _issue(problem: FieldProblem, place: Place) -> RowIssue:
    return Place(place.file, place.row, column=problem.field).refuse(problem.code, problem.message, found=problem.found)
