"""Hidden checks: whose everyday work may be checked, what is drawn, and what a check looks like to its reviewer.

A check is everyday work that is given twice: the same ticket to a second reviewer (a pair), or to the same reviewer
again weeks later (a repeat). It tells how far grades of everyday work agree, so nobody who grades it may know. The
rules (H1 to H6) stand in `docs/algorithms/checks.md`.
"""

import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from db.records import (
    Assignment,
    AssignmentId,
    CheckRule,
    Person,
    PersonId,
    Purpose,
    Review,
    ReviewState,
    Role,
    TicketId,
)
from qa_app.domain.review_states import COMPLETE

MOST_PERCENT = 50
"""From there on everyday work would be for checking."""
Id = TypeVar("Id", bound=str)
_REVIEWERS = frozenset({Role.REVIEWER, Role.AGENT})


def rule_problems(rule: CheckRule) -> tuple[str, ...]:
    """Everything that is wrong with a rule, in sentences for people; empty where it is fine."""
    problems = []
    if not all(0 <= share <= MOST_PERCENT for share in (rule.pair_percent, rule.repeat_percent)):
        problems.append(f"Rates go from 0 to {MOST_PERCENT} percent; 5 is a good start, and 0 checks nothing.")
    if rule.repeat_weeks < 1:
        problems.append("A repeat comes after a week at least; better six, so that nobody remembers the ticket.")
    return tuple(problems)


def may_be_checked(person: Person) -> bool:
    """Whether everyday work of this person can be a check, or what a check is compared with (rule H1).

    Only of those who review and do nothing else but answer contacts: every other role shows figures, exports or other
    people's grades that would tell.
    """
    return person.active and Role.REVIEWER in person.roles and person.roles <= _REVIEWERS


def draw_pairs(
    eligible: Mapping[TicketId, Collection[PersonId]], given: Sequence[TicketId], *, percent: Decimal, key: str
) -> dict[TicketId, PersonId]:
    """Which of the tickets given out go to a second reviewer, and to whom (rules H2 and H3).

    `eligible` are those who could be second; tickets without any are never drawn. `given` are the tickets of all whose
    work may be checked, which is what the rate is of.
    """
    possible = [ticket_id for ticket_id in given if eligible.get(ticket_id)]
    drawn = _rank(possible, key, "pair")[: _count(len(given), percent, key, "pairs")]
    return {ticket_id: _rank(eligible[ticket_id], key, "second", ticket_id)[0] for ticket_id in drawn}


def draw_repeats(
    earlier: Mapping[PersonId, Sequence[AssignmentId]],
    given: Mapping[PersonId, int],
    *,
    percent: Decimal,
    key: str,
) -> dict[AssignmentId, PersonId]:
    """Which earlier assignments their reviewers get once more (rules H2 and H4).

    `earlier` are those that may be repeated; `given` is how many tickets each reviewer is given now.
    """
    return {
        again: person_id
        for person_id, count in sorted(given.items())
        for again in _rank(earlier.get(person_id, ()), key, "repeat")[: _count(count, percent, key, person_id)]
    }


def place_within(key: str, assignment_id: AssignmentId, count: int) -> int:
    """A place from 0 to `count`, drawn evenly: a repeat that always stood last would be known by its place."""
    return int(_start(key, "place", assignment_id) * (count + 1))


def longest_ago(rule: CheckRule) -> timedelta:
    """How long ago a grade may be that is repeated (rule H4)."""
    return timedelta(weeks=2 * rule.repeat_weeks)


def is_repeatable(review: Review, *, rule: CheckRule, now: datetime) -> bool:
    """Whether a grade is old enough, not too old, and such that its repeat can be compared with it (rule H4)."""
    if review.submitted_at is None or review.assignment_id is None:
        return False
    ago = now - review.submitted_at
    return (
        review.purpose is Purpose.QUALITY
        and review.state in COMPLETE - {ReviewState.DISPUTED}
        and review.supersedes_id is None
        and review.saw_other_grades is False
        and timedelta(weeks=rule.repeat_weeks) <= ago <= longest_ago(rule)
    )


def disguise(assignment: Assignment) -> Assignment:
    """The assignment as its reviewer may see it: a check is a review like any other."""
    return replace(assignment, purpose=Purpose.QUALITY) if assignment.purpose is Purpose.CHECK else assignment


def disguise_review(review: Review) -> Review:
    """The review as its author may see it."""
    return replace(review, purpose=Purpose.QUALITY) if review.purpose is Purpose.CHECK else review


def _count(of: int, percent: Decimal, key: str, what: str) -> int:
    """So many percent, rounded up or down by chance, so that the rate holds on average even for small numbers."""
    return int(Fraction(percent) * of / 100 + _start(key, "count", what))


def _rank(ids: Iterable[Id], key: str, *what: str) -> list[Id]:
    return sorted(ids, key=lambda one: _hash(key, *what, one))


def _start(key: str, *what: str) -> Fraction:
    """A number in [0, 1)."""
    return Fraction(int.from_bytes(_hash(key, *what), "big"), 2**256)


def _hash(key: str, *what: str) -> bytes:
    return hmac.digest(key.encode(), "\n".join(("check", *what)).encode(), "sha256")
