"""Hidden checks on screen: the rates of each scorecard, the form that sets them, and what they found."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from db.records import CheckRule, ScorecardVersion
from qa_app.domain.checks import MOST_PERCENT
from qa_app.ui.widgets.frame import quiet, show_methods
from qa_app.ui.widgets.ratings_report import show_section
from qa_app.words import write_count
from qa_app.workflows.check_report import CheckReport
from qa_app.workflows.checks import CheckRules, NewCheckRule
from qa_app.workflows.wording import name_version


def draw_check_rule(versions: Sequence[ScorecardVersion]) -> None:
    """How much of a scorecard's everyday work is given twice."""
    quiet(
        "When work is handed out, so many tickets go to a second reviewer too, and so many of a reviewer's own come "
        "again weeks later. In queues and on the desk they look like any other. 0 and 0 switch it off."
    )
    st.selectbox("Scorecard", versions, format_func=name_version, key="checks:version")
    left, right = st.columns(2)
    left.number_input("To a second reviewer, %", 0.0, float(MOST_PERCENT), 5.0, 0.5, "%.1f", key="checks:pairs")
    right.number_input("Same reviewer again, %", 0.0, float(MOST_PERCENT), 2.0, 0.5, "%.1f", key="checks:repeats")
    right.number_input("Again after weeks", 1, 52, 6, key="checks:weeks")


def read_check_rule() -> NewCheckRule:
    """The rule as filled in."""
    given = st.session_state
    return NewCheckRule(
        scorecard_id=given["checks:version"].scorecard_id,
        pair_percent=Decimal(f"{given['checks:pairs']:g}"),
        repeat_percent=Decimal(f"{given['checks:repeats']:g}"),
        repeat_weeks=int(given["checks:weeks"]),
    )


def show_check_rules(found: CheckRules) -> None:
    """The rates that hold, and whose work they reach."""
    for label, rule in found.rules:
        quiet(f"{label}: {describe_check_rule(rule)}")
    quiet(
        f"{found.checkable} of {write_count(found.reviewers, 'reviewer')} can be checked: those who review and hold "
        "no other role but agent, because other roles see figures that would tell."
    )


def describe_check_rule(rule: CheckRule) -> str:
    """A rule in one line."""
    if not (rule.pair_percent or rule.repeat_percent):
        return "switched off"
    weeks = write_count(rule.repeat_weeks, "week")
    return f"{rule.pair_percent}% to a second reviewer · {rule.repeat_percent}% to the same one again after {weeks}"


def show_check_report(report: CheckReport) -> None:
    """What the checks found, table by table, and how it was computed."""
    given, *rest = report.sections
    show_section(given)
    if not report.pairs and not report.repeats:
        quiet("Nothing to compare yet: it takes both grades of a check.")
        return
    for section in rest:
        show_section(section)
    with st.expander("Methods", icon=":material/functions:"):
        show_methods(report.methods)
