"""The agenda of a coaching session: what the data suggest, what coach and agent add, the session as each may see it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.engine import Transaction
from db.records import (
    AgendaPoint,
    CoachingId,
    CoachingSession,
    CoachingState,
    DisputeState,
    PersonId,
    PointId,
    PointKind,
    Purpose,
    Review,
    ReviewId,
    ReviewState,
    ScorecardVersion,
    ScorecardVersionId,
    TicketId,
)
from db.store import coaching, disputes, people, reviews, scorecards, tickets
from qa_app.coaching import CoachingView, Place, PointLine, Proposal
from qa_app.domain.access import allows
from qa_app.domain.coaching import advise
from qa_app.domain.coaching_sessions import WINDOW_DAYS, find_place, leave_out, propose
from qa_app.domain.coaching_terms import fit_words
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused
from qa_app.reports import ReviewLine, SkillLine
from qa_app.stats.mean import mean
from qa_app.stats.reasons import undefined
from qa_app.workflows.coaching import find_coached, find_session, record
from qa_app.workflows.context import Context
from qa_app.workflows.follow_up import COUNTED, Days, load_values
from qa_app.workflows.scope import find_blind_tickets
from qa_app.workflows.wording import describe_review, name_skill

_SAID = frozenset({PointKind.OWN, PointKind.GOAL})
"""Kinds that are somebody's words, and no figures."""
_UNREAD_FOR = timedelta(days=3)
"""A review released more recently may still be waiting for the agent's next shift."""


def propose_agenda(
    context: Context, agent_id: PersonId, *, zone: ZoneInfo, coaching_id: CoachingId | None = None
) -> tuple[Proposal, ...]:
    """What the last eight weeks suggest to talk about; with a session, what is not on its agenda yet.

    Rests on released reviews only, because the agent reads the agenda too.

    Raises:
        NotFound: no such agent or session. NotAllowed: the agent is out of the actor's reach.
    """
    now = context.now()
    today = now.astimezone(zone).date()
    first = today - timedelta(days=WINDOW_DAYS - 1)
    with context.store.read() as tx:
        find_coached(tx, context, agent_id, "coaching.write")
        found = _released(tx, context, agent_id, since=datetime.combine(first, time(), zone))
        versions = scorecards.versions_by_id(tx, {review.scorecard_version_id for review in found})
        lines = _describe(tx, found, versions)
        goals = coaching.goals(tx, agent_id)
        contested = disputes.disputes(tx, agent_id=agent_id, state=DisputeState.OPEN)
        skills = _measure_skills(tx, context, agent_id, versions.values(), (first, today), zone)
        known = coaching.points(tx, [coaching_id]).get(coaching_id, ()) if coaching_id else ()
    by_review = {line.review.id: line for line in lines}
    unread = [review for review in found if _is_unread(review, now)]
    newest = versions[found[0].scorecard_version_id] if found else None
    guidance = advise(skills, pass_mark=newest.scorecard.pass_mark if newest else None)
    proposals = propose(
        guidance,
        lines,
        goals,
        # Not those of tickets that the actor grades blind, as the second grader of a dispute does.
        [(dispute, by_review[dispute.review_id]) for dispute in contested if dispute.review_id in by_review],
        n_unread=len(unread),
        today=today,
    )
    return leave_out(proposals, known)


def view_coaching(context: Context, coaching_id: CoachingId) -> CoachingView:
    """A coaching session with its agenda; private notes and points only for those who may read them.

    Whoever still grades a ticket of this agent blind sees no point that others drew from the data: its figures may
    rest on grades of that ticket.

    Raises:
        NotFound: no such session, or none that the actor may see.
    """
    with context.store.read() as tx:
        session = find_session(tx, context, coaching_id, "coaching.read")
        found = coaching.points(tx, [coaching_id]).get(coaching_id, ())
        keys = {session.agent_id, session.coach_id, *(point.added_by for point in found)}
        named = people.people_by_id(tx, keys)
        agent = named[session.agent_id]
        private = allows(context.actor, "coaching.read_private", team_id=agent.team_id)
        hidden = find_blind_tickets(tx, context.actor.id)
        blind = _is_blind(tx, hidden, session.agent_id)
        shown = [
            point
            for point in found
            if (private or point.shared) and (not blind or point.kind in _SAID or point.added_by == context.actor.id)
        ]
        places = _find_places(tx, hidden, session.agent_id, shown)
    return CoachingView(
        session=session if private else replace(session, private_notes=""),
        agent=agent,
        coach=named[session.coach_id].name,
        points=tuple(PointLine(point, named[point.added_by].name, places.get(point.id)) for point in shown),
    )


