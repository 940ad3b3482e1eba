"""The playground's server, a browser, and a cable between them that can be cut."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journey.house import PATIENCE, ROOT, await_health, free_port
from tests.torture.cable import Cable

Open = Callable[[BrowserContext], Page]


@pytest.fixture(scope="session")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running playground."""
    port = free_port()
    folder = tmp_path_factory.mktemp("playground")
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.qa_app.ui.desk.playground", str(port), str(folder)],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            await_health(server, f"http://127.0.0.1:{port}/_stcore/health", Path(log.name))
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture
def empty_page(browser: Browser) -> Iterator[Page]:
    """An empty page whose clock stands still until a test moves it, and whose script errors fail the test."""
    errors: list[str] = []
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.clock.install(time=datetime(2026, 11, 20, 9, tzinfo=UTC))
    page.clock.pause_at(datetime(2026, 11, 20, 10, tzinfo=UTC))  # an installed clock runs on until it is paused
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def open_page() -> Iterator[Open]:
    """`open_page(browser.new_context())` opens a window of a device of its own; its script errors fail the test."""
    errors: list[str] = []
    opened: list[BrowserContext] = []

    def open_one(context: BrowserContext) -> Page:
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_one
    for context in opened:
        context.close()
    assert errors == []


@pytest.fixture
def page(browser: Browser, open_page: Open) -> Page:
    """A fresh desktop window."""
    return open_page(browser.new_context(viewport={"width": 1440, "height": 900}))


@pytest.fixture
def cable(page: Page) -> Cable:
    """A cable that `page` is connected with."""
    cable = Cable()
    cable.plug_into(page)
    return cable
