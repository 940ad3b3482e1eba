"""Disputes and acknowledgements by commands: contested, graded again blind, decided, withdrawn, counted."""

import json
from collections.abc import Mapping

import pytest

from db.records import ReviewId
from qa_app.workflows.access import find_actor
from qa_app.workflows.reviews import release_reviews
from tests.factories import BEST
from tests.qa_app.cli.terminal import Env, Terminal

BO, CY, MAX, NINA = ({"PLUMBLINE_USER": f"{who}@example.org"} for who in ("bo", "cy", "max-manager", "nina-north"))


def grade(house: Terminal, assignment: str, answers: Mapping[str, object], *, who: Env) -> str:
    """Grade by a file; returns the review."""
    line = {"assignment": assignment, "answers": dict(answers)}
    file = house.folder / "graded.jsonl"
    file.write_text(json.dumps(line), encoding="utf-8")
    return house.done("grade", file, env=who).split("\t")[0]


@pytest.fixture
def released(house: Terminal) -> list[str]:
    """Nina's three reviews by Bo, released: not greeted, and empathy 3 of 5."""
    sample = house.done("sample draw All --size 4").strip()
    house.done(f"assign {sample} --scorecard care --reviewer bo@example.org")
    queue = {row["ticket"]: row["assignment"] for row in house.rows("queue", env=BO)}
    answers = {**BEST, "note": "n/a", "greeting": "no", "empathy": "3"}
    given = [grade(house, str(queue[ticket]), answers, who=BO) for ticket in ("101", "102", "103")]
    with house.opened() as installation:
        admin = installation.context(find_actor(installation.store, None))
        release_reviews(admin, [ReviewId(review) for review in given])
    return given


def test_dispute_goes_from_raising_over_a_second_grade_to_its_figures(house: Terminal, released: list[str]) -> None:
    review = released[0]
    wrong = house.refused(f"dispute raise {review} --criterion 'empathy=9: why'", env=NINA)
    assert wrong.endswith('Empathy: has no option "9"; valid: 1, 2, 3, 4, 5. [dispute-not-possible]')
    items = "--criterion 'empathy=5: I said sorry: twice' --criterion greeting --reason 'Read on'"
    dispute = house.done(f"dispute raise {review} {items}", env=NINA).strip()
    (row,) = house.rows("dispute list", env=MAX)
    assert (row["dispute"], row["state"], row["second grade"], row["overdue"]) == (dispute, "open", "missing", False)
    assert house.refused(f"dispute decide {dispute} --why No", env=MAX).endswith("[second-missing]")
    assert house.refused(f"dispute assign {dispute} --to bo@example.org", env=MAX).endswith("[second-not-able]")
    asked = house.done(f"dispute assign {dispute} --to cy@example.org", env=MAX).strip()
    (work,) = house.rows("queue", env=CY)
    assert (work["assignment"], work["purpose"]) == (asked, "dispute")
    assert house.refused(f"dispute show {dispute}", env=CY).endswith("[no-dispute]")
    grade(house, asked, {"empathy": "4", "greeting": "no"}, who=CY)
    shown = json.loads(house.done(f"dispute show {dispute} --format json", env=CY))
    assert shown["criteria"] == [
        {
            "criterion": "empathy", "first": "3", "proposed": "5", "second": "4", "decided": None, "upheld": None,
            "reason": "I said sorry: twice",
        },
        {
            "criterion": "greeting", "first": "No", "proposed": None, "second": "No", "decided": None, "upheld": None,
            "reason": "Read on",
        },
    ]  # fmt: skip
    assert house.refused(f"dispute decide {dispute} --why x --answer empathy", env=CY).endswith("[dispute-answer]")
    house.done(f"dispute decide {dispute} --answer empathy=4 --why 'Sorry is there.'", env=CY)
    (row,) = house.rows("dispute list --which all", env=NINA)
    assert row["state"] == "partly_revised"
    shown = json.loads(house.done(f"dispute show {dispute} --format json", env=NINA))["criteria"]
    assert [(each["first"], each["decided"], each["upheld"]) for each in shown] == [
        ("3", "4", False),
        ("No", "No", True),
    ]
    figures = json.loads(house.done("dispute figures --format json", env=MAX))
    assert [(each["criterion"], each["contested"], each["overturned"]) for each in figures["criteria"]] == [
        ("Empathy", 1, 1), ("Greeting", 1, 0),
    ]  # fmt: skip
    assert "Overturned by reviewer" in house.done("dispute figures", env=MAX)


def test_dispute_is_withdrawn_or_about_whose_work_it_was(house: Terminal, released: list[str]) -> None:
    first = house.done(f"dispute raise {released[0]} --reason 'Too hard'", env=NINA).strip()
    house.done(f"dispute withdraw {first}", env=NINA)
    assert house.refused(f"dispute withdraw {first}", env=NINA).endswith("[dispute-decided]")
    second = house.done(f"dispute raise {released[1]} --wrong-agent --reason 'Not me'", env=NINA).strip()
    both = house.refused(f"dispute decide {second} --why x --void --answer empathy=4", env=MAX)
    assert both.endswith("[dispute-kind]")
    house.done(f"dispute decide {second} --why 'Sam did' --move-to sam-south@example.org", env=MAX)
    assert [row["state"] for row in house.rows("dispute list --which all", env=NINA)] == ["wrong_agent", "withdrawn"]


def test_agent_acknowledges_and_a_schedule_finds_what_is_due(house: Terminal, released: list[str]) -> None:
    assert [row["review"] for row in house.rows("acknowledge list", env=NINA)] == released
    house.done(f"acknowledge review {released[1]} --comment Thanks", env=NINA)
    assert [row["review"] for row in house.rows("acknowledge list", env=NINA)] == [released[0], released[2]]
    assert house.done("acknowledge due", env=MAX) == ""
    assert house.refused("acknowledge due", env=NINA).endswith("[not-allowed]")
