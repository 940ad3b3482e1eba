"""Files over HTTP for signed-in people: recordings with byte ranges, workbooks, and exports that took long."""

import asyncio
from collections.abc import Callable
from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from db.records import Person, PersonId, RecordingId, ScorecardVersionId, SessionId
from qa_app.errors import NotAllowed, NotFound, PlumblineError
from qa_app.workflows import exporting, scorecard_files
from qa_app.workflows.context import Context, Installation
from qa_app.workflows.delivery import find_delivered
from qa_app.workflows.tickets import find_recording
from qa_app.workflows.waveforms import make_waveform, read_waveform

# By cookie: what one person's browser kept is not played to whoever signs in there next.
_KEPT_BRIEFLY = {"Cache-Control": "private, max-age=600", "Vary": "Cookie"}
_NEVER_KEPT = {"Cache-Control": "private, no-store"}
_NOT_DRAWN = 204
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def routes(installation: Installation) -> list[Route]:
    """Recordings under `/audio`, workbooks under `/export`."""
    return [*_sound_routes(installation), *_workbook_routes(installation), _delivery_route(installation)]


def _delivery_route(installation: Installation) -> Route:
    async def delivered(request: Request) -> Response:
        def answer(context: Context) -> Response:
            path = find_delivered(context, request.path_params["delivery"], request.path_params["number"])
            # A type that no browser opens: what is fetched is kept, whatever it is.
            kept = "application/octet-stream"
            return FileResponse(path, media_type=kept, filename=path.name, headers=_NEVER_KEPT)

        return await _answer(installation, request, answer)

    return Route("/export/delivery/{delivery}/{number:int}", delivered, methods=["GET"])


def _sound_routes(installation: Installation) -> list[Route]:
    async def audio(request: Request) -> Response:
        def answer(context: Context) -> Response:
            path, recording = find_recording(context, RecordingId(request.path_params["recording"]))
            return FileResponse(path, media_type=recording.media_type, headers=_KEPT_BRIEFLY)

        return await _answer(installation, request, answer)

    # One at a time: decoding takes a core, and whoever waits must not hold a thread that others need.
    drawing = asyncio.Semaphore()

    async def waveform(request: Request) -> Response:
        recording_id = RecordingId(request.path_params["recording"])
        kept = await _answer(installation, request, lambda context: _levels(read_waveform(context, recording_id)))
        if kept.status_code != _NOT_DRAWN:
            return kept
        async with drawing:
            return await _answer(installation, request, lambda context: _levels(make_waveform(context, recording_id)))

    return [
        Route("/audio/{recording}", audio, methods=["GET"]),
        Route("/audio/{recording}/waveform", waveform, methods=["GET"]),
    ]


def _workbook_routes(installation: Installation) -> list[Route]:
    async def coaching(request: Request) -> Response:
        def answer(context: Context) -> Response:
            agent_id = PersonId(request.path_params["agent"])
            start, end = (date.fromisoformat(request.query_params[name]) for name in ("from", "to"))
            return _workbook(
                exporting.export_coaching(context, agent_id, start=start, end=end, zone=installation.settings.time_zone)
            )

        return await _answer(installation, request, answer)

    async def calibration(request: Request) -> Response:
        def answer(context: Context) -> Response:
            session_id = SessionId(request.path_params["session"])
            return _workbook(exporting.export_calibration(context, session_id, zone=installation.settings.time_zone))

        return await _answer(installation, request, answer)

    async def scorecard(request: Request) -> Response:
        def answer(context: Context) -> Response:
            return _workbook(scorecard_files.write_list(context, ScorecardVersionId(request.path_params["version"])))

        return await _answer(installation, request, answer)

    async def template(request: Request) -> Response:
        return await _answer(
            installation, request, lambda context: _workbook(scorecard_files.write_template(now=context.now()))
        )

    return [
        Route("/export/scorecard/{version}", scorecard, methods=["GET"]),
        Route("/export/scorecard-template", template, methods=["GET"]),
        Route("/export/coaching/{agent}", coaching, methods=["GET"]),
        Route("/export/calibration/{session}", calibration, methods=["GET"]),
    ]


async def _answer(installation: Installation, request: Request, make: Callable[[Context], Response]) -> Response:
    person: Person | None = request.state.person
    if person is None:
        return PlainTextResponse("Sign in first.", 401)
    try:
        return await run_in_threadpool(make, installation.context(person))
    except (NotFound, NotAllowed):
        # The two look the same from outside: whether a record exists is nobody's business but its readers'.
        return PlainTextResponse("There is no such file, or none for you.", 404)
    except PlumblineError as refusal:
        return PlainTextResponse(refusal.message, 400 if refusal.code == "period" else 409)
    except (KeyError, ValueError):
        return PlainTextResponse("The address needs from=YYYY-MM-DD and to=YYYY-MM-DD.", 400)


def _levels(packed: bytes | None) -> Response:
    if packed is None:
        return Response(status_code=_NOT_DRAWN)
    return Response(packed, media_type="application/octet-stream", headers=_KEPT_BRIEFLY)


def _workbook(file: exporting.File) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', **_NEVER_KEPT}
    return Response(file.content, media_type=XLSX, headers=headers)
