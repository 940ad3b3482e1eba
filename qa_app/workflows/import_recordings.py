"""Keeps recordings outside the database, under the hash of their content: `<first two digits>/<hash>`.

A recording's waveform lies beside it. It can be deleted at any time; whoever opens the recording next has it drawn.
"""

import hashlib
import os
from pathlib import Path

from qa_app.errors import Conflict, Unavailable
from qa_app.intake.recordings import RecordingFacts
from qa_app.intake.waveforms import draw_waveform, is_packed

_PIECE = 1 << 20


def stored_path(folder: Path, content_hash: str) -> Path:
    """Where the recording of this hash lies."""
    return folder / content_hash[:2] / content_hash


def keep_recording(source: Path, facts: RecordingFacts, *, folder: Path, part_name: str) -> None:
    """Copy a recording to its place, whole or not at all, and survive a power cut afterwards.

    Raises:
        Conflict: the file is not the one that was looked at in the preview.
        Unavailable: it cannot be written.
    """
    target = stored_path(folder, facts.content_hash)
    if target.is_file() and target.stat().st_size == facts.size_bytes:
        return
    part = target.with_name(f".{part_name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        written = _copy(source, part)
        if written == facts.content_hash:
            part.replace(target)
            _sync_folder(target.parent)
    except OSError as error:
        raise Unavailable(
            "recording-not-kept",
            f"The recording {source.name} could not be written: {error.strerror}. Nothing was imported.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    if written != facts.content_hash:
        raise Conflict(
            "recording-changed", f"The recording {source.name} changed after the preview. Preview the import again."
        )


def read_waveform_beside(recording: Path) -> bytes | None:
    """The waveform that is kept of a recording; None where there is none, or a broken one."""
    try:
        content = _waveform_path(recording).read_bytes()
    except FileNotFoundError:
        return None
    return content if is_packed(content) else None


def draw_waveform_beside(recording: Path, *, part_name: str) -> bytes | None:
    """Draw the waveform of a kept recording and keep it; None where nothing of the recording can be decoded.

    Takes seconds for an hour of sound.
    """
    waveform = draw_waveform(recording)
    if waveform is None:
        return None
    packed = waveform.pack()
    part = recording.with_name(f".{part_name}.part")
    try:
        part.write_bytes(packed)
        part.replace(_waveform_path(recording))
    except OSError:
        part.unlink(missing_ok=True)  # A full or read-only disk costs the next reader a second look, nothing else.
    return packed


def _waveform_path(recording: Path) -> Path:
    return recording.with_suffix(".waveform")


def _copy(source: Path, part: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as reader, part.open("wb") as writer:
        while piece := reader.read(_PIECE):
            digest.update(piece)
            writer.write(piece)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself last; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
