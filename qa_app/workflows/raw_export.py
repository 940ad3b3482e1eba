"""Reviews in long form, one row a rating, and the packs of a whole team in one file."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.records import AuditEntry, Person, PersonId, Purpose, Review, Role, ScorecardVersion, Ticket
from db.store import audit, people, reviews, scorecards, tickets
from qa_app.errors import NotFound
from qa_app.workbooks.delimited import Cell, write_rows
from qa_app.workflows.access import list_people, list_teams
from qa_app.workflows.agent_results import require_period
from qa_app.workflows.context import Context
from qa_app.workflows.exporting import File, export_coaching, name_file
from qa_app.workflows.reviews import READABLE, may_read
from qa_app.workflows.scope import agent_of, find_blind_tickets, require_some
from qa_app.workflows.wording import ask_back

HEADER = (
    *("review", "submitted_at", "purpose", "selection", "state", "source", "ticket", "channel", "agent", "reviewer"),
    *("scorecard", "version", "structure_hash", "raw_score", "reported_score", "passed"),
    *("section", "criterion", "skill", "answer_state", "option", "number", "text", "value", "applied_weight"),
    *("comment", "reasons", "praise"),
)
Report = Callable[[int, int], None]


def export_raw(context: Context, *, start: date, end: date, zone: ZoneInfo) -> File:
    """Quality reviews submitted in a period (both days included) within the actor's reach, one row a rating, as CSV.

    Raises:
        NotAllowed: the actor may export nothing. Refused: the period is empty.
    """
    within = require_some(context.actor, "export.raw")
    require_period(start, end)
    with context.store.read() as tx:
        hidden = find_blind_tickets(tx, context.actor.id)
        found = reviews.reviews(
            tx,
            purpose=Purpose.QUALITY,
            states=READABLE,
            submitted_from=datetime.combine(start, time(), zone),
            submitted_before=datetime.combine(end + timedelta(days=1), time(), zone),
        )
        known = people.people_by_id(
            tx, [key for review in found for key in (review.agent_id, review.reviewer_id) if key]
        )
        shown = [
            review
            for review in found
            if review.ticket_id not in hidden and may_read(within, context.actor, review, known)
        ]
        heads = tickets.tickets_by_id(tx, [review.ticket_id for review in shown])
        versions = scorecards.versions_by_id(tx, [review.scorecard_version_id for review in shown])
    rows = [
        row
        for review in shown
        for row in _rows(review, heads[review.ticket_id], versions[review.scorecard_version_id], known)
    ]
    with context.store.write() as tx:
        after = {"from": str(start), "to": str(end), "reviews": len(shown)}
        audit.append(tx, AuditEntry(context.now(), context.actor.id, "export.raw", "review", "all", after=after))
    return File(f"ratings-{start}-{end}.csv", write_rows(HEADER, rows))


def export_team(context: Context, team_name: str, *, start: date, end: date, zone: ZoneInfo, report: Report) -> File:
    """The coaching workbooks of all agents of a team, in one zip.

    Raises:
        NotFound: no such team, or no agent of it within reach.
    """
    within = require_some(context.actor, "export.coaching")
    teams = [team for team in list_teams(context) if within.everything or team.id in within.teams]
    team = next((team for team in teams if team.name == team_name), None)
    agents: Sequence[Person] = list_people(context, role=Role.AGENT, team_id=team.id) if team else ()
    if not agents:
        hint = "" if team else ask_back(team_name, (team.name for team in teams))
        raise NotFound("no-team", f"There is no team {team_name!r} with an agent within your reach.{hint}")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for done, agent in enumerate(agents, start=1):
            pack = export_coaching(context, agent.id, start=start, end=end, zone=zone)
            packed.writestr(pack.name, pack.content)
            report(done, len(agents))
    return File(f"coaching-{name_file(team_name)}-{start}-{end}.zip", target.getvalue())


def _rows(
    review: Review, ticket: Ticket, version: ScorecardVersion, known: dict[PersonId, Person]
) -> Iterator[tuple[Cell, ...]]:
    agent = agent_of(review, known)
    score = review.score
    head: tuple[Cell, ...] = (
        *(review.id, review.submitted_at, review.purpose.value, review.selection.value, review.state.value),
        *(ticket.source, ticket.external_id, ticket.channel.value, agent.name if agent else None),
        *(known[review.reviewer_id].name, version.scorecard_id, version.number, version.structure_hash),
        *((score.raw, score.reported) if score else (None, None)),
        None if score is None or score.passed is None else str(score.passed).lower(),
    )
    results = {result.criterion_id: result for result in score.results} if score else {}
    ratings = {rating.criterion_id: rating for rating in review.ratings}
    for section in version.scorecard.sections:
        for criterion in section.criteria:
            rating = ratings.get(criterion.id)
            if rating is None:
                continue
            result = results.get(criterion.id)
            yield (
                *head,
                *(section.id, criterion.id, criterion.skill, rating.answer.state.value, rating.answer.option_id),
                *(rating.answer.number, rating.answer.text),
                *((result.value, result.applied_weight) if result else (None, None)),
                *(rating.comment, ", ".join(rating.reason_ids), str(rating.praise).lower()),
            )
