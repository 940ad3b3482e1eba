"""Whom a file means: agents are found by id, then by e-mail, then by exact name; who is not found is made.

Pure once the people and teams are read. Nobody is ever taken for somebody else by a likeness.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from db.records import Person, PersonId, Role, Team, TeamId
from qa_app.intake.model import IncomingPerson


class How(StrEnum):
    """How an agent was found."""

    BY_ID = "by id"
    BY_EMAIL = "by e-mail"
    BY_NAME = "by name"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class AgentMatch:
    """One agent of the file and the person who it is taken for."""

    named: IncomingPerson
    person: Person
    how: How
    remark: str | None = None
    """What does not fit together, where something does not."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several people fit, and the file does not say which one it means."""

    named: IncomingPerson
    count: int


class Cast:
    """People and teams during one import: those of the store, and those that the file adds."""

    def __init__(self, people: Iterable[Person], teams: Iterable[Team], new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._people: dict[PersonId, Person] = {}
        self._by_id: defaultdict[str, list[PersonId]] = defaultdict(list)
        self._by_email: dict[str, PersonId] = {}
        self._by_name: defaultdict[str, list[PersonId]] = defaultdict(list)
        self._teams = {team.name: team for team in teams}
        self._matches: dict[IncomingPerson, AgentMatch | Ambiguous] = {}
        self._touched: dict[PersonId, None] = {}
        self.new_people: list[PersonId] = []
        self.new_teams: list[Team] = []
        for person in people:
            self._know(person)

    @property
    def matches(self) -> tuple[AgentMatch | Ambiguous, ...]:
        """Every agent that was asked for, in the order of asking."""
        return tuple(self._matches.values())

    def people_added(self) -> tuple[Person, ...]:
        """People that the file adds, as they are at the end of it."""
        return tuple(self._people[person_id] for person_id in self.new_people)

    def people_changed(self) -> tuple[Person, ...]:
        """People of the store who became agents, or whose id or e-mail the file has filled in."""
        return tuple(self._people[person_id] for person_id in self._touched if person_id not in self.new_people)

    def known_team(self, name: str) -> Team | None:
        """The team of this name, if there is one."""
        return self._teams.get(name)

    def team(self, name: str) -> Team:
        """The team of this name, made if need be."""
        if name not in self._teams:
            self._teams[name] = Team(TeamId(self._new_id()), name)
            self.new_teams.append(self._teams[name])
        return self._teams[name]

    def find(self, named: IncomingPerson) -> AgentMatch | Ambiguous | None:
        """Who is meant, without making anybody; None: somebody new."""
        if named in self._matches:
            return self._matches[named]
        return self._by_external_id(named) or self._by_mail(named) or self._by_exact_name(named)

    def agent(self, named: IncomingPerson, *, team_id: TeamId | None) -> AgentMatch | Ambiguous:
        """Who is meant, made if need be."""
        found = self.find(named)
        if found is None:
            person = Person(
                id=PersonId(self._new_id()),
                name=named.name,
                email=named.email,
                external_id=named.external_id,
                team_id=team_id,
                roles=frozenset({Role.AGENT}),
            )
            self._know(person)
            self.new_people.append(person.id)
            found = AgentMatch(named, person, How.NEW)
        elif isinstance(found, AgentMatch):
            found = self._complete(found)
        self._matches[named] = found
        return found

    def _complete(self, match: AgentMatch) -> AgentMatch:
        """The person with the role of agent, and with an id and e-mail where they had none."""
        person, named = match.person, match.named
        email_is_free = named.email is not None and named.email not in self._by_email
        fuller = replace(
            person,
            roles=person.roles | {Role.AGENT},
            external_id=person.external_id or named.external_id,
            email=person.email or (named.email if email_is_free else None),
        )
        if fuller != person:
            self._know(fuller)
            self._touched[person.id] = None
        return replace(match, person=fuller)

    def _know(self, person: Person) -> None:
        fresh = person.id not in self._people
        self._people[person.id] = person
        if person.external_id and person.id not in self._by_id[person.external_id]:
            self._by_id[person.external_id].append(person.id)
        if person.email:
            self._by_email[person.email] = person.id
        if fresh:
            self._by_name[person.name].append(person.id)

    def _by_external_id(self, named: IncomingPerson) -> AgentMatch | Ambiguous | None:
        if named.external_id is None:
            return None
        fitting = [self._people[person_id] for person_id in self._by_id.get(named.external_id, ())]
        exact = [person for person in fitting if person.name == named.name]
        return self._one(named, exact or fitting, How.BY_ID)

    def _by_mail(self, named: IncomingPerson) -> AgentMatch | Ambiguous | None:
        person_id = self._by_email.get(named.email) if named.email else None
        return self._one(named, [self._people[person_id]] if person_id else [], How.BY_EMAIL)

    def _by_exact_name(self, named: IncomingPerson) -> AgentMatch | Ambiguous | None:
        people = [self._people[person_id] for person_id in self._by_name.get(named.name, ())]
        # Two ids, or two addresses, are two people of one name.
        fitting = [
            person
            for person in people
            if not (named.external_id and person.external_id and named.external_id != person.external_id)
            and not (named.email and person.email and named.email != person.email)
        ]
        return self._one(named, fitting, How.BY_NAME)

    def _one(self, named: IncomingPerson, fitting: list[Person], how: How) -> AgentMatch | Ambiguous | None:
        if len(fitting) > 1:
            return Ambiguous(named, len(fitting))
        if not fitting:
            return None
        person = fitting[0]
        differs = person.name != named.name
        remark = f"known as {person.name}, here called {named.name}" if differs else None
        return AgentMatch(named, person, how, remark)
