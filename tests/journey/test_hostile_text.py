"""Whatever a customer writes stays text: on every page that shows it nothing runs and nothing leaves the server."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from db.engine import Store
from db.records import Evidence, Frame, Ticket
from db.store import people, scorecards
from qa_app.settings import read_settings
from qa_app.ui.pages import address_of
from qa_app.workflows import access, calibration, importing, tickets
from qa_app.workflows.context import Context
from qa_app.workflows.import_reading import Upload
from qa_app.workflows.upkeep import open_installation
from tests.factories import fill
from tests.journey.hostile import HOME, PAYLOADS
from tests.journey.house import PATIENCE, Visitor, serve, wait_until
from tests.journey.house import House as Server
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    CY,
    DI,
    EVERYBODY,
    FACILITATOR,
    MANAGER,
    NINA,
    NORTH,
    SOUTH,
    VERSION,
    House,
)

pytestmark = pytest.mark.journey

VISITORS = {"reviewer": BO, "manager": MANAGER, "agent": NINA}
PROBE = "/_stcore/"
"""Below any page's address Streamlit first asks for its own files there."""
SHOWN = replace(VERSION, scorecard=VERSION.scorecard.model_copy(update={"outcomes": "shown"}))


@dataclass
class Scene:
    """A served installation full of hostile text, who is signed in where, and where that text is shown."""

    server: Server
    tokens: dict[str, str] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    data = tmp_path_factory.mktemp("hostile") / "data"
    installation = open_installation(read_settings({"PLUMBLINE_DATA_DIR": str(data)}))
    try:
        house = House(installation.store, installation.settings.recordings_dir, now=datetime.now(UTC))
        furnish(installation.store)
        big = bring_in(house.act(ADMIN), data / "hostile.jsonl")
        places = prepare(house, big)
        tokens = {part: access.open_session(house.store, person.id, now=house.now) for part, person in VISITORS.items()}
    finally:
        installation.store.close()
    with serve(data) as server:
        yield Scene(server, tokens, places)


def furnish(store: Store) -> None:
    with store.write() as tx:
        for team in (NORTH, SOUTH):
            people.add_team(tx, team)
        for person in EVERYBODY:
            people.add_person(tx, person)
        scorecards.add_version(tx, SHOWN)


def bring_in(context: Context, file: Path) -> Ticket:
    """Import a ticket for each payload, and one that holds them all; returns that one."""
    rows = [hostile_ticket(f"T-{place}", payload, [payload]) for place, payload in enumerate(PAYLOADS)]
    rows.append(hostile_ticket("T-all", " ".join(PAYLOADS)[:400], PAYLOADS))
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    preview = importing.preview_import(context, Upload(file, file.name))
    assert [issue.message for issue in preview.issues] == []
    importing.commit_import(context, preview)
    page = tickets.list_tickets(context, frame=Frame(), text="T-all")
    return next(row.ticket for row in page.rows if row.ticket.external_id == "T-all")


def hostile_ticket(external_id: str, subject: str, payloads: "tuple[str, ...] | list[str]") -> dict[str, object]:
    """A payload in every text: once as the text of a message, once as its HTML."""
    flat = [" ".join(payload.split()) for payload in payloads]
    moment = datetime.now(UTC).isoformat()
    shared = [
        {"author": {"name": each, "id": each}, "attachments": [{"name": each}], "sent_at": moment} for each in flat
    ]
    return {
        "plumbline": 1,
        "source": "hostile",
        "external_id": external_id,
        "channel": "email",
        "created_at": moment,
        "agent": {"name": NINA.name},
        "subject": " ".join(subject.split()),
        "status": flat[0][:60],
        "language": flat[0][:35],
        "requester": {"name": flat[0], "id": flat[0]},
        "tags": flat,
        "metrics": [
            {"name": each, "value": 1, "unit": "<b>x</b>", "scale": "![](x)"} for each in {f[:100] for f in flat}
        ],
        "messages": [
            *({"role": "customer", "text": text, **more} for text, more in zip(payloads, shared, strict=True)),
            *(
                {"role": "agent", "text": "", "html": f"<p>{text}</p>", **more}
                for text, more in zip(payloads, shared, strict=True)
            ),
            *({"role": "system", "text": text} for text in payloads),
        ],
    }


def prepare(house: House, ticket: Ticket) -> dict[str, list[str]]:
    """Put the ticket on desks, in a released review with a hostile quote, and in a revealed calibration."""
    quote = PAYLOADS[0]
    filled = replace(fill(comment=" ".join(PAYLOADS)), evidence=(Evidence("empathy", quote, 1, 0, len(quote)),))
    review = house.submit(CY, house.assign(CY, ticket), filled)
    house.release(review)
    session = house.open_session(ticket.id, graders=(CY, DI))
    for grader in (CY, DI):
        house.submit(grader, house.queue_of(grader, session.id)[ticket.id], filled)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    assignment = house.assign(BO, ticket)
    return {
        "reviewer": [address_of("desk", assignment=assignment)],
        "manager": [
            address_of("tickets"),
            address_of("ticket", ticket=ticket.id),
            address_of("session", session=session.id),
        ],
        "agent": [address_of("feedback"), address_of("review", review=review.id)],
    }


