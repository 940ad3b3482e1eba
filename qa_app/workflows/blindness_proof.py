"""The proof of blindness that each review keeps: what its author could have seen of others' grades."""

from db.engine import Transaction
from db.records import Assignment, Purpose
from db.store import acknowledgements, calibration, disputes, people, reviews
from qa_app.domain.access import Reach, reach
from qa_app.domain.calibration import sees_other_grades
from qa_app.domain.checks import may_be_checked
from qa_app.domain.review_states import shown_to_agent
from qa_app.workflows.context import Context
from qa_app.workflows.scope import agent_of, reaches_agent


def could_see_others(tx: Transaction, context: Context, assignment: Assignment) -> bool:
    """Everyday reviews within the actor's reach, and grades of revealed calibrations, but for blind tickets.

    What hidden checks keep from lists can still be seen by whoever has other roles than reviewing. Who grades again
    for a dispute is shown nothing, but may have opened one of the reviews before.
    """
    author = context.actor
    viewer = author.id if may_be_checked(author) else None
    others = [
        review
        for review in reviews.reviews(tx, ticket_ids=[assignment.ticket_id], viewer=viewer)
        if review.reviewer_id != author.id and review.purpose is not Purpose.SELF
    ]
    if not others:
        return False
    again = assignment.ticket_id in disputes.blind_tickets(tx, author.id)
    if again and author.id in acknowledgements.readers(tx, [review.id for review in others]):
        return True
    within = Reach() if again else reach(author, "review.read")
    found = people.people_by_id(tx, [review.agent_id for review in others if review.agent_id])
    readable = [
        review
        for review in others
        if review.purpose is Purpose.CALIBRATION
        or (
            shown_to_agent(review)
            if review.agent_id == author.id and not again
            else reaches_agent(within, author, agent_of(review, found))
        )
    ]
    sessions = {session.id: session for session in calibration.sessions(tx, ticket_id=assignment.ticket_id)}
    return sees_other_grades(author, assignment.ticket_id, readable, sessions=sessions)
