"""Plays a scenario: which phrasing each turn gets, and the words that fill its slots. No clock, no store."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from qa_app.workflows.demo.dice import Dice
from qa_app.workflows.demo.people import SKILLS, DemoAgent
from qa_app.workflows.demo.scenarios import Outcome, Quality, Scenario, Turn, read_customer_names

# What a reviewer with neither severity nor noise would see in a phrasing, from 0 to 1.
LEVELS: Mapping[Outcome, float] = MappingProxyType({"strong": 0.95, "recover": 0.8, "solid": 0.62, "weak": 0.18})
# How much harder a customer's mood makes it to find the right words, on the scale of abilities.
STRAIN = MappingProxyType(
    {"pleased": -0.04, "calm": 0.0, "confused": 0.02, "worried": 0.02, "upset": 0.04, "angry": 0.08}
)
PRICES = MappingProxyType({"Ledge Three": "£79.00", "Counter Six": "£149.00", "Tower Twelve": "£329.00"})
POD_PRICE = "£12.90"
POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Customer:
    """Who wrote or rang."""

    external_id: str
    name: str
    email: str
    postcode: str

    @property
    def first_name(self) -> str:
        """How the agents greet."""
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class Line:
    """One turn as it came out. `text` is None where an agent left out what the turn asks for."""

    turn: Turn
    text: str | None
    outcome: Outcome | None


def make_customer(number: int) -> Customer:
    """The same number is the same person, on every ticket of theirs."""
    names = read_customer_names()
    first, last = names.first[number % len(names.first)], names.last[number * 5 % len(names.last)]
    dice = Dice("customer", number)
    # QX is no postcode area, so nobody's address is hit.
    letters = dice.pick(POSTCODE_LETTERS) + dice.pick(POSTCODE_LETTERS)
    postcode = f"QX{dice.whole(1, 19)} {dice.whole(1, 9)}{letters}"
    email = f"{first}.{last}@example.{dice.pick(('com', 'org', 'net'))}".lower()
    return Customer(f"c-{1000 + number}", f"{first} {last}", email, postcode)


def play(scenario: Scenario, agent: DemoAgent, second: DemoAgent, dice: Dice, *, progress: float) -> tuple[Line, ...]:
    """The turns that take place, with unfilled phrasings. `progress`: 0 at the first day, 1 at the last."""
    form = dice.bell(0.07)
    lines: list[Line] = []
    known: dict[str, Outcome] = {}
    before: Outcome = "solid"
    for turn in scenario.turns:
        if any(known.get(name) not in outcomes for name, outcomes in turn.only.items()):
            continue
        if turn.role != "agent":
            lines.append(Line(turn, _find_reaction(turn, before, dice), None))
            continue
        speaker = second if turn.by == "second" else agent
        ability = sum(speaker.abilities[skill] for skill in turn.skills) / len(turn.skills)
        drawn = ability + (progress - 0.5) * speaker.growth + form + dice.bell(0.12) - STRAIN[scenario.mood]
        outcome = _settle(turn, _grade(drawn), known)
        lines.append(Line(turn, turn.say.get(outcome, turn.say["solid"]), outcome))
        if turn.internal:
            continue
        before = outcome
        if not turn.only:
            known["previous"] = outcome
        if turn.name:
            known[turn.name] = outcome
    return tuple(line for line in lines if line.text is not None or line.turn.role == "agent")


def _grade(drawn: float) -> Quality:
    if drawn >= 0.68:
        return "strong"
    return "solid" if drawn >= 0.44 else "weak"


def _settle(turn: Turn, drawn: Quality, known: Mapping[str, Outcome]) -> Outcome:
    """The drawn quality, bent so that the talk stays coherent with the turn that this one answers or sums up."""
    linked = known.get(turn.link_to)
    outcome: Outcome = drawn
    if linked == "weak" and drawn != "weak" and turn.say.get("recover"):
        outcome = "recover"
    elif turn.link and linked == "weak":
        outcome = "weak"
    elif turn.link == "same" and linked in ("strong", "solid"):
        outcome = linked
    elif turn.link and linked is not None and drawn == "weak":
        outcome = "solid"
    return outcome


def _find_reaction(turn: Turn, before: Outcome, dice: Dice) -> str | None:
    if turn.text is not None:
        return dice.pick((turn.text, *turn.variants))
    return turn.after[before] if before in turn.after else turn.after["strong"]


def measure_quality(lines: Iterable[Line]) -> Mapping[str, float]:
    """Per skill, how well the reviewed agent's own turns showed it, 0 to 1.

    Half mean, half worst: a reviewer remembers the slip. A skill without an occasion is absent: it does not apply.
    """
    seen: dict[str, list[float]] = {}
    for line in lines:
        if line.outcome is not None and line.turn.by == "agent":
            for skill in line.turn.skills:
                seen.setdefault(skill, []).append(LEVELS[line.outcome])
    return MappingProxyType(
        {
            skill: round((sum(seen[skill]) / len(seen[skill]) + min(seen[skill])) / 2, 4)
            for skill in SKILLS
            if skill in seen
        }
    )


def make_words(
    scenario: Scenario, *, agent: DemoAgent, second: DemoAgent, customer: Customer, arrival: datetime, dice: Dice
) -> Mapping[str, str]:
    """What the slots of this ticket's texts stand for."""
    day, hour = arrival.date(), arrival.hour
    product = dice.pick(scenario.products)
    names = read_customer_names()
    ahead = (5, 9) if scenario.channel in ("chat", "call") else (10, 14)  # letters take days, a date must stay ahead
    words = {
        "agent": agent.name.split()[0],
        "agent_full": agent.name,
        "second": second.name.split()[0],
        "second_full": second.name,
        "team": scenario.team,
        "customer": customer.first_name,
        "customer_full": customer.name,
        "email": customer.email,
        "partner_email": f"{dice.pick(names.first)}.{customer.name.split()[1]}@example.com".lower(),
        "postcode": customer.postcode,
        "product": product,
        "amount": PRICES.get(product, POD_PRICE),
        "plan_amount": dice.pick(("£11.90", "£19.90")),
        "order": f"FL-{dice.whole(40000, 59999)}",
        "ref": f"C-{dice.whole(70000, 79999)}",
        "card4": f"{dice.whole(1000, 9999)}",
        "batch": f"{dice.whole(210100, 229900)}",
        "entries": str(dice.whole(120, 410)),
        "vat": f"000 {dice.whole(1000, 9999)} {dice.whole(10, 99)}",
        "other_customer": make_customer(900 + dice.whole(0, 99)).name,
        "street": dice.pick(names.streets),
        "school": dice.pick(names.schools),
        "company": dice.pick(names.companies),
        "wifi": dice.pick(names.networks),
        "daytime": "morning" if hour < 12 else "afternoon" if hour < 17 else "evening",
    }
    return MappingProxyType(words | _make_dates(day, dice, ahead))


def _make_dates(day: date, dice: Dice, ahead: tuple[int, int]) -> dict[str, str]:
    past = day - timedelta(days=dice.whole(7, 10))
    if past.weekday() == 6:
        past -= timedelta(days=1)
    refund = past - timedelta(days=10)
    soon_day = day + timedelta(days=dice.whole(2, 4))
    if soon_day.weekday() == 6:
        soon_day += timedelta(days=1)
    due = day - timedelta(days=dice.whole(2, 4))
    if due.weekday() == 6:
        due -= timedelta(days=1)
    return {
        "past_date": _say_date(past),
        "past_date2": _say_date(refund),
        "past_date3": _say_date(refund - timedelta(days=5)),
        "past_day": _WEEKDAYS[due.weekday()],
        "soon_day": _WEEKDAYS[soon_day.weekday()],
        "soon_date": _say_date(day + timedelta(days=dice.whole(*ahead))),
    }


# Spelt out, because strftime speaks the language of the machine.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _say_date(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def fill(text: str, words: Mapping[str, str]) -> str:
    """The text with its slots filled; an unknown slot is a mistake in the content and raises KeyError."""
    return _SLOT.sub(lambda found: words[found.group(1)], text)
