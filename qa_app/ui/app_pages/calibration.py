"""Calibration sessions: who is done, never what they answered; and setting up a new one."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from db.records import Role, SeriesId, SessionState
from qa_app.domain.calibration import graders
from qa_app.followup import Progress
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import SESSION_STATES, describe_deadline, describe_moment
from qa_app.ui.widgets.certificates import draw_rule, read_rule, show_table
from qa_app.ui.widgets.checks import draw_check_rule, read_check_rule, show_check_report, show_check_rules
from qa_app.ui.widgets.findings import show_todo
from qa_app.ui.widgets.frame import attempt, empty, escape, notify, page_head, quiet, send_button, show_tabs
from qa_app.ui.widgets.series_setup import describe_series, draw_series, read_series
from qa_app.ui.widgets.session_changes import offer_changes
from qa_app.ui.widgets.session_setup import draw_form, read_form
from qa_app.words import write_count, write_day
from qa_app.workflows import (
    access,
    calibration,
    calibration_results,
    calibration_series,
    certificates,
    check_report,
    checks,
    findings,
    scorecards,
    tickets,
)
from qa_app.workflows.wording import name_picks

context = current_context()
zone = installation().settings.time_zone
sessions = calibration.list_sessions(context)
runs = calibration.may_run(context.actor)
found = findings.list_findings(context)
today = context.now().astimezone(zone).date()


@st.dialog("New calibration session", width="large")
def set_up() -> None:
    """Pick scorecard, tickets and reviewers."""
    versions = scorecards.list_in_force(context)
    reviewers = access.list_people(context, role=Role.REVIEWER)
    if not versions or len(reviewers) < 2:
        empty("A session needs a published scorecard and two reviewers. Set both up first.")
        return
    used = [row.session.scorecard_version_id for row in sessions]
    in_order = sorted(versions, key=lambda one: used.index(one.id) if one.id in used else len(used))
    draw_form(context, in_order, reviewers, zone=zone)
    send_button("Open the session", open_session, key="calibration:open", icon=":material/visibility_off:")


def open_session() -> None:
    """Open what was filled in."""
    attempt(
        lambda: calibration.open_session(context, read_form(zone)),
        done=lambda made: f"Session “{made.name}” is open: {name_picks(made)} in {len(graders(made))} queues.",
    )


def show_session(row: calibration.SessionRow) -> None:
    """One session: how far it is, and the way in."""
    session = row.session
    word, icon, colour = SESSION_STATES[session.state]
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(
                "app_pages/session.py",
                label=f"**{escape(session.name)}**",
                query_params={"session": session.id},
                icon=":material/balance:",
            )
            st.badge(word, icon=icon, color=colour)
            st.space("stretch")
            picks = name_picks(session) if runs else write_count(len(session.tickets), "ticket")
            quiet(
                f"{picks} · {write_count(len(row.names), 'reviewer')}"
                + describe_deadline(session, now=context.now(), zone=zone),
                width="content",
            )
            if runs and session.state is SessionState.OPEN:
                offer_changes(context, session, zone=zone)
        words = f"{row.submitted} of {row.expected} grades in · {row.scorecard} · run by {row.facilitator}"
        if session.state is SessionState.OPEN:
            st.progress(row.submitted / row.expected if row.expected else 0.0, escape(words))
        else:
            quiet(words)


def show_sessions() -> None:
    """All that the reader may see, newest first."""
    if not sessions:
        none = "No session yet." if runs else "No session that you take part in."
        empty(
            f"{none} A session lets several reviewers grade the same tickets blind and shows how far they agree.",
            icon=":material/balance:",
        )
    for row in sessions:
        show_session(row)


@st.dialog("Rule for certificates")
def set_up_rule() -> None:
    """When a reviewer is calibrated for a scorecard."""
    draw_rule(scorecards.list_in_force(context))
    send_button("Keep the rule", set_rule, key="rule:keep", icon=":material/verified:")


def set_rule() -> None:
    """Keep the rule that was filled in."""
    attempt(lambda: certificates.set_rule(context, read_rule()), done=lambda _: "The rule holds from now on.")


def grant(row: certificates.CertificateRow) -> None:
    """Say that a reviewer is calibrated."""
    attempt(
        lambda: certificates.grant_certificate(context, row.person.id, row.scorecard_id),
        done=lambda made: f"{row.person.name} is calibrated until {describe_moment(made.expires_at, zone)}.",
    )


def show_certificates() -> None:
    """Who is calibrated for what, by which figures; the rule of each scorecard, and what can be granted."""
    rows = state.recall(
        "calibration:certified",
        (context.actor.id, calibration_results.find_revision(context), context.now().astimezone(zone).date()),
        lambda: certificates.list_certificates(context),
    )
    if runs and st.button("Set a rule", icon=":material/verified:", key="rule:new"):
        set_up_rule()
    if not rows:
        empty(
            "No rule yet. Set one for a scorecard; figures appear when a session with a reference is "
            "revealed: an expert's answers, or what the meeting agreed on.",
            icon=":material/verified:",
        )
        return
    ready = [row for row in rows if not row.valid and not row.unmet and row.person.id != context.actor.id]
    with st.container(horizontal=True):
        for row in ready:
            st.button(
                f"Grant {escape(row.person.name)}: {escape(row.scorecard)}",
                icon=":material/verified:",
                key=f"grant:{row.person.id}:{row.scorecard_id}",
                on_click=grant,
                args=(row,),
            )
    show_table(rows, now=context.now(), zone=zone)


@st.dialog("Rates of hidden checks")
def set_up_checks() -> None:
    """How much of a scorecard's everyday work is given twice."""
    draw_check_rule(scorecards.list_in_force(context))
    send_button("Keep the rates", set_checks, key="checks:keep", icon=":material/visibility_off:")


