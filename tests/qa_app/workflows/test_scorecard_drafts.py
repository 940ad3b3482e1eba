"""Drafts that are edited step by step: begun, changed, taken back, judged, published or thrown away."""

import pytest

from db.records import Person, VersionState
from db.store import audit
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused
from qa_app.workflows import scorecard_drafts, scorecards
from scorecards.editing import put, remove_criterion
from scorecards.files import library_scorecard
from tests.factories import make_scorecard
from tests.qa_app.workflows.house import ADMIN, BO, COACH, CY, FACILITATOR, MANAGER, NINA, T1, T2, VERSION, House


def test_next_version_begins_as_the_one_in_force_and_there_is_one_draft_of_it(house: House) -> None:
    draft = scorecard_drafts.start_next(house.act(FACILITATOR), VERSION.id)
    assert (draft.number, draft.state, draft.scorecard) == (2, VersionState.DRAFT, VERSION.scorecard)
    assert scorecard_drafts.start_next(house.act(MANAGER), VERSION.id) == draft
    assert scorecard_drafts.find_draft(house.act(BO), "care") == draft


def test_edits_of_two_people_come_together(house: House) -> None:
    draft = scorecard_drafts.start_next(house.act(FACILITATOR), VERSION.id)
    scorecard_drafts.edit_draft(house.act(FACILITATOR), draft.id, lambda card: put(card, ("pass_mark",), 75))
    house.tick(minutes=1)
    _, after = scorecard_drafts.edit_draft(house.act(MANAGER), draft.id, lambda card: put(card, ("label",), "Care 2"))
    assert (str(after.scorecard.pass_mark), after.scorecard.label) == ("75", "Care 2")
    assert (after.created_by, after.created_at) == (MANAGER.id, house.now)
    with house.store.read() as tx:
        entries = audit.entries(tx, object_id=draft.id)
    assert [(entry.action, entry.actor_id) for entry in entries] == [
        ("scorecard.draft", MANAGER.id),
        ("scorecard.draft", FACILITATOR.id),
        ("scorecard.draft", FACILITATOR.id),
    ]
    assert entries[0].after["content_hash"] == after.content_hash


def test_edit_that_changes_nothing_leaves_no_trace(sqlite_house: House) -> None:
    draft = scorecard_drafts.start_next(sqlite_house.act(MANAGER), VERSION.id)
    before, after = scorecard_drafts.edit_draft(sqlite_house.act(MANAGER), draft.id, lambda card: card)
    assert before == after
    with sqlite_house.store.read() as tx:
        assert len(audit.entries(tx, object_id=draft.id)) == 1


def test_change_is_taken_back_unless_somebody_was_there_since(house: House) -> None:
    context = house.act(MANAGER)
    draft = scorecard_drafts.start_next(context, VERSION.id)
    before, after = scorecard_drafts.edit_draft(context, draft.id, lambda card: remove_criterion(card, "note"))
    back = scorecard_drafts.take_back(context, draft.id, before.scorecard, after=after.content_hash)
    assert back.content_hash == draft.content_hash
    with pytest.raises(Conflict) as conflict:
        scorecard_drafts.take_back(context, draft.id, before.scorecard, after=after.content_hash)
    assert conflict.value.code == "draft-changed"


def test_whole_document_takes_the_place_of_the_draft_that_was_seen(sqlite_house: House) -> None:
    context = sqlite_house.act(MANAGER)
    draft = scorecard_drafts.start_next(context, VERSION.id)
    other = put(draft.scorecard, ("label",), "Other")
    after = scorecard_drafts.replace_draft(context, draft.id, other, seen=draft.content_hash)
    assert after.scorecard.label == "Other"
    with pytest.raises(Conflict):
        scorecard_drafts.replace_draft(context, draft.id, draft.scorecard, seen=draft.content_hash)
    with pytest.raises(Refused) as refusal:
        scorecard_drafts.replace_draft(context, draft.id, library_scorecard("practice"), seen=after.content_hash)
    assert refusal.value.code == "other-scorecard"


def test_value_that_does_not_fit_changes_nothing_and_says_what_is_valid(sqlite_house: House) -> None:
    context = sqlite_house.act(MANAGER)
    draft = scorecard_drafts.start_next(context, VERSION.id)
    with pytest.raises(Refused) as refusal:
        scorecard_drafts.edit_draft(context, draft.id, lambda card: put(card, ("pass_mark",), 120))
    assert refusal.value.message == 'Not kept: "120" is not valid here: it should be less than or equal to 100.'
    with pytest.raises(Conflict) as conflict:
        scorecard_drafts.edit_draft(context, draft.id, lambda card: remove_criterion(card, "gone"))
    assert conflict.value.code == "part-gone"
    assert scorecards.find_version(context, draft.id) == draft


