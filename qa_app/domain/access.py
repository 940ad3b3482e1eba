"""The access policy: may this person do this to that record? The only place that knows; workflows ask it.

Whatever is not granted here is refused. The policy knows people, roles and teams; it reads nothing and decides
nothing about states (whether a review was released, whether a calibration was revealed): those rules stand in
`review_states` and `calibration`, and a workflow asks both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from db.records import Person, PersonId, Role, TeamId
from qa_app.errors import NotAllowed

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "ticket.import": "Bring tickets in from a file.",
        "ticket.read": "Read a ticket. Owner: the agent who handled it.",
        "sample.draw": "Draw a sample of tickets.",
        "sample.read": "See what was drawn, and how.",
        "assignment.make": "Give tickets to reviewers.",
        "assignment.read": "See who grades what by when. Owner: the assigned reviewer.",
        "assignment.reassign": "Give an assignment to another reviewer, or take it back.",
        "assignment.skip": "Skip an assignment with a reason. Owner: the assigned reviewer.",
        "assignment.replace": "Exchange an assignment for the next ticket in line, with a reason. "
        "Owner: the assigned reviewer.",
        "review.grade": "Fill in and submit a scorecard. Owner: the assigned reviewer.",
        "review.self": "Grade a ticket that one handled oneself, beside the score. Owner: the agent.",
        "review.read": "Read a review. Owner: the agent under review.",
        "review.release": "Show a submitted review to its agent.",
        "review.acknowledge": "Confirm having read a released review. Owner: the agent under review.",
        "review.void": "Take a review out of all scores.",
        "review.correct": "Supersede a submitted review with a corrected one. Owner: the review's author.",
        "calibration.open": "Set up a calibration session and open it for grading.",
        "calibration.grade": "Grade a ticket of a calibration. Owner: the assigned reviewer.",
        "calibration.read": "See a calibration session, as far as its blindness allows.",
        "calibration.reveal": "End the blind part of a calibration.",
        "calibration.record": "Record agreed answers and findings of a calibration.",
        "coaching.read": "Read coaching sessions, goals and an agent's results. Owner: the agent.",
        "coaching.read_private": "Read a coach's private notes.",
        "coaching.write": "Write coaching sessions, goals, objectives and appraisals.",
        "coaching.take_part": "Add to an agenda, tick a step of a goal, fill an appraisal in. Owner: the agent.",
        "objective.read": "Read the objectives of a team. Owner: a member of it.",
        "dispute.raise": "Contest a released review. Owner: the agent under review.",
        "dispute.read": "Read a dispute. Owner: the agent under review, its author, or who graded it again.",
        "dispute.assign": "Choose who grades a contested review again, and see how disputes end.",
        "dispute.decide": "Decide a dispute. Owner: who graded it again, or its author where the scorecard says so.",
        "export.coaching": "Export an agent's coaching workbook. Owner: the agent.",
        "export.calibration": "Export the workbook of a revealed calibration.",
        "export.programme": "Export the report of all teams within reach.",
        "export.raw": "Export reviews and ratings in long form.",
        "scorecard.read": "Read scorecards.",
        "scorecard.write": "Write drafts of scorecards.",
        "scorecard.publish": "Publish or archive a scorecard version.",
        "template.write": "Write comment templates, for everybody or one's own. Owner: whose template it is.",
        "person.read": "See a person's name, team and roles. Owner: that person.",
        "person.write": "Add people, change their roles and teams, switch accounts off.",
        "audit.read": "Read the audit log.",
        "audit.verify": "Check the audit log's chain.",
        "settings.write": "Change settings of the whole installation.",
    }
)
"""Every action that exists, with a sentence; `Owner` says whose id to pass as `owner_id`."""


class Extent(Enum):
    """How far a grant goes."""

    ALL = "all records, whatever their team"
    TEAMS = "records of the person's teams; of all teams where the person has no team scope"
    OWN = "records that the person owns"


_ALL, _TEAMS, _OWN = Extent.ALL, Extent.TEAMS, Extent.OWN

GRANTS: Mapping[Role, Mapping[str, Extent]] = MappingProxyType(
    {
        # Nobody grades in another's name, so grading is a matter of the assigned person even for an admin, and
        # only the person concerned acknowledges.
        Role.ADMIN: {
            **{a: _ALL for a in ACTIONS if a not in {"review.acknowledge", "review.self", "dispute.raise"}},
            "review.grade": _OWN,
            "calibration.grade": _OWN,
        },
        Role.MANAGER: {
            "ticket.import": _TEAMS,
            "ticket.read": _TEAMS,
            "sample.draw": _TEAMS,
            "sample.read": _TEAMS,
            "assignment.make": _TEAMS,
            "assignment.read": _TEAMS,
            "assignment.reassign": _TEAMS,
            "assignment.skip": _TEAMS,
            "assignment.replace": _TEAMS,
            "review.grade": _OWN,
            "review.read": _TEAMS,
            "review.release": _TEAMS,
            "review.void": _TEAMS,
            "review.correct": _TEAMS,
            "calibration.open": _TEAMS,
            "calibration.grade": _OWN,
            "calibration.read": _ALL,
            "calibration.reveal": _ALL,
            "calibration.record": _ALL,
            "coaching.read": _TEAMS,
            "coaching.read_private": _TEAMS,
            "coaching.write": _TEAMS,
            "coaching.take_part": _TEAMS,
            "objective.read": _TEAMS,
            "dispute.read": _TEAMS,
            "dispute.assign": _TEAMS,
            "dispute.decide": _TEAMS,
            "export.coaching": _TEAMS,
            "export.calibration": _ALL,
            "export.programme": _TEAMS,
            "export.raw": _TEAMS,
            "scorecard.read": _ALL,
            "scorecard.write": _ALL,
            "scorecard.publish": _ALL,
            "template.write": _ALL,
            "person.read": _TEAMS,
            "audit.verify": _ALL,
        },
        Role.FACILITATOR: {
            "ticket.read": _TEAMS,
            "sample.draw": _TEAMS,
            "sample.read": _TEAMS,
            "assignment.make": _TEAMS,
            "assignment.read": _TEAMS,
            "assignment.reassign": _TEAMS,
            "assignment.skip": _OWN,
            "assignment.replace": _OWN,
            "review.grade": _OWN,
            "review.read": _TEAMS,
            "review.correct": _OWN,
            "calibration.open": _TEAMS,
            "calibration.grade": _OWN,
            "calibration.read": _ALL,
            "calibration.reveal": _ALL,
            "calibration.record": _ALL,
            "dispute.read": _TEAMS,
            "dispute.assign": _TEAMS,
            "dispute.decide": _TEAMS,
            "export.calibration": _ALL,
            "scorecard.read": _ALL,
            "scorecard.write": _ALL,
            "template.write": _OWN,
            "person.read": _TEAMS,
        },
        Role.REVIEWER: {
            "ticket.read": _TEAMS,
            "sample.read": _TEAMS,
            "assignment.read": _OWN,
            "assignment.skip": _OWN,
            "assignment.replace": _OWN,
            "review.grade": _OWN,
            "review.read": _TEAMS,
            "review.correct": _OWN,
            "calibration.grade": _OWN,
            "calibration.read": _ALL,
            "dispute.read": _OWN,
            "dispute.decide": _OWN,
            "scorecard.read": _ALL,
            "template.write": _OWN,
            "person.read": _TEAMS,
        },
        Role.COACH: {
            "ticket.read": _TEAMS,
            "assignment.read": _OWN,
            "assignment.skip": _OWN,
            "assignment.replace": _OWN,
            "review.grade": _OWN,
            "review.read": _TEAMS,
            "review.release": _TEAMS,
            "review.correct": _OWN,
            "calibration.grade": _OWN,
            "calibration.read": _ALL,
            "coaching.read": _TEAMS,
            "coaching.read_private": _TEAMS,
            "coaching.write": _TEAMS,
            "coaching.take_part": _TEAMS,
            "objective.read": _TEAMS,
            "dispute.raise": _TEAMS,  # on the agent's behalf
            "dispute.read": _TEAMS,
            "dispute.decide": _OWN,
            "export.coaching": _TEAMS,
            "scorecard.read": _ALL,
            "template.write": _OWN,
            "person.read": _TEAMS,
        },
        # Of reviews, an agent sees own released ones only: `review_states.shown_to_agent` is asked as well.
        Role.AGENT: {
            "ticket.read": _OWN,
            "review.read": _OWN,
            "review.acknowledge": _OWN,
            "review.self": _OWN,
            "coaching.read": _OWN,
            "coaching.take_part": _OWN,
            "objective.read": _OWN,
            "dispute.raise": _OWN,
            "dispute.read": _OWN,
            "export.coaching": _OWN,
            "scorecard.read": _ALL,
            "person.read": _OWN,
        },
    }
)


@dataclass(frozen=True, slots=True)
class Reach:
    """The records that a person may apply an action to: what a list must be filtered by."""

    everything: bool = False
    teams: frozenset[TeamId] = frozenset()
    own: bool = False

    @property
    def nothing(self) -> bool:
        """Whether no record at all is within reach; a page for the action is then not offered."""
        return not (self.everything or self.teams or self.own)


def reach(actor: Person, action: str) -> Reach:
    """How far the actor's roles together carry the action.

    Raises:
        ValueError: there is no such action.
    """
    if action not in ACTIONS:
        raise ValueError(f"there is no action {action!r}")
    if not actor.active:
        return Reach()
    extents = {GRANTS[role][action] for role in actor.roles if action in GRANTS[role]}
    limited = bool(actor.team_scope)
    return Reach(
        everything=Extent.ALL in extents or (Extent.TEAMS in extents and not limited),
        teams=actor.team_scope if Extent.TEAMS in extents else frozenset(),
        own=Extent.OWN in extents,
    )


def has_teams(actor: Person) -> bool:
    """Whether a role of the person reaches as far as teams, so that a team scope means something."""
    return any(extent is Extent.TEAMS for role in actor.roles for extent in GRANTS[role].values())


def allows(actor: Person, action: str, *, team_id: TeamId | None = None, owner_id: PersonId | None = None) -> bool:
    """Whether the actor may do this to a record of that team and that owner.

    A record without a team is out of reach for people who are limited to some teams, and one without an owner for
    people who may only touch their own. Ask `reach` whether a person may do it to any record at all.

    Raises:
        ValueError: there is no such action.
    """
    within = reach(actor, action)
    if within.everything or (team_id is not None and team_id in within.teams):
        return True
    return within.own and owner_id == actor.id


def require(actor: Person, action: str, *, team_id: TeamId | None = None, owner_id: PersonId | None = None) -> None:
    """Do nothing where `allows` says yes.

    Raises:
        NotAllowed: the policy says no; the message says what would be needed.
        ValueError: there is no such action.
    """
    if not allows(actor, action, team_id=team_id, owner_id=owner_id):
        raise NotAllowed("not-allowed", _explain(actor, action))


def _explain(actor: Person, action: str) -> str:
    what = ACTIONS[action].split(". Owner:")[0].removesuffix(".")
    if not actor.active:
        return f"{what}: this account is switched off. Ask an admin to switch it on again."
    within = reach(actor, action)
    if within.nothing:
        able = ", ".join(role for role in Role if action in GRANTS[role])
        held = ", ".join(sorted(actor.roles)) or "none"
        return f"{what}: your roles ({held}) do not include this. Roles that do: {able}. Ask an admin."
    limits = [text for limited, text in ((within.teams, "your teams"), (within.own, "your own records")) if limited]
    return f"{what}: you may do this for {' and '.join(limits)} only, and this record is outside of them."
