"""What the tests of importing share: a tidy database with an admin, files to bring in, and a look at all rows."""

import io
import json
import struct
import wave
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from db import tables
from db.engine import Store
from db.records import Person, PersonId, Role
from db.store import people
from qa_app.workflows.context import Context
from qa_app.workflows.importing import Choices, ImportPreview, RowState, Upload, commit_import, preview_import

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ADMIN = Person(PersonId("admin"), "Ad Min", roles=frozenset({Role.ADMIN}))
STATES = (RowState.NEW, RowState.CHANGED, RowState.UNCHANGED, RowState.REFUSED)


def admit(store: Store, folder: Path) -> Context:
    """An empty database with one admin, who is asking."""
    with store.write() as tx:
        people.add_person(tx, ADMIN)
    return context_of(store, folder, ADMIN)


def context_of(store: Store, folder: Path, actor: Person) -> Context:
    numbers = count(1)
    return Context(store, actor, lambda: NOW, lambda: f"{actor.id}-{next(numbers):05}", folder / "recordings")


def line(external_id: str, **changes: object) -> dict[str, object]:
    return {
        "plumbline": 1,
        "source": "desk",
        "external_id": external_id,
        "channel": "chat",
        "created_at": "2026-10-05T08:30:02Z",
        "team": "Billing",
        "agent": {"id": "A007", "name": "Priya Nair"},
        "tags": ["refund"],
        "metrics": [{"name": "csat", "value": 4, "unit": "points", "scale": "1..5"}],
        "messages": [{"role": "customer", "text": "Where is it?"}, {"role": "agent", "text": "On its way."}],
        **changes,
    }


def jsonl(folder: Path, *lines: object, name: str = "tickets.jsonl") -> Upload:
    path = folder / name
    path.write_text("\n".join(json.dumps(one) for one in lines), encoding="utf-8")
    return Upload(path, name)


def text_file(folder: Path, name: str, text: str) -> Upload:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return Upload(path, name)


def wav(folder: Path, name: str, *, seconds: float = 1.0) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(b"".join(struct.pack("<h", n % 2000) for n in range(int(8000 * seconds))))
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(stream.getvalue())
    return stream.getvalue()


def counts(preview: ImportPreview) -> tuple[int, ...]:
    return tuple(preview.count(state) for state in STATES)


def bring(context: Context, upload: Upload, choices: Choices | None = None) -> tuple[int, int, int, int]:
    """Preview and commit: new, changed, unchanged and refused, which both must say alike."""
    preview = preview_import(context, upload, choices)
    batch = commit_import(context, preview)
    done = (batch.new, batch.changed, batch.unchanged, batch.refused)
    assert counts(preview) == done
    return done


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but those that record the import itself."""
    with store.read() as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.connection.execute(table.select())), key=repr)
            for table in tables.metadata.sorted_tables
            if table.name not in {"import_batch", "row_issue", "audit_entry"}
        }
