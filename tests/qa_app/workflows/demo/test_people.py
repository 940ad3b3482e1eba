"""The demo's cast: enough of everybody, and different enough to be worth a calibration."""

from collections import Counter

from qa_app.workflows.demo.people import ADMIN, AGENTS, COACHES, FACILITATOR, MANAGER, REVIEWERS, SKILLS, TEAMS


def test_every_team_has_eight_agents() -> None:
    assert Counter(agent.team for agent in AGENTS) == dict.fromkeys(TEAMS, 8)


def test_nobody_shares_an_address() -> None:
    addresses = [person.email for person in (*AGENTS, *REVIEWERS, *COACHES, FACILITATOR, MANAGER, ADMIN)]
    assert len(addresses) == 24 + 6 + 2 + 1 + 1 + 1
    assert len(set(addresses)) == len(addresses)


def test_every_agent_has_every_ability_within_bounds() -> None:
    assert {tuple(agent.abilities) for agent in AGENTS} == {SKILLS}
    assert all(0 < ability < 1 for agent in AGENTS for ability in agent.abilities.values())


def test_reviewers_differ_in_severity() -> None:
    lenient = min(REVIEWERS, key=lambda reviewer: reviewer.severity)
    strict = max(REVIEWERS, key=lambda reviewer: reviewer.severity)
    assert (lenient.name, strict.name) == ("Ben Ashworth", "Leila Farouk")


def test_one_reviewer_drifts_in_the_last_three_weeks() -> None:
    drifting = [reviewer for reviewer in REVIEWERS if reviewer.find_severity(7) != reviewer.severity]
    assert [reviewer.name for reviewer in drifting] == ["Henrik Dahl"]
    # 0.02 at first, then 0.07 more in each of the weeks 5, 6 and 7.
    assert [round(drifting[0].find_severity(week), 2) for week in (0, 4, 5, 6, 7)] == [0.02, 0.02, 0.09, 0.16, 0.23]
