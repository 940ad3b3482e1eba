"""Filled scorecards as plain JSON, one an object: the way in for files and for other programs."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from db.records import AssignmentId, Rating, Review
from db.store import reviews
from qa_app.errors import Refused
from qa_app.workflows.context import Context
from qa_app.workflows.grading import Filled, open_desk, submit_review
from scorecards.answers import NOT_APPLICABLE, Answer
from scorecards.model import Criterion, CriterionType, Scorecard


def submit_plain(context: Context, line: Mapping[str, object]) -> Review:
    """Submit one scorecard that came as plain JSON (see `plumbline grade --help`).

    What a line submitted before is returned as it is, so that a file can be sent again after its bad lines are mended.

    Raises:
        Refused: something in the line does not fit; the message says what.
    """
    assignment_id = AssignmentId(str(line.get("assignment", "")))
    key = f"cli-{assignment_id}"
    with context.store.read() as tx:
        earlier = reviews.review_by_key(tx, key)
    if earlier is not None and earlier.reviewer_id == context.actor.id:
        return earlier
    scorecard = open_desk(context, assignment_id).version.scorecard
    filled = Filled(read_ratings(scorecard, line), comment=str(line.get("comment", "")))
    return submit_review(context, assignment_id, filled, submission_key=key)


def read_answer(criterion: Criterion, value: object) -> Answer:
    """An answer written plainly: an option id, a number, a text, or `n/a`.

    Raises:
        Refused: a number criterion without a number.
    """
    if value == "n/a":
        return NOT_APPLICABLE
    if criterion.type is CriterionType.TEXT:
        return Answer.write(str(value))
    if criterion.number is not None:
        try:
            return Answer.measure(Decimal(str(value)))
        except InvalidOperation as error:
            raise Refused("not-a-number", f"{criterion.label}: {value!r} is no number.") from error
    return Answer.choose(str(value))


def read_answers(scorecard: Scorecard, plain: Mapping[str, object]) -> dict[str, Answer]:
    """Answers by criterion id.

    Raises:
        Refused: the scorecard has no such criterion, or a number criterion has no number.
    """
    known = {criterion.id: criterion for criterion in scorecard.criteria}
    _refuse_unknown(plain.keys() - known.keys(), known)
    return {key: read_answer(known[key], value) for key, value in plain.items()}


def read_ratings(scorecard: Scorecard, line: Mapping[str, object]) -> tuple[Rating, ...]:
    """The `answers` of a line with its `comments` and `reasons`, each an object by criterion id; raises Refused."""
    answers, comments, reasons = (_mapping(line, name) for name in ("answers", "comments", "reasons"))
    given = read_answers(scorecard, answers)
    _refuse_unknown((comments.keys() | reasons.keys()) - given.keys(), given)
    return tuple(
        Rating(key, answer, str(comments.get(key, "")), _reasons(key, reasons.get(key, [])))
        for key, answer in given.items()
    )


def _refuse_unknown(unknown: set[str], known: Mapping[str, object]) -> None:
    if unknown:
        raise Refused(
            "unknown-criterion", f"There is no criterion {', '.join(sorted(unknown))}; there are {', '.join(known)}."
        )


def _mapping(line: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = line.get(name, {})
    if not isinstance(value, Mapping):
        raise Refused("grade-line", f"{name} must be an object of criterion ids, not {type(value).__name__}.")
    return value


def _reasons(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Refused("grade-line", f"The reasons of {key} must be a list, not {type(value).__name__}.")
    return tuple(str(reason) for reason in value)
