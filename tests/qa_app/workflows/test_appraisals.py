"""Appraisals and self-reviews: what coach and agent make of the same work, side by side."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from db.records import Appraisal, AppraisalSubject, Person, Rating, ScorecardVersionId
from db.store import audit, scorecards
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused
from qa_app.estimate import Estimate
from qa_app.workflows import agent_results, appraisals, grading, self_awareness, self_review
from scorecards.answers import Answer
from scorecards.model import CriterionType
from tests.factories import fill
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    MANAGER,
    NINA,
    PERIOD_CARD,
    SAM,
    T1,
    T2,
    UTC_ZONE,
    VERSION,
    House,
)

FIRST, LAST = date(2026, 2, 1), date(2026, 3, 31)
CARD = PERIOD_CARD.scorecard


def add_cards(house: House) -> None:
    with house.store.write() as tx:
        scorecards.add_version(tx, PERIOD_CARD)


def filled(level: str) -> list[Rating]:
    """The same level everywhere; the card asks a comment with each answer."""
    return [
        Rating(
            one.id, Answer.write("On 4 March") if one.type is CriterionType.TEXT else Answer.choose(level), "On 4 March"
        )
        for one in CARD.criteria
    ]


def test_period_is_graded_apart_and_then_side_by_side(house: House) -> None:
    add_cards(house)
    coach, nina = house.act(COACH), house.act(NINA)
    before = agent_results.report_agent(nina, NINA.id, start=FIRST, end=LAST, zone=UTC_ZONE)
    made = appraisals.open_appraisal(
        coach, NINA.id, subject=AppraisalSubject.PERIOD, version_id=PERIOD_CARD.id, start=FIRST, end=LAST
    )
    assert appraisals.save_side(nina, made.id, filled("3")[:2], comment="", expected_revision=0) == 1
    with pytest.raises(Conflict):
        appraisals.save_side(nina, made.id, (), comment="", expected_revision=0)
    with pytest.raises(Refused) as refusal:
        appraisals.submit_side(nina, made.id, filled("3")[:2], comment="", expected_revision=1)
    assert refusal.value.code == "review-incomplete"
    appraisals.submit_side(coach, made.id, filled("2"), comment="Fair", expected_revision=0)
    early = appraisals.view_appraisal(nina, made.id)
    assert [side.person_id for side in early.appraisal.sides] == [NINA.id]
    assert (early.waiting_for, early.scores, early.pairs) == (("Nina North",), {}, ())
    assert appraisals.view_appraisal(house.act(MANAGER), made.id).appraisal.sides == ()

    appraisals.submit_side(nina, made.id, filled("3"), comment="", expected_revision=1)
    (view,) = appraisals.list_appraisals(nina, NINA.id)
    assert view.waiting_for == ()
    first = view.pairs[0]
    # Levels 3 and 2 of four: 2/3 less 1/3.
    assert (first.label, first.agent, first.coach, first.coach_comment) == (
        "Empathy", "Mostly", "Sometimes", "On 4 March",
    )  # fmt: skip
    assert first.apart is not None
    assert round(first.apart, 6) == Decimal("33.333333")
    after = agent_results.report_agent(nina, NINA.id, start=FIRST, end=LAST, zone=UTC_ZONE)
    assert replace(after, made_at=before.made_at) == before
    with house.store.read() as tx:
        actions = [entry.action for entry in audit.entries(tx, object_id=made.id)]
    assert actions == ["appraisal.submit", "appraisal.submit", "appraisal.open"]


def test_role_play_is_graded_on_a_card_for_tickets(sqlite_house: House) -> None:
    add_cards(sqlite_house)
    coach = sqlite_house.act(COACH)
    made = appraisals.open_appraisal(
        coach,
        NINA.id,
        subject=AppraisalSubject.ROLE_PLAY,
        version_id=VERSION.id,
        start=FIRST,
        end=LAST,
        about="An angry customer",
    )
    assert (made.start, made.end, made.about) == (FIRST, FIRST, "An angry customer")
    ratings = list(fill({"empathy": "3"}).ratings)
    for person in (COACH, NINA):
        appraisals.submit_side(sqlite_house.act(person), made.id, ratings, comment="", expected_revision=0)
    scores = appraisals.view_appraisal(coach, made.id).scores
    assert scores["agent"] == scores["coach"] == Decimal("83.3")  # (4 + 2 * 0.5) of weight 6


def test_same_period_is_not_opened_twice_while_it_waits(sqlite_house: House) -> None:
    add_cards(sqlite_house)

    def open_it(person: Person, start: date = FIRST) -> Appraisal:
        return appraisals.open_appraisal(
            sqlite_house.act(person),
            NINA.id,
            subject=AppraisalSubject.PERIOD,
            version_id=PERIOD_CARD.id,
            start=start,
            end=LAST,
        )

    made = open_it(COACH)
    appraisals.submit_side(sqlite_house.act(COACH), made.id, filled("2"), comment="", expected_revision=0)
    with pytest.raises(Conflict) as refusal:
        open_it(MANAGER)
    assert refusal.value.message == (
        f"{CARD.label}, 1 Feb 2026 to 31 Mar 2026, is open already and waits for Nina North; fill that one in. "
        f"Its id is {made.id}."
    )
    assert open_it(COACH, start=date(2026, 2, 2)).id != made.id
    appraisals.submit_side(sqlite_house.act(NINA), made.id, filled("3"), comment="", expected_revision=0)
    assert open_it(COACH).id != made.id


def test_texts_of_a_side_have_a_limit(sqlite_house: House) -> None:
    add_cards(sqlite_house)
    coach = sqlite_house.act(COACH)
    made = appraisals.open_appraisal(
        coach, NINA.id, subject=AppraisalSubject.PERIOD, version_id=PERIOD_CARD.id, start=FIRST, end=LAST
    )
    long = "x" * 4001
    for ratings, comment in (
        (filled("2"), long),
        ([replace(filled("2")[0], comment=long)], ""),
        ([replace(filled("2")[0], answer=Answer.write(long))], ""),
    ):
        with pytest.raises(Refused) as refusal:
            appraisals.save_side(coach, made.id, ratings, comment=comment, expected_revision=0)
        assert refusal.value.code == "too-long"


def test_what_does_not_fit_is_refused(sqlite_house: House) -> None:
    add_cards(sqlite_house)

    def make(
        by: Person,
        agent: Person = NINA,
        card: ScorecardVersionId = PERIOD_CARD.id,
        subject: AppraisalSubject = AppraisalSubject.PERIOD,
        end: date = LAST,
    ) -> Appraisal:
        return appraisals.open_appraisal(
            sqlite_house.act(by), agent.id, subject=subject, version_id=card, start=FIRST, end=end
        )

    wrong: tuple[tuple[Callable[[], Appraisal], type[Refused], str], ...] = (
        (lambda: make(COACH, end=date(2026, 1, 1)), Refused, "period"),
        (lambda: make(COACH, card=VERSION.id), Refused, "appraisal-card"),
        (lambda: make(COACH, subject=AppraisalSubject.ROLE_PLAY), Refused, "appraisal-about"),
        (lambda: make(COACH, card=ScorecardVersionId("none")), NotFound, "no-scorecard"),
        (lambda: make(NINA), NotAllowed, "own-appraisal"),
        (lambda: make(BO), NotAllowed, "not-allowed"),
    )
    for act, kind, code in wrong:
        with pytest.raises(kind) as refusal:
            act()
        assert refusal.value.code == code
    made = make(COACH)
    with pytest.raises(NotAllowed):
        appraisals.save_side(sqlite_house.act(MANAGER), made.id, (), comment="", expected_revision=0)
    with pytest.raises(NotFound):
        appraisals.save_side(sqlite_house.act(SAM), made.id, (), comment="", expected_revision=0)


def test_self_view_pairs_the_same_tickets(house: House) -> None:
    """Own levels 5 and 4 against 3 and 3 of five: 50 and 25 points apart."""
    for ticket, own in ((T1, "5"), (T2, "4")):
        review = house.grade(BO, ticket, {"empathy": "3"})
        if ticket is T2:
            house.release(review)
        asked = self_review.ask_self_review(house.act(COACH), review.id)
        grading.submit_review(house.act(NINA), asked, fill({"empathy": own}), submission_key=f"own-{ticket.id}")
        if ticket is T1:
            house.release(review)
    for reader in (NINA, COACH, ADMIN):
        views = self_awareness.compare_self(house.act(reader), NINA.id, days=(FIRST, LAST), zone=UTC_ZONE)
        first = views[0]
        assert (first.label, first.n_reviews, first.n_blind) == ("Empathy", 2, 1)
        assert isinstance(first.difference, Estimate)
        assert (first.difference.value, first.difference.n_units) == (37.5, 2)
        assert [view.difference.value for view in views[1:] if isinstance(view.difference, Estimate)] == [0, 0, 0]
    with pytest.raises(NotAllowed):
        self_awareness.compare_self(house.act(SAM), NINA.id, days=(FIRST, LAST), zone=UTC_ZONE)
