"""Both books as LibreOffice prints them: every sheet on paper, no number too wide for its cell, one page wide."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from qa_app.workbooks.calibration import plan_calibration
from qa_app.workbooks.coaching import plan_coaching
from qa_app.workbooks.plan import Book
from tests.qa_app.workbooks.agent_reports import make_agent_report
from tests.qa_app.workbooks.calibration_reports import make_calibration_report, make_course, make_health
from tests.qa_app.workbooks.factories import BERLIN
from tests.qa_app.workbooks.reading import write_bytes

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(
        not (shutil.which("soffice") and shutil.which("pdftotext")),
        reason="LibreOffice and poppler-utils are not installed; pages were not printed",
    ),
]


def print_pages(book: Book, folder: Path) -> list[str]:
    """The text of every printed page."""
    (folder / "book.xlsx").write_bytes(write_bytes(book))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), "book.xlsx"]
    subprocess.run(convert, check=True, capture_output=True, timeout=180, cwd=folder)
    subprocess.run(["pdftotext", "-layout", "book.pdf"], check=True, capture_output=True, timeout=60, cwd=folder)
    return (folder / "book.txt").read_text(encoding="utf-8").split("\f")[:-1]


def test_every_review_starts_a_page_of_its_own(tmp_path: Path) -> None:
    pages = print_pages(plan_coaching(make_agent_report(), time_zone=BERLIN, app_version="0.1.0"), tmp_path)
    starts = [re.findall(r"Review (\d+) · Ticket", page) for page in pages]
    assert [found for found in starts if found] == [[str(number)] for number in range(1, 21)]
    assert not any("###" in page for page in pages)
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))


def test_the_calibration_book_prints_every_reviewer_beside_the_others(tmp_path: Path) -> None:
    book = plan_calibration(
        make_calibration_report(), time_zone=BERLIN, app_version="0.1.0", course=make_course(), health=make_health()
    )
    pages = print_pages(book, tmp_path)
    side_by_side = [page for page in pages if "Side by side" in page and "Reference" in page]
    names = ("Tomás Ferreira", "Aïcha Benali", "Jun Sato", "Grace O’Neill")
    assert all(name in page for page in side_by_side for name in names)
    assert len(side_by_side) > 1
    assert not any("###" in page for page in pages)
