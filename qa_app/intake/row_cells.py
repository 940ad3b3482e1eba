"""The cells of one row, asked for by field, with every problem noted where it stands."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from db.records import ColumnMapping, RowIssue
from qa_app.intake.columns import cell_of
from qa_app.intake.model import Cell, Place, Row, Table, Unreadable
from qa_app.intake.moments import TimeProblem, TimeRules, read_time, read_zone
from qa_app.intake.values import read_text

Value = TypeVar("Value")

_LONGEST_CELL = 32_767
"""Characters that a spreadsheet keeps in one cell."""
_UNREADABLE = {
    "cell-error": "The cell shows an error of the spreadsheet; it counts as empty.",
    "formula-without-value": "The formula in this cell was never calculated; it counts as empty. Open and save the "
    "workbook in a spreadsheet program to store its value.",
    "cell-not-a-number": "The number in this cell is not finite; it counts as empty.",
    "id-digits-lost": "The spreadsheet program has cut digits off this id. Format the column as text and export again.",
    "flag-unreadable": "This is neither yes nor no.",
    "number-unreadable": "This is no number; the value was left out.",
    "duration-unreadable": "This is no duration; the value was left out. Write 1:19:31, 586 or 9 min.",
    "score-unreadable": "This is no score; the value was left out.",
}


@dataclass(slots=True)
class RowCells:
    """Reads one row; `issues` grows as cells are asked for."""

    row: Row
    table: Table
    mapping: ColumnMapping
    issues: list[RowIssue] = field(default_factory=list)

    def option(self, name: str) -> str | None:
        """What people said, or what was guessed, about this table."""
        return self.mapping.options.get(name) or None

    def place(self, name: str | None = None) -> Place:
        """This row, and the column of a field."""
        column = self.mapping.columns.get(name) if name else None
        return Place(self.table.file, self.row.number, self.table.sheet, column)

    def cell(self, name: str) -> Cell:
        """The cell of a field as it stands there."""
        return cell_of(self.row, self.table, self.mapping.columns.get(name))

    def text(self, name: str) -> str | None:
        """The cell of a field as text; what cannot be read is noted and counts as empty."""
        text = self.accept(name, read_text(self.cell(name)))
        if text is not None and len(text) == _LONGEST_CELL and self.table.sheet:
            self.warn(name, "text-cut", "Spreadsheets cut text off at 32,767 characters; the rest of it is missing.")
        return text

    def accept(self, name: str, value: Value | Unreadable) -> Value | None:
        """A value that was read from a field; what cannot be read is noted and counts as empty."""
        if isinstance(value, Unreadable):
            self.issues.append(self.place(name).warn(value.code, _UNREADABLE[value.code], found=value.found or None))
            return None
        return value

    def refuse(self, name: str | None, code: str, message: str, *, found: object = None) -> None:
        """Note a problem that costs the row."""
        self.issues.append(self.place(name).refuse(code, message, found=found))

    def warn(self, name: str | None, code: str, message: str, *, found: object = None) -> None:
        """Note a remark."""
        self.issues.append(self.place(name).warn(code, message, found=found))

    def moment(self, name: str, *, required: bool = False) -> datetime | None:
        """The time in a field. Where it is required, a time that cannot be had costs the row."""
        note = self.refuse if required else self.warn
        cell = self.cell(name)
        if cell is None or isinstance(cell, Unreadable) or (isinstance(cell, str) and not cell.strip()):
            found = cell.found if isinstance(cell, Unreadable) else None
            if required:
                note(name, "time-missing", "The row has no time of creation; every ticket needs one.", found=found)
            return None
        stated = read_text(self.cell("zone"))
        if isinstance(stated, str) and read_zone(stated) is None:
            note(
                "zone", "zone-unknown", "There is no such time zone. Write it as Europe/Berlin or +02:00.", found=stated
            )
            return None
        clock = self.cell("created_time") if name == "created_at" else None
        read = read_time(cell, self._time_rules(name), clock=clock)
        if isinstance(read, TimeProblem):
            note(name, read.code, read.message, found=cell)
            return None
        if read.remark is not None:
            self.warn(name, read.remark.code, read.remark.message, found=cell if clock is None else f"{cell} {clock}")
        return read.at

    def _time_rules(self, name: str) -> TimeRules:
        stated = read_text(self.cell("zone"))
        zone_name = stated if isinstance(stated, str) else self.option("zone")
        return TimeRules(
            order=self.option(f"date_order.{name}") or self.option("date_order"),
            zone=read_zone(zone_name) if zone_name else None,
            epoch_1904=self.table.epoch_1904,
        )
