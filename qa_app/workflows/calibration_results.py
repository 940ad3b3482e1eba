"""What a revealed calibration shows: answers side by side, agreement by criterion, readings, scores, findings."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from db.engine import Transaction
from db.records import (
    CalibrationSession,
    PersonId,
    Rating,
    Reference,
    Review,
    ScorecardVersion,
    SessionId,
    TicketId,
)
from db.store import audit, calibration, people, scorecards, tickets
from qa_app.domain.calibration import REVEALED, attendants, graders
from qa_app.domain.disagreement import Disagreement, Ruler, average, furthest_first
from qa_app.errors import NotFound, Refused
from qa_app.reports import AnswerSheet, CalibrationReport, CriterionAgreement, Method, Readings
from qa_app.stats.agreement import measure_criteria
from qa_app.words import NOTHING, write_answer, write_count
from qa_app.workflows.access import SIGN_IN
from qa_app.workflows.calibration import find_session
from qa_app.workflows.context import Context
from qa_app.workflows.findings import describe_findings
from qa_app.workflows.forms import form_of
from qa_app.workflows.scope import require_some
from qa_app.workflows.session_readings import Names, read_sessions
from qa_app.workflows.session_sections import list_sections
from qa_app.workflows.session_tables import Graded, index_answers
from qa_app.workflows.session_window import SessionAnswers, describe_window, find_window, pool, read_session
from qa_app.workflows.wording import name_version, tell_apart
from scorecards.answers import Answer
from scorecards.model import Criterion, CriterionType

RESAMPLES = 2000
_FORMULAS: Mapping[str, str] = {
    "Percent agreement": "Mean share of reviewer pairs with the same answer, over tickets (Gwet 2014, ch. 2). "
    "It has no chance correction.",
    "Kappa": "Conger 1980, for any number of reviewers; quadratic weights on ordered scales, unweighted on names.",
    "Krippendorff's alpha": "1 - observed / expected disagreement; ordinal metric for ordered scales, nominal for "
    "names, interval for numbers (Krippendorff 2011).",
    "Applicability": "Whether a criterion applied and how it was graded are two questions with two coefficients; "
    "“not applicable” never counts as a grade.",
    "Severity": "Many-facet Rasch model over all criteria with ordered options (Linacre 1989), by marginal maximum "
    "likelihood; in logits, 0 is the mean of the reviewers, positive means lower grades for the same work.",
    "Against the others": "Same answers: share of equal answers with the others over all criteria, “not applicable” "
    "being an answer; mean over tickets, Student's interval. Points: the others' grades less one's own in percent of "
    "the scale, so that positive is strict, as severity is.",
    "Against the reference": "The same with the agreed answer where the meeting recorded one, else the expert's.",
    "Critical criteria": "Hits: of the errors by the reference, the share that reviewers marked. False alarms: of the "
    "others, the share that they marked. Wilson's interval for a reviewer, Student's over tickets for a criterion.",
    "Different verdicts": "Share of pairs of reviewers of whom one passes the ticket and one does not; mean over "
    "tickets, bootstrap interval.",
    "What to fix first": "Distance of two answers in steps of the scale, 100 being what guessing gives; reviewers, "
    "then criteria, then tickets that stand out, each at a family-wise 5 % (docs/algorithms/calibration.md).",
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
        window = find_window(tx, context.actor, session, version)
        found = tickets.tickets_by_id(tx, [item.ticket_id for one in window for item in one.tickets])
        keys = [key for one in window for key in (one.facilitator_id, *graders(one))]
        named = tell_apart(people.people_by_id(tx, keys))
        findings = describe_findings(tx, calibration.findings(tx, session_id))
        noted = calibration.attendance(tx, session_id)
        state = _find_state(tx, window)
    names = Names({key: one.name for key, one in named.items()}, {key: one.external_id for key, one in found.items()})
    known = (tuple(sorted(each.items())) for each in (names.people, names.tickets))
    rests_on = "report_session", version.content_hash, state, *known
    measured = context.shelf.recall(rests_on, lambda: _measure_window(context, window, version, names))
    report = CalibrationReport(
        session=session,
        version=version,
        facilitator=named[session.facilitator_id],
        reviewers=tuple(named[key] for key in graders(session)),
        attended=tuple((named[key], noted.get(key)) for key in attendants(session)),
        tickets=tuple((item, found[item.ticket_id]) for item in session.tickets),
        made_at=context.now(),
        agreement=measured.agreement,
        readings=measured.readings,
        pooled=measured.pooled,
        everyday=measured.everyday,
        sheets=measured.sheets,
        agenda=tuple((found[key], apart) for key, apart in measured.agenda),
        scores=measured.scores,
        findings=findings,
        submitted=measured.submitted,
        not_blind=measured.not_blind,
        expected=len(session.tickets) * len(graders(session)),
        sections=(),
        methods=_methods(context, version, session, measured, window),
    )
    return replace(report, sections=list_sections(report))


def _find_state(tx: Transaction, window: Sequence[CalibrationSession]) -> tuple[Hashable, ...]:
    """Names the state of these sessions: the newest that was done to each, and how many grades each has of whom.

    A grade itself never changes once its session is revealed.
    """
    newest = [audit.entries(tx, object_type="calibration_session", object_id=one.id, limit=1) for one in window]
    progress = calibration.progress(tx, [one.id for one in window])
    return tuple(
        (one.id, done[0].hash if done else "", tuple(sorted(progress.get(one.id, {}).items())))
        for one, done in zip(window, newest, strict=True)
    )


class _Measured(NamedTuple):
    """What takes seconds for a large session, and is the same for everybody who reads these sessions together."""

    agreement: tuple[CriterionAgreement, ...]
    readings: Readings
    pooled: Readings | None
    everyday: tuple[CriterionAgreement, ...]
    sheets: tuple[AnswerSheet, ...]
    agenda: tuple[tuple[TicketId, int | None], ...]
    scores: Mapping[TicketId, Mapping[PersonId, Decimal | None]]
    submitted: int
    not_blind: tuple[tuple[PersonId, TicketId], ...]


def _measure_window(
    context: Context, window: Sequence[CalibrationSession], version: ScorecardVersion, names: Names
) -> _Measured:
    with context.store.read() as tx:
        read = tuple(read_session(tx, one) for one in window)
    present, session = read[0], window[0]
    graded = pool((present,), version)
    everyday = pool(tuple(one.only_random() for one in read), version) if len(read) > 1 else None
    sheets, agenda = _lay_out(session, version, present)
    return _Measured(
        agreement=measure_agreement(graded, version, session.seed),
        readings=read_sessions((present,), version, names, seed=session.seed, n_resamples=RESAMPLES, graded=graded),
        pooled=read_sessions(read, version, names, seed=session.seed, n_resamples=RESAMPLES)
        if everyday is not None
        else None,
        everyday=measure_agreement(everyday, version, session.seed) if everyday is not None and everyday.units else (),
        sheets=sheets,
        agenda=agenda,
        scores=_scores(session, present.reviews),
        submitted=len(present.reviews),
        not_blind=tuple((review.reviewer_id, review.ticket_id) for review in present.not_blind),
    )


def _lay_out(
    session: CalibrationSession, version: ScorecardVersion, graded: SessionAnswers
) -> tuple[tuple[AnswerSheet, ...], tuple[tuple[TicketId, int | None], ...]]:
    """What the screen shows side by side, blind grades only, the expert's among them; and the order of the tickets."""
    answers = index_answers(graded.reviews)
    agreed = {(item.ticket_id, item.criterion_id): item for item in graded.references if item.kind == "agreed"}
    tongues = [_Tongue(criterion) for criterion in version.scorecard.criteria]
    cases = []
    for item in session.tickets:
        given = {grader: answers.get(((session.id, item.ticket_id), grader), {}) for grader in graders(session)}
        found = furthest_first((tongue.compare(given) for tongue in tongues), lambda one: one.apart)
        sheets = tuple(
            one.sheet(item.ticket_id, agreed.get((item.ticket_id, one.tongue.criterion.id))) for one in found
        )
        cases.append((item.ticket_id, average([one.apart for one in found]), sheets))
    cases = furthest_first(cases, lambda case: case[1])
    return (
        tuple(sheet for *_, sheets in cases for sheet in sheets),
        tuple((ticket_id, None if apart is None else apart.points) for ticket_id, apart, _ in cases),
    )


