"""Documents to scorecards and back, and all their problems at once."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.document import MAX_BYTES, Loaded, dump, from_plain, load, to_plain
from scorecards.model import Channel, Scorecard
from scorecards.problems import Problem, Severity, format_problem
from tests.scorecards.forms import forms

TEN_MISTAKES = """\
format: 1
id: Core Card
label: Core card
chanels: [chat]
pass_mark: 80
bands:
  - {label: Needs work, from_score: 0}
  - {label: Meets, from_score: 90}
  - {label: Exceeds, from_score: 75}
sections:
  - id: opening
    label: Opening
    criteria:
      - id: greeting
        label: Greeting
        type: yes_no
        wieght: 2
      - id: empathy
        label: Empathy
        type: scale
        levels: 5
        options:
          - {id: 1, label: Cold}
          - {id: 2, label: Warm}
      - id: greeting
        label: Name
        type: yesno
  - id: closing
    label: Closing
    weight: 30
    criteria:
      - id: summary
        label: Summary
        type: choice
        options:
          - {id: full, label: Full, points: 2}
          - {id: none, label: None, points: 2}
        show_if:
          all_of:
            - {criterion: empathie, is_one_of: [2]}
"""

TEN_PROBLEMS = """\
core.yaml:2:5 id: "Core Card" is not valid here; valid: up to 64 of a-z, 0-9, - and _, starting with a letter or \
digit [bad-name]
core.yaml:4:1 chanels: unknown key "chanels"; valid keys: format, id, label, description, subject, channels, \
language, translations, pass_mark, bands, auto_fail_score, bonus_over_100, default_answer, outcomes, disputes, \
acknowledgement, sections; did you mean "channels"? [unknown-key]
core.yaml:9:34 bands[2].from_score: from_score 75 does not rise above 90 of the band before; bands stand lowest \
first [bands-order]
core.yaml:11:5 sections[0]: section "opening" has no weight, but others have; give every section a weight or none \
[section-weights-mixed]
core.yaml:17:9 sections[0].criteria[0].wieght: unknown key "wieght"; valid keys: id, label, type, weight, allow_na, \
guideline, skill, skill_type, critical, levels, options, number, reasons, ask_reasons, comment, show_if; \
did you mean "weight"? [unknown-key]
core.yaml:23:11 sections[0].criteria[1].options: 2 options are given for 5 levels; give one for each level \
[levels-mismatch]
core.yaml:25:13 sections[0].criteria[2].id: criterion id "greeting" is given twice in this scorecard; it stands \
already in line 14 [duplicate-id]
core.yaml:27:15 sections[0].criteria[2].type: "yesno" is not valid here; valid: yes_no, choice, scale, number, text; \
did you mean "yes_no"? [unknown-value]
core.yaml:36:11 sections[1].criteria[0].options: all options have 2 points; best and worst must differ [points-equal]
core.yaml:40:27 sections[1].criteria[0].show_if.all_of[0].criterion: no criterion "empathie"; valid: \
"Greeting" (greeting), "Empathy" (empathy); did you mean "empathy"? [show-if-unknown]
"""


def test_document_with_ten_mistakes_gives_them_all_at_once_each_with_its_place() -> None:
    loaded = load(TEN_MISTAKES, file="core.yaml")
    assert loaded.scorecard is None
    assert len(errors(loaded)) == 10
    assert [format_problem(problem) for problem in errors(loaded)] == TEN_PROBLEMS.splitlines()


SMALL = """\
id: small
label: Small
sections:
  - id: one
    label: One
    criteria:
      - id: no
        label: Yes
        type: yes_no
      - id: "on"
        label: 2024-01-01
        type: scale
        levels: 3
        weight: 0.1
        options:
          - {id: 1, label: off}
          - {id: 2, label: ~ish}
          - {id: 3, label: 1_000}
        show_if: {all_of: [{criterion: no, is_one_of: [no, yes]}]}
