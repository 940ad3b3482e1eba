"""The health of a scorecard's criteria on its page, for those who may change it."""

from datetime import date

from streamlit.testing.v1 import AppTest

from db.records import Person
from qa_app.ui.pages import PAGES
from qa_app.workflows.context import Installation
from tests.qa_app.ui.test_pages import start
from tests.qa_app.workflows.house import BO, CY, FACILITATOR, T1, T2, House

PAGE = next(page for page in PAGES if page.name == "scorecards")


def look(installation: Installation, person: Person) -> AppTest:
    at = start(installation, person)
    at.session_state["scorecards:view"] = "Health of its criteria"
    # The house's clock stands in March and the page's does not, so the period is wide.
    at.session_state["scorecards:health:period"] = (date(2026, 1, 1), date(2030, 12, 31))
    at.switch_page(str(PAGE.path)).run(timeout=20)
    assert not at.exception
    return at


def test_health_is_counted_for_who_may_change_the_scorecard(house: House, installation: Installation) -> None:
    house.grade(BO, T1)
    house.grade(CY, T2, {"greeting": "no"})
    at = look(installation, FACILITATOR)
    # Two options of the solution were not chosen; it and the wait have nothing but the top answer.
    assert [heading.value for heading in at.subheader] == ["Nothing stands out", "Every criterion"]
    assert [expander.label for expander in at.expander] == [
        "Too few to tell (4)",
        "Every option",
        "How this is counted",
    ]
    assert any("2 everyday reviews" in words.value for words in at.markdown)
    assert "Every criterion" not in [heading.value for heading in look(installation, BO).subheader]
