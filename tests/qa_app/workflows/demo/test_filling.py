"""The filled demo: as large as promised, believable in its figures, honest in its audit, and the same for a seed."""

from collections import Counter
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from db.engine import Store
from db.records import (
    AssignmentState,
    CoachingState,
    DisputeState,
    Frame,
    GoalState,
    Person,
    PersonId,
    Purpose,
    ReviewState,
    Role,
    Selection,
    SessionState,
    VersionState,
)
from db.store import (
    appraisals,
    assignments,
    audit,
    calibration,
    coaching,
    disputes,
    people,
    reviews,
    samples,
    scorecards,
    tickets,
)
from db.store import settings as settings_store
from db.tables import metadata
from qa_app.errors import NotAllowed
from qa_app.estimate import Estimate
from qa_app.settings import Settings
from qa_app.workflows import access, calibration_results, upkeep
from qa_app.workflows.access import NewPerson
from qa_app.workflows.context import Context, Installation
from qa_app.workflows.demo import people as cast
from qa_app.workflows.demo.filling import SETTING, check_entrance, fill_demo, list_entrances
from qa_app.workflows.tickets import find_recording
from scorecards.model import Channel

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def until(demo_to_read: Installation) -> date:
    """The last day of the demo, as its setting says."""
    with demo_to_read.store.read() as tx:
        stored = settings_store.setting(tx, SETTING)
    assert isinstance(stored, dict)
    return date.fromisoformat(str(stored["until"]))


def act(installation: Installation, role: Role) -> Context:
    with installation.store.read() as tx:
        return installation.context(people.people(tx, role=role)[0])


def test_demo_has_the_people_of_a_small_contact_centre(demo_to_read: Installation) -> None:
    with demo_to_read.store.read() as tx:
        everybody = people.people(tx, active=None)
        teams = {team.id: team.name for team in people.teams(tx)}
    assert sorted(teams.values()) == sorted(cast.TEAMS)
    assert Counter(role for person in everybody for role in person.roles) == {
        Role.AGENT: 24, Role.REVIEWER: 6, Role.COACH: 2, Role.FACILITATOR: 1, Role.MANAGER: 1, Role.ADMIN: 1,
    }  # fmt: skip
    by_team = Counter(teams[person.team_id] for person in everybody if person.team_id)
    assert by_team == dict.fromkeys(cast.TEAMS, 8)


def test_demo_has_eight_weeks_of_tickets_on_four_channels(demo_to_read: Installation, until: date) -> None:
    with demo_to_read.store.read() as tx:
        found = tickets.frame_tickets(tx, Frame())
        voices = [tickets.recordings(tx, ticket.id) for ticket in found if ticket.channel is Channel.CALL]
    assert len(found) >= 400
    assert {ticket.channel for ticket in found} == {Channel.EMAIL, Channel.CHAT, Channel.CALL, Channel.WEB}
    days = {ticket.created_at.date() for ticket in found}
    assert until - timedelta(weeks=8) - timedelta(days=3) <= min(days) <= max(days) <= until
    assert sum(map(len, voices)) == 3


