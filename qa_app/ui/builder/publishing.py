"""Before a draft is published: what that does to the scores that there are, in words and numbers."""

from collections.abc import Mapping, Sequence

import streamlit as st

from db.records import ScorecardVersion
from qa_app.ui.present import Look
from qa_app.ui.widgets.frame import escape, quiet
from qa_app.words import write_count
from qa_app.workflows.scorecard_drafts import Outlook
from scorecards.difference import Change
from scorecards.effects import Effect

EFFECTS: Mapping[Effect, Look] = {
    Effect.SCORING: ("changes scores", ":material/calculate:", "red"),
    Effect.VERDICT: ("changes verdicts", ":material/rule:", "orange"),
    Effect.AGREEMENT: ("may change agreement", ":material/balance:", "blue"),
    Effect.NONE: ("no effect on scores", ":material/text_fields:", "gray"),
}


def describe_outlook(outlook: Outlook, draft: ScorecardVersion) -> str:
    """What publishing does to comparability, in a sentence or two."""
    old = outlook.in_force
    reviews = write_count(outlook.reviews, "review")
    if old is None:
        return "No version is in force yet, so there is no score that this one could differ from."
    if outlook.unchanged:
        return f"Nothing has changed against version {old.number} yet, so there is nothing to publish."
    if outlook.pools:
        return (
            f"Scores stay comparable: the structure is that of version {old.number}, and its {reviews} are "
            "pooled with those to come."
        )
    if any(change.effect is Effect.SCORING for change in outlook.changes):
        why = "the same answers no longer give the same score"
    else:
        why = "the structure differs, though each answer is worth the same"
    return (
        f"A new pool of scores begins with version {draft.number}, because {why}. The {reviews} pooled with version "
        f"{old.number} stay as they are and are not averaged with those to come."
    )


def show_changes(changes: Sequence[Change]) -> None:
    """Every edit with its effect, those that change scores first."""
    order = list(EFFECTS)
    for change in sorted(changes, key=lambda change: order.index(change.effect)):
        word, icon, colour = EFFECTS[change.effect]
        with st.container(horizontal=True, gap="small"):
            st.badge(word, icon=icon, color=colour)
            st.text(change.words, width="stretch")


def show_outlook(outlook: Outlook, draft: ScorecardVersion) -> None:
    """The sentence, the counts by effect, and every edit."""
    tone = st.info if outlook.pools or outlook.in_force is None or outlook.unchanged else st.warning
    tone(escape(describe_outlook(outlook, draft)), icon=":material/compare_arrows:")
    counts = {effect: sum(change.effect is effect for change in outlook.changes) for effect in EFFECTS}
    if outlook.changes:
        quiet(
            " · ".join(
                f"{write_count(count, 'edit')} {EFFECTS[effect][0]}" for effect, count in counts.items() if count
            )
        )
    show_changes(outlook.changes)
