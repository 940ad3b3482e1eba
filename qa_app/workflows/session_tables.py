"""From the reviews of calibration sessions to ratings tables: units are tickets of sessions, raters are reviewers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from db.records import PersonId, Rating, Review, SessionId, TicketId
from qa_app.stats.ratings import Level, RatingsTable, join_raters, place_table
from scorecards.answers import Answer, AnswerState
from scorecards.model import Criterion, CriterionType, Option
from scorecards.values import answer_value, option_value

REFERENCE = "reference"
"""Rater id of the column of agreed and expert answers; no person's id is so short."""
Unit = tuple[SessionId, TicketId]
Answers = Mapping[tuple[Unit, PersonId], Mapping[str, Rating]]
"""By unit and reviewer the ratings by criterion."""
References = Mapping[tuple[Unit, str], Answer]
"""By unit and criterion the answer that counts as right."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How the answers to one criterion are measured."""

    level: Level
    values: Mapping[str, float]
    """By option what it counts as; empty for numbers, which count as they are."""
    categories: tuple[float, ...]
    sign: float = 1.0
    """Of numbers: -1 turns them round, where low ones are the better ones."""


def choose_scale(criterion: Criterion) -> Scale:
    """Numbers as they are, three options or more by their rank, the rest as mere names.

    Options are ordered where no two of them are worth the same.
    """
    if criterion.type is CriterionType.NUMBER:
        return Scale(Level.INTERVAL, {}, ())
    ranks = _rank(criterion)
    if ranks is not None and len(ranks) > 2:
        return Scale(Level.ORDINAL, ranks, tuple(sorted(ranks.values())))
    places = {option.id: float(place) for place, option in enumerate(criterion.options)}
    return Scale(Level.NOMINAL, places, tuple(places.values()))


def order_scale(criterion: Criterion) -> Scale:
    """The same with the better answer higher, two options ordered too: for severity, and for who leans where."""
    if criterion.number is not None:
        return Scale(Level.INTERVAL, {}, (), -1.0 if criterion.number.better == "low" else 1.0)
    ranks = _rank(criterion)
    return choose_scale(criterion) if ranks is None else Scale(Level.ORDINAL, ranks, tuple(sorted(ranks.values())))


def flag_critical(criterion: Criterion) -> Scale:
    """Critical errors as 1 and everything else as 0 (rule S14)."""
    flags = {option.id: float(_is_error(criterion, option)) for option in criterion.options}
    return Scale(Level.NOMINAL, flags, (0.0, 1.0))


def _rank(criterion: Criterion) -> dict[str, float] | None:
    """Options by their rank from worst to best; None where two are worth the same."""
    worth = {option.id: option_value(criterion, option) for option in criterion.options}
    ranked = sorted(set(worth.values()))
    if len(ranked) < len(worth) or len(worth) < 2:
        return None
    return {key: float(ranked.index(value)) for key, value in worth.items()}


def _is_error(criterion: Criterion, option: Option) -> bool:
    if option.critical_error is not None:
        return option.critical_error
    return answer_value(criterion, Answer.choose(option.id)) == 0


def index_answers(reviews: Iterable[Review]) -> Answers:
    """The answers of reviews of calibration sessions."""
    return {
        ((review.session_id, review.ticket_id), review.reviewer_id): {
            rating.criterion_id: rating for rating in review.ratings
        }
        for review in reviews
        if review.session_id is not None
    }


@dataclass(frozen=True)
class Graded:
    """What some reviewers answered on the tickets of one session or of several, on one structure of scorecard."""

    criteria: tuple[Criterion, ...]
    """Those that have values to compare; texts have none."""
    units: tuple[Unit, ...]
    raters: tuple[PersonId, ...]
    answers: Answers
    references: References
    asked: Mapping[SessionId, frozenset[PersonId]] = field(default_factory=dict)
    """Whose answers each session wanted; of a session that is not named, those of all raters."""

    @property
    def n_not_asked(self) -> int:
        """Pairs of unit and rater of which nobody wanted an answer."""
        everybody = set(self.raters)
        return sum(len(everybody - self.asked.get(session, everybody)) for session, _ in self.units)

    @cached_property
    def tables(self) -> Mapping[str, RatingsTable]:
        """A table for each criterion, as agreement is measured."""
        return self._build(choose_scale, self.criteria)

    @cached_property
    def ordered(self) -> Mapping[str, RatingsTable]:
        """The same with the better answer higher and two options ordered, as severity and distances are measured."""
        other = [
            criterion for criterion in self.criteria if criterion.number is not None or len(criterion.options) == 2
        ]
        return dict(self.tables) | dict(self._build(order_scale, other))

    @cached_property
    def critical(self) -> Mapping[str, RatingsTable]:
        """Critical errors, with the reference as the last rater, for each critical criterion."""
        found = [criterion for criterion in self.criteria if criterion.critical and criterion.options]
        return self.add_reference(self._build(flag_critical, found), flag_critical)

    def add_reference(
        self, tables: Mapping[str, RatingsTable], choose: Callable[[Criterion], Scale] = choose_scale
    ) -> Mapping[str, RatingsTable]:
        """Tables with the reference as one more rater, the last."""
        by_id = {criterion.id: criterion for criterion in self.criteria}
        return {key: self._add_reference(table, by_id[key], choose(by_id[key])) for key, table in tables.items()}

    def only(self, units: Iterable[Unit]) -> "Graded":
        """The same for some of the units."""
        kept = set(units)
        return replace(self, units=tuple(unit for unit in self.units if unit in kept))

    def _add_reference(self, table: RatingsTable, criterion: Criterion, scale: Scale) -> RatingsTable:
        found = ((row, self.references.get((unit, criterion.id))) for row, unit in enumerate(self.units))
        cells = [
            (row, 0, read_value(answer, scale)) for row, answer in found if answer is not None and is_given(answer)
        ]
        ids = table.unit_ids
        right = place_table(cells, level=table.level, categories=table.categories, unit_ids=ids, rater_ids=(REFERENCE,))
        return join_raters(table, right)

    def _build(self, choose: Callable[[Criterion], Scale], criteria: Sequence[Criterion]) -> Mapping[str, RatingsTable]:
        rows = {unit: place for place, unit in enumerate(self.units)}
        columns = {rater: place for place, rater in enumerate(self.raters)}
        forms = [
            (rows[unit], columns[rater], given)
            for (unit, rater), given in self.answers.items()
            if unit in rows and rater in columns
        ]
        ids = tuple(f"{session}/{ticket}" for session, ticket in self.units)
        found = {}
        for criterion in criteria:
            scale, key = choose(criterion), criterion.id
            answers = [(row, column, given[key].answer) for row, column, given in forms if key in given]
            found[key] = place_table(
                [
                    (row, column, scale.values[option] if option is not None else read_value(answer, scale))
                    for row, column, answer in answers
                    if (option := answer.option_id) is not None or is_given(answer)
                ],
                level=scale.level,
                categories=scale.categories,
                unit_ids=ids,
                rater_ids=self.raters,
            )
        return found


def is_given(answer: Answer) -> bool:
    """Whether there is an answer that counts: a value, or that the criterion does not apply."""
    return answer.state is not AnswerState.MISSING and answer.text is None


def read_value(answer: Answer, scale: Scale) -> float | None:
    """The value of an answer that was given, on the scale; None where it does not apply."""
    if answer.option_id is not None:
        return scale.values[answer.option_id]
    return None if answer.number is None else scale.sign * float(answer.number)
