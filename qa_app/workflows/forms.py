"""The form that an assignment asks for: its scorecard version, or the part that a calibration or a dispute grades."""

from dataclasses import dataclass, replace

from db.engine import Transaction
from db.records import Assignment, CalibrationSession, Dispute, Purpose, Rating, ScorecardVersion, StoredScore
from db.store import calibration, disputes, scorecards
from qa_app.domain.disputes import list_asked_again
from qa_app.errors import NotFound
from qa_app.workflows.scoring import score_ratings
from scorecards.answers import Answer
from scorecards.model import Criterion, Scorecard
from scorecards.narrowing import narrow
from scorecards.values import option_value


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked, and what of it the reviewer may know."""

    version: ScorecardVersion
    """With the criteria that are asked, and no others."""
    whole: bool = True
    """Whether all criteria are asked. A part has no score: its weights are not those of the whole."""
    agent_hidden: bool = False

    def score(self, ratings: tuple[Rating, ...]) -> StoredScore | None:
        """The score of these ratings as it is stored; None for a part."""
        return score_ratings(self.version.scorecard, ratings) if self.whole else None


def find_form(tx: Transaction, assignment: Assignment) -> Form:
    """The form of an assignment; raises NotFound where its scorecard, its session or its dispute is gone."""
    version = scorecards.version(tx, assignment.scorecard_version_id)
    session = calibration.session(tx, assignment.session_id) if assignment.session_id else None
    again = assignment.purpose is Purpose.DISPUTE
    dispute = disputes.disputes_of(tx, [assignment.id]).get(assignment.id) if again else None
    if version is None or (session is None and assignment.session_id is not None) or (dispute is None and again):
        raise NotFound("assignment-broken", "The scorecard of this assignment is gone; tell an admin.")
    return form_of(version, session, dispute)


def form_of(version: ScorecardVersion, session: CalibrationSession | None, dispute: Dispute | None = None) -> Form:
    """What a session, or a second grade for a dispute, asks of its scorecard version; everything outside of them."""
    if dispute is not None:
        return _narrow(version, list_asked_again(version.scorecard, dispute), agent_hidden=True)
    if session is None:
        return Form(version)
    return _narrow(version, session.criterion_ids, agent_hidden=session.agent_hidden)


def _narrow(version: ScorecardVersion, criterion_ids: tuple[str, ...] | None, *, agent_hidden: bool) -> Form:
    if criterion_ids is None:
        return Form(version, agent_hidden=agent_hidden)
    part = replace(version, scorecard=narrow(version.scorecard, criterion_ids))
    return Form(part, whole=False, agent_hidden=agent_hidden)


def opening_ratings(scorecard: Scorecard) -> tuple[Rating, ...]:
    """What a review opens with that nobody has touched: nothing, or the best answers where the scorecard says so."""
    if scorecard.default_answer == "none":
        return ()
    best = ((criterion.id, _best_answer(criterion)) for criterion in scorecard.criteria)
    return tuple(Rating(criterion_id, answer) for criterion_id, answer in best if answer)


def _best_answer(criterion: Criterion) -> Answer | None:
    if criterion.number:
        span = criterion.number
        return Answer.measure(span.high if span.better == "high" else span.low)
    best = (option for option in criterion.options if option_value(criterion, option) == 1)
    return next((Answer.choose(option.id) for option in best), None)
