"""What the builder's parts share: the draft, its problems, the way to change it, and the way back.

Every change goes to the store at once, put to the draft as it stands there. The keys of widgets carry a round number:
it counts up when the draft changed in another way than by the widget at hand (taken back, replaced as text, edited by
somebody else), so that every widget then starts from the draft again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from db.records import ScorecardVersion, ScorecardVersionId
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.signed_in import require_signed_in
from qa_app.ui.widgets.frame import attempt
from qa_app.workflows import scorecard_drafts
from qa_app.workflows.context import Context
from qa_app.workflows.scorecard_drafts import Outlook
from scorecards.editing import Edit, locate, put
from scorecards.model import Criterion, Scorecard, Section
from scorecards.problems import Path, Problem, format_path

_SEEN, _ROUND, _UNDO, _REFUSED = "bench:seen", "bench:round", "bench:undo", "bench:refused"
_MOST_UNDO = 50


@dataclass(frozen=True, slots=True)
class Spot:
    """A field by the ids of the part that it belongs to, wherever that part stands by now."""

    field: tuple[str, ...]
    section: str | None = None
    criterion: str | None = None
    option: str | None = None

    def path(self, scorecard: Scorecard) -> Path:
        """Where the field stands now."""
        part = locate(scorecard, section=self.section, criterion=self.criterion, option=self.option)
        return (*part, *self.field)

    @property
    def name(self) -> str:
        """Tells fields apart in widget keys."""
        return ":".join(part or "" for part in (self.section, self.criterion, self.option, *self.field))


@dataclass(slots=True)
class Bench:
    """One draft on the page, during one run."""

    context: Context
    draft: ScorecardVersion
    outlook: Outlook
    shown: set[Problem] = field(default_factory=set)
    """Problems that stand at their field already."""

    @property
    def scorecard(self) -> Scorecard:
        """The form as the store has it."""
        return self.draft.scorecard

    def key(self, name: str) -> str:
        """A widget's key, good until the draft changes by another way than this widget."""
        return f"builder:{state.read(_ROUND, 0)}:{name}"

    def problems_at(self, path: Path) -> list[Problem]:
        """The problems of whatever stands at a path or below it."""
        here = format_path(path)
        return [problem for problem in self.outlook.problems if _is_below(problem.path, here)]

    def refusal_at(self, key: str) -> str | None:
        """Why the last value of a widget was not kept."""
        refused: dict[str, str] = state.read(_REFUSED, {})
        return refused.get(key)

    def set_field(self, spot: Spot, key: str, convert: Callable[[object], object]) -> None:
        """Callback of a widget: its value goes into the draft; what does not fit is said at the widget."""
        value = convert(state.read(key, None))
        refused: dict[str, str] = {**state.read(_REFUSED, {})}
        refused.pop(key, None)
        try:
            self._edit(lambda scorecard: put(scorecard, spot.path(scorecard), value), fresh=False)
        except PlumblineError as refusal:
            refused[key] = refusal.message
        state.write(_REFUSED, refused)

    def change(self, edit: Edit, *, fresh: bool = True) -> None:
        """Put an edit to the draft from a callback; see `edit`."""
        self.edit(edit, fresh=fresh)

    def edit(self, edit: Edit, *, fresh: bool = True) -> Scorecard | None:
        """Put an edit to the draft from a callback, and return what it is then; None where it was refused.

        `fresh`: every widget starts from the draft again.
        """
        after = attempt(lambda: self._edit(edit, fresh=fresh))
        return None if after is None else after.scorecard

    def replace(self, scorecard: Scorecard) -> bool:
        """Put a whole document in the draft's place."""
        seen = self.draft.content_hash

        def act() -> ScorecardVersion:
            after = scorecard_drafts.replace_draft(self.context, self.draft.id, scorecard, seen=seen)
            _remember(self.draft, after, fresh=True)
            return after

        return attempt(act) is not None

    def take_back(self) -> None:
        """Undo this tab's last change."""
        steps = _steps(self.draft.id)
        if steps:
            earlier, after = steps.pop()
            attempt(lambda: scorecard_drafts.take_back(self.context, self.draft.id, earlier, after=after))
            state.write(_UNDO, (self.draft.id, steps))

    @property
    def can_take_back(self) -> bool:
        """Whether this tab has changed anything that it can undo."""
        steps = _steps(self.draft.id)
        return bool(steps) and steps[-1][1] == self.draft.content_hash

    def _edit(self, edit: Edit, *, fresh: bool) -> ScorecardVersion:
        require_signed_in()
        before, after = scorecard_drafts.edit_draft(self.context, self.draft.id, edit)
        _remember(before, after, fresh=fresh)
        return after


def open_bench(context: Context, draft: ScorecardVersion) -> Bench:
    """The bench for this run."""
    seen = (draft.id, draft.content_hash)
    if state.read(_SEEN, None) != seen:
        state.write(_SEEN, seen)
        state.write(_ROUND, state.read(_ROUND, 0) + 1)
        state.write(_REFUSED, {})
    return Bench(context, draft, scorecard_drafts.look_ahead(context, draft.id))


def pick(*, criterion: str = "", section: str = "") -> None:
    """Callback: edit this part; the form itself where none is named. The address says which, so a reload finds it."""
    state.write_link(criterion=criterion, section=section)
    state.write(_REFUSED, {})


def find_picked(scorecard: Scorecard) -> Criterion | Section | None:
    """The part that the page's address names; None: the form itself."""
    criterion, section = state.link_value("criterion"), state.link_value("section")
    found: Sequence[Criterion | Section] = [each for each in scorecard.criteria if each.id == criterion] or [
        each for each in scorecard.sections if each.id == section and not criterion
    ]
    return found[0] if found else None


def _remember(before: ScorecardVersion, after: ScorecardVersion, *, fresh: bool) -> None:
    """Keep the way back; where nothing else changed than the widget at hand, the others may stay as they are."""
    if before.content_hash == after.content_hash:
        return
    seen: tuple[ScorecardVersionId, str] | None = state.read(_SEEN, None)
    if not fresh and seen == (before.id, before.content_hash):
        state.write(_SEEN, (after.id, after.content_hash))
    state.write(_UNDO, (after.id, [*_steps(after.id), (before.scorecard, after.content_hash)][-_MOST_UNDO:]))


def _steps(draft_id: ScorecardVersionId) -> list[tuple[Scorecard, str]]:
    kept: tuple[ScorecardVersionId | None, list[tuple[Scorecard, str]]] = state.read(_UNDO, (None, []))
    return list(kept[1]) if kept[0] == draft_id else []


def _is_below(path: str, here: str) -> bool:
    return path == here or path.startswith((f"{here}.", f"{here}[")) or not here
