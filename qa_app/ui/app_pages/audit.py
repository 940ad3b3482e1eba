"""The audit chain: the newest entries, and whether the chain holds."""

import pandas as pd
import streamlit as st

from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import describe_moment
from qa_app.ui.widgets.frame import page_head
from qa_app.workflows import access, upkeep

context = current_context()
zone = installation().settings.time_zone
names = {person.id: person.name for person in access.list_people(context, active=None)}
with page_head("Audit", context.actor):
    check = st.button("Verify the chain", icon=":material/verified_user:", key="audit:verify")
if check:
    with st.spinner("Checking every entry and every score"):
        verdict = upkeep.verify_audit(context)
        scores = upkeep.recompute_scores(context)
    if verdict.first_broken_seq is None:
        st.success(
            f"The chain holds: {verdict.entries} entries, head {verdict.head_hash[:16]}.",
            icon=":material/verified_user:",
        )
    else:
        st.error(f"The chain breaks at entry {verdict.first_broken_seq}: {verdict.reason}", icon=":material/gpp_bad:")
    if scores.different:
        st.error(
            f"{len(scores.different)} of {scores.checked} stored scores differ from what their ratings give.",
            icon=":material/gpp_bad:",
        )
    else:
        st.success(f"All {scores.checked} stored scores equal what their ratings give.", icon=":material/calculate:")
entries = upkeep.list_audit(context)
st.dataframe(
    pd.DataFrame(
        [
            {
                "seq": entry.seq,
                "at": describe_moment(entry.at, zone),
                "who": names.get(entry.actor_id, "—") if entry.actor_id else "—",
                "action": entry.action,
                "what": f"{entry.object_type} {entry.object_id}",
                "after": ", ".join(f"{key} {value}" for key, value in entry.after.items()),
                "why": entry.why,
            }
            for entry in entries
        ]
    ),
    hide_index=True,
    column_config={
        "seq": "No.",
        "at": "When",
        "who": "Who",
        "action": "Action",
        "what": "What",
        "after": st.column_config.TextColumn("After", width="large"),
        "why": "Why",
    },
    key="audit:table",
    alt="The newest audit entries",
)
