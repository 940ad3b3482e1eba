"""What the wall sends, read with distrust: the browser is anybody's. Every step has a key by which it is answered."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from db.records import PersonId, TicketId
from qa_app.errors import Refused
from qa_app.workflows.findings import NewFinding
from scorecards.answers import NOT_APPLICABLE, Answer
from scorecards.model import Scorecard

NOT_APPLIES = "n/a"
"""The choice `not applicable`; ids of options are slugs, so none of them is called so."""
_TEXT = 4000


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    ticket: Annotated[str, Field(max_length=64)]
    criterion: Annotated[str, Field(max_length=100)]


class Go(_Step):
    """The wall shows this ticket and criterion now."""

    act: Literal["go"]


class Agree(_Step):
    """The meeting agreed on this answer."""

    act: Literal["agree"]
    choice: Annotated[str, Field(max_length=100)]

    def answer(self, scorecard: Scorecard) -> Answer:
        """The answer that was chosen; whether it fits the criterion is the workflow's to say.

        Raises:
            Refused: a number was asked for, and this is none.
        """
        measured = {criterion.id for criterion in scorecard.criteria if criterion.number is not None}
        if self.choice == NOT_APPLIES:
            return NOT_APPLICABLE
        if self.criterion not in measured:
            return Answer.choose(self.choice)
        try:
            return Answer.measure(Decimal(self.choice))
        except InvalidOperation as error:
            raise Refused("agreed-answer", "This is no number; write it with digits, such as 7.5.") from error


class Find(_Step):
    """The meeting decided something about the criterion."""

    act: Literal["find"]
    cause: Annotated[str, Field(max_length=40)]
    decision: Annotated[str, Field(max_length=_TEXT)]
    action: Annotated[str, Field(max_length=500)] = ""
    owner: Annotated[str, Field(max_length=64)] = ""
    due: Annotated[str, Field(max_length=10)] = ""
    guideline: bool = False

    def finding(self) -> NewFinding:
        """What is to be recorded; whether it can be is the workflow's to say.

        Raises:
            Refused: the date is none.
        """
        try:
            due_on = date.fromisoformat(self.due) if self.due else None
        except ValueError as error:
            raise Refused("finding-due", "This is no date; choose one, or leave it empty.") from error
        return NewFinding(
            criterion_id=self.criterion,
            ticket_id=TicketId(self.ticket),
            cause=self.cause,
            decision=self.decision,
            action=self.action,
            owner_id=PersonId(self.owner) if self.owner else None,
            due_on=due_on,
            guideline_needs_update=self.guideline,
        )


class Attend(_Step):
    """Somebody is at the meeting, or is not."""

    act: Literal["attend"]
    person: Annotated[str, Field(max_length=64)]
    there: bool


Step = Go | Agree | Find | Attend
_STEP: TypeAdapter[Step] = TypeAdapter(Annotated[Step, Field(discriminator="act")])


def read_step(payload: object) -> Step:
    """One step of the meeting.

    Raises:
        Refused: the payload has not the shape that the wall sends.
    """
    try:
        return _STEP.validate_python(payload)
    except ValidationError as error:
        raise Refused(
            "meeting-step", "The page sent something that is not understood. Reload it and try again."
        ) from error
