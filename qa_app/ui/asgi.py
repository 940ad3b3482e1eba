"""The ASGI application: Streamlit behind our guard, with our own routes beside it."""

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from qa_app.ui import export_routes, print_routes, sign_in_routes, welcome_routes
from qa_app.ui.guard import Guard
from qa_app.workflows.context import Installation

_HERE = Path(__file__).parent
_COLLECT_EVERY_SECONDS = 60
_log = logging.getLogger("plumbline.ui")


def build_app(installation: Installation) -> st.App:
    """The whole server of one installation."""
    return st.App(
        _HERE / "app.py",
        lifespan=_lifespan,
        routes=[
            *sign_in_routes.routes(installation),
            *welcome_routes.routes(installation),
            *export_routes.routes(installation),
            *print_routes.routes(installation),
            Mount("/assets", StaticFiles(directory=_HERE / "assets")),
            Route("/favicon.ico", sign_in_routes.favicon),
        ],
        middleware=[Middleware(Guard, installation=installation)],
        on_script_error=_log_script_error,
    )


@contextlib.asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[dict[str, object]]:
    # Everything is imported before the first visitor comes, then taken out of the cyclic collector's sight: what is
    # left to collect is small, and Streamlit's own collection after each click stays switched off (server.toml).
    import qa_app.ui.preload  # noqa: F401, PLC0415 - heavy, and only a running server needs it all

    gc.collect()
    gc.freeze()
    collector = asyncio.create_task(_collect_now_and_then())
    yield {}
    collector.cancel()


async def _collect_now_and_then() -> None:
    while True:
        await asyncio.sleep(_COLLECT_EVERY_SECONDS)
        gc.collect()


def _log_script_error(error: Exception) -> None:
    # The type and the place, never the message: it may quote a customer.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "unknown place"
    _log.error("page failed: %s at %s", type(error).__name__, place)
