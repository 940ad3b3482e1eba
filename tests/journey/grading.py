"""Filled scorecards for journeys: by keys at the desk, or as a file for `plumbline grade`."""

import json
from collections.abc import Sequence
from pathlib import Path

from qa_app.workflows.scorecards import list_library
from scorecards.model import Criterion, Scorecard
from scorecards.values import option_value
from tests.journey.house import House


def find_scorecard(label: str) -> Scorecard:
    """The shipped scorecard that a queue calls `Core skills, chat, version 1`."""
    return next(card for card in list_library() if label.startswith(card.label))


def key_of_best(criterion: Criterion) -> str:
    """The digit that gives the best answer: answers have the digits from 1 on, in their order."""
    best = max(criterion.options, key=lambda option: option_value(criterion, option))
    return str(criterion.options.index(best) + 1)


def read_queue(house: House, email: str) -> list[dict[str, str]]:
    """A reviewer's queue, as the command prints it."""
    queue: list[dict[str, str]] = json.loads(house.command("queue", "--as", email, "--format", "json"))
    return queue


def grade(house: House, email: str, queue: Sequence[dict[str, str]], *, lean: int, folder: Path, comment: str) -> None:
    """Submit these assignments by command; `lean` tells reviewers apart, so that they do not all agree."""
    lines = [_fill_in(row, place, lean=lean, comment=comment) for place, row in enumerate(queue)]
    file = folder / f"{email}.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    house.command("grade", str(file), "--as", email)


def _fill_in(row: dict[str, str], place: int, *, lean: int, comment: str) -> dict[str, object]:
    criteria = find_scorecard(row["scorecard"]).criteria
    answers = {
        criterion.id: criterion.options[(place + lean * (number % 3 == 0)) % len(criterion.options)].id
        for number, criterion in enumerate(criteria)
    }
    return {
        "assignment": row["assignment"],
        "answers": answers,
        "comments": dict.fromkeys(answers, comment),
        "reasons": {criterion.id: [criterion.reasons[0].id] for criterion in criteria if criterion.reasons},
        "comment": comment,
    }
