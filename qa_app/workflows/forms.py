"""The form that an assignment asks for: its scorecard version, or the part of it that a calibration grades."""

from dataclasses import dataclass, replace

from db.engine import Transaction
from db.records import Assignment, CalibrationSession, Rating, ScorecardVersion, StoredScore
from db.store import calibration, scorecards
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
    """The form of an assignment; raises NotFound where its scorecard or its session is gone."""
    version = scorecards.version(tx, assignment.scorecard_version_id)
    session = calibration.session(tx, assignment.session_id) if assignment.session_id else None
    if version is None or (session is None and assignment.session_id is not None):
        raise NotFound("assignment-broken", "The scorecard of this assignment is gone; tell an admin.")
    return form_of(version, session)


def form_of(version: ScorecardVersion, session: CalibrationSession | None) -> Form:
    """What a session asks of its scorecard version; everything outside of sessions."""
    if session is None:
        return Form(version)
    if session.criterion_ids is None:
        return Form(version, agent_hidden=session.agent_hidden)
    part = replace(version, scorecard=narrow(version.scorecard, session.criterion_ids))
    return Form(part, whole=False, agent_hidden=session.agent_hidden)


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
