import pytest

from db.records import Purpose
from qa_app.domain.outcomes import shows_outcomes
from tests.factories import make_scorecard


@pytest.mark.parametrize("purpose", Purpose)
def test_outcomes_are_shown_only_where_the_scorecard_says_so_and_never_in_a_calibration(purpose: Purpose) -> None:
    hiding = make_scorecard()
    assert not shows_outcomes(hiding, purpose)
    showing = hiding.model_copy(update={"outcomes": "shown"})
    assert shows_outcomes(showing, purpose) is (purpose is not Purpose.CALIBRATION)
