"""One review beside its conversation; agents acknowledge or contest it here, leads release or void it."""

from dataclasses import replace

import streamlit as st

from db.records import DisputeState, ReviewId, ReviewState
from qa_app.domain.access import allows, reach
from qa_app.domain.acknowledgement import LONGEST, acknowledged_at, is_asked
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import describe_moment, describe_outcome, describe_score, name_selection
from qa_app.ui.widgets.contest import fill_in_dispute, tell_terms
from qa_app.ui.widgets.conversation import show_conversation
from qa_app.ui.widgets.dead_end import show_dead_end
from qa_app.ui.widgets.frame import attempt, escape, escape_lines, page_head, quiet, send_button
from qa_app.ui.widgets.review import rating_lines, score_row, state_badge
from qa_app.workflows import acknowledging, disputes, reviews, second_grading, self_review, tickets

context = current_context()
zone = installation().settings.time_zone
_CHANGING = {DisputeState.REVISED, DisputeState.PARTLY_REVISED, DisputeState.WRONG_AGENT}
wanted = ReviewId(state.link_value("review") or "")
seen = (context.actor.id, wanted)
try:
    # What its scorecard acknowledges by itself is so from its time on, whoever is the first to look.
    state.recall("review:settled", seen, lambda: acknowledging.settle_acknowledgement(context, wanted))
    view = reviews.view_review(context, wanted)
    state.recall("review:noted", seen, lambda: second_grading.note_reader(context, wanted))
except PlumblineError as refusal:
    show_dead_end("Review", refusal.message, person=context.actor, list_name="reviews")
    st.stop()
review = view.line.review
conversation = replace(view.conversation, recordings=tickets.list_hearable(context, view.conversation))
team_id = view.agent.team_id if view.agent else None
is_agent = review.agent_id == context.actor.id
rules = view.version.scorecard.acknowledgement
terms = disputes.find_terms(context, review.id)
may_raise = allows(context.actor, "dispute.raise", team_id=team_id, owner_id=review.agent_id)


def acknowledge() -> None:
    """The agent has read it."""
    comment = state.read(f"review:{review.id}:comment", "")
    made = attempt(
        lambda: reviews.acknowledge_review(context, review.id, comment=comment),
        done=lambda _: "Acknowledged. Thank you.",
    )
    if made:
        state.forget(f"review:{review.id}:comment")


def release() -> None:
    """Show it to the agent."""
    attempt(lambda: reviews.release_reviews(context, [review.id]), done=lambda _: "Released to the agent.")


def void() -> None:
    """Take it out of all figures."""
    attempt(
        lambda: reviews.void_review(context, review.id, reason=state.read("review:void_reason", "")),
        done=lambda _: "Voided. It no longer counts anywhere.",
    )


def start_own() -> None:
    """Open the agent's own review of the same ticket."""
    state.write("review:own", attempt(lambda: self_review.start_self_review(context, review.id)))


def ask_own() -> None:
    """Ask the agent for it."""
    attempt(
        lambda: self_review.ask_self_review(context, review.id),
        done=lambda _: "Asked. The agent finds it under My feedback.",
    )


def show_own() -> None:
    """How the agent graded the same ticket: only where the two differ."""
    if not allows(context.actor, "coaching.read", team_id=team_id, owner_id=review.agent_id):
        return
    own = self_review.find_self_review(context, review.id)
    if own is None:
        return
    theirs = {line.criterion_id: line.answer for line in view.line.ratings}
    with st.container(border=True, gap="xsmall", key="review:own_review"):
        st.badge(f"Self-review: {describe_score(own.review)}%", icon=":material/self_improvement:", color="green")
        quiet("Beside all scores." if own.review.saw_other_grades else "Graded without having seen this review.")
        different = [line for line in own.ratings if theirs.get(line.criterion_id) != line.answer]
        for line in different:
            st.text(f"{line.label}: {line.answer} (review: {theirs.get(line.criterion_id, '—')})")
            if line.comment:
                quiet(line.comment)
        if not different:
            st.text("The same answer to every question.")


@st.dialog("Acknowledge with a comment")
def fill_in_comment() -> None:
    """What the agent wants to say about it."""
    st.text_area(
        "Your comment; the reviewer and your coach read it",
        key=f"review:{review.id}:comment",
        max_chars=LONGEST,
        persist_state="session",
    )
    send_button("Acknowledge", acknowledge, key="review:acknowledge_comment", icon=":material/done_all:")


@st.dialog("Void this review")
def fill_in_void() -> None:
    """Why it shall not count."""
    st.text("It stays readable, but counts in no figure any more. This cannot be undone.")
    st.text_area("Why is it voided?", key="review:void_reason", max_chars=2000)
    send_button("Void this review", void, key="review:void")


def offer_next() -> None:
    """The agent's next unread review, oldest first."""
    unread = reviews.list_reviews(context, agent_id=context.actor.id, states=(ReviewState.RELEASED,))
    others = [row.review.id for row in unread if row.review.id != review.id]
    if others:
        st.page_link(
            "app_pages/review.py",
            label=f"Next new one ({len(others)})",
            icon=":material/arrow_forward:",
            query_params={"review": others[-1]},
        )


