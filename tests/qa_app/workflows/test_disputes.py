import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from db.records import (
    AssignmentId,
    AssignmentState,
    DisputeId,
    DisputeItem,
    DisputeKind,
    DisputeState,
    Person,
    Purpose,
    Rating,
    Review,
    ReviewId,
    ReviewState,
    Role,
    ScorecardVersionId,
    Ticket,
)
from db.store import assignments, audit, people, reviews, scorecards
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused
from qa_app.workflows import disputes, returning, second_grading, undo, upkeep
from qa_app.workflows.deciding import decide_dispute, settle_wrong_agent
from qa_app.workflows.dispute_rows import DisputeRow, SecondGrade
from qa_app.workflows.grading import Filled
from qa_app.workflows.offline_export import export_offline
from qa_app.workflows.reviews import acknowledge_review, list_reviews, view_review
from scorecards.answers import NOT_APPLICABLE, Answer
from tests.factories import fill, make_scorecard, make_version
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CY,
    DI,
    FACILITATOR,
    LEAD,
    MANAGER,
    NINA,
    SAM,
    T1,
    T2,
    T4,
    UTC_ZONE,
    VERSION,
    House,
)

S = DisputeState
ITEMS = (DisputeItem("greeting", "I said hello", Answer.choose("yes")), DisputeItem("empathy", "I said sorry"))
KIND = "Second grade, blind"


@pytest.fixture
def review(house: House) -> Review:
    """Nina's released review: (0 + 0.5 * 2 + 1 + 1 + 1) / 6 = 66.7 %."""
    graded = house.grade(BO, T1, {"greeting": "no", "empathy": "3"}, comment="Hm")
    house.release(graded)
    return house.stored(graded.id)


def test_dispute_is_filed_with_its_criteria_and_a_day_to_decide_by(house: House, review: Review) -> None:
    house.tick(days=14)
    dispute = disputes.raise_dispute(house.act(NINA), review.id, reason=" Too hard ", items=ITEMS)
    assert (dispute.state, dispute.reason, dispute.items) == (S.OPEN, "Too hard", ITEMS)
    assert (dispute.raised_by, dispute.raised_at) == (NINA.id, house.now)
    assert dispute.due_at == house.now + timedelta(days=7)
    assert house.stored(review.id).state is ReviewState.DISPUTED
    (row,) = disputes.list_disputes(house.act(MANAGER))
    assert row == DisputeRow(dispute, house.stored(review.id), T1, VERSION, NINA, BO, NINA)
    assert (row.waits_for_second, disputes.may_decide(house.act(MANAGER), row)) == (True, True)
    with house.store.read() as tx:
        entry = audit.entries(tx)[0]
    assert (entry.action, entry.after) == (
        "dispute.raise",
        {"review": review.id, "kind": "grades", "criteria": 2},
    )


def test_acknowledged_review_can_be_contested_too(house: House, review: Review) -> None:
    acknowledge_review(house.act(NINA), review.id)
    assert disputes.raise_dispute(house.act(NINA), review.id, reason="On second thought").state is S.OPEN


def test_coach_contests_on_the_agents_behalf(house: House, review: Review) -> None:
    dispute = disputes.raise_dispute(house.act(COACH), review.id, reason="Nina is shy")
    assert dispute.raised_by == COACH.id


def test_dispute_that_does_not_fit_is_refused_and_moves_nothing(house: House, review: Review) -> None:
    unreleased = house.grade(BO, T4)
    refused = []
    for actor, review_id, reason, items in (
        (NINA, review.id, " ", ()),
        (NINA, review.id, "", (DisputeItem("greeting", " "),)),
        (NINA, review.id, "Too hard", (DisputeItem("colour", "Blue"),)),
        (SAM, unreleased.id, "Too hard", ()),
        (SAM, review.id, "Not mine", ()),
        (BO, review.id, "My own", ()),
        (ADMIN, review.id, "For her", ()),
        (NINA, ReviewId("none"), "Too hard", ()),
    ):
        with pytest.raises(Refused) as refusal:
            disputes.raise_dispute(house.act(actor), review_id, reason=reason, items=items)
        refused.append(refusal.value.code)
    assert refused == [*["dispute-not-possible"] * 4, *["not-allowed"] * 3, "no-review"]
    assert house.stored(review.id) == review


