"""All commands at once: each has help with an example, and each says clearly what is missing where nothing is there."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import Result

from db.engine import open_store
from qa_app.settings import read_settings
from qa_app.workflows import upkeep
from qa_app.workflows.scorecard_files import write_template
from tests.factories import CARD, NOON
from tests.qa_app.cli.terminal import Terminal
from tools.command_reference import find_example, read_root, walk

COMMANDS = {" ".join(words[1:]): command for words, command in walk(read_root(), ("plumbline",))}

NO_DATABASE, NOBODY, DONE = "[no-database]", "[nobody-yet]", ""


@dataclass(frozen=True)
class Start:
    """A right call of a command, and how it ends before there is any database: exit code and a part of its words."""

    line: str
    exit_code: int = 1
    says: str = NO_DATABASE
    on_empty: str = NOBODY
    """What it says on a database without people; `DONE` where it works there."""


STARTS = {
    "serve": Start("serve", says="[setting-port]", on_empty="[setting-port]"),
    "demo": Start("demo --seed -1", 2, "Invalid value for '--seed'", "Invalid value for '--seed'"),
    "doctor": Start("doctor", says="missing, revision none", on_empty=DONE),
    "import": Start("import tickets.jsonl"),
    "assign": Start("assign s1 --scorecard care --reviewer bo@example.org"),
    "queue": Start("queue"),
    "grade": Start("grade tickets.jsonl"),
    "undo": Start("undo a1"),
    "skip": Start("skip a1 --reason 'I know the customer'"),
    "replace": Start("replace a1 --reason 'I know the customer'"),
    "agreement": Start("agreement ratings.csv --bootstrap 100", 0, DONE, DONE),
    "db upgrade": Start("db upgrade", 0, DONE, DONE),
    "db status": Start("db status", says="missing", on_empty=DONE),
    "db backup": Start("db backup copy.sqlite", says="there is nothing to back up", on_empty=DONE),
    "db restore": Start("db restore card.yaml", says="[restore-failed]", on_empty="[restore-failed]"),
    "scorecard list": Start("scorecard list"),
    "scorecard check": Start("scorecard check card.yaml", 0, DONE, DONE),
    "scorecard score": Start("scorecard score card.yaml answers.json", 0, DONE, DONE),
    "scorecard diff": Start("scorecard diff card.yaml card.yaml", 0, DONE, DONE),
    "scorecard health": Start("scorecard health core-chat"),
    "scorecard from-sheet": Start("scorecard from-sheet card.xlsx", 0, DONE, DONE),
    "scorecard sheet": Start("scorecard sheet template.xlsx", 0, DONE, DONE),
    "scorecard publish": Start("scorecard publish core-chat"),
    "sample draw": Start("sample draw 'Week 47'"),
    "sample list": Start("sample list"),
    "sample show": Start("sample show s1"),
    "calibration open": Start("calibration open W47 --scorecard care --reviewer bo@example.org --reviewer cy@a.org"),
    "calibration plan": Start("calibration plan core-chat"),
    "calibration contested": Start("calibration contested"),
    "calibration deadline": Start("calibration deadline s1 2026-12-04 --why 'Two are ill'"),
    "calibration cancel": Start("calibration cancel s1 --why 'The card changes'"),
    "calibration status": Start("calibration status"),
    "calibration reveal": Start("calibration reveal s1"),
    "calibration report": Start("calibration report s1"),
    "calibration trend": Start("calibration trend s1"),
    "calibration agree": Start("calibration agree s1 101 empathy 4"),
    "calibration finding": Start("calibration finding s1 empathy 'Once is enough' --cause slip"),
    "calibration attend": Start("calibration attend s1 bo@example.org"),
    "calibration minutes": Start("calibration minutes s1"),
    "calibration feedback": Start("calibration feedback s1 bo@example.org 'Thank you.'"),
    "calibration close": Start("calibration close s1"),
    "calibration findings": Start("calibration findings"),
    "calibration done": Start("calibration done f1"),
    "calibration series add": Start("calibration series add W --scorecard care --reviewer a@a.org --reviewer b@a.org"),
    "calibration series list": Start("calibration series list"),
    "calibration series run": Start("calibration series run"),
    "calibration series rest": Start("calibration series rest s1"),
    "calibration series resume": Start("calibration series resume s1"),
    "self-review ask": Start("self-review ask r1"),
    "self-review start": Start("self-review start r1"),
    "self-review list": Start("self-review list"),
    "dispute list": Start("dispute list"),
    "dispute show": Start("dispute show d1"),
    "dispute raise": Start("dispute raise r1 --criterion 'empathy=4: I named it'"),
    "dispute assign": Start("dispute assign d1"),
    "dispute decide": Start("dispute decide d1 --why 'It stands.'"),
    "dispute withdraw": Start("dispute withdraw d1"),
    "dispute figures": Start("dispute figures"),
    "acknowledge review": Start("acknowledge review r1"),
    "acknowledge list": Start("acknowledge list"),
    "acknowledge due": Start("acknowledge due"),
    "coaching list": Start("coaching list"),
    "coaching sessions": Start("coaching sessions 'Priya Nair'"),
    "coaching plan": Start("coaching plan 'Priya Nair' --on 2026-12-02"),
    "coaching propose": Start("coaching propose 'Priya Nair'"),
    "coaching agenda": Start("coaching agenda c1"),
    "coaching add": Start("coaching add c1 'The new form'"),
    "coaching note": Start("coaching note c1 --shared Well"),
    "coaching hold": Start("coaching hold c1"),
    "coaching call-off": Start("coaching call-off c1"),
    "coaching follow-up": Start("coaching follow-up c1 Better"),
    "coaching goals": Start("coaching goals 'Priya Nair'"),
    "coaching goal": Start("coaching goal 'Priya Nair' listening 'Sum up'"),
    "coaching step": Start("coaching step g1 s1"),
    "coaching end-goal": Start("coaching end-goal 'Priya Nair' g1"),
    "coaching objectives": Start("coaching objectives"),
    "coaching objective": Start("coaching objective North listening 'Sum up'"),
    "coaching end-objective": Start("coaching end-objective o1"),
    "coaching appraise": Start("coaching appraise 'Priya Nair' --card agent-period --from 2026-12-02"),
    "coaching fill-in": Start("coaching fill-in a1 answers.json"),
    "coaching appraisals": Start("coaching appraisals 'Priya Nair'"),
    "certificate rule": Start("certificate rule core-chat"),
    "certificate list": Start("certificate list"),
    "certificate grant": Start("certificate grant core-chat ann@example.org"),
    "certificate withdraw": Start("certificate withdraw c1 --why 'Graded on an old card'"),
    "check rule": Start("check rule core-chat --pairs 5"),
    "check list": Start("check list"),
    "check report": Start("check report core-chat"),
    "scores show": Start("scores show"),
    "template list": Start("template list"),
    "template add": Start("template add named-it 'You named the trouble first.'"),
    "template remove": Start("template remove t1"),
    "export coaching": Start("export coaching 'Priya Nair'"),
    "export calibration": Start("export calibration s1"),
    "export team": Start("export team North"),
    "export programme": Start("export programme"),
    "export raw": Start("export raw"),
    "house check": Start("house check house.yaml", 0, DONE, DONE),
    "offline export": Start("offline export"),
    "offline import": Start("offline import card.xlsx"),
    "user add": Start("user add 'Ann Lee'", on_empty="needs the form name@example.org"),
    "user disable": Start("user disable ann@example.org"),
    "user list": Start("user list"),
    "audit verify": Start("audit verify"),
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file for every command that reads one."""
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "card.yaml").write_text(CARD, encoding="utf-8")
    (folder / "card.xlsx").write_bytes(write_template(now=NOON).content)
    (folder / "house.yaml").write_text("name: Acme\n", encoding="utf-8")
    (folder / "answers.json").write_text('{"greeting": "yes"}', encoding="utf-8")
    (folder / "tickets.jsonl").write_text("{}\n", encoding="utf-8")
    rows = "".join(f"{item},{rater},tone,{value}\n" for item, rater, value in (("1", "a", 2), ("1", "b", 3)))
    (folder / "ratings.csv").write_text(f"item,rater,criterion,value\n{rows}", encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def test_no_command_is_left_out() -> None:
    assert list(STARTS) == sorted(STARTS, key=list(COMMANDS).index)
    assert set(STARTS) == set(COMMANDS)


@pytest.mark.parametrize("words", COMMANDS)
def test_help_has_an_example_of_this_command(words: str, nowhere: Terminal) -> None:
    example = find_example(COMMANDS[words]) or ""

    said = nowhere.done(f"{words} --help", env={"COLUMNS": "300", "NO_COLOR": "1"})

    assert f"plumbline {words}" in example
    assert example in " ".join(said.split())
    assert not nowhere.folder.exists()


@pytest.mark.long
@pytest.mark.parametrize("words", STARTS)
def test_command_says_what_is_missing_where_nothing_is_there(words: str, nowhere: Terminal, desk: Path) -> None:
    start = STARTS[words]

    result = begin(words, nowhere)

    assert result.exit_code == start.exit_code, result.output
    assert start.says in result.output
    assert "Traceback" not in result.output
    made = {"plumbline.sqlite", "recordings"} if words == "db upgrade" else set()
    assert {path.name for path in nowhere.folder.glob("*")} == made


@pytest.mark.long
@pytest.mark.parametrize("words", STARTS)
def test_command_says_who_is_missing_in_an_empty_database(words: str, emptiness: Terminal, desk: Path) -> None:
    start = STARTS[words]

    result = begin(words, emptiness)

    assert start.on_empty in result.output
    assert result.exit_code == (0 if start.on_empty == DONE else start.exit_code), result.output


def begin(words: str, terminal: Terminal) -> Result:
    """Run a start; the server is kept from staying by a setting that it cannot use."""
    return terminal.run(STARTS[words].line, env=({"PLUMBLINE_PORT": "http"} if words == "serve" else {}))


@pytest.mark.long
@pytest.mark.parametrize("words", [words for words in STARTS if STARTS[words].says == NO_DATABASE])
def test_newer_database_is_refused_and_left_as_it_is(words: str, house: Terminal, desk: Path) -> None:
    make_newer(house)
    before = (house.folder / "plumbline.sqlite").read_bytes()

    said = house.refused(STARTS[words].line)

    assert said == (
        "The database is newer: the database has revision r9999, this version knows 0006. "
        "Install that version of Plumbline, or restore a backup. [database-newer]"
    )
    assert (house.folder / "plumbline.sqlite").read_bytes() == before


@pytest.mark.parametrize("line", ["demo", "db upgrade"])
def test_newer_database_is_not_taken_for_one_to_upgrade(line: str, house: Terminal) -> None:
    make_newer(house)

    assert "[database-newer]" in house.refused(line)


def test_newer_database_has_a_status(house: Terminal) -> None:
    make_newer(house)
    place = str(house.folder / "plumbline.sqlite")

    assert house.rows("db status", exit_code=1) == [
        {"state": "ahead", "revision": "r9999", "newest": "0006", "place": place}
    ]
    (database, *_) = house.rows("doctor", exit_code=1)
    assert database == {"check": "database", "found": "ahead, revision r9999", "good": False}


def make_newer(terminal: Terminal) -> None:
    store = open_store(terminal.url)
    with store.write() as tx:
        tx.connection.exec_driver_sql("update alembic_version set version_num = 'r9999'")
    store.close()


@pytest.mark.parametrize("line", ["queue", "demo", "db upgrade", "db status", "user list"])
def test_file_that_is_no_database_is_refused(line: str, nowhere: Terminal) -> None:
    nowhere.folder.mkdir()
    file = nowhere.folder / "plumbline.sqlite"
    file.write_bytes(b"something else entirely" * 100)

    assert "[database-unusable]" in nowhere.refused(line)
    assert file.read_bytes() == b"something else entirely" * 100


def test_doctor_examines_what_it_cannot_open(nowhere: Terminal) -> None:
    nowhere.folder.mkdir()
    (nowhere.folder / "plumbline.sqlite").write_bytes(b"something else entirely" * 100)

    found = {row["check"]: row["good"] for row in nowhere.rows("doctor", exit_code=1)}

    assert found == {
        "database": False,
        "sqlite library": upkeep.sqlite_is_sound(),
        "free disk, MiB": True,
        "time zone": True,
    }


def test_doctor_looks_at_a_disk_on_which_no_folder_is_made_yet(tmp_path: Path) -> None:
    deep = Terminal(tmp_path / "not" / "yet" / "there")

    assert {row["check"] for row in deep.rows("doctor", exit_code=1)} >= {"database", "free disk, MiB"}


@pytest.mark.parametrize("line", ["demo", "db upgrade"])
def test_data_folder_that_cannot_be_made_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")

    said = Terminal(tmp_path / "data").refused(line)

    assert said.startswith(f"The data folder {tmp_path / 'data'} cannot be written (File exists); choose another")


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("PLUMBLINE_PORT", "http", "setting-port"),
        ("PLUMBLINE_DATABASE_URL", "mysql://here", "setting-database-url"),
        ("PLUMBLINE_TIME_ZONE", "Nowhere/At-all", "setting-time-zone"),
    ],
)
def test_setting_that_cannot_be_used_is_refused(setting: str, value: str, code: str, nowhere: Terminal) -> None:
    assert nowhere.refused("db status", env={setting: value}).endswith(f"[{code}]")


def test_settings_of_a_terminal_are_those_of_its_folder(nowhere: Terminal) -> None:
    """What the other tests rest on."""
    assert read_settings({"PLUMBLINE_DATA_DIR": str(nowhere.folder)}).database_url == nowhere.url


@pytest.mark.parametrize(
    "line", ["", "db", "export", "calibrations", "queue --nothing", "sample draw", "grade gone.jsonl"]
)
def test_wrong_use_ends_with_two(line: str, nowhere: Terminal) -> None:
    result = nowhere.run(line)

    assert result.exit_code == 2
    assert "Traceback" not in result.output
