"""A few of the cases of `python -m tests.torture.worlds`, and that its comparison finds what differs."""

import pytest

from tests.qa_app.workflows.house import MANAGER
from tests.torture.seat import look
from tests.torture.twins import draw_case, fill_world
from tests.torture.worlds import SIDES, Stage, compare, open_stage, run

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return open_stage(tmp_path_factory.mktemp("worlds"))


@pytest.mark.parametrize(("number", "reveals"), [(0, 0), (12, 1)])
def test_worlds_look_the_same_until_the_reveal(stage: Stage, number: int, reveals: int) -> None:
    report = run(stage, [number], seed=2)
    assert (report.cases, report.leaks, report.reveals, report.unseen) == (1, [], reveals, [])


def test_whoever_may_read_one_of_the_answers_sees_two_worlds(stage: Stage) -> None:
    """A manager who does not grade reads the everyday review of a ticket that others grade blind."""
    case = draw_case(2, 1)
    one, other = (
        look(MANAGER, fill_world(case, stage.terminal.folder, stage.template, side=side), stage.terminal)
        for side in SIDES
    )
    (read, *_) = (place for place in one if place.startswith("page review of-di"))
    differing = compare(one, other)
    assert {read, "page reviews ", "page agent nina-north", "command audit verify"} <= {*differing}
    assert {place.split()[0] for place in differing} == {"page", "address", "command", "file"}
