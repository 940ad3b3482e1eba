"""Every page for every role: who is offered what, and that each page renders on a house with some work done."""

from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from db.engine import open_store
from db.records import Dispute, DisputeItem, Person, Review, Role
from qa_app.errors import Conflict
from qa_app.ui import pages as pages_module
from qa_app.ui.installation import install
from qa_app.ui.pages import PAGES, PageSpec, find_front_page, offer_pages, withhold_pages
from qa_app.words import NOTHING_IN_PERIOD
from qa_app.workflows import deciding, disputes, reviews
from qa_app.workflows.access import hash_token, open_session
from qa_app.workflows.context import Installation, read_clock
from scorecards.answers import Answer
from tests.factories import fill, make_person
from tests.qa_app.ui.conftest import install_at
from tests.qa_app.workflows.house import ADMIN, BO, COACH, FACILITATOR, MANAGER, NINA, SAM, T1, T2, House

APP = Path(pages_module.__file__).parent / "app.py"
VISIBLE = {
    Role.ADMIN: (
        "queue reviews calibration coaching scores disputes | Data: tickets sampling exports import interrater | "
        "Set up: scorecards people audit | Somebody: account"
    ),
    Role.MANAGER: (
        "queue reviews calibration coaching scores disputes scorecards | "
        "Data: tickets sampling exports import interrater | Somebody: account"
    ),
    Role.FACILITATOR: (
        "queue reviews calibration disputes scorecards | Data: tickets sampling interrater | Somebody: account"
    ),
    Role.REVIEWER: "queue reviews calibration disputes tickets scorecards | Somebody: account",
    Role.COACH: "queue reviews calibration coaching scores disputes scorecards | Data: tickets exports | "
    "Somebody: account",
    Role.AGENT: "feedback disputes | Somebody: account",
}


@pytest.mark.parametrize("role", list(Role))
def test_offer_pages_by_role_in_sections(role: Role) -> None:
    offered = offer_pages(make_person("Somebody", role))

    visible = {section: " ".join(page.name for page in pages if not page.hidden) for section, pages in offered.items()}

    assert " | ".join(f"{section}: {names}".removeprefix(": ") for section, names in visible.items()) == VISIBLE[role]


def test_whoever_has_no_role_has_an_account() -> None:
    assert list(offer_pages(make_person("Somebody"))) == ["Somebody"]


@pytest.mark.parametrize(
    ("roles", "front"),
    [
        ({Role.REVIEWER, Role.ADMIN, Role.MANAGER}, "queue"),
        ({Role.COACH}, "coaching"),
        ({Role.AGENT}, "feedback"),
        (set(), "account"),
    ],
)
def test_day_starts_where_the_work_is(roles: set[Role], front: str) -> None:
    assert find_front_page(make_person("Somebody", *roles)).name == front


@pytest.mark.parametrize("role", Role)
def test_every_address_leads_to_a_page_or_to_words(role: Role) -> None:
    person = make_person("Somebody", role)
    offered = [page.address for pages in offer_pages(person).values() for page in pages]
    withheld = withhold_pages(person)
    assert sorted([*offered, *(page.address for page in withheld)]) == sorted(page.address for page in PAGES)
    assert {page.path.name for page in withheld} <= {"closed.py"}


def start(installation: Installation, person: Person) -> AppTest:
    token = open_session(installation.store, person.id, now=read_clock())
    at = AppTest.from_file(str(APP), default_timeout=30)
    at.user = {"person": person.id, "session": hash_token(token)}
    return at.run()


@pytest.fixture
def worked_house(house: House) -> House:
    """A released review, one that waits, an open assignment and an open calibration."""
    house.release(house.grade(BO, T1))
    house.grade(BO, T2)
    house.assign(BO, T1)
    house.open_session()
    return house


LISTED = [page for page in PAGES if not page.hidden and page.name != "import"]


