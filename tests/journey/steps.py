"""What people do on the native pages: choose in lists, click rows, answer dialogs, download files."""

from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.journey.house import Visitor


def choose(visitor: Visitor, label: str, *options: str) -> None:
    """Choose in a list by its label; a list of several stays open until it is left."""
    field = visitor.page.get_by_role("combobox", name=label, exact=True)
    visitor.settle()
    field.click()
    for option in options:
        visitor.page.get_by_role("option", name=option, exact=True).click()
        visitor.settle()
    field.press("Tab")
    expect(visitor.page.get_by_role("listbox")).to_have_count(0)
    visitor.settle()


def click_row(visitor: Visitor, name: str, row: int) -> None:
    """Click the button of a 0-based row of a list by its name; lists are painted, so the place is all that there is.

    The row stands in HTML, for screen readers, once it is painted.
    """
    visitor.settle()
    painted = visitor.page.get_by_role("region", name=name)
    expect(painted.locator(f"tr[aria-rowindex='{row + 2}']")).to_be_attached()
    painted.click(position={"x": 40, "y": 36 + 36 * row + 18})


def dialog(visitor: Visitor) -> Locator:
    """The open dialog."""
    return visitor.page.get_by_role("dialog")


def download(visitor: Visitor, key: str, folder: Path) -> Path:
    """Click the button of this key and keep the file that comes."""
    with visitor.page.expect_download() as coming:
        visitor.press(key)
    file = folder / coming.value.suggested_filename
    coming.value.save_as(file)
    return file
