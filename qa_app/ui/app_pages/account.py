"""Who I am here, and the way out."""

import streamlit as st

from db.records import TemplateId
from qa_app.domain.access import allows, has_teams
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.widgets.frame import attempt, escape, facts, page_head, quiet, send_button, way_out
from qa_app.workflows import access, templates

context = current_context()
actor = context.actor


def add() -> None:
    """Keep the template that was filled in."""
    read = state.read
    made = attempt(
        lambda: templates.add_template(
            context,
            label=read("account:label", ""),
            text=read("account:text", ""),
            shared=read("account:shared", default=False),
        ),
        done=lambda made: f"Kept. Type / in a comment to insert {made.label}.",
    )
    if made:
        state.forget("account:label")
        state.forget("account:text")


def remove(template_id: TemplateId) -> None:
    """Drop a template."""
    attempt(lambda: templates.remove_template(context, template_id), done=lambda _: "Removed.")


@st.dialog("New comment template")
def fill_in_template() -> None:
    """A name to find it by, and the words."""
    st.text_input("Name, typed after /", key="account:label", max_chars=templates.LABEL_LIMIT)
    st.text_area("Words", key="account:text", max_chars=templates.TEXT_LIMIT)
    if allows(actor, "template.write"):
        st.checkbox("For everybody", key="account:shared")
    send_button("Keep it", add, key="account:add")


def show_templates() -> None:
    """What one can insert at the desk."""
    with st.container(horizontal=True, vertical_alignment="center", width=560):
        st.subheader("Comment templates", anchor=False)
        st.space("stretch")
        if st.button("New template", icon=":material/add:", key="account:new"):
            fill_in_template()
    found = templates.list_templates(context)
    if not found:
        quiet("None yet. Words that you write often can be kept here; at the desk, / in a comment inserts them.")
    for template in found:
        with st.container(border=True, gap="xsmall", width=560, key=f"account:template:{template.id}"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{escape(template.label)}**", width="content")
                if template.owner_id is None:
                    st.badge("Shared", icon=":material/group:", color="gray")
                st.space("stretch")
                if allows(actor, "template.write", owner_id=template.owner_id):
                    st.button(
                        "Remove",
                        type="tertiary",
                        key=f"account:remove:{template.id}",
                        on_click=remove,
                        args=(template.id,),
                    )
            st.text(template.text)


teams = {team.id: team.name for team in access.list_teams(context)}
scope = ", ".join(sorted(teams.get(key, key) for key in actor.team_scope)) or "all teams"
page_head("Account")
with st.container(border=True, width=560):
    facts(
        {
            "Name": actor.name,
            "E-mail": actor.email or "—",
            "Roles": ", ".join(sorted(actor.roles)) or "none yet; ask an admin",
            "Team": teams.get(actor.team_id, "—") if actor.team_id else "—",
        }
        | ({"Sees": scope} if has_teams(actor) else {})
    )
if allows(actor, "template.write", owner_id=actor.id):
    show_templates()
way_out("Sign out", "/sign-out")
