"""Until a calibration is revealed nobody gets at another's answers, whoever asks and by whatever workflow.

Every answer that must stay hidden carries a mark in each of its texts and makes a score of its own. Every workflow
that reads is called in everybody's name, and nothing that comes back, refusals and files included, may hold a mark.
"""

import importlib
import inspect
import io
import pkgutil
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

import qa_app.workflows
from db.records import (
    CalibrationSession,
    DisputeId,
    DisputeItem,
    Evidence,
    Frame,
    Person,
    RecordingId,
    ReviewId,
    Role,
    SessionKind,
)
from db.store import audit, people
from db.store import disputes as disputes_store
from db.store import reviews as reviews_store
from qa_app.errors import PlumblineError
from qa_app.workflows import (
    access,
    acknowledging,
    agenda,
    agent_results,
    appraisals,
    calibration,
    calibration_planning,
    calibration_results,
    calibration_series,
    calibration_setup,
    calibration_trend,
    certificates,
    check_report,
    checks,
    coach_list,
    coaching,
    coaching_record,
    day,
    delivery,
    dispute_figures,
    disputes,
    endings,
    exporting,
    findings,
    follow_up,
    grading,
    mailing,
    meeting,
    minutes,
    objectives,
    offline_export,
    offline_import,
    own_agreement,
    packs,
    programme,
    ratings_upload,
    raw_export,
    reviews,
    sampling,
    scorecard_drafts,
    scorecard_files,
    scorecard_health,
    scorecards,
    second_grading,
    self_awareness,
    self_review,
    team_pack,
    team_scores,
    templates,
    tickets,
    undo,
    upkeep,
    waveforms,
)
from qa_app.workflows.context import Context
from qa_app.workflows.exporting import File
from qa_app.workflows.grading import Filled
from qa_app.workflows.ratings_file import RatingsFile
from scorecards.answers import Answer
from tests.factories import fill, make_person
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
    NORTH,
    T1,
    T2,
    UTC_ZONE,
    VERSION,
    House,
)

EVE = make_person("Eve", *(role for role in Role if role is not Role.AGENT))
"""Grades, and holds every role that reads."""
BYSTANDERS = (ADMIN, MANAGER, LEAD, FACILITATOR, CY, DI, COACH, NINA)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
# (0 + 0.25 * 2 + 0.5 + 1 + 0.05) / 6, and (1 + 0.75 * 2 + 1 + 1 + 0.35) / 6, and (1 + 2 + 1 + 1 + 0.75) / 6
BLIND_OF_BO = ("bo-mark", "34.2")
BLIND_OF_EVE = ("eve-mark", "80.8")
EVERYDAY = ("di-mark", "95.8")


def marked(mark: str, changes: dict[str, str | float]) -> Filled:
    filled = fill(changes | {"note": f"{mark} note"}, comment=f"{mark} overall")
    ratings = tuple(replace(rating, comment=f"{mark} comment") for rating in filled.ratings)
    return replace(filled, ratings=ratings, evidence=(Evidence("empathy", f"{mark} quote", message_seq=2),))


OF_BO = marked("bo-mark", {"greeting": "no", "empathy": "2", "solution": "partly", "wait": 9.5})
OF_EVE = marked("eve-mark", {"empathy": "4", "wait": 6.5})
OF_DI = marked("di-mark", {"wait": 2.5})


FILES = frozenset(
    {
        *("exporting.build_coaching", "exporting.export_calibration", "exporting.export_coaching"),
        "raw_export.export_team",
        *("packs.export_programme", "packs.export_team_pack"),
    }
)
SHOWING_BLIND = {
    *("calibration_results.report_session", "exporting.export_calibration", "meeting.prepare_meeting"),
}
SHOWING_EVERYDAY = {
    *("agent_results.report_agent", "team_scores.report_team", "exporting.build_coaching", "exporting.export_coaching"),
    "raw_export.export_raw",
    *("packs.export_programme", "packs.export_team_pack", "programme.report_programme", "team_pack.pack_team"),
    *("raw_export.export_team", "disputes.list_disputes", "disputes.find_dispute"),
    *("reviews.list_reviews", "reviews.view_review", "upkeep.list_audit"),
}


