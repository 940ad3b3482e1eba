"""What the coach's and the agent's pages share: goals with steps and follow-up, sessions, objectives, appraisals."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import streamlit as st

from db.records import CoachingSession, CoachingState, Goal, GoalId, GoalState, GoalStep
from qa_app.coaching import AppraisalView, FollowUp, GoalLine, ObjectiveLine, SelfView, is_follow_up_due, is_overdue
from qa_app.domain.coaching_terms import LONGEST
from qa_app.domain.practice import find_steps
from qa_app.estimate import Estimate, Measured
from qa_app.reports import ReviewLine
from qa_app.ui import state
from qa_app.ui.present import COACHING_STATES, GOAL_STATES
from qa_app.ui.widgets.frame import attempt, empty, escape, quiet, send_button
from qa_app.ui.widgets.period import DAY_FORMAT
from qa_app.words import (
    describe_reason,
    write_change_short,
    write_count,
    write_day,
    write_follow_up_days,
    write_short,
    write_signed,
)
from qa_app.workflows import coaching
from qa_app.workflows.context import Context
from qa_app.workflows.wording import name_skill

_SHORT = 600
"""Characters that stand unfolded."""
_WAYS = 3
"""Links to reviews where there is nothing to compare yet."""


def show_words(words: str) -> None:
    """Somebody's words as they were written; of long ones the beginning, and all of them unfolded."""
    st.text(cut_words(words))
    unfold_words(words)


def cut_words(words: str) -> str:
    """The beginning of long words, and short ones whole."""
    return words if len(words) <= _SHORT else f"{words[:_SHORT].rstrip()} …"


def unfold_words(words: str) -> None:
    """What `cut_words` left out, with the rest; nothing for short words."""
    if len(words) > _SHORT:
        with st.expander(f"All {len(words):,} characters", icon=":material/unfold_more:"):
            st.text(words)


def show_goal(context: Context, line: GoalLine, *, today: date, key: str, writes: bool, ticks: bool) -> None:
    """A goal with its steps to tick and its follow-up; whoever `writes` ends it and edits the steps."""
    goal = line.goal
    with st.container(border=True, gap="xsmall", key=f"{key}:goal:{goal.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            word, icon, colour = GOAL_STATES[goal.state]
            st.badge(word, icon=icon, color=colour)
            if line.overdue(today):
                st.badge("Overdue", icon=":material/alarm:", color="red")
            st.markdown(f"**{escape(line.label)}**", width="content")
            st.space("stretch")
            quiet(_tell_terms(goal), width="content")
        show_words(goal.text)
        for step in goal.steps:
            _show_step(context, goal, step, key=key, ticks=ticks)
        if goal.state is not GoalState.OPEN:
            why = f": {goal.why}" if goal.why else ""
            quiet(f"{GOAL_STATES[goal.state][0]} · {line.ended_by}{why}")
        with st.expander("Before and after", icon=":material/compare_arrows:"):
            show_follow_up(line.follow_up)
        if writes and goal.state is GoalState.OPEN:
            with st.container(horizontal=True, gap="small"):
                if st.button("Met", icon=":material/check:", key=f"{key}:met:{goal.id}"):
                    _end(context, goal, GoalState.MET)
                if st.button("Drop", icon=":material/close:", type="tertiary", key=f"{key}:drop:{goal.id}"):
                    _end(context, goal, GoalState.DROPPED)
                if st.button("Edit steps", icon=":material/edit:", type="tertiary", key=f"{key}:steps:{goal.id}"):
                    _edit_steps(context, goal)


def show_follow_up(followed: FollowUp) -> None:
    """Before, after and the change, beside the colleagues', with what must be said to it."""
    rows = [
        ("Before", _percent(followed.before, over=True), _percent(followed.team_before, over=True)),
        ("After", _percent(followed.after), ""),
        (
            "Change, points",
            write_change_short(followed.change, before=followed.before),
            write_change_short(followed.team_change, before=followed.team_before),
        ),
        ("Change less the team's", write_change_short(followed.compared, before=followed.before), ""),
    ]
    st.table(
        pd.DataFrame([{"": name, "Agent": escape(own), "Colleagues": escape(team)} for name, own, team in rows]),
        border="horizontal",
        hide_index=True,
        alt="Before and after, agent and colleagues",
    )
    quiet(f"{write_follow_up_days(followed)} Released random reviews, 95% intervals; each colleague counts once.")
    for remark in followed.remarks:
        st.markdown(f":material/info: {escape(remark)}")


def show_sessions(found: Sequence[CoachingSession], *, today: date, key: str) -> None:
    """The sessions, newest first, each with the way to it."""
    for session in found:
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"{key}:session:{session.id}"
        ):
            word, icon, colour = COACHING_STATES[session.state]
            st.badge(word, icon=icon, color=colour)
            st.page_link(
                "app_pages/coaching_session.py",
                label=f"Coaching session of {escape(write_day(session.held_on))}",
                icon=":material/forum:",
                query_params={"coaching": session.id},
            )
            st.space("stretch")
            if session.state is CoachingState.HELD and session.follow_up_on:
                until = f"follow-up {write_day(session.follow_up_on)}"
                if is_follow_up_due(session, today):
                    st.badge(until, icon=":material/alarm:", color="red")
                else:
                    quiet(until, width="content")


