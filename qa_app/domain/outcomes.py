"""Outcomes of a ticket, such as its CSAT, and who may know them: they colour what one thinks of the agent."""

from db.records import Purpose
from scorecards.model import Scorecard


def shows_outcomes(scorecard: Scorecard, purpose: Purpose) -> bool:
    """Whether a reviewer who has yet to submit sees them: where the scorecard says so, and in no calibration."""
    return scorecard.outcomes == "shown" and purpose is not Purpose.CALIBRATION
