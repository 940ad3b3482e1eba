"""Certificates: who is calibrated for which scorecard, by the lead's rule, and until when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from db.engine import Transaction
from db.problems import UnknownId
from db.records import (
    AuditEntry,
    Certificate,
    CertificateId,
    CertificateRule,
    Person,
    PersonId,
    Purpose,
    Role,
    ScorecardVersion,
)
from db.store import audit, calibration, people, reviews, scorecards
from db.store import certificates as store
from qa_app.domain.access import reach, require
from qa_app.domain.calibration import REVEALED
from qa_app.domain.certificates import Compared, Standing, compare, is_valid, right_answers, rule_problems, unmet
from qa_app.errors import NotFound, Refused
from qa_app.estimate import Estimate
from qa_app.stats.mean import mean
from qa_app.stats.proportion import proportion
from qa_app.workflows.context import Context
from qa_app.workflows.in_force import find_current
from qa_app.workflows.scope import require_some

_LEADS = "calibration.record"
"""Who may record what a calibration decided may also say what calibrated means."""
_LEAST_TICKETS = 2
"""One ticket is never an agreement."""


@dataclass(frozen=True, slots=True)
class NewRule:
    """What a lead fills in for a scorecard."""

    scorecard_id: str
    least_agreement: Decimal = Decimal("0.80")
    least_answers: int = 60
    window_days: int = 180
    valid_days: int = 180
    required: bool = False


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One reviewer and one scorecard: the figures now, what is missing, and the newest certificate."""

    person: Person
    scorecard_id: str
    scorecard: str
    rule: CertificateRule
    standing: Standing
    unmet: tuple[str, ...]
    """What keeps the reviewer from a certificate now; empty where one can be granted."""
    newest: Certificate | None
    valid: bool


def set_rule(context: Context, new: NewRule) -> CertificateRule:
    """Say when a reviewer is calibrated for a scorecard. Certificates that were granted stay what they are.

    Raises:
        Refused: the rule is none, or the scorecard not for tickets. NotFound: no version of it is in force.
    """
    require(context.actor, _LEADS)
    rule = CertificateRule(
        new.scorecard_id,
        new.least_agreement,
        new.least_answers,
        new.window_days,
        new.valid_days,
        context.actor.id,
        context.now(),
        new.required,
    )
    problems = rule_problems(rule)
    if problems:
        raise Refused("certificate-rule", " ".join(problems))
    with context.store.write() as tx:
        find_current(tx, rule.scorecard_id)
        store.save_rule(tx, rule)
        after = {
            "least_agreement": rule.least_agreement,
            "least_answers": rule.least_answers,
            "window_days": rule.window_days,
            "valid_days": rule.valid_days,
            "required": rule.required,
        }
        entry = AuditEntry(
            context.now(), context.actor.id, "certificate.rule", "certificate_rule", rule.scorecard_id, after=after
        )
        audit.append(tx, entry)
    return rule


def list_certificates(context: Context) -> tuple[CertificateRow, ...]:
    """Every reviewer, and whoever else has figures, by scorecard with a rule; who runs none sees own rows only."""
    require_some(context.actor, "calibration.read")
    leads = not reach(context.actor, _LEADS).nothing
    with context.store.read() as tx:
        rules = store.rules(tx)
        everybody = [one for one in people.people(tx) if not reach(one, "calibration.grade").nothing]
        shown = everybody if leads else [one for one in everybody if one.id == context.actor.id]
        granted = store.certificates(tx)
        rows = []
        for rule in rules.values():
            version = find_current(tx, rule.scorecard_id)
            standings = _measure(tx, rule, version, [one.id for one in shown], now=context.now())
            rows += [_row(context, one, rule, version, standings[one.id], granted) for one in shown]
    seen = [row for row in rows if row.standing.answers or row.newest is not None or Role.REVIEWER in row.person.roles]
    return tuple(sorted(seen, key=lambda row: (row.scorecard, row.person.name, row.person.id)))


def grant_certificate(context: Context, person_id: PersonId, scorecard_id: str) -> Certificate:
    """Say that a reviewer is calibrated for a scorecard, with the figures that this rests on.

    Raises:
        Refused: the rule does not hold, or it is one's own certificate. NotFound: no rule, or no such reviewer.
    """
    require(context.actor, _LEADS)
    if person_id == context.actor.id:
        raise Refused("certificate-own", "Nobody grants a certificate to themselves; ask another lead.")
    now = context.now()
    with context.store.write() as tx:
        rule = store.rules(tx).get(scorecard_id)
        person = people.person(tx, person_id)
        if rule is None or person is None:
            raise NotFound("no-rule", "There is no such reviewer, or this scorecard has no rule for certificates yet.")
        standing = _measure(tx, rule, find_current(tx, scorecard_id), [person_id], now=now)[person_id]
        missing = unmet(rule, standing)
        if missing or standing.agreement is None or standing.low is None or standing.high is None:
            raise Refused("not-calibrated", f"{person.name} is not calibrated yet. {' '.join(missing)}")
        made = Certificate(
            id=CertificateId(context.new_id()),
            person_id=person_id,
            scorecard_id=scorecard_id,
            granted_at=now,
            expires_at=now + timedelta(days=rule.valid_days),
            granted_by=context.actor.id,
            figures={
                "agreement": standing.agreement,
                "low": standing.low,
                "high": standing.high,
                "answers": standing.answers,
                "tickets": standing.tickets,
                "limit": float(rule.least_agreement),
            },
            session_ids=standing.session_ids,
        )
        store.add_certificate(tx, made)
        audit.append(tx, _entry(context, "certificate.grant", made))
    return made


