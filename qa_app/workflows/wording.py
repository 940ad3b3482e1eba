"""Records in the words that pages and workbooks share: answers, reviews, evidence. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from db.records import (
    CalibrationSession,
    Conversation,
    Evidence,
    Person,
    PersonId,
    Purpose,
    Rating,
    Review,
    ScorecardVersion,
    Selection,
)
from qa_app.recounts import recount
from qa_app.reports import EvidenceLine, RatingLine, ReviewLine
from qa_app.words import write_answer, write_count
from scorecards.model import Criterion
from scorecards.problems import near_miss

_PICKS: Mapping[Selection, str] = {
    Selection.RANDOM: "at random",
    Selection.STRATIFIED: "at random by stratum",
    Selection.TARGETED: "contested",
    Selection.BY_HAND: "by hand",
}
_WORK: Mapping[Purpose, str] = {
    Purpose.CALIBRATION: "Calibration, blind",
    Purpose.DISPUTE: "Second grade, blind",
    Purpose.SELF: "My own review",
}


def name_skill(skill: str) -> str:
    """A skill as people say it."""
    return "De-escalation" if skill == "de_escalation" else skill.replace("_", " ").capitalize()


def name_work(purpose: Purpose) -> str:
    """What kind of work an assignment is; a hidden check is a review like any other."""
    return _WORK.get(purpose, "Review")


def ask_back(typed: str, known: Iterable[str]) -> str:
    """The question whether something known was meant, with a blank before it; nothing where nothing is near."""
    near = near_miss(typed, known)
    return f" Did you mean {near}?" if near else ""


def name_version(version: ScorecardVersion) -> str:
    """A scorecard version as people say it."""
    return f"{version.scorecard.label}, version {version.number}"


def tell_apart(people: Mapping[PersonId, Person]) -> dict[PersonId, Person]:
    """The same people, each with a name of its own: those of one name get their e-mail behind it, else a number."""
    same: dict[str, list[PersonId]] = {}
    for key in sorted(people):
        same.setdefault(people[key].name.casefold(), []).append(key)
    return {key: _tell_apart(person, same[person.name.casefold()]) for key, person in people.items()}


def _tell_apart(person: Person, same: Sequence[PersonId]) -> Person:
    if len(same) == 1:
        return person
    return replace(person, name=f"{person.name} ({person.email or same.index(person.id) + 1})")


def name_picks(session: CalibrationSession) -> str:
    """How many tickets a session has, and how they were picked, such as `8 tickets: 6 at random, 2 contested`."""
    counted = Counter(item.selection for item in session.tickets)
    ways = [f"{counted[way]} {words}" for way, words in _PICKS.items() if counted[way]]
    total = write_count(len(session.tickets), "ticket")
    return f"{total}: {', '.join(ways)}" if len(ways) > 1 else f"{total} {_PICKS[session.tickets[0].selection]}"


def describe_review(
    review: Review,
    conversation: Conversation,
    version: ScorecardVersion,
    *,
    reviewer: str,
    stands_for: Decimal | None = None,
) -> ReviewLine:
    """A review line by line, in the order of its scorecard."""
    scorecard = version.scorecard
    ratings = {rating.criterion_id: rating for rating in review.ratings}
    lines = tuple(
        _describe_rating(review, conversation, criterion, ratings[criterion.id], section=section.label)
        for section in scorecard.sections
        for criterion in section.criteria
        if criterion.id in ratings
    )
    counted = recount(review, scorecard)
    return ReviewLine(review, conversation.ticket, name_version(version), reviewer, lines, counted, stands_for)


def _describe_rating(
    review: Review, conversation: Conversation, criterion: Criterion, rating: Rating, *, section: str
) -> RatingLine:
    results = {result.criterion_id: result for result in review.score.results} if review.score else {}
    result = results.get(criterion.id)
    flags = review.score.auto_fails if review.score else ()
    labels = {reason.id: reason.label for reason in criterion.reasons}
    return RatingLine(
        criterion_id=criterion.id,
        section=section,
        label=criterion.label,
        skill=criterion.skill,
        answer=write_answer(rating.answer, criterion),
        value=None if result is None or result.value is None else result.value * 100,
        applied_weight=Decimal(0) if result is None else result.applied_weight * 100,
        comment=rating.comment,
        reasons=tuple(labels.get(reason, reason) for reason in rating.reason_ids),
        evidence=tuple(
            _describe_evidence(item, conversation) for item in review.evidence if item.criterion_id == criterion.id
        ),
        auto_fail=next((flag.level for flag in flags if flag.criterion_id == criterion.id), None),
        critical=criterion.critical.value if criterion.critical else None,
        praise=rating.praise,
    )


def _describe_evidence(item: Evidence, conversation: Conversation) -> EvidenceLine:
    places = []
    message = next((message for message in conversation.messages if message.seq == item.message_seq), None)
    if message is not None:
        places.append(f"message {message.seq}, {message.role}")
    if item.start_seconds is not None:
        alone = message is None and item.end_seconds is not None
        until = f"–{describe_seconds(item.end_seconds or 0)}" if alone else ""
        places.append(describe_seconds(item.start_seconds) + until)
    return EvidenceLine(item.quote, ", ".join(places), item.message_seq, item.start_seconds, item.end_seconds)


def describe_seconds(seconds: float) -> str:
    """A place in a recording, such as `1:07`."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
