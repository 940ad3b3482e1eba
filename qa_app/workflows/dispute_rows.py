"""Disputes as people may read them: with their review, whose it is, and as much of the second grade as is theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from db.engine import Transaction
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    Dispute,
    DisputeKind,
    DisputeState,
    Person,
    PersonId,
    Purpose,
    Rating,
    Review,
    ReviewId,
    ScorecardVersion,
    ScorecardVersionId,
    Ticket,
    TicketId,
)
from db.store import assignments, people, reviews, scorecards, tickets
from qa_app.domain.access import Reach, allows, reach
from qa_app.domain.disputes import is_overdue, list_asked_again, needs_second_grade
from qa_app.workflows.scope import agent_of, find_blind_tickets, reaches_agent
from scorecards.answers import Answer
from scorecards.scoring import score


@dataclass(frozen=True, slots=True)
class SecondGrade:
    """The blind grade of a second person, as far as the actor may know."""

    state: AssignmentState
    due_at: datetime | None
    grader: Person | None = None
    """None where the actor may not know."""
    ratings: tuple[Rating, ...] = ()
    """Empty until they are submitted, and to whoever may not see them yet."""
    blind: bool | None = None
    """Whether its author could see no other grade, as far as we know; None until it is submitted."""

    @property
    def given_back(self) -> bool:
        """Whether somebody else has to be asked."""
        return self.state in {AssignmentState.SKIPPED, AssignmentState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One criterion side by side: as it was graded, as the agent proposes it, and as it was graded again."""

    criterion_id: str
    first: Answer
    comment: str
    """Of the first grade."""
    contested: bool
    reason: str = ""
    """The agent's."""
    proposed: Answer | None = None
    second: Answer | None = None
    second_comment: str = ""
    upheld: bool | None = None
    decided: Answer | None = None
    """What stands since the decision, where that is another review that the actor may read."""


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """One dispute with what reading and deciding it needs."""

    dispute: Dispute
    review: Review
    ticket: Ticket
    version: ScorecardVersion
    agent: Person | None
    reviewer: Person
    raised_by: Person
    decider: Person | None = None
    second: SecondGrade | None = None
    newest: ReviewId | None = None
    """The review that the decision put in the place of the contested one, where the actor may read it."""
    decided: tuple[Rating, ...] = ()
    """Of that review."""

    @property
    def waits_for_second(self) -> bool:
        """Whether a second grade has to come before the decision, and is not in."""
        needed = needs_second_grade(self.dispute, self.version.scorecard.disputes)
        done = self.second is not None and self.second.state is AssignmentState.DONE
        return self.dispute.state is DisputeState.OPEN and needed and not done

    @property
    def about_work(self) -> bool:
        """Whether it is about whose work it was, and not about grades."""
        return self.dispute.kind is DisputeKind.WRONG_AGENT

    @property
    def asks_whole_form(self) -> bool:
        """Whether a second grader grades more than what is contested."""
        return list_asked_again(self.version.scorecard, self.dispute) is None

    def contests(self, criterion_id: str) -> bool:
        """Whether a grade is contested: all are where the whole review is, none where it is about whose work it was."""
        named = {item.criterion_id for item in self.dispute.items}
        return criterion_id in named if named else not self.about_work

    @property
    def lines(self) -> tuple[ItemLine, ...]:
        """The contested criteria as the agent wrote them, then those that were graded otherwise again."""
        first = {rating.criterion_id: rating for rating in self.review.ratings}
        again = {rating.criterion_id: rating for rating in self.second.ratings} if self.second else {}
        decided = {rating.criterion_id: rating.answer for rating in self.decided}
        contested = {item.criterion_id: item for item in self.dispute.items}
        differing = [key for key, rating in again.items() if key in first and rating.answer != first[key].answer]
        return tuple(
            ItemLine(
                key,
                first[key].answer,
                first[key].comment,
                contested=key in contested,
                reason=contested[key].reason if key in contested else "",
                proposed=contested[key].proposed if key in contested else None,
                second=again[key].answer if key in again else None,
                second_comment=again[key].comment if key in again else "",
                upheld=contested[key].upheld if key in contested else None,
                decided=decided.get(key),
            )
            for key in dict.fromkeys([*contested, *differing])
        )

    @property
    def score_moved(self) -> str:
        """`raised` or `lowered` by the decision; empty where the reported score stayed, is none, or cannot be read."""
        if self.dispute.state not in {DisputeState.REVISED, DisputeState.PARTLY_REVISED} or not self.decided:
            return ""
        before, after = (
            score(self.version.scorecard, {rating.criterion_id: rating.answer for rating in ratings}).reported
            for ratings in (self.review.ratings, self.decided)
        )
        if before is None or after is None or before == after:
            return ""
        return "raised" if after > before else "lowered"

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been decided by now."""
        return is_overdue(self.dispute, now=now)


@dataclass(frozen=True, slots=True)
class _Around:
    """All that belongs to some disputes, read in a fixed number of statements."""

    contested: Mapping[ReviewId, Review]
    asked: Mapping[AssignmentId, Assignment]
    again: Mapping[AssignmentId | None, Review]
    """Second grades by their assignment."""
    later: Mapping[ReviewId, Review]
    """By contested review the one that superseded it."""
    known: Mapping[PersonId, Person]
    tickets: Mapping[TicketId, Ticket]
    versions: Mapping[ScorecardVersionId, ScorecardVersion]


def _gather(tx: Transaction, actor: Person, found: Sequence[Dispute]) -> _Around:
    contested = reviews.reviews_by_id(tx, [dispute.review_id for dispute in found], actor.id)
    asked = assignments.assignments_by_id(tx, [one.assignment_id for one in found if one.assignment_id])
    done = [one.ticket_id for one in asked.values() if one.state is AssignmentState.DONE]
    again = reviews.graded(tx, ticket_ids=done, purpose=Purpose.DISPUTE) if done else ()
    later = _find_corrections(tx, [one for one in found if one.state is not DisputeState.OPEN], contested)
    named = [key for each in (*contested.values(), *later.values()) for key in (each.agent_id, each.reviewer_id)]
    named += [key for each in found for key in (each.decided_by, each.raised_by)]
    return _Around(
        contested,
        asked,
        {review.assignment_id: review for review in again},
        later,
        people.people_by_id(tx, [key for key in (*named, *(one.reviewer_id for one in asked.values())) if key]),
        tickets.tickets_by_id(tx, [review.ticket_id for review in contested.values()]),
        scorecards.versions_by_id(tx, [review.scorecard_version_id for review in contested.values()]),
    )


def describe_disputes(tx: Transaction, actor: Person, within: Reach, found: Sequence[Dispute]) -> list[DisputeRow]:
    """Those of the disputes that the actor may read, with all that belongs to them."""
    hidden = find_blind_tickets(tx, actor.id)
    around = _gather(tx, actor, found)
    rows = []
    for dispute in found:
        review = around.contested.get(dispute.review_id)
        asked = around.asked.get(dispute.assignment_id) if dispute.assignment_id else None
        if review is None or review.ticket_id in hidden:
            continue
        if _may_read(within, actor, dispute, review, asked, around.known):
            rows.append(_describe_one(actor, dispute, review, asked, around))
    return rows


def _describe_one(
    actor: Person, dispute: Dispute, review: Review, asked: Assignment | None, around: _Around
) -> DisputeRow:
    agent, later = agent_of(review, around.known), around.later.get(review.id)
    graded = around.again.get(asked.id) if asked and asked.state is AssignmentState.DONE else None
    stands = later if later and _may_follow(actor, later, around.known) else None
    return DisputeRow(
        dispute,
        review,
        around.tickets[review.ticket_id],
        around.versions[review.scorecard_version_id],
        agent,
        around.known[review.reviewer_id],
        around.known[dispute.raised_by],
        decider=around.known.get(dispute.decided_by) if dispute.decided_by else None,
        second=_show_second(actor, dispute, agent, asked, graded, around.known) if asked else None,
        newest=stands.id if stands else None,
        decided=stands.ratings if stands else (),
    )


def _may_read(
    within: Reach,
    actor: Person,
    dispute: Dispute,
    review: Review,
    asked: Assignment | None,
    known: Mapping[PersonId, Person],
) -> bool:
    """What one's roles reach; of own records one's work, one's grades, what one raised, and finished second grades."""
    if reaches_agent(within, actor, agent_of(review, known)):
        return True
    graded = asked is not None and asked.state is AssignmentState.DONE and asked.reviewer_id == actor.id
    return within.own and (graded or actor.id in {review.reviewer_id, dispute.raised_by})