def offer_contest(label: str) -> None:
    """The way to a dispute, where its scorecard and the policy allow one."""
    if (
        may_raise
        and terms.open
        and view.newest is None
        and st.button(label, icon=":material/gavel:", key="review:contest_open")
    ):
        fill_in_dispute(context, view, terms, own=is_agent)


def offer_acknowledgement() -> None:
    """With or without a comment, where the scorecard asks for it."""
    if not is_asked(review, rules):
        return
    if st.button("Comment", icon=":material/add_comment:", type="tertiary", key="review:comment_open"):
        fill_in_comment()
    st.button("Acknowledge", type="primary", icon=":material/done_all:", on_click=acknowledge, key="review:acknowledge")


def show_terms() -> None:
    """What may be contested until when, and whether it was read: always said to those whom it concerns."""
    if may_raise and view.newest is None:
        day = describe_moment(terms.until, zone)
        st.markdown(f":material/gavel: :small[{escape(tell_terms(terms, day=day, own=is_agent))}]")
    read = view.acknowledgement
    by_itself = acknowledged_at(review, rules)
    if read is not None:
        who = "Acknowledged" if read.by else "Acknowledged by itself, unread as far as we know"
        quiet(f"{who}, {describe_moment(read.at, zone)}")
        if read.comment:
            st.markdown(f":material/comment: {escape(read.comment)}")
    elif by_itself is not None:
        quiet(f"Counts as acknowledged from {describe_moment(by_itself, zone)} on, if nobody does so before.")


def show_actions() -> None:
    """What this person can do with this review."""
    if is_agent:
        offer_next()
        st.button(
            "Review myself", icon=":material/self_improvement:", type="tertiary", on_click=start_own, key="review:self"
        )
        offer_contest("Contest")
        offer_acknowledgement()
        return
    if view.agent and allows(context.actor, "coaching.read", team_id=team_id):
        st.page_link(
            "app_pages/agent.py",
            label=escape(view.agent.name),
            icon=":material/school:",
            query_params={"agent": view.agent.id},
        )
    if view.agent and allows(context.actor, "coaching.write", team_id=team_id):
        st.button(
            "Ask for a self-review",
            icon=":material/self_improvement:",
            type="tertiary",
            on_click=ask_own,
            key="review:ask_self",
        )
    offer_contest("Contest for the agent")
    voidable = review.state is not ReviewState.VOIDED and allows(context.actor, "review.void", team_id=team_id)
    if voidable and st.button("Void", icon=":material/block:", type="tertiary", key="review:void_open"):
        fill_in_void()
    if review.state is ReviewState.SUBMITTED and allows(context.actor, "review.release", team_id=team_id):
        st.button("Release", type="primary", icon=":material/visibility:", on_click=release, key="review:release")


def show_disputes() -> None:
    """What was contested here, and what was decided."""
    if reach(context.actor, "dispute.read").nothing:
        return
    for row in disputes.list_disputes(context, review_id=review.id):
        word, icon, colour = describe_outcome(row)
        with st.container(border=True, gap="xsmall", key=f"review:dispute:{row.dispute.id}"):
            st.badge(f"Dispute: {word.lower()}", icon=icon, color=colour)
            st.text(row.dispute.reason)
            if row.dispute.decision:
                st.markdown(f":material/gavel: {escape_lines(row.dispute.decision)}")
            st.page_link(
                "app_pages/dispute.py",
                label="To the dispute",
                query_params={"dispute": row.dispute.id},
                icon=":material/gavel:",
            )


def show_cause(before: ReviewId) -> None:
    """The dispute that led from the version before to this one, where one did."""
    if reach(context.actor, "dispute.read").nothing:
        return
    for row in disputes.list_disputes(context, review_id=before):
        if row.dispute.state in _CHANGING:
            st.page_link(
                "app_pages/dispute.py",
                label="The dispute that changed it",
                icon=":material/gavel:",
                query_params={"dispute": row.dispute.id},
            )


opened = state.take("review:own", None)
if opened:
    st.switch_page("app_pages/desk.py", query_params={"assignment": opened})
with page_head(f"Review of {view.line.ticket.external_id}"):
    state_badge(review)
    st.space("stretch")
    show_actions()
left, right = st.columns(2)
with left:
    score_row(view.line)
    who = "your work" if is_agent else (view.agent.name if view.agent else "no agent")
    quiet(
        f"{view.line.scorecard} · {who} · graded by {view.reviewer.name}, "
        f"{describe_moment(review.submitted_at, zone)} · picked: {name_selection(review.selection)}"
    )
    if view.newest:
        st.page_link(
            "app_pages/review.py",
            label="This review was corrected: go to its newest version",
            icon=":material/published_with_changes:",
            query_params={"review": view.newest},
        )
    if review.supersedes_id:
        st.badge("Corrected", icon=":material/published_with_changes:", color="blue")
        st.text(review.supersede_reason or "")
        if view.history:
            st.page_link(
                "app_pages/review.py",
                label="The version before",
                icon=":material/history:",
                query_params={"review": view.history[0]},
            )
            show_cause(view.history[0])
    show_terms()
    show_disputes()
    show_own()
    rating_lines(view.line, recordings=conversation.recordings)
with right:
    st.subheader(escape(view.line.ticket.subject or "(no subject)"), anchor=False)
    marked = {item.message_seq for line in view.line.ratings for item in line.evidence if item.message_seq is not None}
    show_conversation(conversation, zone=zone, marked=marked, agent=view.agent)
