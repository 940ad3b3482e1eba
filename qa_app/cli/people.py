"""The commands of `plumbline user`."""

from typing import Annotated

import typer

from db.records import Person, PersonId, Role
from qa_app.cli.surroundings import As, Format, Shown, act_as, open_here, say, show
from qa_app.workflows import access
from qa_app.workflows.access import NewPerson
from qa_app.workflows.context import make_id

app = typer.Typer(help="Accounts and roles.", no_args_is_help=True)


@app.command()
def add(
    name: str,
    email: Annotated[str | None, typer.Option(help="To sign in with.")] = None,
    role: Annotated[list[Role] | None, typer.Option(help="May be repeated.")] = None,
    team: Annotated[str | None, typer.Option(help="Made where it does not exist.")] = None,
    password: Annotated[
        str | None,
        typer.Option(envvar="PLUMBLINE_NEW_PASSWORD", help="Asked for where --email is given and this is not."),
    ] = None,
    as_: As = None,
) -> None:
    """Add a person; the first one of an empty database becomes the admin.

    Example: plumbline user add "Ann Lee" --email ann@example.org --role reviewer
    """
    if email and password is None:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    new = NewPerson(name, email, frozenset(role or ()), team, password=password)
    installation = open_here()
    if access.is_empty(installation.store):
        roles = new.roles | {Role.ADMIN}
        first = NewPerson(name, email, roles, team, password=password)
        person = access.make_first_admin(installation.context(Person(PersonId(make_id()), name)), first)
    else:
        person = access.add_person(act_as(as_), new)
    print(person.id)
    say(f"{person.name} was added: {', '.join(sorted(person.roles)) or 'no role'}.")


@app.command()
def disable(email: str, as_: As = None) -> None:
    """Switch an account off and end its sessions.

    Example: plumbline user disable ann@example.org
    """
    context = act_as(as_)
    (person,) = access.find_by_emails(context, [email])
    access.set_active(context, person.id, active=False)
    say(f"{person.name} is disabled.")


@app.command("list")
def list_all(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List people.

    Example: plumbline user list --format json
    """
    rows = [
        {
            "id": person.id,
            "name": person.name,
            "email": person.email,
            "roles": ", ".join(sorted(person.roles)),
            "active": person.active,
        }
        for person in access.list_people(act_as(as_), active=None)
    ]
    show(rows, shown=shown)
