"""The scorecard builder: a draft in the making, with the desk's scorecard beside it.

`?version=…` opens a draft (of a published version: its next draft), `?scorecard=…` the same by the scorecard's id, and
`&criterion=…` goes to one criterion.
"""

from typing import cast

import streamlit as st

from db.records import ScorecardVersion, ScorecardVersionId, VersionState
from qa_app.domain.access import allows
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.builder.bench import Bench, find_picked, open_bench
from qa_app.ui.builder.criterion_editor import edit_criterion
from qa_app.ui.builder.document_editor import edit_document
from qa_app.ui.builder.form_editor import edit_form, edit_section
from qa_app.ui.builder.outline import show_outline
from qa_app.ui.builder.publishing import show_outlook
from qa_app.ui.desk.preview import Scheme, mount_preview
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import CHANNELS, describe_moment
from qa_app.ui.widgets.dead_end import show_dead_end
from qa_app.ui.widgets.frame import attempt, empty, page_head, quiet, send_button
from qa_app.words import write_count
from qa_app.workflows import scorecard_drafts, scorecards
from scorecards.editing import list_channels
from scorecards.model import Channel, Criterion, Scorecard, Section

context = current_context()
zone = installation().settings.time_zone
_SOUND = "bench:sound"
_VIEWS = ("Edit", "As a document", "What it changes")


def find_version() -> ScorecardVersion:
    """The version that the address names: a draft where there is one, else the newest."""
    version_id, scorecard_id = state.link_value("version"), state.link_value("scorecard")
    if version_id:
        return scorecards.find_version(context, ScorecardVersionId(version_id))
    versions = scorecards.list_versions(context, scorecard_id=scorecard_id or "")
    return versions[0] if versions else scorecards.find_version(context, ScorecardVersionId(""))


def start_next(version: ScorecardVersion) -> None:
    """Begin the draft of the next version, or go on with the one that there is."""
    made = attempt(lambda: scorecard_drafts.start_next(context, version.id))
    if made is not None:
        state.write_link(version=made.id, scorecard="")


def publish(bench: Bench) -> None:
    """Put the draft in force."""
    attempt(
        lambda: scorecards.publish(context, bench.draft.id),
        done=lambda made: f"{made.scorecard.label} is in force as version {made.number}.",
    )


def discard(bench: Bench) -> None:
    """Throw the draft away."""
    attempt(lambda: scorecard_drafts.discard_draft(context, bench.draft.id), done=lambda _: "The draft is gone.")


@st.dialog("Publish", width="medium")
def ask_publish(bench: Bench) -> None:
    """What it means, and the last word."""
    show_outlook(bench.outlook, bench.draft)
    send_button(f"Publish version {bench.draft.number}", publish, args=(bench,), key="builder:publish")


@st.dialog("Discard the draft")
def ask_discard(bench: Bench) -> None:
    """The last word."""
    st.markdown("The draft and all edits since the last published version go. Published versions stay as they are.")
    send_button("Discard it", discard, args=(bench,), key="builder:discard")


def show_head(bench: Bench) -> None:
    """What is edited, whether it can be published, and the way back."""
    draft, errors = bench.draft, bench.outlook.errors
    with page_head(draft.scorecard.label):
        st.badge(f"draft of version {draft.number}", icon=":material/edit:", color="gray")
        quiet(f"kept {describe_moment(draft.created_at, zone)}", width="content")
        if errors:
            st.badge(write_count(len(errors), "problem"), icon=":material/error:", color="red")
        st.space("stretch")
        st.button(
            "Undo",
            icon=":material/undo:",
            on_click=bench.take_back,
            disabled=not bench.can_take_back,
            key="builder:undo",
            help="Take back the last change that was made in this tab.",
        )
        if st.button("Discard", icon=":material/delete:", type="tertiary", key="builder:discard_open"):
            ask_discard(bench)
        if allows(context.actor, "scorecard.publish") and st.button(
            "Publish…",
            type="primary",
            disabled=bool(errors) or bench.outlook.unchanged,
            key="builder:publish_open",
            help="Solve the problems first."
            if errors
            else "Nothing has changed yet."
            if bench.outlook.unchanged
            else None,
        ):
            ask_publish(bench)


def show_preview(bench: Bench, criterion: str | None) -> None:
    """The desk's scorecard; while the draft has errors, as it stood before them."""
    sound: tuple[str, Scorecard] | None = state.read(_SOUND, None)
    if not bench.outlook.errors:
        sound = (bench.draft.id, bench.scorecard)
        state.write(_SOUND, sound)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**As the reviewer sees it**", width="content")
        st.space("stretch")
        channel = st.selectbox(
            "Channel of the ticket",
            list_channels(bench.scorecard),
            format_func=CHANNELS.__getitem__,
            key=f"builder:channel:{'-'.join(bench.scorecard.channels)}",
            label_visibility="collapsed",
            width=130,
        )
        scheme = st.segmented_control(
            "Light or dark",
            ["light", "dark"],
            format_func=str.capitalize,
            key="builder:scheme",
            label_visibility="collapsed",
        )
    if sound is None or sound[0] != bench.draft.id:
        empty("The preview comes once the problems are solved.", icon=":material/visibility_off:")
        return
    if bench.outlook.errors:
        quiet("As it stood before the problems came in.")
    mount_preview(
        sound[1],
        number=bench.draft.number,
        channel=Channel(channel),
        criterion=criterion,
        scheme=cast("Scheme | None", scheme),
        key="builder:preview",
    )


def edit_part(bench: Bench, picked: Criterion | Section | None) -> None:
    """The fields of the part that is picked."""
    if isinstance(picked, Criterion):
        edit_criterion(bench, picked)
    elif picked is None:
        edit_form(bench)
    else:
        edit_section(bench, picked)


def show_bench(bench: Bench) -> None:
    """Outline, editor, preview."""
    picked = find_picked(bench.scorecard)
    parts, editor, preview = st.columns([1.05, 1.75, 2.1], gap="medium")
    with parts:
        show_outline(bench, picked)
    with editor:
        # only what is looked at is drawn: writing a form as text takes longer than all the rest
        fields, document, meaning = st.tabs(_VIEWS, key="builder:views", on_change="rerun")
        if fields.open:
            with fields:
                edit_part(bench, picked)
        if document.open:
            with document:
                edit_document(bench)
        if meaning.open:
            with meaning:
                show_outlook(bench.outlook, bench.draft)
    with preview, st.container(key="builder:preview_pane"):
        show_preview(bench, picked.id if isinstance(picked, Criterion) else None)


try:
    version = find_version()
except PlumblineError as refusal:
    show_dead_end("Scorecard builder", refusal.message, person=context.actor, list_name="scorecards")
    st.stop()
if not allows(context.actor, "scorecard.write"):
    page_head(version.scorecard.label)
    empty("Writing scorecards is for facilitators, managers and admins.", icon=":material/lock:")
elif version.state is VersionState.DRAFT:
    bench = open_bench(context, version)
    show_head(bench)
    show_bench(bench)
else:
    page_head(version.scorecard.label)
    draft = scorecard_drafts.find_draft(context, version.scorecard_id)
    empty(
        f"Version {version.number} is {version.state} and never changes. Edits go into a draft of the next version.",
        icon=":material/lock:",
    )
    st.button(
        "Go on with the draft" if draft else "Start the next version",
        type="primary",
        icon=":material/edit:",
        on_click=start_next,
        args=(version,),
        key="builder:start",
    )
    st.page_link("app_pages/scorecards.py", label="Back to the scorecards", icon=":material/checklist:")
