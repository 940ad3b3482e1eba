"""What a page shows of the desk, and why a key may have had no effect on it."""

from dataclasses import dataclass
from enum import StrEnum

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from tests.torture.kept import Answers

_DESK = """() => {
    const hosts = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
    const footers = hosts.map((host) => host.shadowRoot?.querySelector(".desk footer")).filter(Boolean);
    const [footer] = footers;
    if (!footer) return null;
    const desk = footer.closest(".desk");
    const mounts = (globalThis.tortureMounts ??= new Map());
    if (!mounts.has(footer)) mounts.set(footer, mounts.size);
    let focus = document.activeElement;
    while (focus?.shadowRoot?.activeElement) focus = focus.shadowRoot.activeElement;
    const rows = [...desk.querySelectorAll(".row:not(.overall)")];
    const checked = [...desk.querySelectorAll("[aria-checked=true]")];
    return {
        case: desk.dataset.case,
        status: desk.querySelector(".status").dataset.status,
        active: rows.findIndex((row) => row.classList.contains("active")),
        answers: Object.fromEntries(
            checked.map((radio) => [radio.closest(".row").querySelector(".name").id.slice(5), radio.dataset.choice])),
        locked: desk.classList.contains("locked"),
        covered: [...document.querySelectorAll("[role=dialog]")].some((dialog) => dialog.checkVisibility()),
        mount: `${performance.timeOrigin}/${mounts.get(footer)}`,
        desks: footers.length,
        focus: `${focus?.tagName}.${focus?.className}`,
    };
}"""


@dataclass(frozen=True, slots=True)
class Sight:
    """The desk as it stands on a page."""

    case: str
    status: str
    active: int
    """Place of the criterion that the keys are meant for; -1 where it is the overall comment."""
    answers: Answers
    locked: bool
    """While a submit is under way."""
    covered: bool
    """Whether a dialog of the page stands over it."""
    mount: str
    """Another one as soon as the desk was built anew, on this page or on a new one."""
    desks: int
    """How many desks the page has."""
    focus: str


class Mute(StrEnum):
    """Why a key had no effect."""

    COVERED = "under a dialog"
    """Streamlit says over the page that the connection is gone, and takes the keys."""
    BUILT = "while the desk was built anew"
    """The page was loaded, or the next ticket came, between the look at the desk and the key."""
    LOCKED = "during a submit"
    UNEXPLAINED = "without a reason"
    """The desk stood there, and should have taken it: a fault."""


def look_at(page: Page) -> Sight | None:
    """The desk; None where none stands there, or where the page is on its way to another one."""
    try:
        found = page.evaluate(_DESK)
    except PlaywrightError as error:
        if "context was destroyed" not in error.message:
            raise
        return None
    return Sight(**found) if found else None


def explain_mute(before: Sight | None, after: Sight | None) -> Mute:
    """Why a key between these two sights had no effect."""
    if before is None or after is None or before.mount != after.mount:
        return Mute.BUILT
    if before.covered or after.covered:
        return Mute.COVERED
    return Mute.LOCKED if before.locked or after.locked else Mute.UNEXPLAINED
