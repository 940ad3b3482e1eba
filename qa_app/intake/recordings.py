"""Recordings: where one may lie, and what kind of audio it is, told by its content and never by its name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from db.records import RowIssue
from qa_app.intake.expendable import Limits, ask_child
from qa_app.intake.model import IncomingRecording, Place

_BATCH = 25
_LIMITS = Limits(cpu_seconds=120)


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """What a recording is."""

    media_type: str
    duration_seconds: float
    channels: int
    sample_rate: int
    size_bytes: int
    content_hash: str
    """SHA-256 of the file, hexadecimal."""
    missing_seconds: float = 0.0
    """What the file itself says that it lasts, less what there is of it: it is cut off, or broken within."""

    @property
    def is_damaged(self) -> bool:
        """Whether more is missing than encoders pad and heads round."""
        return self.missing_seconds > 1 + self.duration_seconds / 100


@dataclass(frozen=True, slots=True)
class NotAudio:
    """Why a file is no recording that we take."""

    code: str
    message: str


def find_recording(name: str, *, folder: Path, place: Place) -> IncomingRecording | RowIssue:
    """The file that a row names, or why it may not be had.

    A name that leads out of the folder costs the row (code `recording-outside`); one that leads to no file is a
    warning (`recording-missing`).
    """
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    base = folder.resolve()
    path = base.joinpath(*windows.parts)
    outside = posix.is_absolute() or windows.drive or windows.root or ".." in windows.parts or "\0" in name
    if outside or not path.resolve().is_relative_to(base):
        return place.refuse(
            "recording-outside",
            "The recording's name leads out of the folder of the import. Name a file in that folder or below it.",
            found=name,
        )
    if not path.is_file():
        return place.warn(
            "recording-missing",
            "There is no such recording beside the imported file, so the ticket comes without it. Put the file there, "
            "or name the folder of the recordings, and import again.",
            found=name,
        )
    return IncomingRecording(path=path, original_name=windows.name)


def inspect_recording(path: Path) -> RecordingFacts | NotAudio:
    """What one file is."""
    return inspect_recordings([path])[path]


def inspect_recordings(
    paths: Sequence[Path], *, report: Callable[[int], None] | None = None
) -> dict[Path, RecordingFacts | NotAudio]:
    """What each file is, read in expendable children; `report` hears how many are done."""
    known: dict[Path, RecordingFacts | NotAudio] = {}
    waiting = list(dict.fromkeys(paths))
    while waiting:
        batch = waiting[:_BATCH]
        answer = ask_child("qa_app.intake.audio_child", {"paths": [str(path) for path in batch]}, limits=_LIMITS)
        for path, line in zip(batch, answer.lines, strict=False):
            known[path] = _facts_of(line)
        told = len(answer.lines)
        if told == 0:
            # The child died on the very first file, with all its limits unspent: this one is at fault.
            known[batch[0]] = NotAudio("recording-unreadable", "The recording cannot be read; it is broken or hostile.")
            told = 1
        waiting = waiting[told:]
        if report is not None:
            report(len(known))
    return known


def _facts_of(line: object) -> RecordingFacts | NotAudio:
    if not isinstance(line, dict):
        raise TypeError("the audio child answers with objects")
    if "code" in line:
        return NotAudio(code=str(line["code"]), message=str(line["message"]))
    return RecordingFacts(
        media_type=str(line["media_type"]),
        duration_seconds=float(line["duration_seconds"]),
        channels=int(line["channels"]),
        sample_rate=int(line["sample_rate"]),
        size_bytes=int(line["size_bytes"]),
        content_hash=str(line["content_hash"]),
        missing_seconds=float(line["missing"]),
    )
