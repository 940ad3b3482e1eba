"""What the player tells from levels and times, in a browser's engine but without a page."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from qa_app.intake.waveforms import PER_SECOND, Waveform
from qa_app.ui.desk.bundle import join_modules
from tests.qa_app.ui.desk.test_modules import LOAD

pytestmark = pytest.mark.journey

LOUD, HISS = 120, 10


@pytest.fixture(scope="module")
def engine(browser: Browser) -> Iterator[Page]:
    """An empty page with the module as `desk`."""
    page = browser.new_page()
    page.evaluate(LOAD, join_modules(("sound.js",)))
    yield page
    page.close()


def levels(seconds: int, *stretches: tuple[float, float]) -> list[int]:
    """A channel that is loud in these stretches and hisses elsewhere."""
    return [
        LOUD if any(start <= place / PER_SECOND < end for start, end in stretches) else HISS
        for place in range(seconds * PER_SECOND)
    ]


def part(*channels: list[int], seconds: float | None = None, voices: tuple[str, ...] = ()) -> dict[str, Any]:
    wave = {"perSecond": PER_SECOND, "channels": list(channels)} if channels else None
    return {"from": 0, "seconds": seconds or len(channels[0]) / PER_SECOND, "voices": list(voices), "wave": wave}


def turn(role: str, start: float, end: float | None) -> dict[str, Any]:
    return {"role": role, "start": start} | ({} if end is None else {"end": end})


def facts(engine: Page, parts: list[dict[str, Any]], messages: list[dict[str, Any]]) -> dict[str, Any] | None:
    found: dict[str, Any] | None = engine.evaluate("([parts, some]) => desk.findFacts(parts, some)", [parts, messages])
    return found


def test_packed_waveform_is_read_as_it_was_written(engine: Page) -> None:
    packed = Waveform((bytes([1, 2, 3]), bytes([4, 5, 255]))).pack()
    script = """(bytes) => {
        const wave = desk.readLevels(Uint8Array.from(bytes).buffer);
        return wave && { ...wave, channels: wave.channels.map((levels) => [...levels]) };
    }"""
    assert engine.evaluate(script, list(packed)) == {"perSecond": 50, "channels": [[1, 2, 3], [4, 5, 255]]}
    assert engine.evaluate(script, list(packed[:-1])) is None
    assert engine.evaluate(script, list(b"PLW0" + packed[4:])) is None
    assert engine.evaluate(script, []) is None


def test_voice_goes_on_over_a_breath_and_a_click_is_none(engine: Page) -> None:
    channel = levels(10, (1.0, 2.0), (2.3, 3.0), (4.0, 6.0), (8.0, 8.06))
    found = engine.evaluate("(levels) => desk.findVoice({ levels, perSecond: 50 })", channel)
    assert found == [[1, 3], [4, 6]]


def test_two_channels_tell_talk_silence_and_overtalk(engine: Page) -> None:
    # Left speaks 0-8 and 18-20, right 7-10: 10 s and 3 s of talk, one of them at once, and nobody from 10 to 18.
    told = facts(engine, [part(levels(20, (0, 8), (18, 20)), levels(20, (7, 10)))], [])
    assert told == {
        "source": "the two channels",
        "names": ["left", "right"],
        "shares": [pytest.approx(10 / 13), pytest.approx(3 / 13)],
        "silence": pytest.approx(8),
        "longest": pytest.approx(8),
        "overtalk": pytest.approx(1),
        "seconds": 20,
    }


def test_channels_are_named_by_the_import_or_by_whose_turns_are_loud_there(engine: Page) -> None:
    sound = (levels(20, (0, 8)), levels(20, (9, 20)))
    turns = [turn("customer", 0, 8), turn("agent", 9, 20)]
    told = [
        facts(engine, [part(*sound, voices=("agent", "customer"))], turns),
        facts(engine, [part(*sound)], turns),
        facts(engine, [part(*sound)], [turn("customer", 0, 20), turn("agent", 0, 20)]),
    ]
    assert [each and each["names"] for each in told] == [
        ["agent", "customer"],
        ["customer", "agent"],
        ["left", "right"],
    ]


def test_one_sound_on_both_channels_is_measured_by_the_transcript(engine: Page) -> None:
    sound = levels(30, (0, 30))
    told = facts(engine, [part(sound, sound)], [turn("agent", 0, 12), turn("customer", 11, 15), turn("bot", 20, 22)])
    assert told == {
        "source": "the transcript's times",
        "names": ["agent", "customer"],
        "shares": [pytest.approx(14 / 18), pytest.approx(4 / 18)],
        "silence": pytest.approx(13),  # 15 to 20, and 22 to 30
        "longest": pytest.approx(8),
        "overtalk": pytest.approx(1),
        "seconds": 30,
    }


@pytest.mark.parametrize("messages", [[], [turn("agent", 0, None)], [turn("agent", 0, 3)]])
def test_one_channel_without_times_tells_silence_only(engine: Page, messages: list[dict[str, Any]]) -> None:
    told = facts(engine, [part(levels(12, (0, 3), (9, 12)))], messages)
    assert told is not None
    assert (told["source"], told["names"], told["overtalk"]) == ("the recording", [], None)
    assert told["silence"] == pytest.approx(6)


def test_nothing_is_measured_where_nothing_is_known(engine: Page) -> None:
    assert facts(engine, [part(seconds=12)], []) is None
    assert facts(engine, [part(levels(12, (0, 3))), part(seconds=12)], []) is None


def test_silence_is_told_from_the_sound_before_the_transcript(engine: Page) -> None:
    turns = [turn("agent", 0, 1), turn("customer", 11, 12)]
    heard = [part(levels(12, (0, 5), (9, 12)))]
    find = "([parts, some]) => desk.findSilences(parts, some)"
    assert engine.evaluate(find, [heard, turns]) == [[5, 9]]
    assert engine.evaluate(find, [[part(seconds=12)], turns]) == [[1, 11]]
    assert engine.evaluate(find, [[part(seconds=12)], []]) == []


def test_what_was_not_transcribed_is_not_silent(engine: Page) -> None:
    turns = [turn("agent", 0, 5), turn("customer", 6, 11)]
    parts = [part(seconds=12), part(seconds=30) | {"from": 12}]
    assert facts(engine, parts, turns) is None
    assert engine.evaluate("([parts, some]) => desk.findSilences(parts, some)", [parts, turns]) == []
    assert facts(engine, parts[:1], turns) is not None


def test_recordings_of_a_ticket_follow_each_other(engine: Page) -> None:
    laid = engine.evaluate(
        "(some) => desk.layOut(some, [null, { perSecond: 50, channels: [new Uint8Array(600)] }])",
        [{"url": "/a", "seconds": 30}, {"url": "/b", "seconds": None}],
    )
    assert [(each["from"], each["seconds"]) for each in laid] == [(0, 30), (30, 12)]
