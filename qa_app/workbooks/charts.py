"""Charts of a table's columns, drawn with their interval. A part of writing, the only other one that knows openpyxl."""

from collections.abc import Mapping

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import NumDataSource, NumRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import Marker
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.worksheet.worksheet import Worksheet

from qa_app.workbooks import text
from qa_app.workbooks.plan import Chart, ChartKind, Table
from qa_app.workbooks.styles import FONT, INK, LINE, MUTED

_TITLE_SIZE = 1200
_AXIS_SIZE = 900
"""Hundredths of a point."""
_THIN = 9_525
_THICK = 28_575
"""Line widths in EMU, 12,700 to the point."""


def make_chart(sheet: Worksheet, chart: Chart, table: Table, *, header_row: int, accent: str) -> BarChart | LineChart:
    """The chart, not yet placed, of a table that stands on `sheet` below `header_row`."""
    columns = {column.header: index for index, column in enumerate(table.columns, start=1)}
    first, last = header_row + 1 + chart.rows.start, header_row + chart.rows.stop

    def refer(header: str) -> Reference:
        return Reference(sheet, min_col=columns[header], min_row=first, max_row=last)

    references = {header: refer(header) for header in (chart.value, chart.below, chart.above)}
    drawing: BarChart | LineChart
    match chart.kind:
        case ChartKind.BARS:
            drawing = _make_bars(chart, references, accent)
        case ChartKind.LINES:
            drawing = _make_lines(chart, references, accent)
    drawing.set_categories(refer(chart.label))
    _dress(drawing, chart)
    return drawing


def _make_bars(chart: Chart, references: Mapping[str, Reference], accent: str) -> BarChart:
    drawing = BarChart()
    drawing.type = "bar"
    drawing.gapWidth = 60
    series = Series(references[chart.value], title=text.fit_chart_text(chart.value))
    series.graphicalProperties = GraphicalProperties(solidFill=accent)
    series.errBars = ErrorBars(
        errBarType="both",
        errValType="cust",
        noEndCap=False,
        plus=NumDataSource(numRef=NumRef(f=references[chart.above])),
        minus=NumDataSource(numRef=NumRef(f=references[chart.below])),
        spPr=GraphicalProperties(ln=LineProperties(solidFill=INK, w=_THIN)),
    )
    drawing.series.append(series)
    drawing.legend = None
    drawing.x_axis.scaling.orientation = "maxMin"
    drawing.y_axis.crosses = "max"
    return drawing


def _make_lines(chart: Chart, references: Mapping[str, Reference], accent: str) -> LineChart:
    drawing = LineChart()
    for header, values in references.items():
        series = Series(values, title=text.fit_chart_text(header))
        series.smooth = False
        if header == chart.value:
            series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=accent, w=_THICK))
            series.marker = Marker(symbol="circle", size=7, spPr=GraphicalProperties(solidFill=accent))
        else:
            series.graphicalProperties = GraphicalProperties(
                ln=LineProperties(solidFill=MUTED, w=_THIN, prstDash="dash")
            )
            series.marker = Marker(symbol="none")
        drawing.series.append(series)
    drawing.legend = Legend()
    drawing.legend.position = "b"
    drawing.legend.overlay = False
    drawing.legend.txPr = _make_letters(MUTED)
    return drawing


def _dress(drawing: BarChart | LineChart, chart: Chart) -> None:
    """Title, axes with their titles, quiet lines. Without `delete = False` Excel hides the axes."""
    drawing.title = _make_title(chart.title, size=_TITLE_SIZE)
    drawing.roundedCorners = False
    drawing.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=LINE))
    low, high = chart.value_range
    drawing.y_axis.scaling.min, drawing.y_axis.scaling.max = low, high
    drawing.y_axis.number_format = "General"
    drawing.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill=LINE)))
    drawing.x_axis.tickLblPos = "low"
    for axis, title in ((drawing.x_axis, chart.label_title), (drawing.y_axis, chart.value_title)):
        axis.delete = False
        axis.title = _make_title(title, size=_AXIS_SIZE)
        axis.txPr = _make_letters(INK)
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=MUTED))


def _make_title(words: str, *, size: int) -> Title:
    letters = CharacterProperties(sz=size, b=size == _TITLE_SIZE, solidFill=INK, latin=Font(typeface=FONT))
    run = RegularTextRun(rPr=letters, t=text.fit_chart_text(words))
    paragraph = Paragraph(pPr=_make_font(size, INK), r=[run])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)


def _make_letters(ink: str) -> RichText:
    return RichText(p=[Paragraph(pPr=_make_font(_AXIS_SIZE, ink), endParaRPr=CharacterProperties())])


def _make_font(size: int, ink: str) -> ParagraphProperties:
    return ParagraphProperties(defRPr=CharacterProperties(sz=size, b=False, solidFill=ink, latin=Font(typeface=FONT)))