def test_demo_has_work_in_every_state(demo_to_read: Installation) -> None:
    with demo_to_read.store.read() as tx:
        everyday = reviews.reviews(tx, purpose=Purpose.QUALITY, states=tuple(ReviewState), superseded=True)
        states = Counter(review.state for review in everyday)
        contested = Counter(dispute.state for dispute in disputes.disputes(tx))
        open_work = assignments.assignments(tx, state=AssignmentState.OPEN)
        drawn = samples.samples(tx)
        published = scorecards.versions(tx, state=VersionState.PUBLISHED)
        agents = people.people(tx, role=Role.AGENT)
        goals = Counter(goal.state for agent in agents for goal in coaching.goals(tx, agent.id))
        sessions = [session for agent in agents for session in coaching.coachings(tx, agent.id)]
        agendas = coaching.points(tx, [session.id for session in sessions])
        shared = coaching.objectives(tx)
        appraised = appraisals.appraisals(tx, None)
    assert set(states) >= {
        ReviewState.DRAFT, ReviewState.RELEASED, ReviewState.ACKNOWLEDGED, ReviewState.UPHELD, ReviewState.REVISED,
    }  # fmt: skip
    assert sum(states.values()) > 200
    assert set(contested) >= {*DisputeState} - {DisputeState.REVISED, DisputeState.PARTLY_REVISED}
    assert contested[DisputeState.REVISED] + contested[DisputeState.PARTLY_REVISED] > 0
    assert sum(contested.values()) >= 8
    assert len(open_work) > 10
    assert {sample.selection for sample in drawn} == {Selection.RANDOM, Selection.STRATIFIED}
    assert len(published) == 5
    assert {GoalState.OPEN, GoalState.MET} <= set(goals)
    assert len(sessions) >= 20
    assert {CoachingState.PLANNED, CoachingState.HELD, CoachingState.FOLLOWED_UP} == {
        session.state for session in sessions
    }
    assert set(agendas) == {session.id for session in sessions}
    assert len(shared) == len(cast.TEAMS)
    assert [sorted(side.submitted_at is None for side in one.sides) for one in appraised] == [
        [False, False], [False, True],
    ]  # fmt: skip


def test_two_calibrations_are_closed_with_findings_and_one_is_open(demo_to_read: Installation) -> None:
    with demo_to_read.store.read() as tx:
        sessions = calibration.sessions(tx)
        findings = {session.id: calibration.findings(tx, session.id) for session in sessions}
        progress = calibration.progress(tx, [session.id for session in sessions])
    newest, *closed = sessions
    assert (newest.state, [session.state for session in closed]) == (SessionState.OPEN, [SessionState.CLOSED] * 2)
    assert findings[newest.id] == ()
    assert 0 < sum(progress[newest.id].values()) < len(newest.tickets) * len(newest.reviewer_ids)
    for session in closed:
        assert len(findings[session.id]) == 2
        assert progress[session.id] == dict.fromkeys(session.reviewer_ids, len(session.tickets))
        report = calibration_results.report_session(act(demo_to_read, Role.FACILITATOR), session.id)
        # Reviewers who agree neither fully nor not at all.
        alphas = [line.alpha.value for line in report.agreement if isinstance(line.alpha, Estimate)]
        assert len(alphas) >= 5
        assert 0 < sum(alphas) / len(alphas) < 0.95


def test_severe_reviewers_give_less_than_lenient_ones(demo_to_read: Installation) -> None:
    with demo_to_read.store.read() as tx:
        staff = {person.name: person.id for person in people.people(tx, role=Role.REVIEWER)}
        means = {}
        for reviewer in cast.REVIEWERS:
            found = reviews.reviews(tx, reviewer_id=staff[reviewer.name], purpose=Purpose.QUALITY, superseded=True)
            raw = [float(review.score.raw) for review in found if review.score and review.score.raw is not None]
            means[reviewer.name] = sum(raw) / len(raw)
    by_severity = sorted(cast.REVIEWERS, key=lambda reviewer: reviewer.severity)
    assert means[by_severity[0].name] > means[by_severity[-1].name] + 10


def test_everything_happens_in_its_time(demo_to_read: Installation, until: date) -> None:
    with demo_to_read.store.read() as tx:
        created = {ticket.id: ticket.created_at for ticket in tickets.frame_tickets(tx, Frame())}
        graded = reviews.reviews(tx, superseded=True)
        entries = audit.entries(tx, limit=100_000)
    for review in graded:
        assert review.submitted_at is not None
        assert created[review.ticket_id] < review.started_at <= review.submitted_at
        assert review.released_at is None or review.submitted_at <= review.released_at
    moments = [entry.at for entry in reversed(entries)]
    assert all(before <= after for before, after in pairwise(moments))
    assert moments[-1].date() <= until