class _Tongue:
    """How far apart the answers to one criterion lie and how they read, each answer put into words once."""

    def __init__(self, criterion: Criterion) -> None:
        self.criterion = criterion
        self._ruler = None if criterion.type is CriterionType.TEXT else Ruler(criterion)
        self._known: dict[Answer | str, str] = {}

    def say(self, rating: Rating | None) -> str:
        """The answer in words."""
        if rating is None:
            return NOTHING
        # A text is its own hash; that of an answer is made of all its parts each time.
        key = rating.answer.option_id or rating.answer
        if key not in self._known:
            self._known[key] = write_answer(rating.answer, self.criterion)
        return self._known[key]

    def compare(self, given: Mapping[PersonId, Mapping[str, Rating]]) -> "_Compared":
        """Everybody's answers to this criterion of one ticket."""
        ratings = {grader: one.get(self.criterion.id) for grader, one in given.items()}
        answers = [rating.answer for rating in ratings.values() if rating]
        return _Compared(self, ratings, None if self._ruler is None else self._ruler.measure(answers))


class _Compared(NamedTuple):
    tongue: _Tongue
    ratings: Mapping[PersonId, Rating | None]
    apart: Disagreement | None

    def sheet(self, ticket_id: TicketId, reference: Reference | None) -> AnswerSheet:
        return AnswerSheet(
            ticket_id=ticket_id,
            criterion_id=self.tongue.criterion.id,
            ratings=self.ratings,
            words={key: self.tongue.say(rating) for key, rating in self.ratings.items()},
            apart=None if self.apart is None else self.apart.points,
            reference=reference,
        )


