from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db.records import (
    Dispute,
    DisputeId,
    DisputeItem,
    DisputeKind,
    DisputeState,
    PersonId,
    Purpose,
    Review,
    ReviewId,
    ReviewState,
    Role,
    ScorecardVersionId,
    Selection,
    TeamId,
    TicketId,
)
from qa_app.domain import review_states
from qa_app.domain.access import ACTIONS
from qa_app.domain.disputes import (
    MOVES,
    REVIEW_AFTER,
    conclude,
    due_after,
    end_of_window,
    is_overdue,
    list_asked_again,
    name_owner,
    needs_second_grade,
    pick_second_grader,
    require_decider,
    require_move,
    require_raisable,
    tell_deciders,
    tell_terms,
)
from qa_app.errors import NotAllowed, Refused
from scorecards.answers import Answer
from scorecards.model import DisputeRules
from tests.factories import fill, make_person, make_scorecard

RELEASED = datetime(2026, 3, 1, 9, tzinfo=UTC)
REVIEW = Review(
    ReviewId("r"),
    TicketId("t"),
    1,
    ScorecardVersionId("v"),
    PersonId("rita"),
    PersonId("ana"),
    Purpose.QUALITY,
    Selection.RANDOM,
    ReviewState.RELEASED,
    1,
    RELEASED,
    RELEASED,
    ratings=fill({"greeting": "no", "empathy": "2"}).ratings,
    released_at=RELEASED,
)
DISPUTE = Dispute(
    DisputeId("d"),
    REVIEW.id,
    PersonId("ana"),
    datetime(2026, 3, 8, 9, tzinfo=UTC),
    DisputeState.OPEN,
    "The customer had asked for it.",
    (DisputeItem("empathy", "See message 4."),),
)


CARD = make_scorecard()
RULES = CARD.disputes.model_copy(update={"window_days": 7})


def raise_it(dispute: Dispute, review: Review = REVIEW, *, rules: DisputeRules = RULES, rounds_used: int = 0) -> None:
    terms = tell_terms(review, rules, rounds_used=rounds_used, now=dispute.raised_at)
    require_raisable(dispute, review, terms, CARD)


def test_the_window_is_counted_from_the_first_release_to_the_second() -> None:
    assert end_of_window(RELEASED, days=7) == datetime(2026, 3, 8, 9, tzinfo=UTC)
    raise_it(DISPUTE)
    with pytest.raises(Refused, match="The time to contest it ended on 8 March 2026, 7 days after its release"):
        raise_it(replace(DISPUTE, raised_at=datetime(2026, 3, 8, 9, 0, 1, tzinfo=UTC)))


def test_all_that_a_dispute_lacks_is_said_at_once() -> None:
    items = (
        *(DisputeItem("empathy", ""), DisputeItem("empathy", "Again"), DisputeItem("mood", "No.")),
        *(
            DisputeItem("greeting", "Read on", Answer.choose("no")),
            DisputeItem("solution", "So", Answer.choose("best")),
        ),
    )
    with pytest.raises(Refused) as refusal:
        raise_it(replace(DISPUTE, reason=" ", items=items), replace(REVIEW, state=ReviewState.SUBMITTED))
    assert refusal.value.message == (
        "The review is submitted; only a released or acknowledged one can be contested. "
        "“Empathy” stands there twice. "
        "“Empathy” is contested without a reason; give one. "
        "There is no criterion 'mood' in this review. "
        "“Greeting” has the proposed answer already. "
        'Solution: has no option "best"; valid: full, partly, none.'
    )


def test_a_dispute_says_something() -> None:
    with pytest.raises(Refused, match="Say what you contest"):
        raise_it(replace(DISPUTE, reason="", items=()))
    raise_it(replace(DISPUTE, items=()))
    wrong_agent = replace(DISPUTE, kind=DisputeKind.WRONG_AGENT, items=())
    raise_it(wrong_agent)
    with pytest.raises(Refused, match="Say why this was not your work"):
        raise_it(replace(wrong_agent, reason=" "))
    with pytest.raises(Refused, match="either the grades or that it was your work"):
        raise_it(replace(wrong_agent, items=DISPUTE.items))
    with pytest.raises(Refused, match="8000 characters at most"):
        raise_it(replace(DISPUTE, reason="x" * 8001))


def test_scorecard_says_whether_and_how_often_a_review_may_be_contested() -> None:
    with pytest.raises(Refused, match="allows no disputes"):
        raise_it(DISPUTE, rules=RULES.model_copy(update={"allowed": False}))
    with pytest.raises(Refused, match="was contested before, and its scorecard allows that once"):
        raise_it(DISPUTE, rounds_used=1)
    twice = RULES.model_copy(update={"rounds": 2})
    raise_it(DISPUTE, replace(REVIEW, state=ReviewState.UPHELD), rules=twice, rounds_used=1)
    with pytest.raises(Refused, match="allows that 2 times"):
        raise_it(DISPUTE, rules=twice, rounds_used=2)


