"""Reports on an agent as a workflow would fill them: 20 reviews of 12 criteria, or none at all.

Estimates are plausible, not computed: what they mean is tested where they are made.
"""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from db.records import (
    AutoFailFlag,
    Goal,
    GoalId,
    GoalState,
    Person,
    PersonId,
    Purpose,
    Review,
    ReviewId,
    ReviewState,
    ScorecardVersionId,
    Selection,
    StoredScore,
)
from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.recounts import Recount, ScorePart
from qa_app.reports import (
    Advice,
    AgentReport,
    EvidenceLine,
    Method,
    RatingLine,
    ReviewLine,
    SkillLine,
    TrendPoint,
)
from scorecards.model import SkillType
from tests.qa_app.workbooks.factories import (
    COMMENTS,
    CRITERIA,
    LEVELS,
    MADE_AT,
    QUOTES,
    TextMaker,
    keep,
    make_estimate,
    make_ticket,
    make_undefined,
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
        practise=_make_practice(before, say),
        goals=_make_goals(say),
        methods=_make_methods(say),
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


def _make_practice(before: Measured, say: TextMaker) -> tuple[Advice, ...]:
    return (
        Advice(
            skill="empathy",
            label=say("Empathy"),
            why=say("Lowest mean with enough reviews to tell, and the reason “no feeling named” was given 7 times."),
            step=say(
                "In the next ten chats, write one sentence that names what the customer feels before the first "
                "instruction. Pick two of them and read them with your coach."
            ),
            mean=make_estimate(64.2, 8.8, n=16),
        ),
        Advice("ownership", say("Ownership"), say("Next steps without a date."), say("Say the day."), before),
    )


def _make_goals(say: TextMaker) -> tuple[Goal, ...]:
    return (
        Goal(
            id=GoalId("goal-1"),
            agent_id=PersonId("agent-1"),
            skill="empathy",
            text=say("Name the feeling first in eight of ten chats"),
            state=GoalState.OPEN,
            created_at=MADE_AT,
            created_by=PersonId("coach-1"),
            due_on=date(2026, 11, 30),
        ),
        Goal(
            id=GoalId("goal-2"),
            agent_id=PersonId("agent-1"),
            skill="knowledge",
            text=say("Pass the refund policy quiz"),
            state=GoalState.MET,
            created_at=MADE_AT,
            created_by=PersonId("coach-1"),
        ),
    )


def _make_methods(say: TextMaker) -> tuple[Method, ...]:
    return (
        Method(say("Filters"), say("Agent Maya Lindqvist; reviews submitted 1 Sep to 31 Oct 2026; all channels.")),
        Method(say("Scorecard"), say("Core skills, versions 3 and 4; equal structure hash 9f3c, so pooled.")),
        Method(say("Left out"), say("2 voided reviews, 4 calibration reviews.")),
        Method(say("Score"), say("Mean of reported scores of random reviews; Student's t interval, 95 %.")),
        Method(say("Counts"), say("20 reviews, 17 random, 3 targeted, 6 reviewers. Seed 20261102.")),
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
    ratings = tuple(_make_rating_line(index, unscored, dice, say) for index in range(criteria))
    values = {line.criterion_id: line.value / 100 for line in ratings if line.value is not None}
    parts = tuple(ScorePart(key, value, _share(len(values)), down=False) for key, value in values.items())
    counted = Recount(parts, limit=100, set_to=0 if failed else None)
    raw = counted.raw
    flags = (AutoFailFlag("form", "identity", "no"),) if failed else ()
    score = StoredScore(
        rule="plumbline-1",
        raw=raw,
        reported=counted.reported,
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
    return ReviewLine(review, ticket, say("Core skills, version 4"), say("Tomás Ferreira"), ratings, counted)


def _share(n: int) -> Decimal:
    """Of each of so many criteria of equal weight, with the 12 decimals that are kept."""
    return (Decimal(1) / n).quantize(Decimal("1e-12"))


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
        evidence = (EvidenceLine(say(dice.choice(QUOTES)), say(where), seq, None),)
    return RatingLine(
        criterion_id=criterion_id,
        section=say(section),
        label=say(label),
        skill=skill,
        answer=say("Not applicable" if level is None else LEVELS[level]),
        value=None if level is None else Decimal(25 * level),
        applied_weight=Decimal(0) if level is None else Decimal(100) / 12,
        comment=say(dice.choice(COMMENTS)) if noted else "",
        reasons=(say("No feeling named"), say("Too early with the steps")) if level in {1, 2} and noted else (),
        evidence=evidence,
        auto_fail=say("form: identity was not checked") if criterion_id == "identity" and level == 1 else None,
        critical=say("compliance") if criterion_id == "identity" else None,
        praise=noted and level == 4,
    )
