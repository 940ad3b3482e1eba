"""Lists cost a fixed number of queries: the same for one row as for three, and the number that stands here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from db.engine import Store, Transaction
from db.records import (
    AppraisalId,
    AssignmentId,
    CoachingId,
    CoachingSession,
    Conversation,
    Dispute,
    DisputeId,
    DisputeItem,
    DisputeState,
    Frame,
    GoalId,
    Metric,
    ObjectiveId,
    Person,
    PersonId,
    PlanId,
    PointId,
    Review,
    ReviewId,
    ReviewState,
    Role,
    Sample,
    SampleId,
    SampleItem,
    SamplingPlan,
    Selection,
    SessionId,
    SessionTicket,
    StepId,
    TicketId,
)
from db.store import (
    appraisals,
    assignments,
    audit,
    calibration,
    coaching,
    disputes,
    outcomes,
    people,
    results,
    reviews,
    samples,
    scorecards,
    tickets,
)
from tests.db.store.test_appraisals import MARCH
from tests.db.store.test_audit import ENTRY
from tests.db.store.test_coaching import GOAL, OBJECTIVE, POINT
from tests.db.world import (
    AGENT,
    ASSIGNMENT,
    CONVERSATIONS,
    DRAFT,
    NOON,
    OTHER_REVIEWER,
    REVIEWER,
    SESSION,
    SUBMITTED,
    TICKETS,
    VERSION,
    add_people,
)

LATER = NOON + timedelta(days=9)
READ = (ReviewState.SUBMITTED,)
PLAN = SamplingPlan(PlanId("plan"), "P", Frame(), 3, created_at=NOON, created_by=REVIEWER.id)

LISTS: list[tuple[str, int, Callable[[Transaction], object]]] = [
    ("people", 3, people.people),
    ("people by id", 3, lambda tx: people.people_by_id(tx, [PersonId(f"x{n}") for n in range(3)])),
    ("people by external id", 3, lambda tx: people.people_by_external_id(tx, ["e0", "e1", "e2"])),
    ("people by name", 3, lambda tx: people.people_by_name(tx, ["X"])),
    ("tickets of a frame", 4, lambda tx: tickets.frame_tickets(tx, Frame())),
    ("tickets by id", 4, lambda tx: tickets.tickets_by_id(tx, [one.id for one in TICKETS])),
    ("page of tickets", 4, lambda tx: tickets.ticket_page(tx, frame=Frame())),
    ("stored tickets", 1, lambda tx: tickets.stored_tickets(tx, "desk", ["101", "102", "103"])),
    ("conversation", 6, lambda tx: tickets.conversation(tx, TicketId("t1"))),
    ("conversations", 6, lambda tx: tickets.conversations(tx, [(one.id, 1) for one in TICKETS])),
    ("facets", 5, tickets.facets),
    ("versions", 1, scorecards.versions),
    ("samples", 3, samples.samples),
    ("assignments", 1, assignments.assignments),
    ("sessions", 3, calibration.sessions),
    ("progress", 1, lambda tx: calibration.progress(tx, [SessionId(f"s{n + 1}") for n in range(3)])),
    ("reviews", 4, reviews.reviews),
    ("reviews by id", 4, lambda tx: reviews.reviews_by_id(tx, [ReviewId(f"r{n}") for n in range(3)])),
    ("results", 1, lambda tx: results.results(tx, [f"r{n}" for n in range(3)])),
    ("probabilities", 1, lambda tx: samples.probabilities(tx, [AssignmentId(f"a{n}") for n in range(3)])),
    ("drafts", 4, lambda tx: reviews.drafts_of(tx, [AssignmentId(f"a{n}") for n in range(3)])),
    ("reviewed tickets", 1, lambda tx: reviews.reviewed_ticket_ids(tx, [one.id for one in TICKETS])),
    ("disputes", 2, disputes.disputes),
    ("coaching sessions", 2, lambda tx: coaching.coachings(tx, AGENT.id)),
    ("agendas", 1, lambda tx: coaching.points(tx, [CoachingId(f"c{n}") for n in range(3)])),
    ("goals", 2, lambda tx: coaching.goals(tx, AGENT.id)),
    ("objectives", 1, coaching.objectives),
    ("appraisals", 3, lambda tx: appraisals.appraisals(tx, [AGENT.id])),
    ("outcomes", 1, lambda tx: outcomes.outcomes(tx, [AGENT.id], states=READ, worked_from=NOON, worked_before=LATER)),
    ("criterion values", 1, lambda tx: outcomes.criterion_values(tx, [ReviewId(f"r{n}") for n in range(3)], ["a"])),
    ("audit entries", 1, audit.entries),
    ("audit chain", 1, audit.verify),
]


@pytest.mark.parametrize(("queries", "listed"), [one[1:] for one in LISTS], ids=[one[0] for one in LISTS])
@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_a_fixed_number_of_queries(
    sqlite_store: Store, queries: int, listed: Callable[[Transaction], object], rows: int
) -> None:
    with sqlite_store.write() as tx:
        fill(tx, rows)
    with sqlite_store.read() as tx, counted(tx) as statements:
        listed(tx)
    assert len(statements) == queries, statements


@pytest.mark.parametrize("rows", [1, 3])
def test_bulk_inserts_cost_a_fixed_number_of_statements(sqlite_store: Store, rows: int) -> None:
    with sqlite_store.write() as tx:
        add_people(tx)
        with counted(tx) as ticket_inserts:
            tickets.add_conversations(tx, [rich(n) for n in range(rows)])
        scorecards.add_version(tx, VERSION)
        with counted(tx) as review_inserts:
            reviews.add_reviews(tx, [submitted(n) for n in range(rows)])
    assert table_names(ticket_inserts) == ["ticket", "ticket_agent", "ticket_tag", "ticket_metric", "message"]
    assert table_names(review_inserts) == ["review", "rating", "evidence", "criterion_result"]


def rich(n: int) -> Conversation:
    ticket = replace(
        TICKETS[n], tags=("a", "b"), metrics=(Metric("m", Decimal(1), "s"),), other_agent_ids=(OTHER_REVIEWER.id,)
    )
    return replace(CONVERSATIONS[n], ticket=ticket)


def submitted(n: int) -> Review:
    return replace(SUBMITTED, id=ReviewId(f"r{n}"), ticket_id=TICKETS[n].id, submission_key=f"key{n}")


def fill(tx: Transaction, rows: int) -> None:
    """So many of everything, each with children."""
    add_people(tx)
    tickets.add_conversations(tx, [rich(n) for n in range(rows)])
    scorecards.add_version(tx, VERSION)
    samples.add_plan(tx, PLAN)
    some = range(rows)
    everybody = tuple(PersonId(f"x{n}") for n in some)
    for n in some:
        people.add_person(tx, Person(everybody[n], "X", external_id=f"e{n}", roles=frozenset({Role.COACH})))
    items = tuple(SampleItem(TICKETS[n].id, n, "all", Decimal(1)) for n in some)
    on_tickets = tuple(SessionTicket(TICKETS[n].id, n, Selection.RANDOM) for n in some)
    for n in some:
        drawn = Sample(SampleId(f"s{n}"), PLAN, 1, "f" * 64, rows, Selection.RANDOM, NOON, REVIEWER.id, items)
        samples.add_sample(tx, drawn)
        session = replace(SESSION, id=SessionId(f"s{n + 1}"), tickets=on_tickets, reviewer_ids=everybody)
        calibration.add_session(tx, session)
        assignment = replace(ASSIGNMENT, id=AssignmentId(f"a{n}"), ticket_id=TICKETS[n].id)
        assignments.add_assignments(tx, [assignment])
        reviews.add_review(tx, submitted(n))
        reviews.add_review(tx, replace(DRAFT, id=ReviewId(f"d{n}"), assignment_id=assignment.id))
        dispute = Dispute(
            DisputeId(f"d{n}"), ReviewId(f"r{n}"), AGENT.id, NOON, DisputeState.OPEN, "", (DisputeItem("a", ""),)
        )
        disputes.add_dispute(tx, dispute)
        coached = CoachingSession(
            CoachingId(f"c{n}"), AGENT.id, OTHER_REVIEWER.id, NOON.date(), NOON, review_ids=(ReviewId(f"r{n}"),)
        )
        coaching.add_coaching(tx, coached)
        coaching.add_points(tx, [replace(POINT, id=PointId(f"p{n}"), coaching_id=coached.id, review_id=None)])
        steps = tuple(replace(step, id=StepId(f"{n}{step.id}")) for step in GOAL.steps)
        coaching.add_goal(tx, replace(GOAL, id=GoalId(f"g{n}"), coaching_id=coached.id, steps=steps))
        coaching.add_objective(tx, replace(OBJECTIVE, id=ObjectiveId(f"o{n}")))
        appraisals.add_appraisal(tx, replace(MARCH, id=AppraisalId(f"a{n}")))
    audit.append(tx, *[ENTRY] * rows)


@contextmanager
def counted(tx: Transaction) -> Iterator[list[str]]:
    """The statements that reach the database, without those that only steer a transaction."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
            statements.append(statement)

    event.listen(tx.connection, "before_cursor_execute", note)
    yield statements
    event.remove(tx.connection, "before_cursor_execute", note)


def table_names(inserts: list[str]) -> list[str]:
    return [statement.split()[2] for statement in inserts]