@pytest.mark.parametrize("person", [ADMIN, MANAGER, FACILITATOR, BO, COACH, NINA], ids=lambda person: person.name)
def test_pages_render_for(person: Person, worked_house: House, installation: Installation) -> None:
    at = start(installation, person)
    offered = {page.name for pages in offer_pages(person).values() for page in pages}
    for page in LISTED:
        if page.name in offered:
            at.switch_page(str(page.path)).run()
            assert not at.exception, (page.name, at.exception)
            assert at.title[0].value == page.title


def test_page_without_a_database_says_so_and_goes_on_when_it_is_back(
    house: House, installation: Installation, tmp_path: Path
) -> None:
    at = start(installation, BO)
    install_at(open_store("postgresql+psycopg://nobody@127.0.0.1:9/none"), tmp_path)  # nobody listens there
    at.run()
    assert not at.exception
    assert [title.value for title in at.title] == ["One moment"]
    install(installation)
    at.run()
    assert [title.value for title in at.title] == ["My queue"]


def test_page_of_a_session_that_ended_links_to_the_sign_in_and_back(house: House, installation: Installation) -> None:
    at = start(installation, BO)
    at.user = {"person": BO.id, "session": "of yesterday"}
    at.run()
    assert at.error[0].value.startswith("Your session has ended.")
    # To the page's own address: the guard leads strangers to the sign-in and back to where they came from.
    ways = [str(getattr(html, "body", "")) for html in at.get("html")]
    assert [way for way in ways if way.startswith("<a ")] == ['<a class="way-out" href="">Sign in</a>']


WAYS_BACK = {
    "desk": "my queue",
    "builder": "the scorecards",
    "review": "the reviews",
    "dispute": "the disputes",
    "ticket": "the tickets",
    "session": "the calibration sessions",
    "meeting": "the calibration sessions",
    "minutes": "the calibration sessions",
    "coaching_session": "coaching",
    "appraisal": "coaching",
    "agent": "coaching",
}


def list_links(at: AppTest) -> list[str]:
    return [str(getattr(link, "label", "")) for link in at.get("page_link")]


@pytest.mark.parametrize("page", [page for page in PAGES if page.name in WAYS_BACK], ids=lambda page: page.name)
def test_linked_page_without_its_record_says_so_and_leads_back(
    page: PageSpec, house: House, installation: Installation
) -> None:
    at = start(installation, ADMIN)
    at.switch_page(str(page.path)).run()
    assert not at.exception
    assert [text.value for text in at.markdown if "no such" in text.value.lower() or "no " in text.value.lower()]
    assert list_links(at) == [f"Back to {WAYS_BACK[page.name]}"]


def test_way_back_of_somebody_without_the_list_is_their_front_page(house: House, installation: Installation) -> None:
    at = start(installation, NINA)
    for name in ("desk", "review"):
        at.switch_page(str(next(page for page in PAGES if page.name == name).path)).run()
        assert list_links(at) == ["Back to my feedback"]


def test_what_comes_after_a_reveal_leads_to_the_session_before_it(house: House, installation: Installation) -> None:
    session = house.open_session()
    at = start(installation, FACILITATOR)
    for name in ("meeting", "minutes"):
        at.query_params["session"] = session.id
        at.switch_page(str(next(page for page in PAGES if page.name == name).path)).run()
        assert list_links(at) == ["To the session"]


def test_agent_reads_why_a_grade_was_upheld(house: House, installation: Installation) -> None:
    review = house.grade(BO, T1)
    house.release(review)
    dispute = disputes.raise_dispute(house.act(NINA), review.id, reason="I said it twice.")
    words = "Only after the customer had asked."
    deciding.decide_dispute(house.act(MANAGER), dispute.id, decision=words, without_second=True)
    at = start(installation, NINA)
    at.query_params["review"] = review.id

    at.switch_page(str(next(page for page in PAGES if page.name == "review").path)).run()

    shown = [text.value for text in (*at.text, *at.markdown)]
    assert "I said it twice." in shown
    assert r":material/gavel: Only after the customer had asked\." in shown


