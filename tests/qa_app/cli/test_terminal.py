from pathlib import Path

from db.store import people
from tests.qa_app.cli.terminal import Terminal


def test_command_is_not_blamed_for_a_database_that_the_test_has_open(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data")
    terminal.done("db upgrade")
    with terminal.opened() as installation:
        with installation.store.read() as tx:
            assert people.count_people(tx) == 0
        # SQLite keeps the command's file open beside ours, and closes it with ours.
        assert terminal.run("db status").exit_code == 0
    assert terminal.open_files() == frozenset()


def test_file_that_stays_open_is_named(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    with (tmp_path / "forgotten").open("w"):
        assert terminal.find_left(frozenset()) == {str(tmp_path / "forgotten")}
    assert terminal.find_left(frozenset()) == frozenset()
