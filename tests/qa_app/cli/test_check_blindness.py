"""A hidden check is like any other work: worlds that differ in nothing else are the same to those who grade.

Bo grades five tickets. In one world that is all there is. In the others four of them are checks: three are tickets that
Cy grades for the sample, one is a ticket that Bo graded seven weeks ago. Whatever Bo reads or is answered, by workflows
and by commands, is equal in all of them; and Cy's view is that of a world in which Bo was never given those tickets.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from db.engine import Store, open_store
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    CheckKind,
    DisputeItem,
    Evidence,
    Frame,
    HiddenCheck,
    Person,
    Purpose,
    Review,
    ReviewId,
    Sample,
    Selection,
)
from db.store import assignments, checks, tickets
from db.store import reviews as reviews_store
from qa_app.cli import app
from qa_app.errors import PlumblineError
from qa_app.workflows import disputes, grading, returning, reviews, sampling, self_review, undo
from qa_app.workflows import tickets as ticket_workflows
from qa_app.workflows.grading import Filled
from qa_app.workflows.sampling import NewPlan
from tests.conftest import copy_sqlite
from tests.factories import NOON, fill, make_conversation
from tests.qa_app.workflows.house import BO, CY, DI, MANAGER, NINA, VERSION, House, furnish
from tests.qa_app.workflows.test_blindness import READERS, as_text

pytestmark = pytest.mark.long

REPLACED = frozenset(
    {
        # Of every id there is; here of the same ids, and of no dispute: a reviewer has none of another's grades.
        *("reviews.view_review", "self_review.find_self_review", "disputes.find_terms"),
        *("disputes.find_dispute", "second_grading.list_second_graders"),
        "calibration_results.find_revision",  # a hash of all that was ever done, which shows none of it
        "scorecard_files.write_list",  # a workbook says when it was saved
    }
)
COMMANDS = ("queue", "sample list", "calibration status", "check list", "check report care", "export raw")
Seen = dict[str, str]


def marked(mark: str) -> Filled:
    filled = fill({"note": f"{mark} note", "empathy": "2" if mark == "cy" else "4"}, comment=f"{mark} overall")
    ratings = tuple(replace(rating, comment=f"{mark} comment") for rating in filled.ratings)
    return replace(filled, ratings=ratings, evidence=(Evidence("empathy", f"{mark} quote", message_seq=2),))


class World:
    """One database; what happens to Bo has the same ids and times in each."""

    def __init__(self, folder: Path, template: Store, kind: str) -> None:
        folder.mkdir()
        self.folder, self.store = folder, open_store(f"sqlite:///{folder / 'plumbline.sqlite'}")
        copy_sqlite(template, self.store)
        furnish(self.store)
        self.house = House(self.store, folder / "recordings")
        self.kind, self.plain = kind, kind == "plain"
        self.seen: dict[str, Seen] = {}
        self.house.now = NOON.replace(month=1)
        with self.store.write() as tx:
            tickets.add_conversations(tx, [make_conversation(number, agent=NINA) for number in range(5, 10)])
        self.old, self.sample = self.draw(9), self.draw(6)
        drawn = [item.ticket_id for item in self.sample.items]
        free = [item.ticket_id for item in self.old.items if item.ticket_id not in drawn]
        own = [key for key in drawn if key != "t4"]  # t4 is another agent's
        self.tickets = dict(zip(("pair", "plain", "exchange", "skip", "cy"), own, strict=False)) | {"repeat": free[0]}
        self.session = self.house.open_session(free[1], graders=(CY, DI))

    def draw(self, size: int) -> Sample:
        return sampling.draw_sample(self.house.act(MANAGER), NewPlan(f"Of {size}", Frame(), size=size), seed=3)

    def give(self, person: Person, name: str, purpose: Purpose = Purpose.QUALITY, *, old: bool = False) -> Assignment:
        made = Assignment(
            AssignmentId(f"{person.id}-{name}{'-early' if old else ''}"),
            self.tickets[name], VERSION.id, person.id, purpose, Selection.RANDOM, AssignmentState.OPEN,
            assigned_at=self.house.now, assigned_by=MANAGER.id,
            sample_id=self.old.id if name == "repeat" else self.sample.id,
        )  # fmt: skip
        with self.store.write() as tx:
            assignments.add_assignments(tx, [made])
        return made

    def hand_out(self) -> None:
        kinds = {"pair": CheckKind.PAIR, "exchange": CheckKind.PAIR, "skip": CheckKind.PAIR, "repeat": CheckKind.REPEAT}
        self.house.made_ids = 5000
        first = {}
        if not self.plain:
            first["repeat"] = self.give(BO, "repeat", old=True).id
            self.house.submit(BO, first["repeat"], marked("early"))
        self.house.now = NOON
        for person, name in ((CY, "cy"), (BO, "plain")):
            self.give(person, name)
        for name in () if self.plain else ("pair", "exchange", "skip"):
            first[name] = self.give(CY, name).id
        for name in () if self.kind == "alone" else kinds:
            given = self.give(BO, name, Purpose.QUALITY if self.plain else Purpose.CHECK)
            if not self.plain:
                with self.store.write() as tx:
                    checks.add_checks(tx, [HiddenCheck(given.id, kinds[name], first[name], NOON, MANAGER.id)])

    def act(self, step: int, do: Callable[[House], object]) -> str:
        """What somebody is answered; ids and the clock are the step's."""
        self.house.made_ids, self.house.now = 100 * step, NOON.replace(hour=12, minute=step)
        return told(partial(do, self.house))

    def look(self, point: str, person: Person) -> None:
        """Keep all that somebody can read now."""
        context = self.house.act(person)
        found = {
            name: told(partial(read, context, self.session)) for name, read in READERS.items() if name not in REPLACED
        }
        ids = ["id101", "id201", "id401", "id501", "id801", "id5001", "id2101", "id2201"]
        for key in map(ReviewId, ids):
            found[f"view {key}"] = told(partial(reviews.view_review, context, key))
            found[f"terms {key}"] = told(partial(disputes.find_terms, context, key))
            found[f"self {key}"] = told(partial(self_review.find_self_review, context, key))
        for reviewed in (True, False):
            found[f"reviewed {reviewed}"] = told(
                partial(ticket_workflows.list_tickets, context, frame=Frame(reviewed=reviewed))
            )
        for name, ticket_id in self.tickets.items():
            found[f"ticket {name}"] = told(partial(ticket_workflows.view_ticket, context, ticket_id))
        lines = (*COMMANDS, f"sample show {self.sample.id}", f"sample show {self.old.id}")
        self.seen[point] = found | self.run_commands(person, lines if point == "all done" else ("queue",))

    def run_commands(self, person: Person, lines: tuple[str, ...]) -> Seen:
        found = {}
        user = {"PLUMBLINE_USER": str(person.email), "PLUMBLINE_DATA_DIR": str(self.folder)}
        for line in lines:
            words = [*line.split(), *(() if line == "export raw" else ("--format", "json"))]
            result = CliRunner().invoke(app, words, env=user)
            found[line] = f"{result.exit_code} {result.output}"
        return found

    def submit(self, step: int, person: Person, name: str) -> str:
        assignment_id = AssignmentId(f"{person.id}-{name}")
        return self.act(step, lambda house: house.submit(person, assignment_id, marked(person.id)))

    def find_by(self, person: Person, name: str) -> Review:
        with self.store.read() as tx:
            found = reviews_store.review_of(tx, AssignmentId(f"{person.id}-{name}"))
        assert found is not None
        return found


