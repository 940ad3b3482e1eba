"""The options that a yes/no or scale criterion has without being given them."""

from decimal import Decimal

from scorecards.model import Criterion, CriterionType, Option, Scorecard

_YES_NO = (Option(id="yes", label="Yes"), Option(id="no", label="No"))
_YES_NO_POINTS = {"yes": Decimal(1), "no": Decimal(0)}


def expand(scorecard: Scorecard) -> Scorecard:
    """The scorecard with all options written out; expanding it again changes nothing."""
    sections = tuple(
        section.model_copy(update={"criteria": tuple(expand_criterion(criterion) for criterion in section.criteria)})
        for section in scorecard.sections
    )
    return scorecard.model_copy(update={"sections": sections})


def expand_criterion(criterion: Criterion) -> Criterion:
    """Yes/no gets yes (1 point) and no (0); a scale gets a level for each of its points, worst first from 0."""
    options = criterion.options
    if criterion.type is CriterionType.YES_NO:
        options = _with_points(options or _YES_NO, [_YES_NO_POINTS.get(option.id) for option in options or _YES_NO])
    elif criterion.type is CriterionType.SCALE:
        numbered = range(1, (criterion.levels or 0) + 1)
        options = options or tuple(Option(id=str(level), label=str(level)) for level in numbered)
        options = _with_points(options, [Decimal(index) for index in range(len(options))])
    return criterion if options == criterion.options else criterion.model_copy(update={"options": options})


def _with_points(options: tuple[Option, ...], points: list[Decimal | None]) -> tuple[Option, ...]:
    """The options as they are where any says what it is worth; else with these points."""
    if any(option.points is not None or option.value is not None for option in options):
        return options
    return tuple(option.model_copy(update={"points": worth}) for option, worth in zip(options, points, strict=True))
