from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from db.records import AuditEntry, DatabaseState, Person, PersonId, Role
from db.store import audit, people
from qa_app.errors import NotAllowed, Unavailable
from qa_app.settings import Settings
from qa_app.workflows import access, calibration, coaching, deciding, disputes, reviews, upkeep
from qa_app.workflows.access import NewPerson
from qa_app.workflows.context import make_id, read_clock
from scorecards.answers import Answer
from tests.factories import fill, make_person
from tests.qa_app.workflows.house import ADMIN, BO, COACH, CY, FACILITATOR, LEAD, MANAGER, NINA, T1, T2, T3, House


def settings_in(folder: Path) -> Settings:
    return Settings(folder, f"sqlite:///{folder / 'plumbline.sqlite'}", "127.0.0.1", 8501, ZoneInfo("UTC"))


@pytest.fixture
def worked(house: House) -> House:
    """Something of everything: grades, a correction, a void, a dispute, a calibration, coaching."""
    contested, corrected, void = house.grade(BO, T1, {"greeting": "no"}), house.grade(BO, T2), house.grade(CY, T3)
    house.release(contested, corrected)
    dispute = disputes.raise_dispute(house.act(NINA), contested.id, reason="I did")
    answers = {"greeting": Answer.choose("yes")}
    deciding.decide_dispute(house.act(MANAGER), dispute.id, decision="Yes", answers=answers, without_second=True)
    reviews.correct_review(house.act(BO), corrected.id, fill({"wait": 2.5}), reason="Clock")
    reviews.void_review(house.act(MANAGER), void.id, reason="Test")
    session = house.open_session(T1.id)
    house.grade_session(session, {"Bo": ({"solution": "n/a"},), "Cy": ({"identity": "no"},)}, BO, CY)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    coaching.set_goal(house.act(COACH), NINA.id, skill="empathy", text="Name it", due_on=None)
    return house


def test_audit_chain_and_scores_hold_after_a_whole_run(worked: House) -> None:
    verdict = upkeep.verify_audit(worked.act(ADMIN))
    assert (verdict.first_broken_seq, verdict.reason) == (None, None)
    with worked.store.read() as tx:
        entries = audit.entries(tx, limit=1000)
    assert (verdict.entries, verdict.head_hash) == (len(entries), entries[0].hash)
    # Three everyday grades, a revision, a correction, two blind grades; the void one and the superseded ones as well.
    assert upkeep.recompute_scores(worked.act(ADMIN)) == upkeep.ScoreCheck(7, ())


def test_changed_entry_breaks_the_chain(worked: House) -> None:
    with worked.store.write() as tx:
        if tx.on_sqlite:
            tx.connection.execute(text("drop trigger audit_entry_no_update"))
        else:
            tx.connection.execute(text("set local session_replication_role = replica"))
        tx.connection.execute(text("update audit_entry set why = 'nothing' where seq = 3"))
    verdict = upkeep.verify_audit(worked.act(ADMIN))
    assert (verdict.entries, verdict.first_broken_seq, verdict.reason) == (2, 3, "entry 3 was changed")


@pytest.mark.parametrize(
    "tampering",
    [
        "update review set reported_score = 99 where id = :id",
        "update review set passed = not passed where id = :id",
        "update criterion_result set value = 0.5 where review_id = :id and criterion_id = 'greeting'",
        "update rating set option_id = 'no' where review_id = :id and criterion_id = 'greeting'",
        "delete from criterion_result where review_id = :id and criterion_id = 'wait'",
    ],
    ids=["score", "verdict", "result", "answer", "deleted result"],
)
def test_recomputing_finds_a_tampered_score(house: House, tampering: str) -> None:
    kept, tampered = house.grade(BO, T1), house.grade(BO, T2)
    with house.store.write() as tx:
        tx.connection.execute(text(tampering), {"id": tampered.id})
    assert upkeep.recompute_scores(house.act(ADMIN)) == upkeep.ScoreCheck(2, (tampered.id,))
    assert kept.id != tampered.id


def test_whoever_grades_blind_is_not_told_the_head_of_the_chain(sqlite_house: House) -> None:
    """The head is made of scores too: of the everyday review here, which the session hides from its graders."""
    eve = make_person("Eve", Role.ADMIN, Role.REVIEWER)
    with sqlite_house.store.write() as tx:
        people.add_person(tx, eve)
    sqlite_house.grade(CY, T1)
    session = sqlite_house.open_session(T1.id, graders=(BO, eve))
    told = {person.id: upkeep.verify_audit(sqlite_house.act(person)) for person in (ADMIN, eve)}
    assert replace(told[ADMIN.id], head_hash="") == told[eve.id]
    sqlite_house.grade_session(session, {"Bo": ({},), "Eve": ({},)}, BO, eve)
    calibration.reveal_session(sqlite_house.act(FACILITATOR), session.id)
    heads = {upkeep.verify_audit(sqlite_house.act(person)).head_hash for person in (ADMIN, eve)}
    assert "" not in heads
    assert len(heads) == 1


