"""The desk's playground: `python -m tests.qa_app.ui.desk.playground PORT FOLDER` serves it at 127.0.0.1.

Runs with the options, the theme and the response headers that Plumbline ships, without sign-in or database. Serves
a generated recording, and what was saved as JSON for the tests.
"""

import math
import struct
import sys
import wave
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_app.settings import read_settings
from qa_app.ui.desk.case import draft_json
from qa_app.ui.guard import _response_headers
from qa_app.ui.server import read_options
from tests.qa_app.ui.desk.cabinet import CABINET

PAGE = Path(__file__).with_name("playground_page.py")


class ShippedHeaders:
    """Every answer carries the headers that the guard sends, the content security policy among them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = list(_response_headers())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def write_tone(path: Path, *, seconds: int, rate: int = 8000) -> None:
    """A wav file with a swelling tone."""
    samples = (int(5000 * math.sin(place / 9) * abs(math.sin(place / 9000))) for place in range(seconds * rate))
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


def send_state(request: Request) -> Response:
    return JSONResponse(
        {
            "drafts": {case_id: draft_json(draft) for case_id, draft in CABINET.drafts.items()},
            "submitted": {case_id: [sent.key for sent in some] for case_id, some in CABINET.submitted.items()},
        }
    )


def build_playground(recording: Path) -> st.App:
    def send_audio(request: Request) -> Response:
        return FileResponse(recording, media_type="audio/wav")

    return st.App(
        str(PAGE),
        routes=[Route("/audio/{recording}", send_audio), Route("/state", send_state)],
        middleware=[Middleware(ShippedHeaders)],
    )


if __name__ == "__main__":
    port, folder = sys.argv[1:]
    tone = Path(folder) / "call.wav"
    write_tone(tone, seconds=45)
    options = read_options(read_settings({"PLUMBLINE_PORT": port, "PLUMBLINE_DATA_DIR": folder}))
    del options["server.trustedUserHeaders"]
    build_playground(tone).run(config=options)
