"""The books as LibreOffice prints and calculates them: every sheet on paper, no number too wide for its cell."""

import re
import subprocess
from pathlib import Path

import pytest

from benchmarks.packs import make_pack
from qa_app.words import write_measured
from qa_app.workbooks.calibration import plan_calibration
from qa_app.workbooks.coaching import plan_coaching
from qa_app.workbooks.plan import Book
from qa_app.workbooks.programme import plan_programme
from qa_app.workbooks.team import plan_team
from tests.office import needs_office
from tests.qa_app.workbooks.agent_reports import make_agent_report
from tests.qa_app.workbooks.calibration_reports import make_calibration_report, make_course, make_health
from tests.qa_app.workbooks.factories import BERLIN
from tests.qa_app.workbooks.programme_reports import make_programme_report
from tests.qa_app.workbooks.reading import write_bytes

pytestmark = [pytest.mark.long, needs_office]


PAGE = re.compile(r"Page (\d+) of (\d+)")


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


def check_pages(pages: list[str]) -> None:
    """Numbered through, and nowhere a number that its cell cannot show or a formula that went wrong."""
    assert [PAGE.findall(page)[-1] for page in pages] == [
        (str(number), str(len(pages))) for number in range(1, len(pages) + 1)
    ]
    assert not any(wrong in page for page in pages for wrong in ("###", "Err:", "#NAME?", "#REF!", "#VALUE!"))


def test_the_team_book_prints_each_agent_and_calculates_every_score(tmp_path: Path) -> None:
    pack = make_pack(agents=4, reviews=6)
    pages = print_pages(plan_team(pack, time_zone=BERLIN, app_version="0.1.0"), tmp_path)
    check_pages(pages)
    for standing in pack.report.standings:
        (first,) = [page for page in pages if f"{standing.agent.name}\n" in page and "Figure, in percent" in page]
        assert f"Score {write_measured(standing.score)}" in first
    told = "".join(page for page in pages if "Raw again" in page)
    assert (told.count("✓ agrees"), told.count("✗ differs")) == (24, 0)
    again = [line.recount.raw for member in pack.members() for line in member.reviews if line.recount]
    found = [float(words[-4]) for line in told.splitlines() if (words := line.split())[-1:] == ["agrees"]]
    assert found == [float(raw) for raw in again if raw is not None]


def test_the_programme_book_prints_every_figure(tmp_path: Path) -> None:
    report = make_programme_report()
    pages = print_pages(plan_programme(report, time_zone=BERLIN, app_version="0.1.0"), tmp_path)
    check_pages(pages)
    for figure in (one for one in report.figures if one.value.n_units):
        assert f"{figure.label}" in pages[0]
        assert write_measured(figure.value) in pages[0]
    assert [page.splitlines()[0].split()[-1] for page in pages] == ["Summary", "Trend", "Teams", "Methods"]
