"""How agents grade their own tickets beside the reviewers of the same tickets, skill by skill."""

from zoneinfo import ZoneInfo

from db.records import PersonId, Purpose
from db.store import reviews
from qa_app.coaching import SelfView
from qa_app.stats.follow_up import paired
from qa_app.stats.mean import mean
from qa_app.workflows.coaching import find_coached
from qa_app.workflows.context import Context
from qa_app.workflows.follow_up import COUNTED, Days, weigh_skills
from qa_app.workflows.period import Period
from qa_app.workflows.reviews import READABLE
from qa_app.workflows.scope import find_blind_tickets
from qa_app.workflows.wording import name_skill


def compare_self(context: Context, agent_id: PersonId, *, days: Days, zone: ZoneInfo) -> tuple[SelfView, ...]:
    """Own grades less the reviewer's, over tickets whose review was released and that the agent reviewed too.

    Both on the same version of the scorecard, paired ticket by ticket; `days` are those of the reviewer's submission,
    both included. The skill in which the two lie furthest apart comes first.

    Raises:
        NotFound: no such agent. NotAllowed: the agent is out of the actor's reach.
    """
    since, before = Period(*days, zone).bounds
    with context.store.read() as tx:
        find_coached(tx, context, agent_id, "coaching.read")
        hidden = find_blind_tickets(tx, context.actor.id)
        graded = reviews.reviews(
            tx,
            agent_id=agent_id,
            purpose=Purpose.QUALITY,
            states=COUNTED,
            submitted_from=since,
            submitted_before=before,
        )
        own = reviews.reviews(tx, reviewer_id=agent_id, purpose=Purpose.SELF, states=READABLE)
        by_ticket = {(one.ticket_id, one.scorecard_version_id): one for one in own}
        pairs = [
            (by_ticket[key], review)
            for review in graded
            if review.ticket_id not in hidden and (key := (review.ticket_id, review.scorecard_version_id)) in by_ticket
        ]
        both = {one.id: one.scorecard_version_id for pair in pairs for one in pair}
        percents = weigh_skills(tx, both)
    found: dict[str, list[tuple[float, float, bool]]] = {}
    for mine, theirs in pairs:
        reviewer = percents.get(theirs.id, {})
        for skill, percent in percents.get(mine.id, {}).items():
            if skill in reviewer:
                found.setdefault(skill, []).append((percent, reviewer[skill], mine.saw_other_grades is False))
    return tuple(
        _view(skill, found[skill]) for skill in sorted(found, key=lambda skill: (-_apart(found[skill]), skill))
    )


def _apart(values: list[tuple[float, float, bool]]) -> float:
    return abs(sum(own - theirs for own, theirs, _ in values)) / len(values)


def _view(skill: str, values: list[tuple[float, float, bool]]) -> SelfView:
    own, theirs = [one for one, _, _ in values], [other for _, other, _ in values]
    return SelfView(
        skill=skill,
        label=name_skill(skill),
        own=mean(own, bounds=(0.0, 100.0)),
        reviewer=mean(theirs, bounds=(0.0, 100.0)),
        difference=paired(own, theirs),
        n_blind=sum(blind for _, _, blind in values),
        n_reviews=len(values),
    )
