"""Sending an agent's workbook: a button where a mail server is set up, and a question that shows the address."""

from datetime import date
from zoneinfo import ZoneInfo

import streamlit as st

from db.records import PersonId
from qa_app.ui import state
from qa_app.ui.widgets.frame import attempt, escape, quiet, send_button
from qa_app.words import write_day
from qa_app.workflows import mailing
from qa_app.workflows.context import Context
from qa_app.workflows.mailing import Letter, Recipient

_ASKED = "mail:asked"


def mail_button(context: Context, agent_id: PersonId, period: tuple[date, date], zone: ZoneInfo) -> None:
    """The button; nothing where nobody could get the workbook."""
    letters = mailing.list_recipients(context, agent_id)
    if letters and st.button("Send", icon=":material/mail:", key="mail:open"):
        state.write(_ASKED, value=True)
        _ask(context, agent_id, letters, period, zone)


@st.dialog("Send the workbook")
def _ask(
    context: Context, agent_id: PersonId, letters: tuple[Letter, ...], period: tuple[date, date], zone: ZoneInfo
) -> None:
    by_kind = {letter.recipient: letter for letter in letters}
    kind: Recipient = st.radio(
        "To", list(by_kind), format_func=lambda one: f"{escape(by_kind[one].name)}, {escape(by_kind[one].address)}",
        key="mail:to",
    )  # fmt: skip
    quiet(f"{write_day(period[0])} to {write_day(period[1])}")
    if kind is Recipient.AGENT:
        quiet("The agent gets what agents may see: released reviews only.")

    def send() -> None:
        # Once for each time that the question was asked: a double click runs this twice.
        if not state.take(_ASKED, default=False):
            return
        sent = attempt(
            lambda: mailing.send_coaching(context, agent_id, kind, start=period[0], end=period[1], zone=zone),
            done=lambda letter: f"Sent to {letter.name}, {letter.address}.",
        )
        state.write(_ASKED, sent is None)

    send_button("Send", send, key="mail:send", icon=":material/send:")
