"""YAML traps: what is refused, what stays text, and that no text at all raises."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.document import load
from scorecards.nodes import Mapping, Scalar, parse


def problems(text: str) -> list[tuple[str, int, int, str]]:
    return [(problem.code, problem.line, problem.column, problem.path) for problem in parse(text, file="f.yaml")[1]]


def messages(text: str) -> list[str]:
    return [problem.message for problem in parse(text, file="f.yaml")[1]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("Off", "Off"),
        ("y", "y"),
        ("2024-01-01", "2024-01-01"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("=", "="),
        ("<<", "<<"),
        ("'true'", "true"),
        ('"5"', "5"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("5", Decimal(5)),
        ("-0.25", Decimal("-0.25")),
        ("1e3", Decimal(1000)),
        ("0.1", Decimal("0.1")),
        (".5", Decimal("0.5")),
        (".inf", ".inf"),
        ("1e99999", "1e99999"),
    ],
)
def test_scalar_is_resolved_by_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    root, found = parse(f"key: {text}", file="f.yaml")
    assert found == []
    assert isinstance(root, Mapping)
    scalar = root.values["key"]
    assert isinstance(scalar, Scalar)
    assert (scalar.value, type(scalar.value)) == (value, type(value))


def test_keys_stay_words() -> None:
    root, found = parse("no: a\n1: b\ntrue: c\n", file="f.yaml")
    assert found == []
    assert isinstance(root, Mapping)
    assert list(root.values) == ["no", "1", "true"]


def test_duplicate_keys_are_each_a_problem_with_both_lines() -> None:
    text = "a: 1\nb:\n  - c: 1\n    c: 2\n    c: {d: 1}\na: 3\n"
    assert problems(text) == [
        ("duplicate-key", 4, 5, "b[0].c"),
        ("duplicate-key", 5, 5, "b[0].c"),
        ("duplicate-key", 6, 1, "a"),
    ]
    assert messages(text)[2] == 'key "a" is given again; it stands already in line 1'


def test_aliases_are_refused_one_by_one_so_none_can_grow() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    found = problems("\n".join(lines))
    assert {code for code, *_ in found} == {"yaml-alias"}
    assert len(found) == 9 + 8 * 9
    assert found[:3] == [("yaml-alias", 1, 5, "a0"), ("yaml-alias", 2, 5, "a1"), ("yaml-alias", 2, 10, "a1[0]")]


def test_tags_are_refused() -> None:
    assert problems("a: !!python/object:os.system x\nb: !mine {c: 1}\n") == [
        ("yaml-tag", 1, 4, "a"),
        ("yaml-tag", 2, 4, "b"),
    ]


def test_second_document_is_refused() -> None:
    assert problems("a: 1\n---\na: 2\n") == [("several-documents", 2, 1, "")]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused_where_it_gets_too_deep(opening: str) -> None:
    assert [code for code, *_ in problems(opening * 100_000)] == ["too-deep"]


def test_tab_as_indent_says_so() -> None:
    assert problems("a:\n\tb: 1\n") == [("yaml-syntax", 2, 1, "a")]
    assert messages("a:\n\tb: 1\n") == ["a tab is used to indent; YAML indents with spaces"]


def test_broken_syntax_says_where() -> None:
    assert problems('a: "open\nb: 1\n') == [("yaml-syntax", 3, 1, "a")]
    assert problems("a: b: c\n") == [("yaml-syntax", 1, 5, "a")]
    assert problems('a: "\\UFFFFFFFF"\n') == [("yaml-syntax", 1, 1, "a")]


@pytest.mark.parametrize("text", ["a: x\x00y", 'a: "x\\0y"', 'a: "\\ud83d"', 'a: "\\N"', 'a: "\\e"'])
def test_control_characters_and_half_characters_are_refused(text: str) -> None:
    assert [code for code, *_ in problems(text)] == ["control-character"]


def test_a_list_as_key_is_refused() -> None:
    assert problems("? [a, b]\n: c\n") == [("bad-key", 1, 3, "")]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("ab01:-[]{}#&*!|>'\"%@`,?\\/~<=. \n\t\r\ufeff\u0085é😀")), max_size=40))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    load(text)
    load("sections: " + text)