def add_proposals(context: Context, coaching_id: CoachingId, proposals: Sequence[Proposal]) -> None:
    """Put proposals on the agenda of a planned session, behind what is there.

    Raises:
        NotFound: no such session within reach. Refused: the session is over.
    """
    with context.store.write() as tx:
        session = _find_planned(tx, context, coaching_id, "coaching.write")
        first = coaching.next_position(tx, coaching_id)
        points = [
            replace(
                _make(context, coaching_id, one.text, position=first + place, kind=one.kind),
                skill=one.skill,
                review_id=one.place.review_id if one.place else None,
                criterion_id=one.place.criterion_id if one.place else None,
                goal_id=one.goal_id,
            )
            for place, one in enumerate(proposals)
        ]
        _require_theirs(tx, session, points)
        coaching.add_points(tx, points)
        record(tx, context, "coaching.agenda", session, {"added": len(points)})


def add_point(context: Context, coaching_id: CoachingId, text: str, *, shared: bool = True) -> AgendaPoint:
    """Put one's own words on the agenda of a planned session; the agent does, or the coach.

    Raises:
        Refused: no words or too many, or the session is over. NotAllowed: an agent's point is always shared.
        NotFound: no such session within reach.
    """
    said = fit_words(text, "A point")
    if not said:
        raise Refused("point-text", "Say what to talk about; a few words are enough.")
    with context.store.write() as tx:
        session = _find_planned(tx, context, coaching_id, "coaching.take_part")
        if not shared and session.agent_id == context.actor.id:
            raise NotAllowed("point-shared", "What you put on the agenda is for both to read.")
        position = coaching.next_position(tx, coaching_id)
        point = replace(_make(context, coaching_id, said, position=position, kind=PointKind.OWN), shared=shared)
        coaching.add_points(tx, [point])
        record(tx, context, "coaching.point", session, {"point": point.id, "shared": shared})
    return point


def remove_point(context: Context, coaching_id: CoachingId, point_id: PointId) -> None:
    """Take a point off the agenda of a planned session: the coach any, the agent an own one.

    Raises:
        NotAllowed: it is the coach's point. NotFound: no such session within reach. Conflict: it is gone already.
    """
    with context.store.write() as tx:
        session = _find_planned(tx, context, coaching_id, "coaching.take_part")
        point = _find_point(tx, context, session, point_id)
        if session.agent_id == context.actor.id and point.added_by != context.actor.id:
            raise NotAllowed("point-not-yours", "Your coach put this on the agenda; talk about it, or add a point.")
        coaching.remove_point(tx, point_id)
        record(tx, context, "coaching.point_removed", session, {"point": point_id})


def move_point(context: Context, coaching_id: CoachingId, point_id: PointId, *, to: int) -> None:
    """Put a point on another place of the agenda, 0 being the first; the coach orders it.

    Raises:
        NotFound: no such session within reach. Conflict: the point is gone.
    """
    with context.store.write() as tx:
        session = _find_planned(tx, context, coaching_id, "coaching.write")
        point = _find_point(tx, context, session, point_id)
        others = [one for one in coaching.points(tx, [coaching_id])[coaching_id] if one.id != point_id]
        place = max(0, min(to, len(others)))
        ordered = [*others[:place], point, *others[place:]]
        for position, one in enumerate(ordered):
            if one.position != position:
                coaching.save_point(tx, replace(one, position=position))
        record(tx, context, "coaching.order", session, {"point": point_id, "to": place})


def tick_point(context: Context, coaching_id: CoachingId, point_id: PointId, *, done: bool) -> None:
    """Tick a point as talked about, or take the tick back.

    Raises:
        Refused: the session is over. NotFound: no such session within reach. Conflict: the point is gone.
    """
    with context.store.write() as tx:
        session = find_session(tx, context, coaching_id, "coaching.write")
        if session.state not in {CoachingState.PLANNED, CoachingState.HELD}:
            raise Refused("coaching-over", "This session is over and its agenda stays as it is.")
        point = _find_point(tx, context, session, point_id)
        coaching.save_point(tx, replace(point, done=done))
        record(tx, context, "coaching.point_done", session, {"point": point_id, "done": done})


def _is_blind(tx: Transaction, hidden: Collection[TicketId], agent_id: PersonId) -> bool:
    known = tickets.tickets_by_id(tx, hidden).values() if hidden else ()
    return any(agent_id in {ticket.agent_id, *ticket.other_agent_ids} for ticket in known)


