"""The builder: a draft is edited field by field, problems stand where they are, publishing says what it does."""

from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from db.records import ScorecardVersion, VersionState
from qa_app.ui.pages import PAGES
from qa_app.workflows import access, scorecard_drafts, scorecards
from qa_app.workflows.context import Installation
from scorecards.editing import remove_criterion
from tests.qa_app.ui.test_pages import start
from tests.qa_app.workflows.house import ADMIN, BO, FACILITATOR, MANAGER, T1, VERSION, House

BUILDER = next(page for page in PAGES if page.name == "builder")


@pytest.fixture
def draft(house: House, installation: Installation) -> ScorecardVersion:
    """The draft of the next version of the house's scorecard."""
    return scorecard_drafts.start_next(house.act(MANAGER), VERSION.id)


def open_builder(installation: Installation, draft: ScorecardVersion, **link: str) -> AppTest:
    at = start(installation, MANAGER)
    at.query_params["version"] = draft.id
    for name, value in link.items():
        at.query_params[name] = value
    at.switch_page(str(BUILDER.path)).run()
    assert not at.exception
    return at


def stored(house: House, draft: ScorecardVersion) -> ScorecardVersion:
    return scorecards.find_version(house.act(MANAGER), draft.id)


def field(at: AppTest, kind: str, label: str) -> Any:  # noqa: ANN401 - each kind of widget has its own methods
    (found,) = [each for each in getattr(at, kind) if each.label == label]
    return found


def look_at(at: AppTest, view: str) -> None:
    """Open one of the views beside the fields."""
    at.session_state["builder:views"] = view
    at.run()


def words(at: AppTest) -> list[str]:
    return [each.value for each in (*at.markdown, *at.text, *at.warning, *at.info)]


def test_edit_of_an_ended_session_is_not_kept(
    house: House, installation: Installation, draft: ScorecardVersion
) -> None:
    at = open_builder(installation, draft, criterion="empathy")
    access.set_active(house.act(ADMIN), MANAGER.id, active=False)
    field(at, "number_input", "Weight").set_value(3.5).run()
    assert at.error[0].value == "Your session has ended. Sign in again; what you saved is safe."
    assert scorecards.find_version(house.act(ADMIN), draft.id).scorecard == draft.scorecard


def test_link_to_a_criterion_opens_it_and_an_edit_is_kept_at_once(
    house: House, installation: Installation, draft: ScorecardVersion
) -> None:
    at = open_builder(installation, draft, criterion="empathy")
    assert at.title[0].value == "Care"
    field(at, "number_input", "Weight").set_value(3.5).run()
    assert str(stored(house, draft).scorecard.criterion("empathy").weight) == "3.5"
    look_at(at, "What it changes")
    assert any("begins with version 2" in each and "0 reviews" in each for each in words(at))
    at.button(key="builder:undo").click().run()
    assert stored(house, draft).content_hash == VERSION.content_hash
    assert at.button(key="builder:undo").disabled
    look_at(at, "Edit")
    assert field(at, "number_input", "Weight").value == 2.0


def test_value_that_does_not_fit_is_said_at_its_field_and_not_kept(
    house: House, installation: Installation, draft: ScorecardVersion
) -> None:
    at = open_builder(installation, draft, criterion="empathy")
    field(at, "text_input", "Question").set_value(" ").run()
    assert any("the text is empty" in each for each in words(at))
    assert stored(house, draft).scorecard.criterion("empathy").label == "Empathy"


def test_problem_stands_at_its_part_and_keeps_the_draft_from_being_published(
    house: House, installation: Installation, draft: ScorecardVersion
) -> None:
    scorecard_drafts.edit_draft(
        house.act(MANAGER), draft.id, lambda card: card.model_copy(update={"default_answer": "best"})
    )
    at = open_builder(installation, draft, criterion="solution")
    for option in ("full", "partly"):
        key = next(each.key for each in at.number_input if f":{option}:points" in str(each.key))
        at.number_input(key=str(key)).set_value(0).run()
    assert any("All options have 0 points" in each for each in words(at))
    assert at.button(key="builder:publish_open").disabled
    assert [button.label for button in at.button if "● error" in button.label] == ["**Solution** :red[● error]"]


def test_publishing_shows_what_it_does_first(house: House, installation: Installation, draft: ScorecardVersion) -> None:
    house.grade(BO, T1)
    at = open_builder(installation, draft, criterion="greeting")
    assert at.button(key="builder:publish_open").disabled  # nothing has changed yet
    field(at, "text_input", "Question").set_value("Salutation").run()
    at.button(key="builder:publish_open").click().run()
    assert any("Scores stay comparable" in each and "1 review " in each for each in words(at))
    at.button(key="builder:publish").click().run()
    assert not at.exception
    assert stored(house, draft).state is VersionState.PUBLISHED


