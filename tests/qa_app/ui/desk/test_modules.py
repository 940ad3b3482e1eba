"""Parts of the desk that need a browser's engine but no page: places of quotes, and seconds of work."""

import pytest
from playwright.sync_api import Page

from qa_app.ui.desk.bundle import join_modules

pytestmark = pytest.mark.journey

LOAD = """
async (source) => {
    globalThis.desk = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}
"""


@pytest.fixture
def blank(empty_page: Page) -> Page:
    """An empty page with the modules as `desk`."""
    empty_page.evaluate(LOAD, join_modules(("quotes.js", "activity.js", "lens.js")))
    return empty_page


@pytest.mark.parametrize(("units", "characters"), [(0, 0), (1, 1), (3, 2), (5, 3), (6, 4)])
def test_places_count_characters(blank: Page, units: int, characters: int) -> None:
    assert blank.evaluate("(units) => desk.toCharacters('a😡😡b', units)", units) == characters
    assert blank.evaluate("(characters) => desk.toUnits('a😡😡b', characters)", characters) == units


def test_words_that_are_quoted_twice_are_marked_once(blank: Page) -> None:
    stretches = [[9, 10], [4, 8], [2, 6], [8, 9]]
    assert blank.evaluate("(stretches) => desk.joinStretches(stretches)", stretches) == [[2, 10]]


def test_text_is_cut_where_stretches_begin_and_end(blank: Page) -> None:
    stretches = [{"start": 2, "end": 6}, {"start": 4, "end": 8}, {"start": 9, "end": 10}]
    pieces = blank.evaluate("(stretches) => desk.cutPieces('0123456789', 1, 9, stretches)", stretches)
    assert [(piece["text"], [mark["start"] for mark in piece["within"]]) for piece in pieces] == [
        ("1", []),
        ("23", [2]),
        ("45", [2, 4]),
        ("67", [4]),
        ("8", []),
    ]


def test_selection_is_trimmed_and_kept_within_its_message(blank: Page) -> None:
    found = blank.evaluate(
        """() => {
            document.body.innerHTML = "<p>one <mark>two</mark> three</p><p>four</p>";
            const [first, second] = document.querySelectorAll("p");
            const range = document.createRange();
            range.setStart(first.firstChild, 3);
            range.setEnd(second.firstChild, 2);
            return [desk.stretchWithin(first, range), desk.stretchWithin(second, range)];
        }"""
    )
    assert found == [
        {"start_char": 4, "end_char": 13, "quote": "two three"},
        {"start_char": 0, "end_char": 2, "quote": "fo"},
    ]


def test_closer_look_keeps_its_second_in_place_and_stays_within_the_recording(blank: Page) -> None:
    looked = blank.evaluate(
        """() => {
            const lens = new desk.Lens();
            lens.fit(3600);
            const look = (change) => (change(), [lens.from, lens.to]);
            return [
                look(() => lens.zoom(2, 900)),
                look(() => lens.zoom(1000, 900)),
                look(() => lens.reveal(902)),
                look(() => lens.reveal(910)),
                look(() => lens.moveTo(3599)),
                look(() => lens.zoom(0.001, 3599)),
                look(() => lens.fit(4000)),
            ];
        }"""
    )
    assert looked == [
        pytest.approx([450, 2250]),  # 900 stays at a quarter
        pytest.approx([898.75, 903.75]),  # no closer than five seconds
        pytest.approx([898.75, 903.75]),  # in sight already
        pytest.approx([909.5, 914.5]),  # with a tenth of the window before it
        pytest.approx([3595, 3600]),
        [0, 3600],
        [0, 4000],  # what was whole stays whole
    ]


def test_work_counts_for_a_minute_after_the_last_input(blank: Page) -> None:
    blank.evaluate("globalThis.work = new desk.Activity({ seconds: 100, isListening: () => false })")
    blank.clock.run_for(30_000)
    assert blank.evaluate("work.seconds") == 130
    blank.clock.run_for(90_000)
    assert 158 <= blank.evaluate("work.seconds") <= 160
    blank.keyboard.press("a")
    blank.clock.run_for(10_000)
    assert 168 <= blank.evaluate("work.seconds") <= 170


def test_listening_is_work(blank: Page) -> None:
    blank.evaluate("globalThis.work = new desk.Activity({ seconds: 0, isListening: () => true })")
    blank.clock.run_for(300_000)
    assert blank.evaluate("work.seconds") == 300
