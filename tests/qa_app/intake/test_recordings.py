import hashlib
import io
import math
import struct
import wave
from array import array
from pathlib import Path

import av
import pytest

from db.records import RowIssue
from qa_app.intake.model import IncomingRecording, Place
from qa_app.intake.recordings import NotAudio, RecordingFacts, find_recording, inspect_recording, inspect_recordings

HERE = Place("tickets.csv", 2)


def wav(*, seconds: float = 1.0, rate: int = 8000, width: int = 2, channels: int = 1) -> bytes:
    """A tone of 440 Hz."""
    stream = io.BytesIO()
    with wave.open(stream, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        tone = (math.sin(2 * math.pi * 440 * n / rate) for n in range(int(seconds * rate)))
        frames = (
            struct.pack("<h", int(10_000 * x)) if width == 2 else struct.pack("B", int(128 + 90 * x)) for x in tone
        )
        out.writeframes(b"".join(frame * channels for frame in frames))
    return stream.getvalue()


def mu_law(*, seconds: float = 1.0, rate: int = 8000) -> bytes:
    """A telephone exchange's WAV: format 7, one byte a sample (RFC 2361, WAVE_FORMAT_MULAW)."""
    data = bytes([0xFF, 0x7F] * int(seconds * rate / 2))
    head = struct.pack("<HHIIHHH", 7, 1, rate, rate, 1, 8, 0)
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def encoded(folder: Path, name: str, codec: str, *, rate: int, seconds: int = 2, **options: str) -> Path:
    """A hiss in another format, the same for each."""
    path = folder / name
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        size = 960
        whole = "s16" in stream.format.name
        hiss = [0.2 * (place * 7919 % size / size - 0.5) * (32767 if whole else 1) for place in range(size)]
        samples = array("h", map(int, hiss)) if whole else array("f", hiss)
        for number in range(seconds * rate // size):
            frame = av.AudioFrame(format=stream.format.name, layout="mono", samples=size)
            for plane in frame.planes:
                plane.update(samples.tobytes().ljust(plane.buffer_size, b"\0"))
            frame.rate = rate
            frame.pts = number * size
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_a_wav_tells_what_it_is(tmp_path: Path) -> None:
    content = wav(seconds=1.5, channels=2)
    path = tmp_path / "call.dat"  # the name says nothing
    path.write_bytes(content)
    assert inspect_recording(path) == RecordingFacts(
        media_type="audio/wav",
        duration_seconds=1.5,
        channels=2,
        sample_rate=8000,
        size_bytes=len(content),
        content_hash=hashlib.sha256(content).hexdigest(),
    )


@pytest.mark.parametrize("content", [wav(width=1), mu_law()], ids=["8-bit", "mu-law"])
def test_old_telephone_formats_are_taken(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    facts = inspect_recording(path)
    assert isinstance(facts, RecordingFacts)
    assert (facts.media_type, facts.duration_seconds, facts.sample_rate) == ("audio/wav", 1.0, 8000)


@pytest.mark.parametrize(
    ("name", "codec", "rate", "media_type"),
    [
        ("a.flac", "flac", 8000, "audio/flac"),
        ("a.ogg", "libopus", 48000, "audio/ogg"),
        ("a.mp3", "libmp3lame", 48000, "audio/mpeg"),
        ("a.m4a", "aac", 48000, "audio/mp4"),
    ],
)
def test_packed_formats_are_taken(tmp_path: Path, name: str, codec: str, rate: int, media_type: str) -> None:
    facts = inspect_recording(encoded(tmp_path, name, codec, rate=rate))
    assert isinstance(facts, RecordingFacts)
    assert (facts.media_type, facts.channels, facts.sample_rate) == (media_type, 1, rate)
    # Encoders pad by a few frames.
    assert facts.duration_seconds == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "recording-not-audio"),
        (b"root:x:0:0:root:/root:/bin/bash\n", "recording-not-audio"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n", "recording-not-audio"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "recording-not-audio"),
        (b"<html><body>hi</body></html>", "recording-not-audio"),
        (wav()[:30], "recording-unreadable"),
        (b"RIFF\xff\xff\xff\xffWAVE" + b"\x00" * 500, "recording-unreadable"),
        (b"ID3" + b"\x00" * 5000, "recording-unreadable"),
        (b"fLaC" + b"\xff" * 5000, "recording-unreadable"),
        (b"OggS" + b"\x01" * 5000, "recording-unreadable"),
        (b"\x00\x00\x00\x18ftypM4A " + b"\x00" * 5000, "recording-unreadable"),
    ],
    ids=["empty", "text", "playlist", "concat", "html", "cut", "wav", "mp3", "flac", "ogg", "m4a"],
)
def test_what_is_no_recording_is_told_whatever_its_name(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(content)
    facts = inspect_recording(path)
    assert isinstance(facts, NotAudio)
    assert facts.code == code


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp3", "libmp3lame", {}),
        ("a.flac", "flac", {}),
        ("a.ogg", "libopus", {}),
        ("a.m4a", "aac", {"movflags": "faststart"}),
    ],
)
def test_what_is_cut_off_or_broken_within_lacks_the_seconds_that_its_head_promises(
    tmp_path: Path, name: str, codec: str, options: dict[str, str]
) -> None:
    whole = encoded(tmp_path, name, codec, rate=48000, seconds=12, **options)
    content = whole.read_bytes()
    third = len(content) // 3
    hurt = tmp_path / f"hurt-{name}"
    # An Ogg file says at its end how long it lasts, the others at their beginning.
    hurt.write_bytes(content[:third] + bytes(third) + content[2 * third :] if codec == "libopus" else content[:third])
    kept, lost = inspect_recordings([whole, hurt]).values()
    assert isinstance(kept, RecordingFacts)
    assert isinstance(lost, RecordingFacts)
    assert (kept.is_damaged, lost.is_damaged) == (False, True)
    # A third of the bytes is about a third of the hiss, of which Ogg loses whole pages of a second.
    assert lost.missing_seconds == pytest.approx(5.0 if codec == "libopus" else 8.0, abs=0.6)


