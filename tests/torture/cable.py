"""The websocket between page and server, which can be cut."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page, WebSocketRoute

_GONE = 1001
"""What a page is told when its connection ends: the other side went away."""


@dataclass
class Cable:
    """What came through the websocket of a page, and whether it is cut."""

    cut: bool = False
    deaf: bool = False
    """Whether the page gets nothing of what the server says."""
    received: list[int] = field(default_factory=list)
    """Bytes of each message to the page."""
    live: list[WebSocketRoute] = field(default_factory=list)

    def plug_into(self, page: Page | BrowserContext) -> None:
        """Lead the websocket of a page, or of all pages of a window, through this cable."""
        page.route_web_socket(re.compile(r"/_stcore/stream"), self._connect)

    def pull(self) -> None:
        """Cut it: open connections end, new ones are refused."""
        self.cut = True
        for route in self.live:
            route.close(code=_GONE)
        self.live.clear()

    def mend(self) -> None:
        """Let everything through again."""
        self.cut = self.deaf = False

    def forget(self) -> None:
        """Let go of connections whose page is closed."""
        self.live.clear()

    def _connect(self, route: WebSocketRoute) -> None:
        if self.cut:
            route.close(code=_GONE)
            return
        server = route.connect_to_server()
        self.live.append(route)

        def pass_on(message: str | bytes) -> None:
            if not self.deaf:
                self.received.append(len(message))
                route.send(message)

        server.on_message(pass_on)
