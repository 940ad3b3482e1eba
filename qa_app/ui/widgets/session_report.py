"""A revealed calibration on screen: agreement with intervals, answers side by side, and what was decided."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from db.records import PersonId, TicketId
from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import AnswerSheet, CalibrationReport, CriterionAgreement
from qa_app.ui.present import describe_margin
from qa_app.ui.widgets.figures import heat_map, interval_chart
from qa_app.ui.widgets.frame import escape, quiet
from qa_app.words import NO_SCORE, NOTHING, describe_reason, write_count, write_number
from qa_app.workflows.session_sections import HEAT_NOTE

Discuss = Callable[[AnswerSheet], None]
"""Opens the drawer in which one answer sheet is talked over."""
_TICKETS_SHOWN, _CRITERIA_SHOWN = 3, 2
_APART = "Apart: mean distance of two answers; 100 is the best against the worst."
ALPHA = "Krippendorff’s α"


def show_agreement(report: CalibrationReport) -> None:
    """How far reviewers agreed by criterion and by reviewer, and every figure with its interval."""
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        st.subheader("Agreement by criterion", anchor=False)
        defined = [(line.label, line.alpha) for line in report.agreement if isinstance(line.alpha, Estimate)]
        if defined:
            interval_chart(defined, title=ALPHA)
            quiet("Bars are 95% intervals; a hollow point has none. 1 is full agreement, 0 is chance.")
        else:
            quiet("No criterion has a defined coefficient in this session; the reasons stand in the table.")
    with right.container(border=True, height="stretch"):
        st.subheader("Who agrees with the others on what", anchor=False)
        _show_heat(report)
    _show_lines(report.agreement, alt="Agreement by criterion")
    quiet(
        f"{ALPHA} and kappa (Conger’s, quadratic weights on ordered scales) are corrected for chance. Behind each "
        "figure: 95% interval and number of tickets. Whether a criterion applies is a question of its own. Methods "
        "has every formula."
    )
    if report.pooled is not None and report.everyday:
        st.subheader("Everyday agreement", anchor=False)
        quiet(
            f"The {write_count(report.pooled.n_random, 'ticket')} of the last {len(report.pooled.sessions)} sessions "
            "that were drawn at random: contested and hand-picked ones tend to divide more. Each counts once, whatever "
            "share of the work its stratum has, and reviewers knew that it was a calibration."
        )
        _show_lines(report.everyday, alt="Everyday agreement by criterion")


def _show_heat(report: CalibrationReport) -> None:
    labels = {criterion.id: criterion.label for criterion in report.version.scorecard.criteria}
    names = {one.reviewer_id: one.name for one in report.readings.reviewers}
    cells = [
        (labels[cell.criterion_id], names[cell.reviewer_id], cell.same)
        for cell in report.readings.heat
        if isinstance(cell.same, Estimate)
    ]
    if not cells:
        quiet("No two reviewers graded the same ticket.")
        return
    heat_map(cells, title="Same as the others, %")
    quiet(f"{HEAT_NOTE} Point at a cell for its interval.")


def _show_lines(lines: Sequence[CriterionAgreement], *, alt: str) -> None:
    rows = [
        {
            "Criterion": f"**{escape(line.label)}**",
            ALPHA: write_cell(line.alpha, digits=2),
            "Kappa": write_cell(line.kappa, digits=2),
            "Same answer, %": write_cell(line.percent, digits=0),
            "Applies: same, %": write_cell(line.applicable_percent, digits=0),
            "Applies: α": write_cell(line.applicable_alpha, digits=2),
            "Answers": f"{line.chosen} graded, {line.not_applicable} N/A, {line.missing} missing",
        }
        for line in lines
    ]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt=alt)


def show_agenda(report: CalibrationReport, discuss: Discuss) -> None:
    """The first tickets of the meeting, each with the criteria furthest apart and a way to talk them over."""
    criteria = {criterion.id: criterion.label for criterion in report.version.scorecard.criteria}
    first = [(ticket, apart) for ticket, apart in report.agenda if apart][:_TICKETS_SHOWN]
    if not first:
        quiet("Nobody differs anywhere.")
        return
    quiet(f"In the order of the meeting. {_APART}")
    for ticket, apart in first:
        with st.container(gap="xxsmall"):
            subject = f" :small[:gray[{escape(ticket.subject)}]]" if ticket.subject else ""
            st.markdown(f"**{escape(ticket.external_id)}**{subject} :small[:gray[· {apart} apart]]")
            differing = [sheet for sheet in report.sheets if sheet.ticket_id == ticket.id and sheet.apart]
            for sheet in differing[:_CRITERIA_SHOWN]:
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    st.markdown(escape(criteria[sheet.criterion_id]), width="content")
                    st.space("stretch")
                    st.badge(f"{sheet.apart} apart", icon=":material/difference:", color="orange")
                    key = f"session:agenda:{sheet.ticket_id}:{sheet.criterion_id}"
                    if st.button("Discuss", type="tertiary", key=key):
                        discuss(sheet)


def show_answers(report: CalibrationReport, ticket_id: TicketId, discuss: Discuss) -> None:
    """Who answered what to one ticket, criterion by criterion as the meeting goes through them.

    Each answer with those who gave it, and no column a reviewer: twelve of them have to fit as well as two.
    """
    names = {person.id: person.name for person in report.reviewers}
    criteria = {criterion.id: criterion.label for criterion in report.version.scorecard.criteria}
    sheets = [sheet for sheet in report.sheets if sheet.ticket_id == ticket_id]
    if any(sheet.apart for sheet in sheets):
        quiet(_APART)
    for sheet in sheets:
        with st.container(gap=None):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{escape(criteria[sheet.criterion_id])}**", width="content")
                if sheet.apart:
                    st.badge(f"{sheet.apart} apart", icon=":material/difference:", color="orange")
                st.space("stretch")
                if st.button("Discuss", type="tertiary", key=f"session:answers:{ticket_id}:{sheet.criterion_id}"):
                    discuss(sheet)
            sides = [
                f"{escape(words)} :small[:gray[{escape(', '.join(who))}]]" for words, who in _list_sides(sheet, names)
            ]
            st.markdown("  \n".join(sides))
    scores = report.scores.get(ticket_id, {})
    quiet(
        "Reported score: "
        + " · ".join(
            f"{names[key]} {NO_SCORE if value is None else f'{write_number(value, 1)}%'}"
            for key, value in scores.items()
        )
    )


def _list_sides(sheet: AnswerSheet, names: Mapping[PersonId, str]) -> list[tuple[str, list[str]]]:
    """Each answer that was given with those who gave it, the commonest first; who gave none comes last."""
    sides: dict[str, list[str]] = {}
    for key, name in names.items():
        sides.setdefault(sheet.words.get(key, NOTHING), []).append(name)
    return sorted(sides.items(), key=lambda side: (side[0] == NOTHING, -len(side[1])))


def show_sheet(report: CalibrationReport, sheet: AnswerSheet) -> None:
    """One criterion of one ticket: who answered what, and why."""
    criterion = report.version.scorecard.criterion(sheet.criterion_id)
    ticket = next(ticket for _, ticket in report.tickets if ticket.id == sheet.ticket_id)
    st.subheader(f"{escape(criterion.label)} in {escape(ticket.external_id)}", anchor=False)
    if criterion.guideline:
        quiet(criterion.guideline)
    for person in report.reviewers:
        rating = sheet.ratings.get(person.id)
        st.markdown(f"{escape(person.name)}: **{escape(sheet.words.get(person.id, NOTHING))}**")
        if rating is not None and rating.comment:
            quiet(rating.comment)


def write_cell(measured: Measured, *, digits: int) -> str:
    """A figure for a cell of a table: the value, and smaller its interval and counts, or why there is none."""
    if isinstance(measured, Undefined):
        return f":gray[— {escape(describe_reason(measured))}]"
    margin = escape(describe_margin(measured, digits=digits))
    return f"**{write_number(measured.value, digits)}** :small[:gray[{margin}]]"