def set_checks() -> None:
    """Keep the rates that were filled in."""
    attempt(
        lambda: checks.set_rule(context, read_check_rule()), done=lambda _: "Holds for what is handed out from now."
    )


def show_checks() -> None:
    """The rates, and on demand what the checks of a scorecard found."""
    found = checks.list_rules(context)
    if st.button("Set rates", icon=":material/visibility_off:", key="checks:new"):
        set_up_checks()
    if not found.rules:
        empty(
            "No rate yet. Hidden checks give everyday tickets twice, so that you see how far grades agree when nobody "
            "knows that they are compared.",
            icon=":material/visibility_off:",
        )
        return
    show_check_rules(found)
    labels = {rule.scorecard_id: label for label, rule in found.rules}
    chosen = st.selectbox(
        "Results",
        list(labels),
        index=0 if len(labels) == 1 else None,
        format_func=labels.__getitem__,
        width=420,
        key="checks:results",
    )
    if chosen is not None:
        report = state.recall(
            "calibration:checked",
            (context.actor.id, calibration_results.find_revision(context), chosen),
            lambda: check_report.report_checks(context, chosen),
        )
        show_check_report(report)


def show_findings() -> None:
    """What meetings left to do, of all sessions."""
    if not found:
        empty(
            "Nothing to do. What a meeting decides with F, and who does it, is listed here.", icon=":material/task_alt:"
        )
        return
    show_todo(context, found, today=today, sessions=True)


def run_due() -> None:
    """Open what is due of all series."""
    opened = attempt(lambda: calibration_series.run_due(context, zone=zone))
    if opened is None:
        return
    problems = [f"{one.series.name}: {one.problem}" for one in opened if one.problem]
    made = sum(1 for one in opened if one.session)
    words = f"{write_count(made, 'session')} opened."
    notify(" ".join((words, *problems)), icon=":material/warning:" if problems else ":material/event_repeat:")


