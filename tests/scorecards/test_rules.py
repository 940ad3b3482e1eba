"""The rules between the parts of a document: each with the smallest form that breaks it."""

import json
import re
from random import Random
from textwrap import dedent, indent

import pytest
from hypothesis import given, settings

from scorecards.document import load, to_plain
from scorecards.problems import Severity, format_problem
from tests.scorecards.forms import make_form, sources

CRITERION_RULES = {
    "options of a number": (
        "{id: a, label: A, type: number, number: {low: 0, high: 5}, options: [{id: x, label: X}]}",
        'options: key "options" does not fit type number; it belongs to: yes_no, choice, scale [options-not-allowed]',
    ),
    "options, levels, weight, family and range of a text": (
        """
        {id: a, label: A, type: text, levels: 3, options: [], weight: 2, critical: business,
         number: {low: 0, high: 1}}
        """,
        """
        levels: key "levels" does not fit type text; it belongs to: scale [levels-not-allowed]
        options: key "options" does not fit type text; it belongs to: yes_no, choice, scale [options-not-allowed]
        weight: key "weight" does not fit type text; it belongs to: yes_no, choice, scale, number [weight-on-text]
        critical: key "critical" does not fit type text; it belongs to: yes_no, choice, scale, number [critical-on-text]
        number: key "number" does not fit type text; it belongs to: number [number-not-allowed]
        """,
    ),
    "comment below best on a text": (
        "{id: a, label: A, type: text, comment: below_best}",
        'comment: "below_best" does not fit a text, which has no best and no worst answer [rule-needs-value]',
    ),
    "yes/no with other options": (
        "{id: a, label: A, type: yes_no, options: [{id: yes, label: Y}, {id: so, label: S}]}",
        'options: a yes_no has exactly the options yes and no, not "yes, so"; others make a choice [yes-no-options]',
    ),
    "scale without levels": (
        "{id: a, label: A, type: scale}",
        ': a scale needs its number of levels, such as "levels: 5" [levels-missing]',
    ),
    "scale with too few options": (
        "{id: a, label: A, type: scale, levels: 3, options: [{id: x, label: X}, {id: y, label: Y}]}",
        "options: 2 options are given for 3 levels; give one for each level [levels-mismatch]",
    ),
    "scale that falls": (
        """
        {id: a, label: A, type: scale, levels: 2,
         options: [{id: x, label: X, points: 2}, {id: y, label: Y, points: 1}]}
        """,
        "options: levels stand worst first, so points or values must not fall [scale-order]",
    ),
    "choice without options": (
        "{id: a, label: A, type: choice}",
        ": a choice needs its options [options-missing]",
    ),
    "choice of one": (
        "{id: a, label: A, type: choice, options: [{id: x, label: X, points: 1}]}",
        "options: a choice needs at least two options [options-missing]",
    ),
    "number without range": (
        "{id: a, label: A, type: number}",
        ': a number needs its range, such as "number: {low: 0, high: 10}" [number-missing]',
    ),
    "range upside down": (
        "{id: a, label: A, type: number, number: {low: 5, high: 5}}",
        "number.low: low 5 is not below high 5 [number-range]",
    ),
    "step that does not fit": (
        "{id: a, label: A, type: number, number: {low: 0, high: 1, step: 0.3}}",
        "number.step: step 0.3 does not divide the span 1 from low to high [number-step]",
    ),
    "no option says its worth": (
        "{id: a, label: A, type: choice, options: [{id: x, label: X}, {id: y, label: Y}]}",
        "options: no option says what it is worth; give each its points or its value [points-missing]",
    ),
    "one option does not say its worth": (
        "{id: a, label: A, type: yes_no, options: [{id: yes, label: Y, points: 3}, {id: no, label: N}]}",
        'options[1]: option "no" does not say what it is worth, but others do [points-missing]',
    ),
    "points and value on one option": (
        """
        {id: a, label: A, type: choice,
         options: [{id: x, label: X, points: 1, value: 1}, {id: y, label: Y, points: 0}]}
        """,
        "options[0].value: points and value are both given; give one of them [points-and-value]",
    ),
    "points here and value there": (
        "{id: a, label: A, type: choice, options: [{id: x, label: X, value: 1}, {id: y, label: Y, points: 0}]}",
        "options: some options give points and others a value; give the same to all [points-and-value]",
    ),
    "points all the same": (
        "{id: a, label: A, type: choice, options: [{id: x, label: X, points: 1}, {id: y, label: Y, points: 1.0}]}",
        "options: all options have 1 points; best and worst must differ [points-equal]",
    ),
    "values without both ends": (
        "{id: a, label: A, type: choice, options: [{id: x, label: X, value: 0.9}, {id: y, label: Y, value: 0}]}",
        "options: values run from 0 to 0.9; the worst option has 0 and the best has 1 [value-ends]",
    ),
    "every answer an auto-fail": (
        """
        {id: a, label: A, type: yes_no,
         options: [{id: yes, label: Y, auto_fail: item}, {id: no, label: N, auto_fail: form}]}
        """,
        "options: every answer is an auto-fail; leave at least one that is not [all-auto-fail]",
    ),
    "critical error without a family": (
        "{id: a, label: A, type: yes_no, options: [{id: yes, label: Y}, {id: no, label: N, critical_error: true}]}",
        """
        options[1].critical_error: the criterion has no critical family; give it one, or leave this out
        [critical-error-without-family]
        """,
    ),
    "reasons asked but not there": (
        "{id: a, label: A, type: yes_no, ask_reasons: worst}",
        'ask_reasons: reasons are asked for, but there are none to pick from; add "reasons" [reasons-missing]',
    ),
    "reasons never asked": (
        "{id: a, label: A, type: yes_no, reasons: [{id: r, label: R}]}",
        """
        reasons: warning: these reasons are never asked for; set ask_reasons to below_best, worst or always
        [reasons-unused]
        """,
    ),
    "ids of options and reasons given twice": (
        """
        {id: a, label: A, type: choice, ask_reasons: always,
         options: [{id: x, label: X, points: 1}, {id: x, label: Y, points: 2}],
         reasons: [{id: r, label: R}, {id: r, label: S}]}
        """,
        """
        options[1].id: option id "x" is given twice in this criterion; it stands already in line 8 [duplicate-id]
        reasons[1].id: reason id "r" is given twice in this criterion; it stands already in line 9 [duplicate-id]
        """,
    ),
}


