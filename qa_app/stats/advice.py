"""Which measures of a table to read first, and what to beware of: rules in words, each with its threshold."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from qa_app.stats.chance.counts import Counts
from qa_app.stats.chance.forms import agreement, fleiss
from qa_app.stats.chance.measuring import count_by_level
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.reasons import REASONS
from qa_app.stats.registry import find
from qa_app.stats.resampling import COVERAGE, LEAST_UNITS, NARROW_BELOW

SKEWED = 0.8
"""Share of the most frequent value from which chance correction by observed margins breaks down (Feinstein & Cicchetti
1990, J. Clin. Epidemiol. 43:543, call it the first paradox of kappa)."""
PARADOX_GAP = 0.4
"""Percent agreement less kappa from which the two are told to be read together."""
FEW_UNITS = 30
"""Units below which the number says little beside its interval."""
_GROUPS_SHOWN = 5
_NAMES_SHOWN = 3

CautionCode = Literal[
    "one-category",
    "prevalence",
    "one-unit",
    "few-units",
    "no-pairs",
    "one-rater",
    "unconnected",
    "thin-overlap",
    "few-shared",
]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A measure to read first."""

    measure_id: str
    name: str
    reason: str
    """A sentence or two: why this one, for this table."""


@dataclass(frozen=True, slots=True)
class Caution:
    """What to beware of."""

    code: CautionCode
    text: str


@dataclass(frozen=True, slots=True)
class _Facts:
    level: Level
    n_steps: int
    """Of the declared scale, 0 where none is."""
    n_raters: int
    n_paired: int
    complete: bool
    most_frequent: float
    """Share of the most frequent value among values that can be compared, in [0, 1]; 0 without any."""
    n_used: int
    """Different values among those."""


def recommend(table: RatingsTable) -> tuple[Recommendation, ...]:
    """The two or three measures to read first, the main one first; none where nothing can be compared.

    One rule after the other: a table of one repeated value is read as percent agreement; a skewed one by Gwet's
    coefficient, whose chance agreement does not rise with prevalence; complete tables of numbers by the intraclass
    correlation; everything else by Krippendorff's alpha, or Cohen's kappa for two raters of complete nominal data.
    Percent agreement stands beside each, and agreement within one step where the scale has four steps or more.
    """
    facts = _look(count_by_level(table), table)
    if facts.n_paired < 2:
        return ()
    main = _main(facts)
    second = _second(facts, main[0])
    chosen = dict([entry for entry in (main, *second, _plain(facts)) if entry is not None][:3])
    return tuple(Recommendation(key, find(key).name, reason) for key, reason in chosen.items())


def _look(counts: Counts, table: RatingsTable) -> _Facts:
    margins = counts.paired_margins
    given = table.codes < table.scale.size
    present = given.any(axis=0)
    given = given[given.any(axis=1)][:, present]
    return _Facts(
        level=table.level,
        n_steps=len(table.categories),
        n_raters=counts.n_raters,
        n_paired=counts.n_paired,
        complete=bool(given.all()),
        most_frequent=float(margins.max() / margins.sum()) if margins.any() else 0.0,
        n_used=int(np.count_nonzero(margins)),
    )


Choice = tuple[str, str]


def _main(facts: _Facts) -> Choice:
    if facts.n_used < 2:
        return "percent_agreement", "Only one value was given, so there is no chance agreement to correct for."
    share = f"{facts.most_frequent:.0%} of the values are the same"
    if facts.most_frequent >= SKEWED and facts.n_steps >= 2:
        return "gwet_ac", (
            f"{share}. Kappa and alpha fall towards 0 in such a table even where raters agree; Gwet's coefficient does "
            "not, as its chance agreement does not grow with prevalence."
        )
    if facts.level in {Level.INTERVAL, Level.RATIO} and facts.complete:
        return "icc_a_1", (
            "The values are numbers: this is the share of their variance that the units explain, seen by one rater, "
            "differences in severity counting as error."
        )
    if facts.level is Level.NOMINAL and facts.n_raters == 2 and facts.complete:
        return "cohen_kappa", "Two raters, names without order and no holes: the measure that readers know best."
    kind = _KINDS[facts.level]
    holes = "" if facts.complete else " and with ratings missing"
    return "krippendorff_alpha", (
        f"{kind}: alpha weighs disagreement by that, works for any number of raters{holes}, and allows for small "
        "samples."
    )


_KINDS = {
    Level.NOMINAL: "The values are names",
    Level.ORDINAL: "The steps have an order",
    Level.INTERVAL: "The values are numbers",
    Level.RATIO: "The values are amounts",
}


def _second(facts: _Facts, main: str) -> list[Choice]:
    """The companion of the main measure."""
    if facts.n_used < 2:
        return []
    if main == "gwet_ac":
        return [("krippendorff_alpha", "Beside it: whether the few different values are told apart at all.")]
    if main == "icc_a_1":
        return [
            (
                "krippendorff_alpha",
                "The same question with no model of raters; it should be close, and a gap deserves a look.",
            )
        ]
    if facts.level in {Level.INTERVAL, Level.RATIO} and not facts.n_steps:
        return [
            ("icc_1", "Beside it: the share of variance that the units explain. ICC(k) is that of the raters' mean.")
        ]
    if facts.level is not Level.NOMINAL and facts.n_steps >= 4:
        return [
            ("within_one", f"On {facts.n_steps} steps a difference of one is often tolerable: how often is it more?")
        ]
    return []


