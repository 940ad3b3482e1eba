"""A filled workbook on its page: what it would do, doing it, and what is left to mend."""

import pytest

from db.records import AssignmentState
from db.store import assignments
from qa_app.offline_form import Field
from qa_app.ui.pages import PAGES
from qa_app.workflows.context import Installation
from qa_app.workflows.offline_export import export_offline
from tests.qa_app.ui.test_pages import start
from tests.qa_app.workbooks.offline_filling import fill_workbook
from tests.qa_app.workflows.house import BO, T1, T2, T3, UTC_ZONE, House
from tests.qa_app.workflows.test_offline import fill_in

pytestmark = pytest.mark.long

PAGE = next(page for page in PAGES if page.name == "offline")


def test_a_workbook_is_shown_then_taken_and_what_is_wrong_stays_named(installation: Installation, house: House) -> None:
    for ticket in (T1, T2, T3):
        house.assign(BO, ticket)
    content = export_offline(house.act(BO), zone=UTC_ZONE).content
    wrong = fill_in(2, {"empathy": {Field.ANSWER: "Warm"}})
    filled = fill_workbook(content, {**fill_in(1), **wrong, (3, "greeting"): {Field.ANSWER: "No"}})
    at = start(installation, BO)
    at.switch_page(str(PAGE.path)).run()
    assert not at.exception
    assert len(at.dataframe[0].value) == 3

    at.file_uploader[0].upload("back.xlsx", filled).run(timeout=60)
    assert not at.exception
    assert [(one.label, one.value) for one in at.metric] == [
        *(("To submit", "1"), ("Drafts", "1"), ("To decide", "0"), ("Refused", "1"), ("Unchanged", "0"))
    ]
    named = at.dataframe[1].value.to_dict("records")
    assert [(one["Found"], one["What to do"]) for one in named] == [
        ("Warm", "Is no answer of this criterion; valid: 1, 2, 3, 4, 5.")
    ]
    button = at.button("offline:go")
    assert button.label == "Submit 1 review and keep 1 draft"
    button.click().run(timeout=60)
    assert not at.exception
    assert [one.value for one in at.metric] == ["1", "1", "0", "1", "0"]
    with installation.store.read() as tx:
        assert len(assignments.assignments(tx, reviewer_id=BO.id, state=AssignmentState.DONE)) == 1
