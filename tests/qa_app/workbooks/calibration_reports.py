"""Reports on a revealed calibration as a workflow would fill them: 6 tickets, 4 reviewers, 12 criteria.

Estimates are plausible, not computed: what they mean is tested where they are made.
"""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from db.records import (
    CalibrationSession,
    Finding,
    FindingId,
    Person,
    PersonId,
    Rating,
    Reference,
    ScorecardVersion,
    ScorecardVersionId,
    Selection,
    SessionId,
    SessionState,
    SessionTicket,
    Ticket,
    TicketId,
    VersionState,
)
from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.followup import FindingLine
from qa_app.reports import (
    AnswerSheet,
    CalibrationReport,
    CriterionAgreement,
    CriticalLine,
    Fix,
    HeatCell,
    Method,
    Readings,
    ReviewerStanding,
    Section,
    Target,
)
from qa_app.stats.proportion import proportion
from qa_app.workflows.calibration_trend import Course, MeetingEffect, Stop, Trend
from qa_app.workflows.health_report import CriterionHealth, Health, OptionUse
from qa_app.workflows.session_sections import list_sections
from scorecards.answers import MISSING, NOT_APPLICABLE, Answer
from scorecards.model import Criterion, CriterionType, Option, Reason, Scorecard
from scorecards.model import Section as FormSection
from tests.qa_app.workbooks.factories import (
    COMMENTS,
    CRITERIA,
    LEVELS,
    MADE_AT,
    TextMaker,
    keep,
    make_ticket,
    make_undefined,
)

REVIEWERS = tuple(
    Person(PersonId(f"reviewer-{index}"), name)
    for index, name in enumerate(("Tomás Ferreira", "Aïcha Benali", "Jun Sato", "Grace O’Neill"), start=1)
)


def make_scorecard(*, criteria: int = 12, say: TextMaker = keep) -> Scorecard:
    options = tuple(
        Option(id=f"level-{level}", label=label, points=Decimal(level)) for level, label in enumerate(LEVELS, start=1)
    )
    sections: dict[str, list[Criterion]] = {}
    for criterion_id, section, label, skill, skill_type in CRITERIA[:criteria]:
        criterion = Criterion(
            id=criterion_id,
            label=say(label)[:200],
            type=CriterionType.SCALE,
            skill=skill,
            skill_type=skill_type,
            levels=5,
            options=options,
            reasons=(Reason(id="rushed", label="Rushed"),),
            allow_na=True,
        )
        sections.setdefault(section, []).append(criterion)
    parts = tuple(
        FormSection(id=section.lower(), label=section, criteria=tuple(members)) for section, members in sections.items()
    )
    return Scorecard(id="core", label="Core skills", sections=parts)


def make_calibration_report(
    *, tickets: int = 6, criteria: int = 12, seed: int = 2, say: TextMaker = keep
) -> CalibrationReport:
    """A revealed session of four reviewers, one of whom has not submitted the last ticket."""
    dice = random.Random(seed)  # noqa: S311 - variety, not secrecy
    scorecard = make_scorecard(criteria=criteria)
    chosen = tuple(
        (SessionTicket(TicketId(f"ticket-{number}"), number, Selection.RANDOM), make_ticket(number, say=say))
        for number in range(1, tickets + 1)
    )
    reviewers = tuple(replace(person, name=say(person.name)) for person in REVIEWERS)
    sheets = [
        _make_answer_sheet(ticket.id, criterion, reviewers, dice, say, last=number == tickets)
        for number, (_, ticket) in enumerate(chosen, start=1)
        for criterion in scorecard.criteria
    ]
    sheets.sort(key=lambda sheet: -1 if sheet.apart is None else sheet.apart, reverse=True)
    agreement = tuple(_make_agreement(criterion, dice) for criterion in scorecard.criteria)
    facilitator = Person(PersonId("facilitator-1"), say("Noor de Vries"))
    report = CalibrationReport(
        session=_make_session(chosen, reviewers, say),
        version=_make_version(scorecard),
        facilitator=facilitator,
        reviewers=reviewers,
        attended=tuple(zip((facilitator, *reviewers), (True, True, True, False, None), strict=True)),
        tickets=chosen,
        made_at=MADE_AT,
        agreement=agreement,
        readings=make_readings(scorecard, reviewers, say=say),
        pooled=make_readings(scorecard, reviewers, sessions=3, say=say),
        everyday=agreement[:1],
        sheets=tuple(sheets),
        agenda=tuple((ticket, 10) for _, ticket in chosen),
        scores=_make_scores(chosen, reviewers, dice),
        findings=_make_findings(reviewers, say),
        submitted=4 * tickets - 1,
        not_blind=(),
        expected=4 * tickets,
        sections=(),
        methods=_make_methods(say),
    )
    return replace(report, sections=list_sections(report))