def test_payloads_do_harm_where_they_are_taken_for_markup(browser: Browser) -> None:
    page = browser.new_page()
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    page.route(re.compile(re.escape(HOME)), lambda route: route.abort())
    ran = page.evaluate(
        """async ([payloads, patience]) => {
            const frames = payloads.map((payload) => {
                const frame = document.createElement("iframe");
                frame.srcdoc = `<p>${payload}</p>`;
                document.body.append(frame);
                return frame;
            });
            const count = () => frames.filter((each) => each.contentDocument && each.contentWindow.pwned === 1).length;
            const end = performance.now() + patience;
            while (count() < 10 && performance.now() < end) await new Promise((done) => setTimeout(done, 100));
            return count();
        }""",
        [PAYLOADS, PATIENCE],
    )

    def count_calls() -> int:
        return len([address for address in calls if HOME in address])

    wait_until(page, lambda: count_calls() >= 10)
    page.close()
    assert ran >= 10
    assert count_calls() >= 10


@pytest.mark.parametrize("part", VISITORS)
def test_nothing_runs_and_nothing_leaves(part: str, browser: Browser, scene: Scene) -> None:
    visitor = Visitor(browser, scene.server)
    said: list[str] = []
    visitor.page.on("console", lambda message: said.append(message.text) if is_telling(message) else None)
    visitor.page.on("response", lambda answer: said.append(answer.url) if is_missing(answer) else None)
    visitor.page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
    visitor.context.on("page", lambda page: said.append(f"window: {page.url}"))
    visitor.take_session(scene.tokens[part])
    for address in scene.places[part]:
        visitor.open(address)
        if "desk?" in address:
            look_over_the_desk(visitor.page)
        if "session?" in address:
            visitor.page.get_by_role("tab", name="Answers side by side").click()
        expect(find_hostile(visitor.page, address)).to_be_attached()
        visitor.settle()
        open_all(visitor.page)
        expect(visitor.page.locator(f"[data-testid=stMarkdown] a[href*='{HOME}']")).to_have_count(0)
        assert visitor.page.url == scene.server.address + address
        assert (
            visitor.page.evaluate("[window.pwned, ...Array.from(frames, (frame) => frame.pwned)].filter(Boolean)") == []
        )
    own = (f"{scene.server.address}/", f"blob:{scene.server.address}/", "data:")
    assert [address for address in visitor.requests if not address.startswith(own)] == []
    # A refusal by the content security policy would stand here: nothing even tried.
    assert said == []
    assert visitor.problems == []
    visitor.leave()


def is_missing(answer: Response) -> bool:
    """Nobody asked for this, unless markup of a payload did."""
    return answer.status >= 400 and PROBE not in answer.url


def is_telling(message: ConsoleMessage) -> bool:
    """An error other than an address that is not there, which the answers tell better."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


def find_hostile(page: Page, address: str) -> Locator:
    """What stands there only once the page shows what the customer wrote: of the ticket, the last of its texts."""
    if "tickets" in address:
        return page.get_by_test_id("stDataFrame").first.locator("canvas").first  # a list is painted
    return page.get_by_text("T-all" if "feedback" in address else PAYLOADS[-1]).first


def look_over_the_desk(page: Page) -> None:
    """Every text stands there letter by letter, and the desk works."""
    expect(page.locator(".desk footer")).to_be_visible()
    # A long conversation is built bit by bit while nobody waits.
    expect(page.locator(".desk article")).to_have_count(3 * len(PAYLOADS))
    texts = page.locator(".desk .text").evaluate_all("(found) => found.map((each) => each.textContent)")
    assert tuple(texts[: len(PAYLOADS)]) == PAYLOADS
    assert tuple(page.locator(".desk .facts li").all_text_contents()) == tuple(
        " ".join(each.split()) for each in PAYLOADS
    )
    page.keyboard.press("/")
    page.keyboard.type("window.pwned=1")
    expect(page.locator(".desk .found")).to_contain_text("1 of ")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator(".desk .text mark").first).to_have_text("window.pwned=1")


def open_all(page: Page) -> None:
    """Unfold what is folded, and bring everything to sight once, so that lazy things would load."""
    page.evaluate(
        """async () => {
            const shadows = Array.from(document.querySelectorAll("*"), (each) => each.shadowRoot);
            for (const root of [document, ...shadows.filter(Boolean)]) {
                for (const fold of root.querySelectorAll("details")) fold.open = true;
                for (const button of root.querySelectorAll(".fold")) button.click();
                for (const line of root.querySelectorAll("article")) line.scrollIntoView();
            }
            const last = new Image(); // when it is there, what was asked for before it has been asked for
            last.src = "/favicon.ico";
            await last.decode();
            await new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done)));
        }"""
    )