def _plain(facts: _Facts) -> Choice | None:
    if facts.level in {Level.INTERVAL, Level.RATIO} and not facts.n_steps:
        return None  # equal numbers on a continuous scale are an accident
    return "percent_agreement", "What people mean by agreement: how often two raters say the same. Not corrected."


def warn(table: RatingsTable) -> tuple[Caution, ...]:
    """What to beware of in a table, the gravest first."""
    counts = count_by_level(table)
    facts = _look(counts, table)
    fatal = _fatal(facts, counts)
    if fatal is not None:
        return (fatal, *_designs(table))
    found: list[Caution] = []
    if facts.n_used < 2:
        found.append(
            Caution(
                "one-category",
                "Everybody gave the same value wherever it can be compared. That is complete agreement, but it does "
                "not show that raters can tell values apart, so measures corrected for chance do not exist.",
            )
        )
    else:
        found.extend(_prevalence(facts, counts))
    if facts.n_paired < FEW_UNITS:
        found.append(Caution("few-units", _count_few(facts.n_paired)))
    return (*found, *_designs(table))


def _count_few(n_units: int) -> str:
    counted = f"Only {n_units} units have values from two raters"
    if n_units < LEAST_UNITS:
        return (
            f"{counted}, and below {LEAST_UNITS} there is nothing to resample. An interval that a formula gives all "
            "the same is too narrow: read both as an example, not as a finding."
        )
    if n_units < NARROW_BELOW:
        return f"{counted}. Read the interval, not the number, and take even that as too narrow: {COVERAGE}."
    return f"{counted}. Read the interval, not the number."


def _fatal(facts: _Facts, counts: Counts) -> Caution | None:
    if counts.n_raters < 2:
        return Caution("one-rater", "Fewer than two raters gave values, so there is no agreement to measure.")
    if facts.n_paired == 0:
        return Caution("no-pairs", REASONS["no-pairs"])
    if facts.n_paired == 1:
        return Caution("one-unit", REASONS["one-unit"])
    return None


def _prevalence(facts: _Facts, counts: Counts) -> list[Caution]:
    percent, corrected = agreement(counts, "unweighted"), fleiss(counts, "unweighted")
    if corrected is None or facts.most_frequent < SKEWED or percent.value - corrected.value < PARADOX_GAP:
        return []
    return [
        Caution(
            "prevalence",
            f"Prevalence paradox: two raters give the same value in {percent.value:.0%} of pairs, yet kappa is "
            f"{corrected.value:.2f}, because {facts.most_frequent:.0%} of all values are the same and chance alone "
            "would agree nearly as often. Both are true: raters agree, and these units hardly test whether they can "
            "tell the rare values apart. Add units on which they are likely.",
        )
    ]


def _name_groups(names: NDArray[np.str_], groups: NDArray[np.int32]) -> str:
    """Who belongs together: the largest groups, and the first few raters of each."""
    sizes = np.bincount(groups)
    largest = np.argsort(-sizes, kind="stable")[:_GROUPS_SHOWN].tolist()
    listed = [_name_some(names[groups == group].tolist()) for group in largest]
    return "; ".join(listed) + ("; …" if sizes.size > _GROUPS_SHOWN else "")


def _name_some(names: list[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _designs(table: RatingsTable) -> list[Caution]:
    """Groups of units and raters without a link, pairs of raters who never met, and pairs who met on few units."""
    given = table.codes < table.scale.size
    present = given.any(axis=0)
    given = given[given.any(axis=1)][:, present]
    n_units, n_raters = given.shape
    if n_raters < 2:
        return []
    units, raters = np.nonzero(given)
    graph = coo_array((np.ones(units.size), (units, n_units + raters)), shape=(n_units + n_raters,) * 2)
    n_groups, groups = connected_components(graph, directed=False)
    if n_groups > 1:
        names = np.array(table.rater_ids)[present]
        return [
            Caution(
                "unconnected",
                f"The raters fall into {n_groups} groups that share no unit, not even by way of others: "
                f"{_name_groups(names, groups[n_units:])}. Agreement is that within groups; severity cannot be "
                "compared across them. Let one rater of each group rate some units of another.",
            )
        ]
    met = (given.T.astype(np.float32) @ given.astype(np.float32))[np.triu_indices(n_raters, k=1)]
    apart, few = (int(np.count_nonzero(met < least)) for least in (1, LEAST_UNITS))
    if apart * 2 > met.size:
        return [
            Caution(
                "thin-overlap",
                f"{apart} of {met.size} pairs of raters never rated the same unit. Agreement is that of the pairs who "
                "did; measures that take the mean over all pairs do not exist.",
            )
        ]
    return [_count_shared(few, met.size, n_units, n_raters)] if few * 2 > met.size and n_units >= LEAST_UNITS else []


def _count_shared(few: int, n_pairs: int, n_units: int, n_raters: int) -> Caution:
    return Caution(
        "few-shared",
        f"{few} of {n_pairs} pairs of raters share fewer than {LEAST_UNITS} of the {n_units} units. How far all "
        f"{n_raters} raters agree can be told, how far two of them do mostly not. Raters of other units are compared "
        "by way of the few in common alone, so that much of a difference between them can be one between their units.",
    )
