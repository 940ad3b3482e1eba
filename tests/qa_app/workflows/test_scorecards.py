from collections.abc import Callable

import pytest

from db.records import Person, ScorecardVersionId, VersionState
from db.store import audit
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.workflows import scorecards
from scorecards.effects import Effect
from scorecards.files import library
from scorecards.identity import content_hash, structure_hash
from scorecards.model import Scorecard
from tests.factories import CARD, NOON, make_scorecard
from tests.qa_app.workflows.house import ADMIN, BO, COACH, FACILITATOR, MANAGER, NINA, VERSION, House

REWORDED = make_scorecard(CARD.replace("label: Greeting", "label: Salutation"))
HEAVIER = make_scorecard(CARD.replace("weight: 2", "weight: 3"))
STATES = VersionState


def test_draft_is_numbered_after_the_version_in_force_and_replaced_by_the_next_draft(house: House) -> None:
    first = scorecards.save_draft(house.act(FACILITATOR), REWORDED)
    house.tick(days=1)
    second = scorecards.save_draft(house.act(MANAGER), HEAVIER)
    assert (first.id, first.number, first.state) == (second.id, 2, STATES.DRAFT)
    assert (second.content_hash, second.structure_hash) == (content_hash(HEAVIER), structure_hash(HEAVIER))
    assert scorecards.list_versions(house.act(BO)) == (second, VERSION)
    assert (second.created_by, second.created_at) == (MANAGER.id, house.now)


def test_draft_that_equals_the_version_in_force_is_refused(house: House) -> None:
    with pytest.raises(Refused) as refusal:
        scorecards.save_draft(house.act(MANAGER), make_scorecard())
    assert refusal.value.code == "scorecard-unchanged"


def test_publishing_archives_the_version_that_was_in_force(house: House) -> None:
    draft = scorecards.save_draft(house.act(MANAGER), REWORDED)
    house.tick(hours=1)
    published = scorecards.publish(house.act(MANAGER), draft.id)
    assert (published.state, published.published_at) == (STATES.PUBLISHED, house.now)
    assert scorecards.find_version(house.act(BO), draft.id) == published
    old = scorecards.find_version(house.act(BO), VERSION.id)
    assert (old.state, old.scorecard, old.published_at) == (STATES.ARCHIVED, VERSION.scorecard, NOON)
    assert scorecards.list_versions(house.act(BO), state=STATES.PUBLISHED) == (published,)
    with house.store.read() as tx:
        entries = audit.entries(tx, object_id=draft.id)
    assert [entry.action for entry in entries] == ["scorecard.publish", "scorecard.draft"]
    assert entries[0].after["structure_hash"] == published.structure_hash


def test_version_is_published_once(house: House) -> None:
    with pytest.raises(Refused) as refusal:
        scorecards.publish(house.act(MANAGER), VERSION.id)
    assert refusal.value.code == "not-a-draft"


def test_archived_version_stays_readable_and_is_archived_once(house: House) -> None:
    scorecards.archive(house.act(MANAGER), VERSION.id)
    assert scorecards.find_version(house.act(BO), VERSION.id).state is STATES.ARCHIVED
    with pytest.raises(Refused) as refusal:
        scorecards.archive(house.act(MANAGER), VERSION.id)
    assert refusal.value.code == "not-published"


def test_unknown_version_is_not_found(sqlite_house: House) -> None:
    context = sqlite_house.act(MANAGER)
    for act in (scorecards.find_version, scorecards.publish, scorecards.archive):
        with pytest.raises(NotFound):
            act(context, ScorecardVersionId("nothing"))


def test_library_scorecard_is_put_in_force_in_one_step(house: House) -> None:
    version = scorecards.publish_from_library(house.act(MANAGER), "core-chat")
    assert (version.scorecard_id, version.number, version.state) == ("core-chat", 1, STATES.PUBLISHED)
    assert scorecards.find_version(house.act(BO), version.id) == version


def test_library_lists_every_shipped_scorecard() -> None:
    assert tuple(scorecard.id for scorecard in scorecards.list_library()) == library()


@pytest.mark.parametrize(
    ("changed", "effects"), [(REWORDED, {Effect.AGREEMENT}), (HEAVIER, {Effect.SCORING})], ids=["reworded", "heavier"]
)
def test_comparison_says_which_edits_change_scores(
    sqlite_house: House, changed: Scorecard, effects: set[Effect]
) -> None:
    draft = scorecards.save_draft(sqlite_house.act(MANAGER), changed)
    changes = scorecards.compare_versions(sqlite_house.act(MANAGER), VERSION.id, draft.id)
    assert {change.effect for change in changes} == effects


@pytest.mark.parametrize(
    ("actor", "writes", "publishes"),
    [
        (ADMIN, True, True),
        (MANAGER, True, True),
        (FACILITATOR, True, False),
        (BO, False, False),
        (COACH, False, False),
        (NINA, False, False),
    ],
    ids=lambda value: value.name if isinstance(value, Person) else "",
)
def test_roles_that_write_and_publish(sqlite_house: House, actor: Person, *, writes: bool, publishes: bool) -> None:
    context = sqlite_house.act(actor)
    assert _allowed(lambda: scorecards.save_draft(context, REWORDED)) is writes
    draft = scorecards.save_draft(sqlite_house.act(ADMIN), REWORDED)
    assert _allowed(lambda: scorecards.publish(context, draft.id)) is publishes
    if not publishes:
        assert not _allowed(lambda: scorecards.archive(context, VERSION.id))


def _allowed(act: Callable[[], object]) -> bool:
    try:
        act()
    except NotAllowed:
        return False
    return True
