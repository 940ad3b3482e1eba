"""The first visit: an empty database offers the demo, or an own start with the first admin."""

import threading
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from db.records import Person, PersonId, Role
from qa_app.errors import PlumblineError
from qa_app.ui.html import render
from qa_app.ui.sign_in_routes import with_session
from qa_app.workflows import access
from qa_app.workflows.context import Installation, make_id, read_clock
from qa_app.workflows.demo import filling


@dataclass(slots=True)
class _DemoRun:
    """The one filling of this server: how far it is, and what stopped it."""

    thread: threading.Thread | None = None
    done: int = 0
    total: int = 1
    error: str = ""

    def report(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    @property
    def running(self) -> bool:
        return self.thread is not None and self.thread.is_alive()


def routes(installation: Installation) -> list[Route]:
    """`/welcome` and what its two buttons do. All of it closes once somebody is known."""
    run = _DemoRun()
    lock = threading.Lock()

    async def show(_request: Request) -> Response:
        if not run.running and not await run_in_threadpool(access.is_empty, installation.store):
            return RedirectResponse("/", 303)
        return render("welcome.html", error=run.error, running=run.running)

    async def start_demo(_request: Request) -> Response:
        if not await run_in_threadpool(access.is_empty, installation.store):
            return RedirectResponse("/", 303)
        with lock:
            if not run.running:
                run.error, run.done, run.total = "", 0, 1
                run.thread = threading.Thread(target=_fill, args=(installation, run), name="demo", daemon=True)
                run.thread.start()
        return RedirectResponse("/welcome", 303)

    async def progress(_request: Request) -> Response:
        return JSONResponse({"running": run.running, "done": run.done, "total": run.total, "error": run.error})

    async def make_admin(request: Request) -> Response:
        form = await request.form()
        values = {name: str(form.get(name, "")) for name in ("name", "email", "password")}
        try:
            token = await run_in_threadpool(_make_admin, installation, values)
        except PlumblineError as refusal:
            shown = {"name": values["name"], "email": values["email"]}
            return render("welcome.html", status=400, error=refusal.message, running=False, **shown)
        return with_session(RedirectResponse("/import", 303), request, token)

    return [
        Route("/welcome", show, methods=["GET"]),
        Route("/welcome/demo", start_demo, methods=["POST"]),
        Route("/welcome/demo/progress", progress, methods=["GET"]),
        Route("/welcome/admin", make_admin, methods=["POST"]),
    ]


def _fill(installation: Installation, run: _DemoRun) -> None:
    try:
        filling.fill_demo(installation, until=read_clock().date(), report=run.report)
    except PlumblineError as refusal:
        run.error = refusal.message


def _make_admin(installation: Installation, values: dict[str, str]) -> str:
    actor = Person(id=PersonId(make_id()), name=values["name"])
    roles = frozenset({Role.ADMIN, Role.MANAGER, Role.FACILITATOR, Role.REVIEWER})
    new = access.NewPerson(name=values["name"], email=values["email"], roles=roles, password=values["password"])
    admin = access.make_first_admin(installation.context(actor), new)
    return access.open_session(installation.store, admin.id, now=read_clock())
