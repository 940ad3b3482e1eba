"""An agent's report on screen: the same figures as the workbook, each with its interval."""

import streamlit as st

from qa_app.estimate import Estimate, Measured
from qa_app.reports import Advice, AgentReport, RatingLine, ReviewLine
from qa_app.ui.present import CRITICAL_FAMILIES, find_examples, find_praised
from qa_app.ui.widgets.figures import measured_card, trend_chart
from qa_app.ui.widgets.frame import empty, escape, quiet
from qa_app.ui.widgets.rows import row_list
from qa_app.words import describe_reason, write_change, write_number, write_short, write_slope, write_standing

_NARROWEST_CARD = 150
_EXAMPLES_SHOWN = 2
_PRAISED_SHOWN = 5
_SMOOTHED = "Drawn towards the team's mean, the further the fewer the reviews: the better guess where reviews are few."


def show_headline(report: AgentReport) -> None:
    """Score, verdicts, halves and freedom from critical errors as one row of cards, and what changed."""
    standing = report.standing
    best = standing and next((one for one in (standing.adjusted, standing.smoothed) if isinstance(one, Estimate)), None)
    cards: list[tuple[str, Measured]] = [("Score as graded", report.score)]
    if standing and best:
        cards.append(("Adjusted score" if best is standing.adjusted else "Smoothed score", best))
    cards += [
        ("Passed", report.passed),
        ("Soft skills", report.soft),
        ("Hard skills", report.hard),
    ]
    cards += [
        (f"No {CRITICAL_FAMILIES[family].lower()}-critical error", share)
        for family, share in report.critical.items()
        if isinstance(share, Estimate)
    ]
    if isinstance(report.targeted, Estimate):
        cards.append(("Targeted reviews, apart", report.targeted))
    with st.grid(len(cards), min_column_width=_NARROWEST_CARD):
        for label, measured in cards:
            measured_card(label, measured, unit="%")
    quiet(f"Score against the same number of days before: {_change(report.change, report.before)}. All intervals: 95%.")
    if standing:
        quiet(write_standing(standing, report.team_mean))


def show_skills(report: AgentReport, *, key: str) -> None:
    """One row per skill with its interval and what changed; the grades behind it are one click away."""
    if not report.skills:
        empty("No graded skill in this period.", icon=":material/insights:")
        return
    smoothed = {one.skill: one.smoothed for one in report.standing.skills} if report.standing else {}
    rows = [
        {
            "skill": line.label,
            "mean": write_short(line.mean, digits=1),
            "bar": line.mean.value if isinstance(line.mean, Estimate) else None,
            "smoothed": write_short(smoothed[line.skill], digits=1) if line.skill in smoothed else "—",
            "change": _change(line.change, line.before),
            "half": line.skill_type.value if line.skill_type else "—",
        }
        for line in report.skills
    ]
    chosen = row_list(
        rows,
        button="Grades",
        columns={
            "skill": st.column_config.TextColumn("Skill", width=130),
            "mean": st.column_config.TextColumn("Mean, %, with 95% interval", width="medium"),
            "bar": st.column_config.ProgressColumn("", min_value=0, max_value=100, format=" "),
            "smoothed": st.column_config.TextColumn("Smoothed, %", width="medium", help=_SMOOTHED),
            "change": st.column_config.TextColumn("Against as many days before", width="medium"),
            "half": st.column_config.TextColumn("Type", width="small"),
        },
        key=f"{key}:skills",
        alt="Skills with their means and intervals",
    )
    if chosen is not None:
        line = report.skills[chosen]
        show_grades(report, line.skill, line.label)


@st.dialog("Grades of one skill", width="medium", position="right")
def show_grades(report: AgentReport, skill: str, label: str) -> None:
    """Every grade of a skill in the period, lowest first, with what the reviewer wrote and the way to the review."""
    found = find_examples(report, skill)
    st.subheader(escape(label), anchor=False)
    quiet(f"{len(found)} grades, lowest first")
    for line, rating in found:
        with st.container(border=True, gap="xsmall"):
            _example(line, rating)


def show_overview(report: AgentReport) -> None:
    """What to praise and how the score moves, beside what to practise next; each with the grades that show it."""
    left, right = st.columns(2)
    with left:
        st.subheader(":material/thumb_up: Praise", anchor=False)
        _advise(report, report.praise, "Nothing stands out from the rest yet; more reviews will tell.", best=True)
        _list_praised(report)
        st.subheader(":material/timeline: Score over time", anchor=False)
        with st.container(border=True):
            trend_chart(report.trend, title="Score, %")
            quiet(write_slope(report.slope))
    with right:
        st.subheader(":material/fitness_center: Practise next", anchor=False)
        _advise(report, report.practise, "No skill is surely below the others; more reviews will tell.", best=False)


def _list_praised(report: AgentReport) -> None:
    praised = find_praised(report)
    if not praised:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**Praised by reviewers** :small[:gray[{len(praised)} times]]")
        for line, rating in praised[:_PRAISED_SHOWN]:
            quiet(rating.label)
            _example(line, rating)


def _advise(report: AgentReport, lines: tuple[Advice, ...], nothing: str, *, best: bool) -> None:
    if not lines:
        quiet(nothing)
    for advice in lines:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{escape(advice.label)}**")
            st.text(advice.why)
            st.text(advice.step)
            for line, rating in find_examples(report, advice.skill, best=best)[:_EXAMPLES_SHOWN]:
                _example(line, rating)


def _example(line: ReviewLine, rating: RatingLine) -> None:
    value = "" if rating.value is None else f" ({write_number(rating.value, 0)}%)"
    st.page_link(
        "app_pages/review.py",
        label=f"{escape(line.ticket.external_id)}: {escape(rating.answer)}{value}",
        icon=":material/rate_review:",
        query_params={"review": line.review.id},
    )
    words = rating.comment or next((f"“{' '.join(item.quote.split())}”" for item in rating.evidence), "")
    if words:
        quiet(words)


def _change(change: Measured, before: Measured) -> str:
    if isinstance(change, Estimate):
        return write_change(change)
    return f"— {describe_reason(change, over=not isinstance(before, Estimate))}"
