"""Filled scorecards for journeys: what to answer at the desk, or a file for `plumbline grade`."""

import json
from collections.abc import Sequence
from pathlib import Path

from qa_app.workflows.scorecards import list_library
from scorecards.model import Scorecard
from tests.journey.house import House


def find_scorecard(label: str) -> Scorecard:
    """The shipped scorecard that a queue calls `Core skills, chat, version 1`."""
    return next(card for card in list_library() if label.startswith(card.label))


def read_queue(house: House, email: str) -> list[dict[str, str]]:
    """A reviewer's queue, as the command prints it."""
    queue: list[dict[str, str]] = json.loads(house.command("queue", "--as", email, "--format", "json"))
    return queue


def give_back_second_grades(house: House, email: str) -> None:
    """So that a whole scorecard comes next on the desk: the second grade of a dispute asks for some criteria only."""
    for row in read_queue(house, email):
        if row["purpose"] == "dispute":
            house.command("skip", row["assignment"], "--reason", "I know the customer", "--as", email)


def grade(house: House, email: str, queue: Sequence[dict[str, str]], *, lean: int, folder: Path, comment: str) -> None:
    """Submit these assignments by command; `lean` tells reviewers apart, so that they do not all agree."""
    lines = [_fill_in(row, place, lean=lean, comment=comment) for place, row in enumerate(queue)]
    file = folder / f"{email}.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    house.command("grade", str(file), "--as", email)


def choose_options(scorecard: Scorecard, place: int, *, lean: int = 0) -> dict[str, str]:
    """Criterion to option: each ticket gets others by its place, and every third answer of a reviewer leans."""
    return {
        criterion.id: criterion.options[(place + lean * (number % 3 == 0)) % len(criterion.options)].id
        for number, criterion in enumerate(scorecard.criteria)
    }


def _fill_in(row: dict[str, str], place: int, *, lean: int, comment: str) -> dict[str, object]:
    scorecard = find_scorecard(row["scorecard"])
    criteria, answers = scorecard.criteria, choose_options(scorecard, place, lean=lean)
    return {
        "assignment": row["assignment"],
        "answers": answers,
        "comments": dict.fromkeys(answers, comment),
        "reasons": {criterion.id: [criterion.reasons[0].id] for criterion in criteria if criterion.reasons},
        "comment": comment,
    }
