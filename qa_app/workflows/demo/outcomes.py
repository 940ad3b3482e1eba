"""The figures that a helpdesk would have about a demo ticket: they follow the conversation and its mood."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from qa_app.workflows.demo.dialogue import Line, measure_quality
from qa_app.workflows.demo.dice import Dice
from qa_app.workflows.demo.rhythm import Moment
from qa_app.workflows.demo.scenarios import Channel, Mood

Metric = dict[str, object]

# What a mood does to the survey, in points of five: who came in happy is easily pleased.
MOODS = MappingProxyType({"pleased": 0.5, "calm": 0.2, "confused": 0.1, "worried": 0.0, "upset": -0.3, "angry": -0.6})
ANSWER_RATE = 0.4
SECONDS_A_WORD = 2.4  # reading the case and writing the answer, for letters
WRAP_UP = (20, 150)  # seconds of work after a live contact


def measure_ticket(
    lines: Sequence[Line],
    moments: Sequence[Moment],
    *,
    channel: Channel,
    mood: Mood,
    arrival: datetime,
    finished: bool,
    transferred: bool,
    dice: Dice,
) -> list[Metric]:
    """Metrics in the interchange format; what nobody measured is absent, never 0. Needs at least one answer."""
    quality = measure_quality(lines).values()
    overall = sum(quality) / len(quality)
    first_reply = next(at.sent_at for line, at in zip(lines, moments, strict=True) if is_answer(line)) - arrival
    metrics = [
        make_metric("first_reply", first_reply.total_seconds(), "seconds", hours="calendar"),
        make_metric("handle_time", _find_handle_time(lines, moments, channel, dice), "seconds"),
    ]
    if not finished:
        return metrics
    resolution = moments[-1].over_at - arrival
    metrics.append(make_metric("resolution", int(resolution.total_seconds()), "seconds", hours="calendar"))
    # Some come back by another way than the ticket, more often after a poor answer.
    reopened = any(line.turn.reopens for line in lines) or dice.happens(0.15 if overall < 0.4 else 0.03)
    metrics.append(make_metric("reopens", int(reopened), "count"))
    metrics.append(make_metric("transfers", int(transferred), "count"))
    if dice.happens(ANSWER_RATE):
        points = round(2.1 + 2.9 * overall + MOODS[mood] - 0.5 * reopened + dice.bell(0.9))
        metrics.append(make_metric("csat", min(5, max(1, points)), "points", scale="1..5"))
    return metrics


def is_answer(line: Line) -> bool:
    """Whether the customer hears something from a person of ours here."""
    return line.turn.role == "agent" and not line.turn.internal and line.text is not None


def make_metric(name: str, value: float, unit: str, **more: str) -> Metric:
    """One metric of the interchange format; whole numbers stay whole."""
    return {"name": name, "value": int(value) if value == int(value) else value, "unit": unit, **more}


def _find_handle_time(lines: Sequence[Line], moments: Sequence[Moment], channel: Channel, dice: Dice) -> int:
    """Seconds that agents were busy with the ticket."""
    if channel in ("email", "web"):
        words = [len(line.text.split()) for line in lines if line.turn.role == "agent" and line.text]
        return int(sum(dice.between(70, 240) + SECONDS_A_WORD * count for count in words))
    live = [at for line, at in zip(lines, moments, strict=True) if not line.turn.internal]
    first = next(at.sent_at for line, at in zip(lines, moments, strict=True) if is_answer(line))
    # A chat that is reopened days later was not handled in between: count the first sitting only.
    last = max(at.over_at for at in live if at.over_at - first < timedelta(hours=3))
    return int((last - first).total_seconds()) + dice.whole(*WRAP_UP)
