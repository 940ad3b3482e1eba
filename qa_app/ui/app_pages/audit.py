"""The audit chain: entries by what they are about, newest first, and whether the chain holds."""

import pandas as pd
import streamlit as st

from db.records import AuditEntry
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.pages import address_of
from qa_app.ui.present import AUDIT_OBJECTS, AUDIT_PAGES, describe_moment
from qa_app.ui.widgets.frame import empty, escape, page_head, quiet
from qa_app.words import write_code
from qa_app.workflows import access, upkeep

PAGE = 100
context = current_context()
zone = installation().settings.time_zone
names = {person.id: person.name for person in access.list_people(context, active=None)}


def verify() -> None:
    """Check the whole chain and every score, and say what was found."""
    with st.spinner("Checking every entry and every score"):
        verdict = upkeep.verify_audit(context)
        scores = upkeep.recompute_scores(context)
    if verdict.first_broken_seq is None:
        head = f"head {verdict.head_hash[:16]}" if verdict.head_hash else "its head hidden while you grade blind"
        st.success(
            f"The chain holds: {verdict.entries} entries, {head}.",
            icon=":material/verified_user:",
        )
    else:
        reason = escape(verdict.reason or "")
        st.error(f"The chain breaks at entry {verdict.first_broken_seq}: {reason}", icon=":material/gpp_bad:")
    if scores.different:
        st.error(
            f"{len(scores.different)} of {scores.checked} stored scores differ from what their ratings give.",
            icon=":material/gpp_bad:",
        )
    else:
        st.success(f"All {scores.checked} stored scores equal what their ratings give.", icon=":material/calculate:")


def first_page() -> None:
    """Filters changed: start from the newest again."""
    state.write("audit:path", [])


def go(path: list[int]) -> None:
    """Show the page that starts before the last of these entries."""
    state.write("audit:path", path)


def find_address(entry: AuditEntry) -> str:
    """The page of what the entry is about; empty where there is none."""
    if entry.object_type not in AUDIT_PAGES:
        return ""
    name, value = AUDIT_PAGES[entry.object_type]
    return address_of(name, **{value: entry.object_id})


def describe(entry: AuditEntry) -> dict[str, object]:
    """One entry as a row."""
    return {
        "at": describe_moment(entry.at, zone),
        "who": names.get(entry.actor_id, "—") if entry.actor_id else "—",
        "action": write_code(entry.action.replace(".", ": ")),
        "after": ", ".join(f"{write_code(key)} {value}" for key, value in entry.after.items()),
        "why": entry.why,
        "object": f"{write_code(entry.object_type)} {entry.object_id}",
        "page": find_address(entry),
        "seq": entry.seq,
    }


with page_head("Audit"):
    st.space("stretch")
    asked = st.button("Verify the chain", icon=":material/verified_user:", key="audit:verify")
if asked:
    verify()
with st.container(horizontal=True, vertical_alignment="bottom"):
    about = st.selectbox(
        "About",
        list(AUDIT_OBJECTS),
        index=None,
        format_func=AUDIT_OBJECTS.__getitem__,
        placeholder="Everything",
        key="audit:about",
        width=240,
        on_change=first_page,
    )
    sign_ins = st.toggle("With sign-ins", key="audit:sign_ins", on_change=first_page)
path: list[int] = state.read("audit:path", [])
found = upkeep.list_audit(
    context, object_type=about, sign_ins=sign_ins, before_seq=path[-1] if path else None, limit=PAGE + 1
)
entries = found[:PAGE]
if not entries:
    empty("No entry fits.", icon=":material/search_off:")
    st.stop()
st.dataframe(
    pd.DataFrame([describe(entry) for entry in entries]),
    hide_index=True,
    height=620,
    column_config={
        "at": st.column_config.TextColumn("When", width=130),
        "who": st.column_config.TextColumn("Who", width=112),
        "action": st.column_config.TextColumn("Action", width=132),
        "after": st.column_config.TextColumn("What it set", width="large"),
        "why": st.column_config.TextColumn("Why", width=120),
        "object": st.column_config.TextColumn("On", width=265),
        "page": st.column_config.LinkColumn("Page", width=60, display_text="Open"),
        "seq": st.column_config.NumberColumn("No.", width=60),
    },
    key="audit:table",
    alt="Audit entries, newest first",
)
with st.container(horizontal=True, vertical_alignment="center"):
    st.button(
        "Newer", icon=":material/chevron_left:", on_click=go, args=(path[:-1],), disabled=not path, key="audit:newer"
    )
    st.button(
        "Older",
        icon=":material/chevron_right:",
        on_click=go,
        args=([*path, entries[-1].seq],),
        disabled=len(found) <= PAGE,
        key="audit:older",
    )
    quiet(f"{len(path) * PAGE + 1} to {len(path) * PAGE + len(entries)}", width="content")
