"""Teams, people, local accounts and sign-ins."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Row, Select, func, select, update

from db import tables
from db.engine import Transaction
from db.problems import UnknownId
from db.records import Credential, Person, PersonId, Role, SignIn, Team, TeamId
from db.store.rows import children, columns_of, insert_rows, one_piece, select_in, upsert_rows


def add_team(tx: Transaction, team: Team) -> None:
    """Raises DuplicateKey where the name is taken."""
    with one_piece(tx):
        insert_rows(tx, tables.team, [columns_of(team, tables.team)])


def teams(tx: Transaction) -> tuple[Team, ...]:
    """All teams by name."""
    rows = tx.connection.execute(select(tables.team))
    return tuple(sorted((_team(row) for row in rows), key=lambda team: (team.name.casefold(), team.id)))


def team_by_name(tx: Transaction, name: str) -> Team | None:
    """The team of exactly this name."""
    row = tx.connection.execute(select(tables.team).where(tables.team.c.name == name)).one_or_none()
    return None if row is None else _team(row)


def add_person(tx: Transaction, person: Person) -> None:
    """Raises DuplicateKey where the e-mail address is taken."""
    with one_piece(tx):
        insert_rows(tx, tables.person, [columns_of(person, tables.person)])
        _add_sets(tx, person)


def update_person(tx: Transaction, person: Person) -> None:
    """Write all fields of a person anew.

    Raises:
        UnknownId: there is no such person.
        DuplicateKey: somebody else has the e-mail address.
    """
    with one_piece(tx):
        columns = columns_of(person, tables.person)
        if tx.connection.execute(update(tables.person).where(tables.person.c.id == person.id), columns).rowcount == 0:
            raise UnknownId(f"there is no person {person.id}")
        for table in (tables.person_role, tables.person_scope):
            tx.connection.execute(table.delete().where(table.c.person_id == person.id))
        _add_sets(tx, person)


def person(tx: Transaction, person_id: PersonId) -> Person | None:
    """One person, whether active or not."""
    return _first(_people(tx, select(tables.person).where(tables.person.c.id == person_id)))


def person_by_email(tx: Transaction, email: str) -> Person | None:
    """One person by what they sign in with, in whatever case it was typed."""
    return _first(_people(tx, select(tables.person).where(tables.person.c.email == email.strip().lower())))


def people(
    tx: Transaction, *, role: Role | None = None, team_id: TeamId | None = None, active: bool | None = True
) -> tuple[Person, ...]:
    """People by name; active ones only, unless `active` says otherwise (None: both)."""
    wanted = select(tables.person)
    if role is not None:
        having = select(tables.person_role.c.person_id).where(tables.person_role.c.role == role.value)
        wanted = wanted.where(tables.person.c.id.in_(having))
    if team_id is not None:
        wanted = wanted.where(tables.person.c.team_id == team_id)
    if active is not None:
        wanted = wanted.where(tables.person.c.active == active)
    return _people(tx, wanted)


def people_by_id(tx: Transaction, ids: Iterable[PersonId]) -> dict[PersonId, Person]:
    """The people of these ids; unknown ids are left out."""
    found = _people_in(tx, tables.person.c.id, ids)
    return {person.id: person for person in found}


def people_by_external_id(tx: Transaction, ids: Iterable[str]) -> dict[str, Person]:
    """The people whom a helpdesk knows by these ids; of several with one id, the first by name."""
    found = _people_in(tx, tables.person.c.external_id, ids)
    return {str(person.external_id): person for person in reversed(found)}


def people_by_name(tx: Transaction, names: Iterable[str]) -> dict[str, tuple[Person, ...]]:
    """Everybody of exactly these names; a name that nobody has is left out."""
    found: dict[str, tuple[Person, ...]] = {}
    for person in _people_in(tx, tables.person.c.name, names):
        found[person.name] = (*found.get(person.name, ()), person)
    return found


def count_people(tx: Transaction) -> int:
    """How many people there are, active or not."""
    return tx.connection.execute(select(func.count()).select_from(tables.person)).scalar_one()


def set_credential(tx: Transaction, credential: Credential) -> None:
    """Set or change the password of a local account."""
    with one_piece(tx):
        upsert_rows(tx, tables.credential, [columns_of(credential, tables.credential)], keys=["person_id"])


def credential(tx: Transaction, person_id: PersonId) -> Credential | None:
    """The password of a local account; None where the person has none."""
    row = tx.connection.execute(
        select(tables.credential).where(tables.credential.c.person_id == person_id)
    ).one_or_none()
    return None if row is None else Credential(PersonId(row.person_id), row.password_hash, row.changed_at)


def add_sign_in(tx: Transaction, sign_in: SignIn) -> None:
    """Begin a sign-in."""
    with one_piece(tx):
        insert_rows(tx, tables.sign_in, [columns_of(sign_in, tables.sign_in)])


def sign_in(tx: Transaction, token_hash: str) -> SignIn | None:
    """A sign-in, also an expired or revoked one."""
    row = tx.connection.execute(select(tables.sign_in).where(tables.sign_in.c.token_hash == token_hash)).one_or_none()
    if row is None:
        return None
    return SignIn(
        row.token_hash, PersonId(row.person_id), row.created_at, row.last_seen_at, row.expires_at, row.revoked_at
    )


def touch_sign_in(tx: Transaction, token_hash: str, at: datetime) -> None:
    """Note when a sign-in was last used."""
    tx.connection.execute(
        update(tables.sign_in).where(tables.sign_in.c.token_hash == token_hash).values(last_seen_at=at)
    )


def revoke_sign_in(tx: Transaction, token_hash: str, at: datetime) -> None:
    """End one sign-in; one that was ended before keeps its time."""
    open_one = (tables.sign_in.c.token_hash == token_hash) & tables.sign_in.c.revoked_at.is_(None)
    tx.connection.execute(update(tables.sign_in).where(open_one).values(revoked_at=at))


def revoke_sign_ins_of(tx: Transaction, person_id: PersonId, at: datetime) -> int:
    """End all sign-ins of a person; says how many were not ended before."""
    open_ones = (tables.sign_in.c.person_id == person_id) & tables.sign_in.c.revoked_at.is_(None)
    return tx.connection.execute(update(tables.sign_in).where(open_ones).values(revoked_at=at)).rowcount


def _add_sets(tx: Transaction, person: Person) -> None:
    insert_rows(tx, tables.person_role, [{"person_id": person.id, "role": role.value} for role in sorted(person.roles)])
    insert_rows(
        tx, tables.person_scope, [{"person_id": person.id, "team_id": team} for team in sorted(person.team_scope)]
    )


def _people_in(tx: Transaction, column: Column[Any], values: Iterable[str]) -> tuple[Person, ...]:
    return _with_sets(tx, list(select_in(tx, select(tables.person), column, values)))


def _people(tx: Transaction, wanted: Select[Any]) -> tuple[Person, ...]:
    return _with_sets(tx, tx.connection.execute(wanted).all())


def _with_sets(tx: Transaction, rows: Sequence[Row[Any]]) -> tuple[Person, ...]:
    ids = [row.id for row in rows]
    roles = children(tx, tables.person_role.c.person_id, ids)
    scopes = children(tx, tables.person_scope.c.person_id, ids)
    found = [
        Person(
            id=PersonId(row.id),
            name=row.name,
            email=row.email,
            external_id=row.external_id,
            team_id=None if row.team_id is None else TeamId(row.team_id),
            roles=frozenset(Role(child.role) for child in roles.get(row.id, ())),
            team_scope=frozenset(TeamId(child.team_id) for child in scopes.get(row.id, ())),
            active=row.active,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda person: (person.name.casefold(), person.id)))


def _team(row: Row[Any]) -> Team:
    return Team(TeamId(row.id), row.name)


def _first(found: tuple[Person, ...]) -> Person | None:
    return found[0] if found else None
