"""What the health of a scorecard says: the figures of each criterion, what stands out in words, and both as tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from db.records import ScorecardVersion
from qa_app.estimate import Estimate, Measured
from qa_app.reports import Field, Kind, Method, Section
from qa_app.stats.causes.naming import LEAST_UNITS
from qa_app.stats.health import (
    MOSTLY,
    NEARLY_ALWAYS,
    Disorder,
    Verdict,
    judge_above,
    judge_unused,
    units_for_always,
    units_for_unused,
)
from qa_app.stats.proportion import in_percent
from qa_app.words import write_count, write_number


@dataclass(frozen=True, slots=True)
class OptionUse:
    """One option, or how often it was chosen."""

    label: str
    n_answers: int
    n_tickets: int
    share: Measured
    """Of the tickets on which the criterion was answered, those on which somebody chose it."""
    threshold: Measured | None
    """In logits, from the option below in use; None where the model has none."""


@dataclass(frozen=True, slots=True)
class CriterionHealth:
    """One criterion over the period. Shares are in [0, 1]."""

    criterion_id: str
    label: str
    rare: bool
    """Whether it is there to catch something rare: critical, or an answer of it brings a score down."""
    n_answers: int
    n_not_applicable: int
    n_tickets: int
    n_seen: int
    """Tickets with an answer, `not applicable` being one; `n_tickets` are those on which the criterion applied."""
    top: Measured
    """Of the tickets drawn at random, those on which all answers were the best one."""
    top_label: str
    same: Measured
    """Of the calibrated tickets, those on which all reviewers gave the same answer."""
    far: Measured
    """Of the calibrated tickets, those on which answers were more than half of guessing apart."""
    options: tuple[OptionUse, ...]
    """From the worst to the best where they have an order; empty for numbers."""
    disorder: tuple[tuple[str, Disorder], ...]
    """Options that are out of order, by label."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that stands out, or that may, in words."""

    criterion_id: str
    label: str
    verdict: Verdict
    problem: str
    numbers: str
    step: str


