"""List screens cost a fixed number of SQL statements: the same for one row as for three, and what stands here.

The store's own lists are pinned in tests/db/store/test_query_counts.py; here are the lists as pages ask for them.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from db.engine import Store, open_store
from db.records import AppraisalSubject, CoachingId, CoachingState, Frame, SampleId
from db.store import scorecards as scorecards_store
from qa_app.workflows import (
    access,
    agenda,
    agent_results,
    appraisals,
    calibration,
    coach_list,
    coaching,
    day,
    disputes,
    follow_up,
    grading,
    objectives,
    own_agreement,
    reviews,
    sampling,
    scorecards,
    self_awareness,
    self_review,
    team_scores,
    templates,
    tickets,
    upkeep,
)
from tests.conftest import copy_sqlite
from tests.factories import NOON, fill
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CY,
    MANAGER,
    NINA,
    NORTH,
    PERIOD_CARD,
    T1,
    T2,
    T3,
    UTC_ZONE,
    House,
    furnish,
)

ROWS = (T1, T2, T3)
START, END = date(2026, 3, 1), date(2026, 3, 31)


def report(house: House) -> object:
    return agent_results.report_agent(house.act(COACH), NINA.id, start=START, end=END, zone=UTC_ZONE)


def first_session(house: House) -> CoachingId:
    return max(
        coaching.list_coaching(house.act(COACH), NINA.id), key=lambda session: session.state is CoachingState.PLANNED
    ).id


def report_north(house: House) -> object:
    return team_scores.report_team(house.act(COACH), NORTH.id, start=START, end=END, zone=UTC_ZONE)


def first_sample(house: House) -> SampleId:
    return min(sample.id for sample in sampling.list_samples(house.act(MANAGER)))


LISTS: dict[str, tuple[int, Callable[[House], object]]] = {
    # Assignments, tickets with their children (4), people (3), versions, drafts with theirs (4), sessions (3).
    "queue": (16, lambda house: grading.list_queue(house.act(CY))),
    "day": (2, lambda house: day.summarise_day(house.act(CY), day_start=NOON, day_end=NOON)),
    "next": (1, lambda house: grading.find_next(house.act(CY))),
    # Sessions (3); none of them is revealed.
    "agreement": (3, lambda house: own_agreement.trace_agreement(house.act(CY))),
    # Blind tickets (4), reviews (4), people (3); all of them are hidden from a grader.
    "reviews hidden": (11, lambda house: reviews.list_reviews(house.act(CY))),
    # Blind tickets (2), reviews (4), people (3), tickets (4).
    "reviews": (13, lambda house: reviews.list_reviews(house.act(MANAGER))),
    # Sessions (3), versions, people (3), progress.
    "sessions": (8, lambda house: calibration.list_sessions(house.act(MANAGER))),
    "samples": (3, lambda house: sampling.list_samples(house.act(MANAGER))),
    # The list that it is picked from (3), sample (3), tickets (4), blind tickets (2), people (3), assignments,
    # replacements.
    "sample": (17, lambda house: sampling.view_sample(house.act(MANAGER), first_sample(house))),
    # Tickets (4), blind tickets (2), people (3), reviewed ones.
    "tickets": (10, lambda house: tickets.list_tickets(house.act(MANAGER), frame=Frame())),
    "people": (3, lambda house: access.list_people(house.act(ADMIN))),
    "teams": (1, lambda house: access.list_teams(house.act(ADMIN))),
    "scorecards": (1, lambda house: scorecards.list_versions(house.act(ADMIN))),
    # Assignments, tickets with their children (4).
    "self-reviews": (5, lambda house: self_review.list_asked(house.act(NINA))),
    "templates": (1, lambda house: templates.list_templates(house.act(BO))),
    # Blind tickets (2), disputes (2), reviews (4), people (3), tickets (4), versions; no second grade is asked for.
    "disputes": (16, lambda house: disputes.list_disputes(house.act(MANAGER))),
    # The agent (3), sessions (2).
    "coaching": (5, lambda house: coaching.list_coaching(house.act(COACH), NINA.id)),
    # The list that it is picked from (5), the session (2), the agent (3), points, people (3), blind tickets (2),
    # reviews (4), versions, conversations (6), people (3).
    "coaching session": (30, lambda house: agenda.view_coaching(house.act(COACH), first_session(house))),
    # The agent (3), blind tickets (2), reviews (4), versions, conversations (6), people (3), goals (2), disputes (2),
    # then the skills: blind tickets (2), outcomes, versions, values, probabilities.
    "agenda": (29, lambda house: agenda.propose_agenda(house.act(COACH), NINA.id, zone=UTC_ZONE)),
    # The agent (3), goals (2), people (3), the team (3), the skills (6).
    "goals": (17, lambda house: follow_up.list_goals(house.act(COACH), NINA.id, zone=UTC_ZONE)),
    # Objectives, teams, people (3), members (3), the skills (6).
    "objectives": (14, lambda house: objectives.list_objectives(house.act(COACH), zone=UTC_ZONE)),
    # Agents (3), teams, blind tickets (2), outcomes, probabilities, coaching sessions (2), goals (2).
    "whom to talk to": (12, lambda house: coach_list.list_candidates(house.act(COACH), zone=UTC_ZONE)),
    # The agent (3), appraisals (3), versions, people (3).
    "appraisals": (10, lambda house: appraisals.list_appraisals(house.act(COACH), NINA.id)),
    # The agent (3), blind tickets (2), reviews (4), own ones; there are none yet.
    "self and others": (
        10,
        lambda house: self_awareness.compare_self(house.act(COACH), NINA.id, days=(START, END), zone=UTC_ZONE),
    ),
    # The agent (3), blind tickets (2); reviews (4), and twice reviews (2) with results; of each versions and
    # probabilities; conversations (6), people (3), goals (2), teams, colleagues (3).
    "agent report": (36, report),
    # Teams, agents (3), blind tickets (2), reviews (2) with results, versions, probabilities, reviewers (3).
    "team report": (14, report_north),
    "audit": (3, lambda house: upkeep.list_audit(house.act(ADMIN))),
}


@pytest.fixture(scope="module")
def filled_houses(sqlite_template: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, House]]:
    """A house with one row of everything and one with three. Lists only read, so all of them share the two."""
    with ExitStack() as stores:
        yield {rows: build_house(stores, sqlite_template, tmp_path_factory.mktemp("house"), rows) for rows in (1, 3)}


def build_house(stores: ExitStack, template: Store, folder: Path, rows: int) -> House:
    store = stores.enter_context(closing(open_store("sqlite://")))
    copy_sqlite(template, store)
    furnish(store)
    house = House(store, folder)
    fill_house(house, rows)
    return house


@pytest.mark.parametrize(("statements", "listed"), LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_a_fixed_number_of_statements(
    filled_houses: dict[int, House], statements: int, listed: Callable[[House], object], rows: int
) -> None:
    house = filled_houses[rows]
    with counted(house.store) as ran:
        listed(house)
    assert len(ran) == statements, "\n".join(ran)


def fill_house(house: House, rows: int) -> None:
    """So many graded and contested tickets, samples, sessions of both kinds, drafts, now and in the period before."""
    with house.store.write() as tx:
        scorecards_store.add_version(tx, PERIOD_CARD)
    for place, ticket in enumerate(ROWS[:rows]):
        house.now = NOON.replace(month=2)
        house.grade(BO, ticket)
        house.now = NOON
        review = house.grade(BO, ticket)
        house.release(review)
        disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
        self_review.ask_self_review(house.act(COACH), review.id)
        templates.add_template(house.act(BO), label=f"words-{place}", text="You named the trouble first.")
        sample = sampling.draw_sample(house.act(MANAGER), sampling.NewPlan("P", Frame(), size=rows), seed=place)
        assert len(sample.items) == rows
        house.open_session(ticket.id, graders=(BO, CY))
        coaching.hold_session(house.act(COACH), NINA.id, held_on=START, shared_notes="Well", review_ids=[review.id])
        coaching.set_goal(house.act(COACH), NINA.id, skill="empathy", text="Name it", due_on=None)
        session = coaching.plan_session(house.act(COACH), NINA.id, day=END)
        agenda.add_proposals(
            house.act(COACH), session.id, agenda.propose_agenda(house.act(COACH), NINA.id, zone=UTC_ZONE)
        )
        objectives.share_objective(house.act(COACH), NORTH.id, skill="empathy", text="Name it", due_on=None)
        appraisals.open_appraisal(
            house.act(COACH),
            NINA.id,
            subject=AppraisalSubject.PERIOD,
            version_id=PERIOD_CARD.id,
            start=START,
            end=END - timedelta(days=place),
        )
        for row in grading.list_queue(house.act(CY)):
            if row.answered == 0:
                grading.save_draft(house.act(CY), row.assignment.id, fill(), expected_revision=0)


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that reach the database, without those that only steer a transaction."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
            statements.append(statement.replace("\n", " "))

    event.listen(store.engine, "before_cursor_execute", note)
    yield statements
    event.remove(store.engine, "before_cursor_execute", note)
