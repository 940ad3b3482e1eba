"""The pages there are, and who is offered which. A list of pages is no permission: workflows ask the policy again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from db.records import Person, Role
from qa_app.domain.access import reach

_FOLDER = Path(__file__).parent / "app_pages"


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page of the navigation."""

    name: str
    """Tells pages apart, and is the address."""
    title: str
    icon: str
    action: str | None
    """Offered to people whose roles allow this for some record; to everybody where None."""
    section: str = ""
    hidden: bool = False
    """Reached by links only."""
    roles: frozenset[Role] | None = None
    """Where given, one of these roles is needed as well."""
    file: str = ""
    """File in `app_pages`; the page's name where left out."""

    @property
    def path(self) -> Path:
        """The file of the page."""
        return _FOLDER / f"{self.file or self.name}.py"

    @property
    def address(self) -> str:
        """The page's place in the URL."""
        return self.name.replace("_", "-")


_GRADERS = frozenset({Role.REVIEWER, Role.FACILITATOR, Role.COACH, Role.MANAGER, Role.ADMIN})
_COACHES = frozenset({Role.COACH, Role.MANAGER, Role.ADMIN})
_AGENT = frozenset({Role.AGENT})
_DATA = "Data"
_SET_UP = "Set up"
_SELF = "(own name)"

HOME = PageSpec("home", "Plumbline", ":material/home:", None, hidden=True)
"""At the bare address, and not in the list: it leads on to the front page, so every real page has its own address."""

PAGES: tuple[PageSpec, ...] = (
    PageSpec("queue", "My queue", ":material/inbox:", "review.grade", roles=_GRADERS),
    PageSpec("feedback", "My feedback", ":material/forum:", "review.acknowledge", roles=_AGENT),
    PageSpec("reviews", "Reviews", ":material/rate_review:", "review.read", roles=_GRADERS),
    PageSpec("calibration", "Calibration", ":material/balance:", "calibration.read"),
    PageSpec("coaching", "Coaching", ":material/school:", "coaching.read", roles=_GRADERS),
    PageSpec("scores", "Scores", ":material/leaderboard:", "coaching.read", roles=_COACHES),
    PageSpec("disputes", "Disputes", ":material/gavel:", "dispute.read"),
    PageSpec("tickets", "Tickets", ":material/confirmation_number:", "ticket.read", section=_DATA, roles=_GRADERS),
    PageSpec("sampling", "Samples", ":material/casino:", "sample.draw", section=_DATA),
    PageSpec("exports", "Exports", ":material/download:", "export.coaching", section=_DATA, roles=_COACHES),
    PageSpec("import", "Import", ":material/upload_file:", "ticket.import", section=_DATA),
    PageSpec("interrater", "Ratings from elsewhere", ":material/table_view:", "calibration.open", section=_DATA),
    PageSpec("scorecards", "Scorecards", ":material/checklist:", "scorecard.read", section=_SET_UP, roles=_GRADERS),
    PageSpec("people", "People", ":material/group:", "person.write", section=_SET_UP),
    PageSpec("audit", "Audit", ":material/history:", "audit.read", section=_SET_UP),
    PageSpec("account", "Account", ":material/account_circle:", None, section=_SELF),
    PageSpec("offline", "Grade in a spreadsheet", ":material/table_view:", "review.grade", hidden=True, roles=_GRADERS),
    PageSpec("desk", "Grade", ":material/edit_note:", None, hidden=True, roles=_GRADERS | _AGENT),
    PageSpec("builder", "Scorecard builder", ":material/edit:", "scorecard.write", hidden=True),
    PageSpec("review", "Review", ":material/rate_review:", "review.read", hidden=True),
    PageSpec("dispute", "Dispute", ":material/gavel:", "dispute.read", hidden=True),
    PageSpec("ticket", "Ticket", ":material/confirmation_number:", "ticket.read", hidden=True),
    PageSpec("session", "Calibration session", ":material/balance:", "calibration.read", hidden=True),
    PageSpec("meeting", "Calibration meeting", ":material/co_present:", "calibration.read", hidden=True),
    PageSpec("minutes", "Minutes", ":material/checklist:", "calibration.read", hidden=True),
    PageSpec("coaching_session", "Coaching session", ":material/forum:", "coaching.read", hidden=True),
    PageSpec("appraisal", "Appraisal", ":material/compare:", "coaching.read", hidden=True),
    PageSpec("agent", "Agent", ":material/person:", "coaching.read", hidden=True),
)
_FRONT = {
    Role.REVIEWER: "queue",
    Role.AGENT: "feedback",
    Role.COACH: "coaching",
    Role.FACILITATOR: "calibration",
    Role.MANAGER: "reviews",
    Role.ADMIN: "people",
}
"""Where each role's day starts; who has several starts at the first of them."""


def offer_pages(person: Person) -> Mapping[str, Sequence[PageSpec]]:
    """The pages for this person by section. A section of one page is none; the last section bears the person's name."""
    offered = [page for page in PAGES if _is_for(person, page)]
    counted = Counter(page.section for page in offered)
    sections: dict[str, list[PageSpec]] = {}
    for page in offered:
        lone = page.section != _SELF and counted[page.section] == 1
        section = "" if lone else person.name if page.section == _SELF else page.section
        sections.setdefault(section, []).append(page)
    return sections


def withhold_pages(person: Person) -> Sequence[PageSpec]:
    """The pages that this person is not offered; their addresses lead to words, not to "page not found"."""
    return [replace(page, hidden=True, file="closed") for page in PAGES if not _is_for(person, page)]


def find_front_page(person: Person) -> PageSpec:
    """The page that this person's day starts with."""
    name = next((page for role, page in _FRONT.items() if role in person.roles), "account")
    return next(page for page in PAGES if page.name == name)


def address_of(name: str, **values: str) -> str:
    """A link to a page of ours, such as `/ticket?ticket=…`."""
    page = next(page for page in PAGES if page.name == name)
    query = "&".join(f"{key}={value}" for key, value in values.items())
    return f"/{page.address}" + (f"?{query}" if query else "")


def _is_for(person: Person, page: PageSpec) -> bool:
    fits = page.roles is None or bool(page.roles & person.roles)
    return fits and (page.action is None or not reach(person, page.action).nothing)
