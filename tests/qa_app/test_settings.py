from pathlib import Path

import pytest

from qa_app.errors import Refused
from qa_app.settings import read_settings


def test_nothing_set_is_a_local_installation_in_the_folder_data() -> None:
    settings = read_settings({})
    assert settings.data_dir == Path("data").absolute()
    assert settings.database_url == f"sqlite:///{Path('data').absolute() / 'plumbline.sqlite'}"
    assert settings.recordings_dir == Path("data").absolute() / "recordings"
    assert (settings.host, settings.port, settings.time_zone.key) == ("127.0.0.1", 8501, "UTC")
    assert settings.local_only


def test_every_setting_is_read() -> None:
    settings = read_settings(
        {
            "PLUMBLINE_DATA_DIR": "/srv/plumbline",
            "PLUMBLINE_DATABASE_URL": "postgresql+psycopg://plumbline@db/plumbline",
            "PLUMBLINE_HOST": "0.0.0.0",  # noqa: S104 - an installation behind a proxy
            "PLUMBLINE_PORT": "8600",
            "PLUMBLINE_TIME_ZONE": "Europe/Berlin",
        }
    )
    assert (settings.data_dir, settings.database_url) == (
        Path("/srv/plumbline"), "postgresql+psycopg://plumbline@db/plumbline",
    )  # fmt: skip
    assert (settings.port, settings.time_zone.key, settings.local_only) == (8600, "Europe/Berlin", False)


@pytest.mark.parametrize(("host", "local"), [("::1", True), ("localhost", True), ("10.0.0.7", False), ("", False)])
def test_one_click_sign_in_is_for_this_machine_only(host: str, *, local: bool) -> None:
    assert read_settings({"PLUMBLINE_HOST": host}).local_only is local


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        *[("PLUMBLINE_PORT", value, "setting-port") for value in ("", "0", "65536", "-1", "eighty", "²")],
        *[("PLUMBLINE_TIME_ZONE", value, "setting-time-zone") for value in ("", "Mars", "Europe", "../UTC", "/UTC")],
        ("PLUMBLINE_DATABASE_URL", "mysql://root:secret@db/x", "setting-database-url"),
        ("PLUMBLINE_DATABASE_URL", "postgresql://plumbline@db/plumbline", "setting-database-url"),
    ],
)
def test_value_that_cannot_be_used_names_its_variable(name: str, value: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_settings({name: value})
    assert (refusal.value.code, name in refusal.value.message) == (code, True)
    assert "secret" not in refusal.value.message
