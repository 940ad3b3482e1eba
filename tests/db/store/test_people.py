from datetime import UTC, datetime, timedelta

import pytest

from db.engine import Store
from db.problems import DuplicateKey, RuleBroken, UnknownId
from db.records import Credential, Person, PersonId, Role, SignIn, Team, TeamId
from db.store import people

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RETURNS, BILLING = Team(TeamId("t1"), "Returns"), Team(TeamId("t2"), "billing")
MIRA = Person(
    PersonId("p1"),
    "Mira Øst",
    email="mira@example.org",
    external_id="77",
    team_id=RETURNS.id,
    roles=frozenset({Role.AGENT, Role.REVIEWER}),
    team_scope=frozenset({RETURNS.id, BILLING.id}),
)
ABE = Person(PersonId("p2"), "abe Lind", roles=frozenset({Role.AGENT}), active=False)
ZOE = Person(PersonId("p3"), "Zoe Ray", external_id="77")


@pytest.fixture
def staff(store: Store) -> Store:
    with store.write() as tx:
        people.add_team(tx, RETURNS)
        people.add_team(tx, BILLING)
        for person in (MIRA, ABE, ZOE):
            people.add_person(tx, person)
    return store


def test_teams_are_sorted_by_name_whatever_the_case(staff: Store) -> None:
    with staff.read() as tx:
        assert people.teams(tx) == (BILLING, RETURNS)
        assert people.team_by_name(tx, "Returns") == RETURNS
        assert people.team_by_name(tx, "returns") is None


def test_person_comes_back_as_it_went_in(staff: Store) -> None:
    with staff.read() as tx:
        assert people.person(tx, MIRA.id) == MIRA
        assert people.person(tx, ABE.id) == ABE
        assert people.person(tx, PersonId("nobody")) is None
        assert people.count_people(tx) == 3


def test_person_is_found_by_email_in_any_case(staff: Store) -> None:
    with staff.read() as tx:
        assert people.person_by_email(tx, " Mira@Example.org ") == MIRA
        assert people.person_by_email(tx, "nobody@example.org") is None


def test_people_are_filtered_and_sorted_by_name(staff: Store) -> None:
    with staff.read() as tx:
        assert people.people(tx) == (MIRA, ZOE)
        assert people.people(tx, active=None) == (ABE, MIRA, ZOE)
        assert people.people(tx, active=False) == (ABE,)
        assert people.people(tx, role=Role.AGENT, active=None) == (ABE, MIRA)
        assert people.people(tx, team_id=RETURNS.id) == (MIRA,)


def test_people_are_found_in_bulk(staff: Store) -> None:
    with staff.read() as tx:
        assert people.people_by_id(tx, [ABE.id, ZOE.id, PersonId("nobody")]) == {ABE.id: ABE, ZOE.id: ZOE}
        assert people.people_by_external_id(tx, ["77", "78"]) == {"77": MIRA}
        assert people.people_by_name(tx, ["Zoe Ray", "Zoe"]) == {"Zoe Ray": (ZOE,)}
        assert people.people_by_id(tx, []) == {}


def test_person_with_a_taken_email_is_refused_and_the_transaction_goes_on(staff: Store) -> None:
    with staff.write() as tx:
        with pytest.raises(DuplicateKey) as refusal:
            people.add_person(tx, Person(PersonId("p9"), "Other", email="mira@example.org"))
        people.add_person(tx, Person(PersonId("p9"), "Other", email="other@example.org"))
    assert refusal.value.constraint == "uq_person_email"
    with staff.read() as tx:
        assert people.count_people(tx) == 4


def test_person_of_an_unknown_team_is_refused_without_values_in_the_message(staff: Store) -> None:
    with staff.write() as tx, pytest.raises(RuleBroken) as refusal:
        people.add_person(tx, Person(PersonId("p9"), "Secret Name", team_id=TeamId("none")))
    assert "Secret" not in str(refusal.value)
    assert not isinstance(refusal.value, DuplicateKey)


def test_value_that_postgres_cannot_hold_is_refused_without_telling_it(postgres_store: Store) -> None:
    for name in ("secret" * 100, "secret\x00"):
        with postgres_store.write() as tx:
            with pytest.raises(RuleBroken, match="cannot hold") as refusal:
                people.add_person(tx, Person(PersonId("p9"), name))
            assert people.count_people(tx) == 0
        assert "secret" not in str(refusal.value)


def test_person_is_written_anew(staff: Store) -> None:
    changed = Person(MIRA.id, "Mira East", roles=frozenset({Role.COACH}), active=False)
    with staff.write() as tx:
        people.update_person(tx, changed)
        with pytest.raises(UnknownId):
            people.update_person(tx, Person(PersonId("nobody"), "Nobody"))
    with staff.read() as tx:
        assert people.person(tx, MIRA.id) == changed


def test_credential_is_set_and_changed(staff: Store) -> None:
    first, second = Credential(MIRA.id, "hash-1", NOON), Credential(MIRA.id, "hash-2", NOON + timedelta(days=1))
    with staff.write() as tx:
        people.set_credential(tx, first)
        assert people.credential(tx, MIRA.id) == first
        people.set_credential(tx, second)
    with staff.read() as tx:
        assert people.credential(tx, MIRA.id) == second
        assert people.credential(tx, ABE.id) is None


def test_sign_ins_are_used_and_revoked(staff: Store) -> None:
    later = NOON + timedelta(minutes=5)
    rows = [SignIn(f"hash{n}", MIRA.id, NOON, NOON, NOON + timedelta(hours=8)) for n in (1, 2, 3)]
    with staff.write() as tx:
        for row in rows:
            people.add_sign_in(tx, row)
        people.touch_sign_in(tx, "hash1", later)
        people.revoke_sign_in(tx, "hash2", later)
        people.revoke_sign_in(tx, "hash2", later + timedelta(hours=1))
    with staff.read() as tx:
        used, revoked = people.sign_in(tx, "hash1"), people.sign_in(tx, "hash2")
        assert used is not None
        assert used.last_seen_at == later
        assert used.revoked_at is None
        assert revoked is not None
        assert revoked.revoked_at == later
        assert people.sign_in(tx, "none") is None
    with staff.write() as tx:
        assert people.revoke_sign_ins_of(tx, MIRA.id, later) == 2
        assert people.revoke_sign_ins_of(tx, MIRA.id, later) == 0
