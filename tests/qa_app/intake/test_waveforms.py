import math
import struct
import wave
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.intake.waveforms import PER_SECOND, Waveform, draw_waveform, is_packed
from tests.qa_app.intake.test_recordings import encoded

RATE = 8000


def write_sines(path: Path, *channels: list[tuple[float, int]]) -> Path:
    """A wav file; each channel is a row of stretches of 500 Hz: (seconds, amplitude).

    500 Hz at 8,000 samples a second is 16 samples a period, so every period touches its amplitude exactly.
    """
    sides = []
    for stretches in channels:
        heights = [height for seconds, height in stretches for _ in range(round(seconds * RATE))]
        sides.append([round(height * math.sin(math.tau * place / 16)) for place, height in enumerate(heights)])
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(len(sides))
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(b"".join(struct.pack(f"<{len(sides)}h", *each) for each in zip(*sides, strict=True)))
    return path


def level(amplitude: int) -> int:
    return round(255 * math.sqrt(amplitude / 32767))


def test_levels_are_the_root_of_the_amplitude_fifty_times_a_second(tmp_path: Path) -> None:
    path = write_sines(
        tmp_path / "call.dat", [(1.0, 8192), (0.5, 0), (0.5, 32767)], [(1.0, 0), (1.0, 2048)]
    )  # fmt: skip
    assert (level(8192), level(2048), level(32767)) == (128, 64, 255)
    assert draw_waveform(path) == Waveform(
        (
            bytes([128] * 50 + [0] * 25 + [255] * 25),
            bytes([0] * 50 + [64] * 50),
        )
    )


def test_rest_of_less_than_a_step_is_drawn(tmp_path: Path) -> None:
    drawn = draw_waveform(write_sines(tmp_path / "a.wav", [(0.05, 8192)]))
    assert drawn is not None
    assert drawn.channels == (bytes([128, 128, 128]),)  # 20, 20 and 10 ms


def test_eight_bit_silence_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(RATE)
        sound.writeframes(b"\x80" * RATE)
    assert draw_waveform(path) == Waveform((bytes(50),))


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [("a.flac", "flac", 8000), ("a.ogg", "libopus", 48000), ("a.mp3", "libmp3lame", 44100), ("a.m4a", "aac", 48000)],
)
def test_packed_formats_are_drawn_at_their_length(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    drawn = draw_waveform(encoded(tmp_path, name, codec, rate=rate))
    assert drawn is not None
    assert len(drawn.channels) == 1
    assert len(drawn.channels[0]) == pytest.approx(2 * PER_SECOND, abs=8)  # encoders pad by a few frames


def test_broken_end_keeps_what_came_before(tmp_path: Path) -> None:
    whole = write_sines(tmp_path / "a.wav", [(2.0, 8192)])
    (tmp_path / "b.wav").write_bytes(whole.read_bytes()[: 44 + RATE * 2])
    drawn = draw_waveform(tmp_path / "b.wav")
    assert drawn is not None
    assert drawn.channels == (bytes([128] * 50),)


@pytest.mark.parametrize("content", [b"", b"no sound", b"ID3" + b"\x00" * 5000, b"fLaC" + b"\xff" * 5000])
def test_what_is_no_recording_has_no_waveform(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    assert draw_waveform(tmp_path / "a.wav") is None


def test_recording_that_is_gone_has_no_waveform(tmp_path: Path) -> None:
    assert draw_waveform(tmp_path / "gone.wav") is None


def test_packed_waveform_says_its_shape() -> None:
    packed = Waveform((bytes([1, 2, 3]), bytes([4, 5, 6]))).pack()
    assert packed == b"PLW1" + bytes([2, 0, 50, 0, 3, 0, 0, 0]) + bytes([1, 2, 3, 4, 5, 6])


@given(st.integers(1, 300), st.integers(1, 4))
def test_only_a_whole_packed_waveform_is_taken_for_one(count: int, channels: int) -> None:
    packed = Waveform((bytes(count),) * channels).pack()
    assert is_packed(packed)
    assert not any(is_packed(packed[:end]) for end, _ in pairwise(range(len(packed) + 1)))
    assert not is_packed(packed + b"\0")
    assert not is_packed(b"PLW0" + packed[4:])
