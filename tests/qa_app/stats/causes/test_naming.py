"""Who and what is named, in teams whose trouble is known."""

from typing import Literal

import numpy as np
import pytest

from benchmarks.room import build_distances
from benchmarks.team import Steps, Team, draw_answers
from qa_app.estimate import Undefined
from qa_app.stats.causes.drift import LEAST_EACH, find_drift, find_item_changes, split_late
from qa_app.stats.causes.naming import LEAST_UNITS, Causes, _find_item, name_causes


def draw(team: Team, n_tickets: int, *, seed: int = 3, drift: dict[int, float] | None = None) -> Steps:
    return draw_answers(team, n_tickets, np.random.Generator(np.random.Philox(seed)), drift=drift or {})


def name(answers: Steps) -> Causes:
    found = name_causes(build_distances(answers))
    assert isinstance(found, Causes)
    return found


@pytest.mark.parametrize(("drift", "kind"), [(1.0, "severe"), (-1.0, "lenient")])
def test_one_severe_reviewer_is_named_and_the_others_are_not_called_lenient(
    drift: float, kind: Literal["severe", "lenient"]
) -> None:
    found = name(draw(Team(), 24, drift={1: drift}))
    assert [(cause.family, cause.name, cause.kind) for cause in found.named] == [("rater", "r1", kind)]
    (cause,) = found.named
    assert cause.lean is not None
    # A level of five is 25 points, and the ends of the scale swallow some.
    assert abs(cause.lean.value) == pytest.approx(0.22, abs=0.04)
    assert 0 < cause.gain < 1


def test_gains_of_several_add_up_to_what_is_gone_without_them() -> None:
    answers = draw(Team(), 24, drift={1: 1.0, 4: -1.0})
    found = name(answers)
    assert {(cause.name, cause.kind) for cause in found.named} == {("r1", "severe"), ("r4", "lenient")}
    without = build_distances(answers[:, [0, 2, 3, 5]]).between(range(4)).mean()
    assert sum(cause.gain for cause in found.named) == pytest.approx(1 - without / found.distance)


def test_reviewer_who_guesses_is_apart_without_leaning() -> None:
    answers = draw(Team(), 24)
    answers[:, 2] = np.random.Generator(np.random.Philox(1)).integers(0, 5, size=answers[:, 2].shape)
    assert [(cause.name, cause.kind) for cause in name(answers).named] == [("r2", "apart")]


def test_ambiguous_criterion_is_named() -> None:
    named = name(draw(Team(ambiguous={3: 1.4}), 24)).named
    assert [(cause.family, cause.name, cause.kind, cause.by) for cause in named] == [("item", "c3", "ambiguous", None)]


def test_one_reviewers_reading_of_one_criterion_is_told_as_just_that() -> None:
    """Two levels lower on one of eight criteria: told as the criterion by that reviewer, or the other way round."""
    told = set()
    for seed in range(8):
        answers = draw(Team(), 24, seed=seed)
        answers[:, 4, 3] = np.maximum(answers[:, 4, 3] - 2, 0)
        told |= {(cause.family, cause.name, cause.kind, cause.by) for cause in name(answers).named}
    assert told == {("item", "c3", "one-rater", "r4"), ("rater", "r4", "severe", "c3")}


def test_contested_ticket_is_named() -> None:
    answers = draw(Team(), 24)
    answers[5, ::2], answers[5, 1::2] = 0, 4
    assert [(cause.family, cause.name, cause.kind) for cause in name(answers).named] == [("unit", "5", "contested")]


def test_few_tickets_reviewers_or_criteria_are_not_asked_about() -> None:
    few = name_causes(build_distances(draw(Team(), LEAST_UNITS - 1)))
    assert isinstance(few, Undefined)
    assert (few.reason, few.n_units) == ("too-few-units", LEAST_UNITS - 1)
    answers = draw(Team(), 12)
    assert name(answers[:, :2]).asked == ("item", "unit")
    assert name(answers[:, :, :2]).asked == ("rater",)


def test_reviewers_of_different_sessions_are_compared_with_those_whom_they_met() -> None:
    first, second = draw(Team(), 12, drift={1: 1.0}), draw(Team(), 12, seed=5)
    answers = np.full((24, 10, 8), np.nan)
    answers[:12, :6], answers[12:, 4:] = first, second
    found = name_causes(build_distances(answers))
    assert isinstance(found, Causes)
    assert [(cause.name, cause.kind) for cause in found.named] == [("r1", "severe")]
    # The second half met nobody who could say anything of r1.
    assert found.named[0].excess.n_units == 12


def test_equal_answers_everywhere_name_nobody() -> None:
    found = name(np.full((12, 4, 5), 4))
    assert (found.named, found.distance) == ((), 0.0)


def test_drift_is_told_of_the_one_who_changed_only_and_of_the_criterion_that_did() -> None:
    before, after = draw(Team(), 24), draw(Team(ambiguous={3: 1.4}), 16, seed=4, drift={1: 1.0})
    late = split_late([0] * 24 + [1] * 8 + [2] * 8)
    assert late is not None
    assert late.tolist() == [False] * 24 + [True] * 16
    distances = build_distances(np.concatenate([before, after]))
    assert [change.name for change in find_drift(distances, late) if change.alert] == ["r1"]
    assert [change.name for change in find_item_changes(distances, late) if change.alert] == ["c3"]


def test_drift_takes_enough_tickets_on_either_side() -> None:
    assert split_late([0] * LEAST_EACH + [1] * (LEAST_EACH - 1)) is None
    assert split_late([0] * LEAST_EACH) is None
    assert split_late([]) is None


def test_who_leans_without_being_further_off_is_not_told_one_criterion() -> None:
    """ "Most of it is on one criterion" speaks of an excess over the others' distances; some have none."""
    distances = build_distances(draw(Team(), 24))
    raters = range(len(distances.raters))
    for rater in raters:
        excess = distances.apart_on(rater, raters)
        if excess.mean() <= 0:
            assert _find_item(distances, rater, raters) is None
    assert min(float(distances.apart_on(rater, raters).mean()) for rater in raters) < 0
