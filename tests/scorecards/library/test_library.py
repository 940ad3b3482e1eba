"""What every shipped scorecard promises: it loads cleanly, and each level says what a reviewer sees or hears."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scorecards.files import library, read_library
from scorecards.model import Channel, Criterion, CriterionType, Scorecard
from scorecards.texts import texts
from tests.scorecards.library.shipped import shipped

CARDS = (
    "agent-period",
    "contact-centre-compliance",
    "core-call",
    "core-chat",
    "core-email",
    "hard-and-soft",
    "interview-role-play",
    "practice",
)

SHORTEST_ANCHOR = 40

# Judgements about a person's inside, and praise or blame without an observation. Quoted examples may hold them.
UNOBSERVABLE = re.compile(
    r"\b(feel\w*|felt|underst\w+|care[ds]?|caring|genuine\w*|sincere\w*|good|bad|well|appropriate\w*|adequate\w*"
    r"|proper\w*|effective\w*|professional\w*|empath\w+|sympath\w+|attitude|very|really|friendly|warm|natural\w*"
    r"|excellent|poor\w*)\b",
    flags=re.IGNORECASE,
)


def anchors_by_channel(card: Scorecard, criterion: Criterion) -> Iterator[tuple[str, str, str]]:
    """Channel, level and the anchor that a reviewer reads there; empty where there is none."""
    levels = [(option.id, option.anchors) for option in criterion.options]
    if criterion.number is not None:
        levels.append(("number", criterion.number.anchors))
    for channel in card.channels or tuple(Channel):
        for level, anchors in levels:
            yield channel, level, anchors.get(channel) or anchors.get("any", "")


def without_quotes(text: str) -> str:
    return re.sub(r"“[^”]*”", "", text)


def test_library_holds_these_cards() -> None:
    assert library() == CARDS


@pytest.mark.parametrize("card_id", CARDS)
def test_card_loads_without_problems_and_warnings(card_id: str) -> None:
    assert read_library(card_id).problems == ()


@pytest.mark.parametrize("card_id", CARDS)
def test_card_is_named_like_its_file(card_id: str) -> None:
    assert shipped(card_id).id == card_id


@pytest.mark.parametrize("card_id", CARDS)
def test_every_level_has_an_anchor_for_each_channel(card_id: str) -> None:
    card = shipped(card_id)
    short = [
        (criterion.id, level, channel)
        for criterion in card.criteria
        for channel, level, anchor in anchors_by_channel(card, criterion)
        if len(anchor) < SHORTEST_ANCHOR
    ]
    assert short == []


@pytest.mark.parametrize("card_id", CARDS)
def test_no_two_levels_of_a_criterion_share_an_anchor(card_id: str) -> None:
    card = shipped(card_id)
    shared = [
        criterion.id
        for criterion in card.criteria
        if len(found := [(channel, anchor) for channel, _, anchor in anchors_by_channel(card, criterion)])
        != len(set(found))
    ]
    assert shared == []


@pytest.mark.parametrize("card_id", CARDS)
def test_anchors_describe_only_what_can_be_observed(card_id: str) -> None:
    card = shipped(card_id)
    unobservable = {
        (criterion.id, level, found.group())
        for criterion in card.criteria
        for _, level, anchor in anchors_by_channel(card, criterion)
        for found in UNOBSERVABLE.finditer(without_quotes(anchor))
    }
    assert unobservable == set()


@pytest.mark.parametrize("card_id", CARDS)
def test_no_level_is_described_by_comparison_with_another(card_id: str) -> None:
    """An anchor must be readable by itself: the desk may show one level at a time."""
    card = shipped(card_id)
    comparing = {
        (criterion.id, level)
        for criterion in card.criteria
        for _, level, anchor in anchors_by_channel(card, criterion)
        if re.search(r"\b((one|no) such|of that kind|as in|level \d)\b", without_quotes(anchor).lower())
    }
    assert comparing == set()


@pytest.mark.parametrize("card_id", CARDS)
def test_every_criterion_has_a_guideline(card_id: str) -> None:
    assert [criterion.id for criterion in shipped(card_id).criteria if not criterion.guideline] == []


@pytest.mark.parametrize("card_id", CARDS)
def test_guideline_says_when_not_applicable_fits(card_id: str) -> None:
    wrong = [
        criterion.id
        for criterion in shipped(card_id).criteria
        if criterion.type is not CriterionType.TEXT and criterion.allow_na != ("N/A" in criterion.guideline)
    ]
    assert wrong == []


@pytest.mark.parametrize("card_id", CARDS)
def test_criteria_that_count_belong_to_a_skill_and_a_half(card_id: str) -> None:
    wrong = [
        criterion.id
        for criterion in shipped(card_id).criteria
        if (criterion.type is not CriterionType.TEXT and criterion.weight > 0)
        != (criterion.skill is not None and criterion.skill_type is not None)
    ]
    assert wrong == []


@pytest.mark.parametrize("card_id", CARDS)
def test_every_card_has_bands_and_only_ticket_cards_but_practice_a_pass_mark(card_id: str) -> None:
    card = shipped(card_id)
    assert card.bands
    assert (card.pass_mark is None) == (card_id in {"agent-period", "practice"})


def test_skills_are_those_of_the_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "library.md").read_text(encoding="utf-8")
    stated = set(re.findall(r"^\| `([a-z_]+)` \| (soft|hard) \|", page, flags=re.MULTILINE))
    used = {
        (criterion.skill, criterion.skill_type.value)
        for card_id in CARDS
        for criterion in shipped(card_id).criteria
        if criterion.skill and criterion.skill_type
    }
    assert used == stated


def test_chat_card_is_wholly_translated_into_german() -> None:
    card = shipped("core-chat")
    assert list(card.translations) == ["de"]
    assert sorted(card.translations["de"]) == sorted(texts(card))


def test_german_anchors_differ_between_levels() -> None:
    card = shipped("core-chat")
    anchors = [text for path, text in card.translations["de"].items() if ".anchors." in path]
    assert len(anchors) == len(set(anchors)) == sum(len(criterion.options) for criterion in card.criteria)
