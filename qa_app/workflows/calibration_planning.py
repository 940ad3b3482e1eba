"""Before a calibration is opened: what its numbers will be worth, what they cost, and which tickets were contested."""

from dataclasses import dataclass
from statistics import median

from db.records import Frame, ScorecardVersionId, Ticket
from db.store import reviews, scorecards, tickets
from db.store.contested import Contested, contested
from qa_app.errors import NotFound, Refused
from qa_app.estimate import Undefined
from qa_app.stats.planning.width import Expectation, Means, expect_width, plan_width
from qa_app.workflows.context import Context
from qa_app.workflows.scope import find_blind_tickets, limit_frame, require_some

EXPECTED_AGREEMENT = 0.6
EXPECTED_SHARE = 0.25
USEFUL_HALF_WIDTH = 0.15
_MOST_REVIEWERS = 50
_NEWEST = 200


@dataclass(frozen=True, slots=True)
class Foresight:
    """What so many tickets and reviewers will give for one yes/no criterion, and what they cost."""

    tickets: int
    reviewers: int
    expected: float
    """Chance-corrected agreement that is taken to be true."""
    share: float
    """Share of the rarer answer."""
    half_width: float
    """How far the 95% interval will reach to either side of the agreement that is found."""
    minutes_each: float | None
    """Median active minutes of the newest everyday reviews on this scorecard; None where none was measured."""
    measured: int
    """Reviews that these minutes rest on."""
    useful_tickets: int
    """Tickets that as many reviewers need for an interval of no more than `USEFUL_HALF_WIDTH` to either side."""

    @property
    def minutes(self) -> float | None:
        """Grading time of all reviewers together."""
        return None if self.minutes_each is None else self.minutes_each * self.tickets * self.reviewers


@dataclass(frozen=True, slots=True)
class ContestedTicket:
    """A ticket whose everyday grades were contested, and how often for which reason."""

    ticket: Ticket
    counts: Contested


def foresee(
    context: Context,
    version_id: ScorecardVersionId,
    *,
    tickets: int,
    reviewers: int,
    expected: float = EXPECTED_AGREEMENT,
    share: float = EXPECTED_SHARE,
) -> Foresight:
    """What a session of this size will give: Fleiss' kappa of a yes/no criterion, by `stats.planning.width`.

    Raises:
        Refused: fewer than one ticket or two reviewers, or an expectation out of its range.
        NotFound: no such scorecard.
    """
    require_some(context.actor, "calibration.open")
    if tickets < 1 or not 2 <= reviewers <= _MOST_REVIEWERS:
        raise Refused("plan-size", f"A session has at least one ticket, and 2 to {_MOST_REVIEWERS} reviewers.")
    if not (0 <= expected < 1 and 0 < share < 1):
        raise Refused("plan-expectation", "Expect an agreement from 0 to below 1, and a share between 0 and 1.")
    seconds = _read_activity(context, version_id)
    believed = Expectation(expected, (share,))
    plans = plan_width("fleiss_kappa", believed, width=2 * USEFUL_HALF_WIDTH, means=Means((reviewers,)))
    if isinstance(plans, Undefined):
        raise Refused("plan-size", plans.explanation)
    return Foresight(
        tickets=tickets,
        reviewers=reviewers,
        expected=expected,
        share=share,
        half_width=expect_width("fleiss_kappa", believed, n_units=tickets, n_raters=reviewers) / 2,
        minutes_each=median(seconds) / 60 if seconds else None,
        measured=len(seconds),
        useful_tickets=plans[0].n_units,
    )


def list_contested(context: Context, frame: Frame | None = None) -> tuple[ContestedTicket, ...]:
    """Contested tickets within reach, the most contested first, without those that the actor still grades blind."""
    within = limit_frame(context.actor, "calibration.open", frame or Frame())
    with context.store.read() as tx:
        hidden = find_blind_tickets(tx, context.actor.id)
        found = [one for one in contested(tx, within) if one.ticket_id not in hidden]
        heads = tickets.tickets_by_id(tx, [one.ticket_id for one in found])
    return tuple(ContestedTicket(heads[one.ticket_id], one) for one in found)


def _read_activity(context: Context, version_id: ScorecardVersionId) -> tuple[int, ...]:
    with context.store.read() as tx:
        version = scorecards.version(tx, version_id)
        if version is None:
            raise NotFound("no-version", "There is no such scorecard version.")
        pooled = [one.id for one in scorecards.versions(tx, scorecard_id=version.scorecard_id)]
        return reviews.list_activity(tx, pooled, limit=_NEWEST)
