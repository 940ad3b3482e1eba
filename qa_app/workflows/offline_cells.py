"""The cells of an offline form: what a draft looks like in them, and the texts that come back. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from db.records import Evidence, Rating
from qa_app.intake.model import Cell
from qa_app.offline_form import NOT_APPLICABLE, OVERALL, PRAISE, Field, Written
from qa_app.words import write_count
from qa_app.workbooks.text import clean
from qa_app.workflows.grading import TEXT_LIMIT, Filled
from scorecards.answers import Answer, AnswerState
from scorecards.model import Criterion, Scorecard


def write_form(scorecard: Scorecard, filled: Filled) -> Written:
    """The cells of a form that holds this much."""
    ratings = {rating.criterion_id: rating for rating in filled.ratings}
    written = {
        (criterion.id, column): text
        for criterion in scorecard.criteria
        for column, text in _write(criterion, ratings.get(criterion.id), shown_evidence(filled, criterion.id)).items()
    }
    return written | ({(OVERALL, Field.COMMENT): show(filled.comment)} if show(filled.comment) else {})


def shown_evidence(filled: Filled, criterion_id: str) -> Evidence | None:
    """The piece of evidence that has cells: the first one in a message."""
    own = (item for item in filled.evidence if item.criterion_id == criterion_id and item.message_seq is not None)
    return next(own, None)


def show(text: str) -> str:
    """A text as a cell can show it, and as it comes back."""
    whole = clean(text).strip()
    mark = f"… [cut, {len(whole):,} characters in all]"
    return whole if len(whole) <= TEXT_LIMIT else f"{whole[: TEXT_LIMIT - len(mark)]}{mark}"


def say(cell: Cell) -> str | None:
    """The text of a filled cell; None where it holds nothing that can be read."""
    match cell:
        case None:
            return ""
        case str():
            return clean(cell).strip()
        case bool():
            return str(cell).upper()
        case int():
            return str(cell)
        case Decimal():
            return write_plain(cell)
        case _:
            return None


def say_all(cells: Mapping[tuple[str, Field], Cell]) -> Written:
    """The texts of all filled cells; of what cannot be read, how it stands there."""
    said = {place: say(cell) for place, cell in cells.items()}
    return {place: repr(cells[place]) if text is None else text for place, text in said.items() if text != ""}


def _write(criterion: Criterion, rating: Rating | None, evidence: Evidence | None) -> dict[Field, str]:
    cells: dict[Field, str] = {}
    if rating is not None:
        labels = {reason.id: reason.label for reason in criterion.reasons}
        cells[Field.ANSWER] = show(_write_answer(criterion, rating.answer))
        cells[Field.COMMENT] = show(rating.comment)
        cells[Field.REASONS] = show("; ".join(labels.get(reason, reason) for reason in rating.reason_ids))
        cells[Field.PRAISE] = PRAISE if rating.praise else ""
    if evidence is not None:
        cells[Field.MESSAGE] = str(evidence.message_seq)
        cells[Field.QUOTE] = show(evidence.quote)
    return {column: text for column, text in cells.items() if text}


def _write_answer(criterion: Criterion, answer: Answer) -> str:
    if answer.state is AnswerState.MISSING:
        return ""
    if answer.state is AnswerState.NOT_APPLICABLE:
        return NOT_APPLICABLE
    if answer.number is not None:
        return write_plain(answer.number)
    labels = {option.id: option.label for option in criterion.options}
    return answer.text if answer.text is not None else labels.get(answer.option_id or "", "")


def write_plain(number: Decimal) -> str:
    """A number without an exponent and without zeros at its end."""
    return format(number.normalize(), "f")


def count_kept(filled: Filled) -> str:
    """What of a draft has no cell, in words; empty where all of it has one."""
    shown = {id(shown_evidence(filled, item.criterion_id)) for item in filled.evidence}
    more = sum(id(item) not in shown for item in filled.evidence)
    return f"The draft holds {write_count(more, 'more piece')} of evidence; they stay as they are." if more else ""
