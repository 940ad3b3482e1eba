"""The workbook of a file of ratings: a sheet to read first, then one table of each section, and the methods.

Pure: a report in, a plan out. Nothing is computed here.
"""

from zoneinfo import ZoneInfo

from qa_app.reports import RatingsReport, Section
from qa_app.words import write_moment
from qa_app.workbooks.parts import GRID, head_sheet, link_sheets, plan_methods
from qa_app.workbooks.plan import Block, Book, Sheet
from qa_app.workbooks.sections import plan_section, tell_section

_HOME = ("plain", "read_first", "warnings")


def plan_ratings_report(report: RatingsReport, *, time_zone: ZoneInfo, app_version: str) -> Book:
    """Plan the workbook."""
    details = [section for section in report.sections if section.key not in _HOME]
    sheets = (_plan_summary(report, details, time_zone), *(plan_section(section, report.title) for section in details))
    methods = plan_methods(report.methods, made_at=report.made_at, zone=time_zone, app_version=app_version)
    return Book(report.title, "Agreement of raters", report.made_at.astimezone(time_zone), (*sheets, methods))


def _plan_summary(report: RatingsReport, details: list[Section], zone: ZoneInfo) -> Sheet:
    made = f"made {write_moment(report.made_at, zone)} ({zone.key})"
    titles = [*(section.title for section in details), "Methods"]
    home = [section for section in report.sections if section.key in _HOME]
    blocks: tuple[Block, ...] = (
        *head_sheet(report.title, made, home=True),
        *link_sheets(titles),
        *(block for section in home for block in tell_section(section)),
    )
    return Sheet("Summary", blocks, grid=GRID, landscape=False)
