"""Samples: draw one by a plan, see how it was drawn, hand it out."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import streamlit as st

from db.records import AssignmentState, Frame, MetricRange, Role, SampleId, ScorecardVersion
from qa_app.domain.assignment import due_at
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import ASSIGNMENT_STATES, count_assignments, describe_due, describe_moment, name_channel
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet, send_button
from qa_app.ui.widgets.period import DAY_FORMAT
from qa_app.ui.widgets.rows import row_list
from qa_app.words import write_count
from qa_app.workflows import access, sampling, scorecards, tickets
from qa_app.workflows.calibration_setup import find_drawn_session
from qa_app.workflows.sampling import NewPlan
from scorecards.model import Channel

context = current_context()
zone = installation().settings.time_zone
today = context.now().astimezone(zone).date()
facets = tickets.read_facets(context)
people = {person.id: person.name for person in access.list_people(context)}
STRATA = {"channel": "Channel", "team": "Team", "agent": "Agent", "language": "Language"}


def read_frame() -> Frame:
    """The filters as filled in."""
    get = st.session_state.get
    days: Sequence[date] = get("sampling:days") or ()
    metric, low, high = get("sampling:metric"), get("sampling:low"), get("sampling:high")
    ranges = (MetricRange(metric, _decimal(low), _decimal(high)),) if metric else ()
    return Frame(
        channels=tuple(Channel(key) for key in get("sampling:channels") or ()),
        team_ids=tuple(get("sampling:teams") or ()),
        languages=tuple(get("sampling:languages") or ()),
        tags=tuple(get("sampling:tags") or ()),
        created_from=datetime.combine(days[0], time(), zone) if len(days) == 2 else None,
        created_before=datetime.combine(days[1] + timedelta(days=1), time(), zone) if len(days) == 2 else None,
        metrics=ranges,
        reviewed=False if get("sampling:fresh", True) else None,
    )


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def draw() -> None:
    """Draw by the plan that was filled in."""
    get = st.session_state.get
    new = NewPlan(
        name=get("sampling:name", ""),
        frame=read_frame(),
        size=int(get("sampling:size", 30)),
        strata=tuple(get("sampling:strata") or ()),
        per_agent=get("sampling:quota"),
    )
    sample = attempt(
        lambda: sampling.draw_sample(context, new, seed=int(get("sampling:seed", 1))),
        done=lambda made: f"{write_count(len(made.items), 'ticket')} drawn from {made.frame_size}.",
    )
    if sample is not None:
        st.query_params["sample"] = sample.id


def hand_out(sample_id: SampleId) -> None:
    """Assign as filled in."""
    get = st.session_state.get
    version: ScorecardVersion = st.session_state["sampling:version"]
    due = due_at(get("sampling:due", today), zone)
    attempt(
        lambda: sampling.assign_sample(
            context,
            sample_id,
            version_id=version.id,
            reviewer_ids=tuple(get("sampling:reviewers") or ()),
            due_at=due,
            seed=int(get("sampling:split_seed", 1)),
        ),
        done=lambda out: (
            f"{write_count(len(out.assignments), 'ticket')} handed out."
            + (f" {write_count(out.checks, 'hidden check')} besides." if out.checks else "")
            + (f" {len(out.unassignable)} have no reviewer but their own agent." if out.unassignable else "")
        ),
    )


@st.dialog("Draw a sample", width="large")
def new_plan() -> None:
    """Who may be drawn, how many, and how."""
    teams = {team.id: team.name for team in access.list_teams(context)}
    st.text_input("Name of the plan", placeholder="Week 47, all channels", key="sampling:name", max_chars=200)
    st.markdown("**Who may be drawn**")
    left, right = st.columns(2)
    left.multiselect("Channels", facets.channels, format_func=name_channel, key="sampling:channels")
    right.multiselect("Teams", list(teams), format_func=teams.__getitem__, key="sampling:teams")
    left.multiselect("Tags", facets.tags, key="sampling:tags")
    right.multiselect("Languages", facets.languages, key="sampling:languages")
    left.date_input("Created between", [], key="sampling:days", format=DAY_FORMAT)
    right.selectbox("Metric", facets.metrics, index=None, key="sampling:metric", placeholder="no limit")
    if st.session_state.get("sampling:metric"):
        left.number_input("From", value=None, key="sampling:low")
        right.number_input("To", value=None, key="sampling:high")
    st.checkbox("Only tickets without a review", value=True, key="sampling:fresh")
    try:
        st.markdown(f":material/filter_alt: **{sampling.count_frame(context, read_frame())}** tickets fit now.")
    except PlumblineError as refusal:
        st.warning(escape(refusal.message), icon=":material/filter_alt_off:")
    st.markdown("**How many, and how**")
    one, two, three = st.columns(3)
    one.number_input("Tickets", 1, 5000, 30, key="sampling:size")
    two.number_input("At most per agent", 1, 500, None, key="sampling:quota", placeholder="no quota")
    three.number_input(
        "Seed",
        0,
        2**31 - 1,
        1,
        key="sampling:seed",
        help="Plan, seed and tickets give the same sample again, on any machine.",
    )
    st.multiselect(
        "Strata",
        list(STRATA),
        format_func=STRATA.__getitem__,
        key="sampling:strata",
        placeholder="none: a simple random sample",
        help="Each stratum gets its share of the sample.",
    )
    send_button("Draw", draw, key="sampling:draw", icon=":material/casino:")


@st.dialog("Hand a sample out", width="medium")
def fill_in_hand_out(sample_id: SampleId, count: int) -> None:
    """Which scorecard, which reviewers, by when."""
    versions = scorecards.list_in_force(context)
    reviewers = {person.id: person.name for person in access.list_people(context, role=Role.REVIEWER)}
    if not versions:
        empty("Publish a scorecard first.", icon=":material/checklist:")
        return
    quiet(
        f"{count} tickets, split so that everybody ends with about as many open ones: who has more to do already gets "
        "fewer. Nobody gets tickets of their own."
    )
    st.selectbox(
        "Scorecard",
        versions,
        format_func=lambda version: f"{version.scorecard.label}, version {version.number}",
        key="sampling:version",
    )
    st.multiselect("Reviewers", list(reviewers), format_func=reviewers.__getitem__, key="sampling:reviewers")
    st.date_input("Due", today + timedelta(days=7), key="sampling:due", format=DAY_FORMAT)
    send_button("Hand out", hand_out, key="sampling:assign", icon=":material/assignment_ind:", args=(sample_id,))


def show_workload(view: sampling.SampleView) -> None:
    """How far each reviewer is, the late ones first."""
    loads = count_assignments(view.assignments, now=context.now())
    if not loads:
        return
    with st.grid(min(4, len(loads)), min_column_width=220):
        for key, load in sorted(loads.items(), key=lambda item: (-item[1].overdue, people.get(item[0], ""))):
            with st.container(border=True, gap="xsmall"):
                name = escape(people.get(key, "—"))
                st.progress(load.done / load.handed_out, f"{name}: {load.done} of {load.handed_out} done")
                if load.overdue:
                    st.badge(f"{load.overdue} overdue", icon=":material/alarm:", color="red")


def show_sample(sample_id: SampleId) -> None:
    """One sample: how it was drawn, who grades it, and what is in it."""
    view = sampling.view_sample(context, sample_id)
    sample = view.sample
    strata = ", ".join(STRATA.get(name, name) for name in sample.plan.strata) or "none"
    quiet(
        f"{len(sample.items)} of {sample.frame_size} tickets · seed {sample.seed} · strata: {strata} · "
        f"frame {sample.frame_hash[:12]} · drawn {describe_moment(sample.drawn_at, zone)} "
        f"by {people.get(sample.drawn_by, '—')}"
    )
    if view.replacements:
        counts = (f"{people.get(key, '—')} {count}" for key, count in view.replacements.items())
        quiet(f"Replaced tickets, by who asked: {', '.join(sorted(counts))}")
    given = {assignment.ticket_id: assignment for assignment in view.assignments}
    standing = [item.replaced_by or item.ticket_id for item in sample.items]
    left = [ticket_id for ticket_id in standing if ticket_id not in given]
    session = find_drawn_session(context, sample)
    if session is not None:
        st.page_link(
            "app_pages/session.py",
            label=escape(f"Drawn for the calibration “{session.name}”, which handed it out"),
            icon=":material/balance:",
            query_params={"session": session.id},
        )
    elif left and st.button(
        f"Hand out {write_count(len(left), 'ticket')}", icon=":material/assignment_ind:", key="sampling:hand_out"
    ):
        fill_in_hand_out(sample_id, len(left))
    show_workload(view)
    rows = []
    for item, ticket_id in zip(sample.items, standing, strict=True):
        ticket, assignment = view.tickets[ticket_id], given.get(ticket_id)
        agent = view.agents.get(ticket_id)
        rows.append(
            {
                "ticket": ticket.external_id,
                "reviewer": people.get(assignment.reviewer_id, "—") if assignment else "—",
                "state": ASSIGNMENT_STATES[assignment.state] if assignment else "—",
                "due": describe_due(assignment.due_at, now=context.now(), zone=zone)
                if assignment and assignment.state is AssignmentState.OPEN
                else "",
                "subject": ticket.subject or "(no subject)",
                "channel": name_channel(ticket.channel),
                "agent": agent.name if agent else "—",
                "stratum": item.stratum,
                "probability": f"{item.probability:.4f}",
                "rank": item.rank,
            }
        )
    chosen = row_list(
        rows,
        button="Read",
        columns={
            "ticket": "Ticket",
            **({"reviewer": "Reviewer", "state": "State", "due": "Due"} if given else {}),
            "subject": st.column_config.TextColumn("Subject", width="large"),
            "channel": "Channel",
            "agent": "Agent",
            "stratum": "Stratum",
            "probability": st.column_config.TextColumn("Probability", alignment="right"),
            "rank": st.column_config.NumberColumn("Rank", width="small"),
        },
        key="sampling:items",
        alt="Drawn tickets with their inclusion probability",
    )
    if chosen is not None:
        st.switch_page("app_pages/ticket.py", query_params={"ticket": standing[chosen]})


with page_head("Samples"):
    st.space("stretch")
    if st.button("Draw a sample", type="primary", icon=":material/casino:", key="sampling:new"):
        new_plan()
samples = sampling.list_samples(context)
if not samples:
    empty(
        "No sample yet. Draw one: the plan, the seed and every probability are kept, so that anyone can draw it again.",
        icon=":material/casino:",
    )
    st.stop()
names = {
    sample.id: " · ".join(
        (sample.plan.name, write_count(len(sample.items), "ticket"), describe_moment(sample.drawn_at, zone))
    )
    for sample in samples
}
linked = SampleId(state.link_value("sample") or samples[0].id)
keys = list(names)
picked = st.selectbox(
    "Sample",
    keys,
    index=keys.index(linked) if linked in keys else 0,
    format_func=names.__getitem__,
    label_visibility="collapsed",
    width=520,
)
show_sample(picked)