def show_objective(line: ObjectiveLine, *, today: date) -> None:
    """What a team works on, and how far it is; draw what one can do with it inside the same container."""
    objective = line.objective
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        word, icon, colour = GOAL_STATES[objective.state]
        st.badge(word, icon=icon, color=colour)
        if is_overdue(objective, today):
            st.badge("Overdue", icon=":material/alarm:", color="red")
        st.markdown(f"**{escape(line.team)}: {escape(line.label)}**", width="content")
        st.space("stretch")
        until = f" · until {write_day(objective.due_on)}" if objective.due_on else ""
        quiet(f"{line.by}{until}", width="content")
    show_words(objective.text)
    quiet(
        f"Mean of the agents: {_percent(line.since)} since {write_day(objective.created_at.date())}, "
        f"{_percent(line.before, over=True)} in the eight weeks before. "
        f"Change: {write_change_short(line.change, before=line.before)}."
    )
    if line.remark:
        st.markdown(f":material/info: {escape(line.remark)}")
    if objective.why:
        quiet(objective.why)


def show_self_views(views: Sequence[SelfView], reviews: Sequence[ReviewLine], *, own: bool) -> None:
    """Self and reviewer, skill by skill, where they lie furthest apart first; else the way to the newest reviews."""
    if not views:
        who, way = ("you have", "“Review myself”") if own else ("the agent has", "“Ask for a self-review”")
        empty(
            f"Nothing to compare yet: it takes released reviews of tickets that {who} reviewed too. {way} stands on "
            "the page of each review."
        )
        with st.container(horizontal=True, gap="small"):
            for line in reviews[:_WAYS]:
                st.page_link(
                    "app_pages/review.py",
                    label=f"Review of {escape(line.ticket.external_id)}",
                    query_params={"review": line.review.id},
                    icon=":material/rate_review:",
                )
        return
    rows = [
        {
            "Skill": escape(view.label),
            "Self": escape(_percent(view.own)),
            "Reviewer": escape(_percent(view.reviewer)),
            "Self less reviewer, points": escape(_apart(view.difference)),
        }
        for view in views
    ]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt="Self-reviews beside the reviewers' grades")
    most = max(view.n_reviews for view in views)
    blind = max(view.n_blind for view in views)
    quiet(
        f"The same tickets graded twice, {write_count(most, 'ticket')} at most in a skill, {blind} of them without the "
        "agent's having seen the reviewer's grades. 95% intervals; where one holds 0, the two may well agree."
    )


def show_appraisals(views: Sequence[AppraisalView], *, key: str) -> None:
    """Periods and role-plays that were graded by both, or wait for somebody."""
    for view in views:
        appraisal = view.appraisal
        with st.container(
            border=True,
            horizontal=True,
            vertical_alignment="center",
            gap="small",
            key=f"{key}:appraisal:{appraisal.id}",
        ):
            if view.waiting_for:
                st.badge(f"Waits for {_name_waiting(view)}", icon=":material/hourglass_top:", color="orange")
            else:
                st.badge("Side by side", icon=":material/compare:", color="green")
            st.page_link(
                "app_pages/appraisal.py",
                label=escape(name_appraisal(view)),
                icon=":material/compare:",
                query_params={"appraisal": appraisal.id},
            )


def _name_waiting(view: AppraisalView) -> str:
    """Who has not submitted; the reader is "you"."""
    own = view.own
    mine = own is not None and own.submitted_at is None
    name = view.agent.name if own is not None and own.person_id == view.agent.id else view.coach.name
    return escape(" and ".join("you" if mine and each == name else each for each in view.waiting_for))


def name_appraisal(view: AppraisalView) -> str:
    """What an appraisal is about, in a line."""
    appraisal = view.appraisal
    if appraisal.subject == "role_play":
        return f"Role-play, {write_day(appraisal.start)}: {appraisal.about}"
    return f"{view.version.scorecard.label}, {write_day(appraisal.start)} to {write_day(appraisal.end)}"


