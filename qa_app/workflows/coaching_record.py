"""What of an agent's coaching stands in the coaching workbook: only what coach and agent may both read."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from db.records import CoachingState, PersonId
from qa_app.coaching import CoachingView
from qa_app.packs import CoachingRecord
from qa_app.reports import Method
from qa_app.workflows import agenda, appraisals, coaching, follow_up
from qa_app.workflows.context import Context

RECORD_METHODS = (
    Method(
        "Coaching sessions",
        "Those of the period, and those planned from its first day on; not those called off. Private notes and private "
        "points of an agenda are in no workbook",
    ),
    Method(
        "Goals, before and after",
        "Mean of the skill over the eight weeks up to the day the goal was set and the eight weeks after it, by the "
        "day of the ticket: released random reviews, weighted by 1 / inclusion probability. The change with Welch's "
        "95% interval; less the mean change of the colleagues, each counting once (difference in differences)",
    ),
    Method(
        "Appraisals",
        "Those of which a day lies in the period. Answers are shown once both sides are in; they enter no score",
    ),
)


def gather_record(context: Context, agent_id: PersonId, *, start: date, end: date, zone: ZoneInfo) -> CoachingRecord:
    """An agent's goals, the coaching sessions and the appraisals of a period, both days included.

    The same for every reader: what is private is left out for the coach too, because the workbook is handed on.

    Raises:
        NotFound: no such agent. NotAllowed: the agent is out of the actor's reach.
    """
    wanted = [
        one.id
        for one in coaching.list_coaching(context, agent_id)
        if start <= one.held_on
        and (one.held_on <= end or one.state is CoachingState.PLANNED)
        and one.state is not CoachingState.CANCELLED
    ]
    return CoachingRecord(
        goals=follow_up.list_goals(context, agent_id, zone=zone),
        sessions=tuple(_share(agenda.view_coaching(context, key)) for key in wanted),
        appraisals=tuple(
            view
            for view in appraisals.list_appraisals(context, agent_id)
            if view.appraisal.start <= end and view.appraisal.end >= start
        ),
    )


def _share(view: CoachingView) -> CoachingView:
    """Without what only coaches and leads may read."""
    shared = tuple(line for line in view.points if line.point.shared)
    return replace(view, session=replace(view.session, private_notes=""), points=shared)
