"""The sheets of a coaching workbook that hold the reviews: a list, a page for each, and all ratings in long form.

Pure: a report's reviews in, planned sheets out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from qa_app.headings import RATINGS, REVIEWS
from qa_app.reports import EvidenceLine, RatingLine, ReviewLine
from qa_app.words import NO_SCORE, NOTHING, write_code, write_moment, write_verdict
from qa_app.workbooks.measure import cut_to_height
from qa_app.workbooks.parts import head_sheet, plan_table
from qa_app.workbooks.plan import (
    Block,
    Cell,
    Column,
    Facts,
    Link,
    Mark,
    PageBreak,
    Sheet,
    Style,
    Table,
    Text,
    Tone,
    WebLink,
)
from qa_app.workbooks.text import accept_url

_DETAIL_GRID = (26.0, 15.0, 11.0, 12.0, 27.0, 41.0)
_NOTE_WIDTH = 37.0
_MOST_LINES = 24
"""Of one cell on a details page: longer texts go on in the row below, so that none is cut off in print."""
RESULT_MARKS = (
    Mark("Result", "✓", Tone.GOOD),
    Mark("Result", "✗", Tone.BAD),
    Mark("Auto-fail", "⚠", Tone.WARNING),
)
_PRAISE = "★ Praise"
_LEGIBLE = 10
"""Columns of answers that are still legible on paper, from the first one on."""
_NO_REVIEWS = "No review was found for this agent and period."


def plan_reviews(reviews: tuple[ReviewLine, ...], *, who: str, zone: ZoneInfo, chosen: Sequence[str] = ()) -> Sheet:
    """One row for each review, linked to its details; `chosen`: only these columns, in this order."""
    table = Table(
        columns=(
            Column("No.", Style.COUNT, narrowest=6),
            Column("Ticket", narrowest=11, widest=18),
            Column("Subject", narrowest=16, widest=26),
            Column("Channel", narrowest=8),
            Column("Ticket of", Style.DATE, narrowest=12),
            Column("Submitted", Style.DATE, narrowest=12),
            Column("Reviewer", narrowest=11, widest=16),
            Column("Scorecard", narrowest=11, widest=18),
            Column("Chosen", narrowest=9),
            Column("Stands for", Style.TWO_DIGITS, narrowest=8),
            Column("Score, %", Style.ONE_DIGIT),
            Column("Raw, %", Style.ONE_DIGIT),
            Column("Result", narrowest=15),
            Column("Band", narrowest=8, widest=14),
            Column("Auto-fail", narrowest=10, widest=20),
            Column("State", narrowest=9),
        ),
        rows=tuple(_list_review(number, line, zone) for number, line in enumerate(reviews, start=1)),
        name="Reviews",
        marks=RESULT_MARKS,
    )
    table = choose_columns(table, REVIEWS, chosen)
    return plan_table("Reviews", who, table, none=_NO_REVIEWS, frozen_columns=min(2, len(table.columns)))


def plan_details(reviews: tuple[ReviewLine, ...], *, who: str, zone: ZoneInfo) -> Sheet:
    """Each review on a page of its own."""
    blocks: list[Block] = [*head_sheet("Review details", who)]
    if not reviews:
        blocks.append(Text(_NO_REVIEWS, Style.NOTE))
    for number, line in enumerate(reviews, start=1):
        if number > 1:
            blocks.append(PageBreak())
        blocks.extend(_detail_review(number, line, zone))
    return Sheet("Review details", tuple(blocks), grid=_DETAIL_GRID, landscape=False)


def plan_ratings(reviews: tuple[ReviewLine, ...], *, who: str, zone: ZoneInfo, chosen: Sequence[str] = ()) -> Sheet:
    """Every answer of every review in long form; number columns hold numbers or nothing.

    `chosen`: only these columns, in this order; else the first ones are printed, which are as many as stay legible.
    """
    rows = tuple(
        _list_rating(number, line, rating, zone)
        for number, line in enumerate(reviews, start=1)
        for rating in line.ratings
    )
    columns = (
        Column("Review", Style.COUNT),
        Column("Ticket", narrowest=11, widest=16),
        Column("Criterion", narrowest=14, widest=22),
        Column("Answer", narrowest=12, widest=18),
        Column("Value, %", Style.ONE_DIGIT),
        Column("Weight, %", Style.ONE_DIGIT),
        Column("Auto-fail", narrowest=9, widest=12),
        Column("Praise", narrowest=8, widest=10),
        Column("Reasons", narrowest=10, widest=18),
        Column("Comment", narrowest=18, widest=40),
        Column("Submitted", Style.DATE, narrowest=12),
        Column("Reviewer", narrowest=11, widest=26),
        Column("Section", narrowest=10, widest=30),
        Column("Criterion id", narrowest=10, widest=32),
        Column("Skill", narrowest=9, widest=26),
        Column("Critical", narrowest=9, widest=14),
        Column("Evidence", narrowest=18, widest=80),
    )
    known = tuple(column for column in RATINGS if column not in {"agent", "scorecard", "selection"})
    table = choose_columns(Table(columns, rows, name="Ratings"), known, chosen)
    return plan_table(
        "Ratings",
        who,
        table,
        none=_NO_REVIEWS,
        frozen_columns=min(2, len(table.columns)),
        printed_columns=None if chosen else _LEGIBLE,
    )


def choose_columns(table: Table, known: Sequence[str], chosen: Sequence[str]) -> Table:
    """The table with the chosen ones of its columns, in that order; with all where it knows none of them.

    `known`: the ids of its columns.
    """
    places = [known.index(column) for column in chosen if column in known]
    if not places:
        return table
    columns = tuple(table.columns[place] for place in places)
    headers = {column.header for column in columns}
    rows = (tuple(row[place] for place in places) for row in table.rows)
    return replace(
        table,
        columns=columns,
        rows=rows if table.is_open else tuple(rows),
        marks=tuple(mark for mark in table.marks if mark.column in headers),
    )


def list_ratings(
    lines: Iterable[tuple[str, int, ReviewLine]], *, zone: ZoneInfo, chosen: Sequence[str] = ()
) -> tuple[Table, int | None]:
    """The same for many agents, lazily: their name and the number of the review come with it; without quotes.

    With how many columns are printed; None: all.
    """
    columns = (
        Column("Review", Style.COUNT, widest=10),
        Column("Agent", widest=20),
        Column("Ticket", widest=14),
        Column("Criterion", widest=24),
        Column("Answer", widest=18),
        Column("Value, %", Style.ONE_DIGIT, widest=11),
        Column("Weight, %", Style.ONE_DIGIT, widest=12),
        Column("Auto-fail", widest=11),
        Column("Praise", widest=10),
        Column("Reasons", widest=18),
        Column("Comment", widest=44),
        Column("Submitted", Style.DATE, widest=12),
        Column("Reviewer", widest=24),
        Column("Scorecard", widest=32),
        Column("Chosen", widest=13),
        Column("Section", widest=26),
        Column("Criterion id", widest=28),
        Column("Skill", widest=22),
        Column("Critical", widest=14),
    )
    rows = (row for name, number, line in lines for row in _list_ratings(name, number, line, zone))
    table = choose_columns(Table(columns, rows, name="Ratings"), RATINGS[:-1], chosen)
    return table, None if chosen else 1 + _LEGIBLE


def _list_ratings(name: str, number: int, line: ReviewLine, zone: ZoneInfo) -> Iterator[tuple[Cell, ...]]:
    """All answers of one review; what is the same in each is made once."""
    head = (Cell(number), Cell(name), Cell(line.ticket.external_id))
    tail = (
        show_day(line.review.submitted_at, zone),
        Cell(line.reviewer),
        Cell(line.scorecard),
        Cell(write_code(line.review.selection.value)),
    )
    for rating in line.ratings:
        yield (*head, *_tell_rating(rating), *tail, *_place_rating(rating))


def _tell_rating(rating: RatingLine) -> tuple[Cell, ...]:
    """What people read of an answer."""
    return (
        Cell(rating.label),
        Cell(rating.answer),
        Cell(rating.value),
        Cell(rating.applied_weight),
        Cell(rating.auto_fail if rating.auto_fail is not None else NOTHING),
        Cell(_PRAISE if rating.praise else NOTHING),
        Cell("\n".join(rating.reasons) or NOTHING),
        Cell(rating.comment or NOTHING),
    )


def _place_rating(rating: RatingLine) -> tuple[Cell, ...]:
    """Where it stands on its scorecard."""
    return (
        Cell(rating.section),
        Cell(rating.criterion_id),
        Cell(rating.skill if rating.skill is not None else NOTHING),
        Cell(rating.critical if rating.critical is not None else NOTHING),
    )


def _list_review(number: int, line: ReviewLine, zone: ZoneInfo) -> tuple[Cell, ...]:
    ticket, review = line.ticket, line.review
    raw, reported = _show_scores(line)
    return (
        Cell(number),
        Cell(ticket.external_id, link=link_review(number)),
        Cell(ticket.subject or NOTHING),
        Cell(write_code(ticket.channel.value)),
        show_day(ticket.created_at, zone),
        show_day(review.submitted_at, zone),
        Cell(line.reviewer),
        Cell(line.scorecard),
        Cell(write_code(review.selection.value)),
        Cell(line.stands_for if line.stands_for is not None else NOTHING),
        reported,
        raw,
        Cell(tell_result(line)),
        Cell(_tell_band(line)),
        Cell(_tell_auto_fails(line)),
        Cell(write_code(review.state.value)),
    )


def _detail_review(number: int, line: ReviewLine, zone: ZoneInfo) -> tuple[Block, ...]:
    ticket = line.ticket
    subject = f" · {ticket.subject}" if ticket.subject else ""
    return (
        Text(f"Review {number} · Ticket {ticket.external_id}{subject}", Style.HEADING, anchor=_anchor(number)),
        Text("← Back to the list of reviews", Style.BACK, link=Link("Reviews")),
        Facts(_tell_facts(line, zone), spans=(1, 1, 2, 2)),
        *_tell_comment(line.review.comment),
        Table(
            columns=(
                Column("Criterion", Style.STRONG),
                Column("Answer"),
                Column("Value, %", Style.ONE_DIGIT),
                Column("Weight, %", Style.ONE_DIGIT),
                Column("Note", Style.MUTED),
                Column("What the reviewer wrote and quoted"),
            ),
            rows=_detail_ratings(line.ratings),
        ),
    )


def _tell_facts(line: ReviewLine, zone: ZoneInfo) -> tuple[tuple[str, Cell], ...]:
    ticket, review = line.ticket, line.review
    raw, reported = _show_scores(line)
    pairs = (
        ("Score, %", Cell(reported.value, Style.FACT_SCORE)),
        ("Result", Cell(tell_result(line), Style.STRONG)),
        ("Raw score, %", Cell(raw.value, Style.FACT_SCORE)),
        ("Auto-fail", Cell(_tell_auto_fails(line))),
        ("Band", Cell(_tell_band(line))),
        ("Scorecard", Cell(line.scorecard)),
        ("Channel", Cell(write_code(ticket.channel.value))),
        ("Ticket of", Cell(write_moment(ticket.created_at, zone))),
        ("Chosen", Cell(write_code(review.selection.value))),
        ("Submitted", Cell(NOTHING if review.submitted_at is None else write_moment(review.submitted_at, zone))),
        ("State", Cell(write_code(review.state.value))),
        ("Reviewer", Cell(line.reviewer)),
    )
    if ticket.url is None:
        return pairs
    link = WebLink(ticket.url) if accept_url(ticket.url) else None
    return (*pairs, ("", Cell(None)), ("Address", Cell(ticket.url, link=link)))


def _tell_comment(comment: str) -> tuple[Block, ...]:
    if not comment:
        return ()
    pieces = cut_to_height(comment, sum(_DETAIL_GRID) - 10, most_lines=_MOST_LINES)
    return (Text("The reviewer's comment", Style.STRONG), *(Text(piece, Style.TEXT) for piece in pieces))


def _detail_ratings(ratings: tuple[RatingLine, ...]) -> tuple[tuple[Cell, ...], ...]:
    """A row for each criterion; its further notes follow in rows of their own. Sections are named as they begin."""
    rows: list[tuple[Cell, ...]] = []
    section = ""
    for rating in ratings:
        if rating.section != section:
            section = rating.section
            rows.append((Cell(section, Style.SECTION),))
        notes = _collect_notes(rating)
        rows.append(
            (
                Cell(rating.label),
                Cell(rating.answer),
                Cell(NOTHING if rating.value is None else rating.value),
                Cell(rating.applied_weight),
                *notes[0],
            )
        )
        rows.extend((Cell(None, Style.TEXT), Cell(None), Cell(None), Cell(None), *note) for note in notes[1:])
    return tuple(rows)


def _collect_notes(rating: RatingLine) -> list[tuple[Cell, Cell]]:
    """What was noted on one criterion, kind and text, in pieces that fit a page; at least one, maybe empty."""
    notes: list[tuple[str, str, Style]] = []
    if rating.praise:
        notes.append((_PRAISE, "worth telling the agent", Style.STRONG))
    if rating.auto_fail is not None:
        notes.append(("⚠ Auto-fail", rating.auto_fail, Style.STRONG))
    if rating.critical is not None:
        notes.append(("Critical", rating.critical, Style.TEXT))
    if rating.reasons:
        notes.append(("Reasons", "\n".join(rating.reasons), Style.TEXT))
    if rating.comment:
        notes.append(("Comment", rating.comment, Style.TEXT))
    notes.extend((f"Quote, {line.where}", line.quote, Style.QUOTE) for line in rating.evidence)
    cells: list[tuple[Cell, Cell]] = []
    for kind, written, style in notes:
        pieces = cut_to_height(written, _NOTE_WIDTH, most_lines=_MOST_LINES)
        cells.append((Cell(kind), Cell(pieces[0], style)))
        cells.extend((Cell("continued"), Cell(piece, style)) for piece in pieces[1:])
    return cells or [(Cell(None), Cell(None))]


def _list_rating(number: int, line: ReviewLine, rating: RatingLine, zone: ZoneInfo) -> tuple[Cell, ...]:
    return (
        Cell(number),
        Cell(line.ticket.external_id, link=link_review(number)),
        *_tell_rating(rating),
        show_day(line.review.submitted_at, zone),
        Cell(line.reviewer),
        *_place_rating(rating),
        Cell("\n".join(map(_quote, rating.evidence)) or NOTHING),
    )


def _quote(line: EvidenceLine) -> str:
    return f"“{line.quote}” ({line.where})" if line.quote else line.where


def _show_scores(line: ReviewLine) -> tuple[Cell, Cell]:
    """Raw and reported score; in words where there is none."""
    score = line.review.score
    if score is None:
        return Cell(NOTHING), Cell(NOTHING)
    return (
        Cell(score.raw if score.raw is not None else NO_SCORE),
        Cell(score.reported if score.reported is not None else NO_SCORE),
    )


def tell_result(line: ReviewLine) -> str:
    """The verdict in words."""
    return write_verdict(None if line.review.score is None else line.review.score.passed)


def _tell_band(line: ReviewLine) -> str:
    score = line.review.score
    return score.band if score is not None and score.band is not None else NOTHING


def _tell_auto_fails(line: ReviewLine) -> str:
    """Level and criterion of every auto-fail."""
    score = line.review.score
    if score is None or not score.auto_fails:
        return NOTHING
    labels = {rating.criterion_id: rating.label for rating in line.ratings}
    return "\n".join(f"⚠ {flag.level}: {labels.get(flag.criterion_id, flag.criterion_id)}" for flag in score.auto_fails)


def show_day(moment: datetime | None, zone: ZoneInfo) -> Cell:
    """The day in the zone; words where there is none."""
    return Cell(NOTHING if moment is None else moment.astimezone(zone).date())


def link_review(number: int) -> Link:
    """To the details of the review of that number."""
    return Link("Review details", _anchor(number))


def _anchor(number: int) -> str:
    return f"review-{number}"
