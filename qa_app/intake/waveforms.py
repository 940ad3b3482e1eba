"""Waveforms: how loud each channel of a recording is, fifty times a second, and the file that keeps them."""

import base64
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qa_app.intake.expendable import Limits, ask_child

PER_SECOND: Final = 50
"""Levels a second: 20 ms each, about a pixel of a half-minute call, and short enough to tell pauses."""
_HEAD: Final = struct.Struct("<4sBBHI")
_MARK: Final = b"PLW1"
_LIMITS = Limits(cpu_seconds=120)


@dataclass(frozen=True, slots=True)
class Waveform:
    """Levels of each channel, a byte for each 20 ms.

    A level is 255 times the square root of the loudest sample's share of full scale: quiet speech stays visible.
    """

    channels: tuple[bytes, ...]

    def pack(self) -> bytes:
        """As the browser reads it and the data folder keeps it.

        Little endian: `PLW1`, channels (1 byte), an empty byte, levels a second (2), levels in each channel (4), then
        the levels, one channel after the other.
        """
        head = _HEAD.pack(_MARK, len(self.channels), 0, PER_SECOND, len(self.channels[0]))
        return head + b"".join(self.channels)


def is_packed(content: bytes) -> bool:
    """Whether these bytes are a whole waveform of this version."""
    if len(content) < _HEAD.size:
        return False
    mark, channels, _, per_second, count = _HEAD.unpack_from(content)
    return bool(mark == _MARK and per_second == PER_SECOND and len(content) == _HEAD.size + channels * count)


def draw_waveform(path: Path) -> Waveform | None:
    """The waveform of a recording, drawn in an expendable child; None where nothing of it can be decoded."""
    said = ask_child("qa_app.intake.waveform_child", {"path": str(path)}, limits=_LIMITS)
    channels = said.lines[0] if said.lines else []
    if not isinstance(channels, list):
        raise TypeError("the waveform child answers with a list")
    levels = [base64.b64decode(str(channel)) for channel in channels]
    shortest = min(map(len, levels), default=0)
    return Waveform(tuple(channel[:shortest] for channel in levels)) if shortest else None
