"""The hand-written content: enough of it, complete, and free of loose ends."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from qa_app.workflows.demo.dialogue import fill, make_customer, make_words, play
from qa_app.workflows.demo.dice import Dice
from qa_app.workflows.demo.people import AGENTS, SKILLS, TEAMS, DemoAgent
from qa_app.workflows.demo.scenarios import Scenario, Turn, read_scenarios

SCENARIOS = pytest.mark.parametrize("scenario", read_scenarios(), ids=lambda scenario: scenario.id)


def list_texts(turn: Turn) -> list[str]:
    texts = [turn.text, *turn.variants, *turn.say.values(), *turn.after.values()]
    return [text for text in texts if text is not None]


def test_scenarios_are_plenty_on_every_channel() -> None:
    counts = Counter(scenario.channel for scenario in read_scenarios())
    assert counts == {"chat": 16, "email": 14, "call": 11, "web": 10}
    assert len({scenario.id for scenario in read_scenarios()}) == 51


def test_every_team_is_met_on_every_channel() -> None:
    met = {(scenario.channel, scenario.team) for scenario in read_scenarios()}
    assert met == {(channel, team) for channel in ("chat", "email", "call", "web") for team in TEAMS}


@SCENARIOS
def test_agent_turns_have_a_phrasing_for_each_quality_and_known_skills(scenario: Scenario) -> None:
    for turn in scenario.turns:
        if turn.role == "agent":
            assert {"strong", "solid", "weak"} <= set(turn.say)
            assert len(set(list_texts(turn))) == len(list_texts(turn)) >= 2
            assert set(turn.skills) <= set(SKILLS)
            assert turn.skills


@SCENARIOS
def test_customers_react_to_every_quality(scenario: Scenario) -> None:
    for turn in scenario.turns:
        if turn.role == "customer":
            assert (turn.text is None) == bool(turn.after)
            assert not turn.after or {"strong", "solid", "weak"} <= set(turn.after)


@SCENARIOS
def test_named_turns_stand_before_those_that_lean_on_them(scenario: Scenario) -> None:
    known = {"previous"}
    for turn in scenario.turns:
        assert {turn.link_to, *turn.only} <= known
        if turn.name:
            known.add(turn.name)


@SCENARIOS
def test_every_slot_can_be_filled(scenario: Scenario) -> None:
    words = make_words(
        scenario,
        agent=AGENTS[0],
        second=AGENTS[1],
        customer=make_customer(4),
        arrival=datetime(2026, 9, 1, 9, tzinfo=UTC),
        dice=Dice("words"),
    )
    texts = [*scenario.subjects, *(text for turn in scenario.turns for text in list_texts(turn))]
    left = [text for text in texts if set("{}") & set(fill(text, words))]
    assert left == []


@SCENARIOS
@pytest.mark.parametrize("agent", [AGENTS[2], AGENTS[12], AGENTS[19]], ids=lambda agent: agent.name)
def test_talks_are_neither_too_short_nor_too_long(scenario: Scenario, agent: DemoAgent) -> None:
    for number in range(5):
        lines = play(scenario, agent, AGENTS[0], Dice("length", number), progress=0.5)
        shown = sum(line.text is not None for line in lines)
        assert (2 if scenario.channel in ("email", "web") else 5) <= shown <= 17