@pytest.fixture
def session(sqlite_house: House) -> CalibrationSession:
    """T1 has an everyday review, released and contested; then Bo and Eve grade it blind, and Bo has begun with T2."""
    with sqlite_house.store.write() as tx:
        people.add_person(tx, EVE)
    everyday = sqlite_house.submit(DI, sqlite_house.assign(DI, T1), OF_DI)
    sqlite_house.release(everyday)
    disputes.raise_dispute(sqlite_house.act(NINA), everyday.id, reason="Too hard", items=(DisputeItem("wait", "No"),))
    sample = sampling.draw_sample(sqlite_house.act(MANAGER), sampling.NewPlan("All", Frame(), size=4), seed=1)
    assert len(sample.items) == 4
    session = sqlite_house.open_session(T1.id, T2.id, graders=(BO, EVE))
    for person, filled in ((BO, OF_BO), (EVE, OF_EVE)):
        sqlite_house.submit(person, sqlite_house.queue_of(person, session.id)[T1.id], filled)
    grading.save_draft(sqlite_house.act(BO), sqlite_house.queue_of(BO, session.id)[T2.id], OF_BO, expected_revision=0)
    return session


def write_team_pack(context: Context) -> File:
    target = io.BytesIO()
    pack = packs.export_team_pack(
        context, "North", start=FIRST, end=LAST, zone=UTC_ZONE, target=target, report=lambda _done, _total: None
    )
    return File(pack.name, target.getvalue())


def write_programme(context: Context) -> File:
    target = io.BytesIO()
    pack = packs.export_programme(context, start=FIRST, end=LAST, zone=UTC_ZONE, target=target)
    return File(pack.name, target.getvalue())