def told(do: Callable[[], object]) -> str:
    try:
        return as_text(do())
    except PlumblineError as refusal:
        return f"{refusal.code}: {refusal.message}"


def live(world: World, *, cy_grades: bool) -> World:
    """The same days in each world, as Bo meets them; Cy grades in between, or never does."""
    world.hand_out()
    if cy_grades:
        for step, name in ((21, "pair"), (22, "exchange")):
            world.submit(step, CY, name)
        contested = world.find_by(CY, "pair")
        world.house.release(contested)
        items = (DisputeItem("wait", "cy said no"),)
        disputes.raise_dispute(world.house.act(NINA), contested.id, reason="cy is too hard", items=items)
    half = replace(marked("bo"), ratings=marked("bo").ratings[:2])
    pair, repeat = AssignmentId("bo-pair"), AssignmentId("bo-repeat")
    answers = [
        world.act(1, lambda house: grading.save_draft(house.act(BO), pair, half, expected_revision=0)),
        world.submit(2, BO, "repeat"),
        world.act(2, lambda house: undo.undo_submit(house.act(BO), repeat)),
    ]
    world.look("one begun", BO)
    answers += [world.submit(2, BO, "repeat"), world.submit(3, BO, "pair")]
    world.look("two graded", BO)
    answers.append(world.submit(4, BO, "plain"))
    own = [world.find_by(BO, name) for name in ("pair", "repeat", "plain")]
    assert {review.purpose for review in own[:2]} == {Purpose.QUALITY if world.plain else Purpose.CHECK}
    assert [review.saw_other_grades for review in own] == [False] * 3
    world.house.now = NOON.replace(hour=13)
    world.house.release(*(own if world.plain else own[2:]))
    corrected = partial(reviews.correct_review, filled=marked("bo"), reason="A slip")
    exchange, skip = AssignmentId("bo-exchange"), AssignmentId("bo-skip")
    answers += [
        world.act(5, lambda house: corrected(house.act(BO), own[0].id)),
        world.act(6, lambda house: returning.replace_assignment(house.act(BO), exchange, reason="Spam")),
        world.act(7, lambda house: returning.skip_assignment(house.act(BO), skip, reason="My cousin")),
        world.act(8, lambda house: house.submit(BO, AssignmentId("id601"), marked("bo"))),
        world.act(9, lambda house: house.submit(BO, skip, marked("bo"))),
    ]
    world.seen["answers"] = {str(place): answer for place, answer in enumerate(answers)}
    world.look("all done", BO)
    return world


@pytest.fixture
def make(tmp_path: Path, sqlite_template: Store) -> Iterator[Callable[[str, str], World]]:
    made: list[World] = []

    def make_world(name: str, kind: str) -> World:
        made.append(World(tmp_path / name, sqlite_template, kind))
        return made[-1]

    yield make_world
    for world in made:
        world.store.close()


def test_reviewer_cannot_tell_a_check_from_other_work(make: Callable[[str, str], World]) -> None:
    plain = live(make("plain", "plain"), cy_grades=False)
    for name, cy_grades in (("early colleague", True), ("late colleague", False)):
        world = live(make(name, "checked"), cy_grades=cy_grades)
        for point, seen in plain.seen.items():
            assert world.seen[point] == seen, f"{name}, {point}"


def test_colleague_cannot_tell_that_a_ticket_was_given_twice(make: Callable[[str, str], World]) -> None:
    alone, checked = make("alone", "alone"), make("checked", "checked")
    for world in (alone, checked):
        world.hand_out()
        if world is checked:
            for step, name in enumerate(("pair", "repeat", "exchange"), start=1):
                world.submit(step, BO, name)
        world.submit(21, CY, "pair")
        if world is checked:
            world.submit(4, BO, "skip")
        world.submit(22, CY, "skip")
        world.look("all done", CY)
        assert world.find_by(CY, "skip").saw_other_grades is False
    assert alone.seen == checked.seen
