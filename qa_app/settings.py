"""Settings, read once at the entry points from the environment. Documented in docs/settings.md."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qa_app.errors import Refused

_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class MailSafety(StrEnum):
    """How the connection to the mail server is encrypted."""

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"
    """On this machine only."""


_MAIL_PORTS = {MailSafety.STARTTLS: 587, MailSafety.SSL: 465, MailSafety.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The server that mail goes out through."""

    host: str
    port: int
    safety: MailSafety
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things lie, how the server listens, and how mail goes out."""

    data_dir: Path
    database_url: str
    host: str
    port: int
    time_zone: ZoneInfo
    house: Path | None = None
    """The organisation's template for exports."""
    mail: MailSettings | None = None
    """None where no mail server is named."""

    @property
    def local_only(self) -> bool:
        """Whether the server listens on this machine only."""
        return self.host in _LOOPBACK

    @property
    def recordings_dir(self) -> Path:
        """Recordings by content hash, outside the database."""
        return self.data_dir / "recordings"

    def as_environment(self) -> dict[str, str]:
        """The variables that another process of this installation reads the same settings from."""
        given = {
            "PLUMBLINE_DATA_DIR": str(self.data_dir),
            "PLUMBLINE_DATABASE_URL": self.database_url,
            "PLUMBLINE_TIME_ZONE": self.time_zone.key,
        }
        return given | ({"PLUMBLINE_HOUSE": str(self.house)} if self.house else {})


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of this process.

    Raises:
        Refused: a value cannot be used; the message names the variable and what is valid.
    """
    data_dir = Path(environment.get("PLUMBLINE_DATA_DIR", "data")).absolute()
    url = environment.get("PLUMBLINE_DATABASE_URL") or f"sqlite:///{data_dir / 'plumbline.sqlite'}"
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise Refused(
            "setting-database-url",
            f"PLUMBLINE_DATABASE_URL is {url.split(':')[0]}:…; it must start with sqlite:/// or postgresql+psycopg://.",
        )
    port = _read_port("PLUMBLINE_PORT", environment.get("PLUMBLINE_PORT", "8501"))
    zone = environment.get("PLUMBLINE_TIME_ZONE", "UTC")
    try:
        time_zone = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(
            "setting-time-zone", f"PLUMBLINE_TIME_ZONE is {zone!r}; it must be an IANA name such as Europe/Berlin."
        ) from error
    return Settings(
        data_dir=data_dir,
        database_url=url,
        host=environment.get("PLUMBLINE_HOST", "127.0.0.1"),
        port=port,
        time_zone=time_zone,
        house=Path(environment["PLUMBLINE_HOUSE"]).absolute() if environment.get("PLUMBLINE_HOUSE") else None,
        mail=_read_mail(environment),
    )


def _read_port(name: str, found: str) -> int:
    if not found.isdecimal() or not 1 <= int(found) <= 65535:
        raise Refused("setting-port", f"{name} is {found!r}; it must be a number from 1 to 65535.")
    return int(found)


def _read_mail(environment: Mapping[str, str]) -> MailSettings | None:
    host = environment.get("PLUMBLINE_SMTP_HOST", "").strip()
    if not host:
        return None
    word = environment.get("PLUMBLINE_SMTP_TLS") or MailSafety.STARTTLS.value
    if word not in list(MailSafety):
        valid = ", ".join(MailSafety)
        raise Refused("setting-smtp-tls", f"PLUMBLINE_SMTP_TLS is {word!r}; valid: {valid}.")
    safety = MailSafety(word)
    if safety is MailSafety.NONE and host not in _LOOPBACK:
        raise Refused(
            "setting-smtp-tls",
            f"PLUMBLINE_SMTP_TLS is none, and {host} is another machine: reviews would cross the network in the open. "
            "Use starttls or ssl.",
        )
    sender = environment.get("PLUMBLINE_SMTP_FROM", "").strip()
    if not _ADDRESS.fullmatch(sender):
        raise Refused(
            "setting-smtp-from", f"PLUMBLINE_SMTP_FROM is {sender!r}; it must be an address such as qa@example.org."
        )
    port = environment.get("PLUMBLINE_SMTP_PORT") or str(_MAIL_PORTS[safety])
    user, password = environment.get("PLUMBLINE_SMTP_USER") or None, _read_password(environment)
    if (user is None) != (password is None):
        raise Refused("setting-smtp-user", "PLUMBLINE_SMTP_USER and a password belong together; set both or neither.")
    return MailSettings(host, _read_port("PLUMBLINE_SMTP_PORT", port), safety, sender, user, password)


def _read_password(environment: Mapping[str, str]) -> str | None:
    file = environment.get("PLUMBLINE_SMTP_PASSWORD_FILE")
    if not file:
        return environment.get("PLUMBLINE_SMTP_PASSWORD") or None
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            "setting-smtp-password", f"PLUMBLINE_SMTP_PASSWORD_FILE names {file}, which cannot be read."
        ) from error
