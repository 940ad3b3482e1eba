"""The playground's server: the page, a generated recording, and what was saved, as JSON for the tests."""

import io
import math
import os
import struct
import wave
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from qa_app.ui.desk.case import draft_json
from tests.qa_app.ui.desk.cabinet import CABINET

HERE = Path(__file__).parent
RECORDING = Path(os.environ["PLAYGROUND_FOLDER"]) / "call.wav"


def write_tone(path: Path, *, seconds: int, rate: int = 8000) -> None:
    """A wav file with a swelling tone."""
    samples = (int(5000 * math.sin(place / 9) * abs(math.sin(place / 9000))) for place in range(seconds * rate))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    path.write_bytes(buffer.getvalue())


def send_audio(request: Request) -> Response:
    if not RECORDING.exists():
        write_tone(RECORDING, seconds=45)
    return FileResponse(RECORDING, media_type="audio/wav")


def send_state(request: Request) -> Response:
    return JSONResponse(
        {
            "drafts": {case_id: draft_json(draft) for case_id, draft in CABINET.drafts.items()},
            "submitted": {case_id: [sent.key for sent in some] for case_id, some in CABINET.submitted.items()},
        }
    )


app = st.App(
    str(HERE / "playground_page.py"),
    routes=[Route("/audio/{recording}", send_audio), Route("/state", send_state)],
)