def test_audit_chain_and_every_score_hold(demo_to_read: Installation) -> None:
    admin = act(demo_to_read, Role.ADMIN)
    assert upkeep.verify_audit(admin).first_broken_seq is None
    checked = upkeep.recompute_scores(admin)
    assert checked.checked > 300
    assert checked.different == ()


def test_recordings_can_be_heard(demo_to_read: Installation) -> None:
    with demo_to_read.store.read() as tx:
        calls = tickets.frame_tickets(tx, Frame(channels=(Channel.CALL,)))
        found = [recording for call in calls for recording in tickets.recordings(tx, call.id)]
    for recording in found:
        path, _ = find_recording(act(demo_to_read, Role.REVIEWER), recording.id)
        assert sha256(path.read_bytes()).hexdigest() == recording.content_hash
        assert path.stat().st_size == recording.size_bytes


def test_same_seed_gives_the_same_database(
    demo_to_read: Installation, until: date, sqlite_store: Store, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    settings = Settings(tmp_path, "sqlite://", "127.0.0.1", 8501, ZoneInfo("UTC"))
    settings.recordings_dir.mkdir()
    again = Installation(settings, sqlite_store)
    filled = fill_demo(again, until=until, report=lambda done, total: told.append((done, total)))
    assert digest(again.store) == digest(demo_to_read.store)
    assert (filled.people, filled.tickets >= 400, filled.reviews > 200) == (35, True, True)
    assert told == [(step, 17) for step in range(1, 18)]


def test_database_with_people_in_it_is_not_filled(sqlite_store: Store, tmp_path: Path) -> None:
    settings = Settings(tmp_path, "sqlite://", "127.0.0.1", 8501, ZoneInfo("UTC"))
    with sqlite_store.write() as tx:
        people.add_person(tx, Person(PersonId("p1"), "Somebody"))
    with pytest.raises(NotAllowed) as refusal:
        fill_demo(Installation(settings, sqlite_store), until=date(2026, 3, 2))
    assert refusal.value.code == "demo-not-empty"


def test_entrances_offer_every_part_once_and_two_reviewers(demo_to_read: Installation) -> None:
    entrances = list_entrances(demo_to_read.store)
    assert [entrance.part for entrance in entrances] == [
        "manager", "facilitator", "reviewer", "reviewer", "coach", "agent", "admin",
    ]  # fmt: skip
    for entrance in entrances:
        check_entrance(demo_to_read.store, entrance.id)
    with demo_to_read.store.read() as tx:
        everybody = people.people(tx)
    stranger = next(person for person in everybody if person.id not in {entrance.id for entrance in entrances})
    with pytest.raises(NotAllowed):
        check_entrance(demo_to_read.store, stranger.id)


def test_who_was_added_to_the_demo_is_no_entrance(demo_to_change: Installation) -> None:
    entrances = list_entrances(demo_to_change.store)
    with demo_to_change.store.write() as tx:
        people.add_person(tx, Person(PersonId("p1"), "Aaron A", roles=frozenset({Role.AGENT})))
    assert list_entrances(demo_to_change.store) == entrances


def test_own_database_has_no_entrances(sqlite_store: Store) -> None:
    assert list_entrances(sqlite_store) == ()


def test_demo_can_be_worked_on(demo_to_change: Installation) -> None:
    admin = act(demo_to_change, Role.ADMIN)
    added = access.add_person(admin, NewPerson("Zoe New", "zoe@fernlatch.example", team=cast.ORDERS))
    assert added in access.list_people(admin)


def digest(store: Store) -> dict[str, str]:
    """A hash of every table's rows; password hashes are salted, so they are left out."""
    hashes = {}
    with store.read() as tx:
        for table in metadata.sorted_tables:
            columns = [column for column in table.columns if column.name != "password_hash"]
            rows = tx.connection.execute(select(*columns).order_by(*table.primary_key.columns)).all()
            hashes[table.name] = sha256("\n".join(map(repr, rows)).encode()).hexdigest()
    return hashes
