"""Signing in and out."""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from db.records import Person, PersonId
from qa_app.errors import Refused
from qa_app.ui.guard import COOKIE, read_token
from qa_app.ui.html import render
from qa_app.ui.pages import HOME, address_of, find_front_page
from qa_app.workflows import access
from qa_app.workflows.context import Installation, read_clock
from qa_app.workflows.demo import filling


def routes(installation: Installation) -> list[Route]:
    """`/sign-in`, `/sign-out`, and the bare address, which leads to the page that somebody's day starts with.

    `/signed-in` tells an open page whether its session still stands: 204, 401 where not, 503 without a database.
    """

    async def show(request: Request) -> Response:
        if await run_in_threadpool(access.is_empty, installation.store):
            return RedirectResponse("/welcome", 303)
        left = "signed-out" in request.query_params
        return await run_in_threadpool(_page, installation, request.query_params.get("next", "/"), signed_out=left)

    async def enter(request: Request) -> Response:
        form = await request.form()
        target = safe_target(str(form.get("next", "/")))
        demo_person = str(form.get("demo_person", ""))
        try:
            if demo_person:
                token = await run_in_threadpool(_enter_demo, installation, PersonId(demo_person))
            else:
                email, password = str(form.get("email", "")), str(form.get("password", ""))
                token = await run_in_threadpool(access.sign_in, installation.store, email, password, now=read_clock())
        except Refused as refusal:
            return await run_in_threadpool(
                _page, installation, target, error=refusal.message, email=str(form.get("email", "")), status=401
            )
        return with_session(RedirectResponse(target, 303), request, token)

    async def leave(request: Request) -> Response:
        token = read_token(request.scope)
        if token:
            await run_in_threadpool(access.sign_out, installation.store, token, now=read_clock())
        response = RedirectResponse("/sign-in?signed-out", 303)
        response.delete_cookie(COOKIE, path="/")
        # The desk keeps unsaved work in the browser; the next person at this machine must not find it. Browsers heed
        # this on secure origins only, so on others the page that follows clears at least its own tab.
        response.headers["Clear-Site-Data"] = '"storage"'
        return response

    async def confirm(_request: Request) -> Response:
        return Response(status_code=204)  # the guard has let it through

    async def lead_on(request: Request) -> Response:
        person: Person | None = request.state.person
        return RedirectResponse(address_of(find_front_page(person).name) if person else "/sign-in", 303)

    return [
        Route("/", lead_on, methods=["GET"]),
        Route(f"/{HOME.address}", lead_on, methods=["GET"]),
        Route("/sign-in", show, methods=["GET"]),
        Route("/signed-in", confirm, methods=["GET"]),
        Route("/sign-in", enter, methods=["POST"]),
        Route("/sign-out", leave, methods=["GET", "POST"]),
    ]


def with_session(response: Response, request: Request, token: str) -> Response:
    """Put the session cookie on a response."""
    secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
    response.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=secure, path="/")
    return response


def safe_target(target: str) -> str:
    """A path on this server; anything else becomes the front page."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"


async def favicon(_request: Request) -> Response:
    """The mark in the browser's tab."""
    return FileResponse(Path(__file__).parent / "assets" / "mark.svg", media_type="image/svg+xml")


def _page(
    installation: Installation,
    target: str,
    *,
    error: str = "",
    email: str = "",
    status: int = 200,
    signed_out: bool = False,
) -> Response:
    return render(
        "sign_in.html",
        status=status,
        next=safe_target(target),
        error=error,
        email=email,
        signed_out=signed_out,
        demo_people=filling.list_entrances(installation.store) if installation.settings.local_only else (),
    )


def _enter_demo(installation: Installation, person_id: PersonId) -> str:
    if not installation.settings.local_only:
        raise Refused("demo-remote", "One-click sign-in works on this machine only. Use e-mail and password.")
    filling.check_entrance(installation.store, person_id)
    return access.open_session(installation.store, person_id, now=read_clock())