def _show_second(
    actor: Person,
    dispute: Dispute,
    agent: Person | None,
    asked: Assignment,
    graded: Review | None,
    known: Mapping[PersonId, Person],
) -> SecondGrade:
    """Leads and the second grader see it whole; the others its answers once the dispute has ended, without a name."""
    leads = allows(actor, "dispute.assign", team_id=agent.team_id if agent else None)
    own_work = agent is not None and agent.id == actor.id
    if not own_work and (leads or asked.reviewer_id == actor.id):
        blind = None if graded is None else graded.saw_other_grades is False
        ratings = graded.ratings if graded else ()
        return SecondGrade(asked.state, asked.due_at, known.get(asked.reviewer_id), ratings, blind)
    shown = graded.ratings if graded and dispute.state is not DisputeState.OPEN else ()
    answers = tuple(Rating(rating.criterion_id, rating.answer) for rating in shown)
    return SecondGrade(asked.state, asked.due_at, ratings=answers)


def _find_corrections(
    tx: Transaction, ended: Sequence[Dispute], contested: Mapping[ReviewId, Review]
) -> dict[ReviewId, Review]:
    """By contested review the one that superseded it."""
    keys = [contested[one.review_id].ticket_id for one in ended if one.review_id in contested]
    if not keys:
        return {}
    found = reviews.graded(tx, ticket_ids=keys, purpose=Purpose.QUALITY, superseded=True)
    return {one.supersedes_id: one for one in found if one.supersedes_id is not None}


def _may_follow(actor: Person, later: Review, known: Mapping[PersonId, Person]) -> bool:
    if actor.id in {later.agent_id, later.reviewer_id}:
        return True
    return reaches_agent(reach(actor, "review.read"), actor, agent_of(later, known))