def test_a_wav_that_is_cut_off_is_told_and_one_of_unknown_length_is_not(tmp_path: Path) -> None:
    content = wav(seconds=10)
    cut, endless = tmp_path / "cut.wav", tmp_path / "endless.wav"
    cut.write_bytes(content[: 44 + 8000 * 2 * 4])  # a head of 44 bytes, then 4 of 10 seconds
    endless.write_bytes(content[:4] + b"\xff\xff\xff\xff" + content[8:])
    lost, kept = inspect_recordings([cut, endless]).values()
    assert isinstance(lost, RecordingFacts)
    assert isinstance(kept, RecordingFacts)
    assert lost.missing_seconds == pytest.approx(6.0, abs=0.01)
    assert kept.missing_seconds == 0.0


def test_an_mp3_that_does_not_count_its_frames_is_not_held_to_a_guess(tmp_path: Path) -> None:
    whole = encoded(tmp_path, "a.mp3", "libmp3lame", rate=48000, seconds=12, write_xing="0")
    hurt = tmp_path / "hurt.mp3"
    hurt.write_bytes(whole.read_bytes()[:20_000] + bytes(40_000))
    facts = inspect_recording(hurt)
    assert isinstance(facts, RecordingFacts)
    assert facts.missing_seconds == 0.0


def test_many_recordings_are_looked_at_together(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.wav" for number in range(30)]
    for number, path in enumerate(paths):
        path.write_bytes(wav(seconds=0.1) if number % 2 else b"no sound")
    heard: list[int] = []
    facts = inspect_recordings([*paths, paths[0]], report=heard.append)
    assert [isinstance(facts[path], RecordingFacts) for path in paths] == [False, True] * 15
    assert heard == [25, 30]


def test_a_recording_that_went_away_is_told(tmp_path: Path) -> None:
    facts = inspect_recording(tmp_path / "gone.wav")
    assert isinstance(facts, NotAudio)
    assert facts.code == "recording-unreadable"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\Windows\\win.ini",
        "..\\secret.wav",
        "a/../../secret.wav",
        "a\0.wav",
        "out/s.wav",
    ],
)
def test_a_name_never_leads_out_of_its_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.wav").write_bytes(wav())
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "s.wav").write_bytes(wav())
    (folder / "out").symlink_to(tmp_path / "elsewhere")
    found = find_recording(name, folder=folder, place=HERE)
    assert isinstance(found, RowIssue)
    assert (found.code, found.level) == ("recording-outside", "refused")


def test_a_name_with_either_slash_is_found_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    path = tmp_path / "audio" / "a b.wav"
    path.write_bytes(wav())
    names = ("audio/a b.wav", "audio\\a b.wav", "./audio/a b.wav")
    assert [find_recording(name, folder=tmp_path, place=HERE) for name in names] == [
        IncomingRecording(path, "a b.wav")
    ] * 3