def make_course(*, say: TextMaker = keep) -> tuple[Section, ...]:
    """Three sessions in a line: the second met about, the third edited before, and one reviewer who changed."""
    stops = tuple(
        Stop(
            SessionId(f"session-{number}"), say(f"Week {number}"), MADE_AT - timedelta(days=30 - 7 * number), 6,
            reworded=number == 3, n_agreed=4 * (number == 2), n_findings=0, n_there=0,
        )
        for number in (1, 2, 3)
    )  # fmt: skip
    points = tuple(Estimate(30.5 - number, 20.25, 45.75, 6, 4, "mean of 6; Student's t") for number in (1, 2))
    change = Estimate(-6.5, -9.25, -3.75, 24, 0, "Welch")
    line: tuple[Measured, ...] = (*points, make_undefined(n=0))
    severity = Course(say(REVIEWERS[0].name), line, change, alert=True)
    same = replace(severity, change=None, alert=False)
    effects = (
        MeetingEffect(say("Week 1"), say("Week 2"), change, say("the same")),
        MeetingEffect("Week 2", "Week 3", make_undefined(n=0), "with Cy"),
    )
    return Trend(
        stops, line, (severity,), (same,), (replace(same, name="Opening"),), effects, "Late is Week 3."
    ).sections


def make_health(*, say: TextMaker = keep) -> tuple[Section, ...]:
    """One criterion whose lowest option nobody chooses, and which the model says nothing about."""
    options = (
        OptionUse(say("Low"), 0, 0, proportion(0, 90), None),
        OptionUse(say("High"), 100, 90, proportion(90, 90), make_undefined(n=0)),
    )
    one = CriterionHealth(
        criterion_id="opening", label=say("Opening"), rare=False, n_answers=100, n_not_applicable=3, n_tickets=90,
        n_seen=93, top=proportion(45, 90), top_label=say("“High”"), same=proportion(9, 12), far=proportion(1, 12),
        options=options, disorder=(),
    )  # fmt: skip
    version = _make_version(make_scorecard(criteria=1))
    day = MADE_AT.date()
    return Health(version, day, day, MADE_AT, 80, 40, ("Week 1",), 93, (one,), "80 everyday reviews.", ()).sections


