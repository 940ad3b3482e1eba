"""The form that sets a series of calibrations up, and its words in a list."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from db.records import Frame, Person, PersonId, ScorecardVersion
from qa_app.ui import state
from qa_app.ui.widgets.period import DAY_FORMAT
from qa_app.words import write_count, write_day
from qa_app.workflows.calibration_series import NewSeries, SeriesRow
from qa_app.workflows.wording import name_version

_MOST = 200


def draw_series(
    versions: Sequence[ScorecardVersion], reviewers: Sequence[Person], *, sources: Sequence[str], today: date
) -> None:
    """Scorecard, reviewers, rhythm and quota; where tickets are drawn from, who is right, and what is graded."""
    names = {person.id: person.name for person in reviewers}
    left, right = st.columns(2)
    left.text_input("Name", placeholder="Chat, weekly", key="series:name", max_chars=180)
    right.selectbox("Scorecard", versions, format_func=name_version, key="series:version")
    st.multiselect("Reviewers", list(names), format_func=names.__getitem__, key="series:reviewers")
    one, two, three = st.columns(3)
    one.date_input("First session", today, key="series:first", format=DAY_FORMAT)
    two.number_input("Every so many weeks", 1, 52, 1, key="series:weeks")
    three.number_input("Days to grade", 1, 60, 5, key="series:days")
    one.number_input("At random", 0, _MOST, 6, key="series:random", help="Tickets of each session, drawn anew.")
    two.number_input("Contested", 0, _MOST, 0, key="series:contested", help="The most contested ones besides.")
    three.number_input("Seed", 0, 2**31 - 1, 1, key="series:seed")
    left, right = st.columns(2)
    left.multiselect("Sources", sources, key="series:sources", placeholder="all", help="Draw from these only.")
    right.selectbox(
        "Who is right",
        [None, *names],
        format_func=lambda key: names[key] if key else "The meeting agrees",
        key="series:expert",
    )
    version: ScorecardVersion = state.read("series:version", versions[0])
    labels = {criterion.id: criterion.label for criterion in version.scorecard.criteria}
    st.multiselect(
        "Criteria",
        list(labels),
        format_func=lambda key: labels.get(key, key),
        key="series:criteria",
        placeholder=f"all {len(labels)}",
        help="Reviewers see only these, and those that their conditions rest on. A part of a scorecard has no score.",
    )
    st.checkbox("Name the agent on the desk", key="series:show_agent")


def read_series() -> NewSeries:
    """The series as filled in."""
    given = st.session_state
    return NewSeries(
        name=state.read("series:name", ""),
        scorecard_id=given["series:version"].scorecard_id,
        reviewer_ids=tuple(PersonId(key) for key in given["series:reviewers"]),
        first_on=given["series:first"],
        every_weeks=int(given["series:weeks"]),
        random_tickets=int(given["series:random"]),
        contested_tickets=int(given["series:contested"]),
        days_to_grade=int(given["series:days"]),
        frame=Frame(sources=tuple(given["series:sources"])),
        expert_id=given["series:expert"],
        criterion_ids=tuple(given["series:criteria"]),
        agent_hidden=not given["series:show_agent"],
        seed=int(given["series:seed"]),
    )


def describe_series(row: SeriesRow) -> str:
    """Rhythm, quota, reviewers, and when it opens next."""
    made = row.series
    rhythm = "every week" if made.every_weeks == 1 else f"every {made.every_weeks} weeks"
    quota = write_count(made.random_tickets + made.contested_tickets, "ticket")
    return " · ".join(
        (
            row.scorecard or "no version in force",
            rhythm,
            f"{quota} for {write_count(len(row.names), 'reviewer')}",
            f"{write_count(len(row.sessions), 'session')} so far",
            f"next {write_day(made.next_on)}",
        )
    )
