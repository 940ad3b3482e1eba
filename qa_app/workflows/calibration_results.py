"""What a revealed calibration shows: answers side by side, agreement by criterion, scores, findings."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from db.engine import Transaction
from db.records import (
    CalibrationSession,
    PersonId,
    Purpose,
    Rating,
    Reference,
    Review,
    ScorecardVersion,
    SessionId,
    TicketId,
)
from db.store import audit, calibration, people, reviews, scorecards, tickets
from qa_app.domain.calibration import REVEALED, counts_for_agreement, graders
from qa_app.errors import NotFound, Refused
from qa_app.reports import AnswerSheet, CalibrationReport, CriterionAgreement, Method
from qa_app.stats.agreement import measure_criterion
from qa_app.stats.ratings import Level, LongRow, RatingsTable, build_table
from qa_app.words import NOTHING, write_answer
from qa_app.workflows.access import SIGN_IN
from qa_app.workflows.calibration import find_session
from qa_app.workflows.context import Context
from qa_app.workflows.forms import form_of
from qa_app.workflows.scope import require_some
from qa_app.workflows.wording import name_version
from scorecards.answers import Answer, AnswerState
from scorecards.model import Criterion, CriterionType
from scorecards.values import answer_value

RESAMPLES = 2000
_FORMULAS: Mapping[str, str] = {
    "Percent agreement": "Mean share of reviewer pairs with the same answer, over tickets (Gwet 2014, ch. 2). "
    "It has no chance correction.",
    "Kappa": "Conger 1980, for any number of reviewers; quadratic weights on ordered scales, unweighted on names.",
    "Krippendorff's alpha": "1 - observed / expected disagreement; ordinal metric for ordered scales, nominal for "
    "names, interval for numbers (Krippendorff 2011).",
    "Applicability": "Whether a criterion applied and how it was graded are two questions with two coefficients; "
    "`not applicable` never counts as a grade.",
}


def find_revision(context: Context) -> str:
    """Names the state of all that results rest on: the same as long as nobody changes anything; signing in does not."""
    require_some(context.actor, "calibration.read")
    with context.store.read() as tx:
        newest = audit.entries(tx, without=(SIGN_IN,), limit=1)
    return newest[0].hash if newest else ""


def report_session(context: Context, session_id: SessionId) -> CalibrationReport:
    """The results of a revealed session.

    Raises:
        Refused: it is not revealed; until then nobody sees anybody's answers.
        NotFound: no such session for this actor.
    """
    session = find_session(context, session_id)
    if session.state not in REVEALED:
        raise Refused("session-blind", "This session is still blind. Results appear for everybody when it is revealed.")
    with context.store.read() as tx:
        version = scorecards.version(tx, session.scorecard_version_id)
        if version is None:
            raise NotFound("no-session", "The scorecard of this session is gone; tell an admin.")
        version = form_of(version, session).version
        graded = _blind_reviews(tx, session)
        keys = [item.ticket_id for item in session.tickets]
        found = tickets.tickets_by_id(tx, keys)
        named = people.people_by_id(tx, [session.facilitator_id, *graders(session)])
        references = calibration.references(tx, session_id)
        findings = calibration.findings(tx, session_id)
    reviewers = tuple(named[key] for key in graders(session))
    sheets = _lay_out(session, version, graded, references)
    return CalibrationReport(
        session=session,
        version=version,
        facilitator=named[session.facilitator_id],
        reviewers=reviewers,
        tickets=tuple((item, found[item.ticket_id]) for item in session.tickets),
        made_at=context.now(),
        agreement=_measure(session, version, graded),
        sheets=sheets,
        scores=_scores(session, graded),
        findings=findings,
        submitted=len(graded),
        expected=len(session.tickets) * len(reviewers),
        methods=_methods(context, session, version, graded, len(reviewers)),
    )


def _blind_reviews(tx: Transaction, session: CalibrationSession) -> tuple[Review, ...]:
    """What the screen shows side by side: blind grades only, the expert's among them."""
    found = reviews.reviews(tx, session_id=session.id, purpose=Purpose.CALIBRATION)
    return tuple(review for review in found if review.saw_other_grades is False)


def _lay_out(
    session: CalibrationSession,
    version: ScorecardVersion,
    graded: Sequence[Review],
    references: Sequence[Reference],
) -> tuple[AnswerSheet, ...]:
    by_cell = {(review.ticket_id, review.reviewer_id): review for review in graded}
    agreed = {(item.ticket_id, item.criterion_id): item for item in references if item.kind == "agreed"}
    sheets = [
        _sheet(criterion, item.ticket_id, by_cell, graders(session), agreed.get((item.ticket_id, criterion.id)))
        for item in session.tickets
        for criterion in version.scorecard.criteria
    ]
    return tuple(sorted(sheets, key=lambda sheet: Decimal(-1) if sheet.spread is None else sheet.spread, reverse=True))


