"""The built wheel in an environment of its own, away from the checkout: what somebody gets who installs Plumbline."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parents[1]
FLOORS = ("qa_app", "scorecards", "db")
START_SECONDS = 60


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the build system that pyproject.toml names."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder], cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def held(wheel: Path) -> frozenset[str]:
    """Every file in the wheel."""
    with ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a fresh environment with the locked dependencies and the wheel, and nothing else."""
    environment = tmp_path_factory.mktemp("installed") / "venv"
    uv: list[str | Path] = [sys.executable, "-m", "uv"]
    run([*uv, "venv", "--quiet", "--python", sys.executable, environment])
    install = [*uv, "pip", "install", "--quiet", "--python", environment]
    run([*install, "--require-hashes", "--requirement", ROOT / "requirements.lock"])
    run([*install, "--no-deps", wheel])
    return environment / "bin"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to work in; Plumbline keeps its data where it is started."""
    made = tmp_path / "anywhere"
    made.mkdir()
    return made


def run(command: list[str | Path], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Standard output and error of a command that must succeed."""
    done = subprocess.run(command, cwd=cwd, env=env, check=False, text=True, capture_output=True)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def plain_environment(folder: Path, **settings: str) -> dict[str, str]:
    """No path to the checkout, no setting of whoever runs the tests."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "COLUMNS": "200", **settings}


def test_wheel_holds_exactly_the_three_floors(held: frozenset[str]) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *FLOORS],
        cwd=ROOT,
        check=True,
        text=True,
        capture_output=True,
    )
    expected = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
    assert {name for name in held if ".dist-info/" not in name} == expected


@pytest.mark.parametrize(
    "asset",
    [
        "scorecards/library/core-chat.yaml",
        "scorecards/document.schema.json",
        "db/migrations/env.py",
        "db/migrations/script.py.mako",
        "db/migrations/versions/r0001_ground.py",
        "db/migrations/versions/r0002_praise_and_templates.py",
        "db/migrations/versions/r0003_calibration_room.py",
        "db/migrations/versions/r0004_disputes.py",
        "db/migrations/versions/r0005_coaching.py",
        "db/migrations/versions/r0006_attendance.py",
        "qa_app/ui/server.toml",
        "qa_app/ui/templates/welcome.html",
        "qa_app/ui/assets/plain.css",
        "qa_app/ui/app_pages/queue.py",
        "qa_app/ui/desk/web/desk.js",
        "qa_app/ui/desk/web/card.css",
        "qa_app/workflows/demo/content/chat.json",
        "qa_app/workflows/demo/audio/call-lost-parcel.mp3",
    ],
)
def test_wheel_holds_what_is_no_python(held: frozenset[str], asset: str) -> None:
    assert asset in held


def test_wheel_carries_the_licence(held: frozenset[str]) -> None:
    assert [name for name in held if name.endswith("/licenses/LICENSE")] != []


def test_installed_command_comes_from_the_wheel(programs: Path, folder: Path) -> None:
    code = "import db, qa_app, scorecards; print(db.__file__, qa_app.__file__, scorecards.__file__)"
    places = run([programs / "python", "-c", code], cwd=folder, env=plain_environment(folder)).split()
    assert [Path(place).is_relative_to(programs.parent) for place in places] == [True, True, True]


def test_installed_command_helps(programs: Path, folder: Path) -> None:
    said = run([programs / "plumbline", "--help"], cwd=folder, env=plain_environment(folder))
    assert "plumbline" in said
    assert list(folder.iterdir()) == []


def test_installed_command_makes_a_sound_database(programs: Path, folder: Path) -> None:
    environment = plain_environment(folder)
    run([programs / "plumbline", "db", "upgrade"], cwd=folder, env=environment)
    assert (folder / "data" / "plumbline.sqlite").is_file()
    run([programs / "plumbline", "doctor"], cwd=folder, env=environment)


def test_installed_command_checks_every_shipped_scorecard(programs: Path, folder: Path) -> None:
    environment = plain_environment(folder)
    code = "from importlib.resources import files; print(files('scorecards') / 'library')"
    library = Path(run([programs / "python", "-c", code], cwd=folder, env=environment).strip())
    cards = sorted(library.glob("*.yaml"))
    assert len(cards) == len(list((ROOT / "scorecards" / "library").glob("*.yaml")))
    run([programs / "plumbline", "scorecard", "check", *cards], cwd=folder, env=environment)


def test_installed_server_welcomes(programs: Path, folder: Path) -> None:
    with serving(programs, folder) as address:
        page = fetch(f"{address}/welcome")
        style = fetch(f"{address}/assets/plain.css")
    assert "Load the demo" in page
    assert "Import your tickets" in page
    assert "font" in style


@contextmanager
def serving(programs: Path, folder: Path) -> Iterator[str]:
    """The address of a running server of an empty installation."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = plain_environment(folder, PLUMBLINE_PORT=str(port))
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [programs / "plumbline", "serve"], cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            await_health(address, server, folder / "log")
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def await_health(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            fetch(f"{address}/_stcore/health")
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server did not start:\n{log.read_text()}")


def fetch(address: str) -> str:
    with urlopen(address, timeout=10) as answer:  # noqa: S310 - our own server on the loopback
        return str(answer.read().decode("utf-8"))
