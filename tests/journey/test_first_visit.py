"""From an empty data folder to the first tickets: the welcome page, the first admin, an import, signing out and in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.journey.house import House, Visitor, serve

pytestmark = pytest.mark.journey

NAME, EMAIL, PASSWORD = "Ann Lee", "ann@example.org", "a long enough one"
TICKETS = """\
id,channel,created,agent,subject
T-1,chat,2026-03-05T08:00:00Z,Priya Nair,Where is my parcel
T-2,email,2026-03-05T09:30:00Z,Priya Nair,Charged twice
T-3,chat,the day before yesterday,Priya Nair,Wrong size
"""
MESSAGES = """\
ticket_id,role,text
T-1,customer,Where is it?
T-1,agent,On its way.
T-2,customer,You charged me twice.
T-2,agent,"The second one goes back today, with our apologies."
T-3,customer,It is too small.
"""


@pytest.fixture
def empty_house(tmp_path: Path) -> Iterator[House]:
    """Served from a folder in which there is nothing."""
    with serve(tmp_path / "data") as house:
        yield house


@pytest.fixture
def visitor(browser: Browser, empty_house: House) -> Iterator[Visitor]:
    """Somebody whom nobody knows yet. An error in any page's script fails the test."""
    visitor = Visitor(browser, empty_house)
    yield visitor
    visitor.leave()
    assert visitor.problems == []


def test_first_visit_ends_with_tickets(visitor: Visitor, tmp_path: Path) -> None:
    files = [tmp_path / "tickets.csv", tmp_path / "messages.csv"]
    for file, text in zip(files, (TICKETS, MESSAGES), strict=True):
        file.write_text(text)
    become_admin(visitor)
    choose_files(visitor, *files)
    name_source(visitor)
    expect_counts(visitor, new=2, unchanged=0, refused=1)
    expect_bad_row_named(visitor)
    import_two(visitor)
    visitor.open("/import")
    choose_files(visitor, *files)
    name_source(visitor)
    expect_nothing_to_do(visitor)
    sign_out(visitor)
    sign_in(visitor)


def become_admin(visitor: Visitor) -> None:
    """Any address of an empty house leads to the welcome page; the first account is the admin and goes on to import."""
    page = visitor.page
    page.goto("/tickets")
    expect(page).to_have_title("Welcome · Plumbline")
    expect(page.get_by_role("button", name="Load the demo")).to_be_visible()
    expect(page.get_by_role("heading", name="Import your tickets")).to_be_visible()
    page.get_by_label("Your name").fill(NAME)
    page.get_by_label("E-mail").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Start with my tickets").click()
    expect(page.get_by_label("E-mail")).to_have_js_property("validity.valid", value=False)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_role("button", name="Start with my tickets").click()
    visitor.settle()
    expect(page).to_have_title("Import · Plumbline")


def choose_files(visitor: Visitor, tickets: Path, messages: Path) -> None:
    for key, file in (("import:file", tickets), ("import:second", messages)):
        visitor.widget(key).locator("input[type=file]").set_input_files(file)
        expect(visitor.widget(key).get_by_text(file.name)).to_be_visible()
        visitor.settle()


def name_source(visitor: Visitor) -> None:
    """What no file says is asked."""
    visitor.widget("import:ask:source").get_by_role("textbox").fill("helpdesk")
    visitor.widget("import:ask:source").get_by_role("textbox").press("Enter")
    expect(visitor.widget("import:ask:source:use")).to_be_visible()
    visitor.press("import:ask:source:use")
    visitor.settle()
    expect(visitor.widget("import:go")).to_be_visible()


def expect_counts(visitor: Visitor, *, new: int, unchanged: int, refused: int) -> None:
    values = visitor.page.get_by_test_id("stMetricValue")
    expect(visitor.page.get_by_test_id("stMetricLabel")).to_contain_text(["New", "Changed", "Unchanged", "Refused"])
    expect(values).to_contain_text([str(count) for count in (new, 0, unchanged, refused)])


def row_of(visitor: Visitor, table: str, number: int) -> Locator:
    """Cells of a row, from 1; tables are painted, and repeat in HTML for screen readers what is in sight."""
    row = visitor.page.get_by_role("region", name=table).locator(f"tr[aria-rowindex='{number + 1}']")
    return row.locator("td")


def expect_bad_row_named(visitor: Visitor) -> None:
    cells = row_of(visitor, "Remarks by row", 1)
    expect(cells).to_contain_text(["✗ refused", "4", "", "created", "the day before yesterday"])


def import_two(visitor: Visitor) -> None:
    expect(visitor.widget("import:go")).to_have_text("download_doneImport 2 tickets")
    visitor.press("import:go")
    expect(visitor.page).to_have_title("Tickets · Plumbline")
    expect(visitor.page.get_by_text("2 new, 0 changed, 0 unchanged, 1 refused.")).to_be_visible()
    expect(row_of(visitor, "Tickets, newest first", 1)).to_contain_text(["Read", "T-2", "Charged twice"])


def expect_nothing_to_do(visitor: Visitor) -> None:
    words = "Nothing would change: every ticket of this file is here already, or was refused."
    expect(visitor.page.get_by_text(words)).to_be_visible()
    expect_counts(visitor, new=0, unchanged=2, refused=1)
    expect(visitor.widget("import:go").get_by_role("button")).to_be_disabled()


def sign_out(visitor: Visitor) -> None:
    """Nothing that the desk keeps in the browser is left for whoever comes next."""
    unsaved = "sessionStorage.setItem('plumbline.desk.1', '{}')"
    visitor.open("/account")
    visitor.page.evaluate(unsaved)
    visitor.page.get_by_role("link", name="Sign out").click()
    expect(visitor.page.get_by_text("You are signed out.")).to_be_visible()
    visitor.page.wait_for_load_state()
    assert visitor.page.evaluate("Object.keys(sessionStorage)") == []
    # Where the origin is not secure, browsers ignore the header, and the page itself clears its tab.
    visitor.page.evaluate(unsaved)
    visitor.page.reload()
    assert visitor.page.evaluate("Object.keys(sessionStorage)") == []


def sign_in(visitor: Visitor) -> None:
    """A wrong password is refused in words; the right one leads to the page that was asked for."""
    page = visitor.page
    page.goto("/tickets")
    expect(page).to_have_title("Sign in · Plumbline")
    for password in ("a wrong password", PASSWORD):
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        if password != PASSWORD:
            expect(page.get_by_role("alert")).to_contain_text("E-mail and password do not fit.")
    visitor.settle()
    expect(page).to_have_title("Tickets · Plumbline")
