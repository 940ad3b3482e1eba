"""Exports that take long: order one, watch it, call it off, fetch it. It goes on when the page is left."""

import streamlit as st

from qa_app.domain.access import reach
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet
from qa_app.ui.widgets.period import chosen_period, last_days, period_input
from qa_app.words import write_day
from qa_app.workflows import delivery
from qa_app.workflows.dispatch import Delivery, Order, Progress, Subject
from qa_app.workflows.raw_export import RawForm, list_exportable_teams

context = current_context()
zone = installation().settings.time_zone
usual = last_days(context.now().astimezone(zone).date(), 56)
_LOOK_EVERY_SECONDS = 1.0
_LEFT = "exports:left"
_SUBJECTS = {
    Subject.PACK: "Team workbook",
    Subject.TEAM: "Workbook per agent",
    Subject.PROGRAMME: "Programme report",
    Subject.RAW: "Raw data",
}
_HOLDS = {
    Subject.PACK: "One workbook: the team's summary, a sheet for each agent, every answer.",
    Subject.TEAM: "A zip with the coaching workbook of each agent, as on the agent's page.",
    Subject.PROGRAMME: "One workbook over all teams: scores, trend, critical errors, reviewers, calibration, sampling.",
    Subject.RAW: "Every answer of every review, one a row, for another program.",
}
_OF_A_TEAM = (Subject.PACK, Subject.TEAM)
_FORMS = {RawForm.XLSX: "Excel", RawForm.CSV: "CSV", RawForm.PARQUET: "Parquet"}
teams = list_exportable_teams(context)
subjects = [
    *(_OF_A_TEAM if teams else ()),
    *([Subject.PROGRAMME] if not reach(context.actor, "export.programme").nothing else []),
    *([Subject.RAW] if not reach(context.actor, "export.raw").nothing else []),
]


def begin() -> None:
    """Order what is chosen."""
    start, end = chosen_period("exports:period", usual)
    subject: Subject = state.read("exports:subject", subjects[0])
    form = state.read("exports:form", RawForm.XLSX) if subject is Subject.RAW else RawForm.XLSX
    team = state.read("exports:team", teams[0]) if subject in _OF_A_TEAM else ""
    order = Order(subject, start, end, form, team)
    attempt(lambda: delivery.order_export(context, order))


def cancel(delivery_id: str) -> None:
    """Stop one."""
    attempt(lambda: delivery.cancel_delivery(context, delivery_id))


def describe(order: Order) -> str:
    """What an export holds."""
    match order.subject:
        case Subject.RAW:
            what = f"Raw data, {_FORMS[order.form]}"
        case Subject.PROGRAMME:
            what = "Programme report"
        case Subject.PACK:
            what = f"Team workbook, {order.team}"
        case Subject.TEAM:
            what = f"A workbook for each agent, {order.team}"
    return f"{what} · {write_day(order.start)} to {write_day(order.end)}"


def write_share(one: Delivery, share: float) -> str:
    """How far it is. A team's workbook goes over its reviews several times, so that their number would mislead."""
    if not one.total:
        return "At work"
    if share >= 1:
        return "Finishing the file"
    if one.order.subject is Subject.PACK:
        return f"{share:.0%}"
    return f"{one.done:,} of {one.total:,} {'reviews' if one.order.subject is Subject.RAW else 'workbooks'}"


def write_size(count: int) -> str:
    """Bytes, as people say them."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e5 else f"{count / 1e3:,.1f} kB"


def show(one: Delivery) -> None:
    """One export with what can be done about it."""
    with st.container(border=True, gap="xsmall", key=f"exports-{one.id[:12]}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escape(describe(one.order))}**", width="stretch")
            if not one.progress.over:
                st.button("Cancel", icon=":material/close:", key=f"exports:cancel:{one.id}", on_click=cancel,
                          args=(one.id,))  # fmt: skip
        match one.progress:
            case Progress.WAITING:
                st.progress(0.0, "Waits for another export to end")
            case Progress.RUNNING:
                share = one.done / one.total if one.total else 0.0
                st.progress(share, write_share(one, share))
            case Progress.DONE:
                show_files(one)
            case Progress.FAILED:
                st.markdown(f":material/error: :red[Failed.] {escape(one.message)}")
            case Progress.LOST:
                at = f"{one.ordered_at.astimezone(zone):%H:%M}"
                st.markdown(f":material/restart_alt: Your export of {at} was lost when the server was restarted. "
                            "Order it again.")  # fmt: skip
            case Progress.CANCELLED:
                quiet("Cancelled; nothing of it is kept.")


def show_files(one: Delivery) -> None:
    """The links, and until when they lead anywhere."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for number, (name, size) in enumerate(one.files):
            st.link_button(
                f"{escape(name)} ({write_size(size)})",
                f"/export/delivery/{one.id}/{number}",
                icon=":material/download:",
                type="primary" if number == 0 else "secondary",
                key=f"exports:fetch:{one.id}:{number}",
            )
        if one.kept_until:
            quiet(f"Kept until {one.kept_until.astimezone(zone):%H:%M}", width="content")


def show_all() -> None:
    """All exports of this person; runs again by itself while one is on its way."""
    found = delivery.list_deliveries(context)
    left = [one.id for one in found if not one.progress.over]
    if left != state.read(_LEFT, left):
        state.write(_LEFT, left)
        st.rerun(scope="app")
    state.write(_LEFT, left)
    for one in found:
        show(one)
    if not found:
        empty("Nothing exported lately. What you order here goes on when you leave the page.",
              icon=":material/download:")  # fmt: skip


page_head("Exports")
if not subjects:
    empty("There is no team with an agent within your reach yet.", icon=":material/group:")
    st.stop()
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen: Subject = st.selectbox(
        "What", subjects, format_func=_SUBJECTS.__getitem__, key="exports:subject", width=220
    )
    period_input("exports:period", usual, label="Period")
    if chosen is Subject.RAW:
        st.segmented_control(
            "Format", list(_FORMS), default=RawForm.XLSX, required=True, format_func=_FORMS.__getitem__,
            key="exports:form",
        )  # fmt: skip
    elif chosen in _OF_A_TEAM:
        st.selectbox("Team", teams, key="exports:team", width=260)
    st.button("Export", type="primary", icon=":material/play_arrow:", on_click=begin, key="exports:begin")
quiet(_HOLDS[chosen])
running = any(not one.progress.over for one in delivery.list_deliveries(context))
st.fragment(show_all, run_every=_LOOK_EVERY_SECONDS if running else None)()
