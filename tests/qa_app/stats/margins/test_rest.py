"""Each rater against the others: what an interval of shares must not claim."""

from qa_app.estimate import Estimate
from qa_app.stats.margins.rest import compare_with_rest
from qa_app.stats.ratings import Level
from tests.qa_app.stats.tables import make_table


def test_equal_shares_have_no_interval_and_no_p() -> None:
    """Four of the five others agree on each of six units: 0.8 six times, whose rounded mean is not quite 0.8.

    The mean of six 0.8 differs from each by 1e-16, which is no spread: an interval of no width and a p of 1e-80 claimed
    certainty for what six equal numbers cannot show.
    """
    first, *_, last = compare_with_rest(make_table([(3, 3, 3, 3, 3, 4)] * 6, Level.ORDINAL))
    assert isinstance(first.agreement, Estimate)
    assert (round(first.agreement.value, 12), first.agreement.low, first.agreement.high) == (0.8, None, None)
    assert isinstance(first.bias, Estimate)
    assert (round(first.bias.value, 12), first.bias.low, first.bias.p, first.adjusted) == (-0.2, None, None, None)
    assert isinstance(last.bias, Estimate)
    assert last.bias.value == 1.0
