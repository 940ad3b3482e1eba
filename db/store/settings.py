"""Settings that belong to the database and not to a machine: named values, any JSON."""

from sqlalchemy import delete, select

from db import tables
from db.engine import Transaction
from db.store.rows import upsert_rows


def setting(tx: Transaction, name: str) -> object | None:
    """The value of a setting; None where it is not set."""
    found: object | None = tx.connection.execute(
        select(tables.setting.c.value).where(tables.setting.c.name == name)
    ).scalar_one_or_none()
    return found


def save_setting(tx: Transaction, name: str, value: object) -> None:
    """Set a value, or take the setting away with None."""
    if value is None:
        tx.connection.execute(delete(tables.setting).where(tables.setting.c.name == name))
    else:
        upsert_rows(tx, tables.setting, [{"name": name, "value": value}], keys=["name"])
