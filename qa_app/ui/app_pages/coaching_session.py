"""One coaching session: agenda, notes, what comes of it; the coach's page, and the agent's without what is private."""

from datetime import timedelta

import streamlit as st

from db.records import AgendaPoint, CoachingId, CoachingState, GoalState, PointKind
from qa_app.coaching import PointLine, Proposal, is_follow_up_due
from qa_app.domain.access import allows
from qa_app.domain.coaching_terms import LONGEST
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import COACHING_STATES, POINTS
from qa_app.ui.widgets.coaching import (
    cut_words,
    goal_fields,
    read_steps,
    read_target,
    show_follow_up,
    show_goal,
    show_words,
    unfold_words,
)
from qa_app.ui.widgets.dead_end import show_dead_end
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet, send_button
from qa_app.ui.widgets.notes import show_notes
from qa_app.ui.widgets.period import DAY_FORMAT
from qa_app.ui.widgets.place import place_button
from qa_app.words import write_count, write_day
from qa_app.workflows import agenda, coaching, follow_up

context = current_context()
zone = installation().settings.time_zone
today = context.now().astimezone(zone).date()
coaching_id = CoachingId(state.link_value("coaching") or "")
try:
    view = agenda.view_coaching(context, coaching_id)
except PlumblineError as refusal:
    show_dead_end("Coaching session", refusal.message, person=context.actor, list_name="coaching")
    st.stop()
session, agent = view.session, view.agent
is_agent = agent.id == context.actor.id
writes = allows(context.actor, "coaching.write", team_id=agent.team_id) and not is_agent
planned = session.state is CoachingState.PLANNED
going = session.state in {CoachingState.PLANNED, CoachingState.HELD}
goals = follow_up.list_goals(context, agent.id, zone=zone)


def add_own() -> None:
    """Put what was typed on the agenda."""
    text = str(state.read("agenda:own", ""))
    shared = not state.read("agenda:own_private", default=False)
    if attempt(lambda: agenda.add_point(context, coaching_id, text, shared=shared)):
        state.write("agenda:own", "")


def add_chosen(proposals: tuple[Proposal, ...]) -> None:
    """Put the ticked proposals on the agenda."""
    chosen = [one for place, one in enumerate(proposals) if state.read(f"agenda:proposal:{place}", default=True)]
    attempt(
        lambda: agenda.add_proposals(context, coaching_id, chosen),
        done=lambda _: f"{write_count(len(chosen), 'point')} on the agenda.",
    )
    state.forget("agenda:proposal:")


def remove(point: AgendaPoint) -> None:
    """Take a point off."""
    attempt(lambda: agenda.remove_point(context, coaching_id, point.id))


def lift(point: AgendaPoint, place: int) -> None:
    """Put a point one place further up."""
    attempt(lambda: agenda.move_point(context, coaching_id, point.id, to=place - 1))


def tick(point: AgendaPoint) -> None:
    """Note whether a point was talked about."""
    done = bool(state.read(f"agenda:done:{point.id}", default=False))
    attempt(lambda: agenda.tick_point(context, coaching_id, point.id, done=done))


def hold() -> None:
    """The session took place."""
    day, until = state.read("agenda:held_on", today), state.read("agenda:held_follow_up_on", session.follow_up_on)
    attempt(
        lambda: coaching.move_session(context, coaching_id, CoachingState.HELD, day=day, follow_up_on=until),
        done=lambda _: "Held. Goals and follow-up come next.",
    )


def call_off() -> None:
    """The session does not take place."""
    words = str(state.read("agenda:why", ""))
    attempt(
        lambda: coaching.move_session(context, coaching_id, CoachingState.CANCELLED, words=words),
        done=lambda _: "Called off.",
    )


def follow() -> None:
    """What came of it."""
    words = str(state.read("agenda:outcome", ""))
    attempt(
        lambda: coaching.move_session(context, coaching_id, CoachingState.FOLLOWED_UP, words=words),
        done=lambda _: "Followed up.",
    )


def replan() -> None:
    """Other days."""
    day, until = (
        state.read("agenda:day", session.held_on),
        state.read("agenda:follow_up_on", session.follow_up_on),
    )
    attempt(
        lambda: coaching.replan_session(context, coaching_id, day=day, follow_up_on=until),
        done=lambda _: "Days changed.",
    )


