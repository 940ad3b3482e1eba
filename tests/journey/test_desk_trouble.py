"""The desk when something else fails: the session ends, the database is gone, another device was faster.

On PostgreSQL, because a database that can go away and come back is one on a server.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, expect

from db.engine import Store, open_store
from db.records import AssignmentId, Credential, Person
from db.revisions import upgrade
from db.store import people, reviews
from qa_app.ui.pages import address_of
from qa_app.workflows import access, grading
from qa_app.workflows.context import read_clock
from tests.factories import fill
from tests.journey import house as journey
from tests.journey.house import Visitor
from tests.qa_app.workflows.house import BO, CY, DI, T1, T2, House, furnish

pytestmark = [pytest.mark.journey, pytest.mark.postgres]
PASSWORD = "six words that nobody ever guesses"


@dataclass
class Office:
    """A small house that is served from a database of its own, and whoever looks at it."""

    browser: Browser
    served: journey.House
    house: House
    database: str
    visitors: list[Visitor] = field(default_factory=list)

    def visit(self, person: Person) -> tuple[Visitor, str]:
        """A window of a new device with a session of its own, and the session's token."""
        visitor = Visitor(self.browser, self.served)
        token = access.open_session(self.house.store, person.id, now=read_clock())
        visitor.take_session(token)
        self.visitors.append(visitor)
        return visitor, token

    def grade(self, person: Person, assignment_id: AssignmentId) -> tuple[Visitor, str]:
        """The same with an assignment on the desk."""
        visitor, token = self.visit(person)
        visitor.open(address_of("desk", assignment=assignment_id))
        return visitor, token

    def answers(self, person: Person, assignment_id: AssignmentId) -> dict[str, str | None]:
        """What the stored draft has chosen."""
        draft = grading.open_desk(self.house.act(person), assignment_id).standing.draft
        return {rating.criterion_id: rating.answer.option_id for rating in draft.ratings} if draft else {}

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """Nobody is let into the database, and whoever is in is put out."""
        address, name = self.database.replace("+psycopg", ""), self.database.split("?")[0].rsplit("/", 1)[1]
        with psycopg.connect(address.replace(f"/{name}", "/postgres"), autocommit=True) as server:
            server.execute(f"alter database {name} allow_connections false".encode())
            # Each is waited for: one that is only told to go may still take a save.
            ending = "select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = %s"
            while server.execute(ending, (name,)).fetchall():
                pass
            try:
                yield
            finally:
                server.execute(f"alter database {name} allow_connections true".encode())


