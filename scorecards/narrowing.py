"""A part of a scorecard: some of its criteria, asked as in the whole."""

from collections.abc import Collection

from scorecards.model import Scorecard


def narrow(scorecard: Scorecard, criterion_ids: Collection[str]) -> Scorecard:
    """The scorecard with these criteria only, in its own order; sections without any are left out.

    Scores of a part are no scores of the whole: the weights of what was not asked are missing. Nobody should compute
    one from it.

    Raises:
        ValueError: no criterion is left, one of them is none of the scorecard's, or a condition of one rests on a
            criterion that is left out.
    """
    unknown = set(criterion_ids) - {criterion.id for criterion in scorecard.criteria}
    if unknown or not criterion_ids:
        raise ValueError(f"not criteria of {scorecard.id}: {sorted(unknown)}")
    if with_drivers(scorecard, criterion_ids) != tuple(c.id for c in scorecard.criteria if c.id in criterion_ids):
        raise ValueError("a condition rests on a criterion that is left out")
    kept = [
        section.model_copy(update={"criteria": tuple(c for c in section.criteria if c.id in criterion_ids)})
        for section in scorecard.sections
    ]
    return scorecard.model_copy(update={"sections": tuple(section for section in kept if section.criteria)})


def with_drivers(scorecard: Scorecard, criterion_ids: Collection[str]) -> tuple[str, ...]:
    """These criteria and all that their conditions rest on, directly or not, in the scorecard's order."""
    wanted = set(criterion_ids)
    # A condition names an earlier criterion, so one walk from the last to the first finds all.
    for criterion in reversed(scorecard.criteria):
        if criterion.id in wanted and criterion.show_if is not None:
            wanted |= {one.criterion for one in (*criterion.show_if.all_of, *criterion.show_if.any_of)}
    return tuple(criterion.id for criterion in scorecard.criteria if criterion.id in wanted)
