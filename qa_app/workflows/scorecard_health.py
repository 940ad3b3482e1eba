"""Health of a scorecard: criteria whose options nobody uses, that never vary, that nobody agrees on, out of order.

Counted over the everyday reviews and the revealed calibrations of a period, on all versions of the same structure.
One record for the page, the command and the workbook.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from db.engine import Transaction
from db.records import Purpose, Review, ScorecardVersion, ScorecardVersionId, SessionId
from db.store import calibration, people, reviews, scorecards
from qa_app.domain.access import require
from qa_app.domain.calibration import REVEALED
from qa_app.domain.review_states import COMPLETE
from qa_app.errors import NotFound
from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import Method
from qa_app.stats.causes.distances import measure_distances
from qa_app.stats.causes.naming import LEAST_UNITS
from qa_app.stats.health import MOSTLY, NEARLY_ALWAYS, RARE, Disorder, Together, compare_items, find_disorder
from qa_app.stats.proportion import proportion
from qa_app.stats.reporting.dependability import order_steps
from qa_app.stats.severity.calibration import FEWEST_CHOICES, CategoryUse
from qa_app.words import write_count, write_day
from qa_app.workflows.context import Context
from qa_app.workflows.health_report import CriterionHealth, Health, OptionUse
from qa_app.workflows.period import Period
from qa_app.workflows.reviews import may_read
from qa_app.workflows.scope import find_blind_tickets, require_some
from qa_app.workflows.session_tables import Graded, Unit, is_given, order_scale
from qa_app.workflows.session_window import AT_RANDOM, SessionAnswers, pool, read_session
from qa_app.workflows.wording import name_version
from scorecards.answers import AnswerState
from scorecards.model import Criterion
from scorecards.values import answer_value, option_value

USUAL_DAYS = 182
MOST_MODELLED = 4000
"""Tickets, the newest, whose answers the model of thresholds reads: more of them cost seconds and change little."""
_EVERYDAY = SessionId("everyday")
"""Stands for the session in the units of everyday work; no session's id is so short."""


def check_health(context: Context, version_id: ScorecardVersionId, *, start: date, end: date, zone: ZoneInfo) -> Health:
    """The health of a scorecard's criteria over a period, both days included.

    Everyday reviews as far as the actor's reach goes, and all revealed sessions; nothing about a ticket that the actor
    still grades blind.

    Raises:
        NotFound: no such version. Refused: `require_period`.
    """
    require(context.actor, "scorecard.write")
    period = Period(start, end, zone).bounds
    with context.store.read() as tx:
        version = scorecards.version(tx, version_id)
        if version is None:
            raise NotFound("no-scorecard", "There is no such scorecard version.")
        alike = {
            one.id: one
            for one in scorecards.versions(tx, scorecard_id=version.scorecard_id)
            if one.structure_hash == version.structure_hash
        }
        blind = find_blind_tickets(tx, context.actor.id)
        everyday = [one for one in _read_everyday(tx, context, alike, period) if one.ticket_id not in blind]
        sessions = [
            replace(one, tickets=tuple(item for item in one.tickets if item.ticket_id not in blind))
            for one in calibration.sessions(tx)
            if one.state in REVEALED
            and one.scorecard_version_id in alike
            and one.revealed_at is not None
            and period[0] <= one.revealed_at < period[1]
        ]
        read = [read_session(tx, one) for one in sessions]
    return _measure(context, version, everyday, read, period=(start, end))


def _read_everyday(
    tx: Transaction,
    context: Context,
    alike: Mapping[ScorecardVersionId, ScorecardVersion],
    period: tuple[datetime, datetime],
) -> list[Review]:
    within = require_some(context.actor, "review.read")
    found = reviews.graded(
        tx,
        purpose=Purpose.QUALITY,
        states=COMPLETE,
        submitted_from=period[0],
        submitted_before=period[1],
        scorecard_version_ids=alike,
    )
    agents = people.people_by_id(tx, [review.agent_id for review in found if review.agent_id])
    return [review for review in found if may_read(within, context.actor, review, agents)]


