"""Appraisals: an agent over a period, or a role-play, graded by coach and agent apart and then laid side by side.

They are no reviews of tickets and stand in tables of their own, so that no score of an agent can hold them. Neither
sees the other's answers before both have submitted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from db.engine import Transaction
from db.problems import StaleRevision
from db.records import (
    Appraisal,
    AppraisalId,
    AppraisalSide,
    AppraisalSubject,
    AuditEntry,
    Person,
    PersonId,
    Rating,
    ScorecardVersion,
    ScorecardVersionId,
    VersionState,
)
from db.store import appraisals, audit, people, scorecards
from qa_app.coaching import AppraisalView, CriterionPair
from qa_app.domain.access import allows, require
from qa_app.domain.coaching_terms import fit_words
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused
from qa_app.words import write_answer, write_day
from qa_app.workflows.coaching import find_coached
from qa_app.workflows.context import Context
from qa_app.workflows.period import require_period
from qa_app.workflows.plain_grading import read_ratings
from qa_app.workflows.scoring import check_complete, score_ratings
from scorecards.model import Criterion, Scorecard, Subject

_CARD: Mapping[AppraisalSubject, Subject] = {
    AppraisalSubject.PERIOD: "agent_period",
    AppraisalSubject.ROLE_PLAY: "ticket",
}


def open_appraisal(
    context: Context,
    agent_id: PersonId,
    *,
    subject: AppraisalSubject,
    version_id: ScorecardVersionId,
    start: date,
    end: date,
    about: str = "",
    due_on: date | None = None,
) -> Appraisal:
    """Ask for both sides: the actor's as the coach, and the agent's.

    Raises:
        NotFound: no such agent or published scorecard. NotAllowed: out of reach, or about oneself.
        Refused: the scorecard is for something else, the days are no period, or a role-play has no words.
        Conflict: the same is open already.
    """
    require_period(start, end)
    played = fit_words(about, "What is played")
    if subject is AppraisalSubject.ROLE_PLAY and not played:
        raise Refused("appraisal-about", "Say in a sentence what is played; both read it on the scorecard.")
    if agent_id == context.actor.id:
        raise NotAllowed("own-appraisal", "An appraisal takes two; ask your coach to open it.")
    with context.store.write() as tx:
        find_coached(tx, context, agent_id, "coaching.write")
        card = _require_card(tx, version_id, subject)
        now = context.now()
        appraisal = Appraisal(
            id=AppraisalId(context.new_id()),
            agent_id=agent_id,
            coach_id=context.actor.id,
            subject=subject,
            scorecard_version_id=version_id,
            start=start,
            end=start if subject is AppraisalSubject.ROLE_PLAY else end,
            created_at=now,
            about=played,
            due_on=due_on,
            sides=(AppraisalSide(agent_id, 0, now), AppraisalSide(context.actor.id, 0, now)),
        )
        _require_new(tx, appraisal, card)
        appraisals.add_appraisal(tx, appraisal)
        _record(tx, context, "appraisal.open", appraisal, {"agent": agent_id, "subject": subject})
    return appraisal


def save_side(
    context: Context, appraisal_id: AppraisalId, ratings: Sequence[Rating], *, comment: str, expected_revision: int
) -> int:
    """Keep the actor's own draft; returns its new revision.

    Raises:
        NotFound: no such appraisal with the actor. Refused: a text is too long.
        Conflict: another tab was faster, or it was submitted.
    """
    return _write_side(context, appraisal_id, ratings, comment, expected_revision, submit=False)


def submit_side(
    context: Context, appraisal_id: AppraisalId, ratings: Sequence[Rating], *, comment: str, expected_revision: int
) -> int:
    """Submit the actor's own side, for good; once both are in, each reads the other's.

    Raises:
        Refused: an answer is missing, or a text too long. NotFound, Conflict: as `save_side`.
    """
    return _write_side(context, appraisal_id, ratings, comment, expected_revision, submit=True)


def submit_plain(context: Context, appraisal_id: AppraisalId, line: Mapping[str, object]) -> None:
    """Submit the actor's own side that came as plain JSON: `answers`, `comments`, `reasons` and a `comment`.

    Raises:
        Refused: something in it does not fit. NotFound, NotAllowed, Conflict: as `save_side`.
    """
    view = view_appraisal(context, appraisal_id)
    revision = view.own.revision if view.own else 0
    ratings = read_ratings(view.version.scorecard, line)
    submit_side(context, appraisal_id, ratings, comment=str(line.get("comment", "")), expected_revision=revision)


def list_appraisals(context: Context, agent_id: PersonId) -> tuple[AppraisalView, ...]:
    """An agent's appraisals, newest first, each as far as the actor may see it.

    Raises:
        NotFound: no such agent. NotAllowed: the agent is out of the actor's reach.
    """
    with context.store.read() as tx:
        find_coached(tx, context, agent_id, "coaching.read")
        return _describe(tx, context, appraisals.appraisals(tx, [agent_id]))


def view_appraisal(context: Context, appraisal_id: AppraisalId) -> AppraisalView:
    """One appraisal; raises NotFound where there is none that the actor may see."""
    with context.store.read() as tx:
        return _describe(tx, context, [_find(tx, context, appraisal_id)])[0]


def _write_side(
    context: Context,
    appraisal_id: AppraisalId,
    ratings: Sequence[Rating],
    comment: str,
    expected_revision: int,
    *,
    submit: bool,
) -> int:
    said = fit_words(comment, "A comment")
    for rating in ratings:
        fit_words(rating.comment, "A comment")
        fit_words(rating.answer.text or "", "An answer")
    with context.store.write() as tx:
        appraisal = _find(tx, context, appraisal_id)
        agent = people.person(tx, appraisal.agent_id)
        team_id = agent.team_id if agent else None
        require(context.actor, "coaching.take_part", team_id=team_id, owner_id=appraisal.agent_id)
        if context.actor.id not in {side.person_id for side in appraisal.sides}:
            raise NotAllowed("appraisal-side", "Only the agent and the coach who opened it fill an appraisal in.")
        version = scorecards.version(tx, appraisal.scorecard_version_id)
        if version is None:
            raise NotFound("no-scorecard", "The scorecard of this appraisal is gone; tell an admin.")
        if submit:
            check_complete(version.scorecard, ratings)
        now = context.now()
        side = AppraisalSide(context.actor.id, expected_revision, now, tuple(ratings), said, now if submit else None)
        try:
            appraisals.save_side(tx, appraisal_id, side, expected_revision=expected_revision)
        except StaleRevision as error:
            raise Conflict(
                "appraisal-changed", "It was submitted, or another tab saved it meanwhile; reload to see what is kept."
            ) from error
        if submit:
            _record(tx, context, "appraisal.submit", appraisal, {"answers": len(ratings)})
    return expected_revision + 1


def _require_new(tx: Transaction, wanted: Appraisal, card: Scorecard) -> None:
    """Refuse what still waits for somebody with the same agent, card (in any version), days and words."""
    unfinished = [
        one
        for one in appraisals.appraisals(tx, [wanted.agent_id])
        if (one.subject, one.start, one.end, one.about) == (wanted.subject, wanted.start, wanted.end, wanted.about)
        and any(side.submitted_at is None for side in one.sides)
    ]
    versions = scorecards.versions_by_id(tx, {one.scorecard_version_id for one in unfinished})
    same = next((one for one in unfinished if versions[one.scorecard_version_id].scorecard.id == card.id), None)
    if same is None:
        return
    missing = people.people_by_id(tx, [side.person_id for side in same.sides if side.submitted_at is None])
    waits = " and ".join(sorted(person.name for person in missing.values()))
    raise Conflict(
        "appraisal-open",
        f"{card.label}, {write_day(same.start)} to {write_day(same.end)}, is open already and waits for {waits}; fill "
        f"that one in. Its id is {same.id}.",
    )


def _require_card(tx: Transaction, version_id: ScorecardVersionId, subject: AppraisalSubject) -> Scorecard:
    version = scorecards.version(tx, version_id)
    if version is None or version.state is not VersionState.PUBLISHED:
        raise NotFound("no-scorecard", "There is no such published scorecard.")
    if version.scorecard.subject != _CARD[subject]:
        raise Refused("appraisal-card", f"{version.scorecard.label} is not made for this; choose another scorecard.")
    return version.scorecard


def _find(tx: Transaction, context: Context, appraisal_id: AppraisalId) -> Appraisal:
    appraisal = appraisals.appraisal(tx, appraisal_id)
    agent = people.person(tx, appraisal.agent_id) if appraisal else None
    if appraisal is None or agent is None:
        raise NotFound("no-appraisal", "There is no such appraisal, or none that you may see.")
    if not allows(context.actor, "coaching.read", team_id=agent.team_id, owner_id=agent.id):
        raise NotFound("no-appraisal", "There is no such appraisal, or none that you may see.")
    return appraisal


def _describe(tx: Transaction, context: Context, found: Sequence[Appraisal]) -> tuple[AppraisalView, ...]:
    versions = scorecards.versions_by_id(tx, {one.scorecard_version_id for one in found})
    named = people.people_by_id(tx, {key for one in found for key in (one.agent_id, one.coach_id)})
    return tuple(_view(one, versions[one.scorecard_version_id], named, context.actor) for one in found)


def _view(
    appraisal: Appraisal, version: ScorecardVersion, named: Mapping[PersonId, Person], actor: Person
) -> AppraisalView:
    sides = {side.person_id: side for side in appraisal.sides}
    own = sides.get(actor.id)
    waiting = [key for key, side in sides.items() if side.submitted_at is None]
    both = {} if waiting else {"agent": sides[appraisal.agent_id], "coach": sides[appraisal.coach_id]}
    shown = appraisal.sides if both else tuple(side for side in appraisal.sides if side is own)
    scores = {name: score_ratings(version.scorecard, side.ratings) for name, side in both.items()}
    return AppraisalView(
        appraisal=replace(appraisal, sides=shown),
        version=version,
        agent=named[appraisal.agent_id],
        coach=named[appraisal.coach_id],
        own=own,
        waiting_for=tuple(named[key].name for key in waiting),
        scores={name: score.reported for name, score in scores.items()},
        pairs=_pair(version, both["agent"], both["coach"]) if both else (),
    )


def _pair(version: ScorecardVersion, agent: AppraisalSide, coach: AppraisalSide) -> tuple[CriterionPair, ...]:
    values = [
        {result.criterion_id: result.value for result in score_ratings(version.scorecard, side.ratings).results}
        for side in (agent, coach)
    ]
    pairs = []
    for section in version.scorecard.sections:
        for criterion in section.criteria:
            own, theirs = (_find_rating(side, criterion) for side in (agent, coach))
            pairs.append(
                CriterionPair(
                    criterion_id=criterion.id,
                    section=section.label,
                    label=criterion.label,
                    agent=write_answer(own.answer, criterion) if own else None,
                    agent_comment=own.comment if own else "",
                    coach=write_answer(theirs.answer, criterion) if theirs else None,
                    coach_comment=theirs.comment if theirs else "",
                    apart=_less(values[0].get(criterion.id), values[1].get(criterion.id)),
                )
            )
    return tuple(pairs)


def _less(own: Decimal | None, theirs: Decimal | None) -> Decimal | None:
    return None if own is None or theirs is None else 100 * (own - theirs)


def _find_rating(side: AppraisalSide, criterion: Criterion) -> Rating | None:
    return next((rating for rating in side.ratings if rating.criterion_id == criterion.id), None)


def _record(tx: Transaction, context: Context, action: str, appraisal: Appraisal, after: Mapping[str, object]) -> None:
    audit.append(tx, AuditEntry(context.now(), context.actor.id, action, "appraisal", appraisal.id, after=after))
