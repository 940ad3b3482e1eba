from decimal import Decimal

import pytest

from db.records import Rating
from qa_app.errors import Refused
from qa_app.workflows.plain_grading import read_answer, submit_plain
from scorecards.answers import NOT_APPLICABLE, Answer
from tests.factories import make_scorecard
from tests.qa_app.workflows.house import BO, House

CARD = make_scorecard()
PLAIN = {"greeting": "yes", "empathy": "5", "solution": "none", "identity": "yes", "wait": 0.5, "note": "ok"}


def test_plain_line_is_submitted_once_however_often_it_is_sent(house: House) -> None:
    assignment_id = house.assign(BO)
    line = {
        "assignment": assignment_id,
        "answers": PLAIN,
        "comments": {"empathy": "Warm."},
        "reasons": {"solution": ["tool"]},
        "comment": "By file",
    }
    review = submit_plain(house.act(BO), line)
    assert review.ratings == (
        Rating("greeting", Answer.choose("yes")),
        Rating("empathy", Answer.choose("5"), "Warm."),
        Rating("solution", Answer.choose("none"), "", ("tool",)),
        Rating("identity", Answer.choose("yes")),
        Rating("wait", Answer.measure(Decimal("0.5"))),
        Rating("note", Answer.write("ok")),
    )
    assert review.comment == "By file"
    assert submit_plain(house.act(BO), line) == review


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"answers": ["yes"], "reasons": {}}, "grade-line", "answers must be an object of criterion ids, not list."),
        (
            {"answers": {"colour": "blue"}, "reasons": {}},
            "unknown-criterion",
            "There is no criterion colour; there are",
        ),
        ({"comments": {"colour": "Nice"}}, "unknown-criterion", "There is no criterion colour; there are greeting,"),
        ({"answers": PLAIN | {"wait": "long"}}, "not-a-number", "Minutes of silence: 'long' is no number."),
        ({"answers": PLAIN | {"wait": "NaN"}}, "review-incomplete", "Minutes of silence: needs a number from 0 to 10"),
        ({"answers": PLAIN | {"greeting": "perhaps"}}, "review-incomplete", 'Greeting: has no option "perhaps"'),
        ({"answers": {}, "reasons": {}}, "review-incomplete", "Greeting: has no answer yet"),
        ({"assignment": "none"}, "no-assignment", "There is no such assignment in your queue."),
        ({"reasons": {"solution": "tool"}}, "grade-line", "The reasons of solution must be a list, not str."),
    ],
    ids=["list", "answer", "comment", "text", "nan", "option", "nothing", "assignment", "reasons"],
)
def test_plain_line_that_does_not_fit_is_refused(
    sqlite_house: House, changes: dict[str, object], code: str, message: str
) -> None:
    line = {"assignment": sqlite_house.assign(BO), "answers": PLAIN, "reasons": {"solution": ["tool"]}} | changes
    with pytest.raises(Refused) as refusal:
        submit_plain(sqlite_house.act(BO), line)
    assert (refusal.value.code, message in refusal.value.message) == (code, True), refusal.value.message


def test_answers_are_read_by_the_kind_of_their_criterion() -> None:
    assert read_answer(CARD.criterion("note"), "n/a") == NOT_APPLICABLE
    assert read_answer(CARD.criterion("note"), 5) == Answer.write("5")
    assert read_answer(CARD.criterion("wait"), "2.50") == Answer.measure(Decimal("2.50"))
    assert read_answer(CARD.criterion("empathy"), 4) == Answer.choose("4")
