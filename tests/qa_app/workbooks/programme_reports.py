"""A programme report as a workflow would fill it; estimates are plausible, not computed."""

from datetime import date, timedelta

from qa_app.packs import Figure, ProgrammeReport, Step
from qa_app.reports import Field, Kind, Method, Section, TrendPoint
from tests.qa_app.workbooks.factories import MADE_AT, TextMaker, keep, make_estimate, make_undefined


def make_programme_report(*, say: TextMaker = keep) -> ProgrammeReport:
    """Two teams, three stretches; `say` may replace every text in it."""
    starts = [date(2026, 9, 1) + timedelta(days=14 * place) for place in range(3)]
    teams = Section(
        "teams",
        say("Teams"),
        say("Reviews drawn at random."),
        (
            Field("team", "Team"),
            Field("agents", "Agents", Kind.COUNT),
            Field("graded", "With a review", Kind.COUNT),
            Field("reviews", "Reviews", Kind.COUNT),
            Field("score", "Score, %", Kind.MEASURED),
            Field("passed", "Passed, %", Kind.MEASURED),
        ),
        ((say("Billing"), 8, 7, 90, make_estimate(82.4, 3.1), make_estimate(71.0, 9.0)),),
    )
    return ProgrammeReport(
        title=say("Programme report"),
        start=date(2026, 9, 1),
        end=date(2026, 10, 12),
        made_at=MADE_AT,
        figures=(
            Figure(say("Score, of random reviews"), make_estimate(81.2, 2.2)),
            Figure(say("Free of business-critical errors"), make_undefined()),
        ),
        counts=((say("Reviews"), say("90: 80 at random, 10 targeted")),),
        steps=(Step(say("Hold a calibration."), say("None was revealed in this period.")),),
        trend=tuple(
            TrendPoint(start, start + timedelta(days=13), make_estimate(80.0 + place, 4.0))
            for place, start in enumerate(starts)
        ),
        trend_note=say("Points that the score moves in four weeks: ≈ +1.0 (-2.0 to +4.0), within noise."),
        sections=(teams,),
        methods=(Method(say("Score"), say("Mean reported score of random reviews.")),),
    )
