"""The documents say what is there: links lead somewhere, and no command, setting, target or library goes unnamed."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from typer.core import TyperCommand, TyperGroup

from tools.command_reference import find_example, read_root, walk, write_page

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
RECORDS = sorted((DOCS / "adr").glob("*.md"))
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
SETTING = re.compile(r"\bPLUMBLINE_[A-Z]+(?:_[A-Z]+)*\b")
FENCED = re.compile(r"^```sh\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)
LONGEST_RECORD = 75


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def shell_lines(page: Path) -> list[str]:
    """Every line of every shell block of a page."""
    return [line for block in FENCED.finditer(page.read_text(encoding="utf-8")) for line in block["lines"].splitlines()]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files(page: Path) -> None:
    targets = [found["target"].partition("#")[0] for found in LINK.finditer(page.read_text(encoding="utf-8"))]
    ours = [target for target in targets if target and "://" not in target]
    assert [target for target in ours if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_headings(page: Path) -> None:
    dead = []
    for found in LINK.finditer(page.read_text(encoding="utf-8")):
        target, _, heading = found["target"].partition("#")
        if heading and "://" not in target and heading not in headings(page.parent / target if target else page):
            dead.append(found["target"])
    assert dead == []


def headings(page: Path) -> set[str]:
    """The addresses of a page's headings, made as the usual viewers make them."""
    lines = [line.lstrip("#").strip() for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_index_links_every_document() -> None:
    index = DOCS / "README.md"
    linked = {(DOCS / found["target"]).resolve() for found in LINK.finditer(index.read_text(encoding="utf-8"))}
    assert [name_of(page) for page in DOCS.rglob("*.md") if page != index and page not in linked] == []


def test_readme_has_exactly_two_set_up_commands() -> None:
    assert shell_lines(ROOT / "README.md") == ["make run", "make test"]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_make_targets_that_are_named_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)[^`]*`", page.read_text(encoding="utf-8"))) - targets == set()


def test_decision_records_are_numbered_without_a_gap() -> None:
    assert [record.name[:4] for record in RECORDS] == [f"{number:04}" for number in range(1, len(RECORDS) + 1)]


@pytest.mark.parametrize("record", RECORDS, ids=name_of)
def test_decision_record_is_whole_and_fits_a_page(record: Path) -> None:
    lines = record.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"# {record.name[:4]} ")
    assert [line for line in lines if line.startswith("## ")] == [
        "## Context",
        "## Decision",
        "## Consequences",
        "## Rejected",
    ]
    assert len(lines) <= LONGEST_RECORD


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    text = (DOCS / "adr" / "0002-libraries.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert sorted(named) == sorted(Requirement(line).name for line in wanted)


def test_every_setting_is_documented() -> None:
    floors = [path for floor in ("qa_app", "db", "scorecards") for path in (ROOT / floor).rglob("*.py")]
    read = {name for path in floors for name in SETTING.findall(path.read_text(encoding="utf-8"))}
    assert set(SETTING.findall((DOCS / "settings.md").read_text(encoding="utf-8"))) == read


def test_command_reference_is_up_to_date() -> None:
    page = DOCS / "user-guide" / "commands.md"
    assert page.read_text(encoding="utf-8") == write_page(), "out of date: run `make docs`"


def calls() -> Iterator[tuple[str, str]]:
    """Every call of `plumbline` in the documents and in the help of commands, with where it stands."""
    for page in PAGES:
        for line in shell_lines(page):
            if "plumbline " in line:
                yield name_of(page), line
    for words, command in walk(read_root(), ("plumbline",)):
        yield f"the help of {' '.join(words)}", find_example(command) or ""


@pytest.mark.parametrize(("place", "line"), list(calls()))
def test_documented_call_is_one_that_exists(place: str, line: str) -> None:
    words = shlex.split(line)
    command: object = read_root()
    for at, word in enumerate(words[words.index("plumbline") + 1 :], start=words.index("plumbline") + 1):
        if not isinstance(command, TyperGroup):
            break
        assert word in command.commands, f"{place}: there is no `{' '.join(words[: at + 1])}`"
        command = command.commands[word]
    assert isinstance(command, TyperCommand), f"{place}: `{line}` names no command"
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert [word for word in words if word.startswith("--") and word not in {*known, "--help"}] == [], place
