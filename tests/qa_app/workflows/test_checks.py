"""Hidden checks: set by leads, given along with other work, kept from agents and from their scores, and measured."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from db.records import Assignment, AssignmentState, CheckKind, Frame, HiddenCheck, Person, Purpose, Review, SampleId
from db.store import assignments, audit, checks, tickets
from db.store import reviews as reviews_store
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.estimate import Estimate, Undefined
from qa_app.reports import Section
from qa_app.workflows import agent_results, check_report, reviews, sampling
from qa_app.workflows import checks as rules
from qa_app.workflows.check_report import CheckReport
from qa_app.workflows.checks import NewCheckRule
from qa_app.workflows.sampling import HandedOut, NewPlan
from tests.factories import fill, make_conversation
from tests.qa_app.workflows.house import (
    BO,
    COACH,
    CY,
    DI,
    FACILITATOR,
    MANAGER,
    NINA,
    SAM,
    T1,
    T2,
    T3,
    UTC_ZONE,
    VERSION,
    House,
)

HALF = NewCheckRule("care", Decimal(50), Decimal(0), 6)
YEAR = date(2026, 1, 1), date(2026, 12, 31)


def hand_out(house: House, *reviewers: Person, frame: Frame | None = None) -> tuple[SampleId, HandedOut]:
    context = house.act(MANAGER)
    sample = sampling.draw_sample(context, NewPlan("Week", frame or Frame(), size=10), seed=1)
    ids = [person.id for person in reviewers]
    out = sampling.assign_sample(context, sample.id, version_id=VERSION.id, reviewer_ids=ids, due_at=house.now, seed=1)
    return sample.id, out


def stored(house: House) -> dict[Assignment, tuple[HiddenCheck, Assignment]]:
    """Checks with their notes and what they are compared with."""
    with house.store.read() as tx:
        given = {one.id: one for one in assignments.assignments(tx)}
        return {given[note.assignment_id]: (note, given[note.of_assignment_id]) for note in checks.checks(tx)}


def test_nothing_is_checked_until_a_lead_says_how_much(house: House) -> None:
    assert rules.list_rules(house.act(FACILITATOR)) == rules.CheckRules((), 3, 3)
    assert (hand_out(house, BO, CY)[1].checks, stored(house)) == (0, {})
    for person in (BO, COACH, NINA):
        with pytest.raises(NotAllowed):
            rules.set_rule(house.act(person), HALF)
        with pytest.raises(NotAllowed):
            rules.list_rules(house.act(person))
        with pytest.raises(NotAllowed):
            check_report.report_checks(house.act(person), "care")
    with pytest.raises(Refused):
        rules.set_rule(house.act(MANAGER), replace(HALF, pair_percent=Decimal(51)))
    with pytest.raises(NotFound):
        rules.set_rule(house.act(MANAGER), replace(HALF, scorecard_id="none"))
    rules.set_rule(house.act(MANAGER), replace(HALF, pair_percent=Decimal("2.5")))
    made = rules.set_rule(house.act(FACILITATOR), HALF)
    assert rules.list_rules(house.act(MANAGER)).rules == (("Care", made),)
    with house.store.read() as tx:
        entry = audit.entries(tx, object_type="check_rule")[0]
    assert (entry.actor_id, entry.before["pair_percent"], entry.after["pair_percent"]) == (FACILITATOR.id, "2.5", "50")


def test_pairs_go_to_a_second_reviewer_and_look_like_the_first(house: House) -> None:
    rules.set_rule(house.act(MANAGER), HALF)
    sample_id, out = hand_out(house, BO, CY, DI)
    found = stored(house)
    assert (len(out.assignments), out.checks, len(found)) == (4, 2, 2)
    for check, (note, first) in found.items():
        assert (note.kind, note.drawn_by, check.reviewer_id != first.reviewer_id) == (CheckKind.PAIR, MANAGER.id, True)
        alike = replace(check, id=first.id, reviewer_id=first.reviewer_id, purpose=Purpose.QUALITY)
        assert alike == first
        assert first in out.assignments
    # Ids follow the order of the sample, checks among them, so that a queue does not show them last.
    with house.store.read() as tx:
        given = sorted(assignments.assignments(tx, sample_id=sample_id), key=lambda one: one.id)
        entry = audit.entries(tx, object_type="sample")[1]
    order = [item.ticket_id for item in sampling.view_sample(house.act(MANAGER), sample_id).sample.items]
    assert [one.ticket_id for one in given] == sorted((one.ticket_id for one in given), key=order.index)
    assert (entry.action, entry.after["pairs"], entry.after["repeats"]) == ("check.give", 2, 0)
    assert entry.after["key"] not in {one.id for one in given}
    # Leads see the sample without them; who holds one is not given its ticket again.
    assert set(sampling.view_sample(house.act(MANAGER), sample_id).assignments) == set(out.assignments)
    _, again = hand_out(house, *{check.reviewer_id: person for person in (BO, CY, DI) for check in found
                                 if check.reviewer_id == person.id}.values())  # fmt: skip
    assert not {(one.ticket_id, one.reviewer_id) for one in again.assignments} & {
        (check.ticket_id, check.reviewer_id) for check in found
    }


def test_repeats_come_after_weeks_from_the_sample_that_they_were_drawn_in(house: House) -> None:
    earlier, out = hand_out(house, BO)
    for one in out.assignments:
        house.submit(BO, one.id, fill())
    rules.set_rule(house.act(MANAGER), NewCheckRule("care", Decimal(0), Decimal(50), 2))
    house.tick(weeks=3)
    with house.store.write() as tx:
        tickets.add_conversations(tx, [make_conversation(number, agent=SAM) for number in (5, 6, 7, 8)])
    _, late = hand_out(house, BO, frame=Frame(reviewed=False))
    found = stored(house)
    assert (len(late.assignments), late.checks) == (4, 2)
    for check, (note, first) in found.items():
        assert (note.kind, check.reviewer_id, check.sample_id) == (CheckKind.REPEAT, BO.id, earlier)
        assert (check.ticket_id, check.state) == (first.ticket_id, AssignmentState.OPEN)
        assert (check.assigned_at, check.due_at, check.finished_at) == (house.now, house.now, None)
        # What Bo answered then is out of sight, on every list and by its address.
        with house.store.read() as tx:
            before = reviews_store.review_of(tx, first.id)
        assert before is not None
        with pytest.raises(NotFound):
            reviews.view_review(house.act(BO), before.id)
        assert before.id not in {row.review.id for row in reviews.list_reviews(house.act(BO))}
        assert before.id in {row.review.id for row in reviews.list_reviews(house.act(MANAGER))}
    assert hand_out(house, BO)[1].checks == 0  # nothing of eight tickets is free for Bo


def test_check_reaches_no_agent_and_no_score(house: House) -> None:
    first, second = couple(house, "T1", {}, {"greeting": "no"})
    assert [review.purpose for review in (first, second)] == [Purpose.QUALITY, Purpose.CHECK]
    house.release(first)
    assert house.stored(second.id).state == "submitted"
    ordinary = house.grade(CY, T2)
    house.release(ordinary)
    # Released in the same breath as what its author sent later; it would be known by what stays behind.
    assert house.stored(second.id).state == "released"
    report = agent_results.report_agent(house.act(COACH), NINA.id, start=YEAR[0], end=YEAR[1], zone=UTC_ZONE)
    assert {line.review.id for line in report.reviews} == {first.id, ordinary.id}
    for person in (NINA, COACH, DI, MANAGER):
        assert {row.review.id for row in reviews.list_reviews(house.act(person))} == {first.id, ordinary.id}
        with pytest.raises(NotFound):
            reviews.view_review(house.act(person), second.id)
    assert {row.review.id for row in reviews.list_reviews(house.act(CY))} == {second.id, ordinary.id}


def test_report_measures_pairs_and_repeats_apart(house: House) -> None:
    # Five criteria are compared, the text is not: two of ten answers differ between Bo and Cy, none of Bo's own five.
    couple(house, "T1", {}, {"greeting": "no", "empathy": "4"})
    couple(house, "T2", {}, {})
    couple(house, "T3", {}, {}, again=True)
    found = check_report.report_checks(house.act(FACILITATOR), "care")
    assert (found.pairs, found.repeats) == (2, 1)
    assert column(found, "given", "compared") == [2, 1]
    same = column(found, "overview", "same")[0]
    assert isinstance(same, Estimate)
    # 60% and 100%: the mean is 80, the standard error 20, and t of 97.5% with 1 degree of freedom 12.706, cut at 100.
    assert (same.value, same.low, same.high, same.n_units) == (80, 0, 100, 2)
    lean = dict(zip(column(found, "reviewers", "reviewer"), column(found, "reviewers", "below_colleague"), strict=True))
    # On T1 Cy is 1 of 1 step lower on greeting and 1 of 4 on empathy, of five criteria: -25 points; on T2 level.
    assert [round(one.value, 6) for one in lean.values() if isinstance(one, Estimate)] == [-12.5, 12.5]
    assert list(lean) == ["Bo", "Cy"]
    one_ticket = column(found, "overview", "same")[1]
    assert isinstance(one_ticket, Undefined)
    assert one_ticket.reason == "one-unit"
    assert "(two reviewers 2, same reviewer again 1; 48 would do)" in section(found, "overview").note
    # A lead who has yet to grade one of the tickets in a calibration does not learn how others graded it.
    house.open_session(T1.id, graders=(BO, CY, FACILITATOR))
    assert check_report.report_checks(house.act(FACILITATOR), "care").pairs == 1
    assert check_report.report_checks(house.act(MANAGER), "care").pairs == 2


def test_grade_that_was_not_blind_is_not_compared(house: House) -> None:
    first, second = couple(house, "T1", {}, {})
    assert (first.saw_other_grades, second.saw_other_grades) == (False, False)
    third = house.grade(DI, T2)
    late, _ = couple(house, "T2", {}, {})
    assert (third.saw_other_grades, late.saw_other_grades) == (False, True)
    report = check_report.report_checks(house.act(MANAGER), "care")
    assert (report.pairs, column(report, "given", "done")) == (1, [2, 0])


def couple(
    house: House, name: str, first: Mapping[str, str | float], second: Mapping[str, str | float], *, again: bool = False
) -> tuple[Review, Review]:
    """Bo's grade of a ticket, and a check of it by Cy or by Bo again."""
    ticket = {"T1": T1, "T2": T2, "T3": T3}[name]
    assignment_id = house.assign(BO, ticket)
    graded = house.submit(BO, assignment_id, fill(first))
    with house.store.write() as tx:
        of = assignments.assignment(tx, assignment_id)
        assert of is not None
        made = replace(
            of, id=type(of.id)(house.make_id()), reviewer_id=BO.id if again else CY.id, purpose=Purpose.CHECK,
            state=AssignmentState.OPEN, finished_at=None,
        )  # fmt: skip
        assignments.add_assignments(tx, [made])
        kind = CheckKind.REPEAT if again else CheckKind.PAIR
        checks.add_checks(tx, [HiddenCheck(made.id, kind, of.id, house.now, MANAGER.id)])
    check = house.submit(BO if again else CY, made.id, fill(second))
    return graded, house.stored(check.id)


def section(report: CheckReport, key: str) -> Section:
    return next(one for one in report.sections if one.key == key)


def column(report: CheckReport, key: str, name: str) -> list[object]:
    place = [field.key for field in section(report, key).fields].index(name)
    return [row[place] for row in section(report, key).rows]
