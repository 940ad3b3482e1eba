"""A report of agreement in sentences: one page that somebody who is no statistician reads from top to bottom.

Every number is one of the tables'; a sentence claims no more than its interval or its corrected test allows.
"""

from collections.abc import Callable, Iterable, Sequence

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import Field, Section
from qa_app.stats.reporting.result import AgreementReport, CriterionReport, Dependability, Reading
from qa_app.stats.resampling import LEAST_UNITS
from qa_app.words import write_count, write_limits, write_number
from qa_app.workflows.ratings_pairs import SURE
from qa_app.workflows.ratings_severity import panel_size

RELIED_ON = 0.8
"""Dependability from which, by convention, the mean rating of a single item is relied on."""
_NAMED = 5
Row = tuple[str, str]


def tell_plain(report: AgreementReport) -> Section:
    """What was measured, how far raters agree, where the trouble sits, what to do, what cannot be said."""
    compared = [one for one in report.criteria if one.reading]
    enough = [one for one in compared if one.n_units >= LEAST_UNITS]
    rows = [("What was measured", _say_measured(report))]
    if compared:
        rows.append(("How far raters agree", _say_agreement(compared)))
    if enough:
        rows += [
            *_say_sources(enough),
            ("Raters", _say_raters(report)),
            *_say_items(enough),
            ("What to do", _say_step(enough)),
        ]
    rows.append(("What cannot be said", _say_limits(report, compared)))
    fields = (Field("about", "About"), Field("said", "In plain words"))
    return Section("plain", "In plain words", "", fields, tuple(rows))


def _say_measured(report: AgreementReport) -> str:
    criteria = report.criteria
    n_values = sum(one.n_chosen for one in criteria)
    said = (
        f"{_count_span([one.n_raters for one in criteria], 'rater')} gave {write_count(n_values, 'rating')} to "
        f"{_count_span([one.n_units for one in criteria], 'item')} on "
        f"{write_count(len(criteria), 'criterion', 'criteria')}."
    )
    each = [one.n_chosen / one.n_units for one in criteria if one.n_units]
    if not each:
        return said
    mean = _span(each, lambda value: write_number(value, 1))
    return f"{said} On average an item has {mean} ratings on a criterion."


def _say_agreement(compared: Sequence[CriterionReport]) -> str:
    mains: dict[str, list[tuple[str, Measured]]] = {}
    for one in compared:
        mains.setdefault(one.reading[0].advice.name, []).append((one.criterion, one.reading[0].measured))
    said = [_say_range(name, found) for name, found in mains.items()]
    said += [
        words.format(_share_span(shares))
        for key, words in _SHARES.items()
        if (shares := [value for one in compared if (value := _find(one.reading[1:], key)) is not None])
    ]
    several = " Whether one criterion does better than another was not tested." if len(compared) > 1 else ""
    return (
        f"{' '.join(said)} The brackets are 95% intervals: where the number may lie over all items of this kind, "
        f"rated by the same raters.{several}"
    )


_SHARES = {
    "percent_agreement": "Two raters of an item give the same value {} of the time.",
    "within_one": "They are at most one step apart {} of the time.",
}


def _say_range(name: str, found: Sequence[tuple[str, Measured]]) -> str:
    scale = "" if name == "Percent agreement" else " (1 is complete agreement, 0 what chance gives)"
    numbers = sorted(
        ((value.value, criterion, value) for criterion, value in found if isinstance(value, Estimate)),
        key=lambda one: one[:2],
    )
    if not numbers:
        return f"{name} is not defined: {found[0][1].explanation if isinstance(found[0][1], Undefined) else ''}"
    low, high = numbers[0], numbers[-1]
    if len(numbers) == 1:
        return f"{name} is {write_limits(low[2])} on {low[1]}{scale}."
    return f"{name} runs from {write_limits(low[2])} on {low[1]} to {write_limits(high[2])} on {high[1]}{scale}."


def _find(reading: Iterable[Reading], measure_id: str) -> float | None:
    found = (one.measured for one in reading if one.advice.measure_id == measure_id)
    return next((one.value for one in found if isinstance(one, Estimate)), None)


def _say_sources(compared: Sequence[CriterionReport]) -> list[Row]:
    """Where the differences between ratings come from; nothing for names."""
    shares = [found for one in compared if (found := _share_out(one.dependability)) is not None]
    if not shares:
        return []
    items, raters, rest = (_share_span(column) for column in zip(*shares, strict=True))
    said = (
        f"Of the variance of the ratings, {items} comes from the items, which is what ratings are for; {raters} from "
        f"raters who are strict or lenient throughout; and {rest} from the rest: raters who see the same item "
        "differently, and slips. These shares are estimates without an interval."
    )
    return [("Where the differences come from", said)]


def _share_out(found: Dependability | None) -> tuple[float, float, float] | None:
    if found is None or isinstance(found.components, Undefined):
        return None
    values = found.components.values
    total = sum(values.values())
    return (values["unit"] / total, values["rater"] / total, values["residual"] / total) if total > 0 else None


