"""How a problem reads."""

import pytest

from scorecards.document import load
from scorecards.problems import Problem, Severity, format_path, format_problem, list_words, near_miss, quote


def test_problem_in_one_line_says_where_what_is_valid_and_what_was_meant() -> None:
    message = 'unknown key "wieght"; valid keys: id, weight'
    problem = Problem("unknown-key", message, "core.yaml", 14, 7, "sections[0].wieght", "weight")
    assert format_problem(problem) == (
        'core.yaml:14:7 sections[0].wieght: unknown key "wieght"; valid keys: id, weight; did you mean "weight"?'
        " [unknown-key]"
    )


def test_problem_of_the_whole_file_and_a_warning() -> None:
    whole = Problem("empty-document", "the file holds no scorecard", "core.yaml", 1, 1, "")
    warning = Problem("no-anchors", "no anchor", "core.yaml", 3, 5, "sections[0]", severity=Severity.WARNING)
    assert format_problem(whole) == "core.yaml:1:1 the file holds no scorecard [empty-document]"
    assert format_problem(warning) == "core.yaml:3:5 sections[0]: warning: no anchor [no-anchors]"


def test_path_is_written_as_people_write_it() -> None:
    assert format_path(()) == ""
    assert format_path(("sections", 0, "criteria", 12, "label")) == "sections[0].criteria[12].label"


@pytest.mark.parametrize(
    ("found", "meant"), [("wieght", "weight"), ("Weight", "weight"), ("labels", "label"), ("colour", None), ("", None)]
)
def test_near_miss_is_found_only_when_near(found: str, meant: str | None) -> None:
    assert near_miss(found, ["id", "label", "weight"]) == meant


def test_long_values_and_lists_are_cut() -> None:
    assert quote("a\n b") == '"a b"'
    assert quote("x" * 61) == f'"{"x" * 59}…"'
    assert list_words(["a", "b", "c"], limit=2) == "a, b and 1 more"


def test_conditions_are_told_by_labels_and_by_the_ids_to_write() -> None:
    card = """\
id: f
label: F
sections:
  - id: s
    label: S
    criteria:
      - {id: upset, label: Was the customer upset?, type: yes_no}
      - {id: a, label: A, type: yes_no, show_if: {all_of: [{criterion: calmed, is_one_of: [yes]}]}}
      - {id: b, label: B, type: yes_no, show_if: {all_of: [{criterion: upste, is_one_of: [yes]}]}}
      - {id: c, label: C, type: yes_no, show_if: {all_of: [{criterion: upset, is_one_of: [very]}]}}
      - {id: calmed, label: Calms the customer, type: yes_no}
"""
    assert [each.message for each in load(card).problems if each.code.startswith("show-if")] == [
        (
            'criterion "Calms the customer" (calmed) is asked later; only earlier answers can decide; '
            'valid: "Was the customer upset?" (upset)'
        ),
        'no criterion "upste"; valid: "Was the customer upset?" (upset), "A" (a)',
        'criterion "Was the customer upset?" (upset) has no option "very"; valid: "Yes" (yes), "No" (no)',
    ]
