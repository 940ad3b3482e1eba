"""That the benchmark's database is a sound one, and that its figures are what they are called."""

from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.desk.database import LONG, LONG_MESSAGES, SHORT, Plan, act_as, build_database, email_of, settings_of
from benchmarks.desk.figures import Line, Times, show
from qa_app.workflows import access, grading
from qa_app.workflows.upkeep import open_current, recompute_scores, verify_audit

HUNDRED = Times(tuple(float(place) for place in range(100, 0, -1)), load=0.5)


@pytest.mark.long
def test_database_is_sound_and_every_queue_is_full(tmp_path: Path) -> None:
    plan = Plan(reviews=30, crowd=1, tickets=2)
    data = build_database(tmp_path, plan)
    assert build_database(tmp_path, plan) == data
    installation = open_current(settings_of(data))
    with closing(installation.store):
        admin = installation.context(access.find_actor(installation.store, email_of("admin")))
        assert verify_audit(admin).reason is None
        scores = recompute_scores(admin)
        assert (scores.checked, scores.different) == (30, ())
        queues = {name: grading.list_queue(act_as(installation, name)) for name in (*SHORT, *LONG, "crowd-0")}
        assert {name: len(rows) for name, rows in queues.items()} == dict.fromkeys((*SHORT, *LONG), 2) | {"crowd-0": 40}
        assert {row.answered == row.asked for name in SHORT for row in queues[name]} == {True}
        desk = grading.open_desk(act_as(installation, LONG[0]), queues[LONG[0]][0].assignment.id)
        assert len(desk.conversation.messages) == LONG_MESSAGES


# Nearest rank: of 100 samples the 95th is reached by 95 %.
@pytest.mark.parametrize(("share", "expected"), [(0.5, 50.0), (0.95, 95.0), (1.0, 100.0)])
def test_share_of_samples_is_reached_at_the_nearest_rank(share: float, expected: float) -> None:
    assert HUNDRED.reached(share) == expected


def test_line_meets_its_target_alone_and_twice_of_it_among_many() -> None:
    slower = Times((180.0,), load=2.0)
    line = Line("answer", 95.0, HUNDRED, "frame", Times((19.0,), load=0.25), slower)
    assert line.met
    assert not Line("answer", 89.0, HUNDRED, "frame", HUNDRED, slower).met
    assert not Line("answer", 95.0, HUNDRED, "frame", HUNDRED, Times((191.0,), load=2.0)).met
    row = show([line], reviewers=50).splitlines()[2]
    assert row.split(" | ")[2:6] == ["50 / 95 / 100 (load 0.5)", "frame", "19 / 19 / 19 (load 0.2)", "5.00"]
    assert row.split(" | ")[6:] == ["180 / 180 / 180 (load 2.0)", "100", "yes |"]
