"""Where a person of the demo can go: every page offered to them, and one record's address for each page of records."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from db.records import CoachingState, ReviewState, Role, SessionState
from qa_app.domain.access import allows, reach
from qa_app.settings import read_settings
from qa_app.ui.pages import PAGES, address_of, offer_pages
from qa_app.workflows import access, appraisals, calibration, coaching, disputes, grading, reviews, scorecards
from qa_app.workflows.context import Context, Installation, read_clock
from qa_app.workflows.demo import filling
from qa_app.workflows.upkeep import open_installation
from tests.journey.house import House

PARTS = tuple(
    role.value for role in (Role.MANAGER, Role.FACILITATOR, Role.REVIEWER, Role.COACH, Role.AGENT, Role.ADMIN)
)


@contextmanager
def look_into(data: Path) -> Iterator[Installation]:
    """The same installation as the server's, opened beside it."""
    installation = open_installation(read_settings({"PLUMBLINE_DATA_DIR": str(data)}))
    try:
        yield installation
    finally:
        installation.store.close()


def open_session(house: House, part: str, *, name: str = "") -> str:
    """Sign the demo's first person of this part, and of this name if one is given, in; returns the token."""
    with look_into(house.data) as installation:
        return access.open_session(installation.store, _find(installation, part, name).id, now=read_clock())


def open_session_of(house: House, email: str) -> str:
    """Sign somebody of the demo in by their e-mail; returns the token."""
    with look_into(house.data) as installation:
        person = access.find_actor(installation.store, email)
        return access.open_session(installation.store, person.id, now=read_clock())


def _find(installation: Installation, part: str, name: str = "") -> filling.Entrance:
    entrances = filling.list_entrances(installation.store)
    return next(found for found in entrances if found.part == part and name in found.name)


def act_as(installation: Installation, part: str) -> Context:
    """The surroundings of the demo's first person of this part."""
    entrance = _find(installation, part)
    admin = access.find_actor(installation.store, None)
    everybody = access.list_people(installation.context(admin), active=None)
    return installation.context(next(person for person in everybody if person.id == entrance.id))


def list_places(installation: Installation, part: str) -> Mapping[str, str]:
    """Page name to address; a page of records that holds none for this person is left out."""
    context = act_as(installation, part)
    offered = [page.name for pages in offer_pages(context.actor).values() for page in pages]
    visible = {page.name for page in PAGES if not page.hidden}
    places = {name: address_of(name) for name in offered if name in visible}
    records = _records(context)
    return places | {name: address for name, address in records.items() if name.split("-")[0] in offered}


def _records(context: Context) -> dict[str, str]:
    found: dict[str, str] = {}
    actor = context.actor
    seen = _reviews(context)
    if seen:
        found["review"] = address_of("review", review=seen[0].review.id)
        found["ticket"] = address_of("ticket", ticket=seen[0].ticket.id)
    if not reach(actor, "scorecard.write").nothing and (versions := scorecards.list_versions(context)):
        found["builder"] = address_of("builder", version=versions[0].id)
    if allows(actor, "review.grade", owner_id=actor.id):
        found["offline"] = address_of("offline")
        for row in grading.list_queue(context):
            kind = "desk-blind" if row.assignment.session_id else "desk"
            found.setdefault(kind, address_of("desk", assignment=row.assignment.id))
    if not reach(actor, "calibration.read").nothing:
        for session in calibration.list_sessions(context):
            kind = "session-open" if session.session.state is SessionState.OPEN else "session"
            found.setdefault(kind, address_of("session", session=session.session.id))
            if kind == "session":
                found.setdefault("meeting", address_of("meeting", session=session.session.id))
                found.setdefault("minutes", address_of("minutes", session=session.session.id))
    if not reach(actor, "dispute.read").nothing and (contested := disputes.list_disputes(context)):
        found["dispute"] = address_of("dispute", dispute=contested[0].dispute.id)
        found["dispute-ended"] = address_of("dispute", dispute=contested[-1].dispute.id)
    agents = [row.agent for row in seen if row.agent and row.agent.id != actor.id]
    if agents:
        found["agent"] = address_of("agent", agent=agents[0].id)
    return found | _sessions(context)


def _sessions(context: Context) -> dict[str, str]:
    """A session that is planned and one that was held, an appraisal that waits and one that lies side by side."""
    if reach(context.actor, "coaching.read").nothing:
        return {}
    found: dict[str, str] = {}
    agents = access.list_people(context, role=Role.AGENT)
    reachable = [
        agent for agent in agents if allows(context.actor, "coaching.read", team_id=agent.team_id, owner_id=agent.id)
    ]
    for agent in reachable:
        for session in coaching.list_coaching(context, agent.id):
            kind = "coaching_session" if session.state is CoachingState.PLANNED else "coaching_session-held"
            found.setdefault(kind, address_of("coaching_session", coaching=session.id))
        for view in appraisals.list_appraisals(context, agent.id):
            open_ = view.own is not None and view.own.submitted_at is None
            kind = "appraisal-form" if open_ else "appraisal" if view.waiting_for else "appraisal-both"
            found.setdefault(kind, address_of("appraisal", appraisal=view.appraisal.id))
    return found


def _reviews(context: Context) -> tuple[reviews.ReviewRow, ...]:
    """Reviews with evidence and not yet read first: there is more to see and to do."""
    if reach(context.actor, "review.read").nothing:
        return ()
    rows = reviews.list_reviews(context)
    return tuple(sorted(rows, key=lambda row: (row.review.state is not ReviewState.RELEASED, not row.review.evidence)))
