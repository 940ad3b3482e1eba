"""A dispute on screen: its badges, the grades side by side, who grades again, and the form that decides it."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import streamlit as st

from db.records import AssignmentState, DisputeId, DisputeState, Person
from qa_app.domain.disputes import LONGEST
from qa_app.ui import state
from qa_app.ui.present import DISPUTE_STATES, describe_due, describe_moment, describe_outcome, tell_due
from qa_app.ui.widgets.frame import attempt, escape, escape_lines, quiet
from qa_app.words import write_answer, write_count
from qa_app.workflows import deciding, second_grading
from qa_app.workflows.context import Context
from qa_app.workflows.dispute_rows import DisputeRow, ItemLine
from scorecards.answers import NOT_APPLICABLE, Answer
from scorecards.model import Criterion, CriterionType

_KEEP, _NA = "(keep)", "(not applicable)"
_UPHOLD, _MOVE, _VOID = (
    "It was theirs: the review stays",
    "It belongs to another agent",
    "Void it: it counts for nobody",
)


def draw_badges(row: DisputeRow, *, context: Context, zone: ZoneInfo) -> None:
    """State, what it is about, and whether it is late: by word, icon and colour."""
    dispute, now = row.dispute, context.now()
    word, icon, colour = describe_outcome(row)
    st.badge(word, icon=icon, color=colour)
    if row.about_work:
        st.badge("Whose work", icon=":material/person_off:", color="violet")
    if row.is_overdue(now):
        st.badge(describe_due(dispute.due_at, now=now, zone=zone).capitalize(), icon=":material/alarm:", color="red")
    elif dispute.state is DisputeState.OPEN and dispute.due_at:
        quiet(tell_due(dispute.due_at, now=now, zone=zone), width="content")
    if row.waits_for_second:
        _draw_second_badge(row)
    elif dispute.state is DisputeState.OPEN and row.second is not None:
        st.badge("Second grade is in", icon=":material/done:", color="green")


def _draw_second_badge(row: DisputeRow) -> None:
    second = row.second
    if second is None or second.given_back:
        word = "Second grader wanted" if second is None else "Second grade given back"
        st.badge(word, icon=":material/person_search:", color="orange")
    else:
        named = f" by {second.grader.name}" if second.grader else ""
        st.badge(f"Being graded again{escape(named)}", icon=":material/visibility_off:", color="blue")


def draw_story(row: DisputeRow, *, zone: ZoneInfo, own: bool) -> None:
    """Who contests what and why, and what was decided."""
    dispute = row.dispute
    by = "You" if own else row.raised_by.name
    for_whom = f" for {row.agent.name}" if row.agent and row.agent.id != dispute.raised_by else ""
    quiet(f"{by} contested it{for_whom}, {describe_moment(dispute.raised_at, zone)}; graded by {row.reviewer.name}")
    if dispute.reason:
        with st.container(border=True):
            st.text(dispute.reason)
    if dispute.state is DisputeState.OPEN:
        return
    who = row.decider.name if row.decider else "Somebody"
    verb = "Withdrawn" if dispute.state is DisputeState.WITHDRAWN else "Decided"
    quiet(f"{verb} by {who}, {describe_moment(dispute.decided_at, zone)}")
    if dispute.decision:
        st.markdown(f":material/gavel: {escape_lines(dispute.decision)}")


def draw_lines(row: DisputeRow) -> None:
    """The grades side by side, with what was written beside each."""
    for line in row.lines:
        criterion = row.version.scorecard.criterion(line.criterion_id)
        with st.container(border=True, gap="xsmall", key=f"dispute:line:{line.criterion_id}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.markdown(f"**{escape(criterion.label)}**", width="content")
                if not line.contested:
                    st.badge("Not contested, graded otherwise", icon=":material/difference:", color="gray")
                if line.upheld is not None:
                    state_after = DisputeState.UPHELD if line.upheld else DisputeState.REVISED
                    word, icon, colour = DISPUTE_STATES[state_after]
                    st.badge(word, icon=icon, color=colour)
            _draw_answers(row, line, criterion)
            for icon, name, words in (
                ("person", "The agent", line.reason),
                ("rate_review", "The reviewer", line.comment),
                ("visibility_off", "The second grader", line.second_comment),
            ):
                if words and words != row.dispute.reason:
                    st.markdown(f":material/{icon}: :gray[{name}:] {escape_lines(words)}")


def _draw_answers(row: DisputeRow, line: ItemLine, criterion: Criterion) -> None:
    answers = {"First grade": line.first}
    if line.proposed is not None:
        answers["Proposed"] = line.proposed
    if line.second is not None:
        answers["Second grade"] = line.second
    if line.decided is not None:
        answers["Decided"] = line.decided
    with st.container(horizontal=True, gap="medium"):
        for name, answer in answers.items():
            st.markdown(f":small[:gray[{name}]]  \n{escape(write_answer(answer, criterion))}", width="content")
    if row.second is not None and row.second.blind is False and line.second is not None:
        quiet("The second grader may have seen the first grade before, so this is no blind grade.")


def ask_second(row: DisputeRow, able: tuple[Person, ...], *, context: Context) -> None:
    """Choose who grades again; the first one is proposed."""
    second = row.second
    open_ = second is not None and second.state is AssignmentState.OPEN
    with st.container(border=True, key="dispute:second"):
        st.markdown("**Second grade**")
        asked = "the whole form" if row.asks_whole_form else "the contested criteria"
        quiet(f"Somebody who has not seen this review grades {asked}, blind. Their grade counts in no score.")
        if second is not None:
            named = second.grader.name if second.grader else "Somebody"
            quiet(f"{named} has it in the queue." if open_ else f"{named} gave it back.")
        if not able:
            quiet("Nobody else is left who could grade it blind.")
            return
        names = {person.id: person.name for person in able}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.selectbox(
                "Second grader",
                list(names),
                help="Who has the least to do stands first." if len(able) > 1 else None,
                format_func=names.__getitem__,
                key="dispute:grader",
                width=320,
            )
            st.button(
                "Ask somebody else instead" if open_ else "Ask for a second grade",
                type="secondary" if open_ else "primary",
                icon=":material/visibility_off:",
                on_click=_assign,
                args=(context, row.dispute.id),
                key="dispute:assign",
            )


def _assign(context: Context, dispute_id: DisputeId) -> None:
    grader = state.read("dispute:grader", None)
    attempt(
        lambda: second_grading.assign_second_grader(context, dispute_id, grader),
        done=lambda _: "Asked. The ticket is in that person's queue, without these grades.",
    )


def ask_decision(row: DisputeRow, *, context: Context, agents: tuple[Person, ...]) -> None:
    """The form that decides; changed answers revise the review, none uphold it."""
    with st.container(border=True, key="dispute:decide"):
        st.markdown("**Decision**")
        if row.about_work:
            _ask_whose(row, agents)
        else:
            _ask_answers(row)
        st.text_area(
            "What do you decide, and why? The agent reads it.",
            key=f"dispute:{row.dispute.id}:words",
            max_chars=LONGEST,
            height=100,
            persist_state="session",
        )
        if row.waits_for_second:
            st.checkbox("Decide without a second grade", key=f"dispute:{row.dispute.id}:without")
        st.button(
            "Decide",
            type="secondary" if row.waits_for_second else "primary",
            icon=":material/gavel:",
            on_click=_settle if row.about_work else _decide,
            args=(context, row),
            key="dispute:go",
        )


def _ask_answers(row: DisputeRow) -> None:
    first = {rating.criterion_id: rating.answer for rating in row.review.ratings}
    asked = [line.criterion_id for line in row.lines] or list(first)
    for criterion_id in asked:
        criterion = row.version.scorecard.criterion(criterion_id)
        if criterion.type is CriterionType.TEXT:
            continue
        key = f"dispute:{row.dispute.id}:{criterion_id}"
        kept = f"Keep: {write_answer(first[criterion_id], criterion)}"
        if criterion.number is not None:
            st.number_input(
                f"{escape(criterion.label)} ({kept})",
                min_value=float(criterion.number.low),
                max_value=float(criterion.number.high),
                value=None,
                step=float(criterion.number.step),
                placeholder=kept,
                key=key,
                width=380,
                persist_state="session",
            )
            continue
        labels = {_KEEP: kept} | {
            option.id: option.label for option in criterion.options if option.id != first[criterion_id].option_id
        }
        labels |= {_NA: "Not applicable"} if criterion.allow_na and first[criterion_id] != NOT_APPLICABLE else {}
        st.selectbox(
            escape(criterion.label),
            list(labels),
            format_func=labels.__getitem__,
            key=key,
            width=380,
            persist_state="session",
        )


def _ask_whose(row: DisputeRow, agents: tuple[Person, ...]) -> None:
    others = {person.id: person.name for person in agents if row.agent is None or person.id != row.agent.id}
    ways = [_UPHOLD, *([_MOVE] if others else []), _VOID]
    st.radio("Whose work was it?", ways, key=f"dispute:{row.dispute.id}:way")
    if state.read(f"dispute:{row.dispute.id}:way", _UPHOLD) == _MOVE:
        st.selectbox(
            "The right agent",
            list(others),
            index=None,
            format_func=others.__getitem__,
            key=f"dispute:{row.dispute.id}:right",
            width=380,
        )


def show_unsent(row: DisputeRow, *, context: Context) -> None:
    """What stands in this tab's form where somebody else, or another tab, was faster."""
    form = f"dispute:{row.dispute.id}:"
    words = state.read(f"{form}words", "").strip()
    answers = _read_answers(row)
    if not words and not answers:
        return
    by = row.decider
    who = "Somebody" if by is None else "You, in another tab," if by.id == context.actor.id else escape(by.name)
    did = "withdrew this dispute" if row.dispute.state is DisputeState.WITHDRAWN else "decided this dispute"
    st.warning(
        f"{who} {did} meanwhile. What you wrote was not sent: copy what you still need.",
        icon=":material/sync_problem:",
    )
    with st.container(border=True, key="dispute:unsent", gap="xsmall"):
        if words:
            st.text(words)
        for criterion_id, answer in answers.items():
            criterion = row.version.scorecard.criterion(criterion_id)
            quiet(f"{criterion.label}: {write_answer(answer, criterion)}")
        st.button("Put it away", type="tertiary", on_click=state.forget, args=(form,), key="dispute:put_away")


