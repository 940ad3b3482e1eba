"""A reviewer who grades by keyboard while strikes fall, and remembers what the page acknowledged."""

import random
import time
from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Page

from db.records import AssignmentId
from qa_app.workflows.context import Installation
from tests.torture.cable import Cable
from tests.torture.kept import Answers, read_answers
from tests.torture.memory import Kind, Memory, Sheet, Strike
from tests.torture.mortal import CRITERIA, PASSWORD, REVIEWER, MortalServer
from tests.torture.sight import Mute, Sight, explain_mute, look_at

PATIENCE = 120.0
"""Seconds. A server that starts on a busy machine is slow, not wrong."""
_PATIENT = 0.2
"""How often the reviewer waits until an answer is saved before going on."""
_LATEST = 40
"""Lines of what was done last, for a stall."""


class Stalled(AssertionError):
    """The page did not come to what was waited for; says what it showed instead."""


class Reviewer:
    """Grades by keyboard alone; all that they know of the server is what the page shows."""

    def __init__(
        self, window: BrowserContext, cable: Cable, server: MortalServer, installation: Installation, seed: int
    ) -> None:
        self.window, self.cable, self.server, self.installation = window, cable, server, installation
        self.dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.memory = Memory()
        self.began = time.monotonic()
        self.latest: deque[str] = deque(maxlen=_LATEST)
        cable.plug_into(window)
        window.on("weberror", lambda found: self.memory.faults.append(f"error of a script: {found.error}"))
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
            self._answer(sheet, criterion, option)
        self._complete(sheet, answers)
        self._strike_at(len(keys), strike, sheet)
        self._complete(sheet, answers)
        pressed = self._submit()
        self._strike_at(len(keys) + 1, strike, sheet)
        self._await_next(sheet, answers, pressed)
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
        for _ in self._patiently(f"answer {option} to {criterion}"):
            before = self._await_desk(or_over=sheet)
            if before is None:
                return
            sheet.give(criterion, option)
            self._press(before, criterion, option)
            after = look_at(self.page)
            if after and after.answers.get(criterion) == option:
                break
            self._note_mute(self.memory.mute, f"{option} for {criterion}", before, after)
        self.page.wait_for_timeout(self.dice.choice((0, 40, 150, 700)))
        self._note(sheet)
        if self.dice.random() < _PATIENT and not self.cable.cut and not self.cable.deaf:
            self._await_save(sheet)

    def _press(self, desk: Sight, criterion: str, option: str) -> None:
        """Go to the criterion and press the digit of the option."""
        steps = list(CRITERIA).index(criterion) - (len(CRITERIA) if desk.active < 0 else desk.active)
        keys = ["ArrowDown" if steps > 0 else "ArrowUp"] * abs(steps) + [str(CRITERIA[criterion].index(option) + 1)]
        for key in keys:
            self.page.keyboard.press(key)
        self._log(f"pressed {' '.join(keys)} for {criterion}, which had the keys at {desk.active}")

    def _note_mute(self, counts: Counter[str], keys: str, before: Sight | None, after: Sight | None) -> None:
        """Count keys that had no effect; where nothing explains that, it is a fault."""
        why = explain_mute(before, after)
        counts[why] += 1
        self._log(f"no effect of {keys} {why}")
        if why is Mute.UNEXPLAINED:
            self.memory.faults.append(f"no effect of {keys}: before {before}, after {after}")

    def _submit(self) -> Sight | None:
        desk = look_at(self.page)
        self.page.keyboard.press("Control+Enter")
        self._log("pressed Ctrl+Enter")
        return desk

    def _await_save(self, sheet: Sheet) -> None:
        for _ in self._patiently("save"):
            self._note(sheet)
            if sheet.saved == sheet.given:
                return
            self._settle_versions()

    def _note(self, sheet: Sheet) -> None:
        """Remember what the desk says is saved."""
        desk = look_at(self.page)
        if desk and desk.case == sheet.assignment_id and desk.status == "saved" and desk.answers == sheet.given:
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
        self._log(f"struck: {strike}")
        match strike.kind:
            case Kind.SERVER:
                self._kill_server(sheet)
            case Kind.TAB:
                self._kill_tab(sheet)
            case Kind.RELOAD:
                self.page.reload()
            case Kind.NETWORK | Kind.DEAF:
                self._cut(strike, sheet)
        desk = self._await_desk(or_over=sheet)
        if desk:
            self._compare(sheet, desk.answers, f"on the desk after {strike}")

    def _kill_server(self, sheet: Sheet) -> None:
        self.server.kill()
        self._compare(sheet, read_answers(self.installation, sheet.assignment_id), "in the file of a killed server")
        self.server.start()
        self._log("server up")

    def _kill_tab(self, sheet: Sheet) -> None:
        address = self.page.url
        self.page.close()
        self.cable.forget()
        self._compare(sheet, read_answers(self.installation, sheet.assignment_id), "in the store after a killed tab")
        self.page = self.window.new_page()
        self.page.goto(address)
        desk = self._await_desk(or_over=sheet)
        if desk:
            self._compare(sheet, desk.answers, "in a new tab")
            sheet.given = dict(desk.answers)
            sheet.acknowledge()

    def _cut(self, strike: Strike, sheet: Sheet) -> None:
        """While nothing gets through, the reviewer answers on."""
        if strike.kind is Kind.DEAF:
            self.cable.deaf = True
        else:
            self.cable.pull()
        criterion = self.dice.choice(list(CRITERIA))
        option = self.dice.choice(CRITERIA[criterion])
        desk = look_at(self.page)
        # Streamlit may cover the page soon after the cut, and then a key has no effect; nothing is lost by that.
        if strike.key <= len(CRITERIA) and desk and not desk.covered:
            sheet.give(criterion, option)
            self._press(desk, criterion, option)
            after = look_at(self.page)
            if after is None or after.answers.get(criterion) != option:
                self._note_mute(self.memory.mute, f"{option} for {criterion}", desk, after)
            sheet.given = dict(after.answers) if after else sheet.given
        self.page.wait_for_timeout(1000 * strike.lasts)
        if strike.kind is Kind.DEAF:
            self.cable.pull()
        self.cable.mend()
        self._log("connection to be had")

    def _compare(self, sheet: Sheet, answers: Answers, where: str) -> None:
        missing = sheet.missing_in(answers)
        if missing:
            self._log(f"lost {missing}")
            latest = "\n  ".join(self.latest)
            self.memory.lost.append(f"{missing} of {sheet.assignment_id} {where}, which has {answers}\n  {latest}")

    def _await_next(self, sheet: Sheet, answers: Answers, pressed: Sight | None) -> None:
        """Wait for the next ticket, and do what the page offers where it does not come by itself."""
        again = self.page.locator(".desk .submit:enabled")
        for _ in self._patiently(f"submit of {sheet.assignment_id}"):
            desk = look_at(self.page)
            # Until a run of the page has ended, what stood there before may still be in sight.
            if desk and self.on_desk == desk.case != sheet.assignment_id and not self._is_finished:
                return
            if self._is_finished:
                self._submit()  # the same keys go on to the next ticket
                self.page.wait_for_timeout(200)
            elif again.is_visible() and self.on_desk == sheet.assignment_id:
                settled = self._settle_versions()
                self._complete(sheet, answers)
                if settled:
                    self.memory.pressed_again["after two versions"] += 1
                else:
                    self._note_mute(self.memory.pressed_again, "Ctrl+Enter", pressed, look_at(self.page))
                pressed = self._submit()
                self.page.wait_for_timeout(200)

    def _settle_versions(self) -> bool:
        """Answer what the desk asks where something arrived from a tab that is gone, or where it is out of date."""
        keep = self.page.get_by_role("button", name="Keep mine")
        if keep.is_visible():
            self._log("kept mine of two versions")
            keep.click()
        elif self.page.locator(".desk .notice").filter(has_text="reload").is_visible():
            self._log("reloaded, as the page asked")
            self.page.reload()
            self._await_desk()
        else:
            return False
        return True

    @property
    def _is_finished(self) -> bool:
        """Whether the page says that the ticket was submitted."""
        return self.page.get_by_role("button", name="Next ticket").is_visible()

    def _is_over(self, sheet: Sheet) -> bool:
        """Whether the ticket is submitted: another one is there, or the page says so."""
        return self._is_finished or self.on_desk != sheet.assignment_id

    def _await_desk(self, *, or_over: Sheet | None = None) -> Sight | None:
        """The desk as soon as keys reach it, under no dialog of Streamlit; None as soon as that ticket is over."""
        for _ in self._patiently("desk"):
            if or_over is not None and self._is_over(or_over):
                return None
            desk = look_at(self.page)
            if desk and desk.case == self.on_desk and not desk.covered:
                return desk
        raise AssertionError

    def _log(self, words: str) -> None:
        self.latest.append(f"{time.monotonic() - self.began:.2f} s {words}")

    def _patiently(self, what: str) -> Iterator[None]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            yield
            self.page.wait_for_timeout(25)
        raise Stalled(f"waited {PATIENCE:.0f} s for the {what}: {self._describe()}")

    def _describe(self) -> str:
        """What the page shows, and what was done last."""
        shown = self.page.locator("main, .desk, [role=dialog]").all_inner_texts()
        server = self.server.last_words()
        return "\n  ".join((self.page.url, str(look_at(self.page)), str(shown), *self.latest, *server))
