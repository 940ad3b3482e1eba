"""The sheet of one agent in the workbook of a team. Pure: a member in, a planned sheet out."""

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from db.records import PersonId
from qa_app.packs import Member
from qa_app.reports import ReviewLine
from qa_app.standings import AgentStanding
from qa_app.words import NO_SCORE, NOTHING, write_code, write_place, write_short, write_standing, write_ties
from qa_app.workbooks.coaching import NO_PRACTICE, NO_PRAISE, list_praised, tell_advice, tell_goals
from qa_app.workbooks.parts import ADJUSTED, AS_GRADED, GRID, PASSED, SMOOTHED, TARGETED, head_sheet, tell
from qa_app.workbooks.plan import Block, Cell, Column, Sheet, Style, Table, Text, WebLink
from qa_app.workbooks.reviews import RESULT_MARKS, show_day, tell_result
from qa_app.workbooks.text import accept_url

_MOST_PRAISED = 10
_REVIEWS = "Reviews of the agent"
"""Name of the table within its plan."""


def plan_member(
    member: Member,
    title: str,
    names: Mapping[PersonId, str],
    *,
    placed: int,
    first: int,
    period: str,
    today: date,
    zone: ZoneInfo,
) -> Sheet:
    """The agent's figures, what to praise and to practise, goals and reviews; these are numbered from `first` on.

    `placed`: agents of the team who have a place.
    """
    standing = member.standing
    labels = {skill.skill: skill.label for skill in standing.skills}
    blocks: tuple[Block, ...] = (
        *head_sheet(standing.agent.name, period),
        Text(f"Score {write_short(standing.score, digits=1)}", Style.FIGURE),
        Text(_tell_place(standing, names, placed), Style.NOTE),
        Text(write_standing(standing, None), Style.NOTE),
        Text("Figures", Style.HEADING),
        _tabulate_figures(standing),
        *_tabulate_skills(standing),
        *tell_advice("What to practise next", member.practise, step="Next step", none=NO_PRACTICE),
        *tell_advice("What to praise", member.praise, step="Keep doing", none=NO_PRAISE),
        *list_praised(member.reviews, link=_link_ticket, most=_MOST_PRAISED),
        *tell_goals(member.goals, labels, today),
        *_list_reviews(member.reviews, first=first, zone=zone),
    )
    header = _REVIEWS if member.reviews else ""
    return Sheet(title, blocks, grid=GRID, landscape=False, header=header)


def count_placed(standings: Iterable[AgentStanding]) -> int:
    """Agents who have a place."""
    return sum(one.rank_low is not None for one in standings)


def tell_ties(standing: AgentStanding, names: Mapping[PersonId, str], placed: int) -> str:
    """Whom the data cannot split from this agent, among so many who have a place."""
    if standing.rank_low is None:
        return NOTHING
    return write_ties([names[person] for person in standing.tied_with], placed)


def _tell_place(standing: AgentStanding, names: Mapping[PersonId, str], placed: int) -> str:
    if standing.rank_low is None:
        return "No place among the team: no review drawn at random has a score."
    place = write_place(standing.rank_low, standing.rank_high, placed)
    return f"Place: {place}. Cannot be told apart from: {tell_ties(standing, names, placed)}."


def _tabulate_figures(standing: AgentStanding) -> Table:
    figures = (
        (AS_GRADED, standing.score),
        (SMOOTHED, standing.smoothed),
        (ADJUSTED, standing.adjusted),
        (TARGETED, standing.targeted),
        (PASSED, standing.passed),
    )
    return Table(
        columns=(Column("Figure, in percent", Style.STRONG, span=5), Column("With its margin", span=7)),
        rows=tuple((Cell(label), tell(value)) for label, value in figures if value.n_units or label != TARGETED),
    )


def _tabulate_skills(standing: AgentStanding) -> tuple[Block, ...]:
    if not standing.skills:
        return ()
    table = Table(
        columns=(
            Column("Skill", Style.STRONG, span=4),
            Column("Mean, in percent", span=4),
            Column(SMOOTHED, span=4),
        ),
        rows=tuple((Cell(skill.label), tell(skill.mean), tell(skill.smoothed)) for skill in standing.skills),
    )
    return Text("Skills", Style.HEADING), table


def _list_reviews(reviews: tuple[ReviewLine, ...], *, first: int, zone: ZoneInfo) -> tuple[Block, ...]:
    heading = Text("Reviews", Style.HEADING)
    if not reviews:
        return heading, Text("No review was found for this period.", Style.NOTE)
    table = Table(
        columns=(
            Column("No.", Style.COUNT),
            Column("Ticket"),
            Column("Subject", span=2),
            Column("Submitted", Style.DATE, span=2),
            Column("Reviewer", span=2),
            Column("Chosen"),
            Column("Score, %", Style.ONE_DIGIT),
            Column("Result", span=2),
        ),
        rows=tuple(_list_review(number, line, zone) for number, line in enumerate(reviews, start=first)),
        name=_REVIEWS,
        marks=RESULT_MARKS[:2],
        plain=True,
    )
    note = "Newest first. Tickets open in the helpdesk; the answers stand on the sheet Ratings under the same number."
    return heading, Text(note, Style.NOTE), table


def _list_review(number: int, line: ReviewLine, zone: ZoneInfo) -> tuple[Cell, ...]:
    score = line.review.score
    reported = None if score is None else score.reported
    return (
        Cell(number),
        Cell(line.ticket.external_id, link=_link_ticket(0, line)),
        Cell(line.ticket.subject or NOTHING),
        show_day(line.review.submitted_at, zone),
        Cell(line.reviewer),
        Cell(write_code(line.review.selection.value)),
        Cell(NO_SCORE if reported is None else reported),
        Cell(tell_result(line)),
    )


def _link_ticket(_number: int, line: ReviewLine) -> WebLink | None:
    """To the ticket in its helpdesk, where it has an address there."""
    return WebLink(line.ticket.url) if accept_url(line.ticket.url) and line.ticket.url else None
