"""People: accounts, roles, teams; switching accounts off and on."""

import streamlit as st

from db.records import PersonId, Role
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.widgets.frame import attempt, empty, page_head
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
    if attempt(lambda: access.add_person(context, new), done=lambda made: f"{made.name} was added.") is not None:
        state.forget("people:")


def switch(person_id: PersonId, *, active: bool) -> None:
    """Disable or enable an account."""
    words = "enabled" if active else "disabled; all their sessions have ended"
    attempt(
        lambda: access.set_active(context, person_id, active=active), done=lambda person: f"{person.name} is {words}."
    )


with page_head("People", context.actor), st.popover("Add a person", icon=":material/person_add:", type="primary"):
    st.text_input("Name", key="people:name", max_chars=200)
    st.text_input("E-mail (to sign in)", key="people:email", max_chars=320)
    st.multiselect("Roles", [role.value for role in Role], key="people:roles")
    st.text_input("Team", key="people:team", max_chars=200)
    st.text_input("Password (10 characters or more)", type="password", key="people:password", max_chars=200)
    st.button("Add", type="primary", on_click=add, key="people:add")
found = access.list_people(context, active=None)
wanted = st.text_input("Find", placeholder="Name, e-mail or role", key="people:find", width=280)
shown = [
    person
    for person in found
    if wanted.casefold() in f"{person.name} {person.email or ''} {' '.join(person.roles)}".casefold()
]
if not shown:
    empty("Nobody fits.", icon=":material/search_off:")
    st.stop()
chosen = row_list(
    [
        {
            "name": person.name,
            "email": person.email or "—",
            "roles": ", ".join(sorted(person.roles)) or "—",
            "team": teams.get(person.team_id, "—") if person.team_id else "—",
            "active": "active" if person.active else "disabled",
        }
        for person in shown
    ],
    button=":material/more_horiz: Manage",
    columns={
        "name": "Name",
        "email": "E-mail",
        "roles": st.column_config.TextColumn("Roles", width="medium"),
        "team": "Team",
        "active": "Account",
    },
    key="people:table",
    alt="People by name",
)


@st.dialog("Manage a person")
def manage(place: int) -> None:
    """What can be done to one account."""
    person = shown[place]
    st.text(f"{person.name}\n{person.email or 'no e-mail'}\n{', '.join(sorted(person.roles)) or 'no role'}")
    label = "Disable the account" if person.active else "Enable the account"
    if st.button(label, on_click=switch, args=(person.id,), kwargs={"active": not person.active}, key="people:switch"):
        st.rerun()


if chosen is not None:
    manage(chosen)
