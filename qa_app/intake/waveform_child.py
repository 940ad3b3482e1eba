"""The expendable child that draws the outline of one recording, with PyAV. Run as `python -m …waveform_child`."""

import base64
import math
from array import array
from pathlib import Path

import av

from qa_app.intake.audio_child import tell_format
from qa_app.intake.expendable import answer, take_request
from qa_app.intake.waveforms import PER_SECOND

_RATE = 8000
"""Samples a second that are looked at; the pitch above is of no use in a picture."""
_STEP = _RATE // PER_SECOND
_FULL = 32767
_MOST_CHANNELS = 4


def _level(samples: "array[int]") -> int:
    """The loudest of these samples as a byte: 255 times the square root of its share of full scale."""
    high, low = max(samples), min(samples)
    loudest = min(_FULL, max(high, -low))
    return round(255 * math.sqrt(loudest / _FULL))


class _Outline:
    """Levels of each channel, taken step by step from samples that come in pieces of any length."""

    def __init__(self) -> None:
        self.levels: list[bytearray] = []
        self._rest: list[array[int]] = []

    def take(self, frame: av.AudioFrame) -> None:
        """A frame of planar 16-bit samples."""
        for channel, plane in enumerate(frame.planes):
            if channel == len(self.levels):
                self.levels.append(bytearray())
                self._rest.append(array("h"))
            samples = self._rest[channel]
            samples.frombytes(memoryview(plane)[: 2 * frame.samples])
            whole = len(samples) - len(samples) % _STEP
            self.levels[channel].extend(_level(samples[at : at + _STEP]) for at in range(0, whole, _STEP))
            self._rest[channel] = samples[whole:]

    def end(self) -> None:
        """What is left over makes one last level."""
        for levels, rest in zip(self.levels, self._rest, strict=True):
            if rest:
                levels.append(_level(rest))


def _draw(path: Path) -> _Outline:
    outline = _Outline()
    with path.open("rb") as stream:
        told = tell_format(stream.read(16))
    if told is None:
        return outline
    try:
        with av.open(str(path), format=told[0], options={"protocol_whitelist": "file"}) as container:
            _decode(container, outline)
    except (av.error.FFmpegError, ValueError, MemoryError):
        pass  # What came before the break is drawn; a change of the number of channels is a break as well.
    outline.end()
    return outline


def _decode(container: av.container.InputContainer, outline: _Outline) -> None:
    stream = container.streams.audio[0]
    layout = None if stream.codec_context.channels <= _MOST_CHANNELS else "mono"
    even = av.AudioResampler(format="s16p", layout=layout, rate=_RATE)
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue  # Players pass over a broken packet as well.
        for frame in frames:
            for piece in even.resample(frame):
                outline.take(piece)
    for piece in even.resample(None):
        outline.take(piece)


def run() -> None:
    """Answer with one line: the levels of each channel, in base64."""
    av.logging.set_level(av.logging.PANIC)
    try:
        levels = _draw(Path(str(take_request()["path"]))).levels
    except OSError:
        levels = []
    answer([base64.b64encode(channel).decode("ascii") for channel in levels])


if __name__ == "__main__":
    run()
