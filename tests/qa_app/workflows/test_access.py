import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from db.records import Credential, Person, PersonId, Role, TeamId
from db.store import audit, people
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused
from qa_app.workflows import access
from qa_app.workflows.access import NewPerson
from tests.factories import NOON
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CY,
    DI,
    EVERYBODY,
    FACILITATOR,
    LEAD,
    MANAGER,
    NINA,
    NORTH,
    SAM,
    SOUTH,
    House,
)

PASSWORD = "long enough for us"
FIRST = NewPerson("Ada Admin", " Ada@Example.org ", frozenset({Role.MANAGER}), password=PASSWORD)
NOT_ADDED = "E-mail and password do not fit. Check both, or ask an admin for a new password."


@pytest.fixture(scope="module")
def password_hash() -> str:
    """Hashing is slow on purpose, so once is enough."""
    return access.hash_password(PASSWORD)


def test_first_admin_is_an_admin_whatever_other_roles_are_asked_for(empty_house: House) -> None:
    assert access.is_empty(empty_house.store)
    admin = access.make_first_admin(empty_house.act(Person(PersonId("p1"), "")), FIRST)
    assert admin == Person(
        PersonId("p1"), "Ada Admin", email="ada@example.org", roles=frozenset({Role.ADMIN, Role.MANAGER})
    )
    assert not access.is_empty(empty_house.store)
    with empty_house.store.read() as tx:
        assert people.person(tx, admin.id) == admin
        (entry,) = audit.entries(tx)
    assert (entry.action, entry.actor_id, entry.object_id, entry.why) == ("person.add", "p1", "p1", "first admin")


def test_first_admin_can_be_made_once_only(house: House) -> None:
    with pytest.raises(NotAllowed) as refusal:
        access.make_first_admin(house.act(Person(PersonId("p1"), "")), FIRST)
    assert refusal.value.code == "already-set-up"
    with house.store.read() as tx:
        assert people.person_by_email(tx, "ada@example.org") is None