def test_published_version_is_not_edited(sqlite_house: House) -> None:
    context = sqlite_house.act(MANAGER)
    for act in (
        lambda: scorecard_drafts.edit_draft(context, VERSION.id, lambda card: card),
        lambda: scorecard_drafts.discard_draft(context, VERSION.id),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "not-a-draft"


def test_discarded_draft_is_gone_and_the_version_in_force_stays(house: House) -> None:
    context = house.act(MANAGER)
    draft = scorecard_drafts.start_next(context, VERSION.id)
    scorecard_drafts.discard_draft(context, draft.id)
    assert scorecards.list_versions(context) == (VERSION,)
    with pytest.raises(NotFound):
        scorecard_drafts.look_ahead(context, draft.id)


def test_outlook_counts_the_reviews_that_a_change_of_scoring_leaves_behind(house: House) -> None:
    house.grade(BO, T1)
    house.grade(CY, T2)
    context = house.act(MANAGER)
    draft = scorecard_drafts.start_next(context, VERSION.id)
    assert scorecard_drafts.look_ahead(context, draft.id).unchanged
    scorecard_drafts.edit_draft(context, draft.id, lambda card: put(card, ("sections", 0, "label"), "Talk"))
    reworded = scorecard_drafts.look_ahead(context, draft.id)
    assert (reworded.pools, reworded.reviews, [change.kind for change in reworded.changes]) == (
        True,
        2,
        ["section-label-changed"],
    )
    scorecards.publish(context, draft.id)
    heavier = scorecard_drafts.start_next(context, draft.id)
    scorecard_drafts.edit_draft(
        context, heavier.id, lambda card: put(card, ("sections", 0, "criteria", 0, "weight"), 3)
    )
    ahead = scorecard_drafts.look_ahead(context, heavier.id)
    assert (ahead.pools, ahead.reviews, ahead.in_force and ahead.in_force.number) == (False, 2, 2)


def test_draft_with_errors_is_not_published(sqlite_house: House) -> None:
    context = sqlite_house.act(MANAGER)
    draft = scorecard_drafts.start_next(context, VERSION.id)
    scorecard_drafts.edit_draft(context, draft.id, lambda card: put(card, ("sections", 0, "weight"), 60))
    assert [problem.code for problem in scorecard_drafts.look_ahead(context, draft.id).errors] == [
        "section-weights-mixed"
    ]
    with pytest.raises(Refused) as refusal:
        scorecards.publish(context, draft.id)
    assert refusal.value.code == "scorecard-problems"
    assert "give every section a weight or none" in refusal.value.message


def test_draft_without_a_change_is_not_published(sqlite_house: House) -> None:
    context = sqlite_house.act(MANAGER)
    with pytest.raises(Refused) as refusal:
        scorecards.publish(context, scorecard_drafts.start_next(context, VERSION.id).id)
    assert refusal.value.code == "scorecard-unchanged"


def test_scorecard_begins_from_nothing_or_as_a_copy_under_a_name_of_its_own(sqlite_house: House) -> None:
    context = sqlite_house.act(FACILITATOR)
    new = scorecard_drafts.start_new(context, "Care", section="Talk", criterion="Was it kind?")
    copy = scorecard_drafts.start_copy(context, make_scorecard(), "Care")
    assert [(made.scorecard_id, made.number) for made in (new, copy)] == [("care-2", 1), ("care-3", 1)]
    assert [criterion.id for criterion in new.scorecard.criteria] == ["was-it-kind"]
    assert copy.scorecard.sections == VERSION.scorecard.sections
    with pytest.raises(Refused) as refusal:
        scorecard_drafts.start_new(context, "", section="Talk", criterion="Kind?")
    assert refusal.value.message == "Not kept: the text is empty."


@pytest.mark.parametrize(
    ("actor", "writes"),
    [(ADMIN, True), (MANAGER, True), (FACILITATOR, True), (BO, False), (COACH, False), (NINA, False)],
    ids=lambda value: value.name if isinstance(value, Person) else "",
)
def test_roles_that_edit(sqlite_house: House, actor: Person, *, writes: bool) -> None:
    draft = scorecard_drafts.start_next(sqlite_house.act(ADMIN), VERSION.id)
    context = sqlite_house.act(actor)
    for act in (
        lambda: scorecard_drafts.start_next(context, VERSION.id),
        lambda: scorecard_drafts.start_new(context, "New", section="S", criterion="C"),
        lambda: scorecard_drafts.edit_draft(context, draft.id, lambda card: card),
        lambda: scorecard_drafts.discard_draft(context, draft.id),
    ):
        if writes:
            act()
        else:
            with pytest.raises(NotAllowed):
                act()
