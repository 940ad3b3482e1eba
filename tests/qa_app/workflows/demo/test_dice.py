"""Chance that repeats: the same key, the same draws, on every Python."""

from qa_app.workflows.demo.dice import Dice


def test_dice_repeat_for_the_same_key() -> None:
    first, second = Dice(7, "ticket", 3), Dice(7, "ticket", 3)
    assert [first.between(0, 1) for _ in range(5)] == [second.between(0, 1) for _ in range(5)]


def test_dice_draw_what_python_promises_for_a_text_seed() -> None:
    # random.Random("7/ticket/3").random() of CPython 3.11; seeding by text and random() are stable across versions.
    assert Dice(7, "ticket", 3).between(0, 1) == 0.14541326406089894


def test_pick_weighted_never_takes_what_weighs_nothing() -> None:
    dice = Dice("weights")
    assert {dice.pick_weighted("abc", (0, 1, 0)) for _ in range(50)} == {"b"}


def test_shuffle_keeps_every_item() -> None:
    assert sorted(Dice("cards").shuffle(range(20))) == list(range(20))
