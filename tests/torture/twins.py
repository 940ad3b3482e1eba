"""Two databases that differ only in what the others answered and nobody has revealed: drawn, and filled by workflows.

All that both have in common is drawn from the case; what is hidden is drawn anew for each side. That somebody is done
with a ticket is common, as progress shows it; whether there is a draft of the rest, and what is in it, is hidden.
"""

import random
import shutil
import wave
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from db.engine import open_store
from db.records import (
    AssignmentId,
    CalibrationSession,
    CoachingId,
    DisputeId,
    DisputeItem,
    Evidence,
    Person,
    PointKind,
    Rating,
    Recording,
    RecordingId,
    Review,
    Role,
    SessionKind,
    Ticket,
    TicketId,
)
from db.revisions import upgrade
from db.store import people
from db.store import tickets as ticket_store
from qa_app.coaching import Proposal
from qa_app.workflows import agenda, calibration, certificates, coaching, disputes, grading, second_grading
from qa_app.workflows.calibration import NewSession
from qa_app.workflows.context import Context
from qa_app.workflows.grading import Filled
from scorecards.answers import Answer
from tests.factories import fill, make_person
from tests.qa_app.workflows.house import (
    BO,
    COACH,
    CONVERSATIONS,
    CY,
    DI,
    FACILITATOR,
    MANAGER,
    NINA,
    NORTH,
    SAM,
    T1,
    T2,
    T3,
    T4,
    UTC_ZONE,
    VERSION,
    House,
    furnish,
)

EVE = make_person("Eve", *(role for role in Role if role is not Role.AGENT))
GUS = make_person("Gus", Role.FACILITATOR, Role.REVIEWER)
LIZ = make_person("Liz", Role.MANAGER, Role.COACH, Role.REVIEWER, scope=frozenset({NORTH.id}))
SEATS = (BO, EVE, GUS, LIZ)
"""Who looks: a plain reviewer, and people whose other roles read much more but who grade as well."""
SECONDS = (0, 90, 400, 1500)
_WORDS = ("sorry", "wait", "parcel", "rude", "kind", "=1+1", "*late*", "<b>", "never", "named it")


@dataclass(frozen=True, slots=True)
class Case:
    """What the two worlds have in common."""

    key: str
    seat: Person
    as_expert: bool
    others: tuple[Person, ...]
    tickets: tuple[Ticket, ...]
    criterion_ids: tuple[str, ...]
    agent_hidden: bool
    everyday: tuple[bool, ...]
    """Which of the tickets had an everyday review before."""
    existing: bool
    """Whether everyday reviews stand in for grades of their author."""
    done: tuple[int, ...]
    """How many tickets each of the others has submitted."""
    own_done: int
    """Tickets that the seat has submitted; one at least is left, or all are and the reveal is awaited."""
    own_draft: bool
    earlier: bool
    """Whether a session was revealed and closed before."""
    beside: bool
    """Whether another session is open in which the seat does not grade."""
    cancelled: bool
    later: timedelta
    """From the last act to the look."""
    again: bool
    """Whether the seat grades another ticket again for a dispute; not where it knows its grades, and never Liz."""
    revealed: bool
    """Whether the session is revealed in the end, to see that the same looks find the difference then."""


def draw_case(seed: int, number: int) -> Case:
    """One case; the same seed and number give the same."""
    key = f"{seed}-{number}"
    dice = random.Random(key)  # noqa: S311 - repeatable, not secret
    seat = SEATS[number % len(SEATS)]
    chosen = tuple(dice.sample((T1, T2, T3), dice.randint(1, 3)))
    own_done = dice.randint(0, len(chosen))
    earlier, beside = dice.random() < 0.3, dice.random() < 0.4
    others = tuple(dice.sample([one for one in (CY, DI, BO, GUS) if one is not seat], dice.randint(2, 3)))
    return Case(
        key=key,
        seat=seat,
        as_expert=dice.random() < 0.2,
        others=others,
        tickets=chosen,
        criterion_ids=dice.choice(((), (), ("greeting", "empathy", "solution"))),
        agent_hidden=dice.random() < 0.5,
        everyday=tuple(dice.random() < 0.5 for _ in chosen),
        existing=dice.random() < 0.2,
        done=tuple(dice.randint(0, len(chosen)) for _ in others),
        own_done=own_done,
        own_draft=dice.random() < 0.5,
        earlier=earlier,
        beside=beside,
        again=not earlier and not beside and dice.random() < 0.7 and seat is not LIZ,
        cancelled=dice.random() < 0.1,
        later=dice.choice((timedelta(seconds=10), timedelta(days=1))),
        revealed=dice.random() < 0.25,
    )


