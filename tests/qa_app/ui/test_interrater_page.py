"""A spreadsheet of ratings on its page: brought in, measured, and shown section by section."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qa_app import ui
from qa_app.reports import RatingsReport
from qa_app.ui.pages import PAGES
from qa_app.ui.widgets.ratings_report import TABS
from qa_app.workflows.context import Installation
from tests.qa_app.ui.test_pages import start
from tests.qa_app.workflows.house import FACILITATOR

PAGE = next(page for page in PAGES if page.name == "interrater")
WORDS = "item,rater,criterion,value\nt1,Ann,tone,fair\nt1,Bob,tone,good\nt2,Ann,tone,poor\nt2,Bob,tone,poor\n"


@pytest.fixture
def at(installation: Installation) -> AppTest:
    at = start(installation, FACILITATOR)
    at.switch_page(str(PAGE.path)).run()
    assert not at.exception
    return at


@pytest.mark.long
def test_words_are_put_in_order_and_measured(at: AppTest) -> None:
    at.file_uploader[0].upload("ratings.csv", WORDS.encode()).run()
    assert "Have these words an order" in " ".join(element.value for element in at.markdown)
    next(box for box in at.selectbox if box.label == "The values are").set_value("ordinal").run()
    next(box for box in at.multiselect if box.label.startswith("In order")).set_value(["poor", "fair", "good"]).run()
    at.button("interrater:go").click().run(timeout=60)
    assert not at.exception

    report: RatingsReport = at.session_state["interrater:report"]
    assert {section.key for section in report.sections} <= {key for keys in TABS.values() for key in keys}
    assert {method.topic: method.text for method in report.methods}["Values"] == "tone: ordinal, poor, fair, good"
    assert [tab.label for tab in at.tabs] == [*TABS, "Methods"]


def test_what_cannot_be_used_is_named_by_its_place(at: AppTest) -> None:
    at.file_uploader[0].upload("ratings.csv", (WORDS + "t3,,tone,good\n").encode()).run()
    assert "1 cell cannot be used" in at.error[0].value
    assert at.dataframe[0].value[["Row", "Column"]].to_dict("records") == [{"Row": 6, "Column": "rater"}]


def test_example_file_is_read_as_it_is(at: AppTest) -> None:
    assert [getattr(each, "label", "") for each in at.get("download_button")] == ["Example file"]
    example = Path(ui.__file__).parent / "assets" / "ratings-example.csv"
    at.file_uploader[0].upload(example.name, example.read_bytes()).run()
    assert not at.exception
    assert [error.value for error in at.error] == []
    assert "12 items, 3 raters, 2 criteria" in " ".join(element.value for element in at.markdown)