def _read_answers(row: DisputeRow) -> dict[str, Answer]:
    """What the form changes."""
    answers = {}
    for rating in row.review.ratings:
        given: object = state.read(f"dispute:{row.dispute.id}:{rating.criterion_id}", None)
        if isinstance(given, int | float):
            answers[rating.criterion_id] = Answer.measure(Decimal(repr(given)).normalize())
        elif isinstance(given, str) and given != _KEEP:
            answers[rating.criterion_id] = NOT_APPLICABLE if given == _NA else Answer.choose(given)
    return answers


def _decide(context: Context, row: DisputeRow) -> None:
    key = row.dispute.id
    answers = _read_answers(row)
    decided = attempt(
        lambda: deciding.decide_dispute(
            context,
            key,
            decision=state.read(f"dispute:{key}:words", ""),
            answers=answers,
            without_second=state.read(f"dispute:{key}:without", default=False),
        ),
        done=lambda ended: f"Decided: {DISPUTE_STATES[ended.state][0].lower()}.",
    )
    if decided is not None:
        state.forget(f"dispute:{key}:")


def _settle(context: Context, row: DisputeRow) -> None:
    key = row.dispute.id
    way, words = state.read(f"dispute:{key}:way", _UPHOLD), state.read(f"dispute:{key}:words", "")
    right = state.read(f"dispute:{key}:right", None)
    if way == _UPHOLD:
        settled = attempt(
            lambda: deciding.decide_dispute(context, key, decision=words), done=lambda _: "Decided: the review stays."
        )
    else:
        settled = attempt(
            lambda: deciding.settle_wrong_agent(context, key, decision=words, move_to=right, void=way == _VOID),
            done=lambda _: "Voided." if way == _VOID else "Moved. The right agent finds it as newly released.",
        )
    if settled is not None:
        state.forget(f"dispute:{key}:")


def count_criteria(row: DisputeRow) -> str:
    """What is contested, in two words."""
    if row.about_work:
        return "whose work it was"
    return write_count(len(row.dispute.items), "criterion", "criteria") if row.dispute.items else "the whole review"
