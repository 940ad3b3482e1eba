"""A team's scores on screen: the team in four figures, its agents as a chart and as a list, and who graded them."""

import streamlit as st

from db.records import PersonId
from qa_app.estimate import Estimate, Measured
from qa_app.standings import AgentStanding, TeamReport
from qa_app.ui.widgets.figures import measured_card, standing_chart
from qa_app.ui.widgets.frame import empty, quiet
from qa_app.ui.widgets.rows import row_list
from qa_app.words import write_count, write_measured, write_place, write_short, write_ties
from qa_app.workflows.team_scores import best_estimate, count_ties

_NARROWEST_CARD = 170


def show_team(report: TeamReport) -> None:
    """The team's mean, how far its agents differ, and how far a score can be trusted."""
    with st.grid(4, min_column_width=_NARROWEST_CARD):
        measured_card("Team, random reviews", report.mean, unit="%", count=_count(report.mean, "review"))
        measured_card("Agents differ by (SD)", report.between, count=_count(report.between, "agent"))
        measured_card(
            "Reliability of a score, 0 to 1", report.reliability, digits=2, count=_count(report.reliability, "agent")
        )
        measured_card(
            "Smallest real difference",
            report.smallest_difference,
            count=f"n = {report.smallest_difference.n_units} each",  # more words are cut on a phone
        )
    split, pairs = count_ties(report)
    if pairs:
        words = "no two agents surely differ" if not split else f"{split} of {pairs} pairs of agents surely differ"
        quiet(
            f"In this period {words}; all others are ties, whatever the order below. "
            "All intervals: 95%; differences in points."
        )


def show_standings(report: TeamReport, *, key: str) -> PersonId | None:
    """The agents, best estimate first, as a chart and as a list; returns whose page is asked for."""
    placed = [one for one in report.standings if best_estimate(one) is not None]
    if placed:
        standing_chart(
            [_chart_row(one) for one in placed],
            middle=report.mean.value if isinstance(report.mean, Estimate) else None,
            title="Score, %",
            alt_text=f"Scores of {write_count(len(placed), 'agent')} with 95% intervals, the best estimate first",
        )
        quiet(
            "Dot and bar: the adjusted score, or where there is none the smoothed one, with its interval. Tick: the "
            "mean as graded. Dashed: the team's mean. n: random reviews."
        )
    names = {one.agent.id: one.agent.name for one in report.standings}
    columns = dict(_COLUMNS)
    if not any(isinstance(one.targeted, Estimate) for one in report.standings):
        del columns["targeted"]
    chosen = row_list(
        [
            {
                "name": one.agent.name,
                "adjusted": write_short(one.adjusted, digits=1),
                "place": write_place(one.rank_low, one.rank_high, len(placed)),
                "tied": write_ties([names[other] for other in one.tied_with], len(placed)) if one.n_reviews else "—",
                "score": write_short(one.score, digits=1),
                "smoothed": write_short(one.smoothed, digits=1),
                "smallest": write_short(one.smallest_difference, digits=1),
                "passed": write_short(one.passed, digits=0),
                "targeted": write_short(one.targeted, digits=1),
            }
            for one in report.standings
        ],
        button="Open",
        columns=columns,
        figures=("adjusted", "score", "smoothed", "smallest", "passed", "targeted"),
        key=f"{key}:agents",
        alt="Agents with their scores, the best estimate first",
    )
    return None if chosen is None else report.standings[chosen].agent.id


def show_reviewers(report: TeamReport) -> None:
    """How severe each reviewer is beside the others: what the adjusted scores take out."""
    if not report.reviewers:
        empty("Nobody graded a random review in this period.", icon=":material/person:")
        return
    st.dataframe(
        [
            {
                "Reviewer": one.name,
                "Points below the others (strict +)": write_short(one.severity, digits=1),
                "Random reviews": one.n_reviews,
                "Agents": one.n_agents,
            }
            for one in report.reviewers
        ],
        hide_index=True,
        width="content",
        alt="Reviewers with their severity, the most severe first",
        key="scores:reviewers",
    )
    quiet(
        "Points that a reviewer gives less than the average reviewer of this list for the same work; below 0 is "
        "lenient. An interval that holds 0 says that this may be chance. The adjusted scores take this out."
    )


def _count(measured: Measured, noun: str) -> str:
    return write_count(measured.n_units, noun)


def _chart_row(one: AgentStanding) -> dict[str, object]:
    found = best_estimate(one)
    graded = one.score.value if isinstance(one.score, Estimate) else None
    if found is None:
        raise ValueError("an agent without an estimate has no line in the chart")
    return {
        "name": one.agent.name,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "graded": graded,
        "words": f"{write_measured(found)}; as graded {write_measured(one.score)}",
    }


_ADJUSTED = (
    "The best estimate: drawn towards the team where reviews are few, and as if every reviewer had graded this agent "
    "alike often."
)
_SMOOTHED = "Drawn towards the team's mean, the further the fewer the reviews; not adjusted for who graded."
_PLACE = "All places that the data allow, 1 is the highest. Two agents whose places overlap may be in either order."
_SMALLEST = "Two scores from as many reviews as this one must differ by more than this to be more than chance."
_COLUMNS = {
    "name": st.column_config.TextColumn("Agent", width=120),
    "adjusted": st.column_config.TextColumn("Adjusted score, %", width=150, help=_ADJUSTED),
    "place": st.column_config.TextColumn("Place", width=122, help=_PLACE),
    "score": st.column_config.TextColumn("As graded, %", width=150),
    "smoothed": st.column_config.TextColumn("Smoothed, %", width=150, help=_SMOOTHED),
    "smallest": st.column_config.TextColumn("Smallest real difference", width=150, help=_SMALLEST),
    "passed": st.column_config.TextColumn("Passed, %", width=116),
    "targeted": st.column_config.TextColumn("Targeted, apart, %", width=150),
    "tied": st.column_config.TextColumn("Tied with", width=260),
}
"""As wide as what stands in them, so that a window of 1,440 pixels shows them all; the names of the ties come last."""
