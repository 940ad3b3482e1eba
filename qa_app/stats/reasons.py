"""Why there is no number: the one list of codes, each with its one sentence for people."""

from collections.abc import Mapping
from types import MappingProxyType

from qa_app.estimate import Undefined

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "no-values": "There is no value that this could be computed from.",
        "one-rater": "Only one rater has given values, so there is nobody to compare with.",
        "no-pairs": "No unit has values from two raters, so no two values can be compared.",
        "no-others": "Nobody else has values both before and after, so there is no change to compare with.",
        "few-others": "Too few others have such values to be a team to compare with.",
        "one-unit": "Only one unit has values that can be compared, and one unit is never an agreement.",
        "no-complete-unit": "No unit has values from every rater.",
        "too-few-units": "Too few units have the values that this needs.",
        "pair-undefined": (
            "At least one pair of raters has no kappa: it shares no unit, or both gave the same answer throughout."
        ),
        "no-variation": (
            "All raters gave the same answer wherever they can be compared: chance would agree as well, and no "
            "variance is left to explain, so this number does not exist."
        ),
        "no-unit-variation": (
            "All units have the same mean, so the share of variance that units explain falls below every bound."
        ),
        "no-total-variance": (
            "The estimated total variance is not positive, so no share of it exists; this happens with few units whose "
            "means hardly differ."
        ),
        "constant-rater": "A rater gave the same value to every unit, so nothing can go up or down with it.",
        "no-replicates": "No rater valued a unit twice, so a rater cannot be compared with himself or herself.",
        "unconnected": (
            "The ratings fall into groups without a common unit, rater or criterion, so raters can be compared only "
            "within a group."
        ),
        "no-differences": "The raters never gave different answers, so there is no difference to test.",
        "same-difference": (
            "Every unit shows the same difference between the two raters, so the difference does not vary and this "
            "test does not exist."
        ),
        "no-reference": "There is no reference: the meeting recorded no agreed answer to this, and no expert gave one.",
        "none-critical": "The reference calls none of these units critical, so nothing could be hit.",
        "all-critical": "The reference calls all of these units critical, so there can be no false alarm.",
        "value-never-given": "Neither of the two ever gave this value, so there is nothing to agree on.",
        "only-ends": (
            "After the units and raters who gave only lowest or highest values are left out, nothing is left that "
            "could tell severe from lenient."
        ),
        "no-maximum": (
            "The likelihood has no finite maximum: the values agree, or differ, too regularly to say how far apart "
            "raters and units are. More ratings in common are needed."
        ),
        "alone": "All other raters gave only lowest or only highest values, so there is nobody to compare with.",
        "all-lowest": "This rater gave only the lowest values, so the severity has no upper bound.",
        "all-highest": "This rater gave only the highest values, so the severity has no lower bound.",
        "constant": "This rater gave one and the same value everywhere.",
        "not-rated": "No value that counts is left for this rater.",
        "infeasible": "No study can have these properties together.",
        "no-repeats": (
            "Nobody has enough reviews to show how one agent's scores vary from ticket to ticket; two of one agent are "
            "the least."
        ),
        "saturated": "Too few reviews to tell agents, reviewers and chance apart.",
        "equal-scores": "All scores are equal, so they show nothing of how scores vary.",
        "one-reviewer": "One reviewer graded all of it, so nobody can tell severe grading from weak work.",
        "one-agent": "There is one agent only, so nothing can vary between agents.",
        "apart": (
            "Those who graded this group and those who graded the rest have no agent in common, so nobody can tell "
            "severe grading from weak work."
        ),
        "too-few-moments": "A trend needs three reviews, and not all on one day.",
        "no-standard-error": "The number has no standard error, so its distance from a mark cannot be judged.",
    }
)


def undefined(reason: str, *, n_units: int, n_raters: int, n_values: int) -> Undefined:
    """An Undefined with the explanation that belongs to its code.

    Raises:
        KeyError: the reason is not in the list.
    """
    return Undefined(reason, REASONS[reason], n_units=n_units, n_raters=n_raters, n_values=n_values)
