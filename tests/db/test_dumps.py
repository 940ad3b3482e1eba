import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from db import upkeep
from db.problems import DamagedBackup
from db.revisions import head_revision
from tests.db.files import edited, names, people_in

pytestmark = pytest.mark.long


def test_dump_of_equal_records_is_equal_byte_by_byte(filled_url: str, tmp_path: Path) -> None:
    first, second = (upkeep.backup(filled_url, tmp_path / f"{n}.zip").path for n in (1, 2))
    assert first.read_bytes() == second.read_bytes()


def test_dump_is_text_with_a_digest_for_each_table(small_url: str, tmp_path: Path) -> None:
    made = upkeep.backup(small_url, tmp_path / "dump.zip")
    with zipfile.ZipFile(made.path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        line = archive.read("person.jsonl").splitlines()[0]
    assert manifest["format"] == 1
    assert manifest["revision"] == head_revision()
    # sha256sum of {"id":"returns","name":"Returns"} and a newline
    team = {"name": "team", "rows": 1, "sha256": "0c0812d85b1b745e07112f644d364699019211ea92aebfa4129581d1e6ad3162"}
    assert next(table for table in manifest["tables"] if table["name"] == "team") == team
    assert json.loads(line) == {
        "id": "agent",
        "name": "Ada Lind",
        "email": None,
        "external_id": None,
        "team_id": "returns",
        "active": True,
    }


def other_name(name: str, content: bytes) -> bytes:
    return content.replace(b"Ada Lind", b"Eve Lind") if name == "person.jsonl" else content


def one_row_less(name: str, content: bytes) -> bytes:
    return b"".join(content.splitlines(keepends=True)[1:]) if name == "person.jsonl" else content


def no_manifest(name: str, content: bytes) -> bytes | None:
    return None if name == "manifest.json" else content


def no_people(name: str, content: bytes) -> bytes | None:
    return None if name == "person.jsonl" else content


def no_people_at_all(name: str, content: bytes) -> bytes | None:
    if name != "manifest.json":
        return no_people(name, content)
    manifest = json.loads(content)
    manifest["tables"] = [table for table in manifest["tables"] if table["name"] != "person"]
    return json.dumps(manifest).encode()


def format_two(name: str, content: bytes) -> bytes:
    return content.replace(b'"format": 1', b'"format": 2') if name == "manifest.json" else content


@pytest.mark.parametrize("change", [other_name, one_row_less, no_manifest, no_people, no_people_at_all, format_two])
def test_edited_dump_is_refused_and_changes_nothing(
    small_url: str, change: Callable[[str, bytes], bytes | None], tmp_path: Path
) -> None:
    dump = edited(upkeep.backup(small_url, tmp_path / "out" / "dump.zip").path, change)
    with pytest.raises(DamagedBackup):
        upkeep.restore(dump, small_url)
    assert people_in(small_url) == 3
    assert names(tmp_path) == ["out", "plumbline.sqlite"]
