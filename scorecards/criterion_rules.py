"""Rules within one criterion that no single field can hold. Each reports to the draft what it finds broken.

A rule asks only for the parts it needs and keeps silent where those could not be read.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from scorecards.expansion import expand_criterion
from scorecards.model import Channel, Criterion, CriterionType, Option, Scorecard
from scorecards.problems import Path, Severity, list_words, quote
from scorecards.reading import Draft

WITH_OPTIONS = frozenset({CriterionType.YES_NO, CriterionType.CHOICE, CriterionType.SCALE})


def check_criterion(draft: Draft, criterion: Criterion, path: Path, *, scorecard: Scorecard) -> None:
    """Every rule of this module on one criterion."""
    _check_unique(draft, criterion, path)
    if draft.is_broken(*path, "type"):
        return
    _check_fitting_keys(draft, criterion, path)
    _check_when(draft, criterion, path)
    match criterion.type:
        case CriterionType.YES_NO:
            _check_yes_no(draft, criterion, path)
        case CriterionType.SCALE:
            _check_levels(draft, criterion, path)
        case CriterionType.CHOICE:
            _check_choice(draft, criterion, path)
        case CriterionType.NUMBER:
            _check_number(draft, criterion, path)
        case CriterionType.TEXT:
            return
    _check_options(draft, criterion, path)
    _check_anchors(draft, criterion, path, channels=() if draft.is_broken("channels") else scorecard.channels)


def report_duplicates(draft: Draft, named: Iterable[tuple[str, Path]], *, kind: str, within: str) -> None:
    """One problem for each id that an earlier one has already."""
    first: dict[str, Path] = {}
    for name, path in named:
        if draft.is_broken(*path):
            continue
        if name in first:
            line = draft.place(first[name]).line
            message = f"{kind} id {quote(name)} is given twice {within}; it stands already in line {line}"
            draft.report("duplicate-id", path, message)
        first.setdefault(name, path)


def _check_unique(draft: Draft, criterion: Criterion, path: Path) -> None:
    options = ((option.id, (*path, "options", index, "id")) for index, option in enumerate(criterion.options))
    report_duplicates(draft, options, kind="option", within="in this criterion")
    reasons = ((reason.id, (*path, "reasons", index, "id")) for index, reason in enumerate(criterion.reasons))
    report_duplicates(draft, reasons, kind="reason", within="in this criterion")


_ONLY_FOR = {
    "levels": ({CriterionType.SCALE}, "levels-not-allowed"),
    "options": (WITH_OPTIONS, "options-not-allowed"),
    "number": ({CriterionType.NUMBER}, "number-not-allowed"),
    "weight": (set(CriterionType) - {CriterionType.TEXT}, "weight-on-text"),
    "critical": (set(CriterionType) - {CriterionType.TEXT}, "critical-on-text"),
}


def _check_fitting_keys(draft: Draft, criterion: Criterion, path: Path) -> None:
    for key, (types, code) in _ONLY_FOR.items():
        if key in criterion.model_fields_set and criterion.type not in types:
            owners = ", ".join(kind.value for kind in CriterionType if kind in types)
            message = f'key "{key}" does not fit type {criterion.type}; it belongs to: {owners}'
            draft.report(code, (*path, key), message)


def _check_when(draft: Draft, criterion: Criterion, path: Path) -> None:
    """When comments and reasons are asked for."""
    if criterion.type is CriterionType.TEXT:
        for key, when in (("comment", criterion.comment), ("ask_reasons", criterion.ask_reasons)):
            if when in {"below_best", "worst"}:
                message = f"{quote(when)} does not fit a text, which has no best and no worst answer"
                draft.report("rule-needs-value", (*path, key), message)
    if draft.is_broken(*path, "ask_reasons") or draft.is_broken(*path, "reasons"):
        return
    if criterion.ask_reasons != "never" and not criterion.reasons:
        message = 'reasons are asked for, but there are none to pick from; add "reasons"'
        draft.report("reasons-missing", (*path, "ask_reasons"), message)
    if criterion.ask_reasons == "never" and criterion.reasons:
        message = "these reasons are never asked for; set ask_reasons to below_best, worst or always"
        draft.report("reasons-unused", (*path, "reasons"), message, severity=Severity.WARNING)


def _check_yes_no(draft: Draft, criterion: Criterion, path: Path) -> None:
    here = (*path, "options")
    if not criterion.options or draft.is_broken(*here):
        return
    if Counter(option.id for option in criterion.options) != Counter(("yes", "no")):
        found = ", ".join(option.id for option in criterion.options)
        message = f"a yes_no has exactly the options yes and no, not {quote(found)}; others make a choice"
        draft.report("yes-no-options", here, message)


def _check_levels(draft: Draft, criterion: Criterion, path: Path) -> None:
    if draft.is_broken(*path, "levels"):
        return
    if criterion.levels is None:
        draft.report("levels-missing", path, 'a scale needs its number of levels, such as "levels: 5"')
    elif criterion.options and len(criterion.options) != criterion.levels:
        message = f"{len(criterion.options)} options are given for {criterion.levels} levels; give one for each level"
        draft.report("levels-mismatch", (*path, "options"), message)


def _check_choice(draft: Draft, criterion: Criterion, path: Path) -> None:
    if "options" not in criterion.model_fields_set and not draft.is_broken(*path, "options"):
        draft.report("options-missing", path, "a choice needs its options")
    elif len(criterion.options) < 2 and not draft.is_broken(*path, "options"):
        draft.report("options-missing", (*path, "options"), "a choice needs at least two options")


def _check_number(draft: Draft, criterion: Criterion, path: Path) -> None:
    here = (*path, "number")
    if "number" not in criterion.model_fields_set and not draft.is_broken(*here):
        draft.report("number-missing", path, 'a number needs its range, such as "number: {low: 0, high: 10}"')
    if criterion.number is None or draft.is_broken(*here):
        return
    span = criterion.number.high - criterion.number.low
    if span <= 0:
        message = f"low {criterion.number.low} is not below high {criterion.number.high}"
        draft.report("number-range", (*here, "low"), message)
    elif span % criterion.number.step != 0:
        message = f"step {criterion.number.step} does not divide the span {span} from low to high"
        draft.report("number-step", (*here, "step"), message)


def _check_options(draft: Draft, criterion: Criterion, path: Path) -> None:
    here = (*path, "options")
    options = criterion.options
    if criterion.type not in WITH_OPTIONS or len(options) < 2:
        return
    if "critical" not in criterion.model_fields_set:
        for index, option in enumerate(options):
            if option.critical_error:
                message = "the criterion has no critical family; give it one, or leave this out"
                draft.report("critical-error-without-family", (*here, index, "critical_error"), message)
    if not draft.is_broken(*here) and all(option.auto_fail for option in options):
        draft.report("all-auto-fail", here, "every answer is an auto-fail; leave at least one that is not")
    if not any(draft.is_broken(*here, index, key) for index in range(len(options)) for key in ("points", "value")):
        _check_values(draft, criterion, here)


def _check_values(draft: Draft, criterion: Criterion, here: Path) -> None:
    """Points for all options, or values for all; with a span, and upwards on a scale."""
    options = criterion.options
    both = [index for index, option in enumerate(options) if option.points is not None and option.value is not None]
    for index in both:
        draft.report("points-and-value", (*here, index, "value"), "points and value are both given; give one of them")
    by_points = [option.points for option in options if option.points is not None]
    by_value = [option.value for option in options if option.value is not None]
    if both or draft.is_broken(*here):
        return
    if by_points and by_value:
        draft.report("points-and-value", here, "some options give points and others a value; give the same to all")
    elif not by_points and not by_value:
        if criterion.type is CriterionType.CHOICE:
            draft.report("points-missing", here, "no option says what it is worth; give each its points or its value")
    elif len(by_points or by_value) < len(options):
        _report_worthless(draft, options, here)
    else:
        _check_span(draft, criterion, here, by_points=by_points, by_value=by_value)


def _report_worthless(draft: Draft, options: tuple[Option, ...], here: Path) -> None:
    for index, option in enumerate(options):
        if option.points is None and option.value is None:
            message = f"option {quote(option.id)} does not say what it is worth, but others do"
            draft.report("points-missing", (*here, index), message)


def _check_span(
    draft: Draft, criterion: Criterion, here: Path, *, by_points: list[Decimal], by_value: list[Decimal]
) -> None:
    worth = by_points or by_value
    if by_points and min(by_points) == max(by_points):
        draft.report("points-equal", here, f"all options have {by_points[0]} points; best and worst must differ")
    if by_value and (min(by_value) != 0 or max(by_value) != 1):
        message = f"values run from {min(by_value)} to {max(by_value)}; the worst option has 0 and the best has 1"
        draft.report("value-ends", here, message)
    if criterion.type is CriterionType.SCALE and worth != sorted(worth):
        draft.report("scale-order", here, "levels stand worst first, so points or values must not fall")


def _check_anchors(draft: Draft, criterion: Criterion, path: Path, *, channels: tuple[Channel, ...]) -> None:
    """Every level says what a reviewer sees or hears, for every channel of the scorecard."""
    if criterion.type is CriterionType.NUMBER:
        if criterion.number and not criterion.number.anchors and not draft.is_broken(*path, "number", "anchors"):
            message = "no anchor says what the numbers mean; reviewers will differ"
            draft.report("no-anchors", path, message, severity=Severity.WARNING)
        return
    here = (*path, "options")
    if draft.is_broken(*here) or draft.is_broken(*path, "levels"):
        return
    bare = [option.id for option in expand_criterion(criterion).options if not _speaks_to(option, channels)]
    if bare:
        where = f" for {', '.join(channels)}" if channels else ""
        message = f"levels without an anchor{where}: {list_words(bare)}; reviewers will differ"
        draft.report("no-anchors", path, message, severity=Severity.WARNING)


def _speaks_to(option: Option, channels: tuple[Channel, ...]) -> bool:
    """Whether the option has an anchor for each channel; without channels, any anchor will do."""
    written = {channel for channel, text in option.anchors.items() if text}
    return "any" in written or (bool(written) and written.issuperset(channels))
