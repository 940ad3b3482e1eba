"""How the demo's reviewers fill a scorecard in: what they write goes with what they grade."""

from datetime import date

import pytest

from qa_app.workflows.demo.conversations import build_conversations
from qa_app.workflows.demo.dice import Dice
from qa_app.workflows.demo.hand import fill_in
from qa_app.workflows.demo.remarks import NOTHING_SHOWN, OVERALL
from qa_app.workflows.grading import Filled
from scorecards.files import library_scorecard

CARD = library_scorecard("core-chat")


@pytest.fixture(scope="module")
def filled() -> list[Filled]:
    told = build_conversations(seed=7, until=date(2026, 10, 5), count=200)
    return [
        fill_in(CARD, one, severity=severity, noise=0.1, dice=Dice(7, "hand", place))
        for severity in (0.1, -0.4)
        for place, one in enumerate(told)
    ]


def test_overall_comment_points_at_comments_that_are_there(filled: list[Filled]) -> None:
    seen = {each.comment for each in filled}
    assert {OVERALL[1], NOTHING_SHOWN} <= seen
    for each in filled:
        commented = any(one.comment for one in each.ratings)
        assert each.comment != (NOTHING_SHOWN if commented else OVERALL[1])