@pytest.mark.parametrize(("text", "expected"), CRITERION_RULES.values(), ids=CRITERION_RULES)
def test_rule_within_a_criterion(text: str, expected: str) -> None:
    body = dedent(text).strip().replace("\n", "\n  ")
    loaded = load(form(f"- {body}\n- {{id: z, label: Z, type: yes_no}}\n"), file="f")
    lines = [format_problem(problem) for problem in loaded.problems if problem.code != "no-anchors"]
    place = re.compile(r"^f:\d+:\d+ sections\[0\]\.criteria\[0\]\.?")
    assert [place.sub("", line) for line in lines] == unwrap(expected)


FORM_RULES = {
    "section ids, criterion ids and bands given twice": (
        """\
        bands: [{label: A, from_score: 0}, {label: A, from_score: 50}]
        sections:
          - {id: s, label: S, criteria: [{id: a, label: A, type: yes_no}]}
          - {id: s, label: T, criteria: [{id: a, label: B, type: yes_no}]}
        """,
        [
            ("bands[1].label", "duplicate-id"),
            ("sections[1].id", "duplicate-id"),
            ("sections[1].criteria[0].id", "duplicate-id"),
        ],
    ),
    "weights on some sections only": (
        """\
        sections:
          - {id: s, label: S, weight: 10, criteria: [{id: a, label: A, type: yes_no}]}
          - {id: t, label: T, criteria: [{id: b, label: B, type: yes_no}]}
          - {id: u, label: U, kind: bonus, criteria: [{id: c, label: C, type: yes_no}]}
        """,
        [
            ("sections[1]", "section-weights-mixed"),
            ("sections[2]", "section-weights-mixed"),
        ],
    ),
    "nothing weighs": (
        """\
        sections:
          - {id: s, label: S, weight: 0, criteria: [{id: a, label: A, type: yes_no}]}
          - {id: t, label: T, weight: 5, criteria: [{id: b, label: B, type: yes_no, weight: 0}]}
        """,
        [("sections", "zero-weights")],
    ),
    "nothing has a score": (
        "sections: [{id: s, label: S, criteria: [{id: a, label: A, type: text}]}]",
        [("sections", "nothing-scored")],
    ),
    "only a bonus has a score": (
        """\
        sections:
          - {id: s, label: S, criteria: [{id: a, label: A, type: text}]}
          - {id: t, label: T, kind: bonus, criteria: [{id: b, label: B, type: yes_no}]}
        """,
        [("sections", "only-bonus")],
    ),
    "over 100 without a bonus": (
        "bonus_over_100: true\nsections: [{id: s, label: S, criteria: [{id: a, label: A, type: yes_no}]}]",
        [("bonus_over_100", "bonus-unused")],
    ),
    "bands that fall and do not start at 0": (
        """\
        bands: [{label: A, from_score: 10}, {label: B, from_score: 10}, {label: C, from_score: 5}]
        sections: [{id: s, label: S, criteria: [{id: a, label: A, type: yes_no}]}]
        """,
        [
            ("bands[0].from_score", "bands-start"),
            ("bands[1].from_score", "bands-order"),
            ("bands[2].from_score", "bands-order"),
        ],
    ),
    "conditions that name nothing usable": (
        """\
        sections:
          - id: s
            label: S
            criteria:
              - {id: text, label: T, type: text}
              - {id: many, label: M, type: number, number: {low: 0, high: 5}}
              - {id: first, label: F, type: scale, levels: 3}
              - {id: own, label: O, type: yes_no, show_if: {all_of: [{criterion: own, is_one_of: [yes]}]}}
              - {id: later, label: L, type: yes_no, show_if: {all_of: [{criterion: last, is_one_of: [yes]}]}}
              - {id: typo, label: T, type: yes_no, show_if: {any_of: [{criterion: frist, is_one_of: ["1"]}]}}
              - id: kinds
                label: K
                type: yes_no
                show_if: {any_of: [{criterion: text, is_one_of: [x]}, {criterion: many, is_one_of: ["1"]}]}
              - {id: option, label: P, type: yes_no, show_if: {any_of: [{criterion: first, is_one_of: [3, 4, yes]}]}}
              - id: both
                label: B
                type: yes_no
                show_if:
                  any_of: [{criterion: first, is_one_of: [3]}]
                  all_of: [{criterion: own, is_one_of: [yes]}]
              - {id: neither, label: N, type: yes_no, show_if: {}}
              - {id: last, label: L, type: yes_no}
        """,
        [
            ("sections[0].criteria[3].show_if.all_of[0].criterion", "show-if-own"),
            ("sections[0].criteria[4].show_if.all_of[0].criterion", "show-if-later"),
            ("sections[0].criteria[5].show_if.any_of[0].criterion", "show-if-unknown"),
            ("sections[0].criteria[6].show_if.any_of[0].criterion", "show-if-type"),
            ("sections[0].criteria[6].show_if.any_of[1].criterion", "show-if-type"),
            ("sections[0].criteria[7].show_if.any_of[0].is_one_of[1]", "show-if-option"),
            ("sections[0].criteria[7].show_if.any_of[0].is_one_of[2]", "show-if-option"),
            ("sections[0].criteria[8].show_if", "show-if-lists"),
            ("sections[0].criteria[9].show_if", "show-if-lists"),
        ],
    ),
    "translations of nothing": (
        """\
        language: de
        translations:
          de: {label: Formular}
          en: {criteria.a.lable: A, criteria.a.options.yes.label: "Yes", criteria.a.guideline: Empty here}
        sections: [{id: s, label: S, criteria: [{id: a, label: A, type: yes_no}]}]
        """,
        [
            ("translations.de", "translation-language"),
            ("translations.en.criteria.a.lable", "translation-path"),
            ("translations.en.criteria.a.guideline", "translation-path"),
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), FORM_RULES.values(), ids=FORM_RULES)
def test_rule_between_parts(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(path, code) for path, code, _ in found("id: f\nlabel: F\n" + dedent(text))] == expected


def test_rule_about_anchors_names_the_bare_levels_and_channels() -> None:
    text = dedent(
        """\
        id: f
        label: F
        channels: [chat, call]
        sections:
          - id: s
            label: S
            criteria:
              - id: a
                label: A
                type: scale
                levels: 4
                options:
                  - {id: 1, label: One, anchors: {any: Seen.}}
                  - {id: 2, label: Two, anchors: {chat: Seen., call: Heard.}}
                  - {id: 3, label: Three, anchors: {chat: Seen.}}
                  - {id: 4, label: Four}
              - {id: b, label: B, type: number, number: {low: 0, high: 2}}
              - {id: c, label: C, type: yes_no}
              - {id: d, label: D, type: text}
        """
    )
    assert [format_problem(problem) for problem in load(text, file="f").problems] == unwrap(
        """\
        f:8:9 sections[0].criteria[0]: warning: levels without an anchor for chat, call: 3, 4; reviewers will differ
        [no-anchors]
        f:17:9 sections[0].criteria[1]: warning: no anchor says what the numbers mean; reviewers will differ
        [no-anchors]
        f:18:9 sections[0].criteria[2]: warning: levels without an anchor for chat, call: yes, no; reviewers will differ
        [no-anchors]
        """
    )


def test_rule_keeps_silent_where_what_it_needs_could_not_be_read() -> None:
    text = form(
        """\
        - {id: a, label: A, type: choise, options: []}
        - {id: b, label: B, type: choice, options: [{id: x, label: X, ponits: 1}, {id: y, label: Y, points: nine}]}
        - {id: c, label: C, type: scale, levels: many, weight: heavy}
        - {id: d, label: D, type: number, number: {low: 0, hihg: 1}}
        - id: e
          label: E
          type: yes_no
          show_if: {all_of: [{criterion: a, is_one_of: [x]}, {criterion: c, is_one_of: [1]}]}
        """
    )
    assert [code for _, code, _ in found(text)] == [
        "unknown-value",
        "unknown-key",
        "not-a-number",
        "not-a-number",
        "not-a-number",
        "unknown-key",
    ]


@settings(max_examples=60, deadline=None)
@given(sources())
def test_no_damage_to_a_form_makes_the_rules_raise(rng: Random) -> None:
    plain = to_plain(make_form(rng))
    for _ in range(rng.randint(1, 3)):
        damage(rng, plain)
    loaded = load(json.dumps(plain))
    has_error = any(problem.severity is Severity.ERROR for problem in loaded.problems)
    assert (loaded.scorecard is None) == has_error


def damage(rng: Random, node: object) -> None:
    """Somewhere inside, drop or double a part or put something else in its place."""
    if isinstance(node, dict) and node:
        key = rng.choice(sorted(node))
        if isinstance(node[key], dict | list) and rng.randint(0, 3):
            damage(rng, node[key])
        elif rng.randint(0, 2):
            node[key] = rng.choice(JUNK)
        else:
            node[f"{key}x"] = node.pop(key)
    elif isinstance(node, list) and node:
        index = rng.randrange(len(node))
        if rng.randint(0, 3):
            damage(rng, node[index])
        else:
            node[index:index] = rng.choice(([], [node[index]], [None], ["x"]))


JUNK: tuple[object, ...] = (
    None,
    True,
    -1,
    0,
    3,
    1e9,
    "",
    "x",
    "yes",
    "scale",
    "text",
    "number",
    "choice",
    "c0",
    [],
    [[]],
    {},
    {"id": "c0"},
)


def unwrap(text: str) -> list[str]:
    """The lines of an indented text; a code in square brackets may stand in a line of its own."""
    return dedent(text).strip().replace("\n[", " [").splitlines()


def form(criteria: str) -> str:
    return "id: f\nlabel: F\nsections:\n  - id: s\n    label: S\n    criteria:\n" + indent(dedent(criteria), " " * 6)


def found(text: str) -> list[tuple[str, str, str]]:
    """Path, code and message of the problems; those about anchors are left out, because the forms here have none."""
    return [(each.path, each.code, each.message) for each in load(text).problems if each.code != "no-anchors"]
