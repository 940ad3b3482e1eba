"""Reports as a workflow would fill them: an agent with 20 reviews of 12 criteria, and a calibration of 6 tickets.

Wordings are made up here. Estimates are plausible, not computed: what they mean is tested where they are made.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from db.records import (
    AutoFailFlag,
    CalibrationSession,
    Finding,
    FindingId,
    Goal,
    GoalId,
    GoalState,
    Person,
    PersonId,
    Purpose,
    Rating,
    Reference,
    Review,
    ReviewId,
    ReviewState,
    ScorecardVersion,
    ScorecardVersionId,
    Selection,
    SessionId,
    SessionState,
    SessionTicket,
    StoredScore,
    Ticket,
    TicketId,
    VersionState,
)
from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import (
    Advice,
    AgentReport,
    AnswerSheet,
    CalibrationReport,
    CriterionAgreement,
    EvidenceLine,
    Method,
    RatingLine,
    ReviewLine,
    SkillLine,
    TrendPoint,
)
from scorecards.answers import MISSING, NOT_APPLICABLE, Answer
from scorecards.model import Channel, Criterion, CriterionType, Option, Reason, Scorecard, Section, SkillType

BERLIN = ZoneInfo("Europe/Berlin")
MADE_AT = datetime(2026, 11, 2, 8, 12, tzinfo=UTC)
TextMaker = Callable[[str], str]
"""Gets the wording of the factory and gives the one to use instead."""

CRITERIA = (
    ("opening", "Contact", "Opens warmly and by name", "attitude", SkillType.SOFT),
    ("listening", "Contact", "Shows that the customer was heard", "listening", SkillType.SOFT),
    ("empathy", "Contact", "Names the feeling before the fix", "empathy", SkillType.SOFT),
    ("calming", "Contact", "Calms a heated moment", "de-escalation", SkillType.SOFT),
    ("clarity", "Answer", "Explains in plain words", "communication", SkillType.SOFT),
    ("completeness", "Answer", "Answers every question that was asked", "communication", SkillType.SOFT),
    ("root-cause", "Answer", "Finds the cause, not only the symptom", "problem-solving", SkillType.SOFT),
    ("accuracy", "Answer", "Policy and figures are right", "knowledge", SkillType.HARD),
    ("ownership", "Follow-through", "Takes the matter on until it is solved", "ownership", SkillType.SOFT),
    ("next-steps", "Follow-through", "Says what happens next and when", "ownership", SkillType.SOFT),
    ("records", "Follow-through", "Leaves a note that a colleague can work with", "knowledge", SkillType.HARD),
    ("identity", "Compliance", "Checks identity before talking about the account", "compliance", SkillType.HARD),
)
_LEVELS = ("1 Missing", "2 Weak", "3 Adequate", "4 Good", "5 Excellent")
_SUBJECTS = (
    "Charged twice for the October plan",
    "Parcel says delivered, nothing here",
    "Cannot sign in after the phone change",
    "Upgrade promised by a colleague never came",
    "Refund of a cancelled booking",
    "Invoice in the wrong company name",
)
_EXAMPLE = """\
Repeated the question in own words and asked whether that was right. The customer said “exactly”, twice. This is worth \
showing to the team: the summary was short, it named the date and the amount, and it left no doubt about what would \
be checked next."""
_COMMENTS = (
    "Thanked the customer for the patience, which changed the tone of the rest of the chat.",
    "Went straight to the steps. One sentence on the lost evening would have cost ten seconds and saved two messages.",
    _EXAMPLE,
    "The second question (can the address be changed as well?) was never answered.",
)
_QUOTES = (
    "I can see two payments of 24.90 on 3 October, and I understand why that is alarming.",
    "Please allow 5 to 7 days.",
    "So you were promised the upgrade on the phone, and nothing has arrived since. Did I get that right?",
)


def keep(wording: str) -> str:
    """The factory's own wording."""
    return wording


def make_estimate(value: float, margin: float, *, n: int = 17, raters: int = 6) -> Estimate:
    return Estimate(value, value - margin, value + margin, n, raters, "mean with Student's t interval", n_values=n)


def make_undefined(*, n: int = 0) -> Undefined:
    return Undefined("no-values", "Nobody has given a value yet.", n, 0)


