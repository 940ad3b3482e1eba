"""What a goal, an objective or a coaching session may say: a skill that is graded, a day that can be kept."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from qa_app.errors import Refused
from scorecards.problems import near_miss, quote

_LARGEST = 100


def require_skill(skill: str, known: Collection[str]) -> None:
    """Do nothing where a scorecard in force grades the skill; raises Refused with those that are graded."""
    if skill in known:
        return
    if not known:
        raise Refused("no-skill", "No scorecard in force grades a skill; publish one first.")
    near = near_miss(skill, known)
    meant = f" Did you mean {near}?" if near else ""
    raise Refused(
        "no-skill", f"No scorecard in force grades a skill {quote(skill)}.{meant} There are: {', '.join(known)}."
    )


def require_ahead(due_on: date | None, today: date) -> None:
    """Do nothing where there is still time until that day; raises Refused."""
    if due_on is not None and due_on < today:
        raise Refused("day-past", f"The day ({due_on}) is over; choose today ({today}) or a later one.")


def require_target(target: Decimal | None) -> None:
    """Do nothing where a target is a percentage, or none; raises Refused."""
    if target is not None and not 0 <= target <= _LARGEST:
        raise Refused("goal-target", f"A target is a percentage between 0 and 100, not {target}.")