@dataclass(frozen=True, slots=True)
class Health:
    """The criteria of a scorecard over a period."""

    version: ScorecardVersion
    start: date
    end: date
    """Inclusive."""
    made_at: datetime
    n_reviews: int
    """Everyday reviews."""
    n_grades: int
    """Blind grades of the sessions."""
    sessions: tuple[str, ...]
    n_tickets: int
    criteria: tuple[CriterionHealth, ...]
    note: str
    """What was counted, and what could not be asked."""
    methods: tuple[Method, ...]

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What stands out, then what may."""
        found = [remark for one in self.criteria for remark in remark_on(one)]
        return tuple(sorted(found, key=lambda remark: remark.verdict is not Verdict.STANDS_OUT))

    @property
    def sections(self) -> tuple[Section, ...]:
        """All of it as tables."""
        return _tell_remarks(self), _tell_criteria(self), _tell_options(self)


def remark_on(one: CriterionHealth) -> Iterator[Remark]:
    """What stands out about a criterion, or may."""
    for ask in (_on_applying, _on_options, _on_top, _on_agreement, _on_order):
        for verdict, problem, numbers, step in ask(one):
            yield Remark(one.criterion_id, one.label, verdict, problem, numbers, step)


_Words = tuple[Verdict, str, str, str]
_WAIT = "Wait for more reviews, or look over a longer period."


def _on_applying(one: CriterionHealth) -> Iterator[_Words]:
    verdict = judge_unused(one.n_tickets, one.n_seen)
    if verdict is Verdict.FINE or not one.n_seen:
        return
    sure = verdict is Verdict.STANDS_OUT
    counted = f"{write_count(one.n_not_applicable, 'answer')} on {write_count(one.n_seen, 'ticket')}"
    yield (
        verdict,
        "It never applies." if sure else "It did not apply so far.",
        f"“Not applicable” in all of {counted}." + ("" if sure else f" It takes {units_for_unused()} tickets to tell."),
        "Ask whether such tickets ever need it: show it under a condition, or leave it out of this scorecard."
        if sure
        else _WAIT,
    )


def _on_options(one: CriterionHealth) -> Iterator[_Words]:
    if one.rare or not one.n_tickets:
        return
    for option in one.options:
        verdict = judge_unused(option.n_tickets, one.n_tickets)
        if verdict is Verdict.FINE:
            continue
        sure, most = verdict is Verdict.STANDS_OUT, _percent(option.share, high=True)
        counted = f"0 of {write_count(one.n_answers, 'answer')} on {write_count(one.n_tickets, 'ticket')}"
        yield (
            verdict,
            f"Nobody chooses “{option.label}”." if sure else f"“{option.label}” was not chosen so far.",
            f"{counted}: chosen on {most} % of tickets at most."
            + ("" if sure else f" It takes {units_for_unused()} tickets to tell."),
            "Merge it with its neighbour or reword its anchor, unless it stands for something rare that must be caught."
            if sure
            else _WAIT,
        )


def _on_top(one: CriterionHealth) -> Iterator[_Words]:
    verdict = judge_above(one.top, NEARLY_ALWAYS)
    if one.rare or verdict is Verdict.FINE or not isinstance(one.top, Estimate):
        return
    sure, asked = verdict is Verdict.STANDS_OUT, write_count(one.top.n_units, "ticket")
    takes = "" if sure else f" It takes {units_for_always()} tickets without exception to tell."
    yield (
        verdict,
        f"Nearly every ticket gets the top answer, {one.top_label}."
        if sure
        else "The top answer nearly always so far.",
        f"{_share(one.top)} of {asked} drawn at random have nothing else.{takes}",
        "It tells no two tickets apart: ask more of the top answer, or ask something else." if sure else _WAIT,
    )


def _on_agreement(one: CriterionHealth) -> Iterator[_Words]:
    if not isinstance(one.far, Estimate) or one.far.n_units < LEAST_UNITS:
        return
    verdict = judge_above(one.far, MOSTLY)
    if verdict is Verdict.FINE:
        return
    sure, n = verdict is Verdict.STANDS_OUT, one.far.n_units
    never = isinstance(one.same, Estimate) and not one.same.value
    problem = f"Reviewers never agreed, on any of {n} tickets." if never else "Reviewers do not agree here."
    numbers = (
        f"More than half of guessing apart on {_share(one.far)} of {write_count(n, 'calibrated ticket')}; all gave the "
        f"same answer on {_share(one.same)}."
    )
    step = "Talk over the tickets that divided them, and reword the guideline or the anchors with these as examples."
    if sure:
        yield verdict, problem, numbers, step
    else:
        yield verdict, "Reviewers may not agree here.", numbers, "Take it up in the next calibration."


def _on_order(one: CriterionHealth) -> Iterator[_Words]:
    for label, found in one.disorder:
        sure, drop = found.verdict is Verdict.STANDS_OUT, found.drop
        numbers = (
            f"Its upper threshold lies {write_number(drop.value, 2)} logits below its lower one "
            f"({write_number(drop.low or 0.0, 2)} to {write_number(drop.high or 0.0, 2)}); the rarest of the three "
            f"answers was chosen {write_count(found.fewest, 'time')}."
        )
        step = "Say in the anchors what sets this level apart from its neighbours, or merge it with one of them."
        if sure:
            yield found.verdict, f"“{label}” is out of order: it is nowhere the most likely answer.", numbers, step
        else:
            yield found.verdict, f"“{label}” may be out of order.", numbers, _WAIT


def _share(measured: Measured) -> str:
    """Such as `97.8 % (93.8 to 99.3)`."""
    if not isinstance(measured, Estimate):
        return "none"
    return f"{_percent(measured)} % ({_percent(measured, low=True)} to {_percent(measured, high=True)})"


def _percent(measured: Measured, *, low: bool = False, high: bool = False) -> str:
    if not isinstance(measured, Estimate):
        return "100"
    value = measured.low if low else measured.high if high else measured.value
    return write_number(100 * (0.0 if value is None else value), 1)


def _tell_remarks(health: Health) -> Section:
    fields = (
        Field("criterion", "Criterion"),
        Field("verdict", "Verdict"),
        Field("problem", "What"),
        Field("numbers", "The numbers behind"),
        Field("step", "What to do"),
    )
    rows = tuple((one.label, one.verdict.value, one.problem, one.numbers, one.step) for one in health.remarks)
    none = f"Nothing stands out, and nothing may. {health.note}"
    return Section("health", "Health of the criteria", health.note, fields, rows, none)


def _tell_criteria(health: Health) -> Section:
    fields = (
        Field("criterion", "Criterion"),
        Field("answers", "Answers", Kind.COUNT),
        Field("not_applicable", "Not applicable", Kind.COUNT),
        Field("tickets", "Tickets", Kind.COUNT),
        Field("top", "Only the top answer, %", Kind.MEASURED),
        Field("same", "All the same, %", Kind.MEASURED),
        Field("far", "Far apart, %", Kind.MEASURED),
    )
    rows = tuple(
        (
            one.label,
            one.n_answers,
            one.n_not_applicable,
            one.n_tickets,
            in_percent(one.top),
            in_percent(one.same),
            in_percent(one.far),
        )
        for one in health.criteria
    )
    note = (
        "Shares of tickets, with Wilson's interval. Only the top answer: of the tickets drawn at random. All the same, "
        "and far apart (by more than half of guessing): of the tickets that two reviewers or more graded in a session."
    )
    return Section("criteria", "Criteria", note, fields, rows, "No criterion has answers to compare.")


def _tell_options(health: Health) -> Section:
    fields = (
        Field("criterion", "Criterion"),
        Field("option", "Option"),
        Field("answers", "Answers", Kind.COUNT),
        Field("share", "Of the tickets, %", Kind.MEASURED),
        Field("threshold", "Threshold, logits", Kind.MEASURED),
    )
    rows = tuple(
        (one.label, option.label, option.n_answers, in_percent(option.share), option.threshold)
        for one in health.criteria
        for option in one.options
    )
    note = (
        "Options from the worst to the best. A threshold is where an option becomes as likely as the one below it, by "
        "the partial credit model over all criteria with ordered options."
    )
    return Section("options", "Options", note, fields, rows, "No criterion has options.")
