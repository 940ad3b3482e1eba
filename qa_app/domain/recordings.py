"""Seconds of a ticket with recordings: they count on from one recording to the next, in the recordings' order."""

from collections.abc import Sequence

from db.records import Recording


def locate_second(recordings: Sequence[Recording], second: float) -> tuple[Recording, float] | None:
    """The recording in which a second of the ticket lies, and the second within it; None without recordings.

    Where a length is unknown, nothing that comes later can be told apart from it.
    """
    for recording in recordings[:-1]:
        length = recording.duration_seconds
        if length is None or second < length:
            return recording, second
        second -= length
    return (recordings[-1], second) if recordings else None
