"""The two hashes, and that comparing versions agrees with them on random edits."""

from random import Random

from hypothesis import given, settings

from scorecards.difference import compare, is_comparable
from scorecards.document import load
from scorecards.effects import Effect
from scorecards.identity import content_hash, structure_hash
from scorecards.scoring import Score, score
from tests.scorecards.edits import BASE, base, random_edit
from tests.scorecards.forms import make_answers, make_form, sources


@settings(max_examples=150, deadline=None)
@given(sources())
def test_hashes_and_comparison_agree_on_random_edits(rng: Random) -> None:
    old = make_form(rng)
    new = random_edit(rng, old)
    changes = compare(old, new)
    assert (content_hash(old) == content_hash(new)) == (changes == ())
    assert (structure_hash(old) == structure_hash(new)) == (not any(change.structural for change in changes))
    assert all(change.structural for change in changes if change.effect is Effect.SCORING)
    answers = make_answers(rng, old)
    known = {criterion.id for criterion in new.criteria}
    fitting = {name: answer for name, answer in answers.items() if name in known}
    if is_comparable(old, new):
        assert raw_figures(score(new, fitting)) == raw_figures(score(old, answers))
    if structure_hash(old) == structure_hash(new):
        assert score(new, fitting).reported == score(old, answers).reported


REMARK = """\
id: card
label: Card
sections:
  - id: talk
    label: Talk
    criteria:
      - {id: greeting, label: Greeting, type: yes_no, skill: tone}
      - {id: remark, label: Remark, type: text}
"""


def test_skill_of_a_text_moves_no_figure() -> None:
    old, new = load(REMARK).scorecard, load(REMARK.replace("type: text", "type: text, skill: prose")).scorecard
    assert old is not None
    assert new is not None
    assert is_comparable(old, new)
    assert [part.skill for part in score(new, {}).skills] == ["tone"]
    assert raw_figures(score(new, {})) == raw_figures(score(old, {}))


def test_structure_hash_of_numbers_written_otherwise_is_the_same() -> None:
    same = load(BASE.replace("weight: 60", "weight: 60.000").replace("points: 2", "points: 2.0")).scorecard
    assert same is not None
    assert structure_hash(same) == structure_hash(base())
    assert content_hash(same) == content_hash(base())


def test_structure_hash_is_the_same_for_another_card_with_the_same_questions() -> None:
    twin = base().model_copy(update={"id": "core-chat", "label": "Core, chat"})
    assert structure_hash(twin) == structure_hash(base())
    assert content_hash(twin) != content_hash(base())


def test_hashes_do_not_move_between_versions_of_the_program() -> None:
    # Made by this very code; a difference means that stored hashes no longer match, which needs a migration.
    assert structure_hash(base()) == "363b523e0ef7f98eed48791f695a2267f377e9445b3e6b779adfe377e4857898"
    assert content_hash(base()) == "a9b37765239d21baebfe5a26b6403a9d15b7a822fa770ab9d409f9d5c9a8c9a3"


def raw_figures(found: Score) -> tuple[object, ...]:
    """What an edit must not move that keeps scores comparable; the order of criteria it may."""
    weights = {
        (part.criterion_id, part.value, part.applied_weight) for part in found.criteria if part.value is not None
    }
    skills = {(part.skill, part.score) for part in found.skills}
    return found.raw, weights, skills, found.soft, found.hard, found.critical_errors
