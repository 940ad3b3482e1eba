from dataclasses import replace
from datetime import date, timedelta

import pytest

from db.records import Person, Review, Role, Selection, TeamId, Ticket
from db.store import people, tickets
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.estimate import Estimate, Undefined
from qa_app.reports import AgentReport
from qa_app.standings import AgentStanding, TeamReport
from qa_app.stats.standing.scores import score_table
from qa_app.stats.standing.team import stand
from qa_app.workflows import reviews
from qa_app.workflows.agent_results import report_agent
from qa_app.workflows.team_scores import count_ties, list_scored_teams, report_team
from tests.factories import make_conversation, make_person
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CY,
    FACILITATOR,
    LEAD,
    MANAGER,
    NINA,
    NORTH,
    SAM,
    SOUTH,
    T1,
    T2,
    T3,
    T4,
    UTC_ZONE,
    House,
)

pytestmark = pytest.mark.long

START, END = date(2026, 3, 2), date(2026, 3, 15)


def report(house: House, actor: Person = COACH, team: TeamId | None = NORTH.id) -> TeamReport:
    return report_team(house.act(actor), team, start=START, end=END, zone=UTC_ZONE)


def own(house: House, actor: Person, agent: Person = NINA) -> AgentReport:
    return report_agent(house.act(actor), agent.id, start=START, end=END, zone=UTC_ZONE)


def add_agents(house: House, count: int) -> dict[Person, tuple[Ticket, ...]]:
    """So many colleagues of Nina, with two tickets each; Nina has three."""
    agents = [make_person(f"Ann {number}", Role.AGENT, team=NORTH) for number in range(count)]
    contacts = {
        agent: tuple(make_conversation(20 + 2 * place + step, agent=agent) for step in (0, 1))
        for place, agent in enumerate(agents)
    }
    with house.store.write() as tx:
        for agent in agents:
            people.add_person(tx, agent)
        tickets.add_conversations(tx, [contact for pair in contacts.values() for contact in pair])
    return {NINA: (T1, T2, T3)} | {agent: tuple(contact.ticket for contact in pair) for agent, pair in contacts.items()}


def grade_all(house: House, found: dict[Person, tuple[Ticket, ...]]) -> list[Review]:
    """Every ticket at random, by two reviewers in turn, with scores that fall from agent to agent."""
    return [
        house.grade((BO, CY)[(place + step) % 2], ticket, {"wait": min(10, 2 * place + step), "empathy": str(5 - step)})
        for place, listed in enumerate(found.values())
        for step, ticket in enumerate(listed)
    ]


def of(found: TeamReport, agent: Person) -> AgentStanding:
    return next(one for one in found.standings if one.agent.id == agent.id)


def scored(review: Review) -> float:
    assert review.score is not None
    assert review.score.reported is not None
    return float(review.score.reported)


def test_report_holds_what_the_estimates_say(house: House) -> None:
    graded = grade_all(house, add_agents(house, 3))
    found = report(house)
    table = score_table(
        [review.agent_id or "" for review in graded],
        [review.reviewer_id for review in graded],
        list(map(scored, graded)),
    )
    theirs = stand(table, bounds=(0.0, 100.0))
    for one in found.standings:
        assert one.smoothed == theirs.smoothed[one.agent.id]
        assert one.adjusted == theirs.adjusted[one.agent.id]
        assert one.smallest_difference == theirs.smallest_differences[one.agent.id]
        place = theirs.places[one.agent.id]
        assert (one.rank_low, one.rank_high, one.tied_with) == (place.best, place.worst, place.tied)
    assert (found.between, found.reliability) == (theirs.between, theirs.reliability)
    assert {one.name: one.severity for one in found.reviewers} == {
        BO.name: theirs.severities[BO.id], CY.name: theirs.severities[CY.id]
    }  # fmt: skip
    values = [one.adjusted.value for one in found.standings if isinstance(one.adjusted, Estimate)]
    assert values == sorted(values, reverse=True)
    assert (found.team, len(values), count_ties(found)[1]) == ("North", 4, 6)
    assert {skill.skill for skill in of(found, NINA).skills} == {"attitude", "empathy", "problem_solving", "procedure"}


def test_agent_page_shows_the_standing_of_the_team_report(sqlite_house: House) -> None:
    grade_all(sqlite_house, add_agents(sqlite_house, 2))
    team = report(sqlite_house)
    alone = own(sqlite_house, COACH)
    assert alone.standing == of(team, NINA)
    assert alone.team_mean == team.mean
    given = report_agent(sqlite_house.act(COACH), NINA.id, start=START, end=END, zone=UTC_ZONE, team=team)
    assert (given.standing, given.team_mean, given.slope) == (alone.standing, alone.team_mean, alone.slope)


def test_targeted_reviews_move_no_estimate(sqlite_house: House) -> None:
    grade_all(sqlite_house, add_agents(sqlite_house, 2))
    before = of(report(sqlite_house), NINA)
    sqlite_house.grade(BO, T1, {"identity": "no"}, selection=Selection.TARGETED)
    sqlite_house.grade(BO, T2, {"identity": "no"}, selection=Selection.BY_HAND)
    after = of(report(sqlite_house), NINA)
    assert isinstance(after.targeted, Estimate)
    assert (after.targeted.value, after.targeted.n_units) == (0.0, 2)
    assert replace(after, targeted=before.targeted) == before


