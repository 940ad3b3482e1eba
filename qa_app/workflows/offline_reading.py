"""What the filled cells of an offline form mean: a review, and every cell that cannot be read. Pure.

What a cell held when the workbook was made and still holds is not read at all: the stored text stays, whatever a
workbook cannot show of it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from db.records import Conversation, Evidence, Message, Rating
from qa_app.intake.model import Unreadable, shorten
from qa_app.intake.offline_forms import FoundCell
from qa_app.offline_form import NOT_APPLICABLE, OVERALL, PRAISE, CellProblem, Field
from qa_app.workflows.grading import TEXT_LIMIT, Filled
from qa_app.workflows.offline_cells import say, show, shown_evidence, write_form
from scorecards.answers import MISSING, Answer, AnswerState
from scorecards.answers import NOT_APPLICABLE as NONE_APPLIES
from scorecards.model import Criterion, CriterionType, Scorecard, Section
from scorecards.scoring import AnswerProblem, Given, check
from scorecards.visibility import asked_criteria

_NA_WORDS = {"n/a", "na", "not applicable"}
_PRAISE_WORDS = {PRAISE.casefold(), "y", "x", "true", "1", "✓"}
_NO_WORDS = {"", "no", "n", "false", "0"}
_COLUMN_OF = {"comment-required": Field.COMMENT, "reason-required": Field.REASONS, "unknown-reason": Field.REASONS}
_INCOMPLETE = {"missing-answer", "comment-required", "reason-required"}
_LIKE = {
    **dict.fromkeys("'‘’`´", "['‘’`´]"),
    **dict.fromkeys('"“”„«»', '["“”„«»]'),
    **dict.fromkeys("-–—", "[-–—]"),
    **dict.fromkeys("\ufffd", "."),
}
"""Signs that programs exchange while people type or paste."""
_NOT_ASKED = "is left out: the answers above say that this is not asked"
Cells = Mapping[Field, FoundCell]


@dataclass(slots=True)
class FormRead:
    """What one filled form says."""

    filled: Filled
    problems: list[CellProblem] = field(default_factory=list)
    """Cells that cannot be read; with any of them nothing of the form is taken."""
    lacking: list[CellProblem] = field(default_factory=list)
    """What is not there yet: with any of these the review stays a draft."""
    not_asked: list[CellProblem] = field(default_factory=list)
    """Answers that are left out, as on the desk: the other answers say that they are not asked for."""


def read_form(
    number: int,
    scorecard: Scorecard,
    conversation: Conversation,
    stored: Filled,
    found: Mapping[tuple[str, Field], FoundCell],
) -> FormRead:
    """The review that the cells make; `stored` is what the server holds, of which equal cells keep every detail."""
    reader = _Reader(number, conversation.messages)
    before = write_form(scorecard, stored)
    ratings = {rating.criterion_id: rating for rating in stored.ratings}
    made: list[Rating] = []
    evidence: list[Evidence] = []
    for criterion in scorecard.criteria:
        cells = {column: found[criterion.id, column] for column in Field if (criterion.id, column) in found}
        said = reader.say_all(cells)
        held = {column: before[criterion.id, column] for column in Field if (criterion.id, column) in before}
        kept, shown = _own_evidence(stored, criterion.id), shown_evidence(stored, criterion.id)
        evidence += [item for item in kept if item is not shown]
        if said == held:
            rating, quoted = ratings.get(criterion.id, Rating(criterion.id, MISSING)), shown
        else:
            rating = reader.read_rating(criterion, said, cells, ratings.get(criterion.id), held)
            quoted = reader.read_evidence(criterion, said, cells, shown, held)
        if rating != Rating(criterion.id, MISSING):
            made.append(rating)
        if quoted is not None:
            evidence.append(quoted)
    comment = reader.read_overall(stored, found.get((OVERALL, Field.COMMENT)))
    asked = asked_criteria(scorecard, {rating.criterion_id: rating.answer for rating in made})
    filled = Filled(
        tuple(rating for rating in made if rating.criterion_id in asked),
        tuple(item for item in evidence if item.criterion_id in asked),
        comment,
        ticket_version=conversation.ticket.version,
    )
    if reader.problems:
        return FormRead(filled, reader.problems)
    left_out = [
        _place(number, found[rating.criterion_id, Field.ANSWER], _NOT_ASKED, "not-asked")
        for rating in made
        if rating.criterion_id not in asked
    ]
    return FormRead(filled, lacking=[*_find_lacking(number, scorecard, filled, found)], not_asked=left_out)


def check_alone(criterion: Criterion, given: Given) -> tuple[AnswerProblem, ...]:
    """What is wrong with one answer, whether or not its criterion is asked."""
    asked = criterion.model_copy(update={"show_if": None})
    section = Section.model_construct(id="alone", label="Alone", criteria=(asked,))
    return check(Scorecard.model_construct(id="alone", label="Alone", sections=(section,)), {criterion.id: given})


class _Reader:
    """Reads cells and collects what is wrong with them."""

    def __init__(self, number: int, messages: Sequence[Message]) -> None:
        self.problems: list[CellProblem] = []
        self._number = number
        self._messages = {message.seq: message for message in messages}

    def say_all(self, cells: Cells) -> dict[Field, str]:
        """Texts of the cells that hold any."""
        said = {column: self._say(cell) for column, cell in cells.items()}
        return {column: text for column, text in said.items() if text}

    def read_rating(
        self,
        criterion: Criterion,
        said: Mapping[Field, str],
        cells: Cells,
        before: Rating | None,
        held: Mapping[Field, str],
    ) -> Rating:
        """The answer with all that is said about it."""
        problems = len(self.problems)
        answer = self._read_answer(criterion, said.get(Field.ANSWER, ""), cells)
        same = before is not None and said.get(Field.COMMENT) == held.get(Field.COMMENT)
        comment = (
            before.comment if same and before else self._take_text(said.get(Field.COMMENT, ""), cells, Field.COMMENT)
        )
        reasons = self._read_reasons(criterion, said.get(Field.REASONS, ""), cells)
        praise = self._read_praise(said.get(Field.PRAISE, ""), cells)
        if len(self.problems) == problems and answer.state is not AnswerState.MISSING:
            for problem in check_alone(criterion, Given(answer, comment, reasons)):
                if problem.code not in _INCOMPLETE:
                    self._report(cells, _COLUMN_OF.get(problem.code, Field.ANSWER), problem.message, problem.code)
        return Rating(criterion.id, answer, comment, reasons, praise)

    def read_evidence(
        self,
        criterion: Criterion,
        said: Mapping[Field, str],
        cells: Cells,
        shown: Evidence | None,
        held: Mapping[Field, str],
    ) -> Evidence | None:
        """The quoted stretch of a message; the same as before where its cells are."""
        place, quote = said.get(Field.MESSAGE, ""), said.get(Field.QUOTE, "")
        if (place, quote) == (held.get(Field.MESSAGE, ""), held.get(Field.QUOTE, "")):
            return shown
        if not place and not quote:
            return None
        if place:
            message = self._messages.get(int(place)) if place.isdecimal() and len(place) < 9 else None
            if message is None:
                numbers = f"{min(self._messages)} to {max(self._messages)}" if self._messages else "none"
                self._report(cells, Field.MESSAGE, f"there is no such message; there are {numbers}", "no-message")
                return None
            return self._quote(criterion, [message], quote, cells)
        return self._quote(criterion, [*self._messages.values()], quote, cells)

    def read_overall(self, stored: Filled, cell: FoundCell | None) -> str:
        """The comment on the whole review."""
        text = self._say(cell) if cell else ""
        if text == show(stored.comment):
            return stored.comment
        return self._take_text(text, {Field.COMMENT: cell} if cell else {}, Field.COMMENT)

    def _quote(self, criterion: Criterion, messages: Sequence[Message], quote: str, cells: Cells) -> Evidence | None:
        places = [(message, place) for message in messages if (place := _find_quote(message.text, quote))]
        if len(places) == 1:
            message, (start, end) = places[0]
            return Evidence(criterion.id, message.text[start:end], message.seq, start, end)
        if places:
            listed = ", ".join(str(message.seq) for message, _ in places)
            words = f"these words stand in messages {listed}; write the number of the one you mean beside them"
            self._report(cells, Field.QUOTE, words, "quote-unclear")
            return None
        where = f"message {messages[0].seq}" if len(messages) == 1 else "any message"
        words = f"these words do not stand in {where}; copy them from the conversation, or leave only the number"
        self._report(cells, Field.QUOTE, words, "quote-not-found")
        return None

    def _read_answer(self, criterion: Criterion, text: str, cells: Cells) -> Answer:
        option = _match(text, {option.id: option.label for option in criterion.options})
        if not text:
            return MISSING
        if option:
            return Answer.choose(option)
        if criterion.type is CriterionType.TEXT and not (criterion.allow_na and text.casefold() in _NA_WORDS):
            return Answer.write(self._take_text(text, cells, Field.ANSWER))
        if text.casefold() in _NA_WORDS:
            return self._read_na(criterion, cells)
        number = _read_number(text) if criterion.number is not None else None
        if number is not None:
            return Answer.measure(number)
        code = "not-a-number" if criterion.number is not None else "unknown-option"
        self._report(cells, Field.ANSWER, f"is no answer of this criterion; {_list_valid(criterion)}", code)
        return MISSING

    def _read_na(self, criterion: Criterion, cells: Cells) -> Answer:
        if criterion.allow_na:
            return NONE_APPLIES
        self._report(cells, Field.ANSWER, f"N/A is no answer here; {_list_valid(criterion)}", "na-not-allowed")
        return MISSING

    def _read_reasons(self, criterion: Criterion, text: str, cells: Cells) -> tuple[str, ...]:
        labels = {reason.id: reason.label for reason in criterion.reasons}
        if not text or (whole := _match(text, labels)):
            return (whole,) if text and whole else ()
        matched = [(part.strip(), _match(part.strip(), labels)) for part in re.split(r"[;\n]", text) if part.strip()]
        for part, reason in matched:
            if not reason:
                valid = f"valid: {'; '.join(labels.values())}" if labels else "this criterion has none"
                self._report(cells, Field.REASONS, f"“{shorten(part)}” is no reason here; {valid}", "unknown-reason")
        chosen = {reason for _, reason in matched}
        return tuple(reason for reason in labels if reason in chosen)

    def _read_praise(self, text: str, cells: Cells) -> bool:
        if text.casefold() not in _PRAISE_WORDS | _NO_WORDS:
            self._report(cells, Field.PRAISE, f"takes “{PRAISE}” or nothing", "praise-unclear")
        return text.casefold() in _PRAISE_WORDS

    def _take_text(self, text: str, cells: Cells, column: Field) -> str:
        if len(text) > TEXT_LIMIT:
            words = f"has {len(text):,} characters; {TEXT_LIMIT:,} are the most. Shorten it"
            self._report(cells, column, words, "text-too-long")
        return text

    def _say(self, cell: FoundCell) -> str:
        text = say(cell.value)
        if text is not None:
            return text
        if isinstance(cell.value, Unreadable):
            words = "holds a formula or an error and no value; write the value itself"
        else:
            words = "holds a date or a time; format the cell as text and write it again"
        self.problems.append(_place(self._number, cell, words, "cell-unreadable"))
        return ""

    def _report(self, cells: Cells, column: Field, words: str, code: str) -> None:
        self.problems.append(_place(self._number, cells[column], words, code))


def _place(number: int, cell: FoundCell, words: str, code: str) -> CellProblem:
    text = say(cell.value)
    found = text if text is not None else cell.value.found if isinstance(cell.value, Unreadable) else str(cell.value)
    return CellProblem(number, cell.sheet, cell.address, shorten(found), words[0].upper() + words[1:] + ".", code)


def _find_lacking(
    number: int, scorecard: Scorecard, filled: Filled, found: Mapping[tuple[str, Field], FoundCell]
) -> Iterator[CellProblem]:
    given = {rating.criterion_id: Given(rating.answer, rating.comment, rating.reason_ids) for rating in filled.ratings}
    for problem in check(scorecard, given):
        cell = found[problem.criterion_id, _COLUMN_OF.get(problem.code, Field.ANSWER)]
        yield _place(number, cell, problem.message, problem.code)


def _read_number(text: str) -> Decimal | None:
    """A number as people write it, with a point or one comma."""
    try:
        number = Decimal(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _match(text: str, labels: Mapping[str, str]) -> str | None:
    """The id of the label that was written: exactly, or but for capitals and white space."""
    shown = {key: show(label) for key, label in labels.items()}
    exact = next((key for key, label in shown.items() if label == text), None)
    return exact or next((key for key, label in shown.items() if _fold(label) == _fold(text)), None)


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _list_valid(criterion: Criterion) -> str:
    na = f", or {NOT_APPLICABLE}" if criterion.allow_na else ""
    if criterion.number is not None:
        span = criterion.number
        return f"valid: a number from {span.low} to {span.high} in steps of {span.step}{na}"
    return f"valid: {', '.join(option.label for option in criterion.options)}{na}"


def _own_evidence(filled: Filled, criterion_id: str) -> Iterator[Evidence]:
    return (item for item in filled.evidence if item.criterion_id == criterion_id)


def _find_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Where the words stand in a message, whatever programs did to its white space, quotes and dashes."""
    if not quote:
        return (0, len(text)) if text else None
    pattern = r"\s+".join("".join(_LIKE.get(sign) or re.escape(sign) for sign in word) for word in quote.split())
    found = re.search(pattern, text)
    return found.span() if found else None