def test_acknowledged_review_can_be_contested_for_two_weeks_and_its_correction_is_linked(
    house: House, installation: Installation
) -> None:
    house.now = read_clock() - timedelta(days=13)
    review = house.grade(BO, T1)
    house.release(review)
    reviews.acknowledge_review(house.act(NINA), review.id)
    assert offers_contest(installation, NINA, review) == "Contest"
    assert offers_contest(installation, COACH, review) == "Contest for the agent"
    assert offers_contest(installation, BO, review) is None

    newest = reviews.correct_review(house.act(BO), review.id, fill({"empathy": "3"}), reason="Heard it again")
    assert offers_contest(installation, NINA, review) is None  # the newest version is what can be contested
    assert offers_contest(installation, NINA, newest) == "Contest"
    with pytest.raises(Conflict, match="contest its newest version"):
        disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")

    house.now = read_clock() - timedelta(days=15)
    late = house.grade(BO, T2)
    house.release(late)
    assert offers_contest(installation, NINA, late) is None


def test_ticket_leads_to_its_review_and_agent_but_not_who_grades_it_blind(
    house: House, installation: Installation
) -> None:
    house.release(house.grade(BO, T1))

    def look(person: Person) -> tuple[list[str], str]:
        at = start(installation, person)
        at.query_params["ticket"] = T1.id
        at.switch_page(str(next(page for page in PAGES if page.name == "ticket").path)).run()
        assert not at.exception
        facts = at.table[0].value
        return list_links(at), facts.loc[facts["name"] == ":gray[Agent]", "value"].item()

    review, back = "Review by Bo: 100.0%, released", "Back to the tickets"
    assert look(MANAGER) == ([back, review, "Nina North"], "Nina North")
    assert look(BO) == ([back, review], "Nina North")
    house.open_session(T1.id, T2.id)
    assert look(BO) == ([back], "—")


def test_agent_page_of_a_period_without_a_review_says_so(house: House, installation: Installation) -> None:
    house.now = read_clock() - timedelta(days=1)
    house.grade(BO, T1)
    warned = []
    for agent in (NINA, SAM):
        at = start(installation, COACH if agent is NINA else ADMIN)
        at.query_params["agent"] = agent.id
        at.switch_page(str(next(page for page in PAGES if page.name == "agent").path)).run()
        assert not at.exception
        warned.append([each.value for each in at.warning])
    assert warned == [[], [NOTHING_IN_PERIOD]]


def test_form_that_contests_promises_what_holds(house: House, installation: Installation) -> None:
    house.now = read_clock() - timedelta(days=1)
    review = house.grade(BO, T1)
    house.release(review)
    at, anew = (open_review(installation, NINA, review) for _ in range(2))
    at.button(key="review:contest_open").click().run()
    said = {text.value for text in at.markdown}
    for words in (
        r"To be decided within 7 days\. Whoever decides can lower a grade as well as raise it\.",
        r"What you write stays when you close this form\. Loading the page anew or closing its tab loses it\.",
    ):
        assert f":small[:gray[{words}]]" in said
    key = f"contest:{review.id}:reason"
    at.text_area(key=key).set_value("It stands in message 2.").run()
    at.button(key="review:contest_open").click().run()
    anew.button(key="review:contest_open").click().run()
    assert [tab.text_area(key=key).value for tab in (at, anew)] == ["It stands in message 2.", ""]


def open_review(installation: Installation, person: Person, review: Review) -> AppTest:
    at = start(installation, person)
    at.query_params["review"] = review.id
    at.switch_page(str(next(page for page in PAGES if page.name == "review").path)).run()
    assert not at.exception
    return at


def offers_contest(installation: Installation, person: Person, review: Review) -> str | None:
    """What the button says that begins a dispute; None where the page has none."""
    at = open_review(installation, person, review)
    return next((button.label for button in at.button if button.key == "review:contest_open"), None)


