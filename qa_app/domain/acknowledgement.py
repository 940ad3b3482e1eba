"""Acknowledgement: whether an agent is asked to confirm a review, and when that happens by itself."""

from datetime import datetime, timedelta

from db.records import Review, ReviewState
from qa_app.errors import Refused
from scorecards.model import AcknowledgementRules

LONGEST = 4000
"""Characters of a comment."""


def is_asked(review: Review, rules: AcknowledgementRules) -> bool:
    """Whether the agent is asked to confirm this review now."""
    return rules.mode != "off" and review.state is ReviewState.RELEASED


def acknowledged_at(review: Review, rules: AcknowledgementRules) -> datetime | None:
    """When a released review is acknowledged by itself; None where it never is."""
    if rules.mode != "automatic" or review.state is not ReviewState.RELEASED or review.released_at is None:
        return None
    return review.released_at + timedelta(days=rules.after_days)


def require_asked(rules: AcknowledgementRules, comment: str) -> str:
    """The comment without blanks around it.

    Raises:
        Refused: the scorecard asks for no acknowledgement, or the comment is too long.
    """
    if rules.mode == "off":
        raise Refused("acknowledgement-off", "The scorecard of this review asks for no acknowledgement.")
    comment = comment.strip()
    if len(comment) > LONGEST:
        raise Refused("acknowledgement-comment", f"A comment has {LONGEST} characters at most; shorten it.")
    return comment