@pytest.fixture(scope="module")
def served(
    browser: Browser, postgres_databases: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """The server, which all tests here share."""
    url = postgres_databases()
    upgrade(url)
    store: Store = open_store(url)
    furnish(store)
    data = tmp_path_factory.mktemp("office") / "data"
    with journey.serve(data, PLUMBLINE_DATABASE_URL=url) as address:
        yield Office(browser, address, House(store, data / "recordings"), url)
    store.close()


@pytest.fixture
def office(served: Office) -> Iterator[Office]:
    """The same; windows are closed after each test, and errors of their scripts fail it."""
    yield served
    problems = [problem for visitor in served.visitors for problem in visitor.problems]
    while served.visitors:
        served.visitors.pop().leave()
    assert problems == []


def status(visitor: Visitor) -> Locator:
    return visitor.page.locator(".desk .status")


def notice(visitor: Visitor) -> Locator:
    return visitor.page.locator(".desk .notice")


def test_session_that_ends_while_grading_goes_on_after_the_sign_in(office: Office) -> None:
    with office.house.store.write() as tx:
        people.set_credential(tx, Credential(BO.id, access.hash_password(PASSWORD), read_clock()))
    assignment_id = office.house.assign(BO, T1)
    bo, token = office.grade(BO, assignment_id)
    walker, walkers = office.visit(BO)
    walker.open("/queue")
    for ended in (token, walkers):
        access.sign_out(office.house.store, ended, now=read_clock())
    walker.page.get_by_role("link", name="Tickets").click()  # the page stays where it is, and says so
    walker.page.get_by_role("link", name="Sign in").click()
    expect(walker.page).to_have_url(re.compile(r"/sign-in\?next=/queue$"))
    bo.page.keyboard.press("1")
    expect(status(bo)).to_have_text("Signed out")
    expect(notice(bo)).to_contain_text("Your session has ended. Your work on this ticket is kept in this tab")
    bo.page.keyboard.press("4")  # grading goes on
    assert office.answers(BO, assignment_id) == {}
    bo.page.get_by_role("link", name="Sign in again").click()
    assert BO.email is not None
    bo.page.get_by_label("E-mail").fill(BO.email)
    bo.page.get_by_label("Password").fill(PASSWORD)
    bo.page.get_by_role("button", name="Sign in").click()
    # At once, because it is gone after six seconds.
    expect(notice(bo)).to_have_text("Restored what this tab had not saved yet.")
    expect(status(bo)).to_contain_text("Saved ")
    assert office.answers(BO, assignment_id) == {"greeting": "yes", "empathy": "4"}


def test_database_that_goes_away_and_comes_back_loses_nothing(office: Office) -> None:
    assignment_id = office.house.assign(CY, T1)
    cy, _ = office.grade(CY, assignment_id)
    walker, _ = office.visit(CY)
    walker.open("/queue")
    with office.without_database():
        cy.page.keyboard.press("1")
        expect(notice(cy)).to_have_text(
            "Not saved yet: the database does not answer. Your work is kept here, and everything is saved as soon as "
            "it is back. Keep grading."
        )
        cy.page.keyboard.press("4")
        expect(cy.page.locator(".desk .count")).to_have_text("2 of 6")
        walker.page.get_by_role("link", name="Reviews").click()
        expect(walker.page.get_by_role("heading", name="One moment")).to_be_visible()
        fresh = Visitor(office.browser, office.served)
        office.visitors.append(fresh)
        fresh.page.goto("/queue")
        expect(fresh.page.get_by_role("status")).to_contain_text("The database does not answer now.")
    expect(status(cy)).to_contain_text("Saved ")
    expect(notice(cy)).to_be_hidden()
    assert office.answers(CY, assignment_id) == {"greeting": "yes", "empathy": "4"}
    expect(walker.page.get_by_role("heading", name="Reviews")).to_be_visible()
    expect(fresh.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_submits_from_two_devices_at_once_count_once_and_both_say_so(office: Office) -> None:
    assignment_id = office.house.assign(DI, T1)
    second_id = office.house.assign(DI, T2)
    grading.save_draft(office.house.act(DI), assignment_id, fill(), expected_revision=0)
    devices = [office.grade(DI, assignment_id)[0] for _ in range(2)]
    for device in devices:
        device.page.keyboard.press("Control+Enter")
    late = "This ticket is submitted already, from another tab or device, and counts once."
    very_late = "Your review of this ticket is submitted and stored."  # from the page, where the desk had to ask again
    for device in devices:
        expect(
            device.page.locator(".desk .undo .words")
            .filter(visible=True)
            .filter(has_text=f"Submitted {T1.external_id}: 100.0%")
            .or_(notice(device).filter(has_text=late))
            .or_(device.page.get_by_text(very_late))
        ).to_be_visible()
    [slower] = [device for device in devices if not device.page.locator(f".desk[data-case='{second_id}']").count()]
    if not slower.page.get_by_text(very_late).is_visible():
        expect(status(slower)).to_have_text("Finished elsewhere")
        slower.page.get_by_role("link", name="Go on").click()
    slower.page.get_by_role("button", name="Next ticket").click()
    for device in devices:
        expect(device.page.locator("h1")).to_have_text(f"Grade {T2.external_id}")
    with office.house.store.read() as tx:
        assert reviews.count_reviews(tx, reviewer_id=DI.id) == 1
