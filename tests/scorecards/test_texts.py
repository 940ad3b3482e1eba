"""Texts by path, and the form in another language."""

from scorecards.document import load
from scorecards.model import Scorecard
from scorecards.texts import texts, translate

FORM = """\
id: form
label: Form
description: What it is for
bands: [{label: Low, from_score: 0}]
translations:
  de:
    label: Formular
    bands.0.label: Niedrig
    sections.s.guideline: Ruhig lesen
    criteria.tone.label: Ton
    criteria.tone.options.yes.label: Ja
    criteria.tone.options.no.anchors.chat: Schreibt schroff
    criteria.tone.reasons.rushed.label: In Eile
    criteria.steps.number.unit: Schritte
    criteria.steps.number.anchors.any: Zählen
sections:
  - id: s
    label: S
    guideline: Read calmly
    criteria:
      - id: tone
        label: Tone
        type: yes_no
        guideline: How it sounds
        reasons: [{id: rushed, label: Rushed}]
        ask_reasons: worst
        options:
          - {id: yes, label: "Yes", anchors: {any: Warm}}
          - {id: no, label: "No", anchors: {chat: Writes curtly, call: Speaks curtly}}
      - {id: steps, label: Steps, type: number, number: {low: 0, high: 3, unit: steps, anchors: {any: Count}}}
"""


def form() -> Scorecard:
    scorecard = load(FORM).scorecard
    assert scorecard is not None
    return scorecard


def test_texts_are_all_there_by_path() -> None:
    assert texts(form()) == {
        "label": "Form",
        "description": "What it is for",
        "bands.0.label": "Low",
        "sections.s.label": "S",
        "sections.s.guideline": "Read calmly",
        "criteria.tone.label": "Tone",
        "criteria.tone.guideline": "How it sounds",
        "criteria.tone.options.yes.label": "Yes",
        "criteria.tone.options.yes.anchors.any": "Warm",
        "criteria.tone.options.no.label": "No",
        "criteria.tone.options.no.anchors.chat": "Writes curtly",
        "criteria.tone.options.no.anchors.call": "Speaks curtly",
        "criteria.tone.reasons.rushed.label": "Rushed",
        "criteria.steps.label": "Steps",
        "criteria.steps.number.unit": "steps",
        "criteria.steps.number.anchors.any": "Count",
    }


def test_translation_replaces_exactly_its_texts() -> None:
    assert texts(translate(form(), "de")) == {**texts(form()), **form().translations["de"]}


def test_translation_to_a_language_that_is_not_there_changes_nothing() -> None:
    assert translate(form(), "fr") == form()