def set_active(series_id: SeriesId, *, active: bool) -> None:
    """Let a series rest, or go on."""
    attempt(lambda: calibration_series.set_series_active(context, series_id, active=active))


@st.dialog("New series", width="large")
def set_up_series() -> None:
    """What every session of the series is like."""
    versions = scorecards.list_in_force(context)
    reviewers = access.list_people(context, role=Role.REVIEWER)
    if not versions or len(reviewers) < 2:
        empty("A series needs a published scorecard and two reviewers. Set both up first.")
        return
    quiet("Each session takes the version in force and draws its own tickets. The seed counts on from one to the next.")
    draw_series(versions, reviewers, sources=tickets.read_facets(context).sources, today=today)
    send_button("Keep the series", add_series, key="series:add", icon=":material/event_repeat:")


def add_series() -> None:
    """Keep what was filled in."""
    attempt(
        lambda: calibration_series.add_series(context, read_series()),
        done=lambda made: f"“{made.name}” opens first on {write_day(made.next_on)}.",
    )


def show_series(row: calibration_series.SeriesRow) -> None:
    """One series: its rhythm, its quota, and when it opens next."""
    made = row.series
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{escape(made.name)}**", width="content")
        if is_due(row):
            st.badge("Due", icon=":material/event_available:", color="orange")
        elif not made.active:
            st.badge("Rests", icon=":material/pause:", color="gray")
        quiet(describe_series(row), width="content")
        st.space("stretch")
        st.button(
            "Rest" if made.active else "Go on",
            icon=":material/pause:" if made.active else ":material/play_arrow:",
            type="tertiary",
            key=f"series:{made.id}",
            on_click=set_active,
            args=(made.id,),
            kwargs={"active": not made.active},
        )


def is_due(row: calibration_series.SeriesRow) -> bool:
    """Whether its next session can be opened today."""
    return row.series.active and row.series.next_on <= today


def describe_todo() -> str:
    """The tab's name: how much is left, and how much of that is late."""
    states = Counter(line.progress(today) for line in found)
    left = states[Progress.OPEN] + states[Progress.OVERDUE]
    late = f", {states[Progress.OVERDUE]} overdue" if states[Progress.OVERDUE] else ""
    return f"To do ({left}{late})" if left else "To do"


def show_all_series(rows: Sequence[calibration_series.SeriesRow], due: int) -> None:
    """What comes again, and a button for what is due."""
    with st.container(horizontal=True, gap="small"):
        if st.button("New series", icon=":material/event_repeat:", key="series:new"):
            set_up_series()
        if due:
            st.button(
                f"Open what is due ({due})", icon=":material/event_available:", key="series:run", on_click=run_due
            )
    if not rows:
        empty(
            "No series yet. A series opens a session every so many weeks, with a quota of tickets: a random core that "
            "shows how agreement goes over time.",
            icon=":material/event_repeat:",
        )
    for row in rows:
        show_series(row)


with page_head("Calibration"):
    if runs:
        st.space("stretch")
        st.page_link(
            "app_pages/interrater.py",
            label="Ratings from elsewhere",
            icon=":material/table_view:",
            help="Agreement in ratings that were made elsewhere, without tickets.",
        )
        if st.button("New session", type="primary", icon=":material/add:", key="calibration:new"):
            set_up()
if runs:
    all_series = calibration_series.list_series(context)
    due = sum(map(is_due, all_series))
    VIEWS: Mapping[str, Callable[[], None]] = {
        "Sessions": show_sessions,
        "To do": show_findings,
        "Series": lambda: show_all_series(all_series, due),
        "Certificates": show_certificates,
        "Hidden checks": show_checks,
    }
    show_tabs(
        VIEWS,
        key="calibration:tab",
        labels={"To do": describe_todo(), "Series": f"Series ({due} due)" if due else "Series"},
    )
else:
    show_sessions()
    if found:
        show_findings()
    if own := certificates.list_certificates(context):
        show_table(own, now=context.now(), zone=zone)
