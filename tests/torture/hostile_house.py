"""A small installation in which every text that people or imports can bring in is one and the same text.

Two houses of different texts differ in nothing else, so whatever one of them writes must be what the other writes with
the text exchanged.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from db.engine import Store
from db.records import (
    AgendaPoint,
    Attachment,
    CoachingId,
    CoachingSession,
    Conversation,
    Evidence,
    Finding,
    FindingId,
    Goal,
    GoalId,
    GoalState,
    GoalStep,
    Metric,
    Person,
    PointId,
    PointKind,
    Purpose,
    Rating,
    ScorecardVersion,
    StepId,
    Ticket,
)
from db.store import calibration as sessions
from db.store import coaching, people, reviews, scorecards, tickets
from qa_app.workflows import calibration, grading
from qa_app.workflows.grading import Filled
from scorecards.answers import Answer
from scorecards.model import Channel, Criterion, Scorecard
from tests.factories import BEST, make_rating
from tests.qa_app.workflows.house import (
    BO,
    COACH,
    CONVERSATIONS,
    CY,
    EVERYBODY,
    FACILITATOR,
    NINA,
    NORTH,
    SOUTH,
    T1,
    T2,
    T3,
    VERSION,
    House,
)

LABEL = 180
"""Characters that are sure to fit the texts of a scorecard, which has limits of its own."""
TODAY = date(2026, 3, 2)
"""Of the house's clock."""


def build_house(store: Store, folder: Path, text: str) -> House:
    """Furnish an empty database, and let everybody write this text wherever they can."""
    house = House(store, folder)
    _furnish(store, text)
    _review(house, text)
    _calibrate(house, text)
    _coach(house, text)
    draft = house.assign(BO, T3)
    grading.save_draft(house.act(BO), draft, fill(text), expected_revision=0)
    return house


def fill(text: str, changes: dict[str, str | float] | None = None) -> Filled:
    """A whole scorecard with the text in every field that takes one."""
    card = VERSION.scorecard
    given = {**BEST, "empathy": "1", "solution": "none", **(changes or {})}
    ratings = [
        replace(make_rating(card.criterion(key), value), comment=text, praise=True) for key, value in given.items()
    ]
    ratings = [replace(one, reason_ids=("policy",)) if one.criterion_id == "solution" else one for one in ratings]
    ratings.append(Rating("note", Answer.write(text), text))
    quotes = tuple(Evidence(rating.criterion_id, text, 1, 0, len(text)) for rating in ratings)
    return Filled(tuple(ratings), quotes, text)


def say_in_scorecard(card: Scorecard, text: str) -> Scorecard:
    """The scorecard with the text in each of its own, as much of it as fits; equal names have a number behind them."""
    text = text[:LABEL]
    sections = tuple(
        section.model_copy(
            update={
                "label": text,
                "guideline": text,
                "criteria": tuple(_say_in_criterion(criterion, text) for criterion in section.criteria),
            }
        )
        for section in card.sections
    )
    return card.model_copy(update={"label": text, "description": text, "sections": sections})


def _say_in_criterion(criterion: Criterion, text: str) -> Criterion:
    anchors: dict[Channel | str, str] = {"any": text}
    options = tuple(
        option.model_copy(update={"label": text if place == 0 else f"{text} {place}", "anchors": anchors})
        for place, option in enumerate(criterion.options)
    )
    reasons = tuple(
        reason.model_copy(update={"label": text if place == 0 else f"{text} {place}"})
        for place, reason in enumerate(criterion.reasons)
    )
    number = criterion.number and criterion.number.model_copy(update={"anchors": anchors})
    return criterion.model_copy(
        update={"label": text, "guideline": text, "options": options, "reasons": reasons, "number": number}
    )


def _furnish(store: Store, text: str) -> None:
    version: ScorecardVersion = replace(VERSION, scorecard=say_in_scorecard(VERSION.scorecard, text))
    with store.write() as tx:
        for place, team in enumerate((NORTH, SOUTH)):
            people.add_team(tx, replace(team, name=text if place == 0 else f"{text} {place}"))
        for person in EVERYBODY:
            people.add_person(tx, _rename(person, text))
        tickets.add_conversations(tx, [_say_in_conversation(each, text) for each in CONVERSATIONS])
        scorecards.add_version(tx, version)


def _rename(person: Person, text: str) -> Person:
    return replace(person, name=text, external_id=None)


def _say_in_conversation(conversation: Conversation, text: str) -> Conversation:
    ticket: Ticket = replace(
        conversation.ticket,
        source=f"desk{conversation.ticket.id}",
        external_id=text,
        subject=text,
        status=text,
        tags=(text,),
        requester_name=text,
        requester_ref=text,
        parent_external_id=text,
        metrics=(Metric("csat", Decimal(4), "points"),),
    )
    messages = tuple(
        replace(message, text=text, author_name=text, author_ref=text, attachments=(Attachment(text),))
        for message in conversation.messages
    )
    return replace(conversation, ticket=ticket, messages=messages)


def _review(house: House, text: str) -> None:
    given = [house.submit(BO, house.assign(BO, ticket), fill(text)) for ticket in (T1, T2)]
    house.release(*given)


def _calibrate(house: House, text: str) -> None:
    new = calibration.NewSession(text, VERSION.id, (T1.id, T2.id), (BO.id, CY.id))
    session = calibration.open_session(house.act(FACILITATOR), new)
    for person in (BO, CY):
        for ticket, key in house.queue_of(person, session.id).items():
            house.submit(person, key, fill(text, {"empathy": "4" if (person, ticket) == (BO, T1.id) else "1"}))
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    finding = Finding(
        FindingId("finding"),
        session.id,
        criterion_id="empathy",
        cause="other",
        decision=text,
        by=FACILITATOR.id,
        at=house.now,
        ticket_id=T1.id,
        action=text,
        owner_id=BO.id,
    )
    with house.store.write() as tx:
        sessions.add_finding(tx, finding)


def _coach(house: House, text: str) -> None:
    with house.store.write() as tx:
        given = reviews.reviews(tx, agent_id=NINA.id, purpose=Purpose.QUALITY)
        held = CoachingSession(
            CoachingId("coaching"),
            agent_id=NINA.id,
            coach_id=COACH.id,
            held_on=TODAY,
            created_at=house.now,
            shared_notes=text,
            private_notes=text,
            outcome=text,
            review_ids=(given[0].id,),
        )
        coaching.add_coaching(tx, held)
        point = AgendaPoint(PointId("point"), held.id, 0, PointKind.OWN, text, COACH.id, house.now)
        coaching.add_points(tx, [point])
        goal = Goal(
            GoalId("goal"),
            agent_id=NINA.id,
            skill="empathy",
            text=text,
            state=GoalState.OPEN,
            created_at=house.now,
            created_by=COACH.id,
            coaching_id=held.id,
            steps=(GoalStep(StepId("step"), text),),
        )
        coaching.add_goal(tx, goal)
