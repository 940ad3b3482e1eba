from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from db.engine import Store
from db.problems import DuplicateKey, Immutable, UnknownId
from db.records import ScorecardVersion, ScorecardVersionId, VersionState
from db.store import scorecards
from scorecards.model import (
    Band,
    Channel,
    Condition,
    Criterion,
    CriterionType,
    NumberRange,
    Option,
    Scorecard,
    Section,
    ShowIf,
)
from tests.db.world import NOON, VERSION, add_people

RICH = Scorecard(
    id="rich",
    label="Rich",
    channels=(Channel.CALL,),
    translations={"de": {"criteria.no.label": "Nein"}},
    pass_mark=Decimal("82.50"),
    bands=(Band(label="Low", from_score=Decimal(0)), Band(label="High", from_score=Decimal("80.5"))),
    sections=(
        Section(
            id="one",
            label="One",
            weight=Decimal("33.3"),
            criteria=(
                Criterion(
                    id="no",
                    label="No?",
                    type=CriterionType.CHOICE,
                    options=(
                        Option(id="a", label="A", points=Decimal(-1), anchors={Channel.CALL: "hears", "any": "sees"}),
                        Option(id="b", label="B", value=Decimal("0.125")),
                    ),
                ),
                Criterion(
                    id="n",
                    label="N",
                    type=CriterionType.NUMBER,
                    number=NumberRange(low=Decimal("0.5"), high=Decimal(10)),
                    show_if=ShowIf(all_of=(Condition(criterion="no", is_one_of=("a",)),)),
                ),
            ),
        ),
    ),
)


@pytest.fixture
def shelf(store: Store) -> Store:
    """Version 1 of `core` is published, versions 2 and 3 are drafts; `rich` has a draft."""
    with store.write() as tx:
        add_people(tx)
        rich = replace(draft(1), id=ScorecardVersionId("rich"), scorecard_id="rich", scorecard=RICH)
        for version in (VERSION, draft(2), draft(3), rich):
            scorecards.add_version(tx, version)
    return store


def draft(number: int) -> ScorecardVersion:
    return replace(
        VERSION,
        id=ScorecardVersionId(f"v{number}"),
        number=number,
        state=VersionState.DRAFT,
        published_at=None,
    )


def test_version_comes_back_as_it_went_in(shelf: Store) -> None:
    with shelf.read() as tx:
        assert scorecards.version(tx, VERSION.id) == VERSION
        rich = scorecards.version(tx, ScorecardVersionId("rich"))
        assert rich is not None
        assert rich.scorecard == RICH
        assert scorecards.version(tx, ScorecardVersionId("none")) is None


def test_versions_are_listed_by_scorecard_newest_first(shelf: Store) -> None:
    with shelf.read() as tx:
        assert [one.id for one in scorecards.versions(tx)] == ["v3", "v2", "v1", "rich"]
        assert [one.id for one in scorecards.versions(tx, scorecard_id="core")] == ["v3", "v2", "v1"]
        assert [one.id for one in scorecards.versions(tx, state=VersionState.PUBLISHED)] == ["v1"]
        assert sorted(scorecards.versions_by_id(tx, [VERSION.id, ScorecardVersionId("none")])) == ["v1"]


def test_current_version_is_the_newest_published_one(shelf: Store) -> None:
    later = NOON + timedelta(days=1)
    with shelf.write() as tx:
        before = scorecards.current_version(tx, "core")
        scorecards.set_version_state(tx, ScorecardVersionId("v2"), VersionState.PUBLISHED, at=later)
        after = scorecards.current_version(tx, "core")
        scorecards.set_version_state(tx, ScorecardVersionId("v2"), VersionState.ARCHIVED, at=later + timedelta(days=1))
        archived = scorecards.current_version(tx, "core")
        kept = scorecards.version(tx, ScorecardVersionId("v2"))
        assert scorecards.current_version(tx, "rich") is None
        with pytest.raises(UnknownId):
            scorecards.set_version_state(tx, ScorecardVersionId("none"), VersionState.PUBLISHED, at=later)
    assert before == archived == VERSION
    assert after == replace(draft(2), state=VersionState.PUBLISHED, published_at=later)
    assert kept == replace(draft(2), state=VersionState.ARCHIVED, published_at=later)


def test_number_of_a_scorecard_is_given_once(shelf: Store) -> None:
    with shelf.write() as tx, pytest.raises(DuplicateKey) as refusal:
        scorecards.add_version(tx, replace(draft(2), id=ScorecardVersionId("other")))
    assert refusal.value.constraint == "uq_scorecard_version_scorecard_id_number"


def test_draft_is_written_anew_and_a_published_version_never(shelf: Store) -> None:
    changed = replace(draft(2), scorecard=VERSION.scorecard.model_copy(update={"label": "Changed"}))
    with shelf.write() as tx:
        scorecards.replace_draft(tx, changed)
        with pytest.raises(Immutable):
            scorecards.replace_draft(tx, replace(VERSION, content_hash="0" * 64))
        with pytest.raises(UnknownId):
            scorecards.replace_draft(tx, replace(changed, id=ScorecardVersionId("none")))
    with shelf.read() as tx:
        assert scorecards.version(tx, changed.id) == changed
        assert scorecards.version(tx, VERSION.id) == VERSION


def test_draft_is_removed_and_a_published_version_never(shelf: Store) -> None:
    with shelf.write() as tx:
        scorecards.remove_draft(tx, draft(2).id)
        with pytest.raises(Immutable):
            scorecards.remove_draft(tx, VERSION.id)
        with pytest.raises(UnknownId):
            scorecards.remove_draft(tx, draft(2).id)
    with shelf.read() as tx:
        assert scorecards.version(tx, draft(2).id) is None
        assert scorecards.version(tx, VERSION.id) == VERSION
