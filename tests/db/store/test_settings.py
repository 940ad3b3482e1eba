import pytest

from db.engine import Store
from db.store import settings


@pytest.mark.parametrize("value", [0, "", False, [], {"zone": "Europe/Berlin", "days": [1, 2]}, "ünïcode"])
def test_setting_comes_back_as_it_went_in(store: Store, value: object) -> None:
    with store.write() as tx:
        settings.save_setting(tx, "name", value)
        assert settings.setting(tx, "name") == value
        assert settings.setting(tx, "other") is None


def test_setting_is_changed_and_taken_away(store: Store) -> None:
    with store.write() as tx:
        settings.save_setting(tx, "name", 1)
        settings.save_setting(tx, "name", 2)
        assert settings.setting(tx, "name") == 2
        settings.save_setting(tx, "name", None)
        assert settings.setting(tx, "name") is None
