"""Certificates: what a rule asks, whether figures meet it, and how grades are compared with a reference."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from db.records import (
    CalibrationSession,
    Certificate,
    CertificateRule,
    PersonId,
    Reference,
    ReferencePolicy,
    Review,
    SessionId,
    TicketId,
)
from qa_app.domain.calibration import counts_for_agreement
from qa_app.words import write_count
from scorecards.answers import Answer, AnswerState

Right = Mapping[tuple[TicketId, str], Answer]
"""The right answer by ticket and criterion."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One ticket of one reviewer beside the reference."""

    session_id: SessionId
    ticket_id: TicketId
    same: int
    answers: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a reviewer does against the reference."""

    person_id: PersonId
    agreement: float | None
    """Share of answers equal to the reference; None where nothing was compared."""
    low: float | None
    """Lower end of its 95% interval."""
    high: float | None
    answers: int
    tickets: int
    session_ids: tuple[SessionId, ...] = ()


def rule_problems(rule: CertificateRule) -> tuple[str, ...]:
    """Everything that is wrong with a rule, in sentences for people; empty where it is fine."""
    problems = []
    if not 0 < rule.least_agreement < 1:
        problems.append("The limit is a share between 0 and 1, such as 0.8.")
    if rule.least_answers < 1:
        problems.append("Ask for at least one answer; better sixty or more.")
    if min(rule.window_days, rule.valid_days) < 1:
        problems.append("Sessions count, and certificates hold, for at least one day.")
    return tuple(problems)


def unmet(rule: CertificateRule, standing: Standing) -> tuple[str, ...]:
    """What keeps a reviewer from a certificate, in sentences for people; empty where the rule holds."""
    found = []
    if standing.answers < rule.least_answers:
        there = write_count(standing.answers, "answer")
        stand = "stands" if standing.answers == 1 else "stand"
        found.append(f"{there} {stand} beside a reference; the rule asks for {rule.least_answers}.")
    if standing.low is None:
        found.append("There is no interval yet; it takes two tickets with a reference.")
    elif Decimal(str(standing.low)) < rule.least_agreement:
        found.append(
            f"The interval of the agreement begins at {_write_percent(standing.low)}; the rule asks for "
            f"{_write_percent(rule.least_agreement)}."
        )
    return tuple(found)


def _write_percent(share: float | Decimal) -> str:
    """Rounded down to a tenth, so that what falls short of a limit never reads like the limit."""
    return f"{(100 * Decimal(str(share))).quantize(Decimal('0.1'), ROUND_FLOOR).normalize():f}%"


def is_valid(certificate: Certificate, *, now: datetime) -> bool:
    """Whether it holds at this time."""
    return certificate.withdrawn_at is None and certificate.granted_at <= now < certificate.expires_at


def right_answers(
    session: CalibrationSession, graded: Iterable[Review], references: Iterable[Reference]
) -> dict[tuple[TicketId, str], Answer]:
    """What is right in a session by its policy: what the meeting agreed on, or what the expert chose blind."""
    if session.reference_policy is ReferencePolicy.MEETING:
        return {(one.ticket_id, one.criterion_id): one.answer for one in references if one.kind == "agreed"}
    return {
        (review.ticket_id, rating.criterion_id): rating.answer
        for review in graded
        if review.reviewer_id == session.expert_id and review.saw_other_grades is False
        for rating in review.ratings
    }


def compare(
    session: CalibrationSession, graded: Sequence[Review], right: Right, person_id: PersonId
) -> tuple[Compared, ...]:
    """A reviewer's blind grades beside what is right, ticket by ticket; nobody is compared with their own answers.

    Texts are left out; "not applicable" is an answer that can be right or wrong.
    """
    if session.reference_policy is ReferencePolicy.EXPERT and person_id == session.expert_id:
        return ()
    found = []
    for review in graded:
        if review.reviewer_id != person_id or not counts_for_agreement(review, session):
            continue
        pairs = [
            rating.answer == right[review.ticket_id, rating.criterion_id]
            for rating in review.ratings
            if (review.ticket_id, rating.criterion_id) in right
            and rating.answer.state is not AnswerState.MISSING
            and rating.answer.text is None
        ]
        if pairs:
            found.append(Compared(session.id, review.ticket_id, sum(pairs), len(pairs)))
    return tuple(found)
