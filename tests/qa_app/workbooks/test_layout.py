"""Where blocks stand, how wide and how high, and where pages end."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.workbooks.layout import (
    TALLEST_ROW,
    find_anchors,
    measure_columns,
    measure_rows,
    place,
    write_address,
)
from qa_app.workbooks.measure import count_lines, cut_to_height
from qa_app.workbooks.pages import find_breaks
from qa_app.workbooks.plan import (
    Block,
    Cell,
    Chart,
    ChartKind,
    Column,
    Facts,
    PageBreak,
    Row,
    Sheet,
    Style,
    Table,
    Text,
)

GRID = (10.0,) * 12


def make_table(rows: int, *, words: str = "word") -> Table:
    return Table((Column("Word", span=12),), tuple((Cell(words),) for _ in range(rows)))


def make_sheet(*blocks: Block) -> Sheet:
    return Sheet("Sheet", blocks, grid=GRID, landscape=False)


CHART = Chart(ChartKind.BARS, "Chart", "T", range(1), "a", "b", "c", "d", "x", "y", (0, 1), height=20)


def test_blocks_stand_below_each_other_with_a_free_row_after_tables_facts_and_charts() -> None:
    sheet = make_sheet(
        Text("Title", Style.TITLE),
        Row((Cell("a"), Cell("b")), span=6),
        Facts((("one", Cell(1)), ("two", Cell(2)), ("three", Cell(3))), spans=(1, 5, 1, 5)),
        make_table(3),
        PageBreak(),
        CHART,
        Text("Last", Style.NOTE, anchor="last"),
    )
    assert [placed.row for placed in place(sheet)] == [1, 2, 3, 6, 11, 11, 32]
    assert find_anchors(sheet) == {"": 1, "last": 32}


def test_columns_fit_their_longest_line_within_their_limits() -> None:
    table = Table(
        (
            Column("Short", narrowest=8, widest=30),
            Column("Long", widest=30),
            Column("Middle", widest=30),
            Column("Day", Style.DATE),
            Column("Number", Style.ONE_DIGIT, narrowest=4),
        ),
        (
            (
                Cell("a"),
                Cell("x" * 90),
                Cell("m" * 3 + "\n" + "n" * 12),
                Cell(date(2026, 1, 1)),
                Cell(Decimal("-1234.5")),
            ),
        ),
        name="T",
    )
    short, long, middle, day, number = measure_columns(Sheet("S", (table,)))
    assert short == pytest.approx(10, abs=1)
    assert long == 30
    assert middle == pytest.approx(12 * 1.06 + 2.3, abs=0.1)
    assert 10 <= day <= 14
    assert 7 <= number <= 14


def test_rows_grow_with_their_text_up_to_what_excel_allows() -> None:
    heights = measure_rows(
        make_sheet(make_table(1), make_table(1, words="many words " * 40), make_table(1, words="x" * 40_000))
    )
    assert heights[2] < heights[5] < heights[8] == TALLEST_ROW


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("0123456789", 10, 1),
        ("01234567890", 10, 2),
        ("01234 01234", 10, 2),
        ("a\nb\nc", 10, 3),
        ("漢字漢字漢字", 10, 2),
    ],
)
def test_count_lines_wraps_at_words(text: str, width: float, lines: int) -> None:
    assert count_lines(text, width) == lines


@given(st.text(st.sampled_from("ab \nW漢"), max_size=400), st.integers(2, 5))
def test_cut_to_height_loses_nothing_and_keeps_every_piece_low(text: str, most_lines: int) -> None:
    pieces = cut_to_height(text, 12, most_lines=most_lines)
    assert "".join(pieces) == text
    assert all(count_lines(piece, 12) <= most_lines for piece in pieces)


def test_cut_to_height_cuts_between_words() -> None:
    assert cut_to_height("one two three four", 8, most_lines=1) == ("one two ", "three four")


def test_find_breaks_starts_a_page_where_the_plan_says() -> None:
    assert find_breaks(make_sheet(make_table(2), PageBreak(), Text("Next", Style.HEADING))) == (5,)


def test_find_breaks_keeps_a_chart_whole() -> None:
    sheet = make_sheet(make_table(40), CHART)
    assert find_breaks(sheet) == (43,)


def test_find_breaks_keeps_a_heading_with_the_start_of_its_table() -> None:
    sheet = make_sheet(make_table(48), Text("Heading", Style.HEADING), make_table(20))
    assert find_breaks(sheet) == (51,)


def test_find_breaks_keeps_the_rows_of_one_criterion_together() -> None:
    columns = (Column("Criterion", span=6), Column("Note", span=6))
    criterion = ((Cell("Criterion"), Cell("first")), (Cell(None), Cell("second")), (Cell(None), Cell("third")))
    section = (Cell("Section", Style.SECTION),)
    filler = tuple((Cell("Criterion"), Cell("only")) for _ in range(57))
    table = Table(columns, (*filler, section, *criterion))
    assert find_breaks(make_sheet(table)) == (59,)


def test_find_breaks_leaves_long_real_tables_to_the_program() -> None:
    table = Table((Column("Word"),), tuple((Cell("word"),) for _ in range(300)), name="Words")
    assert find_breaks(Sheet("Words", (Text("Words", Style.TITLE), table), header="Words")) == ()


@pytest.mark.parametrize(("column", "address"), [(1, "A7"), (26, "Z7"), (27, "AA7"), (702, "ZZ7"), (703, "AAA7")])
def test_write_address_counts_like_a_sheet(column: int, address: str) -> None:
    assert write_address(7, column) == address