@pytest.mark.parametrize("emails", [("one@a.org", "two@a.org"), ("one@a.org", "one@a.org")])
def test_first_admins_at_the_same_moment_are_one(empty_house: House, emails: tuple[str, str]) -> None:
    start = threading.Barrier(2)

    def ask(name: str, email: str) -> str:
        start.wait()
        try:
            access.make_first_admin(empty_house.act(Person(PersonId(name), name)), replace(FIRST, email=email))
        except NotAllowed as refusal:
            return refusal.code
        return "made"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, ("one", "two"), emails)) == ["already-set-up", "made"]


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (NewPerson("  ", "a@example.org", password=PASSWORD), "person-name"),
        (NewPerson("n" * 201, "a@example.org", password=PASSWORD), "person-name"),
        (NewPerson("Ada", None, password=PASSWORD), "person-email"),
        (NewPerson("Ada", "ada", password=PASSWORD), "person-email"),
        (NewPerson("Ada", "a da@example.org", password=PASSWORD), "person-email"),
        (NewPerson("Ada", "ada@example", password=PASSWORD), "person-email"),
        (NewPerson("Ada", "a@example.org", password="short"), "password-length"),
        (NewPerson("Ada", "a@example.org", password=None), "password-length"),
        (NewPerson("Ada", "a@example.org", password="x" * 201), "password-length"),
    ],
)
def test_first_admin_without_usable_values_is_refused(sqlite_house: House, new: NewPerson, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        access.make_first_admin(sqlite_house.act(Person(PersonId("p1"), "")), new)
    assert refusal.value.code == code


def test_person_is_added_with_team_and_scope_made_by_name(house: House) -> None:
    new = NewPerson(
        "Eve", "EVE@example.org", frozenset({Role.COACH}), "North", external_id="x7", scope=frozenset({"North", "West"})
    )
    eve = access.add_person(house.act(ADMIN), new)
    teams = {team.name: team.id for team in access.list_teams(house.act(ADMIN))}
    assert sorted(teams) == ["North", "South", "West"]
    assert eve == Person(
        eve.id,
        "Eve",
        email="eve@example.org",
        external_id="x7",
        team_id=NORTH.id,
        roles=frozenset({Role.COACH}),
        team_scope=frozenset({NORTH.id, teams["West"]}),
    )
    with house.store.read() as tx:
        assert people.person(tx, eve.id) == eve
        assert people.credential(tx, eve.id) is None
        entry = audit.entries(tx)[0]
    assert (entry.action, entry.actor_id) == ("person.add", ADMIN.id)
    assert entry.after == {"roles": ["coach"], "team": NORTH.id, "active": True}


def test_email_that_somebody_has_is_a_conflict(house: House) -> None:
    with pytest.raises(Conflict) as refusal:
        access.add_person(house.act(ADMIN), NewPerson("Another Bo", "BO@example.org"))
    assert refusal.value.code == "email-taken"
    assert [person.name for person in access.list_people(house.act(ADMIN))].count("Another Bo") == 0


@pytest.mark.parametrize("actor", [MANAGER, LEAD, FACILITATOR, BO, COACH, NINA], ids=lambda person: person.name)
def test_only_admins_add_and_disable_people(sqlite_house: House, actor: Person) -> None:
    with pytest.raises(NotAllowed):
        access.add_person(sqlite_house.act(actor), NewPerson("Eve"))
    with pytest.raises(NotAllowed):
        access.set_active(sqlite_house.act(actor), BO.id, active=False)


def test_sign_in_opens_a_session_that_finds_its_person(house: House, password_hash: str) -> None:
    with house.store.write() as tx:
        people.set_credential(tx, Credential(BO.id, password_hash, NOON))
    token = access.sign_in(house.store, " BO@example.org", PASSWORD, now=NOON)
    assert access.find_signed_in(house.store, token, now=NOON) == BO
    assert access.find_by_session(house.store, access.hash_token(token), now=NOON) == BO
    with house.store.read() as tx:
        stored = people.sign_in(tx, access.hash_token(token))
        assert people.sign_in(tx, token) is None
        entry = audit.entries(tx)[0]
    assert stored is not None
    assert stored.expires_at == NOON + timedelta(hours=12)
    assert (entry.action, entry.actor_id) == ("session.open", BO.id)


def test_wrong_password_unknown_email_disabled_account_and_no_password_look_the_same(
    house: House, password_hash: str
) -> None:
    with house.store.write() as tx:
        for person in (BO, CY):
            people.set_credential(tx, Credential(person.id, password_hash, NOON))
    access.set_active(house.act(ADMIN), CY.id, active=False)
    seen = set()
    for email, password in (
        ("bo@example.org", "something else"),
        ("nobody@example.org", PASSWORD),
        ("cy@example.org", PASSWORD),
        ("di@example.org", PASSWORD),
        ("bo@example.org", ""),
    ):
        with pytest.raises(NotAllowed) as refusal:
            access.sign_in(house.store, email, password, now=NOON)
        seen.add((type(refusal.value), refusal.value.code, refusal.value.message))
    assert seen == {(NotAllowed, "sign-in", NOT_ADDED)}


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (timedelta(hours=11, minutes=59), True),
        (timedelta(hours=12), False),
        (timedelta(days=400), False),
    ],
)
def test_session_ends_after_twelve_hours(house: House, after: timedelta, found: bool) -> None:  # noqa: FBT001
    token = access.open_session(house.store, BO.id, now=NOON)
    assert (access.find_signed_in(house.store, token, now=NOON + after) is not None) is found


def test_session_ends_with_sign_out_and_an_unknown_token_is_ignored(house: House) -> None:
    token = access.open_session(house.store, BO.id, now=NOON)
    other = access.open_session(house.store, BO.id, now=NOON)
    access.sign_out(house.store, token, now=NOON)
    access.sign_out(house.store, "never heard of", now=NOON)
    assert access.find_signed_in(house.store, token, now=NOON) is None
    assert access.find_signed_in(house.store, other, now=NOON) == BO
    assert access.find_signed_in(house.store, "never heard of", now=NOON) is None


def test_disabling_ends_every_session_and_enabling_brings_none_back(house: House) -> None:
    tokens = [access.open_session(house.store, BO.id, now=NOON) for _ in range(2)]
    disabled = access.set_active(house.act(ADMIN), BO.id, active=False)
    assert not disabled.active
    access.set_active(house.act(ADMIN), BO.id, active=True)
    assert [access.find_signed_in(house.store, token, now=NOON) for token in tokens] == [None, None]
    with house.store.read() as tx:
        assert [entry.action for entry in audit.entries(tx, object_id=BO.id, limit=2)] == [
            "person.enable",
            "person.disable",
        ]


