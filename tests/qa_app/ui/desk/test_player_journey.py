"""A call on the desk in a real browser: waveform, seeking, marks, silence, several recordings, trouble."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.journey.house import wait_until
from tests.qa_app.ui.desk.steps import open_case, rest, row, status, stored

pytestmark = pytest.mark.journey

COLUMNS = """(canvas) => {
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: width }, (_, x) =>
        Array.from({ length: height }, (__, y) => data[4 * (y * width + x) + 3] > 0).filter(Boolean).length);
}"""

COLOUR = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const most = data.reduce((found, value, place) => (place % 4 === 3 && value > data[found] ? place : found), 3);
    return [...data.slice(most - 3, most)];
}"""
"""Red, green and blue of what is painted."""
SYSTEM = """(element, name) => {
    const probe = element.parentElement.appendChild(document.createElement("span"));
    probe.style.cssText = `color: ${name}; forced-color-adjust: none`;
    const parts = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
    probe.remove();
    return parts.slice(0, 3);
}"""
"""The same of a colour of the system."""


def seconds(page: Page) -> float:
    """Where the sound itself is."""
    at: float = page.locator("audio").evaluate("audio => audio.currentTime")
    return at


def seek(page: Page, second: float, *, of: float) -> None:
    rest(page)
    wave = page.locator(".wave")
    width, height = wave.evaluate("wave => [wave.clientWidth, wave.clientHeight]")
    wave.click(position={"x": width * second / of, "y": height / 2})


def drag(page: Page, start: float, end: float, *, of: float) -> None:
    rest(page)
    box = page.locator(".wave").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * start / of, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end / of, box["y"] + 10, steps=3)
    page.mouse.up()


def test_waveform_shows_both_channels_in_the_colours_of_the_theme(page: Page, playground: str) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/waveform", hold)
    page.emulate_media(color_scheme="light")
    open_case(page, playground, "call-wave")
    wait_until(page, lambda: bool(held))
    rest(page)
    places = [page.locator(each).bounding_box() for each in (".wave", ".conversation")]
    held[0].continue_()
    expect(page.locator(".spoken-facts")).to_have_text(
        "Talk: agent 66%, customer 34% · Silence: 2 s (4%), longest 2 s · Both at once: 0 s · from the two channels"
    )
    assert page.locator(".lanes span").all_text_contents() == ["Agent", "Customer"]
    assert [page.locator(each).bounding_box() for each in (".wave", ".conversation")] == places  # nothing has moved
    canvas = page.locator("canvas.heard")
    heights = canvas.evaluate(COLUMNS)
    speaking = heights[len(heights) * 13 // 45 : len(heights) * 15 // 45]
    ended = heights[len(heights) * 89 // 90 :]
    assert max(speaking) > 3 * max(ended)
    light = canvas.evaluate("canvas => canvas.toDataURL()")
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".desk")).to_have_css("background-color", "rgb(16, 18, 22)")
    wait_until(page, lambda: canvas.evaluate("canvas => canvas.toDataURL()") != light)
    assert canvas.evaluate("canvas => canvas.toDataURL()") != light


def test_click_seeks_and_drag_marks_what_e_pins(page: Page, playground: str) -> None:
    case_id = "call-marks"
    open_case(page, playground, case_id)
    seek(page, 18.5, of=45)
    expect(page.locator(".message.now .text")).to_have_text("Third of May 1984.")
    assert seconds(page) == pytest.approx(18.5, abs=0.2)
    drag(page, 27.4, 31.4, of=45)
    expect(page.get_by_role("button", name="Pin 0:27–0:31 to Greets by name")).to_be_visible()
    page.keyboard.press("e")
    expect(row(page, "Greets by name").locator(".jump b")).to_have_text("0:27–0:31")
    expect(page.locator(".marked")).to_be_hidden()
    expect(page.locator(".stretches i")).to_have_count(1)
    expect(status(page)).to_contain_text("Saved")
    [piece] = stored(playground, case_id)["draft"]["evidence"]
    assert (piece["message_seq"], piece["quote"]) == (None, "")
    assert piece["start_seconds"] == pytest.approx(27.4, abs=0.2)
    assert piece["end_seconds"] == pytest.approx(31.4, abs=0.2)

    row(page, "Greets by name").locator(".jump").click()  # plays the stretch, and stops at its end
    page.locator("audio").evaluate("audio => (audio.playbackRate = 8)")
    wait_until(page, lambda: seconds(page) > 31)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert seconds(page) == pytest.approx(31.4, abs=0.2)


def test_keys_mark_a_stretch(page: Page, playground: str) -> None:
    open_case(page, playground, "call-keys")
    page.keyboard.press("]")  # nothing was heard yet, so there is nothing to mark
    expect(page.locator(".marked")).to_be_hidden()
    page.keyboard.press("[")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("]")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pinned span")).to_have_text("Pin 0:00–0:05 to Greets by name")
    page.keyboard.press("Escape")
    expect(page.locator(".marked")).to_be_hidden()
    page.keyboard.press("o")  # without a beginning, the last five seconds
    page.keyboard.press("e")
    expect(row(page, "Greets by name").locator(".jump b")).to_have_text("0:05–0:10")