def set_goal() -> None:
    """Agree on a goal in this session."""
    attempt(
        lambda: coaching.set_goal(
            context,
            agent.id,
            skill=state.read("agenda:goal:skill", ""),
            text=state.read("agenda:goal:text", ""),
            due_on=state.read("agenda:goal:due", None),
            coaching_id=coaching_id,
            steps=read_steps("agenda:goal"),
            target=read_target("agenda:goal"),
        ),
        done=lambda _: "Goal set.",
    )


@st.dialog("Mark as held")
def fill_in_hold() -> None:
    """The day it took place, and the one to look back on it."""
    st.date_input("Held on", today, max_value=today, key="agenda:held_on", format=DAY_FORMAT)
    st.date_input("Follow up on", session.follow_up_on, key="agenda:held_follow_up_on", format=DAY_FORMAT)
    send_button("It was held", hold, key="agenda:hold")


@st.dialog("Call this session off")
def fill_in_call_off() -> None:
    """Why; the agenda stays readable."""
    st.text_area("Why? (kept in the audit)", key="agenda:why", max_chars=LONGEST)
    send_button("Call it off", call_off, key="agenda:call_off")


@st.dialog("Change the days")
def fill_in_days() -> None:
    """Of the session while it is planned, and of its follow-up."""
    if planned:
        st.date_input("Session on", session.held_on, key="agenda:day", format=DAY_FORMAT)
    usual = session.follow_up_on or session.held_on + timedelta(days=28)
    st.date_input("Follow up on", usual, key="agenda:follow_up_on", format=DAY_FORMAT)
    send_button("Keep the days", replan, key="agenda:replan")


@st.dialog("Follow this session up", width="medium")
def fill_in_follow_up() -> None:
    """The goals of the session before and after, and what both make of it."""
    own = [line for line in goals if line.goal.coaching_id == coaching_id]
    for line in own:
        st.markdown(f"**{escape(line.label)}** {escape(line.goal.text)}")
        show_follow_up(line.follow_up)
    if not own:
        quiet("No goal was set in this session.")
    st.text_area("What came of it? Both read it.", key="agenda:outcome", max_chars=LONGEST)
    send_button("Follow up", follow, key="agenda:follow")


@st.dialog("New goal", width="medium")
def fill_in_goal() -> None:
    """For a skill, with steps and a date."""
    advised = [line.point.skill for line in view.points if line.point.kind is PointKind.PRACTISE and line.point.skill]
    goal_fields(context, advised, key="agenda:goal", today=today)
    send_button("Set the goal", set_goal, key="agenda:set_goal")


