"""Scorecards: what is in force, what ships with Plumbline, and the ways to a scorecard of one's own."""

from collections.abc import Mapping

import streamlit as st

from db.records import ScorecardVersion, ScorecardVersionId, VersionState
from qa_app.domain.access import allows
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.builder.publishing import show_changes
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import Colour, describe_moment
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet, send_button
from qa_app.ui.widgets.scorecard_form import show_form
from qa_app.ui.widgets.scorecard_health import show_health
from qa_app.words import write_count
from qa_app.workflows import scorecard_drafts, scorecard_files, scorecards
from scorecards.model import Scorecard

context = current_context()
zone = installation().settings.time_zone
_STATES: Mapping[VersionState, tuple[str, Colour]] = {
    VersionState.DRAFT: (":material/edit:", "gray"),
    VersionState.PUBLISHED: (":material/check_circle:", "green"),
    VersionState.ARCHIVED: (":material/archive:", "gray"),
}
_OPEN = "scorecards:open"
_FORM, _HEALTH = "Form", "Health of its criteria"
writes = allows(context.actor, "scorecard.write")
publishes = allows(context.actor, "scorecard.publish")


def open_builder(draft: ScorecardVersion | None) -> None:
    """Go to the builder in the run that follows."""
    if draft is not None:
        state.write(_OPEN, draft.id)


def take_shipped(name: str) -> None:
    """Put a shipped scorecard in force."""
    attempt(
        lambda: scorecards.publish_from_library(context, name),
        done=lambda made: f"{made.scorecard.label} is in force as version {made.number}.",
    )


def archive(version_id: ScorecardVersionId) -> None:
    """Take a version out of use."""
    attempt(lambda: scorecards.archive(context, version_id), done=lambda _: "Archived. Its reviews keep it.")


def edit(version: ScorecardVersion) -> None:
    """Open a draft, or the draft of the next version."""
    if version.state is VersionState.DRAFT:
        open_builder(version)
    else:
        open_builder(attempt(lambda: scorecard_drafts.start_next(context, version.id)))


def keep_draft(scorecard: Scorecard) -> None:
    """Keep a scorecard as a draft, and edit it."""
    open_builder(attempt(lambda: scorecards.save_draft(context, scorecard)))


def start() -> None:
    """Begin a scorecard as the dialog says."""
    label = str(state.read("scorecards:new:label", ""))
    source = state.read("scorecards:new:source", "")
    if source:
        open_builder(attempt(lambda: scorecard_drafts.start_copy(context, sources[source], label)))
        return
    section, criterion = (str(state.read(f"scorecards:new:{name}", "")) for name in ("section", "criterion"))
    open_builder(
        attempt(lambda: scorecard_drafts.start_new(context, label, section=section, criterion=criterion)),
    )


@st.dialog("New scorecard")
def ask_new() -> None:
    """Its name, and what it begins with."""
    st.text_input("Name", key="scorecards:new:label", placeholder="Service on chat", max_chars=200)
    source = st.selectbox(
        "Begin with",
        ["", *sources],
        format_func=lambda name: name or "An empty form",
        key="scorecards:new:source",
        help="A copy has a name and versions of its own; the other scorecard stays as it is.",
    )
    if not source:
        st.text_input("First section", key="scorecards:new:section", placeholder="Care for the customer")
        st.text_input("First criterion", key="scorecards:new:criterion", placeholder="Acknowledged the feeling")
    send_button("Start", start, key="scorecards:new:start")


def show_version(version: ScorecardVersion, in_force: ScorecardVersion | None) -> None:
    """One version with its identity, its actions and its form."""
    with st.container(horizontal=True, vertical_alignment="center"):
        icon, colour = _STATES[version.state]
        st.badge(version.state.value, icon=icon, color=colour)
        quiet(
            f"structure {version.structure_hash[:12]} · wording {version.content_hash[:12]} · "
            f"published {describe_moment(version.published_at, zone)}",
            width="content",
        )
        st.space("stretch")
        st.link_button(
            "Excel list",
            f"/export/scorecard/{version.id}",
            icon=":material/download:",
            type="tertiary",
            help="To edit in a spreadsheet and bring back.",
        )
        if version.state is VersionState.PUBLISHED and publishes:
            st.button("Archive", on_click=archive, args=(version.id,), key=f"scorecards:archive:{version.id}")
        if writes:
            st.button(
                "Go on editing" if version.state is VersionState.DRAFT else "Edit",
                type="primary",
                icon=":material/edit:",
                on_click=edit,
                args=(version,),
                help="Published versions never change: edits go into a draft of the next version.",
                key=f"scorecards:edit:{version.id}",
            )
    if version.state is VersionState.DRAFT and in_force is not None:
        show_changes(scorecards.compare_versions(context, in_force.id, version.id))
    if not writes or version.state is VersionState.DRAFT:
        show_form(version.scorecard)
        return
    view = st.segmented_control(
        "View", [_FORM, _HEALTH], default=_FORM, required=True, label_visibility="collapsed", key="scorecards:view"
    )
    if view == _HEALTH:
        show_health(context, version, zone=zone)
    else:
        show_form(version.scorecard)


