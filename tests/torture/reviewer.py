"""A reviewer who grades by keyboard while strikes fall, and remembers what the page acknowledged."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

from db.records import AssignmentId
from qa_app.workflows.context import Installation
from tests.torture.cable import Cable
from tests.torture.kept import Answers, read_answers
from tests.torture.mortal import CRITERIA, PASSWORD, REVIEWER, MortalServer

PATIENCE = 240.0
"""Seconds. A server that starts on a busy machine is slow, not wrong."""
_PATIENT = 0.2
"""How often the reviewer waits until an answer is saved before going on."""
_DESK = """() => {
    const hosts = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
    const found = hosts.map((host) => host.shadowRoot?.querySelector(".desk"));
    const desk = found.find((one) => one?.querySelector("footer"));
    if (!desk) return null;
    const rows = [...desk.querySelectorAll(".row:not(.overall)")];
    const checked = [...desk.querySelectorAll("[aria-checked=true]")];
    return {
        case: desk.dataset.case ?? null,
        status: desk.querySelector(".status").dataset.status,
        active: rows.findIndex((row) => row.classList.contains("active")),
        answers: Object.fromEntries(
            checked.map((radio) => [radio.closest(".row").querySelector(".name").id.slice(5), radio.dataset.choice])),
    };
}"""


class Kind(StrEnum):
    """What is killed."""

    SERVER = "server"
    """SIGKILL; it starts again on the same file."""
    TAB = "tab"
    """Closed without a word; another one opens the same address, and has no memory of the first."""
    RELOAD = "reload"
    """The tab stays, the page is loaded anew."""
    NETWORK = "network"
    """The connection ends, and no other is to be had for a while."""
    DEAF = "deaf"
    """What the server says gets lost, then the connection ends: a save arrives, and its answer does not."""


@dataclass(frozen=True, slots=True)
class Strike:
    """One kill: of what, before which key of a ticket, and the seconds from that key to it and that it lasts."""

    kind: Kind
    key: int
    after: float
    lasts: float


@dataclass(slots=True)
class Memory:
    """What the reviewer did and saw."""

    acknowledged: dict[AssignmentId, Answers] = field(default_factory=dict)
    """Submits, with the answers that were given."""
    saves: int = 0
    """How often the desk said "Saved" of something new."""
    lost: list[str] = field(default_factory=list)
    """Acknowledged answers that were not in the store, or not on the desk, after a strike."""
    swallowed: int = 0
    """How often an answer did not stand there after its key."""
    pressed_again: int = 0
    """How often Ctrl+Enter was pressed anew, because the page had the review still open."""


@dataclass(slots=True)
class Sheet:
    """The ticket on the desk, as the reviewer knows it."""

    assignment_id: AssignmentId
    given: dict[str, str] = field(default_factory=dict)
    """On the desk now."""
    saved: dict[str, str] = field(default_factory=dict)
    """Of that, acknowledged."""
    since: dict[str, set[str]] = field(default_factory=dict)
    """What was given later than what is acknowledged: it may be stored, too."""

    def give(self, criterion: str, option: str) -> None:
        """Answer."""
        self.given[criterion] = option
        self.since.setdefault(criterion, set()).add(option)

    def acknowledge(self) -> bool:
        """Everything on the desk is saved; tells whether that is news."""
        news = self.saved != self.given
        self.saved, self.since = dict(self.given), {}
        return news

    def missing_in(self, answers: Answers) -> dict[str, str]:
        """Acknowledged answers that are neither there nor replaced by later ones."""
        return {
            criterion: option
            for criterion, option in self.saved.items()
            if answers.get(criterion) not in {option, *self.since.get(criterion, ())}
        }


class Reviewer:
    """Grades by keyboard alone; all that they know of the server is what the page shows."""

    def __init__(
        self, window: BrowserContext, cable: Cable, server: MortalServer, installation: Installation, seed: int
    ) -> None:
        self.window, self.cable, self.server, self.installation = window, cable, server, installation
        self.dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.memory = Memory()
        cable.plug_into(window)
        self.page: Page = window.new_page()

    def start(self) -> None:
        """Sign in and open the first ticket."""
        self.page.goto(f"{self.server.address}/sign-in")
        self.page.get_by_label("E-mail").fill(REVIEWER)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("button", name="Start grading").click()
        self._await_desk()

    def grade(self, strike: Strike | None) -> None:
        """Grade and submit the ticket on the desk; ends when the next one is there."""
        sheet = Sheet(self.on_desk)
        answers, keys = self._make_up_mind()
        for place, (criterion, option) in enumerate(keys):
            self._strike_at(place, strike, sheet)
            if self._is_over(sheet):
                break
            self._answer(sheet, criterion, option)
        self._complete(sheet, answers)
        self._strike_at(len(keys), strike, sheet)
        self._complete(sheet, answers)
        self.page.keyboard.press("Control+Enter")
        self._strike_at(len(keys) + 1, strike, sheet)
        self._await_next(sheet, answers)
        self.memory.acknowledged[sheet.assignment_id] = answers

    @property
    def on_desk(self) -> AssignmentId:
        """The assignment that the page's address names."""
        return AssignmentId(parse_qs(urlsplit(self.page.url).query).get("assignment", [""])[0])

    def _make_up_mind(self) -> tuple[Answers, list[tuple[str, str]]]:
        """The answers to give in the end, and what is pressed for it: now and then a second thought."""
        answers = {criterion: self.dice.choice(options) for criterion, options in CRITERIA.items()}
        keys = list(answers.items())
        changed = self.dice.choice(list(CRITERIA))
        keys.insert(self.dice.randrange(len(keys)), (changed, self.dice.choice(CRITERIA[changed])))
        return answers, keys

    def _answer(self, sheet: Sheet, criterion: str, option: str) -> None:
        sheet.give(criterion, option)
        self._press(criterion, option)
        for _ in self._patiently(f"answer to {criterion}"):
            if self._await_desk(or_over=sheet).get("answers", {}).get(criterion) == option or self._is_over(sheet):
                break
            self.memory.swallowed += 1
            self._press(criterion, option)
        self.page.wait_for_timeout(self.dice.choice((0, 40, 150, 700)))
        self._note(sheet)
        if self.dice.random() < _PATIENT and not self.cable.cut and not self.cable.deaf:
            self._await_save(sheet)

    def _press(self, criterion: str, option: str) -> None:
        """Go to the criterion and press the digit of the option."""
        desk = self._look()
        active = desk["active"] if desk else -1
        steps = list(CRITERIA).index(criterion) - (len(CRITERIA) if active < 0 else active)
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        self.page.keyboard.press(str(CRITERIA[criterion].index(option) + 1))

    def _await_save(self, sheet: Sheet) -> None:
        for _ in self._patiently("save"):
            self._note(sheet)
            if sheet.saved == sheet.given:
                return
            self._settle_versions()

    def _note(self, sheet: Sheet) -> None:
        """Remember what the desk says is saved."""
        desk = self._look()
        if desk and desk["status"] == "saved" and desk["answers"] == sheet.given:
            self.memory.saves += sheet.acknowledge()

    def _complete(self, sheet: Sheet, answers: Answers) -> None:
        """Give the answers that are not given yet, or no longer."""
        for criterion, option in answers.items():
            if not self._is_over(sheet) and sheet.given.get(criterion) != option:
                self._answer(sheet, criterion, option)

    def _strike_at(self, place: int, strike: Strike | None, sheet: Sheet) -> None:
        if strike is None or strike.key != place or self._is_over(sheet):
            return
        self.page.wait_for_timeout(1000 * strike.after)
        self._note(sheet)
        match strike.kind:
            case Kind.SERVER:
                self._kill_server(sheet)
            case Kind.TAB:
                self._kill_tab(sheet)
            case Kind.RELOAD:
                self.page.reload()
            case Kind.NETWORK | Kind.DEAF:
                self._cut(strike, sheet)
        self._await_desk(or_over=sheet)
        if not self._is_over(sheet):
            self._compare(sheet, self._await_desk()["answers"], f"on the desk after {strike}")

    def _kill_server(self, sheet: Sheet) -> None:
        self.server.kill()
        self._compare(sheet, read_answers(self.installation, sheet.assignment_id), "in the file of a killed server")
        self.server.start()

    def _kill_tab(self, sheet: Sheet) -> None:
        address = self.page.url
        self.page.close()
        self.cable.forget()
        self._compare(sheet, read_answers(self.installation, sheet.assignment_id), "in the store after a killed tab")
        self.page = self.window.new_page()
        self.page.goto(address)
        self._await_desk(or_over=sheet)
        desk = self._look()
        if desk and not self._is_over(sheet):
            self._compare(sheet, desk["answers"], "in a new tab")
            sheet.given = dict(desk["answers"])
            sheet.acknowledge()

    def _cut(self, strike: Strike, sheet: Sheet) -> None:
        """While nothing gets through, the reviewer answers on."""
        if strike.kind is Kind.DEAF:
            self.cable.deaf = True
        else:
            self.cable.pull()
        criterion = self.dice.choice(list(CRITERIA))
        option = self.dice.choice(CRITERIA[criterion])
        # Streamlit may cover the page soon after the cut, and then a key has no effect; nothing is lost by that.
        if strike.key <= len(CRITERIA) and self._look() and not self.page.get_by_role("dialog").is_visible():
            sheet.give(criterion, option)
            self._press(criterion, option)
            sheet.given = dict((self._look() or {"answers": sheet.given})["answers"])
        self.page.wait_for_timeout(1000 * strike.lasts)
        if strike.kind is Kind.DEAF:
            self.cable.pull()
        self.cable.mend()

    def _compare(self, sheet: Sheet, answers: Answers, where: str) -> None:
        missing = sheet.missing_in(answers)
        if missing:
            self.memory.lost.append(f"{missing} of {sheet.assignment_id} {where}, which has {answers}")

    def _await_next(self, sheet: Sheet, answers: Answers) -> None:
        """Wait for the next ticket, and do what the page offers where it does not come by itself."""
        again = self.page.locator(".desk .submit:enabled")
        for _ in self._patiently(f"submit of {sheet.assignment_id}"):
            if self._is_over(sheet) and self._look():
                return
            if self.page.get_by_role("button", name="Next ticket").is_visible():
                self.page.keyboard.press("Control+Enter")
            elif again.is_visible() and self.on_desk == sheet.assignment_id:
                self._settle_versions()
                self._complete(sheet, answers)
                self.memory.pressed_again += 1
                self.page.keyboard.press("Control+Enter")
                self.page.wait_for_timeout(200)

    def _settle_versions(self) -> None:
        """Answer what the desk asks where something arrived from a tab that is gone, or where it is out of date."""
        keep = self.page.get_by_role("button", name="Keep mine")
        if keep.is_visible():
            keep.click()
        elif self.page.locator(".desk .notice").filter(has_text="reload").is_visible():
            self.page.reload()
            self._await_desk()

    def _is_over(self, sheet: Sheet) -> bool:
        """Whether the ticket is submitted: another one is there, or the page says so."""
        finished = self.page.get_by_role("button", name="Next ticket").is_visible()
        return finished or self.on_desk != sheet.assignment_id

    def _await_desk(self, *, or_over: Sheet | None = None) -> dict[str, Any]:
        """The desk as it stands, as soon as it does. Streamlit's dialogs have to be gone: nobody types into them."""
        for _ in self._patiently("desk"):
            desk = self._look()
            over = or_over is not None and self._is_over(or_over)
            if desk and desk["case"] not in {None, self.on_desk}:
                continue  # still the ticket before
            if (desk or over) and not self.page.get_by_role("dialog").is_visible():
                return desk or {}
        raise AssertionError

    def _look(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] | None = self.page.evaluate(_DESK)
        except PlaywrightError as error:
            if "context was destroyed" not in error.message:
                raise
            return None  # the page is on its way to another one
        return found

    def _patiently(self, what: str) -> Iterator[None]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            yield
            self.page.wait_for_timeout(25)
        shown = self.page.locator("main, .desk").all_inner_texts()
        raise AssertionError(f"waited {PATIENCE:.0f} s for the {what}: {shown}")
