"""The worked tables of docs/algorithms/agent-scores.md give the figures that they state."""

import re

import pytest

from benchmarks.scores import SETTINGS, simulate
from qa_app.estimate import Estimate, Measured
from qa_app.stats.mean import mean
from qa_app.stats.standing.scores import score_table
from qa_app.stats.standing.team import stand
from tests.qa_app.stats.standing.worked import make_table
from tests.qa_app.worked import read_document, read_worked

DOCUMENT = "algorithms/agent-scores.md"
BOUNDS = (0.0, 100.0)


def write(measured: Measured) -> str:
    assert isinstance(measured, Estimate)
    assert measured.low is not None
    assert measured.high is not None
    return f"{measured.value:.1f} ({measured.low:.1f} to {measured.high:.1f})"


def test_rules_are_numbered_and_say_their_downside() -> None:
    text = read_document(DOCUMENT)
    assert re.findall(r"^## (A\d)", text, flags=re.MULTILINE) == [f"A{number}" for number in range(1, 8)]
    assert text.count("*Downside*") == 6  # all but what agents see


def test_worked_team_gives_its_figures() -> None:
    rows = read_worked(DOCUMENT, "estimates")
    given = [(row["agent"], *cell.split()) for row in rows for cell in row["scores and who gave them"].split(", ")]
    agents, scores, reviewers = zip(*given, strict=True)
    table = score_table(agents, reviewers, [float(score) for score in scores])
    found = stand(table, bounds=BOUNDS)
    for row in rows:
        agent = row["agent"]
        own = [float(score) for name, score, _ in given if name == agent]
        place = found.places[agent]
        assert row["as graded"] == write(mean(own, bounds=BOUNDS))
        assert row["smoothed"] == write(found.smoothed[agent])
        assert row["adjusted"] == write(found.adjusted[agent])
        assert row["places"] == f"{place.best} to {place.worst}"
        assert row["smallest real difference"] == write(found.smallest_differences[agent])
    severities = {name: write(found.severities[name]).replace("-", "\N{MINUS SIGN}") for name in "ABC"}
    said = ", ".join(f"{name} {words}" for name, words in severities.items())
    assert f"Severity of {said} points." in read_document(DOCUMENT)
    assert stand(make_table(), bounds=BOUNDS) == found  # the same reviews as those that R was given


def test_tables_of_the_simulation_are_of_all_settings_and_say_what_the_text_says() -> None:
    coverage, errors, orders = (read_worked(DOCUMENT, name) for name in ("coverage", "mean squared error", "orders"))
    settings = [(setting.kind, setting.name) for setting in SETTINGS]
    for rows in (coverage, errors, orders):
        assert [(row["scores"], row["team"].split(":")[0]) for row in rows] == settings
    assert all(float(row["adjusted"]) < float(row["raw"]) for row in errors)
    large = [row for row in coverage if " 8 agents" in row["team"] or " 24 agents" in row["team"]]
    assert all(92 <= float(row["adjusted"].rstrip("%")) <= 99 for row in large)
    assert all(float(row["teams with a wrong split"].rstrip("%")) <= 5 for row in orders)


@pytest.mark.long
@pytest.mark.parametrize("place", [3, 9], ids=lambda place: SETTINGS[place].name)
def test_adjusted_scores_are_nearer_to_the_truth_and_hold_it_as_often_as_they_say(place: int) -> None:
    found = simulate(SETTINGS[place], 60, seed=7)
    raw, adjusted = found.tallies["raw"], found.tallies["adjusted"]
    assert adjusted.squares / adjusted.agents < 0.75 * raw.squares / raw.agents
    # Four standard errors over the teams.
    assert adjusted.held / adjusted.given > 0.95 - 4 * found.coverage_errors["adjusted"]
    assert found.tallies["known"].held / found.tallies["known"].given < 0.9