def test_waveform_is_zoomed_by_keys_buttons_and_wheel_and_follows_what_is_heard(page: Page, playground: str) -> None:
    open_case(page, playground, "call-closer")
    expect(page.locator(".scale")).to_be_visible()
    expect(page.get_by_role("button", name="Wider look")).to_be_disabled()
    seek(page, 30, of=45)
    page.keyboard.press("z")
    expect_window(page, 15, 37.5)  # half as wide; second 30 stays at two thirds
    page.get_by_role("button", name="Closer look").click()
    expect_window(page, 22.5, 33.75)
    seek(page, 11.25 / 2, of=11.25)  # the middle of what is shown
    assert seconds(page) == pytest.approx(28.125, abs=0.1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")  # to 38.1, beyond the window, which goes along
    expect_window(page, 45 - 11.25, 45)
    drag(page, 0, 11.25 / 2, of=11.25)
    page.keyboard.press("e")
    expect(row(page, "Greets by name").locator(".jump b")).to_have_text("0:33–0:39")
    expect(page.locator(".stretches i")).to_have_count(1)

    track = page.locator(".wave").bounding_box()
    assert track is not None
    page.mouse.move(track["x"], track["y"] + 10)
    page.mouse.wheel(-3 * track["width"], 0)  # three windows to the left: the begin, with nothing of the stretch
    expect_window(page, 0, 11.25)
    expect(page.locator(".stretches i")).to_have_count(0)
    expect(page.locator(".needle")).to_be_hidden()
    page.mouse.wheel(0, 2000)
    expect_window(page, 0, 45)
    expect(page.locator(".needle")).to_be_visible()
    page.keyboard.press("z")
    page.keyboard.press("x")
    expect_window(page, 0, 45)


def expect_window(page: Page, start: float, end: float) -> None:
    """The waveform gets to showing these seconds; a turn of the wheel arrives when the browser likes."""
    expected = pytest.approx((start, end), abs=0.1)
    wait_until(page, lambda: window(page) == expected)
    assert window(page) == expected


def window(page: Page) -> tuple[float, float]:
    """First and last second of the 45 that the waveform shows."""
    left, width = page.locator(".window i").evaluate("({ style }) => [style.left, style.width].map(parseFloat)")
    return 0.45 * left, 0.45 * (left + width)


def test_waveform_keeps_apart_what_was_heard_in_high_contrast(page: Page, playground: str) -> None:
    open_case(page, playground, "call-contrast")
    expect(page.locator(".spoken-facts")).to_be_visible()
    page.emulate_media(forced_colors="active")
    for canvas, colour in (("rest", "CanvasText"), ("heard", "Highlight")):
        painted = page.locator(f"canvas.{canvas}")

        def is_painted(painted: Locator = painted, colour: str = colour) -> bool:
            return bool(painted.evaluate(COLOUR) == alike(painted.evaluate(SYSTEM, colour)))

        wait_until(page, is_painted)
        assert painted.evaluate(COLOUR) == alike(painted.evaluate(SYSTEM, colour)), canvas
    highlight = ", ".join(map(str, page.locator(".desk").evaluate(SYSTEM, "Highlight")))
    expect(page.locator(".needle")).to_have_css("background-color", re.compile(rf"rgba?\({highlight}\b"))


def alike(colour: list[int]) -> object:
    """A colour of the system may let some light through, and a canvas then keeps it with less precision."""
    return pytest.approx(colour, abs=2)


def test_silence_is_passed_over_on_request(page: Page, playground: str) -> None:
    open_case(page, playground, "unheard-silence")
    expect(page.locator(".spoken-facts")).to_have_text("Silence: 6 s (50%), longest 6 s · from the recording")
    expect(page.locator(".lanes")).to_be_hidden()
    seek(page, 2.9, of=12)
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Skip silence")).to_have_attribute("aria-pressed", "true")
    page.locator("audio").evaluate(
        """audio => {
            globalThis.heard = [];
            audio.addEventListener('timeupdate', () => heard.push(audio.currentTime));
        }"""
    )
    page.keyboard.press("Space")
    expect(page.locator(".clock")).to_have_text(re.compile("0:(08|09|1.) / 0:12"))
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()  # it has come to its end
    heard = page.evaluate("heard")
    assert heard != []
    assert [second for second in heard if 5 < second < 8] == []


def test_recordings_of_a_ticket_are_one_line(page: Page, playground: str) -> None:
    case_id = "parts-line"
    open_case(page, playground, case_id)
    expect(page.locator(".clock")).to_have_text("0:00 / 0:57")
    seek(page, 50, of=57)
    expect(page.get_by_label("Recording", exact=True)).to_have_value("1")
    expect(page.locator(".clock")).to_contain_text("0:5")
    page.keyboard.press("]")
    page.keyboard.press("e")
    expect(row(page, "Greets by name").locator(".jump b")).to_have_text("0:45–0:50")
    expect(status(page)).to_contain_text("Saved")
    assert stored(playground, case_id)["draft"]["evidence"][0]["end_seconds"] == pytest.approx(50, abs=0.2)
    page.get_by_label("Recording", exact=True).select_option("0")
    expect(page.locator(".clock")).to_have_text("0:00 / 0:57")


def test_trouble_is_said_and_grading_goes_on(page: Page, playground: str) -> None:
    open_case(page, playground, "broken-call")
    expect(page.locator(".trouble")).to_contain_text(
        "This recording cannot be played: the file is broken, or its format unknown here. Tell an admin. "
        "There is no transcript either: give the ticket back, or grade what can be told without."
    )
    expect(page.get_by_role("button", name="Play")).to_be_hidden()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    open_case(page, playground, "gone-call")
    expect(page.locator(".trouble")).to_contain_text("The recording is missing, or not for you to hear; tell an admin.")
    page.keyboard.press("1")
    expect(page.locator(".count")).to_have_text("1 of 9")
    expect(status(page)).to_contain_text("Saved")
