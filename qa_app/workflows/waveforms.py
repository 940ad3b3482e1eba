"""The picture of a recording: drawn once, kept beside the file, for those who may hear it.

What is kept can be deleted at any time; it is drawn again when somebody next opens the recording.
"""

from pathlib import Path

from db.records import RecordingId
from qa_app.errors import Unavailable
from qa_app.intake.waveforms import draw_waveform, is_packed
from qa_app.workflows.context import Context
from qa_app.workflows.tickets import find_recording


def read_waveform(context: Context, recording_id: RecordingId) -> bytes | None:
    """The kept waveform of a recording that the actor may hear; None where none was drawn yet.

    Raises:
        NotFound: no such recording, none that the actor may hear, or its file is gone.
    """
    return _read(_place(context, recording_id))


def make_waveform(context: Context, recording_id: RecordingId) -> bytes:
    """The same, drawn where it is not kept yet. Takes seconds for an hour of sound.

    Raises:
        NotFound: as `read_waveform`.
        Unavailable: nothing of the recording can be decoded.
    """
    place = _place(context, recording_id)
    kept = _read(place)
    if kept is not None:
        return kept
    waveform = draw_waveform(place.with_suffix(""))
    if waveform is None:
        raise Unavailable("recording-not-drawn", "Nothing of this recording can be decoded, so there is no waveform.")
    packed = waveform.pack()
    part = place.with_name(f".{context.new_id()}.part")
    try:
        part.write_bytes(packed)
        part.replace(place)
    except OSError:
        part.unlink(missing_ok=True)  # A full or read-only disk costs the next reader a second look, nothing else.
    return packed


def _place(context: Context, recording_id: RecordingId) -> Path:
    path, _ = find_recording(context, recording_id)
    return path.with_suffix(".waveform")


def _read(place: Path) -> bytes | None:
    try:
        content = place.read_bytes()
    except FileNotFoundError:
        return None
    return content if is_packed(content) else None
