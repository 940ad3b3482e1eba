"""The pages there are, and who is offered which. A list of pages is no permission: workflows ask the policy again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from db.records import Person, Role
from qa_app.domain.access import reach

_FOLDER = Path(__file__).parent / "app_pages"


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page of the navigation."""

    name: str
    """File in `app_pages`, and the address."""
    title: str
    icon: str
    action: str
    """Offered to people whose roles allow this for some record."""
    section: str = ""
    hidden: bool = False
    """Reached by links only."""
    roles: frozenset[Role] | None = None
    """Where given, one of these roles is needed as well."""

    @property
    def path(self) -> Path:
        """The file of the page."""
        return _FOLDER / f"{self.name}.py"

    @property
    def address(self) -> str:
        """The page's place in the URL."""
        return self.name.replace("_", "-")


_GRADERS = frozenset({Role.REVIEWER, Role.FACILITATOR, Role.COACH, Role.MANAGER, Role.ADMIN})
_AGENT = frozenset({Role.AGENT})

PAGES: tuple[PageSpec, ...] = (
    PageSpec("queue", "My queue", ":material/inbox:", "review.grade", roles=_GRADERS),
    PageSpec("feedback", "My feedback", ":material/forum:", "review.acknowledge", roles=_AGENT),
    PageSpec("reviews", "Reviews", ":material/rate_review:", "review.read", roles=_GRADERS),
    PageSpec("calibration", "Calibration", ":material/balance:", "calibration.read"),
    PageSpec("coaching", "Coaching", ":material/school:", "coaching.read", roles=_GRADERS),
    PageSpec("disputes", "Disputes", ":material/gavel:", "dispute.decide"),
    PageSpec("tickets", "Tickets", ":material/confirmation_number:", "ticket.read", section="Set up", roles=_GRADERS),
    PageSpec("import", "Import", ":material/upload_file:", "ticket.import", section="Set up"),
    PageSpec("sampling", "Samples", ":material/casino:", "sample.draw", section="Set up"),
    PageSpec("scorecards", "Scorecards", ":material/checklist:", "scorecard.read", section="Set up", roles=_GRADERS),
    PageSpec("people", "People", ":material/group:", "person.write", section="Set up"),
    PageSpec("audit", "Audit", ":material/history:", "audit.read", section="Set up"),
    PageSpec("desk", "Grade", ":material/edit_note:", "review.grade", hidden=True),
    PageSpec("review", "Review", ":material/rate_review:", "review.read", hidden=True),
    PageSpec("ticket", "Ticket", ":material/confirmation_number:", "ticket.read", hidden=True),
    PageSpec("session", "Calibration session", ":material/balance:", "calibration.read", hidden=True),
    PageSpec("agent", "Agent", ":material/person:", "coaching.read", hidden=True),
)


def offer_pages(person: Person) -> Mapping[str, Sequence[PageSpec]]:
    """The pages for this person by section, the first one being their front page."""
    offered: dict[str, list[PageSpec]] = {}
    for page in PAGES:
        fits = page.roles is None or bool(page.roles & person.roles)
        if fits and not reach(person, page.action).nothing:
            offered.setdefault(page.section, []).append(page)
    return offered


def address_of(name: str, **values: str) -> str:
    """A link to a page of ours, such as `/ticket?ticket=…`."""
    page = next(page for page in PAGES if page.name == name)
    query = "&".join(f"{key}={value}" for key, value in values.items())
    return f"/{page.address}" + (f"?{query}" if query else "")
