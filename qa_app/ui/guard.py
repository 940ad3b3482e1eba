"""The middleware in front of everything: who asks, what strangers may reach, and the headers of every answer."""

import base64
import hashlib
import re
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from importlib import resources
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.problems import DatabaseUnavailable
from qa_app.ui.html import render
from qa_app.workflows.access import find_signed_in, hash_token, is_empty
from qa_app.workflows.context import Installation, read_clock

COOKIE = "plumbline_session"
_PERSON = b"x-plumbline-person"
_SESSION = b"x-plumbline-session"
_ANYBODY = ("/static/", "/assets/", "/_stcore/health", "/_stcore/host-config", "/favicon")
"""What needs no look into the database: the same for everybody, and there while the database is not."""
_OPEN = ("/sign-in", "/sign-out", "/welcome", *_ANYBODY)
_CLOSED = ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent")


def read_token(scope: Scope) -> str | None:
    """The session token that the browser sent."""
    cookies: SimpleCookie = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                cookies.load(value.decode("latin-1"))
            except CookieError:
                return None
    morsel = cookies.get(COOKIE)
    return morsel.value if morsel else None


class Guard:
    """Pure ASGI middleware for HTTP and websocket.

    Strips identity headers that a client sent, sets them from the session row, turns strangers away from all but
    the sign-in and welcome pages, and refuses writes that another site started.
    """

    def __init__(self, app: ASGIApp, *, installation: Installation) -> None:
        self._app = app
        self._store = installation.store
        self._headers = list(_response_headers())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, turn it away, or send it to the sign-in page."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._let_in(scope, receive, send_and_note)
        except DatabaseUnavailable:
            if begun:
                raise
            await self._put_off(scope, receive, send)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        token = read_token(scope)
        person = None
        if token and not path.startswith(_ANYBODY):
            person = await run_in_threadpool(find_signed_in, self._store, token, now=read_clock())
        headers = [(name, value) for name, value in scope["headers"] if name not in {_PERSON, _SESSION}]
        if person is not None and token is not None:
            headers += [(_PERSON, person.id.encode()), (_SESSION, hash_token(token).encode())]
        inner = {**scope, "headers": headers, "state": {**scope.get("state", {}), "person": person}}
        if scope["type"] == "websocket":
            await self._websocket(inner, receive, send, signed_in=person is not None)
        else:
            await self._http(inner, receive, self._with_headers(send, path), signed_in=person is not None)

    async def _put_off(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Without a database nobody is known: pages say so and look again, all else asks again by itself."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1013})
            return
        wants_page = "text/html" in Headers(scope=scope).get("accept", "")
        answer = render("one_moment.html", status=503) if wants_page else PlainTextResponse("Try again later.", 503)
        await answer(scope, receive, self._with_headers(send, scope["path"]))

    async def _websocket(self, scope: Scope, receive: Receive, send: Send, *, signed_in: bool) -> None:
        if not signed_in or _from_elsewhere(scope):
            await receive()
            await send({"type": "websocket.close", "code": 4401})
            return
        await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send, *, signed_in: bool) -> None:
        path: str = scope["path"]
        if path.startswith(_CLOSED):
            await PlainTextResponse("Not found", 404)(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"} and _from_elsewhere(scope):
            await PlainTextResponse("This request came from another site and was refused.", 403)(scope, receive, send)
        elif signed_in or path.startswith(_OPEN):
            await self._app(scope, receive, send)
        elif "text/html" in Headers(scope=scope).get("accept", ""):
            empty = await run_in_threadpool(is_empty, self._store)
            query = scope["query_string"].decode("latin-1")
            target = quote(path + (f"?{query}" if query else ""), safe="/")
            await RedirectResponse("/welcome" if empty else f"/sign-in?next={target}", 303)(scope, receive, send)
        else:
            await PlainTextResponse("Sign in first.", 401)(scope, receive, send)

    def _with_headers(self, send: Send, path: str) -> Send:
        private = not path.startswith(("/static/", "/assets/"))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers]
                names = {name.lower() for name, _ in message["headers"]}
                if private and b"cache-control" not in names:
                    message["headers"].append((b"cache-control", b"private, no-store"))
            await send(message)

        return send_with_headers


def _from_elsewhere(scope: Scope) -> bool:
    """Whether a browser says that another site started this request."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


def _response_headers() -> Iterable[tuple[bytes, bytes]]:
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(("'self'", "blob:", *_inline_script_hashes())),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' ws: wss:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
    }
    yield b"content-security-policy", "; ".join(f"{name} {value}" for name, value in policy.items()).encode()
    yield b"x-content-type-options", b"nosniff"
    yield b"referrer-policy", b"same-origin"
    yield b"cross-origin-opener-policy", b"same-origin"
    yield b"permissions-policy", b"camera=(), microphone=(), geolocation=()"


def _inline_script_hashes() -> list[str]:
    """Hashes of the inline scripts in Streamlit's own index page, so that no other inline script can run."""
    page = resources.files("streamlit").joinpath("static/index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page, re.DOTALL)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts]