def make_ticket(number: int, *, say: TextMaker = keep) -> Ticket:
    return Ticket(
        id=TicketId(f"ticket-{number}"),
        source="helpdesk",
        external_id=say(f"T-{48200 + number}"),
        channel=(Channel.CHAT, Channel.EMAIL, Channel.CALL)[number % 3],
        created_at=datetime(2026, 9, 1, 22, 30, tzinfo=UTC) + timedelta(days=2 * number),
        content_hash="0" * 64,
        subject=say(_SUBJECTS[number % len(_SUBJECTS)]),
        url=f"https://help.example.org/tickets/{48200 + number}" if number % 2 else None,
    )


def make_agent_report(*, reviews: int = 20, criteria: int = 12, seed: int = 1, say: TextMaker = keep) -> AgentReport:
    """A full report; `say` may replace every text in it."""
    dice = random.Random(seed)  # noqa: S311 - variety, not secrecy
    before = make_estimate(78.5, 5.2, n=14)
    skills = dict.fromkeys(skill for _, _, _, skill, _ in CRITERIA[:criteria])
    agent = Person(PersonId("agent-1"), say("Maya Lindqvist"))
    return AgentReport(
        agent=agent,
        team=say("Billing and payments"),
        start=date(2026, 9, 1),
        end=date(2026, 10, 31),
        made_at=MADE_AT,
        score=make_estimate(82.43, 4.14),
        before=before,
        change=make_estimate(3.93, 6.4),
        targeted=Estimate(71.24, 58.31, 80.08, 3, 2, "mean with bootstrap interval", n_values=3),
        passed=Estimate(88.2, 65.7, 96.7, 17, 6, "Wilson interval", n_values=17),
        soft=make_estimate(80.1, 4.8),
        hard=make_estimate(86.9, 5.1),
        critical={
            say("customer"): Estimate(94.1, 73.0, 98.95, 17, 6, "Wilson interval", n_values=17),
            say("business"): make_undefined(),
            say("compliance"): Estimate(100.0, 81.6, 100.0, 17, 6, "Wilson interval", n_values=17),
        },
        skills=tuple(_make_skill(skill, index, dice, say) for index, skill in enumerate(skills)),
        trend=_make_trend(dice, say, n=3),
        reviews=tuple(_make_review(number, criteria, dice, say) for number in range(1, reviews + 1)),
        praise=(
            Advice(
                skill="listening",
                label=say("Listening"),
                why=say("Highest of all skills, and up since the period before."),
                step=say("Keep summing up in one sentence before answering; show T-48203 in the team meeting."),
                mean=make_estimate(93.1, 3.9),
            ),
        ),
        practise=(
            Advice(
                skill="empathy",
                label=say("Empathy"),
                why=say(
                    "Lowest mean with enough reviews to tell, and the reason “no feeling named” was given 7 times."
                ),
                step=say(
                    "In the next ten chats, write one sentence that names what the customer feels before the first "
                    "instruction. Pick two of them and read them with your coach."
                ),
                mean=make_estimate(64.2, 8.8, n=16),
            ),
            Advice("ownership", say("Ownership"), say("Next steps without a date."), say("Say the day."), before),
        ),
        goals=(
            Goal(
                id=GoalId("goal-1"),
                agent_id=agent.id,
                skill="empathy",
                text=say("Name the feeling first in eight of ten chats"),
                state=GoalState.OPEN,
                created_at=MADE_AT,
                created_by=PersonId("coach-1"),
                due_on=date(2026, 11, 30),
            ),
            Goal(
                id=GoalId("goal-2"),
                agent_id=agent.id,
                skill="knowledge",
                text=say("Pass the refund policy quiz"),
                state=GoalState.MET,
                created_at=MADE_AT,
                created_by=PersonId("coach-1"),
            ),
        ),
        methods=(
            Method(say("Filters"), say("Agent Maya Lindqvist; reviews submitted 1 Sep to 31 Oct 2026; all channels.")),
            Method(say("Scorecard"), say("Core skills, versions 3 and 4; equal structure hash 9f3c, so pooled.")),
            Method(say("Left out"), say("2 voided reviews, 4 calibration reviews.")),
            Method(say("Score"), say("Mean of reported scores of random reviews; Student's t interval, 95 %.")),
            Method(say("Counts"), say("20 reviews, 17 random, 3 targeted, 6 reviewers. Seed 20261102.")),
        ),
    )


