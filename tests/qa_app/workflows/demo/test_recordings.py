"""The three calls with audio: shipped, small, and in step with their transcripts."""

from datetime import date
from importlib.resources import as_file
from itertools import pairwise
from typing import Any

import av
import pytest

from qa_app.workflows.demo.conversations import build_tickets
from qa_app.workflows.demo.people import AGENTS
from qa_app.workflows.demo.scenarios import RecordedCall, audio_path, read_recorded_calls

CALLS = pytest.mark.parametrize("call", read_recorded_calls(), ids=lambda call: call.id)


def measure_audio(call: RecordedCall) -> tuple[float, int]:
    """Seconds and channels, by decoding every frame: a header may promise what is not there."""
    with as_file(audio_path(call.recording)) as path, av.open(str(path)) as container:
        stream = container.streams.audio[0]
        samples = sum(frame.samples for frame in container.decode(stream))
        return samples / stream.rate, stream.channels


def test_recordings_are_three_and_small() -> None:
    sizes = [len(audio_path(call.recording).read_bytes()) for call in read_recorded_calls()]
    assert len(sizes) == 3
    assert sum(sizes) < 3_000_000


@CALLS
def test_recording_fits_its_transcript(call: RecordedCall) -> None:
    seconds, channels = measure_audio(call)
    spoken = [turn for turn in call.messages if not turn.internal]
    places = [(turn.start_seconds or 0.0, turn.end_seconds or 0.0) for turn in spoken]
    assert channels == 2
    assert 45 <= seconds <= 120
    assert all(start < end for start, end in places)
    assert all(before[1] < after[0] for before, after in pairwise(places))
    assert places[-1][1] < seconds < places[-1][1] + 3


@CALLS
def test_each_side_speaks_on_its_own_channel(call: RecordedCall) -> None:
    with as_file(audio_path(call.recording)) as path, av.open(str(path)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
        rate = container.streams.audio[0].rate
    spoken = [turn for turn in call.messages if not turn.internal]
    for turn in spoken:
        middle = int(((turn.start_seconds or 0) + (turn.end_seconds or 0)) / 2 * rate)
        loud = [sum_energy(frames, middle, channel, span=rate // 2) for channel in (0, 1)]
        assert (loud[0] > 20 * loud[1]) == (turn.role == "agent")


def sum_energy(frames: list[Any], middle: int, channel: int, *, span: int) -> float:
    at, total = 0, 0.0
    for frame in frames:
        if at + frame.shape[1] > middle - span and at < middle + span:
            total += float((frame[channel] ** 2).sum())
        at += frame.shape[1]
    return total


def test_exactly_the_recorded_calls_carry_recordings() -> None:
    tickets: tuple[dict[str, Any], ...] = build_tickets(seed=7, until=date(2026, 10, 5))
    carried = {ticket["recordings"][0]["file"]: ticket for ticket in tickets if "recordings" in ticket}
    assert set(carried) == {f"audio/{call.recording}" for call in read_recorded_calls()}
    for call in read_recorded_calls():
        ticket = carried[f"audio/{call.recording}"]
        assert ticket["channel"] == "call"
        assert [message["text"] for message in ticket["messages"]] == [turn.text for turn in call.messages]


@CALLS
def test_the_agent_on_the_line_is_the_agent_of_the_ticket(call: RecordedCall) -> None:
    agent = next(agent for agent in AGENTS if agent.external_id == call.agent)
    assert agent.team == call.team
    greeting = call.messages[0].text
    others = {other.name.split()[0] for other in AGENTS} - {agent.name.split()[0]}
    assert not others & set(greeting.replace(",", " ").replace(".", " ").split())
