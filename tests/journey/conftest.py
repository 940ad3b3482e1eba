"""A demo that is served, the browser of this machine, and people of the demo who each have a window of their own."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.journey.house import House, Visitor, serve
from tests.journey.places import open_session
from tests.qa_app.workflows.post_office import PostOffice, post_office
from tests.shelf import make_demo_once

Enter = Callable[..., Visitor]


@pytest.fixture(scope="session")
def office() -> Iterator[PostOffice]:
    """The mail server of the demo."""
    with post_office() as opened:
        yield opened


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, office: PostOffice) -> Iterator[House]:
    """The demo, filled once; each worker serves a copy."""
    data = tmp_path_factory.mktemp("house") / "demo"
    shutil.copytree(make_demo_once(tmp_path_factory), data)
    mail = {"HOST": "127.0.0.1", "PORT": f"{office.port}", "TLS": "none", "FROM": "qa@fernlatch.example"}
    with serve(data, **{f"PLUMBLINE_SMTP_{name}": value for name, value in mail.items()}) as house:
        yield house


@pytest.fixture
def enter(browser: Browser, demo: House) -> Iterator[Enter]:
    """`enter("coach")` opens a window that is signed in, `enter(token=…)` one with that session, `enter()` neither.

    No page is opened by that. An error in any page's script fails the test.
    """
    visitors: list[Visitor] = []

    def open_window(part: str = "", *, name: str = "", token: str = "") -> Visitor:
        visitor = Visitor(browser, demo)
        visitors.append(visitor)
        if part:
            token = open_session(demo, part, name=name)
        if token:
            visitor.take_session(token)
        return visitor

    yield open_window
    problems = [problem for visitor in visitors for problem in visitor.problems]
    for visitor in visitors:
        visitor.leave()
    assert problems == []