def test_two_people_edit_one_draft_and_neither_loses_anything(
    house: House, installation: Installation, draft: ScorecardVersion
) -> None:
    at = open_builder(installation, draft, criterion="empathy")
    scorecard_drafts.edit_draft(house.act(FACILITATOR), draft.id, lambda card: remove_criterion(card, "note"))
    field(at, "number_input", "Weight").set_value(4).run()
    now = stored(house, draft).scorecard
    assert str(now.criterion("empathy").weight) == "4"
    assert "note" not in [criterion.id for criterion in now.criteria]


def test_document_that_is_broken_is_not_taken_over(
    house: House, installation: Installation, draft: ScorecardVersion
) -> None:
    at = open_builder(installation, draft)
    look_at(at, "As a document")
    document = field(at, "text_area", "Document")
    document.set_value(document.value.replace("pass_mark: 70", "pass_mark: 700")).run()
    assert at.button(key="builder:document:take").disabled
    assert any("care.yaml:" in each.value and "pass_mark" in each.value for each in at.code)
    look_at(at, "Edit")
    look_at(at, "As a document")  # what was typed is still there
    document = field(at, "text_area", "Document")
    document.set_value(document.value.replace("pass_mark: 700", "pass_mark: 75")).run()
    at.button(key="builder:document:take").click().run()
    assert str(stored(house, draft).scorecard.pass_mark) == "75"
    look_at(at, "Edit")
    assert field(at, "number_input", "Pass mark").value == 75.0


def test_published_version_is_not_edited_but_its_next_draft_is(house: House, installation: Installation) -> None:
    at = start(installation, MANAGER)
    at.query_params["scorecard"] = "care"
    at.query_params["criterion"] = "empathy"
    at.switch_page(str(BUILDER.path)).run()
    at.button(key="builder:start").click().run()
    assert not at.exception
    assert field(at, "text_input", "Question").value == "Empathy"
    assert [version.number for version in scorecards.list_versions(house.act(MANAGER))] == [2, 1]


def test_condition_on_an_earlier_answer_is_set_and_taken_away(
    house: House, installation: Installation, draft: ScorecardVersion
) -> None:
    at = open_builder(installation, draft, criterion="identity")
    field(at, "selectbox", "Shown").set_value("all_of").run()
    field(at, "selectbox", "Criterion").set_value("solution").run()
    field(at, "multiselect", "is one of").set_value(["partly", "none"]).run()
    rule = stored(house, draft).scorecard.criterion("identity").show_if
    assert rule is not None
    assert [(part.criterion, part.is_one_of) for part in rule.all_of] == [("solution", ("partly", "none"))]
    field(at, "selectbox", "Criterion").set_value("").run()
    assert stored(house, draft).scorecard.criterion("identity").show_if is None
    assert not at.exception


def test_sections_and_the_form_itself_are_edited(
    house: House, installation: Installation, draft: ScorecardVersion
) -> None:
    at = open_builder(installation, draft, section="contact")
    at.button(key="builder:section:down").click().run()
    assert [section.id for section in stored(house, draft).scorecard.sections] == ["answer", "contact"]
    at.button(key="builder:pick:form").click().run()
    field(at, "selectbox", "The form opens with").set_value("best").run()
    field(at, "selectbox", "Outcomes of the ticket, such as its CSAT").set_value("shown").run()
    field(at, "number_input", "Days to contest it").set_value(30.0).run()
    field(at, "selectbox", "The second grader grades").set_value("whole").run()
    field(at, "selectbox", "Agents confirm that they have read a review").set_value("automatic").run()
    field(at, "number_input", "By itself after days").set_value(7.0).run()
    rules = stored(house, draft).scorecard
    assert (rules.disputes.window_days, rules.disputes.graded_again) == (30, "whole")
    assert (rules.acknowledgement.mode, rules.acknowledgement.after_days) == ("automatic", 7)
    field(at, "checkbox", "Agents may contest a review").uncheck().run()
    assert not stored(house, draft).scorecard.disputes.allowed
    field(at, "checkbox", "Sections have weights of their own").check().run()
    now = stored(house, draft).scorecard
    assert (now.default_answer, now.outcomes) == ("best", "shown")
    assert [section.weight for section in now.sections] == [Decimal(1), Decimal(1)]
    field(at, "text_input", "Its question").set_value("Was it kind?").run()
    next(button for button in at.button if button.label == "Add" and "criterion" in str(button.key)).click().run()
    assert stored(house, draft).scorecard.criteria[-1].id == "was-it-kind"
    assert field(at, "text_input", "Question").value == "Was it kind?"
    assert not at.exception