def make_empty_agent_report() -> AgentReport:
    """An agent without a single review: every figure is undefined, nothing is 0."""
    nothing = make_undefined()
    return replace(
        make_agent_report(reviews=0),
        team=None,
        score=nothing,
        before=nothing,
        change=nothing,
        targeted=nothing,
        passed=nothing,
        soft=nothing,
        hard=nothing,
        critical={},
        skills=(),
        trend=(),
        praise=(),
        practise=(),
        goals=(),
    )


def _make_skill(skill: str, index: int, dice: random.Random, say: TextMaker) -> SkillLine:
    value = 62 + dice.random() * 32
    mean: Measured = make_estimate(value, 3 + dice.random() * 8, n=dice.randint(9, 17))
    change: Measured = make_estimate((index - 3) * 4.0, 6.0, n=17)
    before: Measured = make_estimate(value - (index - 3) * 4.0, 6.0, n=14)
    if skill == "de-escalation":
        mean = make_undefined()
        before = change = mean
    return SkillLine(
        skill=skill,
        label=say(skill.replace("-", " ").capitalize()),
        skill_type=SkillType.HARD if skill in {"knowledge", "compliance"} else SkillType.SOFT,
        mean=mean,
        before=before,
        change=change,
        trend=_make_trend(dice, say, n=2),
        n_reviews=mean.n_units,
    )


def _make_trend(dice: random.Random, say: TextMaker, *, n: int) -> tuple[TrendPoint, ...]:
    points: list[TrendPoint] = []
    for week in range(8):
        start = date(2026, 9, 7) + timedelta(days=7 * week)
        mean: Measured = make_estimate(70 + dice.random() * 22, 4 + dice.random() * 6, n=n)
        if week == 4:
            mean = Undefined("no-values", say("Nobody has given a value yet."), 0, 0)
        points.append(TrendPoint(start, start + timedelta(days=6), mean))
    return tuple(points)


def _make_review(number: int, criteria: int, dice: random.Random, say: TextMaker) -> ReviewLine:
    failed = number == 7
    unscored = number == 9
    raw = None if unscored else Decimal(dice.randint(600, 980)).scaleb(-1)
    flags = (AutoFailFlag("form", "identity", "no"),) if failed else ()
    score = StoredScore(
        rule="plumbline-1",
        raw=raw,
        reported=Decimal("0.0") if failed else raw,
        auto_fails=flags,
        passed=None if raw is None else raw >= 75 and not failed,
        band=None if raw is None else say("On target" if raw >= 75 else "Needs work"),
        results=(),
    )
    ticket = make_ticket(number, say=say)
    submitted = ticket.created_at + timedelta(days=1, hours=3)
    review = Review(
        id=ReviewId(f"review-{number}"),
        ticket_id=ticket.id,
        ticket_version=1,
        scorecard_version_id=ScorecardVersionId("core-4"),
        reviewer_id=PersonId("reviewer-1"),
        agent_id=PersonId("agent-1"),
        purpose=Purpose.QUALITY,
        selection=Selection.TARGETED if number % 7 == 0 else Selection.RANDOM,
        state=ReviewState.RELEASED,
        revision=4,
        started_at=submitted - timedelta(minutes=9),
        saved_at=submitted,
        submitted_at=submitted,
        comment=say(
            "A calm, friendly contact. The refund itself was quick; what was missing is a date for the customer."
        ),
        score=score,
    )
    ratings = tuple(_make_rating_line(index, unscored, dice, say) for index in range(criteria))
    return ReviewLine(review, ticket, say("Core skills, version 4"), say("Tomás Ferreira"), ratings)


def _make_rating_line(index: int, unscored: bool, dice: random.Random, say: TextMaker) -> RatingLine:  # noqa: FBT001
    criterion_id, section, label, skill, _ = CRITERIA[index]
    level = dice.choice((None, 1, 2, 2, 3, 3, 4, 4, 4))
    if unscored:
        level = None
    noted = dice.random() < 0.45
    evidence: tuple[EvidenceLine, ...] = ()
    if noted and level is not None:
        seq = dice.randint(1, 14)
        where = f"message {seq}, agent, 12 Oct 09:{seq:02d}" if index % 2 else f"0:{seq + 20}"
        evidence = (EvidenceLine(say(dice.choice(_QUOTES)), say(where), seq, None),)
    return RatingLine(
        criterion_id=criterion_id,
        section=say(section),
        label=say(label),
        skill=skill,
        answer=say("Not applicable" if level is None else _LEVELS[level]),
        value=None if level is None else Decimal(25 * level),
        applied_weight=Decimal(0) if level is None else Decimal(100) / 12,
        comment=say(dice.choice(_COMMENTS)) if noted else "",
        reasons=(say("No feeling named"), say("Too early with the steps")) if level in {1, 2} and noted else (),
        evidence=evidence,
        auto_fail=say("form: identity was not checked") if criterion_id == "identity" and level == 1 else None,
        critical=say("compliance") if criterion_id == "identity" else None,
    )