def withdraw_certificate(context: Context, certificate_id: CertificateId, *, why: str) -> None:
    """End a certificate before its time; raises Refused without a reason, NotFound where none holds."""
    require(context.actor, _LEADS)
    if not why.strip():
        raise Refused("withdraw-reason", "Say why the certificate is withdrawn; its owner will ask.")
    with context.store.write() as tx:
        found = next((one for one in store.certificates(tx) if one.id == certificate_id), None)
        try:
            store.withdraw_certificate(tx, certificate_id, at=context.now())
        except UnknownId as error:
            raise NotFound("no-certificate", "There is no such certificate, or it was withdrawn already.") from error
        if found is not None:
            audit.append(tx, replace(_entry(context, "certificate.withdraw", found), why=why.strip()))


def require_certificates(tx: Transaction, scorecard_id: str, person_ids: Iterable[PersonId], *, now: datetime) -> None:
    """Do nothing where everybody may be given tickets of this scorecard.

    Raises:
        Refused: its rule asks for a valid certificate, and somebody has none; the message names them.
    """
    holders = find_holders(tx, scorecard_id, now=now)
    missing = [] if holders is None else [key for key in dict.fromkeys(person_ids) if key not in holders]
    if missing:
        named = people.people_by_id(tx, missing)
        names = ", ".join(sorted(named[key].name if key in named else key for key in missing))
        raise Refused(
            "not-calibrated",
            f"This scorecard is only given to reviewers with a valid certificate, and {names} has none. "
            "Choose others, calibrate them, or change the rule.",
        )


def find_holders(tx: Transaction, scorecard_id: str, *, now: datetime) -> frozenset[PersonId] | None:
    """Who holds the certificate without which this scorecard is not given; None where it is given without one."""
    rule = store.rules(tx).get(scorecard_id)
    if rule is None or not rule.required:
        return None
    return frozenset(one.person_id for one in store.certificates(tx, scorecard_id=scorecard_id, valid_at=now))


def _measure(
    tx: Transaction, rule: CertificateRule, version: ScorecardVersion, person_ids: Sequence[PersonId], *, now: datetime
) -> Mapping[PersonId, Standing]:
    """Against the references of sessions revealed within the rule's window, on versions of the same structure."""
    alike = {
        one.id
        for one in scorecards.versions(tx, scorecard_id=rule.scorecard_id)
        if one.structure_hash == version.structure_hash
    }
    since = now - timedelta(days=rule.window_days)
    counted = [
        session
        for session in calibration.sessions(tx)
        if session.state in REVEALED
        and session.scorecard_version_id in alike
        and session.revealed_at is not None
        and session.revealed_at >= since
    ]
    found: dict[PersonId, list[Compared]] = {key: [] for key in person_ids}
    for session in counted:
        graded = reviews.reviews(tx, session_id=session.id, purpose=Purpose.CALIBRATION)
        right = right_answers(session, graded, calibration.references(tx, session.id))
        for key in found:
            found[key] += compare(session, graded, right, key)
    return {key: _stand(key, compared) for key, compared in found.items()}


def _stand(person_id: PersonId, compared: Sequence[Compared]) -> Standing:
    """The share of equal answers. Its interval is the wider of two.

    Student's over tickets, because answers on one ticket hang together; and Wilson's over answers, because Student's
    has no width where all tickets agree alike.
    """
    same, answers = sum(one.same for one in compared), sum(one.answers for one in compared)
    tickets = len({one.ticket_id for one in compared})
    sessions = tuple(sorted({one.session_id for one in compared}))
    both = (mean([one.same / one.answers for one in compared], bounds=(0.0, 1.0)), proportion(same, answers))
    known = [one for one in both if isinstance(one, Estimate) and tickets >= _LEAST_TICKETS]
    return Standing(
        person_id=person_id,
        agreement=same / answers if answers else None,
        low=min((one.low for one in known if one.low is not None), default=None),
        high=max((one.high for one in known if one.high is not None), default=None),
        answers=answers,
        tickets=tickets,
        session_ids=sessions,
    )


def _row(
    context: Context,
    person: Person,
    rule: CertificateRule,
    version: ScorecardVersion,
    standing: Standing,
    granted: Sequence[Certificate],
) -> CertificateRow:
    own = [one for one in granted if (one.person_id, one.scorecard_id) == (person.id, rule.scorecard_id)]
    return CertificateRow(
        person=person,
        scorecard_id=rule.scorecard_id,
        scorecard=version.scorecard.label,
        rule=rule,
        standing=standing,
        unmet=unmet(rule, standing),
        newest=own[0] if own else None,
        valid=any(is_valid(one, now=context.now()) for one in own),
    )


def _entry(context: Context, action: str, certificate: Certificate) -> AuditEntry:
    figures = {name: Decimal(str(round(value, 4))) for name, value in certificate.figures.items()}
    after = {"person": certificate.person_id, "scorecard": certificate.scorecard_id, **figures}
    return AuditEntry(context.now(), context.actor.id, action, "certificate", certificate.id, after=after)
