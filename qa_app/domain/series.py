"""Series of calibration sessions: what is wrong with one, and when the next session is due."""

from datetime import date, timedelta

from db.records import CalibrationSeries

_LEAST_REVIEWERS = 2


def series_problems(series: CalibrationSeries) -> tuple[str, ...]:
    """Everything that keeps a series from being set up, in sentences for people; empty where it is fine."""
    problems = []
    if not series.name:
        problems.append("A series needs a name, such as the team and the scorecard.")
    if min(series.random_tickets, series.contested_tickets) < 0 or series.random_tickets + series.contested_tickets < 1:
        problems.append("Each session needs at least one ticket.")
    if len(set(series.reviewer_ids)) < _LEAST_REVIEWERS:
        problems.append(f"Agreement needs at least {_LEAST_REVIEWERS} reviewers.")
    if series.every_weeks < 1:
        problems.append("Sessions come every week or more seldom.")
    if series.days_to_grade < 1:
        problems.append("Reviewers need at least one day.")
    return tuple(problems)


def next_day(series: CalibrationSeries, *, today: date) -> date:
    """The first day of the series' rhythm after today: missed days are left out, and the weekday stays."""
    step = timedelta(weeks=series.every_weeks)
    missed = max((today - series.next_on) // step, 0)
    return series.next_on + (missed + 1) * step