def _sheet(
    criterion: Criterion,
    ticket_id: TicketId,
    by_cell: Mapping[tuple[TicketId, PersonId], Review],
    graders: Sequence[PersonId],
    reference: Reference | None,
) -> AnswerSheet:
    ratings: dict[PersonId, Rating | None] = {}
    for grader in graders:
        review = by_cell.get((ticket_id, grader))
        ratings[grader] = _rating(review, criterion.id) if review else None
    values = [
        value for rating in ratings.values() if rating and (value := answer_value(criterion, rating.answer)) is not None
    ]
    return AnswerSheet(
        ticket_id=ticket_id,
        criterion_id=criterion.id,
        ratings=ratings,
        words={key: write_answer(rating.answer, criterion) if rating else NOTHING for key, rating in ratings.items()},
        spread=Decimal(round(100 * (max(values) - min(values)))) if len(values) > 1 else None,
        reference=reference,
    )


def _rating(review: Review, criterion_id: str) -> Rating | None:
    return next((rating for rating in review.ratings if rating.criterion_id == criterion_id), None)


def _measure(
    session: CalibrationSession, version: ScorecardVersion, graded: Sequence[Review]
) -> tuple[CriterionAgreement, ...]:
    lines = []
    for section in version.scorecard.sections:
        for criterion in section.criteria:
            if criterion.type is CriterionType.TEXT:
                continue
            table = _table(session, criterion, [review for review in graded if counts_for_agreement(review, session)])
            found = measure_criterion(table, seed=session.seed, n_resamples=RESAMPLES)
            lines.append(
                CriterionAgreement(
                    criterion_id=criterion.id,
                    section=section.label,
                    label=criterion.label,
                    level=table.level,
                    percent=found.percent,
                    within_one=found.within_one,
                    kappa=found.kappa,
                    alpha=found.alpha,
                    applicable_percent=found.applicable_percent,
                    applicable_alpha=found.applicable_alpha,
                    chosen=found.chosen,
                    not_applicable=found.not_applicable,
                    missing=found.missing,
                )
            )
    return tuple(lines)


def _table(session: CalibrationSession, criterion: Criterion, graded: Sequence[Review]) -> RatingsTable:
    level, scale = _scale(criterion)
    return build_table(
        _long_rows(criterion, scale, graded),
        level=level,
        categories=() if criterion.type is CriterionType.NUMBER else tuple(sorted(set(scale.values()))),
        unit_ids=[item.ticket_id for item in session.tickets],
        rater_ids=session.reviewer_ids,
    )


def _scale(criterion: Criterion) -> tuple[Level, Mapping[str, float]]:
    """How the answers are measured: numbers as they are, ordered options by their rank, the rest as mere names.

    Options are ordered where no two of them are worth the same.
    """
    if criterion.type is CriterionType.NUMBER:
        return Level.INTERVAL, {}
    worth = {option.id: answer_value(criterion, Answer.choose(option.id)) for option in criterion.options}
    ranked = sorted({value for value in worth.values() if value is not None})
    if len(ranked) == len(worth) and len(worth) > 2:
        return Level.ORDINAL, {key: float(ranked.index(value)) for key, value in worth.items() if value is not None}
    return Level.NOMINAL, {option.id: float(place) for place, option in enumerate(criterion.options)}


def _long_rows(criterion: Criterion, scale: Mapping[str, float], graded: Sequence[Review]) -> Iterable[LongRow]:
    for review in graded:
        rating = _rating(review, criterion.id)
        if rating is None or rating.answer.state is AnswerState.MISSING:
            continue
        value = None
        if rating.answer.option_id is not None:
            value = scale[rating.answer.option_id]
        elif rating.answer.number is not None:
            value = float(rating.answer.number)
        yield LongRow(review.ticket_id, review.reviewer_id, value)


def _scores(
    session: CalibrationSession, graded: Sequence[Review]
) -> Mapping[TicketId, Mapping[PersonId, Decimal | None]]:
    scores: dict[TicketId, dict[PersonId, Decimal | None]] = {item.ticket_id: {} for item in session.tickets}
    for review in graded:
        scores[review.ticket_id][review.reviewer_id] = review.score.reported if review.score else None
    return scores


def _methods(
    context: Context,
    session: CalibrationSession,
    version: ScorecardVersion,
    graded: Sequence[Review],
    n_reviewers: int,
) -> tuple[Method, ...]:
    picks = ", ".join(sorted({item.selection.value.replace("_", " ") for item in session.tickets}))
    expected = len(session.tickets) * n_reviewers
    lines = {
        "Session": f"{session.name}: {len(session.tickets)} tickets, {n_reviewers} reviewers; tickets picked {picks}",
        "Scorecard": f"{name_version(version)}; structure {version.structure_hash[:12]}, "
        f"wording {version.content_hash[:12]}",
        "Grades used": f"{len(graded)} blind grades of {expected} expected; grades that were not blind are left out",
        **_FORMULAS,
        "Intervals": f"95%, bootstrap over tickets with {RESAMPLES} resamples, seed {session.seed}. "
        "They speak about other tickets graded by these reviewers.",
        "No number": "Where a coefficient is undefined its reason stands there; one ticket is never an agreement.",
        "Made": f"{context.now():%Y-%m-%d %H:%M} UTC by {context.actor.name}",
    }
    return tuple(Method(topic, text) for topic, text in lines.items())