"""


def test_document_keeps_words_that_older_yaml_turns_into_something_else() -> None:
    loaded = load(SMALL)
    assert errors(loaded) == ()
    assert loaded.scorecard is not None
    first, second = loaded.scorecard.criteria
    assert (first.id, first.label, second.id, second.label) == ("no", "Yes", "on", "2024-01-01")
    assert [(option.id, option.label) for option in first.options] == [("yes", "Yes"), ("no", "No")]
    assert [(option.id, option.label) for option in second.options] == [("1", "off"), ("2", "~ish"), ("3", "1_000")]
    assert second.show_if is not None
    assert second.show_if.all_of[0].is_one_of == ("no", "yes")
    assert second.weight == Decimal("0.1")


def test_document_options_of_yes_no_and_scale_are_written_out_with_points() -> None:
    scorecard = load(SMALL).scorecard
    assert scorecard is not None
    points = [{option.id: option.points for option in criterion.options} for criterion in scorecard.criteria]
    assert points == [
        {"yes": Decimal(1), "no": Decimal(0)},
        {"1": Decimal(0), "2": Decimal(1), "3": Decimal(2)},
    ]


def test_document_in_json_reads_like_yaml() -> None:
    text = """{
\t"id": "smile", "label": "Smile \\ud83d\\ude00 \\u00e9 \\/",
\t"channels": ["chat"],
\t"sections": [{"id": "s", "label": "S", "criteria": [
\t\t{"id": "a", "label": "A", "type": "yes_no", "weight": 2.50}
\t]}]
}"""
    scorecard = load(text, file="smile.json").scorecard
    assert scorecard is not None
    assert scorecard.label == "Smile 😀 é /"
    assert scorecard.channels == (Channel.CHAT,)
    assert scorecard.criterion("a").weight == Decimal("2.5")


def test_document_with_an_empty_key_takes_the_default() -> None:
    text = SMALL.replace("label: Small", "label: Small\ndescription:\npass_mark: ~\nlanguage: null")
    scorecard = load(text).scorecard
    assert scorecard is not None
    assert (scorecard.description, scorecard.pass_mark, scorecard.language) == ("", None, "en")


def test_document_of_warnings_only_gives_its_scorecard() -> None:
    loaded = load(SMALL)
    assert loaded.scorecard is not None
    assert [(problem.code, problem.severity) for problem in loaded.problems] == [("no-anchors", Severity.WARNING)] * 2


def test_document_over_the_size_limit_is_refused() -> None:
    loaded = load("#" * (MAX_BYTES + 1), file="big.yaml")
    message = "the document is larger than 1024 KiB; no scorecard needs that"
    assert loaded == Loaded(None, (Problem("too-large", message, "big.yaml", 1, 1, ""),))


def test_document_with_a_comma_in_a_bare_text_says_what_went_wrong() -> None:
    text = """\
id: f
label: F
sections:
  - id: s
    label: S
    criteria:
      - {id: a, label: Listens, and says so, type: yes_no,
         options: [{id: yes, label: Y, anchors: {any: Sums up, then acts}}, {id: no, label: N}]}
