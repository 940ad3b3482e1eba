"""Which edits change scores: the list that other tools publish, and how each edit is told."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from scorecards.difference import Change, compare, is_comparable
from scorecards.effects import EFFECTS, Effect
from scorecards.identity import structure_hash
from scorecards.model import (
    AcknowledgementRules,
    Criterion,
    DisputeRules,
    NumberRange,
    Option,
    Reason,
    Scorecard,
    Section,
)
from tests.scorecards.edits import TEXT, Edit, Plain, base, criteria, options, sections

YES_NO = {"type": "yes_no", "label": "New"}


def new_section(name: str, **more: object) -> Plain:
    option = {"id": "no", "label": "No", "points": "0", **more}
    parts = {**YES_NO, "id": f"{name}_question", "options": [{"id": "yes", "label": "Yes", "points": "1"}, option]}
    return {"id": name, "label": name, "weight": "10", "criteria": [parts]}


# MaestroQA publishes which rubric edits make a new version, because they change scores. For each of them: the edit, and
# what it does here. Its required-feedback setting is the one where we differ: it changes what a reviewer must write,
# not what an answer is worth, so scores stay comparable and the edit is drawn on the agreement timeline.
SCORING_EDITS: Mapping[str, tuple[Edit, str]] = {
    "add a scoring section": (lambda f: sections(f).append(new_section("more")), "section-added sections.more"),
    "add an auto-fail section": (
        lambda f: sections(f).append(new_section("fatal", auto_fail="form")),
        "section-added sections.fatal",
    ),
    "add a bonus section": (
        lambda f: sections(f).append({**new_section("extra"), "kind": "bonus"}),
        "section-added sections.extra",
    ),
    "delete a section": (lambda f: sections(f).pop(0), "section-removed sections.talk"),
    "delete a criterion": (lambda f: criteria(f).pop(0), "criterion-removed criteria.empathy"),
    "delete an option": (lambda f: options(f).pop(1), "option-removed criteria.tone.options.flat"),
    "make an option auto-fail": (
        lambda f: options(f)[2].update(auto_fail="section"),
        "option-auto-fail-changed criteria.tone.options.rude.auto_fail",
    ),
    "add a pointed option": (
        lambda f: options(f).append({"id": "odd", "label": "Odd", "points": "1"}),
        "option-added criteria.tone.options.odd",
    ),
    "change points": (
        lambda f: options(f)[1].update(points="1.5"),
        "option-points-changed criteria.tone.options.flat.points",
    ),
    "change a section's weight": (
        lambda f: sections(f)[0].update(weight="50"),
        "section-weight-changed sections.talk.weight",
    ),
    "change a section's type": (
        lambda f: sections(f)[1].update(kind="bonus"),
        "section-kind-changed sections.work.kind",
    ),
    "change a criterion's weight": (
        lambda f: criteria(f)[0].update(weight="2"),
        "criterion-weight-changed criteria.empathy.weight",
    ),
    "change a criterion's type": (
        lambda f: criteria(f, 2)[0].update(type="yes_no"),
        "criterion-type-changed criteria.note.type",
    ),
    "allow N/A no longer": (
        lambda f: criteria(f)[1].update(allow_na=False),
        "criterion-allow-na-changed criteria.tone.allow_na",
    ),
    "make a criterion critical": (
        lambda f: criteria(f)[1].update(critical="customer"),
        "criterion-critical-changed criteria.tone.critical",
    ),
    "grade another skill": (
        lambda f: criteria(f)[0].update(skill="care"),
        "criterion-skill-changed criteria.empathy.skill",
    ),
    "count it in a half": (
        lambda f: criteria(f)[0].update(skill_type="soft"),
        "criterion-skill-type-changed criteria.empathy.skill_type",
    ),
    "ask under another condition": (
        lambda f: criteria(f, 1)[2].update(show_if={"all_of": [{"criterion": "identity", "is_one_of": ["yes"]}]}),
        "criterion-show-if-changed criteria.told.show_if",
    ),
    "ask for a number instead": (
        lambda f: criteria(f)[1].update(type="number", options=[], number={"low": "0", "high": "1"}),
        "number-added criteria.tone.number",
    ),
    "stretch a range": (
        lambda f: criteria(f, 1)[1]["number"].update(high="8"),
        "number-high-changed criteria.steps.number.high",
    ),
    "move a criterion to another section": (
        lambda f: criteria(f, 1).insert(0, criteria(f).pop()),
        "criterion-moved criteria.tone",
    ),
    "let the bonus exceed 100": (
        lambda f: f.update(bonus_over_100=True),
        "scorecard-bonus-over-100-changed bonus_over_100",
    ),
    "grade an agent over a period": (lambda f: f.update(subject="agent_period"), "scorecard-subject-changed subject"),
}


@pytest.mark.parametrize(("edit", "expected"), SCORING_EDITS.values(), ids=SCORING_EDITS)
def test_edit_that_changes_scores(edit: Edit, expected: str) -> None:
    changes = edited(edit)
    kinds = {f"{change.kind} {change.path}": change for change in changes}
    assert (kinds[expected].effect, kinds[expected].structural) == (Effect.SCORING, True)
    assert not is_comparable(base(), base(edit))
    assert structure_hash(base()) != structure_hash(base(edit))


OTHER_EDITS: Mapping[str, tuple[Edit, str, Effect, bool]] = {
    "require feedback": (
        lambda f: criteria(f)[0].update(comment="below_best"),
        "criterion-comment-changed criteria.empathy.comment",
        Effect.AGREEMENT,
        False,
    ),
    "require feedback with an option": (
        lambda f: options(f)[0].update(comment="required"),
        "option-comment-changed criteria.tone.options.warm.comment",
        Effect.AGREEMENT,
        False,
    ),
    "ask for reasons always": (
        lambda f: criteria(f)[1].update(ask_reasons="always"),
        "criterion-ask-reasons-changed criteria.tone.ask_reasons",
        Effect.AGREEMENT,
        False,
    ),
    "add a reason": (
        lambda f: criteria(f)[1]["reasons"].append({"id": "tired", "label": "Tired"}),
        "reason-added criteria.tone.reasons.tired",
        Effect.AGREEMENT,
        False,
    ),
    "word a criterion otherwise": (
        lambda f: criteria(f)[0].update(label="Feeling"),
        "criterion-label-changed criteria.empathy.label",
        Effect.AGREEMENT,
        False,
    ),
    "word an option otherwise": (
        lambda f: options(f)[0].update(label="Friendly"),
        "option-label-changed criteria.tone.options.warm.label",
        Effect.AGREEMENT,
        False,
    ),
    "explain it otherwise": (
        lambda f: criteria(f)[0].update(guideline="Listen for it."),
        "criterion-guideline-changed criteria.empathy.guideline",
        Effect.AGREEMENT,
        False,
    ),
    "change an anchor": (
        lambda f: options(f)[0].update(anchors={"any": "Sounds pleased."}),
        "option-anchors-changed criteria.tone.options.warm.anchors",
        Effect.AGREEMENT,
        False,
    ),
    # The same answers give the same scores in any order, so scores stay comparable. But where a question or an answer
    # stands can move what people choose, so it is drawn on the agreement timeline, and because the structure hash
    # holds the order, scores are not pooled across it unless somebody decides so.
    "put sections in another order": (
        lambda f: sections(f).reverse(),
        "sections-reordered sections",
        Effect.AGREEMENT,
        True,
    ),
    "put criteria in another order": (
        lambda f: criteria(f).reverse(),
        "criteria-reordered sections.talk.criteria",
        Effect.AGREEMENT,
        True,
    ),
    "put options in another order": (
        lambda f: options(f).reverse(),
        "options-reordered criteria.tone.options",
        Effect.AGREEMENT,
        True,
    ),
    "add a section without a score": (
        lambda f: sections(f).append({"id": "x", "label": "X", "weight": "0", "criteria": [TEXT]}),
        "section-added sections.x",
        Effect.AGREEMENT,
        False,
    ),
    "delete a section without a score": (
        lambda f: sections(f).pop(),
        "section-removed sections.notes",
        Effect.AGREEMENT,
        False,
    ),
    "add a criterion without a score": (
        lambda f: criteria(f).insert(0, TEXT),
        "criterion-added criteria.why",
        Effect.AGREEMENT,
        False,
    ),
    "move the pass mark": (
        lambda f: f.update(pass_mark="70"),
        "scorecard-pass-mark-changed pass_mark",
        Effect.VERDICT,
        False,
    ),
    "move a band": (
        lambda f: f["bands"][1].update(from_score="60"),
        "scorecard-bands-changed bands",
        Effect.VERDICT,
        False,
    ),
    # What is reported of an auto-fail changes, the raw score does not: its pool starts anew, its raw scores go on.
    "keep the score after an auto-fail": (
        lambda f: f.update(auto_fail_score="keep"),
        "scorecard-auto-fail-score-changed auto_fail_score",
        Effect.VERDICT,
        True,
    ),
    "fill in the best answers": (
        lambda f: f.update(default_answer="best"),
        "scorecard-default-answer-changed default_answer",
        Effect.AGREEMENT,
        False,
    ),
    "show the outcomes": (
        lambda f: f.update(outcomes="shown"),
        "scorecard-outcomes-changed outcomes",
        Effect.AGREEMENT,
        False,
    ),
    "give more time to contest": (
        lambda f: f.update(disputes={"window_days": 30}),
        "dispute-window-days-changed disputes.window_days",
        Effect.NONE,
        False,
    ),
    "acknowledge by itself": (
        lambda f: f.update(acknowledgement={"mode": "automatic"}),
        "acknowledgement-mode-changed acknowledgement.mode",
        Effect.NONE,
        False,
    ),
    "translate it": (
        lambda f: f.update(translations={"de": {"label": "Kern"}}),
        "translation-added translations.de",
        Effect.AGREEMENT,
        False,
    ),
    "rename the card": (lambda f: f.update(label="Main"), "scorecard-label-changed label", Effect.NONE, False),
    "offer it for chats": (
        lambda f: f.update(channels=["chat"]),
        "scorecard-channels-changed channels",
        Effect.NONE,
        False,
    ),
}


@pytest.mark.parametrize(("edit", "place", "effect", "structural"), OTHER_EDITS.values(), ids=OTHER_EDITS)
def test_edit_that_leaves_raw_scores_comparable(edit: Edit, place: str, effect: Effect, structural: bool) -> None:  # noqa: FBT001 - a table's column
    kind, path = place.split()
    changes = edited(edit)
    assert [replace(change, words="") for change in changes] == [Change(kind, path, "", effect, structural)]
    assert is_comparable(base(), base(edit))
    assert (structure_hash(base()) != structure_hash(base(edit))) == structural


def test_edit_is_told_in_words() -> None:
    def edit(form: Plain) -> None:
        criteria(form)[0].update(weight="2.50", guideline="x" * 80)
        options(form)[2].update(auto_fail="form")
        options(form).pop(1)
        criteria(form)[1].update(allow_na=False)
        sections(form).append(new_section("more"))
        criteria(form, 1).insert(0, criteria(form).pop(0))
        form.update(pass_mark="75", label="Main", bands=[])

    assert [change.words for change in edited(edit)] == [
        'The label of the scorecard changed from "Core" to "Main".',
        "The pass mark of the scorecard changed from 80 to 75.",
        "The bands of the scorecard changed.",
        'The section "more" was added.',
        'The leave for N/A of criterion "Tone" changed from true to false.',
        'The auto-fail of option "Rude" of criterion "Tone" changed from none to form.',
        'The option "Flat" of criterion "Tone" was removed.',
        'The criterion "Empathy" moved from section "talk" to section "work".',
        'The weight of criterion "Empathy" changed from 1 to 2.5.',
        'The guideline of criterion "Empathy" changed.',
    ]


def test_every_field_of_the_model_has_an_effect_or_is_a_part() -> None:
    parts = {
        Scorecard: {"sections", "translations", "disputes", "acknowledgement"},
        Section: {"id", "criteria"},
        Criterion: {"id", "options", "number", "reasons"},
        Option: {"id"},
        NumberRange: set(),
        Reason: {"id"},
        DisputeRules: set(),
        AcknowledgementRules: set(),
    }
    for kind, effects in EFFECTS.items():
        assert set(effects) | parts[kind] == set(kind.model_fields)


def edited(edit: Edit) -> tuple[Change, ...]:
    return compare(base(), base(edit))
