"""A score over time, as a table and as the chart that is drawn from it. Pure."""

from collections.abc import Iterable, Sequence

from qa_app.estimate import Estimate, Measured
from qa_app.reports import TrendPoint
from qa_app.workbooks.parts import spread_estimate, tell
from qa_app.workbooks.plan import Block, Cell, Chart, ChartKind, Column, Style, Table

OVERALL = "Score"


def tabulate_trend(rows: Sequence[tuple[Cell, ...]]) -> Table:
    """Rows of `tell_point` under their headers."""
    return Table(
        columns=(
            Column("Score or skill", Style.STRONG, narrowest=26, widest=36),
            Column("Period", narrowest=20, widest=26),
            Column("From", Style.DATE, narrowest=12),
            Column("To", Style.DATE, narrowest=12),
            Column("Mean with its margin", narrowest=28, widest=44),
            Column("Mean, %", Style.ONE_DIGIT),
            Column("Low", Style.ONE_DIGIT),
            Column("High", Style.ONE_DIGIT),
            Column("n", Style.COUNT, narrowest=6),
        ),
        rows=tuple(rows),
        name="Trend",
    )


def draw_trend(trend: Sequence[TrendPoint], *, title: str, height: int) -> tuple[Block, ...]:
    """A chart of the first rows of the trend's table; nothing where no stretch has a mean."""
    if not any(isinstance(point.mean, Estimate) for point in trend):
        return ()
    chart = Chart(
        kind=ChartKind.LINES,
        title=title,
        table="Trend",
        rows=range(len(trend)),
        label="Period",
        value="Mean, %",
        below="Low",
        above="High",
        label_title="Period",
        value_title="Score in percent",
        value_range=range_percent(point.mean for point in trend),
        height=height,
    )
    return (chart,)


def range_percent(means: Iterable[Measured]) -> tuple[float, float | None]:
    """The whole scale, open above where bonus points lift a mean over 100."""
    beyond = any(isinstance(mean, Estimate) and mean.value > 100 for mean in means)
    return 0, None if beyond else 100


def tell_point(label: str, point: TrendPoint) -> tuple[Cell, ...]:
    """One stretch of a trend."""
    return (
        Cell(label),
        Cell(f"{point.start.day} {point.start:%b} to {point.end.day} {point.end:%b}"),
        Cell(point.start),
        Cell(point.end),
        tell(point.mean),
        *spread_estimate(point.mean, Style.ONE_DIGIT),
        Cell(point.mean.n_units),
    )