"""
    found = errors(load(text))
    assert [(problem.code, problem.line, problem.column, problem.path) for problem in found] == [
        ("stray-text", 7, 33, "sections[0].criteria[0].and says so"),
        ("stray-text", 8, 64, "sections[0].criteria[0].options[0].anchors.then acts"),
    ]
    assert found[0].message == (
        '"and says so" is read as a key; a text with a comma or a colon inside { } must be in quotes'
    )


def test_document_with_a_wrong_part_everywhere_still_gives_problems() -> None:
    text = (
        "id: {}\nlabel: [a]\nbands: 3\ntranslations: x\nsections: [5, {criteria: 7}, {criteria: [x, {options: [y]}]}]\n"
    )
    found = [(problem.path, problem.code) for problem in load(text).problems]
    assert found == [
        ("id", "not-a-text"),
        ("label", "not-a-text"),
        ("bands", "not-a-list"),
        ("translations", "not-a-mapping"),
        ("sections[0]", "not-a-mapping"),
        ("sections[1]", "missing-key"),
        ("sections[1]", "missing-key"),
        ("sections[1].criteria", "not-a-list"),
        ("sections[2]", "missing-key"),
        ("sections[2]", "missing-key"),
        ("sections[2].criteria[0]", "not-a-mapping"),
        ("sections[2].criteria[1]", "missing-key"),
        ("sections[2].criteria[1]", "missing-key"),
        ("sections[2].criteria[1]", "missing-key"),
        ("sections[2].criteria[1].options[0]", "not-a-mapping"),
    ]


def test_document_dumped_is_canonical_and_readable() -> None:
    text = """\
label: "Small"
id: small
pass_mark: 80.00
sections:
  - {id: one, label: One, criteria: [{type: number, id: calls, label: Calls, weight: 1.0,
      number: {high: 2.5, low: 0, step: 0.5, anchors: {any: "Count them.\\nAll of them."}}}]}
"""
    scorecard = load(text).scorecard
    assert scorecard is not None
    assert (
        dump(scorecard)
        == """\
format: 1
id: small
label: Small
pass_mark: 80
sections:
  - id: one
    label: One
    criteria:
      - id: calls
        label: Calls
        type: number
        number:
          low: 0
          high: 2.5
          step: 0.5
          anchors:
            any: |-
              Count them.
              All of them.
"""
    )


def test_document_as_plain_values_is_json_with_exact_decimals() -> None:
    scorecard = load(SMALL).scorecard
    assert scorecard is not None
    plain = to_plain(scorecard)
    assert plain["sections"] == [
        {
            "id": "one",
            "label": "One",
            "criteria": [
                {
                    "id": "no",
                    "label": "Yes",
                    "type": "yes_no",
                    "options": [
                        {"id": "yes", "label": "Yes", "points": "1"},
                        {"id": "no", "label": "No", "points": "0"},
                    ],
                },
                {
                    "id": "on",
                    "label": "2024-01-01",
                    "type": "scale",
                    "weight": "0.1",
                    "levels": 3,
                    "options": [
                        {"id": "1", "label": "off", "points": "0"},
                        {"id": "2", "label": "~ish", "points": "1"},
                        {"id": "3", "label": "1_000", "points": "2"},
                    ],
                    "show_if": {"all_of": [{"criterion": "no", "is_one_of": ["no", "yes"]}]},
                },
            ],
        }
    ]
    assert from_plain(plain) == scorecard


@pytest.fixture(scope="module")
def small() -> Scorecard:
    scorecard = load(SMALL).scorecard
    assert scorecard is not None
    return scorecard


@settings(max_examples=40, deadline=None)
@given(forms())
def test_document_dumped_and_loaded_is_the_same_scorecard(scorecard: Scorecard) -> None:
    loaded = load(dump(scorecard))
    assert errors(loaded) == ()
    assert loaded.scorecard == scorecard
    assert from_plain(to_plain(scorecard)) == scorecard


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1, max_size=60))
def test_document_dumped_and_loaded_keeps_any_text(small: Scorecard, text: str) -> None:
    criterion = small.criteria[0].model_copy(update={"guideline": text.strip()})
    section = small.sections[0].model_copy(update={"criteria": (criterion,)})
    written = small.model_copy(update={"description": text.strip(), "sections": (section,)})
    assert load(dump(written)).scorecard == written


def errors(loaded: Loaded) -> tuple[Problem, ...]:
    return tuple(problem for problem in loaded.problems if problem.severity is Severity.ERROR)


def test_document_without_content_is_a_problem() -> None:
    assert load("", file="empty.yaml").problems == (
        Problem("empty-document", "the file holds no scorecard", "empty.yaml", 1, 1, ""),
    )
