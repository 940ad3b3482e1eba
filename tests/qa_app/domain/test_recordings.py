from dataclasses import replace

import pytest

from db.records import Recording, RecordingId, TicketId
from qa_app.domain.recordings import locate_second

FIRST = Recording(RecordingId("one"), TicketId("t"), "a", "audio/wav", 1, "one.wav", duration_seconds=60.0)
SECOND = replace(FIRST, id=RecordingId("two"), duration_seconds=30.0)


@pytest.mark.parametrize(
    ("second", "place"),
    [(0.0, (FIRST, 0.0)), (59.5, (FIRST, 59.5)), (60.0, (SECOND, 0.0)), (89.0, (SECOND, 29.0)), (95.0, (SECOND, 35.0))],
)
def test_seconds_count_on_from_one_recording_to_the_next(second: float, place: tuple[Recording, float]) -> None:
    assert locate_second([FIRST, SECOND], second) == place


def test_a_recording_of_unknown_length_takes_all_that_follows() -> None:
    unknown = replace(FIRST, duration_seconds=None)
    assert locate_second([unknown, SECOND], 400.0) == (unknown, 400.0)


def test_without_recordings_a_second_lies_nowhere() -> None:
    assert locate_second([], 1.0) is None