def show_shipped(scorecard: Scorecard) -> None:
    """One shipped scorecard with what can be done with it."""
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{escape(scorecard.label)}**", width="content")
            quiet(write_count(len(scorecard.criteria), "criterion", "criteria"), width="content")
            st.space("stretch")
            if scorecard.id in known:
                st.badge("in use" if scorecard.id in published else "a draft", icon=":material/check:", color="green")
            elif writes:
                st.button(
                    "Change it first",
                    type="tertiary",
                    on_click=keep_draft,
                    args=(scorecard,),
                    key=f"scorecards:change:{scorecard.id}",
                )
            if publishes and scorecard.id not in known:
                st.button(
                    "Put in force", on_click=take_shipped, args=(scorecard.id,), key=f"scorecards:take:{scorecard.id}"
                )
        st.text(scorecard.description)


def take_file() -> None:
    """A document or a list of one's own: its problems where they are, and the way on."""
    with st.container(horizontal=True, vertical_alignment="center"):
        quiet("A document in YAML or JSON, or a list in Excel: one row a criterion or an answer.", width="content")
        st.link_button("Template of a list", "/export/scorecard-template", icon=":material/download:", type="tertiary")
    upload = st.file_uploader("A scorecard", type=list(scorecard_files.TYPES), key="scorecards:upload")
    if upload is None:
        return
    try:
        with st.spinner("Reading"):
            found = state.recall(
                "scorecards:read",
                (upload.file_id, upload.name),
                lambda: scorecard_files.read_file(upload.getvalue(), name=upload.name),
            )
    except PlumblineError as refusal:
        st.error(escape(refusal.message), icon=":material/error:")
        return
    for problem in found.problems:
        st.code(problem, language=None, wrap_lines=True)
    if found.scorecard is None:
        quiet("Put these right in the file and bring it again.")
        return
    draft = scorecard_drafts.find_draft(context, found.scorecard.id)
    st.success(f"{escape(found.scorecard.label)} can be used.")
    if draft is not None:
        st.warning(
            f"There is a draft of version {draft.number} of this scorecard; this file would take its place.",
            icon=":material/warning:",
        )
    st.button(
        "Replace the draft" if draft else "Keep as a draft",
        type="primary",
        on_click=keep_draft,
        args=(found.scorecard,),
        key="scorecards:keep",
    )
    show_form(found.scorecard)


if opened := state.take(_OPEN, ""):
    st.switch_page("app_pages/builder.py", query_params={"version": opened})
versions = scorecards.list_versions(context)
shipped_cards = scorecards.list_library()
known = {version.scorecard_id for version in versions}
published = {version.scorecard_id for version in versions if version.state is VersionState.PUBLISHED}
sources = {f"{card.label} (shipped)": card for card in shipped_cards} | {
    f"{version.scorecard.label}, version {version.number}": version.scorecard for version in versions
}
with page_head("Scorecards"):
    st.space("stretch")
    if writes and st.button("New scorecard", icon=":material/add:", type="primary", key="scorecards:new"):
        ask_new()
in_use, shipped, own = st.tabs(["In this installation", "Shipped with Plumbline", "From a file"])
with in_use:
    if not versions:
        empty("No scorecard is in force yet. Take a shipped one, or bring your own.", icon=":material/checklist:")
    else:
        labels = {
            version.id: f"{version.scorecard.label}, version {version.number} ({version.state.value})"
            for version in versions
        }
        picked = st.selectbox(
            "Version",
            list(labels),
            format_func=labels.__getitem__,
            key="scorecards:version",
            label_visibility="collapsed",
            width=520,
        )
        version = next(version for version in versions if version.id == picked)
        others = [other for other in versions if other.scorecard_id == version.scorecard_id]
        show_version(version, next((other for other in others if other.state is VersionState.PUBLISHED), None))
with shipped:
    for scorecard in shipped_cards:
        show_shipped(scorecard)
with own:
    if writes:
        take_file()
    else:
        empty("Writing scorecards is for facilitators, managers and admins.", icon=":material/lock:")