def goal_fields(context: Context, advised: Sequence[str], *, key: str, today: date) -> None:
    """The fields of a new goal, the advised skills first as far as they are graded still."""
    graded = coaching.list_skills(context)
    skills = dict.fromkeys([*(skill for skill in advised if skill in graded), *graded])
    skill = st.selectbox("Skill", list(skills), format_func=name_skill, key=f"{key}:skill")
    st.text_area("What will the agent practise?", key=f"{key}:text", max_chars=LONGEST)
    st.text_area(
        "Steps, one a line", "\n".join(find_steps(skill)), key=f"{key}:steps:{skill}", max_chars=LONGEST, height=140
    )
    with st.container(horizontal=True):
        st.date_input("Until", value=today + timedelta(days=28), min_value=today, key=f"{key}:due", format=DAY_FORMAT)
        st.number_input("Mean to reach, % (if any)", 0, 100, None, key=f"{key}:target")


def read_steps(key: str) -> list[str]:
    """The steps that were filled in for the chosen skill."""
    skill = state.read(f"{key}:skill", "")
    return str(state.read(f"{key}:steps:{skill}", "")).splitlines()


def read_target(key: str) -> Decimal | None:
    """The target that was filled in, if any."""
    target: int | None = state.read(f"{key}:target", None)
    return None if target is None else Decimal(target)


@st.dialog("End this goal")
def _end(context: Context, goal: Goal, ending: GoalState) -> None:
    st.text(goal.text)
    label = "How does it show? (if you want to say)" if ending is GoalState.MET else "Why is it dropped?"
    st.text_area(label, key=f"goal:why:{goal.id}", max_chars=LONGEST)
    send_button(
        "Mark as met" if ending is GoalState.MET else "Drop the goal",
        _send_end,
        args=(context, goal, ending),
        key="goal:end",
    )


def _send_end(context: Context, goal: Goal, ending: GoalState) -> None:
    why = str(state.read(f"goal:why:{goal.id}", ""))
    attempt(
        lambda: coaching.finish_goal(context, goal, state=ending, why=why),
        done=lambda _: "Goal met." if ending is GoalState.MET else "Goal dropped.",
    )


@st.dialog("Steps of this goal")
def _edit_steps(context: Context, goal: Goal) -> None:
    st.text(goal.text)
    st.text_area(
        "Steps, one a line; a step of the same words keeps its tick",
        "\n".join(step.text for step in goal.steps),
        key=f"goal:steps:{goal.id}",
        max_chars=LONGEST,
        height=180,
    )
    send_button("Keep the steps", _send_steps, args=(context, goal.id), key="goal:keep_steps")


def _send_steps(context: Context, goal_id: GoalId) -> None:
    steps = str(state.read(f"goal:steps:{goal_id}", "")).splitlines()
    attempt(lambda: coaching.edit_steps(context, goal_id, steps), done=lambda _: "Steps kept.")


def _show_step(context: Context, goal: Goal, step: GoalStep, *, key: str, ticks: bool) -> None:
    """A box to tick, or the same to read: Streamlit fades a box that nobody may tick below what can be read."""
    if not ticks or goal.state is not GoalState.OPEN:
        icon = "check_box" if step.done_at else "check_box_outline_blank"
        st.markdown(f":material/{icon}: {escape(step.text)}")
        return
    st.checkbox(
        escape(step.text),
        value=step.done_at is not None,
        key=f"{key}:step:{step.id}",
        on_change=_tick,
        args=(context, goal.id, step, f"{key}:step:{step.id}"),
    )


def _tick(context: Context, goal_id: GoalId, step: GoalStep, key: str) -> None:
    done = bool(state.read(key, default=False))
    attempt(lambda: coaching.tick_step(context, goal_id, step.id, done=done))


def _tell_terms(goal: Goal) -> str:
    target = [f"to {goal.target.normalize():f}%"] if goal.target is not None else []
    return " · ".join([*target, f"until {write_day(goal.due_on)}" if goal.due_on else "no date"])


def _percent(measured: Measured, *, over: bool = False) -> str:
    return write_short(measured, digits=1, over=over)


def _apart(difference: Measured) -> str:
    if not isinstance(difference, Estimate):
        return f"— {describe_reason(difference)}"
    value = write_signed(difference.value, 1)
    if difference.low is None or difference.high is None:
        return f"{value} (no interval, n = {difference.n_units})"
    sure = "may agree" if difference.low <= 0 <= difference.high else "kinder" if difference.value > 0 else "stricter"
    limits = f"{write_signed(difference.low, 1)} to {write_signed(difference.high, 1)}"
    return f"{value} ({limits}, n = {difference.n_units}): {sure}"