def make_readings(
    scorecard: Scorecard, reviewers: tuple[Person, ...], *, sessions: int = 1, say: TextMaker = keep
) -> Readings:
    """One thing of each kind to fix, the first reviewer without a severity, and no reference on the last one."""
    share = Estimate(81.5, 64.25, 93.5, 6, 4, "mean of 6; Student's t")
    lean = Estimate(-3.25, -7.5, 1.0, 6, 4, "mean of 6; Student's t")
    severity = Estimate(0.42, -0.11, 0.95, 6, 4, "many-facet Rasch model, MML", se=0.27)
    excess = Estimate(31.5, 18.25, 44.75, 6, 4, "mean of 6 units; Student's t")
    first = scorecard.criteria[0]
    fixes = (
        Fix(
            Target.CRITERION, first.id, first.label, "Everybody reads it otherwise.", "31 %", "Reword it.", excess, 22.5
        ),
        Fix(Target.REVIEWER, reviewers[1].id, reviewers[1].name, "Stricter.", "3.3 points", "Talk.", excess, 9.5),
        Fix(Target.TICKET, "ticket-1", say("T-48201"), "Contested.", "31 %", "Talk about it first.", excess, 4.5),
    )
    standings = tuple(
        ReviewerStanding(
            person.id,
            person.name,
            make_undefined(n=6) if person is reviewers[0] else severity,
            None if person is reviewers[0] else 1.13,
            ("few ratings",) if person is reviewers[1] else (),
            share,
            lean,
            make_undefined(n=6) if person is reviewers[-1] else share,
            lean,
            share,
            make_undefined(n=6),
        )
        for person in reviewers
    )
    return Readings(
        sessions=tuple(f"Session {number}" for number in range(sessions, 0, -1)),
        n_tickets=6 * sessions,
        n_random=6 * sessions,
        disagreement=Estimate(34.5, 21.25, 47.75, 6, 4, "mean of 6; Student's t"),
        fixes=fixes,
        fixes_note="Looked at 4 reviewers.",
        flips=Estimate(17.5, 6.25, 33.5, 6, 4, "bootstrap over tickets"),
        reviewers=standings,
        heat=tuple(HeatCell(one.id, person.id, share) for one in scorecard.criteria for person in reviewers),
        critical=(CriticalLine(first.id, first.label, "customer", 2, share, make_undefined(n=6)),),
        n_agreed=6,
        n_expert=1,
    )


def _make_session(
    chosen: tuple[tuple[SessionTicket, Ticket], ...], reviewers: tuple[Person, ...], say: TextMaker
) -> CalibrationSession:
    return CalibrationSession(
        id=SessionId("session-1"),
        name=say("November, billing chats"),
        scorecard_version_id=ScorecardVersionId("core-4"),
        facilitator_id=PersonId("facilitator-1"),
        state=SessionState.REVEALED,
        created_at=MADE_AT - timedelta(days=9),
        tickets=tuple(one for one, _ in chosen),
        reviewer_ids=tuple(person.id for person in reviewers),
        revealed_at=MADE_AT - timedelta(hours=2),
        seed=20261102,
    )


def _make_version(scorecard: Scorecard) -> ScorecardVersion:
    return ScorecardVersion(
        id=ScorecardVersionId("core-4"),
        scorecard_id="core",
        number=4,
        state=VersionState.PUBLISHED,
        scorecard=scorecard,
        content_hash="a" * 64,
        structure_hash="b" * 64,
        created_at=MADE_AT,
        created_by=PersonId("facilitator-1"),
    )


def _make_findings(reviewers: tuple[Person, ...], say: TextMaker) -> tuple[FindingLine, ...]:
    """One to do, one overdue, one that asks for nothing."""
    todo = Finding(
        id=FindingId("finding-1"),
        session_id=SessionId("session-1"),
        criterion_id="empathy",
        cause="ambiguous_text",
        decision=say("An apology alone is level 2. Level 3 asks for the feeling to be named."),
        by=PersonId("facilitator-1"),
        at=MADE_AT - timedelta(hours=1),
        ticket_id=TicketId("ticket-1"),
        action=say("Add the two examples of this session to the guideline."),
        owner_id=reviewers[1].id,
        due_on=date(2026, 11, 20),
        guideline_needs_update=True,
    )
    slip = replace(todo, id=FindingId("finding-2"), cause="slip", ticket_id=None, guideline_needs_update=False)
    line = FindingLine(
        todo, say("November, billing chats"), "core", say("Names the feeling before the fix"), say("T-48201"),
        reviewers[1].name, say("Noor de Vries"), "",
    )  # fmt: skip
    late = replace(slip, due_on=date(2026, 11, 1))
    rest = replace(slip, id=FindingId("finding-3"), action="", owner_id=None, due_on=None)
    return (
        replace(line, finding=late, ticket=""),
        line,
        replace(line, finding=rest, ticket="", owner=""),
    )


def _make_methods(say: TextMaker) -> tuple[Method, ...]:
    return (
        Method(say("Session"), say("November, billing chats; 6 random tickets; blind until 2 Nov 2026.")),
        Method(
            say("Alpha"),
            say("Krippendorff's alpha, ordinal (2019, ch. 12); bootstrap over tickets, seed 20261102."),
        ),
    )


