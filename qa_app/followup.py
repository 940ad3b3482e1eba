"""What a calibration leaves to do: one record for page, command and workbook, so that they cannot differ."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from db.records import Finding


class Progress(StrEnum):
    """How far the action of a finding is."""

    NOTHING = "nothing to do"
    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding with the names of all that it is about; empty where there is nobody or nothing."""

    finding: Finding
    session: str
    scorecard_id: str
    criterion: str
    ticket: str
    """The helpdesk's number."""
    owner: str
    by: str
    done_by: str

    def progress(self, today: date) -> Progress:
        """How far it is on this day; what is due today is not overdue yet."""
        one = self.finding
        if not one.action:
            return Progress.NOTHING
        if one.done_at is not None:
            return Progress.DONE
        return Progress.OVERDUE if one.due_on is not None and one.due_on < today else Progress.OPEN
