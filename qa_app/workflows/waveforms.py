"""The picture of a recording, for those who may hear it: drawn by the import, or here where it is missing."""

from db.records import RecordingId
from qa_app.errors import Unavailable
from qa_app.workflows.context import Context
from qa_app.workflows.import_recordings import draw_waveform_beside, read_waveform_beside
from qa_app.workflows.tickets import find_recording


def read_waveform(context: Context, recording_id: RecordingId) -> bytes | None:
    """The kept waveform of a recording that the actor may hear; None where none was drawn yet.

    Raises:
        NotFound: no such recording, none that the actor may hear, or its file is gone.
    """
    path, _ = find_recording(context, recording_id)
    return read_waveform_beside(path)


def make_waveform(context: Context, recording_id: RecordingId) -> bytes:
    """The same, drawn where it is not kept yet. Takes seconds for an hour of sound.

    Raises:
        NotFound: as `read_waveform`.
        Unavailable: nothing of the recording can be decoded.
    """
    path, _ = find_recording(context, recording_id)
    packed = read_waveform_beside(path) or draw_waveform_beside(path, part_name=context.new_id())
    if packed is None:
        raise Unavailable("recording-not-drawn", "Nothing of this recording can be decoded, so there is no waveform.")
    return packed