def show_point(line: PointLine, place: int) -> None:
    """One point: what it is, whether it was talked about, where it shows, and what one may do with it."""
    point = line.point
    mine = point.added_by == context.actor.id
    with st.container(border=True, gap="xsmall", key=f"agenda:point:{point.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            word, icon, colour = POINTS[point.kind]
            st.badge(word, icon=icon, color=colour)
            if not point.shared:
                st.badge("Private", icon=":material/lock:", color="red")
            if line.place is not None:
                place_button(context, line.place, key=f"agenda:place:{point.id}", zone=zone)
            st.space("stretch")
            if writes and planned and place:
                st.button(
                    "Up", icon=":material/arrow_upward:", type="tertiary", key=f"agenda:up:{point.id}", on_click=lift,
                    args=(point, place), help="One place up",
                )  # fmt: skip
            if planned and (writes or mine):
                st.button(
                    "Remove", icon=":material/close:", type="tertiary", key=f"agenda:remove:{point.id}",
                    on_click=remove, args=(point,), help="Take it off the agenda",
                )  # fmt: skip
        if writes and going:
            st.checkbox(
                escape(cut_words(point.text)),
                value=point.done,
                key=f"agenda:done:{point.id}",
                on_change=tick,
                args=(point,),
            )
        else:
            st.markdown((":material/check: " if point.done else "") + escape(cut_words(point.text)))
        unfold_words(point.text)
        if point.kind is PointKind.OWN:
            quiet(f"from {line.by}")


def show_agenda() -> None:
    """The points in their order, and the field for one's own."""
    done = sum(line.point.done for line in view.points)
    of = f" ({done} of {len(view.points)} talked about)" if done else ""
    st.subheader(f"Agenda{of}", anchor=False)
    if not view.points:
        empty("Nothing on the agenda yet.", icon=":material/list_alt:")
    for place, line in enumerate(view.points):
        show_point(line, place)
    if planned and (writes or is_agent):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            label = "What would you like to talk about?" if is_agent else "Own point"
            st.text_input(label, key="agenda:own", max_chars=LONGEST)
            if writes:
                st.checkbox("Private", key="agenda:own_private", width="content")
            st.button("Add", icon=":material/add:", key="agenda:add", on_click=add_own)


def show_proposals() -> None:
    """What the data suggest and is not on the agenda yet."""
    proposals = agenda.propose_agenda(context, agent.id, zone=zone, coaching_id=coaching_id)
    st.subheader("From the last eight weeks", anchor=False)
    if not proposals:
        quiet("Nothing more stands out. Released reviews, goals and disputes are looked at.")
        return
    for place, one in enumerate(proposals):
        word, icon, _ = POINTS[one.kind]
        with st.container(border=True, gap="xsmall"):
            st.checkbox(f"{icon} **{word}** {escape(cut_words(one.text))}", value=True, key=f"agenda:proposal:{place}")
            unfold_words(one.text)
            if one.place is not None:
                place_button(context, one.place, key=f"agenda:proposal_place:{place}", zone=zone)
    st.button(
        "Put the ticked ones on the agenda", icon=":material/playlist_add:", type="primary", key="agenda:add_chosen",
        on_click=add_chosen, args=(proposals,),
    )  # fmt: skip
    quiet("Rests on released reviews only, because the agent reads the agenda too.")


def show_goals() -> None:
    """The goals that were set here, and the open ones from before."""
    shown = [
        line for line in goals if line.goal.coaching_id == coaching_id or (going and line.goal.state is GoalState.OPEN)
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Goals", anchor=False)
        st.space("stretch")
        if writes and going and st.button("New goal", icon=":material/flag:", key="agenda:new_goal"):
            fill_in_goal()
    if not shown:
        quiet("No goal yet.")
    for line in shown:
        show_goal(context, line, today=today, key="agenda", writes=writes, ticks=writes or is_agent)


with page_head(f"Coaching session with {view.coach}" if is_agent else f"Coaching session with {agent.name}"):
    word, icon, colour = COACHING_STATES[session.state]
    st.badge(word, icon=icon, color=colour)
    until = session.follow_up_on if session.state is CoachingState.HELD else None
    look_back = f" · follow-up {write_day(until)}" if until else ""
    quiet(f"{write_day(session.held_on)} · coach: {view.coach}{look_back}", width="content")
    st.space("stretch")
    if is_agent:
        st.page_link("app_pages/feedback.py", label="My feedback", icon=":material/forum:")
    else:
        st.page_link(
            "app_pages/agent.py", label=escape(agent.name), icon=":material/person:", query_params={"agent": agent.id}
        )
    if writes and going:
        if planned and st.button("Call off", icon=":material/block:", type="tertiary", key="agenda:call_off_open"):
            fill_in_call_off()
        if st.button("Change days", icon=":material/event:", type="tertiary", key="agenda:days"):
            fill_in_days()
    if (
        writes
        and planned
        and st.button("Mark as held", type="primary", icon=":material/check:", key="agenda:hold_open")
    ):
        fill_in_hold()
    due = is_follow_up_due(session, today)
    if (
        writes
        and session.state is CoachingState.HELD
        and st.button(
            "Follow up",
            type="primary" if due else "secondary",
            icon=":material/task_alt:",
            key="agenda:follow_open",
        )
    ):
        fill_in_follow_up()
if session.outcome:
    with st.container(border=True, gap="xsmall"):
        st.badge("What came of it", icon=":material/task_alt:", color="green")
        show_words(session.outcome)
left, right = st.columns(2)
with left:
    show_agenda()
    show_goals()
with right:
    if writes and planned:
        show_proposals()
    show_notes(context, session, writes=writes and going, is_agent=is_agent)
