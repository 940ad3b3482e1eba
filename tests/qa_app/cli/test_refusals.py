"""What commands say when somebody may not, mistypes, or finds the database in other hands; nothing is ever changed."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from db import engine, upkeep
from db.records import Frame
from qa_app.workflows import calibration, sampling
from qa_app.workflows.access import find_actor
from qa_app.workflows.calibration import NewSession
from tests.qa_app.cli.terminal import Terminal
from tests.qa_app.workflows.house import BO, CY, T1, T2, VERSION

SESSION = "0190aaaaaaaaaaaaaaaaaaaa"
"""Nobody's."""


def as_(name: str) -> dict[str, str]:
    return {"PLUMBLINE_USER": f"{name}@example.org"}


@pytest.mark.parametrize(
    ("who", "line"),
    [
        ("bo", "import {card}"),
        ("bo", "sample draw Mine"),
        ("bo", "calibration open Mine --scorecard care --reviewer bo@example.org --reviewer cy@example.org"),
        ("bo", "scorecard publish core-chat"),
        ("bo", "export coaching 'Nina North'"),
        ("bo", "export team North"),
        ("col-coach", "export raw"),
        ("col-coach", "audit verify"),
        ("max-manager", "user add 'Eve' --role admin"),
        ("max-manager", "user disable bo@example.org"),
        ("nina-north", "queue"),
        ("nina-north", "sample list"),
        ("nina-north", "calibration status"),
    ],
)
def test_wrong_role_is_told_which_one_it_takes(who: str, line: str, house: Terminal) -> None:
    card = house.folder / "tickets.jsonl"
    card.write_text("{}\n", encoding="utf-8")
    before = house.rows("audit verify")

    said = house.refused(line.format(card=card), env=as_(who))

    assert said.endswith("Ask an admin. [not-allowed]")
    assert house.rows("audit verify") == before


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "queue --as bob@example.org",
            (
                "Nobody has the e-mail bob@example.org, or the account is disabled. "
                "Did you mean bo@example.org? [no-person]"
            ),
        ),
        (
            "user disable cyy@example.org",
            (
                "Nobody has the e-mail cyy@example.org. Did you mean cy@example.org? "
                "`plumbline user list` shows who there is. [no-person]"
            ),
        ),
        (
            "export coaching 'Nina Nort'",
            (
                "No agent is called 'Nina Nort'. Did you mean Nina North? "
                "`plumbline user list` shows who there is. [no-agent]"
            ),
        ),
        (
            "export team Nort",
            "There is no team 'Nort' with an agent within your reach. Did you mean North? [no-team]",
        ),
        (
            "calibration open W1 --scorecard car --reviewer bo@example.org --reviewer cy@example.org",
            (
                "No published scorecard is called 'car'. Did you mean care? `plumbline scorecard list` shows them. "
                "[no-scorecard]"
            ),
        ),
        (
            "scorecard publish core-chatt",
            (
                "'core-chatt' is no file, no shipped scorecard and no draft. Did you mean core-chat? "
                "`plumbline scorecard list` shows them. [no-scorecard]"
            ),
        ),
        (
            f"calibration report {SESSION}",
            (
                f"There is no calibration session '{SESSION}' for you. `plumbline calibration status` shows them. "
                "[no-session]"
            ),
        ),
        (
            "sample draw W1 --stratum colour",
            "Strata cannot be made of 'colour'; valid are: channel, team, agent, language. [plan-invalid]",
        ),
        (
            "export raw --from 2026-03-02 --until 2026-03-01",
            "The period ends (2026-03-01) before it starts (2026-03-02); swap the dates. [period]",
        ),
        *(
            (line, "0001-01-01 is no day of a period; valid are 2000-01-01 to 2100-12-31. [period]")
            for line in (
                "export coaching 'Nina North' --from 0001-01-01 --until 9999-12-31",
                "export raw --until 0001-01-01",
                "scores show --from 0001-01-01",
                "scorecard health care --until 0001-01-01",
            )
        ),
        (
            "user disable ada-admin@example.org",
            "You cannot disable your own account; ask another admin. [disable-self]",
        ),
        ("demo", "The demo needs an empty database. Set PLUMBLINE_DATA_DIR to a new folder. [demo-not-empty]"),
    ],
    ids=lambda value: value if value.split()[0].islower() else "",
)
def test_what_does_not_fit_is_said_with_what_is_near(line: str, said: str, house: Terminal) -> None:
    assert house.refused(line) == said


def test_session_and_sample_are_found_by_a_near_miss_within_reach_only(house: Terminal) -> None:
    with house.opened() as installation:
        context = installation.context(find_actor(installation.store, None))
        new = NewSession("Week 47", VERSION.id, (T1.id, T2.id), (BO.id, CY.id))
        session = calibration.open_session(context, new)
        sample = sampling.draw_sample(context, sampling.NewPlan("Plan 47", Frame(), size=2), seed=1)
    mistyped = session.id[:-1] + ("0" if session.id[-1] != "0" else "1")

    for typed in (mistyped, "Week 47", "week 46"):
        assert f"Did you mean {session.id} (Week 47)?" in house.refused("calibration reveal", typed)
    assert f"Did you mean {sample.id} (Plan 47)?" in house.refused("sample show", "Plan 47")
    # Di takes no part in the session: for her there is none, and so no hint either.
    assert house.refused("calibration report", mistyped, env=as_("di")) == (
        f"There is no calibration session '{mistyped}' for you. `plumbline calibration status` shows them. [no-session]"
    )


def test_scorecard_is_found_before_a_sample_is_drawn(house: Terminal) -> None:
    house.refused("calibration open W1 --scorecard nothing --reviewer bo@example.org --reviewer cy@example.org")
    house.refused("calibration open W1 --scorecard care --reviewer bo@example.org --reviewer nobody@example.org")

    assert house.rows("sample list") == []


@pytest.mark.parametrize("option", ["--seed -1", "--seed 9007199254740992", "--size 0", "--per-agent 0", "--seed x"])
def test_number_out_of_range_is_wrong_use(option: str, house: Terminal) -> None:
    assert f"Invalid value for '{option.split(maxsplit=1)[0]}'" in house.refused(
        f"sample draw W1 {option}", exit_code=2
    )


HOLD = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held(house: Terminal) -> Iterator[Terminal]:
    """The house while another process is in the middle of a change."""
    call = [sys.executable, "-c", HOLD, str(house.folder / "plumbline.sqlite")]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield house
        other.communicate()


def test_database_that_another_process_holds_is_read_and_not_written(
    held: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_briefly(monkeypatch)
    result = held.run("user disable bo@example.org")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "The database cannot be used: the database did not answer as it should: database is locked. "
        "[database-unusable]\n"
    )
    # Ten people, and Bo is still one of them.
    active = {row["email"] for row in held.rows("user list") if row["active"]}
    assert "bo@example.org" in active


def test_database_is_not_restored_under_another_process(held: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_WAIT_FOR_OTHERS_SECONDS", 0.05)
    copy = held.folder.parent / "copies" / "one.sqlite"
    assert held.run("db backup", copy).exit_code == 0

    result = held.run("db restore", copy)

    place = held.folder / "plumbline.sqlite"
    said = f"Nothing was restored: {place} is in use; stop Plumbline first, then restore. [restore-failed]\n"
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", said)


def wait_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A twentieth of a second instead of thirty."""
    pragmas = [pragma for pragma in engine._SQLITE_PRAGMAS if not pragma.startswith("busy_timeout")]
    monkeypatch.setattr(engine, "_SQLITE_PRAGMAS", (*pragmas, "busy_timeout=50"))
