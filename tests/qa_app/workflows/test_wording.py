from dataclasses import replace
from decimal import Decimal

from db.records import Evidence
from qa_app.reports import EvidenceLine, RatingLine
from qa_app.workflows.grading import score_ratings
from qa_app.workflows.wording import describe_review, describe_seconds, name_skill, name_version
from tests.factories import fill, make_conversation, make_scorecard, make_version
from tests.qa_app.workflows.house import BO, NINA

CONVERSATION = make_conversation(1, agent=NINA)
VERSION = make_version(by=BO.id, number=3)


def test_names_are_those_that_people_say() -> None:
    assert [name_skill(skill) for skill in ("empathy", "problem_solving", "de_escalation")] == [
        "Empathy", "Problem solving", "De-escalation",
    ]  # fmt: skip
    assert name_version(VERSION) == "Care, version 3"
    assert [describe_seconds(seconds) for seconds in (0, 7.9, 67, 3600.0)] == ["0:00", "0:07", "1:07", "60:00"]
