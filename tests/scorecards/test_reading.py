"""Values that do not fit their key: what each message says."""

import pytest

from scorecards.document import load

BASE = "id: f\nlabel: F\nsections: [{id: s, label: S, criteria: [{id: a, label: A, type: yes_no}]}]\n"
NAMES = "up to 64 of a-z, 0-9, - and _, starting with a letter or digit"
EMPTY = "the list is empty; at least 1 is needed"
ALIAS = "alias *w; write the text out, because aliases are not read here"
CRITERION = "id: f\nlabel: F\nsections:\n  - id: s\n    label: S\n    criteria:\n      - id: a\n        label: A\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("description: [a]", "description: a list is not valid here: a text is needed"),
        ("pass_mark: high", 'pass_mark: "high" is not valid here: a number is needed'),
        ("pass_mark: true", 'pass_mark: "true" is not valid here: a number is needed'),
        ("pass_mark: {a: 1}", "pass_mark: a mapping is not valid here: a number is needed"),
        (
            "pass_mark: -1",
            'pass_mark: "-1" is not valid here: it should be greater than or equal to 0',
        ),
        (
            "pass_mark: 80.1234567",
            'pass_mark: "80.1234567" is not valid here: it should have no more than 6 decimal places',
        ),
        (
            "bonus_over_100: maybe",
            'bonus_over_100: "maybe" is not valid here: true or false is needed',
        ),
        ("channels: chat", 'channels: "chat" is not valid here: a list is needed'),
        ("translations: [de]", "translations: a list is not valid here: a mapping with keys is needed"),
        (
            "translations: {German: {label: F}}",
            'translations.German: "German" is not valid here; valid: a language code such as en, de or pt-BR',
        ),
        ("translations: {de: {label: [F]}}", "translations.de.label: a list is not valid here: a text is needed"),
        ("format: 2", 'format: "2" is not valid here; valid: 1'),
        ("bands: 5", "bands: a list is needed here, not a single value"),
        (f"description: {'x' * 8001}", "description: the text is longer than 8000 characters"),
    ],
)
def test_value_that_does_not_fit_the_form(line: str, expected: str) -> None:
    assert found(f"{line}\n{BASE}") == [expected]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("type: scale\nlevels: 12", 'levels: "12" is not valid here: it should be less than or equal to 11'),
        ("type: scale\nlevels: 2.5", 'levels: "2.5" is not valid here: a number is needed'),
        (
            "type: yes_no\nskill: De-Escalation",
            f'skill: "De-Escalation" is not valid here; valid: {NAMES}',
        ),
        ("type: yes_no\nshow_if: [z]", "show_if: a mapping with keys is needed here, not a list"),
        ("type: yes_no\nweight: *w", f"weight: {ALIAS}"),
        ("type: yes_no\noptions: *w", f"options: {ALIAS}"),
        ("type: yes_no\nshow_if: {all_of: [{criterion: *w, is_one_of: [x]}]}", f"show_if.all_of[0].criterion: {ALIAS}"),
        (
            "type: yes_no\nshow_if: {all_of: [{criterion: *w, is_one_of: []}]}",
            f"show_if.all_of[0].criterion: {ALIAS}\nshow_if.all_of[0].is_one_of: {EMPTY}",
        ),
        ('type: yes_no\nreasons: [{id: r, label: " "}]\nask_reasons: always', "reasons[0].label: the text is empty"),
    ],
)
def test_value_that_does_not_fit_a_criterion(lines: str, expected: str) -> None:
    text = CRITERION + "".join(f"        {line}\n" for line in lines.splitlines())
    assert [each.removeprefix("sections[0].criteria[0].") for each in found(text)] == expected.splitlines()


def test_list_of_parts_that_needs_one_and_has_none() -> None:
    assert found("id: f\nlabel: F\nsections: [{id: s, label: S, criteria: []}]") == [f"sections[0].criteria: {EMPTY}"]


def found(text: str) -> list[str]:
    """Path and message; warnings about anchors left out, because these forms have none."""
    return [f"{each.path}: {each.message}" for each in load(text).problems if each.code != "no-anchors"]
