"""A mail server of this machine that keeps what it is given: as much SMTP (RFC 5321, 3207, 4954) as a client needs."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

DATA = Path(__file__).parents[2] / "data" / "mail"
CERTIFICATE = DATA / "server.pem"
"""Of a server that exists in tests only; for localhost and 127.0.0.1."""


@dataclass
class PostOffice:
    """What one server has seen."""

    port: int = 0
    safety: str = "none"
    password: str = ""
    """Of the user `plumbline`; empty: nobody signs in."""
    refuses: str = ""
    """A recipient that it does not know."""
    mails: list[tuple[str, str, EmailMessage]] = field(default_factory=list)
    """Sender, recipient, message."""
    encrypted: list[bool] = field(default_factory=list)


class _Talk(socketserver.StreamRequestHandler):
    office: PostOffice

    def handle(self) -> None:
        self.secure = self.office.safety == "ssl"
        if self.secure:
            self._wrap()
        self._say("220 post office")
        self.sender, self.recipient = "", ""
        while line := self.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            if not self._answer(word.upper(), rest):
                return

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _answer(self, word: str, rest: str) -> bool:
        match word:
            case "EHLO":
                offers = ["localhost", "AUTH PLAIN"] + ([] if self.secure or self.office.safety == "none"
                                                        else ["STARTTLS"])  # fmt: skip
                for offer in offers[:-1]:
                    self._say(f"250-{offer}")
                self._say(f"250 {offers[-1]}")
            case "STARTTLS":
                self._say("220 go on")
                self._wrap()
                self.secure = True
            case "AUTH":
                given = base64.b64decode(rest.removeprefix("PLAIN ")).decode().split("\0")
                right = given[1:] == ["plumbline", self.office.password]
                self._say("235 welcome" if right else "535 no")
            case "MAIL":
                self.sender = rest.partition("<")[2].partition(">")[0]
                self._say("250 ok")
            case "RCPT":
                self.recipient = rest.partition("<")[2].partition(">")[0]
                self._say("550 unknown" if self.recipient == self.office.refuses else "250 ok")
            case "DATA":
                self._say("354 go on")
                self._keep()
                self._say("250 kept")
            case "QUIT":
                self._say("221 bye")
                return False
            case _:
                self._say("250 ok")
        return True

    def _keep(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.office.mails.append((self.sender, self.recipient, message))
        self.office.encrypted.append(self.secure)

    def _wrap(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE, DATA / "server.key")
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks off is part of the tests."""


@contextmanager
def post_office(safety: str = "none", *, password: str = "", refuses: str = "") -> Iterator[PostOffice]:
    """A server on a free port of this machine, until the block ends."""
    office = PostOffice(safety=safety, password=password, refuses=refuses)
    with _Server(("127.0.0.1", 0), type("Talk", (_Talk,), {"office": office})) as server:
        office.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield office
        server.shutdown()