Reader = Callable[[Context, CalibrationSession], object]
READERS: dict[str, Reader] = {
    "agenda.propose_agenda": lambda context, _: agenda.propose_agenda(context, NINA.id, zone=UTC_ZONE),
    "agenda.view_coaching": lambda context, _: [
        agenda.view_coaching(context, session.id) for session in coaching.list_coaching(context, NINA.id)
    ],
    "appraisals.list_appraisals": lambda context, _: appraisals.list_appraisals(context, NINA.id),
    "appraisals.view_appraisal": lambda context, _: [
        appraisals.view_appraisal(context, view.appraisal.id) for view in appraisals.list_appraisals(context, NINA.id)
    ],
    "coaching_record.gather_record": lambda context, _: coaching_record.gather_record(
        context, NINA.id, start=FIRST, end=LAST, zone=UTC_ZONE
    ),
    "coach_list.list_candidates": lambda context, _: coach_list.list_candidates(context, zone=UTC_ZONE),
    "follow_up.list_goals": lambda context, _: follow_up.list_goals(context, NINA.id, zone=UTC_ZONE),
    "objectives.list_objectives": lambda context, _: objectives.list_objectives(context, zone=UTC_ZONE),
    "self_awareness.compare_self": lambda context, _: self_awareness.compare_self(
        context, NINA.id, days=(FIRST, LAST), zone=UTC_ZONE
    ),
    "access.find_agent": lambda context, _: access.find_agent(context, "Nina North"),
    "access.find_by_emails": lambda context, _: access.find_by_emails(context, ["bo@example.org"]),
    "access.list_people": lambda context, _: access.list_people(context),
    "access.list_teams": lambda context, _: access.list_teams(context),
    "agent_results.report_agent": lambda context, _: agent_results.report_agent(
        context, NINA.id, start=FIRST, end=LAST, zone=UTC_ZONE
    ),
    "calibration.count_at_work": lambda context, session: calibration.count_at_work(context, session.id),
    "calibration.find_session": lambda context, session: calibration.find_session(context, session.id),
    "calibration.list_sessions": lambda context, _: calibration.list_sessions(context),
    "calibration_planning.foresee": lambda context, _: calibration_planning.foresee(
        context, VERSION.id, tickets=6, reviewers=2
    ),
    "calibration_planning.list_contested": lambda context, _: calibration_planning.list_contested(context),
    "calibration_results.find_revision": lambda context, _: calibration_results.find_revision(context),
    "calibration_results.report_session": lambda context, session: calibration_results.report_session(
        context, session.id
    ),
    "calibration_series.list_series": lambda context, _: calibration_series.list_series(context),
    "certificates.list_certificates": lambda context, _: certificates.list_certificates(context),
    "calibration_trend.trace_sessions": lambda context, session: calibration_trend.trace_sessions(context, session.id),
    "check_report.report_checks": lambda context, _: check_report.report_checks(context, VERSION.scorecard_id),
    "checks.list_rules": lambda context, _: checks.list_rules(context),
    "coaching.list_skills": lambda context, _: coaching.list_skills(context),
    "coaching.list_coaching": lambda context, _: coaching.list_coaching(context, NINA.id),
    "delivery.find_delivered": lambda context, _: delivery.find_delivered(context, "none", 0),
    "delivery.list_deliveries": lambda context, _: delivery.list_deliveries(context),
    "exporting.build_coaching": lambda context, _: exporting.build_coaching(
        context, NINA.id, start=FIRST, end=LAST, zone=UTC_ZONE
    )[0],
    "mailing.list_recipients": lambda context, _: mailing.list_recipients(context, NINA.id),
    "raw_export.find_team": lambda context, _: raw_export.find_team(context, "North"),
    "raw_export.list_exportable_teams": lambda context, _: raw_export.list_exportable_teams(context),
    "day.summarise_day": lambda context, _: day.summarise_day(context, day_start=context.now(), day_end=context.now()),
    "acknowledging.list_unacknowledged": lambda context, _: acknowledging.list_unacknowledged(context),
    "dispute_figures.report_disputes": lambda context, _: dispute_figures.report_disputes(context),
    "disputes.find_dispute": lambda context, _: [
        attempt(partial(disputes.find_dispute, context, key)) for key in dispute_ids(context)
    ],
    "disputes.find_terms": lambda context, _: [
        attempt(partial(disputes.find_terms, context, key)) for key in review_ids(context)
    ],
    "disputes.list_disputes": lambda context, _: disputes.list_disputes(context),
    "disputes.may_decide": lambda context, _: [
        disputes.may_decide(context, row) for row in disputes.list_disputes(context)
    ],
    "exporting.export_calibration": lambda context, session: exporting.export_calibration(
        context, session.id, zone=UTC_ZONE
    ),
    "exporting.export_coaching": lambda context, _: exporting.export_coaching(
        context, NINA.id, start=FIRST, end=LAST, zone=UTC_ZONE
    ),
    "exporting.export_findings": lambda context, _: exporting.export_findings(context, zone=UTC_ZONE),
    "endings.find_ending": lambda context, _: [
        endings.find_ending(context, row.assignment.id) for row in grading.list_queue(context)
    ],
    "findings.list_findings": lambda context, _: findings.list_findings(context),
    "findings.list_owners": lambda context, session: findings.list_owners(context, session.id),
    "grading.list_queue": lambda context, _: grading.list_queue(context),
    "grading.open_desk": lambda context, _: [
        grading.open_desk(context, row.assignment.id) for row in grading.list_queue(context)
    ],
    "grading.find_next": lambda context, _: grading.find_next(context),
    "grading.follow_desk": lambda context, _: [
        grading.follow_desk(context, row.assignment.id) for row in grading.list_queue(context)
    ],
    "meeting.follow_meeting": lambda context, session: meeting.follow_meeting(context, session.id),
    "meeting.prepare_meeting": lambda context, session: meeting.prepare_meeting(context, session.id),
    "meeting.require_revealed": lambda context, session: meeting.require_revealed(context, session.id),
    "meeting.view_conversation": lambda context, session: meeting.view_conversation(context, session.id, T1.id),
    "minutes.list_feedback": lambda context, session: minutes.list_feedback(context, session.id),
    "offline_export.export_offline": lambda context, _: offline_export.export_offline(context, zone=UTC_ZONE),
    "offline_import.preview_offline": lambda context, _: offline_import.preview_offline(context, b"", file_name="a"),
    "own_agreement.trace_agreement": lambda context, _: own_agreement.trace_agreement(context),
    "ratings_upload.measure": lambda context, _: ratings_upload.measure(
        context, RatingsFile({}, {}, ()), "none", reference="bo", report=lambda _seconds: None
    ),
    "ratings_upload.open_tables": lambda context, _: ratings_upload.open_tables(context, Path("none.csv"), "none.csv"),
    "packs.export_programme": lambda context, _: write_programme(context),
    "packs.export_team_pack": lambda context, _: write_team_pack(context),
    "programme.report_programme": lambda context, _: programme.report_programme(
        context, start=FIRST, end=LAST, zone=UTC_ZONE
    ),
    "raw_export.export_raw": lambda context, _: write_raw(context),
    "raw_export.export_team": lambda context, _: raw_export.export_team(
        context, "North", start=FIRST, end=LAST, zone=UTC_ZONE, report=lambda _done, _total: None
    ),
    "reviews.list_reviews": lambda context, _: reviews.list_reviews(context),
    "reviews.view_review": lambda context, _: [
        attempt(partial(reviews.view_review, context, key)) for key in review_ids(context)
    ],
    "sampling.count_frame": lambda context, _: sampling.count_frame(context, Frame(reviewed=False)),
    "calibration_setup.find_drawn_session": lambda context, _: [
        calibration_setup.find_drawn_session(context, sample) for sample in sampling.list_samples(context)
    ],
    "sampling.list_samples": lambda context, _: sampling.list_samples(context),
    "sampling.view_sample": lambda context, _: [
        sampling.view_sample(context, sample.id) for sample in sampling.list_samples(context)
    ],
    "scorecard_drafts.find_draft": lambda context, _: scorecard_drafts.find_draft(context, VERSION.scorecard_id),
    "scorecard_drafts.look_ahead": lambda context, _: scorecard_drafts.look_ahead(context, VERSION.id),
    "scorecard_files.write_list": lambda context, _: scorecard_files.write_list(context, VERSION.id),
    "scorecard_health.check_health": lambda context, _: scorecard_health.check_health(
        context, VERSION.id, start=FIRST, end=LAST, zone=UTC_ZONE
    ),
    "scorecards.compare_versions": lambda context, _: scorecards.compare_versions(context, VERSION.id, VERSION.id),
    "scorecards.find_version": lambda context, _: scorecards.find_version(context, VERSION.id),
    "scorecards.list_in_force": lambda context, _: scorecards.list_in_force(context),
    "scorecards.list_versions": lambda context, _: scorecards.list_versions(context),
    "second_grading.list_second_graders": lambda context, _: [
        attempt(partial(second_grading.list_second_graders, context, key)) for key in dispute_ids(context)
    ],
    "self_review.find_self_review": lambda context, _: [
        attempt(partial(self_review.find_self_review, context, key)) for key in review_ids(context)
    ],
    "self_review.list_asked": lambda context, _: self_review.list_asked(context),
    "team_pack.pack_team": lambda context, _: list(
        team_pack.pack_team(
            context, NORTH.id, start=FIRST, end=LAST, zone=UTC_ZONE, report=lambda _done, _total: None
        ).members()
    ),
    "team_scores.list_scored_teams": lambda context, _: team_scores.list_scored_teams(context),
    "team_scores.report_team": lambda context, _: team_scores.report_team(
        context, None, start=FIRST, end=LAST, zone=UTC_ZONE
    ),
    "templates.list_templates": lambda context, _: templates.list_templates(context),
    "tickets.find_agent": lambda context, _: tickets.find_agent(context, T1.id),
    "tickets.find_recording": lambda context, _: tickets.find_recording(context, RecordingId("none")),
    "tickets.list_hearable": lambda context, _: tickets.list_hearable(context, tickets.view_ticket(context, T1.id)),
    "tickets.list_tickets": lambda context, _: tickets.list_tickets(context, frame=Frame()),
    "tickets.read_facets": lambda context, _: tickets.read_facets(context),
    "tickets.view_ticket": lambda context, _: tickets.view_ticket(context, T1.id),
    "undo.find_undoable": lambda context, _: undo.find_undoable(context),
    "upkeep.list_audit": lambda context, _: upkeep.list_audit(context),
    "upkeep.recompute_scores": lambda context, _: upkeep.recompute_scores(context),
    "upkeep.verify_audit": lambda context, _: upkeep.verify_audit(context),
    "waveforms.make_waveform": lambda context, _: waveforms.make_waveform(context, RecordingId("none")),
    "waveforms.read_waveform": lambda context, _: waveforms.read_waveform(context, RecordingId("none")),
}
WRITERS = (
    *("access.add_person", "access.make_first_admin", "access.set_active"),
    *("calibration.cancel_session", "calibration.close_session", "calibration.move_deadline"),
    *("certificates.grant_certificate", "certificates.set_rule", "certificates.withdraw_certificate"),
    "checks.set_rule",
    *("calibration_series.add_series", "calibration_series.run_due", "calibration_series.set_series_active"),
    *("calibration.open_session", "calibration.record_agreed", "calibration.reveal_session"),
    *("findings.finish_finding", "findings.may_finish", "findings.record_finding"),
    *("meeting.open_guideline", "minutes.give_feedback", "minutes.note_attendance"),
    *("deciding.decide_dispute", "deciding.settle_wrong_agent", "disputes.raise_dispute", "disputes.withdraw_dispute"),
    *("second_grading.assign_second_grader", "second_grading.note_reader"),
    *("acknowledging.acknowledge_due", "acknowledging.settle_acknowledgement"),
    *("delivery.cancel_delivery", "delivery.order_export", "delivery_child.make"),
    *("mailing.send_coaching", "raw_export.keep_raw"),
    *("coaching.finish_goal", "coaching.hold_session", "coaching.set_goal", "coaching.edit_steps"),
    *("coaching.plan_session", "coaching.move_session", "coaching.replan_session", "coaching.save_notes"),
    *("coaching.tick_step", "objectives.end_objective", "objectives.share_objective"),
    *("agenda.add_point", "agenda.add_proposals", "agenda.move_point", "agenda.remove_point", "agenda.tick_point"),
    *("appraisals.open_appraisal", "appraisals.save_side", "appraisals.submit_side", "appraisals.submit_plain"),
    *("grading.save_draft", "grading.submit_review", "undo.undo_submit"),
    *("templates.add_template", "templates.remove_template"),
    *("self_review.ask_self_review", "self_review.start_self_review"),
    *("returning.replace_assignment", "returning.skip_assignment"),
    *("importing.commit_import", "importing.preview_import", "plain_grading.submit_plain"),
    *("reviews.acknowledge_review", "reviews.correct_review", "reviews.release_reviews", "reviews.void_review"),
    "offline_import.apply_offline",
    *("sampling.assign_sample", "sampling.draw_sample", "sampling.replace_ticket"),
    *("scorecard_drafts.start_new", "scorecard_drafts.start_copy", "scorecard_drafts.start_next"),
    *("scorecard_drafts.edit_draft", "scorecard_drafts.take_back", "scorecard_drafts.replace_draft"),
    *("scorecard_drafts.discard_draft", "scorecards.record_change"),
    *("scorecards.archive", "scorecards.publish", "scorecards.publish_from_library", "scorecards.save_draft"),
)
"""What changes something; their refusals are tested with each of them."""


