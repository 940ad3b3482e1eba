"""Speak the demo's three recorded calls and write their timings: run by hand after a change of their texts.

Reads `content/recorded_calls.json`, speaks each turn with espeak-ng, lays the agent on the left channel and the
customer on the right, encodes MP3 with ffmpeg into `audio/`, and writes each turn's start and end back into the JSON.
Needs `espeak-ng` and `ffmpeg` on the path; nothing of the application does. Use: `python tools/demo_audio.py`.
"""

import json
import subprocess
import sys
import tempfile
import wave
from array import array
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

DEMO = Path(__file__).parents[1] / "qa_app" / "workflows" / "demo"
CALLS = DEMO / "content" / "recorded_calls.json"
RATE = 22_050  # what espeak-ng speaks at, samples a second
LEAD_IN = 0.6  # seconds of quiet before the first word and after the last
GAPS = (0.45, 0.3, 0.7, 0.5, 0.9)  # seconds between turns, in turn, so that the talk does not march
SILENCE = 200  # 16-bit amplitude below which a synthesised piece counts as quiet at its end
TELEPHONE = "highpass=f=150,lowpass=f=6500,volume=0.8"


@dataclass(frozen=True)
class Voice:
    """An espeak-ng voice with its speed (words a minute) and pitch (0 to 99)."""

    name: str
    speed: int
    pitch: int


VOICES = {
    "call-lost-parcel": {"agent": Voice("en-gb+f2", 184, 52), "customer": Voice("en-us+f4", 192, 42)},
    "call-charged-while-paused": {"agent": Voice("en-gb+m3", 172, 44), "customer": Voice("en-us+m7", 176, 32)},
    "call-lamp-dead": {"agent": Voice("en-gb-scotland+m1", 184, 40), "customer": Voice("en-gb-x-rp+f3", 172, 48)},
}


def speak(text: str, voice: Voice, wav: Path) -> "array[int]":
    """The samples of one turn, mono at `RATE`, without the quiet that espeak-ng adds at the end."""
    command = ["espeak-ng", "-v", voice.name, "-s", str(voice.speed), "-p", str(voice.pitch), "-w", str(wav), text]
    subprocess.run(command, check=True)
    with wave.open(str(wav), "rb") as source:
        if (source.getframerate(), source.getnchannels(), source.getsampwidth()) != (RATE, 1, 2):
            sys.exit(f"espeak-ng wrote another format than {RATE} Hz, mono, 16 bit")
        samples = array("h", source.readframes(source.getnframes()))
    end = len(samples)
    while end and abs(samples[end - 1]) < SILENCE:
        end -= 1
    return samples[:end]


def lay_out(call: dict[str, object], turns: list[dict[str, object]], folder: Path) -> "array[int]":
    """Both channels interleaved; writes `start_seconds` and `end_seconds` into the spoken turns."""
    voices = VOICES[str(call["id"])]
    pieces: list[tuple[int, int, array[int]]] = []
    at = int(LEAD_IN * RATE)
    for turn, gap in zip(turns, cycle(GAPS), strict=False):
        role = str(turn["role"])
        samples = speak(str(turn["text"]), voices[role], folder / "turn.wav")
        pieces.append((at, 0 if role == "agent" else 1, samples))
        turn["start_seconds"] = round(at / RATE, 2)
        turn["end_seconds"] = round((at + len(samples)) / RATE, 2)
        at += len(samples) + int(gap * RATE)
    stereo = array("h", bytes(4 * (at + int(LEAD_IN * RATE))))
    for start, channel, samples in pieces:
        stereo[2 * start + channel : 2 * (start + len(samples)) + channel : 2] = samples
    return stereo


def encode(stereo: "array[int]", target: Path, folder: Path) -> None:
    """An MP3 of both channels."""
    wav = folder / "call.wav"
    with wave.open(str(wav), "wb") as sink:
        sink.setnchannels(2)
        sink.setsampwidth(2)
        sink.setframerate(RATE)
        sink.writeframes(stereo.tobytes())
    # Left and right are kept apart (no joint stereo): reviewers and transcribers tell the speakers by channel.
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(wav), "-af", TELEPHONE, "-c:a", "libmp3lame", "-b:a", "40k"]
    command += ["-joint_stereo", "0", "-map_metadata", "-1", "-bitexact", str(target)]
    subprocess.run(command, check=True)


def main() -> None:
    """All calls, one after the other."""
    calls = json.loads(CALLS.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as name:
        for call in calls:
            spoken = [turn for turn in call["messages"] if not turn.get("internal")]
            stereo = lay_out(call, spoken, Path(name))
            target = DEMO / "audio" / call["recording"]
            encode(stereo, target, Path(name))
            print(f"{target.name}: {len(stereo) / 2 / RATE:.1f} s, {target.stat().st_size / 1000:.0f} kB")
    CALLS.write_text(json.dumps(calls, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
