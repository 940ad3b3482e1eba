"""The desk's playground: `python -m tests.qa_app.ui.desk.playground PORT FOLDER` serves it at 127.0.0.1.

Runs with the options, the theme and the response headers that Plumbline ships, without sign-in or database. Serves
generated recordings with their waveforms, and what was saved as JSON for the tests.
"""

import math
import sys
import wave
from array import array
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.records import MessageRole
from qa_app.intake.waveforms import draw_waveform
from qa_app.settings import read_settings
from qa_app.ui.desk.case import draft_json
from qa_app.ui.guard import _response_headers
from qa_app.ui.server import read_options
from tests.qa_app.ui.desk.cabinet import CABINET
from tests.qa_app.ui.desk.samples import CALL

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


def write_tones(path: Path, *channels: list[tuple[float, float]], seconds: int, rate: int = 8000) -> None:
    """A wav file; each channel swells and falls in its stretches (from, to) and is silent outside them."""
    samples = array("h", bytes(2 * len(channels) * seconds * rate))
    for channel, stretches in enumerate(channels):
        for start, end in stretches:
            for place in range(round(start * rate), round(end * rate)):
                swell = 0.4 + 0.6 * abs(math.sin(place / 1100))
                samples[len(channels) * place + channel] = int(5000 * math.sin(place / 9) * swell)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(len(channels))
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples.tobytes())


def write_recordings(folder: Path) -> None:
    """What the samples' recordings hold: the call by its transcript, and a line with six seconds of silence."""
    turns = [
        [
            (message.start_seconds or 0.0, message.end_seconds or 0.0)
            for message in CALL.messages
            if message.role is role
        ]
        for role in (MessageRole.AGENT, MessageRole.CUSTOMER)
    ]
    write_tones(folder / "recording-1", *turns, seconds=45)
    write_tones(folder / "recording-2", [(0.0, 3.0), (9.0, 12.0)], seconds=12)
    (folder / "broken").write_bytes(b"RIFF nothing that sounds")


def send_state(request: Request) -> Response:
    return JSONResponse(
        {
            "drafts": {case_id: draft_json(draft) for case_id, draft in CABINET.drafts.items()},
            "submitted": {case_id: [sent.key for sent in some] for case_id, some in CABINET.submitted.items()},
        }
    )


def build_playground(folder: Path) -> st.App:
    def send_audio(request: Request) -> Response:
        path = folder / request.path_params["recording"]
        return FileResponse(path, media_type="audio/wav") if path.is_file() else Response(status_code=404)

    def send_waveform(request: Request) -> Response:
        drawn = draw_waveform(folder / request.path_params["recording"])
        return Response(drawn.pack()) if drawn else Response(status_code=409)

    return st.App(
        str(PAGE),
        routes=[
            Route("/audio/{recording}", send_audio),
            Route("/audio/{recording}/waveform", send_waveform),
            Route("/state", send_state),
        ],
        middleware=[Middleware(ShippedHeaders)],
    )


if __name__ == "__main__":
    port, folder = sys.argv[1:]
    sounds = Path(folder) / "audio"
    sounds.mkdir()
    write_recordings(sounds)
    options = read_options(read_settings({"PLUMBLINE_PORT": port, "PLUMBLINE_DATA_DIR": folder}))
    del options["server.trustedUserHeaders"]
    build_playground(sounds).run(config=options)
