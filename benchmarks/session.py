"""How long the results of a large calibration take: reading, measuring and laying out, on SQLite in a file.

Run `python -m benchmarks.session`. The session has 200 tickets, 12 reviewers and 15 criteria, all of them graded. The
page that shows it is to be there two seconds after the reveal.
"""

import os

# Before numpy is imported: many small products.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from benchmarks.team import Steps, Team, draw_answers
from db.engine import Store, open_store
from db.records import (
    CalibrationSession,
    Conversation,
    Person,
    PersonId,
    Purpose,
    Rating,
    Review,
    ReviewId,
    ReviewState,
    Role,
    ScorecardVersion,
    ScorecardVersionId,
    Selection,
    SessionId,
    SessionState,
    SessionTicket,
    Ticket,
    TicketId,
    VersionState,
)
from db.revisions import upgrade
from db.store import calibration, people, reviews, scorecards, tickets
from qa_app.workflows.calibration_results import report_session
from qa_app.workflows.context import Context
from qa_app.workflows.scoring import score_ratings
from scorecards.answers import NOT_APPLICABLE, Answer
from scorecards.identity import content_hash, structure_hash
from scorecards.model import Channel, Criterion, CriterionType, CriticalFamily, Option, Scorecard, Section

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SESSION = SessionId("session")
_SCALE, _YES_NO = ("1", "2", "3", "4", "5"), ("no", "yes")


def make_card(n_criteria: int) -> Scorecard:
    """Two scales of five levels to each yes-or-no question, every second of which is critical."""
    criteria = tuple(_make_criterion(place) for place in range(n_criteria))
    section = Section(id="all", label="All", criteria=criteria)
    return Scorecard(id="large", label="Large", pass_mark=Decimal(60), sections=(section,))


def _make_criterion(place: int) -> Criterion:
    yes_no = place % 3 == 2
    names = _YES_NO if yes_no else _SCALE
    return Criterion(
        id=f"c{place}",
        label=f"Criterion {place}",
        type=CriterionType.YES_NO if yes_no else CriterionType.SCALE,
        levels=None if yes_no else len(names),
        allow_na=place == 1,
        critical=CriticalFamily.COMPLIANCE if place % 6 == 5 else None,
        options=tuple(Option(id=name, label=name, points=Decimal(rank)) for rank, name in enumerate(names)),
    )


@dataclass(frozen=True, slots=True)
class Size:
    """Of a session."""

    tickets: int
    reviewers: int
    criteria: int


def fill_store(
    store: Store,
    size: Size,
    *,
    seed: int = 1,
    stricter: Mapping[int, float] | None = None,
    ambiguous: int | None = None,
    state: SessionState = SessionState.REVEALED,
) -> Context:
    """Write a session, revealed or still open, with all its reviews; returns the surroundings of its facilitator.

    Reviewers are as strict as each other, but for those given; the errors on the ambiguous criterion are tripled.
    """
    card = make_card(size.criteria)
    facilitator = Person(PersonId("fay"), "Fay", roles=frozenset({Role.FACILITATOR}))
    expert = Person(PersonId("eve"), "Eve", roles=frozenset({Role.REVIEWER}))
    raters = [
        Person(PersonId(f"r{n}"), f"Reviewer {n}", roles=frozenset({Role.REVIEWER})) for n in range(size.reviewers)
    ]
    found = [_make_ticket(number) for number in range(size.tickets)]
    version = ScorecardVersion(
        ScorecardVersionId("large-1"), card.id, 1, VersionState.PUBLISHED, card, content_hash(card),
        structure_hash(card), NOW, facilitator.id, published_at=NOW,
    )  # fmt: skip
    session = CalibrationSession(
        SESSION, "Large", version.id, facilitator.id, state, NOW,
        tickets=tuple(SessionTicket(one.ticket.id, n, Selection.RANDOM) for n, one in enumerate(found, start=1)),
        reviewer_ids=tuple(person.id for person in raters), expert_id=expert.id,
        opened_at=NOW, revealed_at=None if state is SessionState.OPEN else NOW + timedelta(days=1),
    )  # fmt: skip
    random = np.random.Generator(np.random.Philox(seed))
    even = (0.0,) * (size.reviewers + 1)
    team = Team(even, size.criteria, ambiguous={} if ambiguous is None else {ambiguous: 1.4})
    answers = draw_answers(team, size.tickets, random, drift=stricter or {})
    with store.write() as tx:
        for person in (facilitator, expert, *raters):
            people.add_person(tx, person)
        tickets.add_conversations(tx, found)
        scorecards.add_version(tx, version)
        calibration.add_session(tx, session)
        reviews.add_reviews(tx, list(_make_reviews(version, [*raters, expert], found, answers)))
    return Context(store, facilitator, lambda: NOW + timedelta(days=2), lambda: "id", Path())


def _make_ticket(number: int) -> Conversation:
    ticket = Ticket(
        TicketId(f"t{number:04d}"), "desk", str(1000 + number), Channel.CHAT, NOW, f"{number:064d}", subject="Parcel"
    )
    return Conversation(ticket, ())


def _make_reviews(
    version: ScorecardVersion, raters: Sequence[Person], found: Sequence[Conversation], answers: Steps
) -> Iterator[Review]:
    for t, one in enumerate(found):
        for r, person in enumerate(raters):
            ratings = tuple(
                Rating(criterion.id, _make_answer(criterion, int(answers[t, r, c])))
                for c, criterion in enumerate(version.scorecard.criteria)
            )
            yield Review(
                ReviewId(f"{t}-{r}"), one.ticket.id, 1, version.id, person.id, None, Purpose.CALIBRATION,
                Selection.RANDOM, ReviewState.SUBMITTED, 1, NOW, NOW, ratings=ratings, session_id=SESSION,
                submitted_at=NOW, submission_key=f"{t}-{r}", saw_other_grades=False,
                score=score_ratings(version.scorecard, ratings),
            )  # fmt: skip


def _make_answer(criterion: Criterion, step: int) -> Answer:
    """A step as an option; the lowest two of five are a no. The second criterion does not apply at the lowest."""
    if criterion.allow_na and step == 0:
        return NOT_APPLICABLE
    return Answer.choose(_YES_NO[step > 1] if criterion.type is CriterionType.YES_NO else _SCALE[step])


@contextmanager
def open_database(size: Size) -> Iterator[Context]:
    """The session in a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'plumbline.sqlite'}"
        upgrade(url)
        store = open_store(url)
        try:
            yield fill_store(store, size)
        finally:
            store.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Print seconds of the first and of later calls, and where they go."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=200)
    parser.add_argument("--reviewers", type=int, default=12)
    parser.add_argument("--criteria", type=int, default=15)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    wanted = parser.parse_args(arguments)
    with open_database(Size(wanted.tickets, wanted.reviewers, wanted.criteria)) as context:
        for run in range(1, wanted.runs + 1):
            wall, cpu = time.perf_counter(), time.process_time()
            report_session(context, SESSION)
            print(f"run {run}: {time.perf_counter() - wall:.2f} s, {time.process_time() - cpu:.2f} s of the processor")
        if wanted.profile:
            watch = cProfile.Profile()
            watch.runcall(report_session, context, SESSION)
            pstats.Stats(watch).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
