from dataclasses import replace

import pytest

from db.records import Recording, RecordingId, TicketId
from qa_app.ui.widgets.recording import write_player

FIRST = Recording(RecordingId("one"), TicketId("t"), "a", "audio/wav", 1, "one.wav", duration_seconds=60.0)
SECOND = replace(FIRST, id=RecordingId("two"))


@pytest.mark.parametrize(
    ("start", "end", "source"),
    [
        (7.25, 12.0, "/audio/one#t=7.2,12.0"),
        (7.0, None, "/audio/one#t=7.0"),
        (70.0, 75.5, "/audio/two#t=10.0,15.5"),
    ],
)
def test_stretch_plays_where_it_stands(start: float, end: float | None, source: str) -> None:
    assert f'src="{source}"' in write_player([FIRST, SECOND], start, end)


def test_without_a_recording_there_is_no_player() -> None:
    assert write_player([], 7.0, None) == ""
