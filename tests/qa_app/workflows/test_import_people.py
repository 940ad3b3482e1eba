from itertools import count

from db.records import Person, PersonId, Role, Team, TeamId
from qa_app.intake.model import IncomingPerson
from qa_app.workflows.import_people import AgentMatch, Ambiguous, Cast, How

PRIYA = Person(PersonId("p1"), "Priya Nair", "priya@example.com", "A007", roles=frozenset({Role.AGENT}))
TOMAS = Person(PersonId("p2"), "Tomáš Dvořák", roles=frozenset({Role.AGENT}))
MANAGER = Person(PersonId("p3"), "Mo Okafor", "mo@example.com", roles=frozenset({Role.MANAGER}))


def cast(*people: Person) -> Cast:
    numbers = count(1)
    return Cast(people, [Team(TeamId("t1"), "Billing")], lambda: f"new{next(numbers)}")


def found(match: AgentMatch | Ambiguous) -> tuple[str, str]:
    assert isinstance(match, AgentMatch)
    return match.person.id, match.how


def test_an_agent_is_found_by_id_then_by_email_then_by_exact_name() -> None:
    people = cast(PRIYA, TOMAS)
    named = [
        IncomingPerson("P. Nair", "A007", "tomas@example.com"),
        IncomingPerson("P. Nair", None, "priya@example.com"),
        IncomingPerson("Tomáš Dvořák"),
        IncomingPerson("Tomas Dvorak"),
    ]
    assert [found(people.agent(person, team_id=None)) for person in named] == [
        ("p1", How.BY_ID),
        ("p1", How.BY_EMAIL),
        ("p2", How.BY_NAME),
        ("new1", How.NEW),
    ]


def test_a_name_that_differs_from_the_known_one_is_remarked() -> None:
    match = cast(PRIYA).agent(IncomingPerson("Ben", "A007"), team_id=None)
    assert isinstance(match, AgentMatch)
    assert match.remark == "known as Priya Nair, here called Ben"


def test_two_people_of_one_name_are_never_mixed_up() -> None:
    people = cast(PRIYA, TOMAS, Person(PersonId("p9"), "Tomáš Dvořák", external_id="B2"))
    assert people.agent(IncomingPerson("Tomáš Dvořák"), team_id=None) == Ambiguous(IncomingPerson("Tomáš Dvořák"), 2)
    # Another id, or another address, is another person, even of the same name.
    for other in (IncomingPerson("Priya Nair", "A999"), IncomingPerson("Priya Nair", None, "other@example.com")):
        assert found(cast(PRIYA).agent(other, team_id=None)) == ("new1", How.NEW)


def test_one_agent_named_twice_is_made_once() -> None:
    people = cast()
    first = people.agent(IncomingPerson("Ada"), team_id=TeamId("t1"))
    second = people.agent(IncomingPerson("Ada", "A1"), team_id=None)
    assert (found(first)[0], found(second)[0]) == ("new1", "new1")
    assert people.people_added() == (
        Person(PersonId("new1"), "Ada", external_id="A1", team_id=TeamId("t1"), roles=frozenset({Role.AGENT})),
    )
    assert people.people_changed() == ()


def test_somebody_known_becomes_an_agent_and_keeps_the_rest() -> None:
    people = cast(MANAGER)
    people.agent(IncomingPerson("Mo Okafor", "A3", "mo@example.com"), team_id=TeamId("t1"))
    assert people.people_added() == ()
    assert people.people_changed() == (
        Person(PersonId("p3"), "Mo Okafor", "mo@example.com", "A3", roles=frozenset({Role.MANAGER, Role.AGENT})),
    )


def test_an_agent_who_is_known_well_is_not_touched() -> None:
    people = cast(PRIYA)
    people.agent(IncomingPerson("Priya Nair", "A007"), team_id=None)
    assert (people.people_added(), people.people_changed()) == ((), ())


def test_a_team_is_found_by_name_or_made() -> None:
    people = cast()
    assert people.team("Billing").id == "t1"
    assert (people.team("Tier 2").id, people.team("Tier 2").id) == ("new1", "new1")
    assert [team.name for team in people.new_teams] == ["Tier 2"]