REVIEWERS = tuple(
    Person(PersonId(f"reviewer-{index}"), name)
    for index, name in enumerate(("Tomás Ferreira", "Aïcha Benali", "Jun Sato", "Grace O’Neill"), start=1)
)


def make_scorecard(*, criteria: int = 12, say: TextMaker = keep) -> Scorecard:
    options = tuple(
        Option(id=f"level-{level}", label=label, points=Decimal(level)) for level, label in enumerate(_LEVELS, start=1)
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
        Section(id=section.lower(), label=section, criteria=tuple(members)) for section, members in sections.items()
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
    sheets.sort(key=lambda sheet: Decimal(-1) if sheet.spread is None else sheet.spread, reverse=True)
    last = reviewers[-1].id
    return CalibrationReport(
        session=CalibrationSession(
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
        ),
        version=ScorecardVersion(
            id=ScorecardVersionId("core-4"),
            scorecard_id="core",
            number=4,
            state=VersionState.PUBLISHED,
            scorecard=scorecard,
            content_hash="a" * 64,
            structure_hash="b" * 64,
            created_at=MADE_AT,
            created_by=PersonId("facilitator-1"),
        ),
        facilitator=Person(PersonId("facilitator-1"), say("Noor de Vries")),
        reviewers=reviewers,
        tickets=chosen,
        made_at=MADE_AT,
        agreement=tuple(_make_agreement(criterion, dice) for criterion in scorecard.criteria),
        sheets=tuple(sheets),
        scores={
            ticket.id: {
                person.id: None
                if number == 2 and person is reviewers[0]
                else Decimal(dice.randint(500, 990)).scaleb(-1)
                for person in reviewers
                if not (number == tickets and person.id == last)
            }
            for number, (_, ticket) in enumerate(chosen, start=1)
        },
        findings=(
            Finding(
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
            ),
            Finding(
                id=FindingId("finding-2"),
                session_id=SessionId("session-1"),
                criterion_id="identity",
                cause="slip",
                decision=say("The check was in message 2 and was overlooked."),
                by=PersonId("facilitator-1"),
                at=MADE_AT - timedelta(hours=1),
            ),
        ),
        submitted=4 * tickets - 1,
        expected=4 * tickets,
        methods=(
            Method(say("Session"), say("November, billing chats; 6 random tickets; blind until 2 Nov 2026.")),
            Method(
                say("Alpha"),
                say("Krippendorff's alpha, ordinal (2019, ch. 12); bootstrap over tickets, seed 20261102."),
            ),
        ),
    )


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
        comment = say(dice.choice(_COMMENTS)) if roll < 0.3 else ""
        if answer is None:
            level = min(5, max(1, base + dice.choice((-1, 0, 0, 0, 1, 2))))
            levels.append(level)
            answer = Answer.choose(f"level-{level}")
            words[person.id] = say(_LEVELS[level - 1])
        else:
            words[person.id] = "Not applicable" if answer is NOT_APPLICABLE else "—"
        reasons = ("rushed",) if roll < 0.1 and answer.option_id else ()
        ratings[person.id] = Rating(criterion.id, answer, comment, reasons)
    spread = Decimal(25 * (max(levels) - min(levels))) if len(levels) > 1 else None
    reference = None
    if criterion.id == "empathy":
        reference = Reference(
            session_id=SessionId("session-1"),
            ticket_id=ticket_id,
            criterion_id=criterion.id,
            answer=Answer.choose("level-3"),
            kind="agreed",
            by=PersonId("facilitator-1"),
            at=MADE_AT,
        )
    return AnswerSheet(ticket_id, criterion.id, ratings, words, spread, reference)


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
