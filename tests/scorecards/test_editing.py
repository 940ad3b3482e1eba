"""Edits as pure functions: what each does by example, and the laws that hold on any form."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from scorecards.criterion_edits import (
    add_option,
    change_type,
    make_id,
    move_option,
    remove_option,
    set_condition,
    set_reasons,
)
from scorecards.document import check, dump, load
from scorecards.editing import (
    add_criterion,
    add_section,
    apply_edit,
    change_criterion,
    duplicate_criterion,
    locate,
    move_criterion,
    move_section,
    put,
    remove_criterion,
    remove_section,
    set_bands,
    start_scorecard,
    weigh_sections,
)
from scorecards.identity import content_hash
from scorecards.model import Criterion, CriterionType, Scorecard
from scorecards.problems import Severity
from scorecards.reading import explain_error
from tests.scorecards.edits import base
from tests.scorecards.forms import forms

SEEDS = st.integers(0, 2**32 - 1)


def any_criterion(scorecard: Scorecard, seed: int) -> str:
    return Random(seed).choice(scorecard.criteria).id  # noqa: S311 - a test's choice


def order(scorecard: Scorecard) -> list[list[str]]:
    return [[criterion.id for criterion in section.criteria] for section in scorecard.sections]


@given(forms(), SEEDS, st.sampled_from([-1, 1]))
def test_moving_there_and_back_is_nothing(scorecard: Scorecard, seed: int, steps: int) -> None:
    name = any_criterion(scorecard, seed)
    moved = move_criterion(scorecard, name, steps)
    assume(moved != scorecard)
    assert {criterion.id for criterion in moved.criteria} == {criterion.id for criterion in scorecard.criteria}
    assert move_criterion(moved, name, -steps) == scorecard


@given(forms(), SEEDS)
def test_copy_taken_out_again_leaves_the_form(scorecard: Scorecard, seed: int) -> None:
    name = any_criterion(scorecard, seed)
    copied = duplicate_criterion(scorecard, name)
    (copy,) = {criterion.id for criterion in copied.criteria} - {criterion.id for criterion in scorecard.criteria}
    places = [criterion.id for criterion in copied.criteria]
    assert places.index(copy) == places.index(name) + 1
    assert remove_criterion(copied, copy) == scorecard


@given(forms(), st.sampled_from(CriterionType), st.text(min_size=1, max_size=20).filter(str.strip))
def test_what_is_added_and_taken_out_leaves_the_form(scorecard: Scorecard, kind: CriterionType, label: str) -> None:
    section = scorecard.sections[-1]
    more = add_criterion(scorecard, section.id, label, kind)
    assert remove_criterion(more, more.criteria[-1].id) == scorecard
    longer = add_section(scorecard, label, criterion=label)
    assert remove_section(longer, longer.sections[-1].id) == scorecard


@given(forms(), SEEDS, st.sampled_from(CriterionType))
def test_edited_form_is_a_document_that_reads_back_equal(scorecard: Scorecard, seed: int, kind: CriterionType) -> None:
    name = any_criterion(scorecard, seed)
    edited = apply_edit(
        duplicate_criterion(scorecard, name),
        lambda form: change_criterion(form, name, lambda criterion: change_type(criterion, kind)),
    )
    loaded = load(dump(edited))
    if loaded.scorecard is None:
        assert [each.code for each in check(edited) if each.severity is Severity.ERROR] == [
            each.code for each in loaded.problems if each.severity is Severity.ERROR
        ]
    else:
        assert loaded.scorecard == edited


@given(forms())
def test_sound_form_has_no_errors_in_memory_either(scorecard: Scorecard) -> None:
    assert [problem for problem in check(scorecard) if problem.severity is Severity.ERROR] == []
    assert content_hash(apply_edit(scorecard, lambda form: form)) == content_hash(scorecard)


@given(forms(), SEEDS, st.lists(st.sampled_from(CriterionType), min_size=1, max_size=4))
def test_no_change_of_type_breaks_its_own_criterion(
    scorecard: Scorecard, seed: int, kinds: list[CriterionType]
) -> None:
    criterion = scorecard.criterion(any_criterion(scorecard, seed)).model_copy(update={"show_if": None})
    for kind in kinds:
        criterion = change_type(criterion, kind)
    alone = base().model_copy(update={"sections": (base().sections[0].model_copy(update={"criteria": (criterion,)}),)})
    errors = [problem.code for problem in check(alone) if problem.severity is Severity.ERROR]
    assert set(errors) <= {"zero-weights"}  # the form's own, where its only criterion does not count


def test_criterion_moves_over_the_border_of_its_section() -> None:
    assert order(base()) == [["empathy", "tone"], ["identity", "steps", "told"], ["note"]]
    assert order(move_criterion(base(), "identity", -1))[:2] == [["empathy", "tone", "identity"], ["steps", "told"]]
    assert move_criterion(base(), "empathy", -1) == base()
    assert move_criterion(base(), "note", -1) == base()  # its section would be left empty


def test_sections_move_and_the_only_one_stays() -> None:
    assert [section.id for section in move_section(base(), "work", -1).sections] == ["work", "talk", "notes"]
    assert move_section(base(), "talk", -1) == base()
    single = remove_section(remove_section(base(), "work"), "notes")
    assert remove_section(single, "talk") == single


def test_taking_out_what_a_condition_looks_at_is_a_problem_at_the_condition() -> None:
    broken = check(remove_criterion(base(), "identity"))
    (problem,) = [each for each in broken if each.severity is Severity.ERROR]
    assert (problem.code, problem.path) == ("show-if-unknown", "sections[1].criteria[1].show_if.all_of[0].criterion")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "the text is empty"),
        ("x" * 201, "the text is longer than 200 characters"),
    ],
)
def test_value_that_does_not_fit_is_refused_in_words(value: str, words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        put(base(), (*locate(base(), criterion="tone"), "label"), value)
    assert explain_error(refusal.value) == words


def test_field_is_put_and_left_out_again() -> None:
    path = (*locate(base(), criterion="tone", option="flat"), "anchors", "chat")
    written = put(base(), path, "One word an\x00swers.")
    assert written.criterion("tone").options[1].anchors == {"chat": "One word answers."}
    assert put(written, path, None) == base()
    assert put(base(), ("pass_mark",), Decimal("82.5")).pass_mark == Decimal("82.5")


def test_sections_are_weighed_all_or_none() -> None:
    bare = weigh_sections(base(), weighted=False)
    assert [section.weight for section in bare.sections] == [None, None, None]
    assert [section.weight for section in weigh_sections(bare, weighted=True).sections] == [1, 1, 1]


def test_bands_stand_in_rising_order() -> None:
    made = set_bands(base(), [("High", Decimal(80)), ("Low", Decimal(0))])
    assert [(band.label, band.from_score) for band in made.bands] == [("Low", Decimal(0)), ("High", Decimal(80))]


def test_translations_of_what_is_gone_go_too() -> None:
    words = {"de": {"criteria.tone.label": "Ton", "criteria.empathy.label": "Empathie"}}
    translated = base(lambda form: form.update(translations=words))
    edited = apply_edit(translated, lambda form: remove_criterion(form, "tone"))
    assert edited.translations == {"de": {"criteria.empathy.label": "Empathie"}}


def test_scale_keeps_its_levels_in_step_with_its_options() -> None:
    empathy = base().criterion("empathy")
    longer = add_option(empathy, "Outstanding")
    assert (longer.levels, [option.points for option in longer.options]) == (
        4,
        [Decimal(points) for points in range(4)],
    )
    assert remove_option(longer, "outstanding") == empathy
    assert move_option(empathy, "1", -1) == empathy


def test_choice_becomes_a_scale_worst_first() -> None:
    scale = change_type(base().criterion("tone"), CriterionType.SCALE)
    assert (scale.levels, [option.id for option in scale.options]) == (3, ["rude", "flat", "warm"])


def test_reason_keeps_its_id_when_it_is_worded_anew() -> None:
    tone = set_reasons(base().criterion("tone"), ["In a hurry", "Tool was down"])
    assert [(reason.id, reason.label) for reason in tone.reasons] == [
        ("in-a-hurry", "In a hurry"),
        ("tool-was-down", "Tool was down"),
    ]
    reworded = set_reasons(tone, ["Rushed", "Tool was down"])
    assert [reason.id for reason in reworded.reasons] == ["in-a-hurry", "tool-was-down"]
    assert set_reasons(tone, []).ask_reasons == "never"


def test_condition_is_set_and_taken_away() -> None:
    tone = set_condition(base().criterion("tone"), "any_of", [("empathy", ["1", "2"])])
    assert tone.show_if is not None
    assert [part.is_one_of for part in tone.show_if.any_of] == [("1", "2")]
    assert set_condition(tone, "any_of", []).show_if is None


def test_new_form_is_sound() -> None:
    form = start_scorecard("Größe", scorecard_id="groesse", section="Care", criterion="Empathy?")
    assert [problem for problem in check(form) if problem.severity is Severity.ERROR] == []
    assert form.criteria[0] == Criterion(
        id="empathy", label="Empathy?", type=CriterionType.YES_NO, options=form.criteria[0].options
    )


@pytest.mark.parametrize(
    ("label", "taken", "made"),
    [
        ("Checked identity", set(), "checked-identity"),
        ("Checked identity", {"checked-identity"}, "checked-identity-2"),
        ("Größe?", set(), "grosse"),
        ("日本", set(), "x"),
        ("a" * 80, {"a" * 64}, "a" * 62 + "-2"),
    ],
)
def test_id_is_made_of_a_label(label: str, taken: set[str], made: str) -> None:
    assert make_id(label, taken) == made
