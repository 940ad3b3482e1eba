"""That the table of the calibration room's rates is what the simulation gives."""

import pytest

from benchmarks.room import TICKETS, WORLDS, main, simulate_drift, simulate_session
from tests.qa_app.worked import read_worked

DOCUMENT = "algorithms/calibration.md"
REPETITIONS, SEED = 200, 1
FAMILIES = {"reviewer": "rater", "criterion": "item", "ticket": "unit"}
"""Who, as the table says it, and as the statistics do."""
TROUBLED = list(WORLDS)[2]


def test_the_room_names_the_right_reviewer_and_the_right_criterion_as_often_as_the_table_says() -> None:
    found = simulate_session(WORLDS[TROUBLED], 12, repetitions=REPETITIONS, seed=SEED)
    rows = [row for row in read_worked(DOCUMENT, "named") if (row["tickets"], row["world"]) == ("12", TROUBLED)]
    assert [(row["who"], int(row["right"]), int(row["missed"]), int(row["false alarm"])) for row in rows] == [
        (who, found[family].right, found[family].missed, found[family].false) for who, family in FAMILIES.items()
    ]


@pytest.mark.long
def test_drift_alerts_are_as_right_as_the_table_says() -> None:
    tally = simulate_drift(WORLDS[TROUBLED], 8, repetitions=REPETITIONS, seed=SEED)
    (row,) = (
        row for row in read_worked(DOCUMENT, "drift") if (row["tickets a session"], row["world"]) == ("8", TROUBLED)
    )
    assert [int(row[name]) for name in ("right", "missed", "false alarm")] == [tally.right, tally.missed, tally.false]


def test_no_row_of_the_tables_has_more_false_alarms_than_the_rule_promises() -> None:
    rows = [*read_worked(DOCUMENT, "named"), *read_worked(DOCUMENT, "drift")]
    assert len(rows) == len(TICKETS) * len(WORLDS) * len(FAMILIES) + 4 * len(WORLDS)
    assert max(int(row["false alarm"]) for row in rows) <= 0.05 * REPETITIONS


def test_the_command_prints_both_tables(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--repetitions", "1"])
    assert sum(line.startswith("| ") for line in capsys.readouterr().out.splitlines()) == 2 * 2 + 57