def test_second_grader_is_asked_what_is_contested_or_the_whole_form() -> None:
    assert list_asked_again(CARD, DISPUTE) == ("empathy",)
    assert list_asked_again(CARD, replace(DISPUTE, items=())) is None
    whole = CARD.model_copy(update={"disputes": RULES.model_copy(update={"graded_again": "whole"})})
    assert list_asked_again(whole, DISPUTE) is None


def test_second_grader_is_a_reviewer_who_knows_nothing_and_has_the_least_to_do() -> None:
    ann, ben, cas, dot = (make_person(name, Role.REVIEWER) for name in ("Ann", "Ben", "Cas", "Dot"))
    off = replace(make_person("Off", Role.REVIEWER), active=False)
    elsewhere = make_person("Eli", Role.REVIEWER, scope=frozenset({TeamId("south")}))
    people = (ann, ben, cas, dot, make_person("Max", Role.MANAGER), off, elsewhere)
    load = {ann.id: 3, ben.id: 1, dot.id: 1}
    assert pick_second_grader(people, not_blind={ben.id}, holders=None, load=load) == (cas, dot, ann)
    assert pick_second_grader(people, not_blind={ben.id}, holders={dot.id, ben.id}, load=load) == (dot,)
    south = pick_second_grader(people, not_blind={ben.id}, holders=None, load=load, team_id=TeamId("south"))
    assert south == (cas, elsewhere, dot, ann)


def test_who_decides_besides_leads_is_what_the_scorecard_says() -> None:
    owners = {
        by: name_owner(DISPUTE, REVIEW, RULES.model_copy(update={"decided_by": by}), second_grader=PersonId("ben"))
        for by in ("blind", "author", "lead")
    }
    assert owners == {"blind": "ben", "author": "rita", "lead": None}
    assert name_owner(DISPUTE, REVIEW, RULES, second_grader=None) is None
    wrong_agent = replace(DISPUTE, kind=DisputeKind.WRONG_AGENT)
    assert name_owner(wrong_agent, REVIEW, RULES, second_grader=PersonId("ben")) is None
    assert (needs_second_grade(DISPUTE, RULES), needs_second_grade(wrong_agent, RULES)) == (True, False)


def test_who_decides_is_said() -> None:
    said = {
        by: tell_deciders(DISPUTE, RULES.model_copy(update={"decided_by": by})) for by in ("blind", "author", "lead")
    }
    begin = "This dispute is decided by"
    assert said == {
        "blind": f"{begin} a lead of the agent's team, or by the second grader once their grade is in.",
        "author": f"{begin} the author of the review, or by a lead of the agent's team.",
        "lead": f"{begin} a lead of the agent's team.",
    }
    assert tell_deciders(replace(DISPUTE, kind=DisputeKind.WRONG_AGENT), RULES) == said["lead"]


@pytest.mark.parametrize("decider", ["rita", "ana"])
def test_nobody_decides_on_own_grade_or_own_work(decider: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        require_decider(REVIEW, PersonId(decider))
    assert refusal.value.code == "own-dispute"
    require_decider(REVIEW, PersonId("max"))
    require_decider(REVIEW, PersonId("rita"), owner=PersonId("rita"))


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ([], DisputeState.UPHELD),
        (["c0", "c1"], DisputeState.REVISED),
        (["c0", "c1", "c2"], DisputeState.REVISED),
        (["c1"], DisputeState.PARTLY_REVISED),
        (["c2"], DisputeState.PARTLY_REVISED),
    ],
)
def test_verdict_follows_from_what_was_changed(changed: list[str], verdict: DisputeState) -> None:
    assert conclude([DisputeItem("c0", "why"), DisputeItem("c1", "why")], changed) is verdict


def test_what_is_due_is_overdue_from_then_on() -> None:
    due = replace(DISPUTE, due_at=due_after(DISPUTE.raised_at, RULES))
    assert due.due_at == datetime(2026, 3, 15, 9, tzinfo=UTC)
    assert not is_overdue(due, now=datetime(2026, 3, 15, 9, tzinfo=UTC))
    assert is_overdue(due, now=datetime(2026, 3, 15, 9, 0, 1, tzinfo=UTC))
    assert not is_overdue(replace(due, state=DisputeState.UPHELD), now=datetime(2026, 4, 1, tzinfo=UTC))


def test_moves_lead_from_open_to_an_end() -> None:
    assert {move.target: move.action for move in MOVES} == {
        DisputeState.UPHELD: "dispute.decide",
        DisputeState.REVISED: "dispute.decide",
        DisputeState.PARTLY_REVISED: "dispute.decide",
        DisputeState.WRONG_AGENT: "dispute.decide",
        DisputeState.WITHDRAWN: "dispute.raise",
    }
    assert {move.action for move in MOVES} <= set(ACTIONS)
    assert require_move(DisputeState.OPEN, DisputeState.UPHELD).name == "uphold"
    with pytest.raises(Refused, match="This dispute is upheld and cannot become open"):
        require_move(DisputeState.UPHELD, DisputeState.OPEN)


def test_the_review_can_follow_every_end_of_a_dispute() -> None:
    assert set(REVIEW_AFTER) == set(DisputeState)
    for state, review_state in REVIEW_AFTER.items():
        if state is not DisputeState.OPEN:
            review_states.require_move(ReviewState.DISPUTED, review_state)
