"""The expendable child that looks into recordings, with PyAV. Run as `python -m qa_app.intake.audio_child`.

The format is told by the first bytes and forced upon the library: some of its other formats are play lists, which
would open any file or address that they name.

Packets are counted, and only the first ones decoded: what is noise within them is heard by nobody here. A file that is
cut off or has lost packets holds less than its own head says.
"""

import hashlib
from pathlib import Path
from typing import BinaryIO

import av

from qa_app.intake.expendable import answer, take_request

_LARGEST = 1024 * 1024 * 1024
_PACKETS_TO_TRY = 200
"""How many packets may fail before the first sound; encoders put empty ones in front."""
_ENDLESS_RIFF = 0xFFFF_0000
"""Sizes from here on are those of recorders that could not tell how long it would last, as is zero."""
_MP3_HEAD = 64 * 1024


def tell_format(head: bytes) -> tuple[str, str] | None:
    """Demuxer and media type of a file that begins with these bytes."""
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav", "audio/wav"
    if head[:4] == b"fLaC":
        return "flac", "audio/flac"
    if head[:4] == b"OggS":
        return "ogg", "audio/ogg"
    if head[4:8] == b"ftyp":
        return "mp4", "audio/mp4"
    # An MPEG frame begins with 11 set bits; the layer bits tell it from AAC streams, which have none set.
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06):
        return "mp3", "audio/mpeg"
    return None


def _inspect(path: Path) -> dict[str, object]:
    size = path.stat().st_size
    if size > _LARGEST:
        return _refuse("recording-too-large", f"The recording has {size // 2**20} MiB; 1,024 MiB is the most.")
    with path.open("rb") as stream:
        head = stream.read(16)
        told = tell_format(head)
        if told is None:
            return _refuse(
                "recording-not-audio", "The file is no recording by its content. Accepted: wav, mp3, flac, ogg, m4a."
            )
        counted = told[0] != "mp3" or _counts_frames(stream)
        stream.seek(0)
        content_hash = hashlib.file_digest(stream, "sha256").hexdigest()
    demuxer, media_type = told
    try:
        with av.open(str(path), format=demuxer, options={"protocol_whitelist": "file"}) as container:
            if not container.streams.audio:
                return _refuse("recording-not-audio", "The file holds no sound.")
            facts = _listen(container)
            promised = container.duration / av.time_base if container.duration and counted else 0.0
    except (av.error.FFmpegError, ValueError, MemoryError):
        facts = None
    if facts is None:
        return _refuse("recording-unreadable", "The recording cannot be decoded; the file is broken or cut off.")
    heard = facts.pop("heard")
    if demuxer == "wav" and 0 < (riff := int.from_bytes(head[4:8], "little")) < _ENDLESS_RIFF:
        promised = heard * max(1.0, (8 + riff) / size)
    missing = round(max(0.0, promised - heard), 3)
    return {"media_type": media_type, "size_bytes": size, "content_hash": content_hash, "missing": missing, **facts}


def _counts_frames(stream: BinaryIO) -> bool:
    """Whether an MP3 says how many frames it has; for one that does not, its length is a guess from the bit rate."""
    stream.seek(0)
    start = stream.read(10)
    tag = sum((byte & 0x7F) << shift for byte, shift in zip(start[6:10], (21, 14, 7, 0), strict=False))
    stream.seek(10 + tag if start[:3] == b"ID3" else 0)
    head = stream.read(_MP3_HEAD)
    return any(mark in head for mark in (b"Xing", b"Info", b"VBRI"))


def _listen(container: av.container.InputContainer) -> dict[str, float] | None:
    """Facts of the first audio stream; None where not a single sound can be decoded."""
    stream = container.streams.audio[0]
    heard, first, last, tried, sounding = False, None, 0.0, 0, 0.0
    try:
        for packet in container.demux(stream):
            if not heard and tried < _PACKETS_TO_TRY:
                tried += 1
                heard = any(frame.samples for frame in packet.decode())
            if packet.pts is not None:
                start = float(packet.pts * packet.time_base)
                first = start if first is None else min(first, start)
                lasting = float((packet.duration or 0) * packet.time_base)
                last = max(last, start + lasting)
                sounding += lasting
    except av.error.FFmpegError:
        pass  # What came before the break can still be heard.
    if not heard or first is None or last <= first:
        return None
    return {
        "duration_seconds": round(last - first, 3),
        "heard": min(sounding, last - first),
        "channels": stream.codec_context.channels,
        "sample_rate": stream.codec_context.sample_rate,
    }


def _refuse(code: str, message: str) -> dict[str, object]:
    return {"code": code, "message": message}


def run() -> None:
    """Answer with one line for each path of the request, in its order."""
    av.logging.set_level(av.logging.PANIC)
    paths = take_request()["paths"]
    if not isinstance(paths, list):
        raise TypeError("the request names paths")
    for path in paths:
        try:
            answer(_inspect(Path(path)))
        except OSError:
            answer(_refuse("recording-unreadable", "The file cannot be opened."))


if __name__ == "__main__":
    run()
