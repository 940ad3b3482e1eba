"""A running Plumbline on the loopback and people who look at it through a browser. No fixtures, so tools use it too."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Locator, Page, Playwright
from typer.testing import CliRunner

from qa_app.ui.guard import COOKIE

ROOT = Path(__file__).parents[2]
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
    "--font-render-hinting=none",  # letters stand where a screen would have them, not on whole pixels
]
DESKTOP = (1440, 900)
PHONE = (390, 844)
PATIENCE = 60_000
"""Milliseconds. A busy machine is slow, not wrong."""
_RUNS = (Path(__file__).parent / "runs.js").read_text()
_STANDS = """() => {
    if (document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]") === null) return false;
    const components = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
    const shadows = components.map((each) => each.shadowRoot).filter(Boolean);
    const heading = [document, ...shadows].map((root) => root.querySelector("h1")).find(Boolean);
    const stands = globalThis.runs.stage === "done"
        && heading?.checkVisibility() === true
        && document.querySelector("[data-testid=stSkeleton], [data-stale=true]") === null
        && (components.length === 0 || shadows.some((root) => root.querySelector(".desk > *, .wall > *")));
    // In two frames running: what a click set off can set off something in its turn.
    globalThis.runs.stood = stands && !globalThis.runs.stood;
    return stands && !globalThis.runs.stood;
}"""
"""The server has run all that was asked, and what came of it is drawn. Only desks, previews and meetings have
components; their place comes with the page, what stands in it only with their code."""


def find_chromium() -> str | None:
    """The Chromium on the PATH: the one that has no windows to draw, if it is there, else the whole browser."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


def launch_browser(playwright: Playwright) -> Browser:
    """Start the Chromium of this machine, or the one that Playwright brings where there is none."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=BROWSER_ARGUMENTS)


@dataclass(frozen=True)
class House:
    """One installation: its data folder, the address of its server, and the server's process."""

    data: Path
    address: str
    pid: int = 0

    def command(self, *words: str, check: bool = True) -> str:
        """Run `plumbline` on this installation, in this process, and return what it printed."""
        from qa_app.cli import app  # noqa: PLC0415 - takes a second, which not all who import this module need to wait

        others = {name: None for name in os.environ if name.startswith("PLUMBLINE_")}
        own = others | {"PLUMBLINE_DATA_DIR": str(self.data)}
        done = CliRunner().invoke(app, words, env=own, catch_exceptions=False)
        if check and done.exit_code:
            raise AssertionError(f"plumbline {' '.join(words)} failed: {done.stderr}")
        return done.stdout


def surroundings(data: Path, **more: str) -> dict[str, str]:
    """The environment of a command or server; nothing of the caller's own installation gets in."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    return own | {"PLUMBLINE_DATA_DIR": str(data)} | more


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make_demo(data: Path, *, until: str = "") -> None:
    """Fill a new data folder with the demo, up to and including the given day (today if left out)."""
    House(data, "").command("demo", *(["--until", until] if until else []))


@contextmanager
def serve(data: Path, **settings: str) -> Iterator[House]:
    """The real server on a data folder, with further settings, until the block ends."""
    port = free_port()
    with (data.parent / f"{data.name}.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "qa_app.cli", "serve"],
            cwd=ROOT,
            env=surroundings(data, PLUMBLINE_PORT=str(port), **settings),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            await_health(server, f"http://127.0.0.1:{port}/_stcore/health", Path(log.name))
            yield House(data, f"http://127.0.0.1:{port}", server.pid)
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE / 1000)


def await_health(server: "subprocess.Popen[bytes]", address: str, log: Path, *, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(address, timeout=1) as answer:  # noqa: S310 - our own server on the loopback
                if answer.status == 200:
                    return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Let the browser go on until this holds, or patience ends; for what no expectation of Playwright's can ask."""
    end = time.monotonic() + PATIENCE / 1000
    while not holds() and time.monotonic() < end:
        page.wait_for_timeout(50)


class Visitor:
    """One person in one browser of their own."""

    def __init__(
        self, browser: Browser, house: House, *, size: tuple[int, int] = DESKTOP, scheme: str = "light"
    ) -> None:
        self.house = house
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.context = browser.new_context(
            base_url=house.address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            accept_downloads=True,
            locale="en-GB",
        )
        self.context.add_init_script(_RUNS)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.context.on("request", lambda request: self.requests.append(request.url))

    def enter(self, part: str, *, name: str = "") -> None:
        """Sign in as the demo's person of this part by the one click that the demo offers."""
        self.page.goto("/sign-in")
        buttons = self.page.locator(".people button").filter(has=self.page.get_by_text(part, exact=True))
        (buttons.filter(has_text=name) if name else buttons).first.click()
        self.settle()

    def take_session(self, token: str) -> None:
        """Be signed in by a session that was opened beside the server: not everybody in the demo has a click."""
        self.context.add_cookies([{"name": COOKIE, "value": token, "url": self.house.address}])

    def open(self, address: str) -> None:
        """Go to a page by its address and wait until it stands."""
        self.page.goto(address)
        self.settle()

    def settle(self) -> None:
        """Wait until the server has run the page to its end, and a desk or a preview on it takes keys and clicks.

        That holds for what was asked before, too: after a click, its own run is the one that has to end. What asks
        later than its event, such as a row of a list, needs a sign of its own first.
        """
        self.page.wait_for_function(_STANDS, timeout=PATIENCE)

    def widget(self, key: str) -> Locator:
        """What stands in the page under a widget key of ours."""
        return self.page.locator(f".st-key-{re.sub(r'[^a-zA-Z0-9_-]', '-', key)}")

    def press(self, key: str) -> None:
        """Click the button of this key, on a page that stands: nothing takes the button away under the hand."""
        self.settle()
        self.widget(key).locator("button, a").first.click()

    def leave(self) -> None:
        """Close the browser's window."""
        self.context.close()
