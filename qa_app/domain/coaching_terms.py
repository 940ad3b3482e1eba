"""What goals, objectives, sessions and appraisals may say: a skill that is graded, a day that fits, so many words."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from qa_app.errors import Refused
from scorecards.problems import near_miss, quote

_LARGEST = 100
LONGEST = 4000
"""Characters of whatever a person writes here, but for notes; pages let nobody type more."""
LONGEST_NOTES = 8000


def fit_words(words: str, what: str, *, most: int = LONGEST) -> str:
    """The words without blanks around them; raises Refused where they are too many. `what` begins the sentence."""
    kept = words.strip()
    if len(kept) > most:
        raise Refused("too-long", f"{what} has {most:,} characters at most, this one {len(kept):,}; shorten it.")
    return kept


def fit_steps(steps: Sequence[str]) -> list[str]:
    """The steps without empty ones; raises Refused where they are too many words together."""
    kept = [step.strip() for step in steps if step.strip()]
    fit_words("\n".join(kept), "A list of steps")
    return kept


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


def require_follow_up(held_on: date, follow_up_on: date | None) -> None:
    """Do nothing where the follow-up comes after the session, or is none; raises Refused."""
    if follow_up_on is not None and follow_up_on <= held_on:
        raise Refused(
            "follow-up-day",
            f"The follow-up ({follow_up_on}) has to come after the session ({held_on}); give it a later day.",
        )


def require_held(held_on: date, *, first: date | None, today: date) -> None:
    """Do nothing where a session can have been held on that day: from `first` on, if given, to today; raises Refused.

    `first`: the day on which it was planned, or for which where that is earlier.
    """
    if held_on > today:
        raise Refused("held-ahead", f"{held_on} is still to come; a session can be held today ({today}) or earlier.")
    if first is not None and held_on < first:
        raise Refused("held-before", f"On {held_on} this session was not planned yet; choose {first} or a later day.")


def require_target(target: Decimal | None) -> None:
    """Do nothing where a target is a percentage, or none; raises Refused."""
    if target is not None and not 0 <= target <= _LARGEST:
        raise Refused("goal-target", f"A target is a percentage between 0 and 100, not {target}.")