def test_every_workflow_is_known_here_as_reading_or_writing() -> None:
    found = set()
    for module in pkgutil.iter_modules(qa_app.workflows.__path__):
        loaded = importlib.import_module(f"qa_app.workflows.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            own = function.__module__ == loaded.__name__ and not name.startswith("_")
            if own and next(iter(inspect.signature(function).parameters), "") == "context":
                found.add(f"{module.name}.{name}")
    assert found == {*READERS, *WRITERS}


@pytest.mark.long
def test_nobody_reads_blind_answers_of_another(sqlite_house: House, session: CalibrationSession) -> None:
    for person in (*BYSTANDERS, BO, EVE):
        found = gather(sqlite_house, person, session)
        assert person is BO or leaks(found, BLIND_OF_BO) == set(), person.name
        assert person is EVE or leaks(found, BLIND_OF_EVE) == set(), person.name
        if person in {BO, EVE}:
            assert leaks(found, EVERYDAY) == set(), person.name
        if person is ADMIN:
            assert leaks(found, EVERYDAY) == SHOWING_EVERYDAY


def test_reveal_shows_everything_to_those_who_took_part(sqlite_house: House, session: CalibrationSession) -> None:
    calibration.reveal_session(sqlite_house.act(FACILITATOR), session.id)
    of_eve = gather(sqlite_house, EVE, session)
    assert leaks(of_eve, BLIND_OF_BO) == SHOWING_BLIND
    assert leaks(of_eve, EVERYDAY) == SHOWING_EVERYDAY
    assert leaks(gather(sqlite_house, BO, session), BLIND_OF_EVE) == SHOWING_BLIND - {"exporting.export_calibration"}
    for stranger in (CY, COACH, NINA):
        assert leaks(gather(sqlite_house, stranger, session), BLIND_OF_BO) == set()


def test_expert_grades_as_blind_as_the_reviewers(house: House) -> None:
    with house.store.write() as tx:
        people.add_person(tx, EVE)
    everyday = house.submit(DI, house.assign(DI, T1), OF_DI)
    house.release(everyday)
    new = calibration.NewSession("Expert", VERSION.id, (T1.id,), (BO.id, CY.id), expert_id=EVE.id)
    session = calibration.open_session(house.act(FACILITATOR), new)
    house.submit(BO, house.queue_of(BO, session.id)[T1.id], OF_BO)
    found = gather(house, EVE, session, but=FILES)
    assert (leaks(found, EVERYDAY), leaks(found, BLIND_OF_BO)) == (set(), set())


def test_grade_taken_from_everyday_work_is_as_hidden_as_any(sqlite_house: House) -> None:
    with sqlite_house.store.write() as tx:
        people.add_person(tx, EVE)
    everyday = sqlite_house.submit(DI, sqlite_house.assign(DI, T1), OF_DI)
    sqlite_house.release(everyday)
    sqlite_house.tick(seconds=31)
    new = calibration.NewSession("Existing", VERSION.id, (T1.id,), (DI.id, EVE.id), kind=SessionKind.EXISTING)
    session = calibration.open_session(sqlite_house.act(FACILITATOR), new)
    assert calibration.list_sessions(sqlite_house.act(EVE))[0].progress == {DI.id: 1}
    assert leaks(gather(sqlite_house, EVE, session, but=FILES), EVERYDAY) == set()
    # Who does not grade reads the everyday review as before, and nothing of the session.
    assert leaks(gather(sqlite_house, MANAGER, session, but=FILES), EVERYDAY) <= SHOWING_EVERYDAY


def test_what_graders_could_see_is_stored_with_their_grade(house: House) -> None:
    session = house.open_session(T1.id)
    house.grade_session(session, {"Bo": ({},), "Cy": ({},)}, BO, CY)
    early = house.submit(CY, house.assign(CY, T1), fill())
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    late = house.submit(BO, house.assign(BO, T1), fill())
    with house.store.read() as tx:
        blind = reviews_store.reviews(tx, session_id=session.id)
    assert [review.saw_other_grades for review in blind] == [False, False]
    # Cy graded the ticket again while it was blind; Bo did so after the meeting in which all grades were shown.
    assert (early.saw_other_grades, late.saw_other_grades) == (False, True)


def test_second_grader_reads_nothing_of_first_grades_or_the_dispute_until_done(sqlite_house: House) -> None:
    with sqlite_house.store.write() as tx:
        people.add_person(tx, EVE)
    first = sqlite_house.submit(DI, sqlite_house.assign(DI, T1), OF_DI)
    sqlite_house.release(first)
    own = self_review.start_self_review(sqlite_house.act(NINA), first.id)
    sqlite_house.submit(NINA, own, marked("bo-mark", {"wait": 3.5}))
    item = DisputeItem("wait", "agent-mark reason", Answer.measure(Decimal("0.5")))
    raised = disputes.raise_dispute(sqlite_house.act(NINA), first.id, reason="agent-mark words", items=(item,))
    session = sqlite_house.open_session(T2.id, graders=(BO, CY))
    again = second_grading.assign_second_grader(sqlite_house.act(MANAGER), raised.id, EVE.id)
    before = gather(sqlite_house, EVE, session, but=FILES)
    for marks in (EVERYDAY, ("agent-mark", "agent-mark"), ("bo-mark", "bo-mark")):
        assert leaks(before, marks) == set(), marks
    (row,) = grading.list_queue(sqlite_house.act(EVE))
    assert (row.agent, row.asked) == (None, 1)
    filled = marked("eve-mark", {"wait": 6.5})
    ratings = tuple(rating for rating in filled.ratings if rating.criterion_id == "wait")
    sqlite_house.submit(EVE, again, replace(filled, ratings=ratings, evidence=()))
    after = gather(sqlite_house, EVE, session, but=FILES)
    assert leaks(after, ("agent-mark", "agent-mark")) >= {"disputes.list_disputes", "disputes.find_dispute"}
    # The agent and the author learn what was answered once it is decided; her words are for the deciders alone.
    for person in (NINA, DI, COACH):
        assert leaks(gather(sqlite_house, person, session, but=FILES), ("eve-mark",) * 2) == set(), person.name


def gather(
    house: House, person: Person, session: CalibrationSession, *, but: frozenset[str] = frozenset()
) -> dict[str, str]:
    """All that this person gets to read, by workflow."""
    context = house.act(person)
    return {
        name: as_text(attempt(partial(reader, context, session))) for name, reader in READERS.items() if name not in but
    }


def leaks(found: dict[str, str], marks: tuple[str, str]) -> set[str]:
    """The workflows that show one of the marks."""
    return {name for name, text in found.items() if any(mark in text for mark in marks)}


def attempt(read: Callable[[], object]) -> object:
    try:
        return read()
    except PlumblineError as refusal:
        return refusal.code, refusal.message


def as_text(found: object) -> str:
    """All that a result holds, also what is packed inside a file."""
    if not isinstance(found, File):
        return repr(found)
    if found.name.endswith(".csv"):
        return found.content.decode()
    with zipfile.ZipFile(io.BytesIO(found.content)) as packed:
        parts = [
            File(name if name.endswith(".xlsx") else f"{name}.csv", packed.read(name)) for name in packed.namelist()
        ]
    # When a workbook was packed is told by the machine's clock, and not by that of the workflow.
    return re.sub("<dcterms:modified.*?</dcterms:modified>", "", "".join(map(as_text, parts)))


def dispute_ids(context: Context) -> tuple[DisputeId, ...]:
    with context.store.read() as tx:
        return tuple(dispute.id for dispute in disputes_store.disputes(tx))


def write_raw(context: Context) -> tuple[str, object]:
    target = io.BytesIO()
    return raw_export.export_raw(context, target, start=FIRST, end=LAST, zone=UTC_ZONE).text, target.getvalue().decode()


def review_ids(context: Context) -> tuple[ReviewId, ...]:
    """Every review there is, as somebody would know who reads ids over shoulders."""
    with context.store.read() as tx:
        return tuple(
            ReviewId(entry.object_id)
            for entry in audit.entries(tx)
            if entry.action in {"review.submit", "review.correct"}
        )
