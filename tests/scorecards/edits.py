"""A small form to edit, and random edits of any form."""

from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from scorecards.document import from_plain, load, to_plain
from scorecards.expansion import expand
from scorecards.model import Scorecard
from tests.scorecards.forms import chance

BASE = """\
id: core
label: Core
pass_mark: 80
bands: [{label: Low, from_score: 0}, {label: High, from_score: 75}]
sections:
  - id: talk
    label: Talk
    weight: 60
    criteria:
      - {id: empathy, label: Empathy, type: scale, levels: 3, guideline: Look for it., skill: empathy}
      - id: tone
        label: Tone
        type: choice
        allow_na: true
        reasons: [{id: rushed, label: Rushed}]
        ask_reasons: worst
        options:
          - {id: warm, label: Warm, points: 2, anchors: {any: Sounds glad.}}
          - {id: flat, label: Flat, points: 1}
          - {id: rude, label: Rude, points: 0}
  - id: work
    label: Work
    weight: 40
    criteria:
      - {id: identity, label: Identity, type: yes_no, critical: compliance}
      - {id: steps, label: Steps, type: number, number: {low: 0, high: 4}}
      - id: told
        label: Told the customer
        type: yes_no
        show_if: {all_of: [{criterion: identity, is_one_of: [no]}]}
  - id: notes
    label: Notes
    weight: 0
    criteria:
      - {id: note, label: Note, type: text}
"""

Plain = dict[str, Any]
Edit = Callable[[Plain], object]


def sections(form: Plain) -> list[Plain]:
    found: list[Plain] = form["sections"]
    return found


def criteria(form: Plain, section: int = 0) -> list[Plain]:
    found: list[Plain] = sections(form)[section]["criteria"]
    return found


def options(form: Plain) -> list[Plain]:
    found: list[Plain] = criteria(form)[1]["options"]
    return found


TEXT: Plain = {"id": "why", "label": "Why", "type": "text"}


def base(edit: Edit | None = None) -> Scorecard:
    plain = to_plain(loaded_base())
    if edit:
        edit(plain)
    return expand(from_plain(plain))


@cache
def loaded_base() -> Scorecard:
    scorecard = load(BASE).scorecard
    assert scorecard is not None
    return scorecard


def random_edit(rng: Random, scorecard: Scorecard) -> Scorecard:
    """One to three edits of the document that leave it valid; at times none that shows."""
    plain: Plain = to_plain(scorecard)
    for _ in range(rng.randint(1, 3)):
        edited_plain = deepcopy(plain)
        rng.choice(RANDOM_EDITS)(rng, edited_plain)
        if is_sound(edited_plain):
            plain = edited_plain
    return from_plain(plain)


def is_sound(form: Plain) -> bool:
    """No empty section, and conditions look at earlier criteria only."""
    seen: set[str] = set()
    for section in sections(form):
        for criterion in section["criteria"]:
            conditions = [part for parts in criterion.get("show_if", {}).values() for part in parts]
            if any(condition["criterion"] not in seen for condition in conditions):
                return False
            seen.add(criterion["id"])
    return all(section["criteria"] for section in sections(form))


def pick(rng: Random, form: Plain) -> Plain:
    section = rng.choice(sections(form))
    found: Plain = rng.choice(section["criteria"])
    return found


def add_text(rng: Random, form: Plain) -> None:
    rng.choice(sections(form))["criteria"].insert(0, dict(TEXT))


def drop_criterion(rng: Random, form: Plain) -> None:
    section = rng.choice(sections(form))
    section["criteria"].pop(rng.randrange(len(section["criteria"])))


def move_criterion(rng: Random, form: Plain) -> None:
    criterion = rng.choice(sections(form))["criteria"].pop()
    rng.choice(sections(form))["criteria"].append(criterion)


def shuffle_parts(rng: Random, form: Plain) -> None:
    parts = rng.choice([sections(form), rng.choice(sections(form))["criteria"], pick(rng, form).get("options", [])])
    rng.shuffle(parts)


def change_option(rng: Random, form: Plain) -> None:
    for option in pick(rng, form).get("options", [])[:1]:
        change: Plain = rng.choice(
            [{"label": "Other"}, {"auto_fail": "item"}, {"comment": "required"}, {"critical_error": True}]
        )
        option.update(change)
        if "points" in option and chance(rng, 30):
            option["points"] = str(Decimal(option["points"]) + 100)


def change_criterion(rng: Random, form: Plain) -> None:
    changes: list[Plain] = [
        {"label": "Other"}, {"weight": "5"}, {"weight": "1.0"}, {"allow_na": True}, {"guideline": "G"}, {"skill": "b"},
        {"skill_type": "hard"}, {"critical": "business"}, {"comment": "always"}, {"ask_reasons": "never"},
        {"reasons": [{"id": "b", "label": "B"}, {"id": "rushed", "label": "R"}], "ask_reasons": "always"},
    ]  # fmt: skip
    pick(rng, form).update(rng.choice(changes))


def change_condition(rng: Random, form: Plain) -> None:
    rule = pick(rng, form).get("show_if", {})
    for conditions in rule.values():
        conditions.reverse()
        conditions[0]["is_one_of"].reverse()


def change_form(rng: Random, form: Plain) -> None:
    changes: list[Plain] = [
        {"label": "Other"}, {"pass_mark": "50"}, {"bands": []}, {"auto_fail_score": "keep"}, {"bonus_over_100": True},
        {"description": "New"}, {"default_answer": "best"}, {"channels": ["chat"]}, {"language": "de"}, {"id": "new"},
        {"outcomes": "shown"}, {"translations": {"fr": {"label": "Carte"}}},
        {"disputes": {"allowed": False}}, {"acknowledgement": {"mode": "automatic", "after_days": 3}},
    ]  # fmt: skip
    form.update(rng.choice(changes))


def change_section(rng: Random, form: Plain) -> None:
    section = rng.choice(sections(form))
    section.update(rng.choice([{"label": "Other"}, {"id": "other"}, {"guideline": "New"}, {"kind": "bonus"}]))
    if "weight" in section and chance(rng, 50):
        section["weight"] = "7"


RANDOM_EDITS = (
    add_text, drop_criterion, move_criterion, shuffle_parts, change_option, change_criterion, change_condition,
    change_form, change_section,
)  # fmt: skip
