"""People: accounts, roles, teams; switching accounts off and on."""

import streamlit as st

from db.records import Person, PersonId, Role
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.present import matches
from qa_app.ui.widgets.frame import attempt, empty, facts, page_head, send_button
from qa_app.ui.widgets.rows import row_list
from qa_app.workflows import access

context = current_context()
teams = {team.id: team.name for team in access.list_teams(context)}


def add() -> None:
    """Make the person that was filled in."""
    read = state.read
    chosen_roles: list[str] = read("people:roles", [])
    new = access.NewPerson(
        name=read("people:name", ""),
        email=read("people:email", "") or None,
        roles=frozenset(Role(role) for role in chosen_roles),
        team=read("people:team", "") or None,
        password=read("people:password", "") or None,
    )
    attempt(lambda: access.add_person(context, new), done=lambda made: f"{made.name} was added.")


def switch(person_id: PersonId, active: bool) -> None:  # noqa: FBT001 - a button's callback gets places, not names
    """Disable or enable an account."""
    words = "enabled" if active else "disabled; all their sessions have ended"
    attempt(
        lambda: access.set_active(context, person_id, active=active), done=lambda person: f"{person.name} is {words}."
    )


@st.dialog("Add a person")
def fill_in_person() -> None:
    """Who it is, and what they may do."""
    st.text_input("Name", key="people:name", max_chars=200)
    st.text_input("E-mail (to sign in)", key="people:email", max_chars=320)
    st.multiselect("Roles", [role.value for role in Role], key="people:roles")
    st.selectbox(
        "Team", sorted(teams.values()), index=None, accept_new_options=True, placeholder="No team", key="people:team"
    )
    st.text_input("Password (10 characters or more)", type="password", key="people:password", max_chars=200)
    send_button("Add", add, key="people:add")


@st.dialog("Manage a person")
def manage(person: Person) -> None:
    """What can be done to one account."""
    facts(
        {
            "Name": person.name,
            "E-mail": person.email or "—",
            "Roles": ", ".join(sorted(person.roles)) or "no role",
            "Account": "active" if person.active else "disabled",
        }
    )
    label = "Disable the account" if person.active else "Enable the account"
    send_button(label, switch, key="people:switch", args=(person.id, not person.active))


with page_head("People"):
    st.space("stretch")
    if st.button("Add a person", icon=":material/person_add:", type="primary", key="people:new"):
        fill_in_person()
wanted = st.text_input("Find", placeholder="Name, e-mail, role or team", key="people:find", width=280)
shown = [
    person
    for person in access.list_people(context, active=None)
    if matches(
        wanted, person.name, person.email, *person.roles, teams.get(person.team_id, "") if person.team_id else ""
    )
]
if not shown:
    empty("Nobody fits.", icon=":material/search_off:")
    st.stop()
chosen = row_list(
    [
        {
            "name": person.name,
            "roles": ", ".join(sorted(person.roles)) or "—",
            "active": "✓ active" if person.active else "✗ disabled",
            "email": person.email or "—",
            "team": teams.get(person.team_id, "—") if person.team_id else "—",
        }
        for person in shown
    ],
    button="Manage",
    columns={
        "name": st.column_config.TextColumn("Name", width=150),
        "roles": st.column_config.TextColumn("Roles", width="medium"),
        "active": st.column_config.TextColumn("Account", width=90),
        "email": st.column_config.TextColumn("E-mail", width="medium"),
        "team": st.column_config.TextColumn("Team", width="medium"),
    },
    key="people:table",
    alt="People by name",
)
if chosen is not None:
    manage(shown[chosen])
