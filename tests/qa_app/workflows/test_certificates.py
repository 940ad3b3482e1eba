"""Who is calibrated for which scorecard."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from db.records import CalibrationSession, CertificateId, Frame, Person, TicketId
from db.store import audit
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.workflows import calibration, certificates, sampling
from qa_app.workflows.calibration import NewSession
from qa_app.workflows.certificates import NewRule
from qa_app.workflows.sampling import NewPlan
from scorecards.answers import Answer
from tests.factories import NOON
from tests.qa_app.workflows.house import ADMIN, BO, CY, DI, FACILITATOR, MANAGER, T1, T2, T3, VERSION, House

RULE = NewRule(VERSION.scorecard_id, Decimal("0.40"), least_answers=8, window_days=30, valid_days=90)


def expert_session(house: House, *tickets: TicketId) -> CalibrationSession:
    """Di is the expert. Bo agrees with all 5 answers of each ticket; Cy with 5, then 3, then 5."""
    new = NewSession("Week 10", VERSION.id, tickets or (T1.id, T2.id, T3.id), (BO.id, CY.id), expert_id=DI.id)
    session = calibration.open_session(house.act(FACILITATOR), new)
    given: dict[str, tuple[dict[str, str | float], ...]] = {
        "Bo": ({}, {}, {}),
        "Cy": ({}, {"greeting": "no", "empathy": "3"}, {}),
        "Di": ({}, {}, {}),
    }
    house.grade_session(session, given, BO, CY, DI)
    return session


def rows(house: House, person: Person = FACILITATOR) -> dict[str, certificates.CertificateRow]:
    """Those with figures or a certificate; reviewers without any are listed as well."""
    listed = certificates.list_certificates(house.act(person))
    assert {BO.name, CY.name, DI.name} <= {row.person.name for row in listed} or person in {BO, CY, DI}
    return {row.person.name: row for row in listed if row.standing.answers or row.newest}


def test_figures_stand_beside_the_expert_after_the_reveal_only(sqlite_house: House) -> None:
    certificates.set_rule(sqlite_house.act(FACILITATOR), RULE)
    session = expert_session(sqlite_house)
    assert rows(sqlite_house) == {}
    calibration.reveal_session(sqlite_house.act(FACILITATOR), session.id)
    found = rows(sqlite_house)
    assert set(found) == {"Bo", "Cy"}, "the expert is compared with nobody"
    bo, cy = found["Bo"].standing, found["Cy"].standing
    assert (bo.agreement, bo.answers, bo.tickets, bo.session_ids) == (1.0, 15, 3, (session.id,))
    # Wilson's 15 of 15 begins at 15 / (15 + 1.96^2); tickets that all agree alike have no interval of their own.
    assert bo.low == pytest.approx(15 / (15 + 1.959964**2), rel=1e-6)
    # Shares 1, .6, 1: mean .8667, s .2309; t(2) = 4.3027 gives -+ .5737. Wilson's 13 of 15 is .621 to .963.
    assert (cy.agreement, cy.low) == pytest.approx((13 / 15, 0.2930), abs=1e-4)
    assert cy.high == 1.0
    assert found["Bo"].unmet == ()
    assert found["Cy"].unmet == ("The interval of the agreement begins at 29.2%; the rule asks for 40%.",)
    assert set(rows(sqlite_house, CY)) == {"Cy"}, "reviewers see their own"


def test_agreed_answers_are_the_reference_where_the_meeting_decides(sqlite_house: House) -> None:
    certificates.set_rule(sqlite_house.act(FACILITATOR), RULE)
    session = sqlite_house.open_session(T1.id, T2.id)
    sqlite_house.grade_session(session, {"Bo": ({}, {}), "Cy": ({}, {"greeting": "no"})}, BO, CY)
    calibration.reveal_session(sqlite_house.act(FACILITATOR), session.id)
    for ticket in (T1, T2):
        calibration.record_agreed(
            sqlite_house.act(FACILITATOR),
            session.id,
            ticket_id=ticket.id,
            criterion_id="greeting",
            answer=Answer.choose("no"),
        )
    found = rows(sqlite_house)
    assert {name: (row.standing.agreement, row.standing.answers) for name, row in found.items()} == {
        "Bo": (0.0, 2), "Cy": (0.5, 2),
    }  # fmt: skip
    assert found["Bo"].unmet[0] == "2 answers stand beside a reference; the rule asks for 8."


def test_certificate_is_granted_by_the_rule_and_expires(house: House) -> None:
    certificates.set_rule(house.act(FACILITATOR), RULE)
    session = expert_session(house)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    made = certificates.grant_certificate(house.act(FACILITATOR), BO.id, VERSION.scorecard_id)
    assert (made.granted_at, made.expires_at, made.session_ids) == (NOON, NOON + timedelta(days=90), (session.id,))
    assert made.figures == {
        "agreement": 1.0, "low": rows(house)["Bo"].standing.low, "high": 1.0, "answers": 15, "tickets": 3, "limit": 0.4,
    }  # fmt: skip
    with house.store.read() as tx:
        entry = audit.entries(tx)[0]
    assert (entry.action, entry.object_id, entry.after["answers"]) == ("certificate.grant", made.id, "15")
    assert (rows(house)["Bo"].newest, rows(house)["Bo"].valid) == (made, True)
    for person_id, scorecard_id, actor, refusal in (
        (CY.id, VERSION.scorecard_id, FACILITATOR, Refused),
        (BO.id, "none", FACILITATOR, NotFound),
        (BO.id, VERSION.scorecard_id, BO, NotAllowed),
        (FACILITATOR.id, VERSION.scorecard_id, FACILITATOR, Refused),
    ):
        with pytest.raises(refusal):
            certificates.grant_certificate(house.act(actor), person_id, scorecard_id)
    house.tick(days=90)
    late = rows(house)["Bo"]
    assert (late.valid, late.standing.answers) == (False, 0), "sessions before the window count no more"


def test_assignment_can_ask_for_a_certificate(house: House) -> None:
    sample = sampling.draw_sample(house.act(MANAGER), NewPlan("All", Frame(), size=2), seed=1)

    def assign(*people: Person) -> int:
        return len(
            sampling.assign_sample(
                house.act(MANAGER),
                sample.id,
                version_id=VERSION.id,
                reviewer_ids=[person.id for person in people],
                due_at=None,
                seed=1,
            ).assignments
        )

    certificates.set_rule(house.act(FACILITATOR), replace(RULE, required=True))
    with pytest.raises(Refused) as refusal:
        assign(CY, BO)
    assert refusal.value.code == "not-calibrated"
    assert "Bo, Cy has none" in refusal.value.message
    session = expert_session(house)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    made = certificates.grant_certificate(house.act(FACILITATOR), BO.id, VERSION.scorecard_id)
    assert assign(BO) == 2
    certificates.withdraw_certificate(house.act(FACILITATOR), made.id, why="Left the team")
    with pytest.raises(Refused):
        assign(BO)
    for certificate_id, why, wrong in ((made.id, "Again", NotFound), (CertificateId("none"), " ", Refused)):
        with pytest.raises(wrong):
            certificates.withdraw_certificate(house.act(FACILITATOR), certificate_id, why=why)


def test_rule_that_makes_no_sense_is_refused(sqlite_house: House) -> None:
    wrong = replace(RULE, least_agreement=Decimal(80), least_answers=0, valid_days=0)
    with pytest.raises(Refused) as refusal:
        certificates.set_rule(sqlite_house.act(ADMIN), wrong)
    assert refusal.value.message.count(".") >= 3
    with pytest.raises(NotFound):
        certificates.set_rule(sqlite_house.act(ADMIN), replace(RULE, scorecard_id="none"))
    with pytest.raises(NotAllowed):
        certificates.set_rule(sqlite_house.act(BO), RULE)
