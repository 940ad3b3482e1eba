"""When things happen in the demo: arrivals over the day and week, typing, talking and waiting. Times are UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qa_app.workflows.demo.dialogue import Line
from qa_app.workflows.demo.dice import Dice
from qa_app.workflows.demo.people import WEEKS
from qa_app.workflows.demo.scenarios import Channel

DAYS = 7 * WEEKS
OPENS, CLOSES = 8, 18  # the contact centre's hours, Monday to Saturday
# Monday to Sunday; live channels are closed on Sundays.
LIVE_DAYS = (1.25, 1.1, 1.0, 1.0, 0.95, 0.35, 0.0)
WRITTEN_DAYS = (1.2, 1.1, 1.0, 1.0, 0.9, 0.5, 0.4)
LIVE_HOURS = {8: 0.6, 9: 1.1, 10: 1.4, 11: 1.3, 12: 0.8, 13: 0.9, 14: 1.2, 15: 1.1, 16: 0.9, 17: 0.5}
WRITTEN_HOURS = {7: 0.7, 8: 1.0, 9: 1.2, 10: 1.1, 11: 0.9, 12: 1.0, 13: 0.9, 14: 0.9, 15: 0.8, 16: 0.8}
WRITTEN_HOURS |= {17: 0.8, 18: 0.9, 19: 1.0, 20: 1.1, 21: 0.9, 22: 0.4}


@dataclass(frozen=True, slots=True)
class Moment:
    """When a line is sent; spoken lines also say where in the recording they start and end."""

    sent_at: datetime
    start_seconds: float | None = None
    end_seconds: float | None = None

    @property
    def over_at(self) -> datetime:
        """When the last word of a spoken line has been said; for a written one, when it is sent."""
        return self.sent_at + timedelta(seconds=int((self.end_seconds or 0) - (self.start_seconds or 0)))


def draw_arrival(channel: Channel, dice: Dice, *, first_day: datetime, hours: tuple[int, int] | None) -> datetime:
    """When the customer turns up; `first_day` is midnight at the start of the eight weeks."""
    live = channel in ("chat", "call")
    day_weights, hour_weights = (LIVE_DAYS, LIVE_HOURS) if live else (WRITTEN_DAYS, WRITTEN_HOURS)
    days = [first_day + timedelta(days=number) for number in range(DAYS)]
    day = dice.pick_weighted(days, [day_weights[item.weekday()] for item in days])
    allowed = [hour for hour in hour_weights if hours is None or hours[0] <= hour < hours[1]]
    hour = dice.pick_weighted(allowed, [hour_weights[item] for item in allowed])
    return day + timedelta(hours=hour, seconds=dice.whole(0, 3599))


def time_lines(lines: Sequence[Line], channel: Channel, arrival: datetime, dice: Dice) -> tuple[Moment, ...]:
    """One moment a line, never going back."""
    if channel == "call":
        return _time_call(lines, arrival, dice)
    return _time_chat(lines, arrival, dice) if channel == "chat" else _time_letters(lines, channel, arrival, dice)


def _count_words(line: Line) -> int:
    return len(line.text.split()) if line.text else 0


def _time_chat(lines: Sequence[Line], arrival: datetime, dice: Dice) -> tuple[Moment, ...]:
    moments: list[Moment] = []
    at, waited = arrival, False
    for line in lines:
        words, turn = _count_words(line), line.turn
        if turn.days_later:
            at = _skip_days(at, turn.days_later, dice)
        elif turn.role == "bot" and moments:
            at += timedelta(seconds=2)
        elif turn.role == "system":
            at += timedelta(seconds=dice.whole(40, 200))
        elif turn.role == "agent":
            # Waiting in line once, then reading and typing; agents have text blocks, customers thumbs.
            seconds = dice.between(15, 160) if not waited else dice.between(8, 35)
            at += timedelta(seconds=int(seconds + words * dice.between(0.5, 1.0)))
            waited = True
        elif moments:
            at += timedelta(seconds=int(dice.between(6, 50) + words * dice.between(0.9, 1.8)))
        moments.append(Moment(at))
    return tuple(moments)


def _time_letters(lines: Sequence[Line], channel: Channel, arrival: datetime, dice: Dice) -> tuple[Moment, ...]:
    """E-mail and web forms: agents answer in opening hours, customers when they are awake."""
    reply, rest = ((0.7, 11.0), (0.4, 30.0)) if channel == "email" else ((0.3, 5.0), (0.2, 9.0))
    moments: list[Moment] = []
    at = arrival
    for line in lines:
        turn = line.turn
        if turn.internal:
            at += timedelta(seconds=dice.whole(60, 600))
        elif turn.days_later:
            at = _skip_days(at, turn.days_later, dice)
        elif turn.role == "agent":
            at = _add_open_time(at, timedelta(hours=dice.between(*reply)))
        elif turn.role == "system":
            at += timedelta(seconds=dice.whole(120, 1800))
        elif moments:
            at = _wake(at + timedelta(hours=dice.between(*rest)), dice)
        moments.append(Moment(at.replace(microsecond=0)))
    return tuple(moments)


def _time_call(lines: Sequence[Line], arrival: datetime, dice: Dice) -> tuple[Moment, ...]:
    answered = arrival + timedelta(seconds=dice.whole(6, 140))
    pace = {"agent": dice.between(2.3, 2.9), "customer": dice.between(2.2, 3.1)}
    moments: list[Moment] = []
    seconds = 0.5
    for line in lines:
        if line.turn.internal:
            note_at = answered + timedelta(seconds=int(seconds) + dice.whole(40, 180))
            moments.append(Moment(note_at))
            continue
        start = seconds + dice.between(0.2, 1.4)
        thinking = (line.text or "").count("...") * dice.between(3, 9)
        end = start + max(0.6, _count_words(line) / pace[line.turn.role]) + thinking
        moments.append(Moment(answered + timedelta(seconds=int(start)), round(start, 2), round(end, 2)))
        seconds = end + line.turn.pause_seconds
    return tuple(moments)


def _skip_days(at: datetime, days: int, dice: Dice) -> datetime:
    later = at + timedelta(days=days)
    return later.replace(hour=dice.whole(OPENS, CLOSES - 2), minute=dice.whole(0, 59), second=dice.whole(0, 59))


def _wake(at: datetime, dice: Dice) -> datetime:
    """Nobody writes between eleven at night and seven in the morning."""
    if 7 <= at.hour < 23:
        return at
    morning = at if at.hour < 7 else at + timedelta(days=1)
    return morning.replace(hour=7, minute=0, second=0) + timedelta(minutes=dice.whole(0, 150))


def _add_open_time(at: datetime, duration: timedelta) -> datetime:
    """`duration` later by the contact centre's own clock, which stands still at night and on Sundays."""
    while True:
        opens, closes = at.replace(hour=OPENS, minute=0, second=0), at.replace(hour=CLOSES, minute=0, second=0)
        if at.weekday() == 6 or at >= closes:
            at = (at + timedelta(days=1)).replace(hour=OPENS, minute=0, second=0)
            continue
        at = max(at, opens)
        if at + duration <= closes:
            return at + duration
        duration -= closes - at
        at = closes
