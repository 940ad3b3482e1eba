"""Rules of the house that no linter knows: layout, names, locks, dependencies, paths of one machine."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
FLOORS = ("qa_app", "scorecards", "db")
LONGEST = 400
LONG_FILES = {
    "db/records.py": "the words that everyone speaks stand in one file, each with its meaning",
    "db/tables.py": "one table after the other, in the order of the records",
    "tests/qa_app/workbooks/factories.py": "two whole reports, field by field",
    "tests/qa_app/workflows/test_blindness.py": "every workflow there is, one line after the other",
    "tests/qa_app/workflows/test_disputes.py": "one dispute after the other, each through its life",
    "tests/qa_app/workflows/test_importing.py": "one case after the other, each with the files that it imports",
    "tests/scorecards/test_difference.py": "one list of edits, each with what it does to scores",
}
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
COMES_WITH = {"annotated-types": "pydantic", "pydantic-core": "pydantic"}
"""Distributions whose types are part of another one's interface, which brings them."""
OF_THE_OFFICE = {"uno", "com"}
"""In LibreOffice's own Python, for the script that runs there; no package of ours brings them."""
NOT_IMPORTED = {
    "defusedxml": "openpyxl reads XML by it where it is installed",
    "psycopg": "SQLAlchemy's driver for PostgreSQL",
    "python-multipart": "Starlette reads forms and uploads by it",
    "uvicorn": "Streamlit serves by it",
}
DISTRIBUTIONS = packages_distributions()


def tracked_files() -> list[PurePosixPath]:
    """Every file of the project, as git knows them."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    names = (PurePosixPath(name) for name in listed.stdout.split("\0") if name)
    return [name for name in names if (ROOT / name).is_file()]


TRACKED = tracked_files()
PYTHON = [name for name in TRACKED if name.suffix == ".py"]


def test_every_test_folder_is_a_package() -> None:
    folders = {name.parent for name in PYTHON if name.parts[0] == "tests"}
    assert sorted(str(folder) for folder in folders if folder / "__init__.py" not in PYTHON) == []


def test_python_files_are_short_or_say_why_not() -> None:
    migrations = PurePosixPath("db/migrations/versions")
    lengths = {str(name): len(read(name).splitlines()) for name in PYTHON if name.parent != migrations}
    long = {name: lines for name, lines in lengths.items() if lines > LONGEST}
    assert {name: lines for name, lines in long.items() if name not in LONG_FILES} == {}
    assert LONG_FILES.keys() <= lengths.keys()


def test_modules_are_named_for_what_they_hold() -> None:
    parts = [(name, part) for name in PYTHON for part in (*name.parent.parts[1:], name.stem)]
    assert [str(name) for name, part in parts if part.strip("_") in VAGUE] == []


# A folder of one person's or one machine's: a home, or the place where somebody works.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:home|Users|root|work)/[\w.]|\b[A-Z]:\\+Users\\")


@pytest.mark.parametrize("text", ["see /" + "home/ann/plumbline", "C:" + "\\Users\\ann", '"/' + 'root/.cache"'])
def test_machine_paths_are_recognised(text: str) -> None:
    assert MACHINE_PATH.search(text)


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    found = [f"{name}:{number}" for name, number, line in tracked_lines() if MACHINE_PATH.search(line)]
    assert found == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_names_no_index_and_no_file(lock: str) -> None:
    lines = read(PurePosixPath(lock)).splitlines()
    assert [line for line in lines if "://" in line or "index-url" in line or "find-links" in line] == []


@pytest.mark.parametrize(
    ("lock", "groups"), [("requirements.lock", ()), ("requirements-dev.lock", ("dev",))], ids=["run", "dev"]
)
def test_lock_has_a_fitting_version_of_every_dependency(lock: str, groups: tuple[str, ...]) -> None:
    pinned = read_lock(lock)
    wanted = [*declared(), *(requirement for group in groups for requirement in declared(group))]
    unmet = [str(each) for each in wanted if not each.specifier.contains(pinned.get(canonicalize_name(each.name), "0"))]
    assert unmet == []


def test_development_lock_holds_all_that_the_app_runs_on() -> None:
    # `make run` takes the environment of `make test` as it is, so the versions must be the same ones.
    run, development = read_lock("requirements.lock"), read_lock("requirements-dev.lock")
    assert {name: development.get(name) for name in run} == run


def test_every_import_is_a_declared_dependency() -> None:
    allowed = {canonicalize_name(each.name) for each in declared()}
    imports = {name: place for place, name in outside_imports(FLOORS) if not distributions_of(name) & allowed}
    assert imports == {}


def test_every_import_of_tests_and_tools_is_a_declared_dependency() -> None:
    allowed = {canonicalize_name(each.name) for each in (*declared(), *declared("dev"))}
    folders = ("tests", "tools", "benchmarks", "examples")
    imports = {name: place for place, name in outside_imports(folders) if not distributions_of(name) & allowed}
    assert {name: place for name, place in imports.items() if name not in OF_THE_OFFICE} == {}


def test_every_dependency_is_used() -> None:
    imported = {found for _, name in outside_imports(FLOORS) for found in distributions_of(name)}
    unused = {canonicalize_name(each.name) for each in declared()} - imported
    assert unused == NOT_IMPORTED.keys()


def read(name: PurePosixPath) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def tracked_lines() -> Iterator[tuple[PurePosixPath, int, str]]:
    """Every line of every text file, numbered from 1."""
    for name in TRACKED:
        try:
            text = read(name)
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            yield name, number, line


def declared(group: str | None = None) -> list[Requirement]:
    """What pyproject.toml asks for: the application, or one group of development packages."""
    project = tomllib.loads(read(PurePosixPath("pyproject.toml")))
    lines = project["dependency-groups"][group] if group else project["project"]["dependencies"]
    return [Requirement(line) for line in lines]


def read_lock(name: str) -> dict[str, str]:
    """The pinned version of each distribution; where there are several for different systems, the newest."""
    pinned: dict[str, str] = {}
    for found in re.finditer(r"^([A-Za-z0-9._-]+)==(\S+)", read(PurePosixPath(name)), re.MULTILINE):
        key, version = canonicalize_name(found[1]), found[2]
        pinned[key] = max(version, pinned.get(key, version), key=Version)
    return pinned


def outside_imports(folders: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each file of the folders with each top-level name that it imports from outside this project and Python's own."""
    own = {*FLOORS, "benchmarks", "tests", "tools", "_typeshed"}
    for name in PYTHON:
        if name.parts[0] in folders:
            tree = ast.parse(read(name))
            for top in {module.partition(".")[0] for node in ast.walk(tree) for module in modules_of(node)}:
                if top not in own and top not in sys.stdlib_module_names:
                    yield str(name), top


def modules_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def distributions_of(module: str) -> set[str]:
    """The distributions that a top-level import name may come from, in canonical spelling."""
    found = {str(canonicalize_name(name)) for name in DISTRIBUTIONS.get(module, [])}
    return {COMES_WITH.get(name, name) for name in found}
