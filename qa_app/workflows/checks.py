"""The rules of hidden checks: how much of a scorecard's everyday work is given twice. None is, until a lead says so."""

from dataclasses import dataclass
from decimal import Decimal

from db.records import AuditEntry, CheckRule, Role, VersionState
from db.store import audit, checks, people, scorecards
from qa_app.domain.access import require
from qa_app.domain.checks import may_be_checked, rule_problems
from qa_app.errors import Refused
from qa_app.workflows.context import Context
from qa_app.workflows.in_force import find_current

LEADS = "calibration.record"
"""Who may record what a calibration decided may also check everyday work, and see what comes of it."""


@dataclass(frozen=True, slots=True)
class NewCheckRule:
    """What a lead fills in for a scorecard."""

    scorecard_id: str
    pair_percent: Decimal = Decimal(5)
    repeat_percent: Decimal = Decimal(2)
    repeat_weeks: int = 6


@dataclass(frozen=True, slots=True)
class CheckRules:
    """The rules, by label of their scorecard, and how many people they reach."""

    rules: tuple[tuple[str, CheckRule], ...]
    checkable: int
    """Active people who review and do nothing else; only their work is checked."""
    reviewers: int
    """Active people with the reviewer role."""


def set_rule(context: Context, new: NewCheckRule) -> CheckRule:
    """Say how much of a scorecard's everyday work is checked; it holds for what is handed out from now on.

    Raises:
        Refused: the rule is none, or the scorecard not for tickets. NotFound: no version of it is in force.
    """
    require(context.actor, LEADS)
    rule = CheckRule(
        new.scorecard_id, new.pair_percent, new.repeat_percent, new.repeat_weeks, context.actor.id, context.now()
    )
    problems = rule_problems(rule)
    if problems:
        raise Refused("check-rule", " ".join(problems))
    with context.store.write() as tx:
        find_current(tx, rule.scorecard_id)
        before = checks.rules(tx).get(rule.scorecard_id)
        checks.save_rule(tx, rule)
        entry = AuditEntry(
            rule.at, context.actor.id, "check.rule", "check_rule", rule.scorecard_id,
            before=_describe(before) if before else {}, after=_describe(rule),
        )  # fmt: skip
        audit.append(tx, entry)
    return rule


def list_rules(context: Context) -> CheckRules:
    """The rules that are set. Raises NotAllowed for whoever runs no calibrations."""
    require(context.actor, LEADS)
    with context.store.read() as tx:
        rules = checks.rules(tx)
        labels = {
            version.scorecard_id: version.scorecard.label
            for version in scorecards.versions(tx, state=VersionState.PUBLISHED)
        }
        reviewers = [one for one in people.people(tx) if one.active and Role.REVIEWER in one.roles]
    named = sorted(((labels.get(key, key), rule) for key, rule in rules.items()), key=lambda one: one[0])
    return CheckRules(tuple(named), sum(map(may_be_checked, reviewers)), len(reviewers))


def _describe(rule: CheckRule) -> dict[str, object]:
    return {
        "pair_percent": rule.pair_percent,
        "repeat_percent": rule.repeat_percent,
        "repeat_weeks": rule.repeat_weeks,
    }
