"""Scorecards in files and in the shipped library. The only module of this floor that reads or writes anything."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from scorecards.document import MAX_BYTES, Loaded, load
from scorecards.model import Scorecard
from scorecards.problems import Problem, format_problem

_LIBRARY = files("scorecards") / "library"


def read_scorecard(path: Path) -> Loaded:
    """The scorecard in a file. A file that cannot be read is a problem of its own, not an exception."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return _refuse(path.name, "unreadable-file", f"the file cannot be read: {reason}")
    return read_upload(content, name=path.name)


def read_upload(content: bytes, *, name: str) -> Loaded:
    """The scorecard in the bytes of a file; `name` is what problems call it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        message = f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return _refuse(name, "not-utf-8", message, line=before.count(b"\n") + 1)
    return load(text, file=name)


def library() -> tuple[str, ...]:
    """Ids of the shipped scorecards, sorted."""
    names = (entry.name for entry in _LIBRARY.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def read_library(slug: str) -> Loaded:
    """A shipped scorecard with its problems. Raises KeyError where the library has none of that id."""
    if slug not in library():
        raise KeyError(slug)
    return read_upload((_LIBRARY / f"{slug}.yaml").read_bytes(), name=f"{slug}.yaml")


@cache
def library_scorecard(slug: str) -> Scorecard:
    """A shipped scorecard, read once. Raises KeyError for an unknown id, ValueError for a file that is broken."""
    loaded = read_library(slug)
    if loaded.scorecard is None:
        raise ValueError("\n".join(format_problem(problem) for problem in loaded.problems))
    return loaded.scorecard


def list_example() -> Scorecard:
    """A small scorecard with one criterion of each type, for the template of a list."""
    loaded = read_upload(files("scorecards").joinpath("list_example.yaml").read_bytes(), name="list_example.yaml")
    if loaded.scorecard is None:
        raise ValueError("\n".join(format_problem(problem) for problem in loaded.problems))
    return loaded.scorecard


def write_schema(text: str) -> None:
    """Put the JSON Schema where it ships from; only for a checkout, when the model has changed."""
    Path(str(files("scorecards") / "document.schema.json")).write_text(text, encoding="utf-8")


def _refuse(name: str, code: str, message: str, *, line: int = 1) -> Loaded:
    return Loaded(None, (Problem(code, message, name, line, 1, ""),))