def test_session_of_a_disabled_person_finds_nobody(house: House) -> None:
    access.set_active(house.act(ADMIN), BO.id, active=False)
    token = access.open_session(house.store, BO.id, now=NOON)
    assert access.find_signed_in(house.store, token, now=NOON) is None


def test_session_notes_when_it_was_seen_at_most_once_a_minute(house: House) -> None:
    token = access.open_session(house.store, BO.id, now=NOON)
    seen = []
    for seconds in (59, 61, 90):
        access.find_signed_in(house.store, token, now=NOON + timedelta(seconds=seconds))
        with house.store.read() as tx:
            stored = people.sign_in(tx, access.hash_token(token))
        assert stored is not None
        seen.append((stored.last_seen_at - NOON).seconds)
    assert seen == [0, 61, 61]


def test_admins_cannot_disable_themselves(sqlite_house: House) -> None:
    with pytest.raises(Refused) as refusal:
        access.set_active(sqlite_house.act(ADMIN), ADMIN.id, active=False)
    assert refusal.value.code == "disable-self"


def test_nobody_can_be_disabled_under_an_unknown_id(sqlite_house: House) -> None:
    with pytest.raises(NotFound):
        access.set_active(sqlite_house.act(ADMIN), PersonId("nobody"), active=False)


@pytest.mark.parametrize(
    ("actor", "missing"),
    [
        (ADMIN, set()),
        (MANAGER, set()),
        (BO, set()),
        (LEAD, {SAM}),
        (NINA, {SAM}),
    ],
    ids=lambda value: value.name if isinstance(value, Person) else "",
)
def test_people_of_other_teams_are_out_of_reach_for_scoped_leads_and_agents(
    house: House, actor: Person, missing: set[Person]
) -> None:
    listed = access.list_people(house.act(actor))
    assert listed == tuple(sorted(set(EVERYBODY) - missing, key=lambda person: person.name))


def test_people_are_listed_by_role_team_and_whether_they_are_active(house: House) -> None:
    context = house.act(ADMIN)
    access.set_active(context, DI.id, active=False)
    assert access.list_people(context, role=Role.REVIEWER) == (BO, CY)
    assert access.list_people(context, team_id=SOUTH.id) == (SAM,)
    assert [person.name for person in access.list_people(context, active=False)] == ["Di"]
    assert len(access.list_people(context, active=None)) == len(EVERYBODY)


def test_people_are_found_by_email_in_the_order_asked_for(house: House) -> None:
    found = access.find_by_emails(house.act(MANAGER), ["cy@example.org", "Bo@Example.org"])
    assert found == (CY, BO)
    with pytest.raises(NotFound) as refusal:
        access.find_by_emails(house.act(MANAGER), ["cy@example.org", "nobody@example.org"])
    assert "nobody@example.org" in refusal.value.message


@pytest.mark.parametrize("wanted", ["nina-north", "nina-north@example.org", "Nina North"])
def test_agent_is_found_by_id_email_and_name(house: House, wanted: str) -> None:
    assert access.find_agent(house.act(MANAGER), wanted) == NINA


def test_agent_of_whom_there_are_two_or_none_is_refused(sqlite_house: House) -> None:
    access.add_person(sqlite_house.act(ADMIN), NewPerson("Nina North", roles=frozenset({Role.AGENT})))
    with pytest.raises(Refused) as twice:
        access.find_agent(sqlite_house.act(MANAGER), "Nina North")
    with pytest.raises(NotFound) as never:
        access.find_agent(sqlite_house.act(LEAD), "Sam South")
    assert (twice.value.code, never.value.code) == ("agent-ambiguous", "no-agent")


def test_commands_act_as_the_named_person_or_the_only_admin(house: House) -> None:
    assert access.find_actor(house.store, None) == ADMIN
    assert access.find_actor(house.store, "BO@example.org") == BO
    access.set_active(house.act(ADMIN), CY.id, active=False)
    for email in ("cy@example.org", "nobody@example.org"):
        with pytest.raises(Refused) as refusal:
            access.find_actor(house.store, email)
        assert refusal.value.code == "no-person"
    access.add_person(house.act(ADMIN), NewPerson("Second", roles=frozenset({Role.ADMIN})))
    with pytest.raises(Refused) as refusal:
        access.find_actor(house.store, None)
    assert refusal.value.code == "who-acts"


def test_team_that_nobody_knows_has_no_people(sqlite_house: House) -> None:
    assert access.list_people(sqlite_house.act(ADMIN), team_id=TeamId("nowhere")) == ()