def _measure(
    context: Context,
    version: ScorecardVersion,
    everyday: Sequence[Review],
    read: Sequence[SessionAnswers],
    *,
    period: tuple[date, date],
) -> Health:
    together = pool(read, version)
    everything = _add_everyday(together, everyday)
    picks = [(one.session.id, item.ticket_id, item.selection) for one in read for item in one.session.tickets]
    picks += [(_EVERYDAY, review.ticket_id, review.selection) for review in everyday]
    random = {(where, ticket_id) for where, ticket_id, selection in picks if selection in AT_RANDOM}
    compared = _compare(together)
    newest = everything.only(everything.units[-MOST_MODELLED:])
    model = order_steps(newest.ordered) if newest.units else ()
    use = _count_use(everything)
    kept = set(together.units)
    n_grades = sum(unit in kept for unit, _ in together.answers)
    n_compared = max((one.n_units for one in compared.values()), default=0)
    return Health(
        version=version,
        start=period[0],
        end=period[1],
        made_at=context.now(),
        n_reviews=len(everyday),
        n_grades=n_grades,
        sessions=tuple(one.session.name for one in read),
        n_tickets=len(everything.units),
        criteria=tuple(_describe(one, use[one.id], random, compared.get(one.id), model) for one in everything.criteria),
        note=_tell_note(everything, len(everyday), n_grades, len(read), n_compared, model),
        methods=_tell_methods(version, period),
    )


def _compare(together: Graded) -> dict[str, Together]:
    if not together.units or not together.ordered:
        return {}
    return dict(zip(together.ordered, compare_items(measure_distances(together.ordered)), strict=True))


def _add_everyday(together: Graded, everyday: Sequence[Review]) -> Graded:
    """The answers of the sessions and of everyday work, a ticket of either being a unit of its own."""
    given = {
        ((_EVERYDAY, review.ticket_id), review.reviewer_id): {one.criterion_id: one for one in review.ratings}
        for review in everyday
    }
    return replace(
        together,
        units=(*together.units, *dict.fromkeys(unit for unit, _ in given)),
        raters=tuple(dict.fromkeys((*together.raters, *(rater for _, rater in given)))),
        answers={**together.answers, **given},
    )


@dataclass(slots=True)
class _Use:
    """What was answered to one criterion."""

    answers: Counter[str]
    """By option."""
    tickets: dict[str, set[Unit]]
    """On which each option was chosen."""
    only_top: dict[Unit, bool]
    """By ticket with an answer, whether all of its answers are the best one."""
    seen: set[Unit]
    """Tickets with an answer, `not applicable` being one."""
    n_not_applicable: int = 0


def _count_use(graded: Graded) -> dict[str, _Use]:
    units = set(graded.units)
    found = {
        one.id: _Use(Counter(), {option.id: set() for option in one.options}, {}, set()) for one in graded.criteria
    }
    best = {one.id: _find_best(one) for one in graded.criteria}
    by_id = {one.id: one for one in graded.criteria}
    for (unit, _), ratings in graded.answers.items():
        for key, rating in ratings.items() if unit in units else ():
            answer = rating.answer
            if key not in found or not is_given(answer):
                continue
            use = found[key]
            use.seen.add(unit)
            if answer.state is AnswerState.NOT_APPLICABLE:
                use.n_not_applicable += 1
                continue
            option = answer.option_id
            use.answers[option or ""] += 1
            if option is not None:
                use.tickets[option].add(unit)
            top = option in best[key] if option else answer_value(by_id[key], answer) == 1
            use.only_top[unit] = top and use.only_top.get(unit, True)
    return found


def _find_best(criterion: Criterion) -> frozenset[str]:
    return frozenset(one.id for one in criterion.options if option_value(criterion, one) == 1)


