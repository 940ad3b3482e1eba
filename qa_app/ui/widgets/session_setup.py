"""The form that sets a calibration session up: tickets, reviewers, reference, criteria, and what it will give."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.records import Frame, Person, PersonId, ScorecardVersion, SessionKind, TicketId
from qa_app.domain.assignment import due_at
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.present import describe_duration, name_channel
from qa_app.ui.widgets.frame import escape, quiet
from qa_app.ui.widgets.period import DAY_FORMAT
from qa_app.words import write_count
from qa_app.workflows import calibration, calibration_planning, calibration_results, sampling, tickets
from qa_app.workflows.calibration_planning import USEFUL_HALF_WIDTH, ContestedTicket, Foresight
from qa_app.workflows.context import Context
from qa_app.workflows.wording import name_version
from scorecards.model import Channel

_USUAL = 6
_MOST = 200
_MEETING, _EXPERT = "The meeting agrees", "An expert's answers"
_DAYS = 5


def draw_form(
    context: Context, versions: Sequence[ScorecardVersion], reviewers: Sequence[Person], *, zone: ZoneInfo
) -> None:
    """Everything about a new session, with what it will be worth at the end."""
    left, right = st.columns(2)
    left.text_input("Name", placeholder="Week 47, core card", key="calibration:name", max_chars=200)
    version: ScorecardVersion = right.selectbox(
        "Scorecard", versions, format_func=name_version, key="calibration:version"
    )
    names = {person.id: person.name for person in reviewers}
    left.multiselect("Reviewers", list(names), format_func=names.__getitem__, key="calibration:reviewers")
    _ask_reference(right, names)
    st.markdown("**Tickets**")
    _ask_tickets(context)
    st.markdown("**Grading**")
    _ask_grading(context, version, zone)
    show_foresight(context, version)


def read_form(zone: ZoneInfo) -> calibration.NewSession:
    """The session as filled in."""
    read = state.read
    name, count = read("calibration:name", ""), int(read("calibration:count", _USUAL))
    channels = read("calibration:channels", list[str]())
    frame = Frame(
        channels=tuple(Channel(key) for key in channels), reviewed=False if read("calibration:fresh", False) else None
    )
    due = st.session_state["calibration:due"]
    return calibration.NewSession(
        name=name,
        version_id=st.session_state["calibration:version"].id,
        ticket_ids=tuple(TicketId(key) for key in read("calibration:tickets", list[str]())),
        reviewer_ids=tuple(PersonId(key) for key in read("calibration:reviewers", list[str]())),
        plan=sampling.NewPlan(f"Calibration: {name}", frame, size=count) if count else None,
        contested=int(read("calibration:contested", 0)),
        expert_id=read("calibration:expert", None) if read("calibration:reference", "") == _EXPERT else None,
        due_at=due_at(due, zone) if due else None,
        seed=int(read("calibration:seed", 1)),
        kind=SessionKind.EXISTING if read("calibration:existing", False) else SessionKind.FRESH,
        criterion_ids=tuple(read("calibration:criteria", list[str]())),
        agent_hidden=not read("calibration:show_agent", False),
    )


def show_foresight(context: Context, version: ScorecardVersion) -> None:
    """Which interval the session will give, and what it costs: as soon as there is anything to say."""
    chosen = state.read("calibration:tickets", list[str]())
    count = int(state.read("calibration:count", _USUAL)) + int(state.read("calibration:contested", 0)) + len(chosen)
    people = {*state.read("calibration:reviewers", list[str]())}
    if count < 1 or len(people) < 2:
        quiet("Choose two reviewers and a ticket to see what the session will be worth, and what it costs.")
        return
    try:
        seen = calibration_planning.foresee(context, version.id, tickets=count, reviewers=len(people))
    except PlumblineError as refusal:
        st.warning(escape(refusal.message), icon=":material/straighten:")
        return
    st.info(describe_foresight(seen), icon=":material/straighten:")


def describe_foresight(seen: Foresight) -> str:
    """The plan in two sentences, for the screen."""
    size = f"{write_count(seen.tickets, 'ticket')} × {write_count(seen.reviewers, 'reviewer')}"
    worth = (
        f"**{size}**: agreement on a yes/no criterion will be known to about **±{seen.half_width:.2f}** "
        f"(95%, if it is {seen.expected:g} and one answer in {round(1 / seen.share)} is the rarer one)."
    )
    if seen.half_width > USEFUL_HALF_WIDTH:
        worth += f" ±{USEFUL_HALF_WIDTH:.2f} takes {seen.useful_tickets} tickets; sessions of one scorecard add up."
    if seen.minutes is None or seen.minutes_each is None:
        return f"{worth} No grading time was measured on this scorecard yet."
    each, total = (describe_duration(timedelta(minutes=minutes)) for minutes in (seen.minutes_each, seen.minutes))
    return f"{worth} Grading takes about **{total}** in all: {each} a review, from {seen.measured} past ones."


def _ask_reference(place: DeltaGenerator, names: Mapping[PersonId, str]) -> None:
    place.segmented_control(
        "Who is right", [_MEETING, _EXPERT], default=_MEETING, required=True, key="calibration:reference"
    )
    if state.read("calibration:reference", _MEETING) == _EXPERT:
        place.selectbox(
            "Expert",
            list(names),
            format_func=names.__getitem__,
            key="calibration:expert",
            help="Grades as blind as the reviewers; the answers are the reference that everybody is compared with.",
        )


def _ask_tickets(context: Context) -> None:
    facets = tickets.read_facets(context)
    contested = state.recall(
        "calibration:contested_rows",
        (context.actor.id, calibration_results.find_revision(context)),
        lambda: calibration_planning.list_contested(context),
    )
    one, two, three, four = st.columns([1, 1, 2, 1])
    one.number_input("At random", 0, _MOST, _USUAL, key="calibration:count")
    two.number_input(
        "Contested",
        0,
        min(len(contested), _MOST),
        0,
        key="calibration:contested",
        disabled=not contested,
        help=f"{write_count(len(contested), 'ticket')} disputed, revised, or graded differently by two reviewers; "
        "the most contested come first.",
    )
    three.multiselect(
        "Channels", facets.channels, format_func=name_channel, key="calibration:channels", placeholder="all"
    )
    four.number_input(
        "Seed",
        0,
        2**31 - 1,
        1,
        key="calibration:seed",
        help="The same seed on the same tickets draws the same sample.",
    )
    labels = _label_tickets(context, contested)
    st.multiselect(
        "By hand",
        list(labels),
        format_func=labels.__getitem__,
        key="calibration:tickets",
        placeholder="none",
        select_all=False,
    )
    st.checkbox("Draw only tickets that nobody has reviewed", key="calibration:fresh")
    quiet("Each ticket keeps how it was picked. Everyday agreement is estimated from the random ones only.")


def _label_tickets(context: Context, contested: Sequence[ContestedTicket]) -> dict[TicketId, str]:
    """Contested ones first, with why, then the newest."""
    found = {
        one.ticket.id: (one.ticket, f"contested {one.counts.weight}×" if one.counts.weight else "") for one in contested
    }
    for row in tickets.list_tickets(context, frame=Frame(), limit=_MOST).rows:
        found.setdefault(row.ticket.id, (row.ticket, ""))
    return {
        key: " · ".join(
            part
            for part in (ticket.external_id, name_channel(ticket.channel), ticket.subject or "(no subject)", why)
            if part
        )
        for key, (ticket, why) in found.items()
    }


def _ask_grading(context: Context, version: ScorecardVersion, zone: ZoneInfo) -> None:
    labels = {criterion.id: criterion.label for criterion in version.scorecard.criteria}
    left, right = st.columns([3, 1])
    left.multiselect(
        "Criteria",
        list(labels),
        format_func=lambda key: labels.get(key, key),
        key="calibration:criteria",
        placeholder=f"all {len(labels)}",
        help="Reviewers see only these, and those that their conditions rest on. A part of a scorecard has no score.",
    )
    today = context.now().astimezone(zone).date()
    right.date_input("Due", today + timedelta(days=_DAYS), key="calibration:due", format=DAY_FORMAT)
    with st.container(horizontal=True):
        st.checkbox("Name the agent on the desk", key="calibration:show_agent")
        st.checkbox(
            "Let blind everyday reviews stand",
            key="calibration:existing",
            help="A review of the same ticket on this scorecard version counts as its author's grade where it is "
            "stored that no other grade could be seen. The others are graded for the session.",
        )
