"""Settings, read once at the entry points from the environment. Documented in docs/settings.md."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qa_app.errors import Refused


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things lie and how the server listens."""

    data_dir: Path
    database_url: str
    host: str
    port: int
    time_zone: ZoneInfo
    house: Path | None = None
    """The organisation's template for exports."""

    @property
    def local_only(self) -> bool:
        """Whether the server listens on this machine only."""
        return self.host in {"127.0.0.1", "::1", "localhost"}

    @property
    def recordings_dir(self) -> Path:
        """Recordings by content hash, outside the database."""
        return self.data_dir / "recordings"


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
    port = environment.get("PLUMBLINE_PORT", "8501")
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise Refused("setting-port", f"PLUMBLINE_PORT is {port!r}; it must be a number from 1 to 65535.")
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
        port=int(port),
        time_zone=time_zone,
        house=Path(environment["PLUMBLINE_HOUSE"]).absolute() if environment.get("PLUMBLINE_HOUSE") else None,
    )
