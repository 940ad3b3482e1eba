"""The guard in front of every answer, with the sign-in, welcome, recording and export routes behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from db.engine import Store, open_store
from db.records import Person
from qa_app.ui import export_routes, print_routes, sign_in_routes, welcome_routes
from qa_app.ui.guard import COOKIE, Guard
from qa_app.workflows.access import open_session, sign_out
from qa_app.workflows.context import Installation, read_clock
from tests.qa_app.ui.conftest import install_at
from tests.qa_app.workflows.house import COACH, MANAGER, NINA, SAM, VERSION

PAGE = {"accept": "text/html"}
NO_DATABASE = "postgresql+psycopg://nobody@127.0.0.1:9/none"
"""Nobody listens on the port of the discard protocol."""


async def echo(request: Request) -> JSONResponse:
    """What the app behind the guard is told about who asks."""
    return JSONResponse({name: request.headers.get(name) for name in ("x-plumbline-person", "x-plumbline-session")})


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.headers.get("x-plumbline-person", "nobody"))
    await socket.close()


def client_of(installation: Installation) -> TestClient:
    app = Starlette(
        routes=[
            *sign_in_routes.routes(installation),
            *welcome_routes.routes(installation),
            *export_routes.routes(installation),
            *print_routes.routes(installation),
            Route("/_stcore/health", echo),
            Route("/_stcore/metrics", echo),
            Route("/", echo, methods=["POST"]),
            Route("/queue", echo),
            WebSocketRoute("/_stcore/stream", talk),
        ],
        middleware=[Middleware(Guard, installation=installation)],
    )
    return TestClient(app, base_url="http://localhost:8501", follow_redirects=False)


@pytest.fixture
def client(installation: Installation) -> Iterator[TestClient]:
    with client_of(installation) as client:
        yield client


def enter(client: TestClient, installation: Installation, person: Person) -> str:
    token = open_session(installation.store, person.id, now=read_clock())
    client.cookies.set(COOKIE, token)
    return token


def test_stranger_is_sent_to_sign_in_and_back(client: TestClient) -> None:
    answer = client.get("/?agent=a1", headers=PAGE)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/%3Fagent%3Da1")


def test_stranger_is_sent_to_welcome_while_nobody_is_known(sqlite_store: Store, tmp_path: Path) -> None:
    with client_of(install_at(sqlite_store, tmp_path)) as client:
        assert client.get("/", headers=PAGE).headers["location"] == "/welcome"
        assert "Load the demo" in client.get("/welcome").text


def test_stranger_gets_no_file_and_no_websocket(client: TestClient) -> None:
    assert client.get("/").status_code == 401
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/_stcore/stream"):
        pass
    assert closed.value.code == 4401


def test_health_is_open_and_metrics_are_closed(client: TestClient, installation: Installation) -> None:
    assert client.get("/_stcore/health").status_code == 200
    enter(client, installation, MANAGER)
    assert client.get("/_stcore/metrics").status_code == 404


def test_open_page_is_told_whether_its_session_stands(client: TestClient, installation: Installation) -> None:
    token = enter(client, installation, MANAGER)
    assert client.get("/signed-in").status_code == 204
    sign_out(installation.store, token, now=read_clock())
    assert client.get("/signed-in").status_code == 401


def test_without_a_database_everything_is_put_off_but_what_needs_none(tmp_path: Path) -> None:
    with client_of(install_at(open_store(NO_DATABASE), tmp_path)) as client:
        client.cookies.set(COOKIE, "token")
        page = client.get("/desk?assignment=a1", headers=PAGE)
        assert page.status_code == 503
        assert '<meta http-equiv="refresh" content="5">' in page.text
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert [client.get(path).status_code for path in ("/signed-in", "/audio/r1", "/sign-in")] == [503, 503, 503]
        assert client.get("/_stcore/health").status_code == 200
        with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/_stcore/stream"):
            pass
        assert closed.value.code == 1013


@pytest.mark.parametrize("address", ["/", "/home"])
def test_bare_address_leads_to_where_the_day_starts(
    client: TestClient, installation: Installation, address: str
) -> None:
    enter(client, installation, COACH)

    answer = client.get(address)

    assert (answer.status_code, answer.headers["location"]) == (303, "/coaching")


def test_forged_identity_header_is_replaced(client: TestClient, installation: Installation) -> None:
    enter(client, installation, MANAGER)

    told = client.get("/queue", headers={"X-Plumbline-Person": "somebody else"}).json()

    assert told["x-plumbline-person"] == MANAGER.id
    with client.websocket_connect("/_stcore/stream", headers={"X-Plumbline-Person": "somebody else"}) as socket:
        assert socket.receive_text() == MANAGER.id


def test_forged_identity_header_of_a_stranger_is_dropped(client: TestClient) -> None:
    assert client.get("/_stcore/health", headers={"X-Plumbline-Person": MANAGER.id}).json() == {
        "x-plumbline-person": None,
        "x-plumbline-session": None,
    }


def test_session_ends_with_sign_out(client: TestClient, installation: Installation) -> None:
    token = enter(client, installation, MANAGER)
    sign_out(installation.store, token, now=read_clock())

    assert client.get("/").status_code == 401


def test_sign_out_clears_what_the_browser_keeps(client: TestClient, installation: Installation) -> None:
    enter(client, installation, MANAGER)

    answer = client.get("/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?signed-out")
    assert answer.headers["clear-site-data"] == '"storage"'
    assert 'src="/assets/signed_out.js"' in client.get("/sign-in?signed-out").text
    assert "signed_out.js" not in client.get("/sign-in?next=/desk").text  # an ended session costs nobody unsaved work


def test_writes_from_another_site_are_refused(client: TestClient, installation: Installation) -> None:
    enter(client, installation, MANAGER)

    assert client.post("/", headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post("/", headers={"origin": "http://localhost:8501"}).status_code == 200


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    headers = client.get("/sign-in").headers

    assert "script-src 'self' blob: 'sha256-" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("target", "path"),
    [("/agent?agent=a1", "/agent?agent=a1"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil", "/")],
)
def test_safe_target_stays_on_this_server(target: str, path: str) -> None:
    assert sign_in_routes.safe_target(target) == path


def test_sign_in_refuses_a_wrong_password_in_words(client: TestClient) -> None:
    answer = client.post("/sign-in", data={"email": "nobody@example.org", "password": "wrong"})

    assert answer.status_code == 401
    assert "E-mail and password do not fit" in answer.text


def test_one_click_sign_in_is_for_the_demo_only(client: TestClient) -> None:
    answer = client.post("/sign-in", data={"demo_person": MANAGER.id})

    assert answer.status_code == 401
    assert COOKIE not in answer.cookies


def test_coaching_workbook_is_out_of_reach_for_another_agent(client: TestClient, installation: Installation) -> None:
    address = f"/export/coaching/{NINA.id}?from=2026-01-01&to=2026-03-31"
    enter(client, installation, SAM)
    assert client.get(address).status_code == 404
    enter(client, installation, COACH)

    answer = client.get(address)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == export_routes.XLSX
    assert "attachment" in answer.headers["content-disposition"]


@pytest.mark.parametrize("address", ["/export/scorecard-template", f"/export/scorecard/{VERSION.id}"])
def test_scorecard_is_handed_out_as_a_workbook(address: str, client: TestClient, installation: Installation) -> None:
    enter(client, installation, MANAGER)

    answer = client.get(address)

    assert (answer.status_code, answer.headers["content-type"]) == (200, export_routes.XLSX)


def test_export_names_what_its_address_lacks(client: TestClient, installation: Installation) -> None:
    enter(client, installation, COACH)

    answer = client.get(f"/export/coaching/{NINA.id}?from=yesterday")

    assert (answer.status_code, answer.text) == (400, "The address needs from=YYYY-MM-DD and to=YYYY-MM-DD.")


def test_days_that_no_period_has_are_refused(client: TestClient, installation: Installation) -> None:
    enter(client, installation, COACH)

    answer = client.get(f"/export/coaching/{NINA.id}?from=0001-01-01&to=9999-12-31")

    said = "0001-01-01 is no day of a period; valid are 2000-01-01 to 2100-12-31."
    assert (answer.status_code, answer.text) == (400, said)


def test_unknown_recording_looks_like_a_hidden_one(client: TestClient, installation: Installation) -> None:
    enter(client, installation, MANAGER)

    answer = client.get("/audio/none")

    assert (answer.status_code, answer.text) == (404, "There is no such file, or none for you.")