def test_agents_see_own_figures_of_released_reviews_and_of_the_team_only_its_mean(sqlite_house: House) -> None:
    graded = grade_all(sqlite_house, add_agents(sqlite_house, 4))
    sqlite_house.release(*graded)
    mine, coached = own(sqlite_house, NINA), own(sqlite_house, COACH)
    assert mine.standing is not None
    assert coached.standing is not None
    assert coached.standing.rank_low == 1
    assert (mine.standing.rank_low, mine.standing.rank_high, mine.standing.tied_with) == (None, None, ())
    assert mine.standing.adjusted == coached.standing.adjusted
    assert isinstance(mine.team_mean, Estimate)
    assert not any(name in repr(mine) for name in ("Ann 0", "Ann 3"))


def test_small_teams_tell_an_agent_nothing_of_colleagues(sqlite_house: House) -> None:
    sqlite_house.release(*grade_all(sqlite_house, add_agents(sqlite_house, 3)))
    mine = own(sqlite_house, NINA)
    assert mine.standing is not None
    for measured in (mine.standing.smoothed, mine.standing.adjusted, mine.team_mean):
        assert isinstance(measured, Undefined)
        assert measured.reason == "too-few-agents"
    assert isinstance(mine.score, Estimate)


def test_unreleased_reviews_of_colleagues_stay_out_of_what_an_agent_sees(sqlite_house: House) -> None:
    graded = grade_all(sqlite_house, add_agents(sqlite_house, 5))
    sqlite_house.release(*graded[:-2])
    before = own(sqlite_house, NINA).team_mean
    reviews.void_review(sqlite_house.act(MANAGER), graded[-1].id, reason="Test ticket")
    assert own(sqlite_house, NINA).team_mean == before


def test_tickets_that_the_viewer_grades_blind_are_left_out(sqlite_house: House) -> None:
    both = replace(COACH, roles=frozenset({Role.COACH, Role.REVIEWER}))
    with sqlite_house.store.write() as tx:
        people.update_person(tx, both)
    sqlite_house.grade(BO, T1)
    sqlite_house.grade(BO, T2, {"wait": 3})
    sqlite_house.open_session(T1.id, graders=(BO, both))
    assert of(report(sqlite_house, both), NINA).n_reviews == 1
    assert of(report(sqlite_house, MANAGER), NINA).n_reviews == 2


def test_coach_who_is_also_an_agent_sees_own_released_reviews_only(sqlite_house: House) -> None:
    both = replace(NINA, roles=frozenset({Role.AGENT, Role.COACH}))
    with sqlite_house.store.write() as tx:
        people.update_person(tx, both)
    sqlite_house.grade(BO, T1)
    assert of(report(sqlite_house, both), NINA).n_reviews == 0
    assert of(report(sqlite_house, COACH), NINA).n_reviews == 1


def test_empty_team_has_reasons_instead_of_numbers(sqlite_house: House) -> None:
    found = report(sqlite_house)
    (nina,) = found.standings
    figures = (found.mean, found.between, found.reliability, found.smallest_difference)
    for measured in (*figures, nina.score, nina.smoothed, nina.adjusted, nina.smallest_difference):
        assert isinstance(measured, Undefined)
        assert measured.reason == "no-values"
    assert (nina.rank_low, nina.rank_high, nina.tied_with, found.reviewers, count_ties(found)) == (
        None,
        None,
        (),
        (),
        (0, 0),
    )
    alone = own(sqlite_house, COACH)
    assert (alone.standing, alone.team_mean) == (None, None)


def test_all_teams_are_those_within_reach(sqlite_house: House) -> None:
    sqlite_house.grade(BO, T1)
    sqlite_house.grade(BO, T4)
    assert [one.agent.name for one in report(sqlite_house, MANAGER, None).standings] == [NINA.name, SAM.name]
    assert [one.agent.name for one in report(sqlite_house, LEAD, None).standings] == [NINA.name]
    assert list_scored_teams(sqlite_house.act(LEAD)) == (NORTH,)
    assert list_scored_teams(sqlite_house.act(MANAGER)) == (NORTH, SOUTH)


@pytest.mark.parametrize(
    ("actor", "team", "may"),
    [
        (ADMIN, SOUTH.id, True),
        (MANAGER, None, True),
        (LEAD, NORTH.id, True),
        (LEAD, SOUTH.id, False),
        (COACH, SOUTH.id, True),
        (NINA, NORTH.id, False),
        (NINA, None, False),
        (BO, NORTH.id, False),
        (FACILITATOR, None, False),
    ],
    ids=lambda value: value.name if isinstance(value, Person) else str(value),
)
def test_team_figures_are_for_those_who_coach_it(
    sqlite_house: House, actor: Person, team: TeamId | None, *, may: bool
) -> None:
    try:
        report(sqlite_house, actor, team)
    except NotAllowed:
        assert not may
    else:
        assert may


def test_unknown_team_and_turned_period_are_refused(sqlite_house: House) -> None:
    with pytest.raises(NotFound):
        report(sqlite_house, ADMIN, TeamId("none"))
    with pytest.raises(Refused):
        report_team(sqlite_house.act(ADMIN), None, start=END, end=START - timedelta(days=1), zone=UTC_ZONE)