def _say_raters(report: AgreementReport) -> str:
    """Who is shown to lean: corrected over raters (Holm, as in the table of raters) and over criteria (Bonferroni)."""
    n_raters = max(one.n_raters for one in report.criteria)
    n_criteria = len(report.criteria)
    leaning: dict[str, dict[str, list[str]]] = {"lower": {}, "higher": {}}
    for one in report.criteria:
        for found in one.rest:
            sure = found.adjusted is not None and found.adjusted * n_criteria < SURE
            if sure and isinstance(found.bias, Estimate):
                way = "lower" if found.bias.value < 0 else "higher"
                leaning[way].setdefault(found.rater, []).append(one.criterion)
    corrected = f"corrected for looking at {write_count(n_raters, 'rater')}"
    corrected += f" on {n_criteria} criteria" if n_criteria > 1 else ""
    if n_raters == 2:
        leaning.pop("higher")  # the other of two says the same again
    said = [f"{way}: {_name_raters(raters)}" for way, raters in leaning.items() if raters]
    if not said:
        return f"Nobody is shown to rate lower or higher than the others ({corrected}). That does not prove them equal."
    return (
        f"Shown to rate {'; '.join(said)}. This is against the others on the same items, {corrected}; it says nothing "
        "of who is right, and whoever is not named is not proven equal."
    )


def _name_raters(raters: dict[str, list[str]]) -> str:
    """Those who lean on most criteria first."""
    ranked = sorted(raters.items(), key=lambda one: (-len(one[1]), one[0]))
    named = [f"{rater} ({', '.join(criteria)})" for rater, criteria in ranked[:_NAMED]]
    more = len(ranked) - _NAMED
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def _say_items(compared: Sequence[CriterionReport]) -> list[Row]:
    """The item without which alpha rises most, against how sure alpha is."""
    found = [
        (unit.change, unit.left_out, one)
        for one in compared
        if one.influence
        for unit in one.influence.units
        if unit.change is not None and unit.change > 0
    ]
    if not found:
        return []
    change, item, one = max(found, key=lambda entry: entry[:2])
    said = f"“{item}” holds agreement down most: without it alpha on {one.criterion} changes by {change:+.3f}"
    margin = _find_margin(one)
    if margin is None:
        return [("Items", f"{said}. Alpha has no interval here, so this may be chance.")]
    if change < margin:
        return [("Items", f"{said}, which is less than its margin. No single item accounts for the disagreement.")]
    return [("Items", f"{said}, which is more than its margin. Talk about this one first.")]


def _find_margin(one: CriterionReport) -> float | None:
    """Half the width of alpha's interval."""
    alpha = next((line.measured for line in one.coefficients if line.measure_id == "krippendorff_alpha"), None)
    if not isinstance(alpha, Estimate) or alpha.shown.low is None or alpha.shown.high is None:
        return None
    return (alpha.shown.high - alpha.shown.low) / 2


def _say_step(compared: Sequence[CriterionReport]) -> str:
    """What divides raters most, and how many of them an item needs."""
    talk = "go through the items to talk about, and write what is decided into the guideline as examples."
    shares = [found for one in compared if (found := _share_out(one.dependability)) is not None]
    if not shares:
        return talk.capitalize()
    strict = sum(raters > rest for _, raters, rest in shares)
    if 2 * strict > len(shares):
        said = "In these ratings strictness divides raters most: settle with examples how strict each step is meant."
    else:
        said = (
            "In these ratings raters differ more over single items than in strictness, so a talk about strictness "
            f"alone will not mend it: {talk}"
        )
    return f"{said} {_say_panel(compared)}".rstrip()


def _say_panel(compared: Sequence[CriterionReport]) -> str:
    """Dependability of one rater, and the smallest panel that is relied on for every criterion."""
    by_size: dict[int, list[float]] = {}
    for one in compared:
        for study in one.dependability.studies if one.dependability else ():
            size = panel_size(study)
            if size is not None and isinstance(study.dependability, Estimate):
                by_size.setdefault(size, []).append(study.dependability.value)
    if 1 not in by_size:
        return ""
    enough = [size for size, values in sorted(by_size.items()) if min(values) >= RELIED_ON]
    panel = (
        f"the mean of {enough[0]} raters reaches it"
        if enough
        else f"the mean of {max(by_size)} raters does not reach it"
    )
    if enough and enough[0] == 1:
        panel = "one rater is enough"
    alone = _span(by_size[1], lambda value: write_number(value, 2))
    return (
        f"The rating of one rater has a dependability of {alone}, where by convention {write_number(RELIED_ON, 2)} is "
        f"relied on; {panel}{' on every criterion' if len(compared) > 1 else ''}."
    )


def _say_limits(report: AgreementReport, compared: Sequence[CriterionReport]) -> str:
    right = (
        "Who is right: agreement is not accuracy, and raters can share an error."
        if report.reference is None
        else f"Whether {report.reference} is right: the reference is taken as given."
    )
    said = (
        [right, "What other raters would do: the intervals are about other items, with these raters."]
        if compared
        else [right]
    )
    if any(one.warnings or one.left_out for one in report.criteria):
        said.append("The warnings say what else.")
    return " ".join(said)


def _count_span(counts: Sequence[int], noun: str) -> str:
    low, high = min(counts), max(counts)
    return write_count(high, noun) if low == high else f"{low} to {high} {noun}s"


def _share_span(shares: Sequence[float]) -> str:
    return _span(shares, lambda share: f"{share:.0%}")


def _span(values: Sequence[float], write: Callable[[float], str]) -> str:
    low, high = write(min(values)), write(max(values))
    return low if low == high else f"{low} to {high}"