def test_time_to_contest_ends_fourteen_days_after_the_release(house: House, review: Review) -> None:
    house.tick(days=14, seconds=1)
    with pytest.raises(Refused) as refusal:
        disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    assert "The time to contest it ended on 16 March 2026" in refusal.value.message


def test_review_is_contested_once_at_a_time(house: House, review: Review) -> None:
    disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    with pytest.raises(Refused):
        disputes.raise_dispute(house.act(COACH), review.id, reason="Too hard")


def test_upheld_review_keeps_its_score_and_cannot_be_contested_again(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard", items=ITEMS)
    house.tick(days=1)
    decided = decide_dispute(house.act(MANAGER), raised.id, decision=" It stands. ", without_second=True)
    assert decided == replace(
        raised,
        state=S.UPHELD,
        decided_by=MANAGER.id,
        decided_at=house.now,
        decision="It stands.",
        items=tuple(replace(item, upheld=True) for item in ITEMS),
    )
    (row,) = disputes.list_disputes(house.act(NINA))
    assert row.dispute == decided
    assert house.stored(review.id) == replace(review, state=ReviewState.UPHELD)
    with pytest.raises(Refused):
        disputes.raise_dispute(house.act(NINA), review.id, reason="Still too hard")


@pytest.mark.parametrize(
    ("answers", "state", "score", "moved"),
    [
        # Everything right: six of six.
        ({"greeting": Answer.choose("yes"), "empathy": Answer.choose("5")}, S.REVISED, "100.0", "raised"),
        # Half of the double weight of empathy is lost: five of six.
        ({"greeting": Answer.choose("yes"), "empathy": Answer.choose("3")}, S.PARTLY_REVISED, "83.3", "raised"),
        # Solution drops out: (0 + 0.5 * 2 + 1 + 1) / 5
        ({"solution": NOT_APPLICABLE}, S.PARTLY_REVISED, "60.0", "lowered"),
    ],
    ids=["whole", "part", "another criterion"],
)
def test_revised_review_is_superseded_by_one_that_the_agent_finds_released(
    house: House, review: Review, answers: dict[str, Answer], state: DisputeState, score: str, moved: str
) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard", items=ITEMS)
    decided = decide_dispute(house.act(MANAGER), raised.id, decision="Right.", answers=answers, without_second=True)
    changed = {key for key, answer in answers.items() if answer_of(review, key) != answer}
    assert decided.state is state
    assert {item.criterion_id: item.upheld for item in decided.items} == {
        item.criterion_id: item.criterion_id not in changed for item in ITEMS
    }
    (row,) = list_reviews(house.act(NINA))
    assert (row.review.supersedes_id, row.review.state, row.review.supersede_reason) == (
        review.id, ReviewState.RELEASED, "Right.",
    )  # fmt: skip
    assert row.review.score is not None
    assert row.review.score.reported == Decimal(score)
    for rating in row.review.ratings:
        assert (rating.answer == answer_of(review, rating.criterion_id)) is (rating.criterion_id not in changed)
        assert (rating.comment == "Right.") is (rating.criterion_id in changed)
    assert view_review(house.act(NINA), row.review.id).history == (review.id,)
    assert house.stored(review.id) == replace(review, state=ReviewState.REVISED)
    (dispute,) = disputes.list_disputes(house.act(NINA))
    assert dispute.score_moved == moved


def test_dispute_without_criteria_is_revised_by_any_new_answer(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="All of it")
    answers = {"greeting": Answer.choose("yes")}
    assert (
        decide_dispute(house.act(MANAGER), raised.id, decision="Yes", answers=answers, without_second=True).state
        is S.REVISED
    )


def test_nobody_decides_about_own_grades_or_own_work(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    author = replace(BO, roles=frozenset({Role.REVIEWER, Role.FACILITATOR}))
    agent = replace(NINA, roles=frozenset({Role.AGENT, Role.MANAGER}))
    with house.store.write() as tx:
        people.update_person(tx, author)
        people.update_person(tx, agent)
    for decider in (author, agent):
        with pytest.raises(NotAllowed) as refusal:
            decide_dispute(house.act(decider), raised.id, decision="It stands.", without_second=True)
        assert refusal.value.code == "own-dispute"
    leads = "This dispute is decided by a lead of the agent's team, or by the second grader once their grade is in."
    for decider, refused, words in (
        (COACH, NotAllowed, leads),
        (BO, NotAllowed, leads),
        (NINA, NotAllowed, leads),
        (CY, NotFound, "There is no such dispute"),
        (SAM, NotFound, "There is no such dispute"),
    ):
        with pytest.raises(refused, match=words):
            decide_dispute(house.act(decider), raised.id, decision="It stands.", without_second=True)
    assert (
        decide_dispute(house.act(FACILITATOR), raised.id, decision="It stands.", without_second=True).state is S.UPHELD
    )


def test_dispute_is_decided_once(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    decide_dispute(house.act(MANAGER), raised.id, decision="It stands.", without_second=True)
    with pytest.raises(Conflict) as refusal:
        decide_dispute(house.act(ADMIN), raised.id, decision="It does not.", without_second=True)
    assert refusal.value.code == "dispute-decided"


def test_decision_that_does_not_fit_is_refused_and_changes_nothing(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard", items=ITEMS)
    refused = []
    for dispute_id, words, answers in (
        (raised.id, " ", {}),
        (DisputeId("none"), "Yes", {}),
        (raised.id, "Yes", {"colour": Answer.choose("blue")}),
        (raised.id, "Yes", {"greeting": Answer.choose("perhaps")}),
        (raised.id, "Yes", {"greeting": NOT_APPLICABLE}),
        (raised.id, "Yes", {"wait": Answer.measure(Decimal("0.3"))}),
    ):
        with pytest.raises(Refused) as refusal:
            decide_dispute(house.act(MANAGER), dispute_id, decision=words, answers=answers, without_second=True)
        refused.append(refusal.value.code)
    assert refused == ["dispute-decision", "no-dispute", "dispute-criterion", *["dispute-answer"] * 3]
    (row,) = disputes.list_disputes(house.act(MANAGER), state=S.OPEN)
    assert row.dispute == raised
    with house.store.read() as tx:
        assert reviews.count_reviews(tx, superseded=True) == 1


@pytest.mark.parametrize(
    ("actor", "finds"),
    [
        *((ADMIN, True), (MANAGER, True), (LEAD, True), (COACH, True), (BO, True), (NINA, True)),
        *((CY, False), (SAM, False)),
    ],
    ids=lambda value: value.name if isinstance(value, Person) else "",
)
def test_disputes_are_listed_as_far_as_one_reaches(house: House, review: Review, actor: Person, *, finds: bool) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    assert [row.dispute for row in disputes.list_disputes(house.act(actor))] == ([raised] if finds else [])


def test_lead_neither_sees_nor_decides_disputes_of_other_teams(house: House) -> None:
    of_sam = house.grade(BO, T4)
    house.release(of_sam)
    raised = disputes.raise_dispute(house.act(SAM), of_sam.id, reason="Too hard")
    assert disputes.list_disputes(house.act(LEAD)) == ()
    with pytest.raises(NotFound):
        decide_dispute(house.act(LEAD), raised.id, decision="It stands.", without_second=True)


def test_calibration_grade_cannot_be_contested(house: House) -> None:
    session = house.open_session()
    graded = house.submit(BO, house.queue_of(BO, session.id)[T1.id], fill())
    with pytest.raises(NotFound):
        disputes.raise_dispute(house.act(NINA), graded.id, reason="Too hard")


def test_second_grader_is_proposed_grades_blind_and_decides(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard", items=ITEMS)
    house.assign(CY, T4)
    # Bo wrote the review; Cy has more to do than Di.
    assert [person.name for person in second_grading.list_second_graders(house.act(MANAGER), raised.id)] == ["Di", "Cy"]
    with pytest.raises(Refused) as refusal:
        decide_dispute(house.act(MANAGER), raised.id, decision="It stands.")
    assert refusal.value.code == "second-missing"
    asked = second_grading.assign_second_grader(house.act(MANAGER), raised.id)
    with house.store.read() as tx:
        made = assignments.assignment(tx, asked)
        entry = audit.entries(tx)[0]
    assert made is not None
    assert (made.reviewer_id, made.due_at, made.purpose) == (DI.id, raised.due_at, Purpose.DISPUTE)
    assert (entry.action, entry.object_id, entry.after) == ("dispute.assign", raised.id, {"grader": DI.id})
    with pytest.raises(NotFound):
        view_review(house.act(DI), review.id)
    taken = load_workbook(io.BytesIO(export_offline(house.act(DI), zone=UTC_ZONE).content))
    kinds = {cell.value for sheet in taken for row in sheet.iter_rows() for cell in row} & {"Review", KIND}
    assert kinds == {KIND}, "as the queue and the desk call it"
    assert disputes.list_disputes(house.act(DI)) == ()
    again = house.submit(DI, asked, only(fill({"empathy": "4"}), "greeting", "empathy"))
    assert (again.saw_other_grades, again.score, again.purpose) == (False, None, Purpose.DISPUTE)
    with pytest.raises(Refused, match="second grade for a dispute stays as it is"):
        undo.undo_submit(house.act(DI), asked)
    (row,) = disputes.list_disputes(house.act(DI))
    assert row.second == SecondGrade(AssignmentState.DONE, raised.due_at, DI, again.ratings, blind=True)
    assert (row.waits_for_second, disputes.may_decide(house.act(DI), row)) == (False, True)
    answers = {"empathy": Answer.choose("4")}
    decided = decide_dispute(house.act(DI), raised.id, decision="The sorry is there.", answers=answers)
    assert (decided.state, decided.decided_by) == (S.PARTLY_REVISED, DI.id)
    (row,) = disputes.list_disputes(house.act(NINA))
    # The agent reads the answers now, and neither who gave them nor what was noted beside them.
    shown = tuple(Rating(rating.criterion_id, rating.answer) for rating in again.ratings)
    assert row.second == SecondGrade(AssignmentState.DONE, raised.due_at, None, shown)
    newest = list_reviews(house.act(NINA))[0].review
    assert (row.newest, view_review(house.act(NINA), review.id).newest) == (newest.id, newest.id)
    assert [(line.criterion_id, line.decided) for line in row.lines] == [
        ("greeting", Answer.choose("no")), ("empathy", Answer.choose("4")),
    ]  # fmt: skip
    with house.store.read() as tx:
        assert reviews.count_reviews(tx, agent_id=NINA.id, purpose=Purpose.QUALITY) == 1
    assert upkeep.recompute_scores(house.act(ADMIN)).different == ()


def test_whoever_knows_the_grades_is_not_asked_to_grade_again(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    context = house.act(MANAGER)
    second_grading.note_reader(house.act(CY), review.id)
    second_grading.note_reader(house.act(CY), review.id)
    second_grading.note_reader(house.act(BO), review.id)
    assert second_grading.list_second_graders(context, raised.id) == (DI,)
    for grader in (CY, BO, MANAGER):
        with pytest.raises(Refused, match="Those who can: Di"):
            second_grading.assign_second_grader(context, raised.id, grader.id)
    asked = second_grading.assign_second_grader(context, raised.id)
    returning.skip_assignment(house.act(DI), asked, reason="I know the customer")
    (row,) = disputes.list_disputes(context)
    assert row.second is not None
    assert (row.second.given_back, row.waits_for_second) == (True, True)
    with pytest.raises(Refused, match="Nobody is left"):
        second_grading.assign_second_grader(context, raised.id)
    with pytest.raises(NotAllowed):
        second_grading.assign_second_grader(house.act(COACH), raised.id)


def test_another_second_grader_takes_the_work_from_the_first(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    first = second_grading.assign_second_grader(house.act(MANAGER), raised.id, CY.id)
    second = second_grading.assign_second_grader(house.act(MANAGER), raised.id)
    with house.store.read() as tx:
        states = [assignments.assignments_by_id(tx, [first, second])[key].state for key in (first, second)]
    assert states == [AssignmentState.WITHDRAWN, AssignmentState.OPEN]
    house.submit(DI, second, fill())
    with pytest.raises(Conflict, match="second grade of this dispute is in"):
        second_grading.assign_second_grader(house.act(MANAGER), raised.id)


def test_agent_withdraws_and_the_second_grade_is_no_longer_asked(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(COACH), review.id, reason="Too hard")
    asked = second_grading.assign_second_grader(house.act(MANAGER), raised.id)
    with pytest.raises(NotFound):
        disputes.withdraw_dispute(house.act(SAM), raised.id)
    with pytest.raises(NotAllowed):
        disputes.withdraw_dispute(house.act(MANAGER), raised.id)
    withdrawn = disputes.withdraw_dispute(house.act(NINA), raised.id)
    assert (withdrawn.state, withdrawn.decided_by) == (S.WITHDRAWN, NINA.id)
    assert house.stored(review.id).state is ReviewState.ACKNOWLEDGED
    with house.store.read() as tx:
        given = assignments.assignment(tx, asked)
    assert given is not None
    assert given.state is AssignmentState.WITHDRAWN
    with pytest.raises(Conflict, match="withdrawn by now"):
        disputes.withdraw_dispute(house.act(NINA), raised.id)
    # What was withdrawn is no round.
    assert disputes.find_terms(house.act(NINA), review.id).open
    disputes.raise_dispute(house.act(NINA), review.id, reason="After all")


def test_wrong_agents_review_moves_to_the_right_one_who_finds_it_newly_released(house: House, review: Review) -> None:
    house.tick(days=3)
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Sam did this", kind=DisputeKind.WRONG_AGENT)
    context = house.act(MANAGER)
    with pytest.raises(Refused, match="decided without a second grade"):
        second_grading.assign_second_grader(context, raised.id)
    with pytest.raises(Refused, match="whose work it was"):
        decide_dispute(context, raised.id, decision="No", answers={"greeting": Answer.choose("yes")})
    for wrong in (NINA.id, MANAGER.id, None):
        with pytest.raises(Refused, match="Choose another agent"):
            settle_wrong_agent(context, raised.id, decision="Right, Nina was away.", move_to=wrong)
    with pytest.raises(NotAllowed):
        settle_wrong_agent(house.act(LEAD), raised.id, decision="Sam's.", move_to=SAM.id)
    decided = settle_wrong_agent(context, raised.id, decision="Right, Nina was away.", move_to=SAM.id)
    assert decided.state is S.WRONG_AGENT
    (row,) = list_reviews(house.act(SAM))
    assert (row.review.state, row.review.released_at, row.review.ratings) == (
        ReviewState.RELEASED, house.now, review.ratings,
    )  # fmt: skip
    of_sam = view_review(house.act(SAM), row.review.id)
    assert (of_sam.history, "Nina" in repr(of_sam.line.review)) == ((), False)
    assert disputes.find_terms(house.act(SAM), row.review.id).until == house.now + timedelta(days=14)
    assert disputes.list_disputes(house.act(SAM)) == ()
    assert list_reviews(house.act(NINA)) == ()
    assert (view_review(house.act(NINA), review.id).newest, house.stored(review.id).state) == (
        None,
        ReviewState.REVISED,
    )
    assert view_review(house.act(MANAGER), review.id).newest == row.review.id


def test_wrong_agents_review_is_voided_or_stays(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Not me", kind=DisputeKind.WRONG_AGENT)
    settle_wrong_agent(house.act(MANAGER), raised.id, decision="A test ticket.", void=True)
    assert house.stored(review.id).state is ReviewState.VOIDED
    (row,) = disputes.list_disputes(house.act(NINA))
    assert (row.dispute.state, row.dispute.decision) == (S.WRONG_AGENT, "A test ticket.")
    other = house.grade(BO, T4)
    house.release(other)
    raised = disputes.raise_dispute(house.act(SAM), other.id, reason="Not me", kind=DisputeKind.WRONG_AGENT)
    assert decide_dispute(house.act(MANAGER), raised.id, decision="It was you.").state is S.UPHELD


def test_rules_of_the_scorecard_hold(house: House) -> None:
    review = grade_by(house, {"rounds": 2, "window_days": 30, "decision_days": 3, "decided_by": "author"})
    house.tick(days=20)
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard", items=ITEMS)
    assert raised.due_at == house.now + timedelta(days=3)
    with pytest.raises(Refused, match="decided without a second grade"):
        second_grading.assign_second_grader(house.act(MANAGER), raised.id)
    decided = decide_dispute(house.act(BO), raised.id, decision="Yes.", answers={"greeting": Answer.choose("yes")})
    assert decided.state is S.PARTLY_REVISED
    (row,) = list_reviews(house.act(NINA))
    terms = disputes.find_terms(house.act(NINA), row.review.id)
    assert (terms.open, terms.rounds_left, terms.until) == (True, 1, house.now + timedelta(days=10))
    raised = disputes.raise_dispute(house.act(NINA), row.review.id, reason="And the rest")
    decide_dispute(house.act(MANAGER), raised.id, decision="No.")
    terms = disputes.find_terms(house.act(NINA), row.review.id)
    assert (terms.rounds_left, terms.problem) == (
        0, "The review was contested before, and its scorecard allows that 2 times.",
    )  # fmt: skip
    assert view_review(house.act(NINA), row.review.id).history == (review.id,)


def test_scorecard_without_disputes_says_so(house: House) -> None:
    review = grade_by(house, {"allowed": False})
    assert disputes.find_terms(house.act(NINA), review.id).problem == (
        "The scorecard of this review allows no disputes."
    )
    with pytest.raises(Refused, match="allows no disputes"):
        disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")


def test_open_disputes_come_by_due_date_and_ended_ones_after_them(house: House, review: Review) -> None:
    slow = grade_by(house, {"decision_days": 30, "decided_by": "lead"})
    first = disputes.raise_dispute(house.act(SAM if slow.agent_id == SAM.id else NINA), slow.id, reason="Too hard")
    house.tick(days=1)
    second = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    listed = disputes.list_disputes(house.act(MANAGER))
    assert [row.dispute.id for row in listed] == [second.id, first.id]
    decide_dispute(house.act(MANAGER), second.id, decision="No.", without_second=True)
    listed = disputes.list_disputes(house.act(MANAGER))
    assert [row.dispute.id for row in listed] == [first.id, second.id]


def grade_by(house: House, rules: Mapping[str, object]) -> Review:
    """A review of Nina's on a version of the scorecard with these rules: greeting and empathy are low."""
    card = make_scorecard()
    rules_ = card.disputes.model_validate(rules)
    version = make_version(card.model_copy(update={"disputes": rules_}), by=ADMIN.id, number=2)
    with house.store.write() as tx:
        scorecards.add_version(tx, version)
    review = house.submit(BO, give_by(house, BO, T2, version.id), fill({"greeting": "no", "empathy": "3"}))
    house.release(review)
    return house.stored(review.id)


def give_by(house: House, reviewer: Person, ticket: Ticket, version_id: ScorecardVersionId) -> AssignmentId:
    """A ticket to grade on this version of the scorecard."""
    assignment_id = house.assign(reviewer, ticket)
    with house.store.write() as tx:
        made = assignments.assignment(tx, assignment_id)
        assert made is not None
        assignments.set_assignment_state(tx, assignment_id, AssignmentState.WITHDRAWN, at=house.now)
        again = replace(made, id=AssignmentId(house.make_id()), scorecard_version_id=version_id)
        assignments.add_assignments(tx, [again])
    return again.id


def only(filled: Filled, *criterion_ids: str) -> Filled:
    return replace(filled, ratings=tuple(each for each in filled.ratings if each.criterion_id in criterion_ids))


def answer_of(review: Review, criterion_id: str) -> Answer:
    return next(rating.answer for rating in review.ratings if rating.criterion_id == criterion_id)


@pytest.mark.parametrize(
    ("items", "kind", "contested"),
    [
        (ITEMS, DisputeKind.GRADES, ["greeting", "empathy"]),
        ((), DisputeKind.GRADES, ["greeting", "empathy", "solved"]),
        ((), DisputeKind.WRONG_AGENT, []),
    ],
    ids=["two criteria", "the whole review", "whose work it was"],
)
def test_contested_is_what_is_named_else_the_whole_review(
    sqlite_house: House, items: tuple[DisputeItem, ...], kind: DisputeKind, contested: list[str]
) -> None:
    review = sqlite_house.grade(BO, T1, {"greeting": "no", "empathy": "3"})
    sqlite_house.release(review)
    raised = disputes.raise_dispute(sqlite_house.act(NINA), review.id, reason="Too hard", items=items, kind=kind)
    row = disputes.find_dispute(sqlite_house.act(LEAD), raised.id)
    assert [name for name in ("greeting", "empathy", "solved") if row.contests(name)] == contested