def _released(tx: Transaction, context: Context, agent_id: PersonId, *, since: datetime) -> tuple[Review, ...]:
    """Newest first."""
    hidden = find_blind_tickets(tx, context.actor.id)
    found = reviews.reviews(tx, agent_id=agent_id, purpose=Purpose.QUALITY, states=COUNTED, submitted_from=since)
    return tuple(review for review in reversed(found) if review.ticket_id not in hidden)


def _describe(
    tx: Transaction, found: Sequence[Review], versions: Mapping[ScorecardVersionId, ScorecardVersion]
) -> tuple[ReviewLine, ...]:
    conversations = tickets.conversations(tx, [(review.ticket_id, review.ticket_version) for review in found])
    named = people.people_by_id(tx, {review.reviewer_id for review in found})
    return tuple(
        describe_review(
            review,
            conversations[review.ticket_id, review.ticket_version],
            versions[review.scorecard_version_id],
            reviewer=named[review.reviewer_id].name,
        )
        for review in found
    )


def _measure_skills(
    tx: Transaction,
    context: Context,
    agent_id: PersonId,
    versions: Iterable[ScorecardVersion],
    days: Days,
    zone: ZoneInfo,
) -> tuple[SkillLine, ...]:
    kinds = {
        criterion.skill: criterion.skill_type
        for version in versions
        for criterion in version.scorecard.criteria
        if criterion.skill
    }
    values = load_values(tx, context, [agent_id], kinds, days, zone)
    nothing = undefined("no-values", n_units=0, n_raters=0, n_values=0)
    lines = []
    for skill, kind in kinds.items():
        found = values.get((agent_id, skill), ())
        measured = mean(
            [value.percent for value in found], probabilities=[value.share for value in found], bounds=(0.0, 100.0)
        )
        lines.append(SkillLine(skill, name_skill(skill), kind, measured, nothing, nothing, (), len(found)))
    return tuple(lines)


def _find_places(
    tx: Transaction, hidden: Collection[TicketId], agent_id: PersonId, points: Sequence[AgendaPoint]
) -> dict[PointId, Place]:
    """Where points show, as far as the reader may see the reviews; the agent sees released ones only anyway."""
    wanted = [point.review_id for point in points if point.review_id]
    found = [
        review
        for review in reviews.reviews_by_id(tx, wanted).values()
        if review.agent_id == agent_id and review.ticket_id not in hidden
    ]
    versions = scorecards.versions_by_id(tx, {review.scorecard_version_id for review in found})
    lines = {line.review.id: line for line in _describe(tx, found, versions)} if found else {}
    return {
        point.id: _place(lines[point.review_id], point)
        for point in points
        if point.review_id is not None and point.review_id in lines
    }


def _place(line: ReviewLine, point: AgendaPoint) -> Place:
    rating = next((one for one in line.ratings if one.criterion_id == point.criterion_id), None)
    if rating is None:
        return Place(line.review.id, None, line.ticket.external_id, "Contested review", None)
    return find_place(line, rating)


def _require_theirs(tx: Transaction, session: CoachingSession, points: Sequence[AgendaPoint]) -> None:
    wanted: set[ReviewId] = {point.review_id for point in points if point.review_id}
    found = reviews.reviews_by_id(tx, wanted)
    theirs = {
        key
        for key, review in found.items()
        if review.agent_id == session.agent_id and review.purpose is Purpose.QUALITY and review.released_at is not None
    }
    if not theirs.issuperset(wanted):
        raise NotFound("no-review", "One of these reviews was not released to this agent; choose again.")


def _is_unread(review: Review, now: datetime) -> bool:
    released = review.released_at
    return review.state is ReviewState.RELEASED and released is not None and now - released > _UNREAD_FOR


def _make(context: Context, coaching_id: CoachingId, text: str, *, position: int, kind: PointKind) -> AgendaPoint:
    return AgendaPoint(
        id=PointId(context.new_id()),
        coaching_id=coaching_id,
        position=position,
        kind=kind,
        text=text,
        added_by=context.actor.id,
        added_at=context.now(),
    )


def _find_planned(tx: Transaction, context: Context, coaching_id: CoachingId, action: str) -> CoachingSession:
    session = find_session(tx, context, coaching_id, action)
    if session.state is not CoachingState.PLANNED:
        raise Refused(
            "coaching-not-planned", "The agenda is written before the session; write a note, or plan another one."
        )
    return session


def _find_point(tx: Transaction, context: Context, session: CoachingSession, point_id: PointId) -> AgendaPoint:
    found = coaching.points(tx, [session.id]).get(session.id, ())
    point = next((one for one in found if one.id == point_id), None)
    if point is None or not (point.shared or session.agent_id != context.actor.id):
        raise Conflict("point-gone", "This point is not on the agenda any more; reload to see it.")
    return point
