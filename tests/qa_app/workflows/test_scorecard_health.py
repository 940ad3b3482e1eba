"""The health of a scorecard: what is counted, who may know it, and in which words it stands."""

from datetime import date

import pytest

from db.records import Selection
from qa_app.errors import NotAllowed, Refused
from qa_app.estimate import Estimate, Measured
from qa_app.stats.health import Disorder, Verdict
from qa_app.stats.proportion import proportion
from qa_app.workflows import calibration
from qa_app.workflows.health_report import CriterionHealth, Health, OptionUse, remark_on
from qa_app.workflows.scorecard_health import check_health
from tests.qa_app.workflows.house import (
    BO,
    COACH,
    CY,
    DI,
    FACILITATOR,
    LEAD,
    MANAGER,
    T1,
    T2,
    T3,
    T4,
    UTC_ZONE,
    VERSION,
    House,
)

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


def fill_house(house: House) -> None:
    """Everyday reviews of T1 at random, of T2 by hand and of T4; T3 calibrated, with a difference in greeting."""
    house.grade(BO, T1)
    house.grade(CY, T2, {"greeting": "no"}, selection=Selection.BY_HAND)
    house.grade(DI, T4)
    session = house.open_session(T3.id)
    house.grade_session(session, {"Bo": ({},), "Cy": ({"greeting": "no", "solution": "n/a"},)}, BO, CY)
    calibration.reveal_session(house.act(FACILITATOR), session.id)


def check(house: House, person: object = MANAGER, first: date = FIRST, last: date = LAST) -> Health:
    return check_health(house.act(person), VERSION.id, start=first, end=last, zone=UTC_ZONE)  # type: ignore[arg-type]


def counts(measured: Measured) -> tuple[float, int]:
    """How many of how many."""
    return (round(measured.value * measured.n_units), measured.n_units) if isinstance(measured, Estimate) else (0, 0)


def test_everyday_reviews_and_sessions_are_counted_by_ticket(sqlite_house: House) -> None:
    fill_house(sqlite_house)
    health = check(sqlite_house)
    assert (health.n_reviews, health.n_grades, health.sessions, health.n_tickets) == (3, 2, ("Week 10",), 4)
    found = {one.criterion_id: one for one in health.criteria}
    assert list(found) == ["greeting", "empathy", "solution", "identity", "wait"]
    greeting = found["greeting"]
    assert (greeting.n_answers, greeting.n_tickets) == (5, 4)
    assert [(one.label, one.n_answers, one.n_tickets) for one in greeting.options] == [("No", 2, 2), ("Yes", 3, 3)]
    # Of the tickets at random (T1 and T4; T2 and T3 were picked by hand) both have yes alone.
    assert counts(greeting.top) == (2, 2)
    assert (counts(greeting.same), counts(greeting.far)) == ((0, 1), (1, 1))
    solution = found["solution"]
    assert (solution.n_answers, solution.n_not_applicable, solution.n_seen) == (4, 1, 4)
    assert [one.label for one in solution.options] == ["Not solved", "Partly solved", "Solved"]
    assert counts(found["wait"].top) == (2, 2)
    assert [found[key].rare for key in found] == [False, True, False, True, False]


def test_small_counts_say_so_and_name_nothing(sqlite_house: House) -> None:
    fill_house(sqlite_house)
    health = check(sqlite_house)
    assert {remark.verdict for remark in health.remarks} == {Verdict.UNSURE}
    (first, *_) = (remark for remark in health.remarks if remark.label == "Solution")
    # Wilson's upper limit of 0 in 4: 3.8415 / (4 + 3.8415).
    assert (first.problem, first.numbers) == (
        "“Not solved” was not chosen so far.",
        "0 of 4 answers on 4 tickets: chosen on 49.0 % of tickets at most. It takes 73 tickets to tell.",
    )
    assert "it takes 6 tickets of sessions with grades of two reviewers, and here are 1." in health.note


def test_only_what_the_actor_may_know_is_counted(sqlite_house: House) -> None:
    fill_house(sqlite_house)
    assert check(sqlite_house, LEAD).n_reviews == 2, "T4 is the south's"
    sqlite_house.open_session(T4.id, graders=(FACILITATOR, BO))
    assert (check(sqlite_house, FACILITATOR).n_reviews, check(sqlite_house).n_reviews) == (2, 3)
    for person in (BO, COACH):
        with pytest.raises(NotAllowed):
            check(sqlite_house, person)
    assert check(sqlite_house, last=FIRST).n_tickets == 0
    with pytest.raises(Refused):
        check(sqlite_house, first=LAST, last=FIRST)


SOUND = CriterionHealth(
    criterion_id="tone", label="Tone", rare=False, n_answers=120, n_not_applicable=0, n_tickets=100, n_seen=100,
    top=proportion(40, 100), top_label="“High”", same=proportion(8, 20), far=proportion(4, 20),
    options=(OptionUse("Low", 0, 0, proportion(0, 100), None), OptionUse("High", 120, 100, proportion(100, 100), None)),
    disorder=(),
)  # fmt: skip


def test_words_of_what_stands_out() -> None:
    drop = Estimate(0.9, 0.4, 1.4, 300, 0, "by hand")
    bad = CriterionHealth(
        criterion_id="tone", label="Tone", rare=False, n_answers=120, n_not_applicable=4, n_tickets=100, n_seen=104,
        top=proportion(99, 100), top_label="“High”", same=proportion(0, 20), far=proportion(18, 20),
        options=SOUND.options, disorder=(("Middle", Disorder(1.0, drop, 12, Verdict.STANDS_OUT)),),
    )  # fmt: skip
    apart = (
        "More than half of guessing apart on 90.0 % (69.9 to 97.2) of 20 calibrated tickets; all gave the same answer "
        "on 0.0 % (0.0 to 16.1)."
    )
    order = (
        "Its upper threshold lies 0.90 logits below its lower one (0.40 to 1.40); the rarest of the three answers was "
        "chosen 12 times."
    )
    assert [(remark.problem, remark.numbers) for remark in remark_on(bad)] == [
        ("Nobody chooses “Low”.", "0 of 120 answers on 100 tickets: chosen on 3.7 % of tickets at most."),
        (
            "Nearly every ticket gets the top answer, “High”.",
            "99.0 % (94.6 to 99.8) of 100 tickets drawn at random have nothing else.",
        ),
        ("Reviewers never agreed, on any of 20 tickets.", apart),
        ("“Middle” is out of order: it is nowhere the most likely answer.", order),
    ]
    assert {remark.verdict for remark in remark_on(bad)} == {Verdict.STANDS_OUT}


def test_rare_errors_may_be_rare_and_what_never_applies_is_said() -> None:
    critical = CriterionHealth(
        criterion_id="card", label="Card data", rare=True, n_answers=120, n_not_applicable=0, n_tickets=100, n_seen=100,
        top=proportion(100, 100), top_label="“Yes”", same=proportion(20, 20), far=proportion(0, 20),
        options=SOUND.options, disorder=(),
    )  # fmt: skip
    assert list(remark_on(critical)) == []
    nothing = proportion(0, 0)
    never = CriterionHealth(
        criterion_id="card", label="Card data", rare=True, n_answers=0, n_not_applicable=90, n_tickets=0, n_seen=80,
        top=nothing, top_label="“Yes”", same=nothing, far=nothing, options=(), disorder=(),
    )  # fmt: skip
    (remark,) = remark_on(never)
    assert (remark.problem, remark.numbers) == (
        "It never applies.", "“Not applicable” in all of 90 answers on 80 tickets.",
    )  # fmt: skip
