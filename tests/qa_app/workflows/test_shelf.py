"""What is slow to make is made once for all who ask, however many ask at once."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest

from qa_app.workflows.shelf import Shelf


def test_many_who_ask_at_once_get_the_one_thing_that_the_first_made() -> None:
    shelf, made, together = Shelf(), count(1), Barrier(8)

    def ask(_: int) -> int:
        together.wait()
        return shelf.recall("results", lambda: next(made))

    with ThreadPoolExecutor(8) as people:
        assert list(people.map(ask, range(8))) == [1] * 8
    assert shelf.recall("other results", lambda: next(made)) == 2


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    shelf = Shelf(size=2)
    for key in ("a", "b", "a", "c"):
        shelf.recall(key, lambda: "old")
    assert [shelf.recall(key, lambda: "new") for key in ("a", "b")] == ["old", "new"]


def test_failure_is_raised_and_not_kept() -> None:
    shelf = Shelf()
    with pytest.raises(ZeroDivisionError):
        shelf.recall("results", lambda: 1 / 0)
    assert shelf.recall("results", lambda: 1.0) == 1.0
