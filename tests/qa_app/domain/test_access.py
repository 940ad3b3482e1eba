from dataclasses import replace

import pytest

from db.records import Person, PersonId, Role, TeamId
from qa_app.domain.access import ACTIONS, Reach, allows, reach, require
from qa_app.errors import NotAllowed

NORTH, SOUTH = TeamId("north"), TeamId("south")
SOMEBODY = PersonId("somebody")

# A: every record. T: records of the person's teams. o: own records. .: none. The whole policy stands here.
TABLE = """
action                 admin manager facilitator reviewer coach agent
ticket.import          A     T       .           .        .     .
ticket.read            A     T       T           T        T     o
sample.draw            A     T       T           .        .     .
sample.read            A     T       T           T        .     .
assignment.make        A     T       T           .        .     .
assignment.read        A     T       T           o        o     .
assignment.reassign    A     T       T           .        .     .
assignment.skip        A     T       o           o        o     .
assignment.replace     A     T       o           o        o     .
review.grade           o     o       o           o        o     .
review.self            .     .       .           .        .     o
review.read            A     T       T           T        T     o
review.release         A     T       .           .        T     .
review.acknowledge     .     .       .           .        .     o
review.void            A     T       .           .        .     .
review.correct         A     T       o           o        o     .
calibration.open       A     T       T           .        .     .
calibration.grade      o     o       o           o        o     .
calibration.read       A     A       A           A        A     .
calibration.reveal     A     A       A           .        .     .
calibration.record     A     A       A           .        .     .
coaching.read          A     T       .           .        T     o
coaching.read_private  A     T       .           .        T     .
coaching.write         A     T       .           .        T     .
coaching.take_part     A     T       .           .        T     o
objective.read         A     T       .           .        T     o
dispute.raise          .     .       .           .        T     o
dispute.read           A     T       T           T        T     o
dispute.decide         A     T       T           .        .     .
export.coaching        A     T       .           .        T     o
export.calibration     A     A       A           .        .     .
export.programme       A     T       .           .        .     .
export.raw             A     T       .           .        .     .
scorecard.read         A     A       A           A        A     A
scorecard.write        A     A       A           .        .     .
scorecard.publish      A     A       .           .        .     .
template.write         A     A       o           o        o     .
person.read            A     T       T           T        T     o
person.write           A     .       .           .        .     .
audit.read             A     .       .           .        .     .
audit.verify           A     A       .           .        .     .
settings.write         A     .       .           .        .     .
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
ROLES = [Role(name) for name in ROWS[0][1:]]
CELLS = [(role, row[0], letter) for row in ROWS[1:] for role, letter in zip(ROLES, row[1:], strict=True)]


def person(*roles: Role, teams: frozenset[TeamId] = frozenset()) -> Person:
    return Person(PersonId("me"), "Me", roles=frozenset(roles), team_scope=teams)


def test_the_table_names_every_action_once() -> None:
    assert [row[0] for row in ROWS[1:]] == list(ACTIONS)
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize(("role", "action", "letter"), CELLS)
def test_policy_of_a_person_without_team_scope(role: Role, action: str, letter: str) -> None:
    me = person(role)
    asked = (
        allows(me, action),
        allows(me, action, team_id=NORTH, owner_id=SOMEBODY),
        allows(me, action, team_id=NORTH, owner_id=me.id),
    )
    assert (
        asked
        == {
            "A": (True, True, True),
            "T": (True, True, True),
            "o": (False, False, True),
            ".": (False, False, False),
        }[letter]
    )


@pytest.mark.parametrize(("role", "action", "letter"), CELLS)
def test_policy_of_a_person_limited_to_a_team(role: Role, action: str, letter: str) -> None:
    me = person(role, teams=frozenset({NORTH}))
    asked = (
        allows(me, action),
        allows(me, action, team_id=NORTH),
        allows(me, action, team_id=SOUTH),
        allows(me, action, team_id=SOUTH, owner_id=me.id),
    )
    assert (
        asked
        == {
            "A": (True, True, True, True),
            "T": (False, True, False, False),
            "o": (False, False, False, True),
            ".": (False, False, False, False),
        }[letter]
    )


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_may_anything_without_a_role_or_with_an_account_that_is_off(action: str) -> None:
    everything = person(*Role)
    assert allows(everything, action, team_id=NORTH, owner_id=everything.id)
    assert not allows(replace(everything, active=False), action, team_id=NORTH, owner_id=everything.id)
    assert not allows(person(), action, team_id=NORTH, owner_id=PersonId("me"))


def test_two_roles_reach_as_far_as_both_together() -> None:
    both = person(Role.REVIEWER, Role.AGENT, teams=frozenset({NORTH}))
    assert reach(both, "review.read") == Reach(teams=frozenset({NORTH}), own=True)


def test_reach_of_an_unlimited_person_is_everything() -> None:
    assert reach(person(Role.MANAGER), "review.read") == Reach(everything=True)
    assert reach(person(Role.AGENT), "settings.write").nothing


def test_an_action_that_does_not_exist_is_a_broken_promise() -> None:
    with pytest.raises(ValueError, match="there is no action"):
        allows(person(Role.ADMIN), "review.raed")


def test_require_says_which_roles_may() -> None:
    with pytest.raises(NotAllowed) as refusal:
        require(person(Role.REVIEWER), "review.void", team_id=NORTH)
    assert refusal.value.code == "not-allowed"
    assert refusal.value.message == (
        "Take a review out of all scores: your roles (reviewer) do not include this. "
        "Roles that do: admin, manager. Ask an admin."
    )


def test_require_says_that_a_record_is_outside_of_the_teams() -> None:
    with pytest.raises(NotAllowed, match="you may do this for your teams only, and this record is outside of them"):
        require(person(Role.COACH, teams=frozenset({NORTH})), "coaching.read", team_id=SOUTH)


def test_require_says_that_an_account_is_off() -> None:
    with pytest.raises(NotAllowed, match="Read a ticket: this account is switched off"):
        require(replace(person(Role.ADMIN), active=False), "ticket.read")


def test_require_does_nothing_where_the_policy_says_yes() -> None:
    require(person(Role.ADMIN), "settings.write")
