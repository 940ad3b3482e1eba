"""Scorecards in files and in the library, and the schema that ships beside them."""

import json
from pathlib import Path

import pytest

from scorecards.document import MAX_BYTES, Loaded, load
from scorecards.files import library, library_scorecard, read_library, read_scorecard
from scorecards.model import CriterionType
from scorecards.problems import Problem, Severity
from scorecards.schema import document_schema, key_tables, schema_text

ROOT = Path(__file__).parents[2]
SMALL = "id: small\nlabel: Klein é\nsections: [{id: s, label: S, criteria: [{id: a, label: A, type: yes_no}]}]\n"


def refusal(file: str, code: str, message: str, *, line: int = 1) -> Loaded:
    return Loaded(None, (Problem(code, message, file, line, 1, ""),))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_file_is_read_with_and_without_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding=encoding)
    loaded = read_scorecard(path)
    assert loaded.scorecard is not None
    assert loaded.scorecard.label == "Klein é"
    assert {problem.file for problem in loaded.problems} == {"small.yaml"}


def test_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    message = "the file cannot be read: no such file or directory"
    assert read_scorecard(tmp_path / "none.yaml") == refusal("none.yaml", "unreadable-file", message)


def test_file_that_is_a_folder_is_a_problem(tmp_path: Path) -> None:
    message = "the file cannot be read: is a directory"
    assert read_scorecard(tmp_path) == refusal(tmp_path.name, "unreadable-file", message)


def test_file_in_another_encoding_says_in_which_line(tmp_path: Path) -> None:
    path = tmp_path / "old.yaml"
    path.write_bytes(SMALL.encode("latin-1"))
    message = "byte 0xe9 is not UTF-8; save the file as UTF-8"
    assert read_scorecard(path) == refusal("old.yaml", "not-utf-8", message, line=2)


def test_file_over_the_size_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    message = "the document is larger than 1024 KiB; no scorecard needs that"
    assert read_scorecard(path) == refusal("big.yaml", "too-large", message)


@pytest.mark.parametrize("slug", library())
def test_library_scorecard_loads_under_its_own_name(slug: str) -> None:
    assert [problem for problem in read_library(slug).problems if problem.severity is Severity.ERROR] == []
    assert library_scorecard(slug).id == slug


def test_library_does_not_know_other_names() -> None:
    with pytest.raises(KeyError, match="none"):
        library_scorecard("none")


def test_schema_on_disk_is_the_one_of_the_model() -> None:
    written = (ROOT / "scorecards" / "document.schema.json").read_text(encoding="utf-8")
    assert written == schema_text(), "run: python -m scorecards.schema"


def test_schema_describes_every_key() -> None:
    schema = json.loads(schema_text())
    parts = [part for part in [schema, *schema["$defs"].values()] if "properties" in part]
    bare = [
        (part["title"], key)
        for part in parts
        for key, field in part["properties"].items()
        if "description" not in field
    ]
    assert bare == []
    assert len(parts) == 11
    assert document_schema() == schema


def test_format_documentation_holds_the_key_tables_of_the_model() -> None:
    text = (ROOT / "docs" / "scorecard-format.md").read_text(encoding="utf-8")
    start, end = "<!-- keys: made by scorecards.schema.key_tables -->\n\n", "\n<!-- end of keys -->"
    assert text.partition(start)[2].partition(end)[0] == key_tables()


def test_format_documentation_has_an_example_without_problems() -> None:
    text = (ROOT / "docs" / "scorecard-format.md").read_text(encoding="utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    loaded = load(example, file="example.yaml")
    assert loaded.problems == ()
    assert loaded.scorecard is not None
    assert {criterion.type for criterion in loaded.scorecard.criteria} == {
        CriterionType.SCALE,
        CriterionType.YES_NO,
        CriterionType.TEXT,
    }