def _make_scores(
    chosen: tuple[tuple[SessionTicket, Ticket], ...], reviewers: tuple[Person, ...], dice: random.Random
) -> dict[TicketId, dict[PersonId, Decimal | None]]:
    """No score by the first reviewer on the second ticket, nothing submitted by the last one on the last."""
    scores: dict[TicketId, dict[PersonId, Decimal | None]] = {
        ticket.id: {person.id: Decimal(dice.randint(500, 990)).scaleb(-1) for person in reviewers}
        for _, ticket in chosen
    }
    if len(chosen) > 1:
        scores[chosen[1][1].id][reviewers[0].id] = None
    del scores[chosen[-1][1].id][reviewers[-1].id]
    return scores


def _make_answer_sheet(
    ticket_id: TicketId,
    criterion: Criterion,
    reviewers: tuple[Person, ...],
    dice: random.Random,
    say: TextMaker,
    *,
    last: bool,
) -> AnswerSheet:
    base = dice.randint(2, 4)
    ratings: dict[PersonId, Rating | None] = {}
    words: dict[PersonId, str] = {}
    levels: list[int] = []
    for person in reviewers:
        if last and person is reviewers[-1]:
            ratings[person.id] = None
            words[person.id] = "—"
            continue
        roll = dice.random()
        answer = NOT_APPLICABLE if roll < 0.06 else MISSING if roll > 0.985 else None
        comment = say(dice.choice(COMMENTS)) if roll < 0.3 else ""
        if answer is None:
            level = min(5, max(1, base + dice.choice((-1, 0, 0, 0, 1, 2))))
            levels.append(level)
            answer = Answer.choose(f"level-{level}")
            words[person.id] = say(LEVELS[level - 1])
        else:
            words[person.id] = "Not applicable" if answer is NOT_APPLICABLE else "—"
        reasons = ("rushed",) if roll < 0.1 and answer.option_id else ()
        ratings[person.id] = Rating(criterion.id, answer, comment, reasons)
    apart = 25 * (max(levels) - min(levels)) if len(levels) > 1 else None
    reference = _make_reference(ticket_id) if criterion.id == "empathy" else None
    return AnswerSheet(ticket_id, criterion.id, ratings, words, apart, reference)


def _make_reference(ticket_id: TicketId) -> Reference:
    return Reference(
        session_id=SessionId("session-1"),
        ticket_id=ticket_id,
        criterion_id="empathy",
        answer=Answer.choose("level-3"),
        kind="agreed",
        by=PersonId("facilitator-1"),
        at=MADE_AT,
    )


def _make_agreement(criterion: Criterion, dice: random.Random) -> CriterionAgreement:
    kappa: Measured = Estimate(dice.random() * 0.8, -0.1, 0.92, 6, 4, "weighted, bootstrap", n_values=23)
    alpha: Measured = Estimate(dice.random() * 0.8, -0.2, 0.93, 6, 4, "ordinal, bootstrap", n_values=23)
    if criterion.id == "identity":
        kappa = alpha = Undefined(
            "no-variation",
            "All raters gave the same answer wherever they can be compared, so agreement by chance would be just as "
            "complete, and a chance-corrected number does not exist.",
            6,
            4,
            23,
        )
    return CriterionAgreement(
        criterion_id=criterion.id,
        section=next(section for name, section, *_ in CRITERIA if name == criterion.id),
        label=criterion.label,
        level="ordinal",
        percent=Estimate(40 + dice.random() * 60, 31.5, 100.0, 6, 4, "bootstrap over tickets", n_values=23),
        within_one=None
        if criterion.id == "records"
        else Estimate(80 + dice.random() * 20, 61.5, 100.0, 6, 4, "bootstrap over tickets", n_values=23),
        kappa=kappa,
        alpha=alpha,
        applicable_percent=Estimate(90.0, 74.0, 100.0, 6, 4, "bootstrap over tickets", n_values=23),
        applicable_alpha=make_undefined(n=6),
        chosen=20,
        not_applicable=2,
        missing=1,
    )