def test_audit_is_read_by_admins_and_verified_by_managers_too(sqlite_house: House) -> None:
    assert upkeep.list_audit(sqlite_house.act(ADMIN)) == ()
    assert upkeep.verify_audit(sqlite_house.act(LEAD)).entries == 0
    for person in (MANAGER, FACILITATOR, BO, COACH, NINA):
        with pytest.raises(NotAllowed):
            upkeep.list_audit(sqlite_house.act(person))
    for person in (FACILITATOR, BO, COACH, NINA):
        with pytest.raises(NotAllowed):
            upkeep.verify_audit(sqlite_house.act(person))
        with pytest.raises(NotAllowed):
            upkeep.recompute_scores(sqlite_house.act(person))


def test_audit_is_listed_newest_first_by_object_and_without_sign_ins(house: House) -> None:
    review = house.grade(BO, T1)
    access.open_session(house.store, BO.id, now=house.now)
    house.release(review)
    context = house.act(ADMIN)
    assert actions(upkeep.list_audit(context)) == ["review.released", "session.open", "review.submit"]
    assert actions(upkeep.list_audit(context, sign_ins=False)) == ["review.released", "review.submit"]
    assert actions(upkeep.list_audit(context, object_type="person")) == ["session.open"]
    assert actions(upkeep.list_audit(context, before_seq=3, limit=1)) == ["session.open"]


def test_audit_tells_no_values_of_reviews_to_an_admin_who_grades_blind(house: House) -> None:
    both = replace(ADMIN, roles=frozenset({Role.ADMIN, Role.REVIEWER}))
    everyday = house.grade(BO, T1)
    open_entry = upkeep.list_audit(house.act(both))[0]
    assert open_entry.after["reported"] == "100.0"
    session = house.open_session(T1.id, graders=(BO, both))
    blind = {entry.object_id: entry for entry in upkeep.list_audit(house.act(both))}
    assert blind[everyday.id] == replace(open_entry, after={})
    assert blind[session.id].after == {"tickets": 1, "reviewers": 2, "seed": 1}


def test_installation_is_made_whole_in_an_empty_folder(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "new" / "data")
    assert upkeep.read_status(settings).state is DatabaseState.MISSING
    installation = upkeep.open_installation(settings)
    try:
        assert upkeep.read_status(settings).state is DatabaseState.CURRENT
        assert settings.recordings_dir.is_dir()
        assert access.is_empty(installation.store)
        again = upkeep.open_installation(settings)
        again.store.close()
    finally:
        installation.store.close()


def test_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(Unavailable) as problem:
        upkeep.open_installation(settings_in(tmp_path / "data"))
    assert problem.value.code == "data-folder"
    assert "PLUMBLINE_DATA_DIR" in problem.value.message


def test_newer_database_and_foreign_files_are_refused_politely(tmp_path: Path) -> None:
    newer, foreign = settings_in(tmp_path / "newer"), settings_in(tmp_path / "foreign")
    installation = upkeep.open_installation(newer)
    with installation.store.write() as tx:
        tx.connection.execute(text("update alembic_version set version_num = 'r9999'"))
    installation.store.close()
    foreign.data_dir.mkdir()
    (foreign.data_dir / "plumbline.sqlite").write_bytes(b"something else entirely" * 100)
    codes = {}
    for settings in (newer, foreign):
        with pytest.raises(Unavailable) as problem:
            upkeep.open_installation(settings)
        codes[settings.data_dir.name] = problem.value.code
    with pytest.raises(Unavailable):
        upkeep.read_status(foreign)
    assert codes == {"newer": "database-newer", "foreign": "database-unusable"}
    assert upkeep.read_status(newer).state is DatabaseState.AHEAD


def test_backup_brings_back_what_was_there(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data")
    installation = upkeep.open_installation(settings)
    context = installation.context(Person(PersonId("p1"), "Ada"))
    access.make_first_admin(context, NewPerson("Ada", "ada@example.org", password="long enough"))
    told: list[tuple[int, int]] = []
    backup = upkeep.back_up(settings, tmp_path / "b.sqlite", report=lambda done, total: told.append((done, total)))
    admin = access.find_actor(installation.store, None)
    access.add_person(installation.context(admin), NewPerson("Eve"))
    installation.store.close()
    upkeep.restore(settings, backup.path)
    restored = upkeep.open_installation(settings)
    assert [person.name for person in access.list_people(restored.context(admin))] == ["Ada"]
    restored.store.close()
    assert told[-1][0] == told[-1][1]


def test_backup_and_restore_that_cannot_be_say_so(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data")
    (tmp_path / "text.sqlite").write_text("no database")
    for code, act in (
        ("backup-failed", lambda: upkeep.back_up(settings, tmp_path / "b.sqlite")),
        ("restore-failed", lambda: upkeep.restore(settings, tmp_path / "text.sqlite")),
    ):
        with pytest.raises(Unavailable) as problem:
            act()
        assert problem.value.code == code


def test_sqlite_library_is_the_sound_one() -> None:
    assert upkeep.sqlite_is_sound()
    assert tuple(int(part) for part in upkeep.sqlite_version().split(".")) >= (3, 51, 3)


def test_ids_sort_by_time_and_are_never_the_same() -> None:
    made = [make_id() for _ in range(200)]
    assert len(set(made)) == 200
    assert {len(each) for each in made} == {24}
    assert [each[:11] for each in made] == sorted(each[:11] for each in made)
    assert read_clock().utcoffset() is not None
    assert Decimal(int(made[0][:11], 16)) <= Decimal(read_clock().timestamp()) * 1000


def actions(entries: tuple[AuditEntry, ...]) -> list[str]:
    return [entry.action for entry in entries]