def _describe(
    criterion: Criterion,
    use: _Use,
    random: AbstractSet[Unit],
    compared: Together | None,
    model: Sequence[CategoryUse] | Undefined,
) -> CriterionHealth:
    steps, disorder = _read_model(criterion, model)
    n_tickets, drawn = len(use.only_top), [top for unit, top in use.only_top.items() if unit in random]
    none = proportion(0, 0)
    labels = [f"“{one.label}”" for one in criterion.options if one.id in _find_best(criterion)]
    return CriterionHealth(
        criterion_id=criterion.id,
        label=criterion.label,
        rare=criterion.critical is not None or any(one.auto_fail is not None for one in criterion.options),
        n_answers=use.answers.total(),
        n_not_applicable=use.n_not_applicable,
        n_tickets=n_tickets,
        n_seen=len(use.seen),
        top=proportion(sum(drawn), len(drawn)),
        top_label=" or ".join(labels) or "the best number",
        same=none if compared is None else compared.same,
        far=none if compared is None else compared.far,
        options=tuple(
            OptionUse(
                one.label,
                use.answers[one.id],
                len(use.tickets[one.id]),
                proportion(len(use.tickets[one.id]), n_tickets),
                steps.get(one.id),
            )
            for one in sorted(criterion.options, key=lambda one: option_value(criterion, one))
        ),
        disorder=disorder,
    )


def _read_model(
    criterion: Criterion, model: Sequence[CategoryUse] | Undefined
) -> tuple[dict[str, Measured], tuple[tuple[str, Disorder], ...]]:
    """Thresholds by option, and the options that are out of order by label."""
    if isinstance(model, Undefined):
        return {}, ()
    ranks = {rank: key for key, rank in order_scale(criterion).values.items()}
    labels = {one.id: one.label for one in criterion.options}
    steps: dict[str, Measured] = {}
    used = [use for use in model if use.element == criterion.id and use.n_choices]
    # The thresholds of a criterion sum to 0, so a single one says nothing.
    for use in used if len(used) > 2 else ():
        if use.threshold is not None:
            value, reach = use.threshold.measure, 1.96 * use.threshold.se
            steps[ranks[use.value]] = Estimate(
                value, value - reach, value + reach, n_units=use.n_choices, n_raters=0, se=use.threshold.se,
                method="partial credit model; normal interval",
            )  # fmt: skip
    found = find_disorder(model).get(criterion.id, ())
    return steps, tuple((labels[ranks[one.value]], one) for one in found)


def _tell_note(graded: Graded, n_reviews: int, n_grades: int, n_sessions: int, n_compared: int, model: object) -> str:
    """What was counted, and what could not be asked."""
    counted = (
        f"{write_count(n_reviews, 'everyday review')} and {write_count(n_grades, 'blind grade')} of "
        f"{write_count(n_sessions, 'session')}, {write_count(len(graded.units), 'ticket')} in all."
    )
    asked = (
        " What stands out does so with its whole 95% interval; each question is asked of each criterion by itself, so "
        "of forty sound criteria one may be named by chance."
    )
    if n_compared < LEAST_UNITS:
        asked += (
            f" Agreement is not asked about: it takes {LEAST_UNITS} tickets of sessions with grades of two reviewers, "
            f"and here are {n_compared}."
        )
    if isinstance(model, Undefined):
        asked += f" The order of options is not asked about: {model.explanation}"
    return counted + asked


def _tell_methods(version: ScorecardVersion, period: tuple[date, date]) -> tuple[Method, ...]:
    lines = {
        "Period": f"Everyday reviews and sessions, {write_day(period[0])} to {write_day(period[1])}; "
        f"{name_version(version)} and all versions of the same structure {version.structure_hash[:12]}",
        "Never used": f"No choice on any ticket, and Wilson's interval of its share ends below {100 * RARE:.0f} %.",
        "Always the top answer": "Tickets drawn at random on which all answers are the best one; Wilson's interval "
        f"begins at {100 * NEARLY_ALWAYS:.0f} % or above. Neither is asked of critical criteria.",
        "Not agreed on": "Tickets of sessions on which answers are more than half of guessing apart; Wilson's interval "
        f"begins at {100 * MOSTLY:.0f} % of them or above, of {LEAST_UNITS} tickets at least.",
        "Out of order": "A threshold below the one before it, by more than 1.96 times the sum of standard errors, "
        f"over the newest {MOST_MODELLED} tickets, and {FEWEST_CHOICES} choices of each of the three options (partial "
        "credit model, Masters 1982).",
    }
    return tuple(Method(f"Health: {topic.lower()}", text) for topic, text in lines.items())
