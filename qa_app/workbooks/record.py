"""The sheet of a coaching workbook about goals, coaching sessions and appraisals. Pure: a record in, a sheet out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from db.records import Goal, GoalState, ReviewId
from qa_app.coaching import AppraisalView, CoachingView, FollowUp, GoalLine, PointLine, is_overdue
from qa_app.packs import CoachingRecord
from qa_app.words import (
    COACHING_STATES,
    GOAL_STATES,
    NO_SCORE,
    NOTHING,
    POINTS,
    write_change_short,
    write_day,
    write_follow_up_days,
    write_short,
    write_signed,
)
from qa_app.workbooks.measure import cut_to_height
from qa_app.workbooks.parts import GRID, head_sheet
from qa_app.workbooks.plan import Block, Cell, Column, Facts, Mark, Sheet, Style, Table, Text, Tone
from qa_app.workbooks.reviews import link_review, show_day

RECORD = "Goals and sessions"
_MOST_LINES = 24
"""Of one cell, as on the pages of reviews."""
_NUMBERED = Mapping[ReviewId, int]
"""Reviews of the workbook with their numbers, counted from 1."""


def plan_record(record: CoachingRecord, numbers: _NUMBERED, *, who: str, today: date, zone: ZoneInfo) -> Sheet:
    """Each goal before and after, each session with its agenda and what came of it, each appraisal side by side."""
    blocks: list[Block] = [*head_sheet(RECORD, who)]
    if not record.goals and not record.sessions and not record.appraisals:
        blocks.append(Text("No goal is set, and no coaching session or appraisal was in this period.", Style.NOTE))
    for goal in record.goals:
        blocks.extend(_tell_goal(goal, today, zone))
    for session in record.sessions:
        blocks.extend(_tell_session(session, numbers))
    for view in record.appraisals:
        blocks.extend(_tell_appraisal(view))
    return Sheet(RECORD, tuple(blocks), grid=GRID, landscape=False)


def tell_state(goal: Goal, today: date) -> str:
    """How a goal stands, by sign and word where it is late."""
    return "▲ overdue" if is_overdue(goal, today) else GOAL_STATES[goal.state].lower()


def _tell_goal(line: GoalLine, today: date, zone: ZoneInfo) -> Iterator[Block]:
    goal = line.goal
    until = f" · until {write_day(goal.due_on)}" if goal.due_on else ""
    target = f" · to {goal.target.normalize():f} %" if goal.target is not None else ""
    yield Text(f"Goal: {line.label} · {tell_state(goal, today)}{until}{target}", Style.HEADING)
    yield from _tell_long(goal.text)
    if goal.steps:
        yield Table(
            columns=(Column("Step", span=9), Column("Done", Style.DATE, span=3)),
            rows=tuple((Cell(step.text), show_day(step.done_at, zone)) for step in goal.steps),
        )
    if goal.state is not GoalState.OPEN:
        why = f": {goal.why}" if goal.why else "."
        yield Text(f"{GOAL_STATES[goal.state]}, says {line.ended_by}{why}", Style.NOTE)
    yield _compare(line.follow_up)
    yield Text(write_follow_up_days(line.follow_up), Style.NOTE)
    for remark in line.follow_up.remarks:
        yield Text(remark, Style.NOTE)


def _compare(found: FollowUp) -> Table:
    rows = (
        (
            Cell("Before"),
            Cell(write_short(found.before, digits=1, over=True)),
            Cell(write_short(found.team_before, digits=1, over=True)),
        ),
        (Cell("After"), Cell(write_short(found.after, digits=1)), Cell(None)),
        (
            Cell("Change, points"),
            Cell(write_change_short(found.change, before=found.before)),
            Cell(write_change_short(found.team_change, before=found.team_before)),
        ),
        (
            Cell("Change less the colleagues’"),
            Cell(write_change_short(found.compared, before=found.before)),
            Cell(None),
        ),
    )
    return Table(
        columns=(
            Column("Before and after, %", Style.STRONG, span=3),
            Column("Agent", span=5),
            Column("Colleagues", span=4),
        ),
        rows=rows,
        marks=(Mark("Agent", "▲", Tone.GOOD), Mark("Agent", "▼", Tone.BAD), Mark("Agent", "≈", Tone.QUIET)),
    )


def _tell_session(view: CoachingView, numbers: _NUMBERED) -> Iterator[Block]:
    session = view.session
    follow_up = NOTHING if session.follow_up_on is None else write_day(session.follow_up_on)
    yield Text(f"Coaching session of {write_day(session.held_on)}", Style.HEADING)
    yield Facts(
        (
            ("Coach", Cell(view.coach)),
            ("State", Cell(COACHING_STATES[session.state])),
            ("Follow-up", Cell(follow_up)),
        ),
        spans=(1, 4, 1, 2, 2, 2),
    )
    if view.points:
        yield Table(
            columns=(
                Column("About", Style.STRONG, span=2),
                Column("Agenda", span=5),
                Column("Ticket", span=1),
                Column("What shows it", span=3),
                Column("Done"),
            ),
            rows=tuple(_list_point(line, numbers) for line in view.points),
        )
    for heading, words in (("Notes", session.shared_notes), ("What came of it", session.outcome)):
        if words:
            yield Text(heading, Style.STRONG)
            yield from _tell_long(words)


def _list_point(line: PointLine, numbers: _NUMBERED) -> tuple[Cell, ...]:
    place = line.place
    number = None if place is None else numbers.get(place.review_id)
    return (
        Cell(POINTS[line.point.kind]),
        Cell(line.point.text),
        Cell(NOTHING if place is None else place.ticket, link=link_review(number) if number else None),
        Cell(NOTHING if place is None else place.words),
        Cell("✓" if line.point.done else NOTHING),
    )


def _tell_appraisal(view: AppraisalView) -> Iterator[Block]:
    appraisal = view.appraisal
    days = write_day(appraisal.start)
    if appraisal.end != appraisal.start:
        days = f"{days} to {write_day(appraisal.end)}"
    about = f": {appraisal.about}" if appraisal.about else ""
    yield Text(f"Appraisal: {view.version.scorecard.label} · {days}{about}", Style.HEADING)
    if not view.pairs:
        waiting = " and ".join(view.waiting_for)
        yield Text(f"Waits for {waiting}; answers are shown once both sides are in.", Style.NOTE)
        return
    scores = {side: NO_SCORE if score is None else score for side, score in view.scores.items()}
    yield Facts(
        (
            (f"{view.agent.name}, %", Cell(scores["agent"], Style.FACT_SCORE)),
            (f"{view.coach.name}, %", Cell(scores["coach"], Style.FACT_SCORE)),
        ),
        spans=(3, 3, 3, 3),
    )
    yield Table(
        columns=(
            Column("Criterion", Style.STRONG, span=3),
            Column(view.agent.name, span=4),
            Column(f"Coach: {view.coach.name}", span=4),
            Column("Apart"),
        ),
        rows=tuple(_list_pairs(view)),
    )
    yield Text("Apart: the agent’s value less the coach’s, in points of 100.", Style.NOTE)
    names = {view.agent.id: view.agent.name, view.coach.id: view.coach.name}
    for side in appraisal.sides:
        if side.comment:
            yield Text(f"{names[side.person_id]} on the whole", Style.STRONG)
            yield from _tell_long(side.comment)


def _list_pairs(view: AppraisalView) -> Iterator[tuple[Cell, ...]]:
    """Both answers, and below them both comments, in pieces that fit a page."""
    section = ""
    for pair in view.pairs:
        if pair.section != section:
            section = pair.section
            yield (Cell(section, Style.SECTION),)
        apart = NOTHING if pair.apart is None else write_signed(pair.apart, 0)
        yield Cell(pair.label), Cell(pair.agent or NOTHING), Cell(pair.coach or NOTHING), Cell(apart)
        sides = [_cut(words, 4) if words else () for words in (pair.agent_comment, pair.coach_comment)]
        for row in range(max(map(len, sides))):
            said = [side[row] if row < len(side) else None for side in sides]
            yield Cell(None), *(Cell(words, Style.MUTED) for words in said), Cell(None)


def _tell_long(words: str) -> Sequence[Text]:
    return tuple(Text(piece, Style.TEXT) for piece in _cut(words, len(GRID)))


def _cut(words: str, span: int) -> tuple[str, ...]:
    return cut_to_height(words, sum(GRID[:span]) - 4, most_lines=_MOST_LINES)
