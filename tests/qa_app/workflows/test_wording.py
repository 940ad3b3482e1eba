from dataclasses import replace
from decimal import Decimal

from db.records import Evidence, Person, PersonId, Purpose, Rating, Review
from qa_app.reports import EvidenceLine, RatingLine
from qa_app.workflows.scoring import score_ratings
from qa_app.workflows.wording import describe_review, describe_seconds, name_skill, name_version, name_work, tell_apart
from tests.db.world import SUBMITTED
from tests.factories import fill, make_conversation, make_scorecard, make_version
from tests.qa_app.workflows.house import BO, NINA

CONVERSATION = make_conversation(1, agent=NINA)
VERSION = make_version(by=BO.id, number=3)


def test_names_are_those_that_people_say() -> None:
    assert [name_skill(skill) for skill in ("empathy", "problem_solving", "de_escalation")] == [
        "Empathy", "Problem solving", "De-escalation",
    ]  # fmt: skip
    assert [name_work(purpose) for purpose in Purpose] == [
        "Review", "Calibration, blind", "My own review", "Second grade, blind", "Review",
    ]  # fmt: skip
    assert name_version(VERSION) == "Care, version 3"
    assert [describe_seconds(seconds) for seconds in (0, 7.9, 67, 3600.0)] == ["0:00", "0:07", "1:07", "60:00"]


def test_review_is_described_line_by_line_in_the_order_of_its_scorecard() -> None:
    filled = fill({"note": "ok", "solution": "none", "empathy": "1", "identity": "no"}, comment="Hm")
    evidence = (
        Evidence("empathy", "On its way", message_seq=2, start_char=0, end_char=10, start_seconds=61.5, end_seconds=63),
        Evidence("empathy", "(silence)", start_seconds=7.0),
        Evidence("empathy", "", start_seconds=58.5, end_seconds=62),
        Evidence("greeting", "?", message_seq=9),
    )
    with_score = make_review(filled.ratings[::-1], evidence)
    described = describe_review(with_score, CONVERSATION, VERSION, reviewer="Bo")
    assert (described.review, described.ticket, described.scorecard, described.reviewer) == (
        with_score, CONVERSATION.ticket, "Care, version 3", "Bo",
    )  # fmt: skip
    lines = {line.criterion_id: line for line in described.ratings}
    assert list(lines) == ["greeting", "empathy", "solution", "identity", "wait", "note"]
    assert lines["empathy"] == RatingLine(
        criterion_id="empathy",
        section="Contact",
        label="Empathy",
        skill="empathy",
        answer="1",
        value=Decimal(0),
        applied_weight=Decimal("33.3333333333"),
        comment="Not a word about the wait.",
        reasons=(),
        evidence=(
            EvidenceLine("On its way", "message 2, agent, 1:01", 2, 61.5, 63),
            EvidenceLine("(silence)", "0:07", None, 7.0),
            EvidenceLine("", "0:58–1:02", None, 58.5, 62),
        ),
        auto_fail=None,
        critical="customer",
    )
    assert (lines["solution"].answer, lines["solution"].reasons) == ("Not solved", ("Policy not known",))
    assert (lines["identity"].auto_fail, lines["identity"].critical) == ("form", "compliance")
    assert (lines["note"].answer, lines["note"].value, lines["note"].applied_weight) == ("ok", None, Decimal(0))
    assert lines["greeting"].evidence == (EvidenceLine("?", "", 9, None),)


def make_review(ratings: tuple[Rating, ...], evidence: tuple[Evidence, ...]) -> Review:
    return replace(SUBMITTED, ratings=ratings, evidence=evidence, score=score_ratings(make_scorecard(), ratings))


def test_people_of_one_name_are_told_apart() -> None:
    ann, bo = Person(PersonId("p1"), "Ann Lee"), Person(PersonId("p3"), "Bo")
    other = Person(PersonId("p2"), "ann lee", email="ann@example.org")
    told = tell_apart({one.id: one for one in (bo, other, ann)})
    assert [one.name for one in told.values()] == ["Bo", "ann lee (ann@example.org)", "Ann Lee (1)"]