def test_dispute_is_decided_on_its_page_once_and_a_second_try_is_told(house: House, installation: Installation) -> None:
    house.now = read_clock() - timedelta(days=9)
    review = house.grade(BO, T1, {"greeting": "no"})
    house.release(review)
    item = DisputeItem("greeting", "I said hello", Answer.choose("yes"))
    dispute = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard", items=(item,))
    at, other = (open_dispute(installation, MANAGER, dispute) for _ in range(2))
    assert "Overdue for 2 days" in " ".join(text.value for text in at.markdown)
    for tab, words in ((at, ""), (at, "It is there."), (other, "It is not.")):
        if tab is at:
            tab.selectbox(key=f"dispute:{dispute.id}:greeting").set_value("yes")
        tab.text_area(key=f"dispute:{dispute.id}:words").set_value(words)
        tab.checkbox(key=f"dispute:{dispute.id}:without").check()
        tab.button(key="dispute:go").click().run()
        assert not tab.exception
        told = [error.value for error in tab.error]
        assert (
            told
            == {
                "": [r"Write what was decided and why; the agent reads it\."],
                "It is there.": [],
                "It is not.": [r"This dispute is revised by now; reload to see the decision\."],
            }[words]
        )
    assert other.warning[0].value.startswith("You, in another tab, decided this dispute meanwhile.")
    assert "It is not." in [text.value for text in other.text]
    other.button(key="dispute:put_away").click().run()
    assert (list(other.warning), "It is not." in [text.value for text in other.text]) == ([], False)
    agent = open_dispute(installation, NINA, dispute)
    assert r":material/gavel: It is there\." in [text.value for text in agent.markdown]
    assert {"The contested review", "What stands now"} <= set(list_links(agent))
    (outcome,) = [text.value for text in agent.markdown if "Grade revised: score" in text.value]
    assert "score raised" in outcome
    newest = reviews.view_review(house.act(NINA), review.id).newest
    agent.query_params["review"] = str(newest)
    agent.switch_page(str(next(page for page in PAGES if page.name == "review").path)).run()
    assert "The dispute that changed it" in list_links(agent)


def test_words_of_a_decision_that_came_too_late_stay_in_sight(house: House, installation: Installation) -> None:
    house.now = read_clock() - timedelta(days=1)
    review = house.grade(BO, T1, {"greeting": "no"})
    house.release(review)
    item = DisputeItem("greeting", "I said hello", Answer.choose("yes"))
    dispute = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard", items=(item,))
    at = open_dispute(installation, MANAGER, dispute)
    at.selectbox(key=f"dispute:{dispute.id}:greeting").set_value("yes").run()
    deciding.decide_dispute(house.act(ADMIN), dispute.id, decision="It is not.", without_second=True)

    at.text_area(key=f"dispute:{dispute.id}:words").set_value("It is there.").run()

    assert not at.exception
    assert [each.value for each in at.warning] == [
        f"{ADMIN.name} decided this dispute meanwhile. What you wrote was not sent: copy what you still need."
    ]
    assert "It is there." in [text.value for text in at.text]
    assert [text.value for text in at.markdown if "Greeting" in text.value and ": Yes" in text.value]
    assert list(open_dispute(installation, NINA, dispute).warning) == []


def open_dispute(installation: Installation, person: Person, dispute: Dispute) -> AppTest:
    at = start(installation, person)
    at.query_params["dispute"] = dispute.id
    at.switch_page(str(next(page for page in PAGES if page.name == "dispute").path)).run()
    assert not at.exception
    return at


def test_page_of_an_ended_session_asks_to_sign_in(installation: Installation) -> None:
    at = AppTest.from_file(str(APP), default_timeout=30)
    at.user = {"person": ADMIN.id, "session": "ended"}

    at.run()

    assert [error.value for error in at.error] == ["Your session has ended. Sign in again; what you saved is safe."]
