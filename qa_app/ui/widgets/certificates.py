"""Certificates as a table, and the form of a scorecard's rule."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from db.records import CertificateRule, ScorecardVersion
from qa_app.ui import state
from qa_app.ui.widgets.frame import escape, quiet
from qa_app.words import write_count, write_day
from qa_app.workflows.certificates import CertificateRow, NewRule
from qa_app.workflows.wording import name_version


def show_table(rows: Sequence[CertificateRow], *, now: datetime, zone: ZoneInfo) -> None:
    """Who is calibrated for what and until when, and why; the rule of each scorecard stands above.

    Two columns whose text wraps, so that all of it can be read on a phone.
    """
    for scorecard, rule in {row.scorecard: row.rule for row in rows}.items():
        quiet(f"Certificate for {scorecard}: {_describe_rule(rule)}")
    table = [
        {
            "Reviewer": f"**{escape(row.person.name)}**  \n{_write_certificate(row, now=now, zone=zone)}  \n"
            f":small[:gray[{escape(row.scorecard)}]]",
            "Why": f"{_write_agreement(row)}{escape(' '.join(row.unmet) or 'The rule holds.')}",
        }
        for row in rows
    ]
    st.table(pd.DataFrame(table), border="horizontal", hide_index=True, alt="Certificates")


def draw_rule(versions: Sequence[ScorecardVersion]) -> None:
    """When a reviewer is calibrated for a scorecard."""
    quiet(
        "Agreement is the share of a reviewer's blind answers that equal the reference: the expert's, or what the "
        "meeting agreed on. Its 95% interval has to begin at the limit or above."
    )
    st.selectbox("Scorecard", versions, format_func=name_version, key="rule:version")
    left, right = st.columns(2)
    left.number_input("Interval begins at, %", 1, 99, 80, key="rule:limit")
    right.number_input("Answers at least", 1, 10_000, 60, key="rule:answers")
    left.number_input("Sessions of the last days", 1, 3650, 180, key="rule:window")
    right.number_input("Holds for days", 1, 3650, 180, key="rule:valid")
    st.checkbox("Give tickets of this scorecard to holders only", key="rule:required")


def read_rule() -> NewRule:
    """The rule as filled in."""
    given = st.session_state
    return NewRule(
        scorecard_id=given["rule:version"].scorecard_id,
        least_agreement=Decimal(int(given["rule:limit"])) / 100,
        least_answers=int(given["rule:answers"]),
        window_days=int(given["rule:window"]),
        valid_days=int(given["rule:valid"]),
        required=state.read("rule:required", default=False),
    )


def _describe_rule(rule: CertificateRule) -> str:
    """A rule in one line."""
    words = (
        f"{write_count(rule.least_answers, 'answer')} of the last {rule.window_days} days, interval from "
        f"{100 * rule.least_agreement:.0f}% · holds {write_count(rule.valid_days, 'day')}"
    )
    return f"{words} · tickets go to holders only" if rule.required else words


def _write_agreement(row: CertificateRow) -> str:
    """The figures against the reference: the share with its interval, and what it rests on."""
    here = row.standing
    if here.agreement is None:
        return ""
    rests = f"{write_count(here.answers, 'answer')}, {write_count(here.tickets, 'ticket')}"
    if here.low is None or here.high is None:
        return f":gray[{rests}]  \n"
    limits = f"{100 * here.low:.0f} to {100 * here.high:.0f}"
    return f"**{100 * here.agreement:.0f}%** as the reference :small[:gray[({limits}; {rests})]]  \n"


def _write_certificate(row: CertificateRow, *, now: datetime, zone: ZoneInfo) -> str:
    newest = row.newest
    if newest is None:
        return ":gray[no certificate]"
    if newest.withdrawn_at is not None:
        return f":red-badge[:material/block: withdrawn {write_day(newest.withdrawn_at.astimezone(zone).date())}]"
    day = write_day(newest.expires_at.astimezone(zone).date())
    if newest.expires_at > now:
        return f":green-badge[:material/verified: until {day}]"
    return f":orange-badge[:material/event_busy: expired {day}]"