@dataclass(frozen=True, slots=True)
class World:
    """One side, filled."""

    session: CalibrationSession
    sessions: tuple[CalibrationSession, ...]
    """All there are."""
    reviews: tuple[Review, ...]
    """Submitted ones, whose ids somebody may have read over a shoulder."""
    hidden: tuple[Filled, ...]
    """What the others answered on this side, for the proof that the sides differ."""
    foreign: tuple[AssignmentId, ...]
    """Assignments of the others."""
    disputes: tuple[DisputeId, ...]
    now: datetime
    revealable: bool
    coaching: CoachingId
    """A coaching session with the agent of the tickets."""


def make_template(folder: Path) -> None:
    """A furnished data folder to copy, because a copy takes a hundredth of the time."""
    url = f"sqlite:///{folder / 'plumbline.sqlite'}"
    upgrade(url)
    store = open_store(url)
    furnish(store)
    with store.write() as tx:
        for person in (EVE, GUS, LIZ):
            people.add_person(tx, person)
        ticket_store.replace_conversations(
            tx, [replace(CONVERSATIONS[0], ticket=replace(T1, version=2), recordings=(_record(folder),))]
        )
    store.close()


def _record(folder: Path) -> Recording:
    folder.joinpath("call.wav").touch()
    with wave.open(str(folder / "call.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(8000))
    content = (folder / "call.wav").read_bytes()
    digest = sha256(content).hexdigest()
    place = folder / "recordings" / digest[:2] / digest
    place.parent.mkdir(parents=True)
    (folder / "call.wav").rename(place)
    return Recording(RecordingId("rec1"), T1.id, digest, "audio/wav", len(content), "call.wav", 0.5)


def fill_world(case: Case, folder: Path, template: Path, *, side: str) -> World:
    """Make the folder anew and fill it; sides of the same name are the same."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    dice = random.Random(f"{case.key}-{side}")  # noqa: S311 - repeatable, not secret
    with closing(open_store(f"sqlite:///{folder / 'plumbline.sqlite'}")) as store:
        return _Builder(case, House(store, folder / "recordings"), dice).build()


class _Builder:
    """The acts of one side, at the same times on both."""

    def __init__(self, case: Case, house: House, hidden: random.Random) -> None:
        self.case, self.house, self.hidden = case, house, hidden
        self.common = random.Random(f"{case.key}-common")  # noqa: S311 - repeatable, not secret
        self.given: list[Filled] = []
        self.reviews: list[Review] = []
        self.disputes: list[DisputeId] = []

    def build(self) -> World:
        case, house = self.case, self.house
        certificates.set_rule(house.act(MANAGER), certificates.NewRule("care", least_answers=1))
        earlier = [self._hold_earlier()] if case.earlier else []
        self._review_everyday()
        coached = self._plan_coaching()
        house.tick(hours=1)
        if case.again:
            self._ask_again()
        session = self._open()
        beside = [self._open_beside()] if case.beside else []
        house.tick(minutes=1)
        foreign = tuple(
            self._queue(other, session)[key] for other in case.others for key in self._queue(other, session)
        )
        for other, done in zip(case.others, case.done, strict=True):
            self._grade_hidden(session, other, done)
        if beside:
            self._grade_hidden(beside[0], CY, 1)
            self._grade_hidden(beside[0], DI, 0)
        if case.cancelled:
            calibration.cancel_session(house.act(FACILITATOR), session.id, why="The card changes")
        else:
            self._grade_own(session)
        return World(
            session, (session, *beside, *earlier), tuple(self.reviews), tuple(self.given), foreign,
            tuple(self.disputes), house.now + case.later, self._can_reveal(session), coached,
        )  # fmt: skip

    def _plan_coaching(self) -> CoachingId:
        """A coach who grades nothing puts on an agenda what the everyday reviews suggest, one point on both sides."""
        context = self.house.act(COACH)
        session = coaching.plan_session(context, NINA.id, day=self.house.now.date())
        proposals = agenda.propose_agenda(context, NINA.id, zone=UTC_ZONE)
        nothing = Proposal(PointKind.PRACTISE, "Nothing stands out.")
        chosen = next((one for one in proposals if one.kind is PointKind.PRACTISE), nothing)
        agenda.add_proposals(context, session.id, [chosen])
        coaching.set_goal(context, NINA.id, skill="empathy", text="Name it", due_on=None, coaching_id=session.id)
        return session.id

    def _can_reveal(self, session: CalibrationSession) -> bool:
        """Whether another's answers can be revealed: two reviewers have graded something, one at least not the seat."""
        rows = calibration.list_sessions(self.house.act(FACILITATOR))
        progress = next(row.progress for row in rows if row.session.id == session.id)
        return not self.case.cancelled and sum(key in progress for key in session.reviewer_ids) >= 2

    def _open(self) -> CalibrationSession:
        case = self.case
        new = NewSession(
            "Week 10",
            VERSION.id,
            tuple(ticket.id for ticket in case.tickets),
            tuple(person.id for person in (case.others if case.as_expert else (case.seat, *case.others))),
            expert_id=case.seat.id if case.as_expert else None,
            kind=SessionKind.EXISTING if case.existing else SessionKind.FRESH,
            criterion_ids=case.criterion_ids,
            agent_hidden=case.agent_hidden,
        )
        return calibration.open_session(self.house.act(FACILITATOR), new)

    def _open_beside(self) -> CalibrationSession:
        new = NewSession("Beside", VERSION.id, (T4.id,), (CY.id, DI.id))
        return calibration.open_session(self.house.act(FACILITATOR), new)

    def _hold_earlier(self) -> CalibrationSession:
        """Revealed and closed: the same on both sides."""
        ids = (self.case.seat.id, CY.id, DI.id)
        new = NewSession("Earlier", VERSION.id, (T4.id,), ids)
        session = calibration.open_session(self.house.act(FACILITATOR), new)
        for person in (self.case.seat, CY, DI):
            self._submit(person, self._queue(person, session)[T4.id], self._answer(self.common))
        calibration.reveal_session(self.house.act(FACILITATOR), session.id)
        calibration.close_session(self.house.act(FACILITATOR), session.id)
        self.house.tick(days=1)
        return session

    def _review_everyday(self) -> None:
        """Reviews of the session's tickets from daily work: hidden as well from whoever grades these tickets."""
        for ticket, there in zip(self.case.tickets, self.case.everyday, strict=True):
            if not there:
                continue
            # The time it took is no answer: a planner's minutes rest on it, as they did before the session.
            # Once a session is cancelled its tickets are blind no longer, and these reviews can be read again.
            answered = self._answer(self.common) if self.case.cancelled else self._hide(everything=True)
            filled = replace(answered, active_seconds=self.common.choice(SECONDS))
            review = self._submit(DI, self.house.assign(DI, ticket), filled)
            self.house.tick(minutes=1)
            if self.common.random() < 0.7:
                self.house.release(review)
                if self.common.random() < 0.5:
                    self._contest(review, blind=not self.case.cancelled)

    def _ask_again(self) -> None:
        """A ticket of no session: its review is hidden from the seat, who is to grade it again for the dispute."""
        filled = replace(self._hide(everything=True), active_seconds=self.common.choice(SECONDS))
        review = self._submit(DI, self.house.assign(DI, T4), filled)
        self.house.release(review)
        self._contest(review, agent=SAM, blind=True)
        second_grading.assign_second_grader(self.house.act(MANAGER), self.disputes[-1], self.case.seat.id)

    def _contest(self, review: Review, *, agent: Person = NINA, blind: bool) -> None:
        """What the agent writes and proposes is hidden as the grade is."""
        dice = self.hidden if blind else self.common
        item = DisputeItem("note", _write(dice), Answer.write(_write(dice)))
        raised = disputes.raise_dispute(self.house.act(agent), review.id, reason=_write(dice), items=(item,))
        self.disputes.append(raised.id)

    def _grade_hidden(self, session: CalibrationSession, person: Person, done: int) -> None:
        queue = self._queue(person, session)
        for place, item in enumerate(session.tickets):
            self.house.tick(seconds=40)
            filled = self._only_asked(session, self._hide(everything=True))
            draft = self._only_asked(session, self._hide(everything=False))
            assignment_id = queue.get(item.ticket_id)
            if assignment_id is None:
                continue  # an everyday review stands for it
            if place < done:
                self._submit(person, assignment_id, filled)
            elif self.hidden.random() < 0.5:
                grading.save_draft(self._act(person, item.ticket_id), assignment_id, draft, expected_revision=0)

    def _grade_own(self, session: CalibrationSession) -> None:
        queue = self._queue(self.case.seat, session)
        for place, item in enumerate(session.tickets):
            self.house.tick(seconds=40)
            filled = self._only_asked(session, self._answer(self.common))
            if item.ticket_id not in queue:
                continue
            if place < self.case.own_done:
                self._submit(self.case.seat, queue[item.ticket_id], filled)
            elif place == self.case.own_done and self.case.own_draft:
                context = self.house.act(self.case.seat)
                grading.save_draft(context, queue[item.ticket_id], filled, expected_revision=0)

    def _submit(self, person: Person, assignment_id: AssignmentId, filled: Filled) -> Review:
        context = self._act(person, assignment_id)
        made = grading.submit_review(context, assignment_id, filled, submission_key=f"key-{assignment_id}")
        self.reviews.append(made)
        return made

    def _act(self, person: Person, what: TicketId | AssignmentId) -> Context:
        """Ids that do not count on, or a draft on one side would show in the ids of all that comes later."""
        return replace(self.house.act(person), new_id=lambda: f"of-{person.id}-{what}")

    def _queue(self, person: Person, session: CalibrationSession) -> dict[TicketId, AssignmentId]:
        return self.house.queue_of(person, session.id)

    def _hide(self, *, everything: bool) -> Filled:
        filled = self._answer(self.hidden, everything=everything)
        self.given.append(filled)
        return filled

    def _only_asked(self, session: CalibrationSession, filled: Filled) -> Filled:
        asked = session.criterion_ids or tuple(rating.criterion_id for rating in filled.ratings)
        ratings = tuple(rating for rating in filled.ratings if rating.criterion_id in asked)
        evidence = tuple(one for one in filled.evidence if one.criterion_id in asked)
        return replace(filled, ratings=ratings, evidence=evidence)

    def _answer(self, dice: random.Random, *, everything: bool = True) -> Filled:
        """Answers to everything that is asked, or some of a draft's, with comments, quotes and minutes."""
        changes: dict[str, str | float] = {
            "greeting": dice.choice(("yes", "no")),
            "empathy": dice.choice("12345"),
            "solution": dice.choice(("full", "partly", "none", "n/a")),
            "identity": dice.choice(("yes", "no")),
            "wait": dice.randint(0, 20) / 2,
            "note": dice.choice(("n/a", _write(dice))),
        }
        filled = fill(changes, comment=_write(dice))
        ratings = tuple(_remark(rating, dice) for rating in filled.ratings)
        kept = ratings if everything else tuple(dice.sample(ratings, dice.randint(0, len(ratings))))
        quotes = tuple(Evidence("empathy", _write(dice), message_seq=2) for _ in range(dice.randint(0, 2)))
        seconds = dice.choice(SECONDS)
        return replace(filled, ratings=kept, evidence=quotes, active_seconds=seconds)


def _remark(rating: Rating, dice: random.Random) -> Rating:
    comment = rating.comment or (_write(dice) if dice.random() < 0.4 else "")
    return replace(rating, comment=comment, praise=dice.random() < 0.1)


def _write(dice: random.Random) -> str:
    return " ".join(dice.choices(_WORDS, k=dice.randint(1, 12)))