def measure_agreement(graded: Graded, version: ScorecardVersion, seed: int) -> tuple[CriterionAgreement, ...]:
    """How far the raters agree on each criterion."""
    sections = {criterion.id: section.label for section in version.scorecard.sections for criterion in section.criteria}
    measured = measure_criteria(list(graded.tables.values()), seed=seed, n_resamples=RESAMPLES)
    return tuple(
        CriterionAgreement(
            criterion_id=criterion.id,
            section=sections[criterion.id],
            label=criterion.label,
            level=graded.tables[criterion.id].level,
            percent=found.percent,
            within_one=found.within_one,
            kappa=found.kappa,
            alpha=found.alpha,
            applicable_percent=found.applicable_percent,
            applicable_alpha=found.applicable_alpha,
            chosen=found.chosen,
            not_applicable=found.not_applicable,
            missing=found.missing - graded.n_not_asked,
        )
        for criterion, found in zip(graded.criteria, measured, strict=True)
    )


def _scores(
    session: CalibrationSession, graded: Sequence[Review]
) -> Mapping[TicketId, Mapping[PersonId, Decimal | None]]:
    scores: dict[TicketId, dict[PersonId, Decimal | None]] = {item.ticket_id: {} for item in session.tickets}
    for review in graded:
        scores[review.ticket_id][review.reviewer_id] = review.score.reported if review.score else None
    return scores


def _methods(
    context: Context,
    version: ScorecardVersion,
    session: CalibrationSession,
    measured: _Measured,
    window: Sequence[CalibrationSession],
) -> tuple[Method, ...]:
    n_reviewers, readings = len(graders(session)), measured.readings
    picks = ", ".join(sorted({item.selection.value.replace("_", " ") for item in session.tickets}))
    expected = len(session.tickets) * n_reviewers
    lines = {
        "Session": f"{session.name}: {len(session.tickets)} tickets, {n_reviewers} reviewers; tickets picked: {picks}",
        "Scorecard": f"{name_version(version)}; structure {version.structure_hash[:12]}, "
        f"wording {version.content_hash[:12]}",
        "Grades used": f"{measured.submitted} blind grades of {expected} expected; "
        f"{write_count(len(measured.not_blind), 'grade')} not blind and left out",
        **_FORMULAS,
        "Reference": f"{readings.n_agreed} answers agreed in the meeting, {readings.n_expert} of the expert",
        "Sessions pooled": describe_window(window),
        "Intervals": f"95%, bootstrap over tickets with {RESAMPLES} resamples, seed {session.seed}. "
        "They speak about other tickets graded by these reviewers.",
        "No number": "Where a coefficient is undefined its reason stands there; one ticket is never an agreement.",
        "Made": f"{context.now():%Y-%m-%d %H:%M} UTC by {context.actor.name}",
    }
    return tuple(Method(topic, text) for topic, text in lines.items())
