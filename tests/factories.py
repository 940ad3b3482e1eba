"""Dull records with valid defaults, so that a test names only what it is about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

from db.records import (
    Conversation,
    Message,
    MessageRole,
    Person,
    PersonId,
    Rating,
    Role,
    ScorecardVersion,
    ScorecardVersionId,
    Team,
    TeamId,
    Ticket,
    TicketId,
    VersionState,
)
from qa_app.workflows.grading import Filled
from scorecards.answers import NOT_APPLICABLE, Answer
from scorecards.document import load
from scorecards.identity import content_hash, structure_hash
from scorecards.model import Channel, Criterion, CriterionType, Scorecard

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday."""

CARD = """
id: care
label: Care
pass_mark: 70
sections:
  - id: contact
    label: Contact
    criteria:
      - {id: greeting, label: Greeting, type: yes_no, skill: attitude, skill_type: soft}
      - {id: empathy, label: Empathy, type: scale, levels: 5, weight: 2, skill: empathy, skill_type: soft,
         comment: worst, critical: customer}
  - id: answer
    label: Answer
    criteria:
      - id: solution
        label: Solution
        type: choice
        allow_na: true
        skill: problem_solving
        skill_type: hard
        reasons: [{id: policy, label: Policy not known}, {id: tool, label: Tool was down}]
        ask_reasons: worst
        options:
          - {id: full, label: Solved, points: 2}
          - {id: partly, label: Partly solved, points: 1}
          - {id: none, label: Not solved, points: 0}
      - {id: identity, label: Identity checked, type: yes_no, skill: procedure, skill_type: hard,
         critical: compliance,
         options: [{id: "yes", label: "Yes", points: 1}, {id: "no", label: "No", points: 0, auto_fail: form}]}
      - {id: wait, label: Minutes of silence, type: number, skill_type: hard, weight: 1,
         number: {low: 0, high: 10, step: 0.5, unit: min, better: low}}
      - {id: note, label: Note, type: text, allow_na: true}
"""
"""Weights 1, 2, 1, 1, 1: six in all. Every kind of criterion, and everything that can block a submit."""

BEST: Mapping[str, str | float] = {"greeting": "yes", "empathy": "5", "solution": "full", "identity": "yes", "wait": 0}
"""100 percent."""


def make_person(name: str, *roles: Role, team: Team | None = None, scope: frozenset[TeamId] = frozenset()) -> Person:
    """Somebody whose id is the name in small letters."""
    key = name.lower().replace(" ", "-")
    return Person(
        PersonId(key),
        name,
        email=f"{key}@example.org",
        team_id=team.id if team else None,
        roles=frozenset(roles),
        team_scope=scope,
    )


def make_team(name: str) -> Team:
    """A team whose id is its name in small letters."""
    return Team(TeamId(name.lower()), name)


def make_conversation(
    number: int, *, agent: Person | None = None, channel: Channel = Channel.CHAT, created_at: datetime | None = None
) -> Conversation:
    """Ticket t1, t2, … of this agent, an hour apart, with two messages."""
    ticket = Ticket(
        TicketId(f"t{number}"),
        source="desk",
        external_id=str(100 + number),
        channel=channel,
        created_at=created_at or NOON - timedelta(days=2) + timedelta(hours=number),
        content_hash=f"{number:064d}",
        subject=f"Parcel {number}",
        language="en",
        agent_id=agent.id if agent else None,
        team_id=agent.team_id if agent else None,
    )
    messages = (
        Message(1, MessageRole.CUSTOMER, "Where is my parcel?", sent_at=ticket.created_at),
        Message(2, MessageRole.AGENT, "On its way, I am sorry.", sent_at=ticket.created_at + timedelta(minutes=4)),
    )
    return Conversation(ticket, messages)


@cache
def make_scorecard(text: str = CARD) -> Scorecard:
    """The scorecard of a document without problems."""
    loaded = load(text, file="card.yaml")
    assert loaded.scorecard is not None, loaded.problems
    return loaded.scorecard


def make_version(scorecard: Scorecard | None = None, *, by: PersonId, number: int = 1) -> ScorecardVersion:
    """A published version."""
    card = scorecard or make_scorecard()
    return ScorecardVersion(
        ScorecardVersionId(f"{card.id}-{number}"),
        scorecard_id=card.id,
        number=number,
        state=VersionState.PUBLISHED,
        scorecard=card,
        content_hash=content_hash(card),
        structure_hash=structure_hash(card),
        created_at=NOON,
        created_by=by,
        published_at=NOON,
    )


def make_rating(
    criterion: Criterion, given: str | float, *, comment: str = "", reasons: tuple[str, ...] = ()
) -> Rating:
    """An option by its id, a number, a text, or `n/a`."""
    if given == "n/a":
        answer = NOT_APPLICABLE
    elif criterion.type is CriterionType.NUMBER:
        answer = Answer.measure(Decimal(str(given)))
    elif criterion.type is CriterionType.TEXT:
        answer = Answer.write(str(given))
    else:
        answer = Answer.choose(str(given))
    return Rating(criterion.id, answer)


def fill(
    changes: Mapping[str, str | float] | None = None, *, comment: str = "", card: Scorecard | None = None
) -> Filled:
    """The best answers but for these; the worst empathy and solution bring the comment and reason they need."""
    scorecard = make_scorecard()
    ratings = []
    for key, given in {**BEST, **(changes or {})}.items():
        rating = make_rating(scorecard.criterion(key), given)
        if (key, given) == ("empathy", "1"):
            rating = replace(rating, comment="Not a word about the wait.")
        if (key, given) == ("solution", "none"):
            rating = replace(rating, reason_ids=("policy",))
        ratings.append(rating)
    return Filled(tuple(ratings), comment=comment)
