"""A coaching cycle at the terminal: what the pages can do, the commands can do."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qa_app.workflows import disputes
from tests.factories import fill
from tests.qa_app.cli.terminal import Env, Terminal
from tests.qa_app.workflows.house import BO, MANAGER, NINA, T1, House

COACH_: Env = {"PLUMBLINE_USER": "col-coach@example.org"}
NINA_: Env = {"PLUMBLINE_USER": "nina-north@example.org"}
DAY = datetime.now(UTC).date()
"""Commands go by the wall clock, and refuse days that are over."""
LATER = DAY + timedelta(days=30)


def dispute_review(terminal: Terminal) -> None:
    """A review of Nina's, released and contested just now; its ticket is too old for any figure."""
    with terminal.opened() as installation:
        inside = House(installation.store, terminal.folder, now=installation.context(MANAGER).now())
        review = inside.grade(BO, T1, {"empathy": "1"})
        inside.release(review)
        disputes.raise_dispute(inside.act(NINA), review.id, reason="I did")


def test_session_from_plan_to_follow_up(house: Terminal) -> None:
    dispute_review(house)
    (proposed,) = house.rows("coaching propose nina-north", env=COACH_)
    assert (proposed["kind"], proposed["point"], proposed["ticket"]) == ("dispute", "Open dispute: I did", "101")

    session = house.done(
        f"coaching plan nina-north --on {DAY + timedelta(days=2)} --follow-up {LATER} --propose", env=COACH_
    ).strip()
    house.done(f"coaching add {session} 'The new form'", env=NINA_)
    house.done(f"coaching add {session} Tired? --private", env=COACH_)
    for line in (f"coaching add {session} \udc80lone", f"coaching note {session} --shared \udc80lone"):
        assert house.refused(line, env=COACH_).endswith("[unstorable-text]")
    house.done(f"coaching note {session} --shared Well --private Shy", env=COACH_)
    shown = json.loads(house.done(f"coaching agenda {session} --format json", env=NINA_))
    points = [(row["point"], row["from"]) for row in shown["agenda"]]
    assert points == [("Open dispute: I did", "Col Coach"), ("The new form", "Nina North")]
    assert (shown["session"]["shared_notes"], shown["session"]["private_notes"]) == ("Well", "")
    said = house.done(f"coaching agenda {session}", env=COACH_)
    assert "Private notes: Shy" in said

    assert house.refused(f"coaching hold {session}", env=NINA_).endswith("[not-allowed]")
    assert house.refused(f"coaching hold {session} --on {LATER}", env=COACH_).endswith("[held-ahead]")
    house.done(f"coaching hold {session} --on {DAY}", env=COACH_)
    house.done(f"coaching follow-up {session} 'Better now'", env=COACH_)
    assert house.rows("coaching sessions nina-north", env=NINA_) == [
        {"session": session, "state": "followed_up", "day": str(DAY), "follow-up": str(LATER)}
    ]
    other = house.done(f"coaching plan nina-north --on {LATER}", env=COACH_).strip()
    house.done(f"coaching call-off {other} --why Ill", env=COACH_)
    (nina, _) = house.rows("coaching list", env=COACH_)
    assert (nina["agent"], nina["next session"], nina["last session"]) == ("Nina North", None, str(DAY))


def test_goal_objective_and_appraisal(house: Terminal, tmp_path: Path) -> None:
    until = f"--until {LATER}"
    line = f"coaching goal nina-north empathy 'Name it first' {until} --step Rehearse --step 'Do it' --target 80"
    goal = house.done(line, env=COACH_).strip()
    (row,) = house.rows("coaching goals nina-north", env=NINA_)
    assert (row["goal"], row["skill"], row["remarks"]) == (goal, "empathy", "Target 80%: no review yet.")
    step = row["steps"].split()[1]
    said = house.done("coaching goals nina-north", env=NINA_)
    assert len(said.splitlines()[0]) <= 80
    assert f"\nEmpathy, {goal}: Name it first\n  - {step} Rehearse\n" in said
    assert "\n  Target 80%: no review yet.\n" in said
    house.done(f"coaching step {goal} {step}", env=NINA_)
    assert house.rows("coaching goals nina-north", env=NINA_)[0]["steps"].startswith(f"x {step} Rehearse; - ")
    assert house.refused(f"coaching end-goal nina-north {goal} --dropped", env=COACH_).endswith("[goal-why]")
    house.done(f"coaching end-goal nina-north {goal}", env=COACH_)
    assert house.rows("coaching goals nina-north", env=NINA_)[0]["state"] == "met"
    assert house.refused("coaching goal nina-north empathy X --target high", env=COACH_).endswith("[goal-target]")

    assert house.refused("coaching goal nina-north '=cmd|x' X", env=COACH_).endswith("[no-skill]")

    late = house.refused("coaching objective North empathy X --until 2020-01-01", env=COACH_)
    assert late.endswith("[day-past]")
    made = house.done("coaching objective North empathy 'Name it'", env=COACH_).strip()
    assert [row["objective"] for row in house.rows("coaching objectives", env=NINA_)] == [made]
    house.done(f"coaching end-objective {made} --dropped --why 'Another one first'", env=COACH_)
    assert house.refused("coaching objective Nort empathy X", env=COACH_).endswith("Did you mean North? [no-team]")

    line = "coaching appraise nina-north --card care --from 2026-11-01 --role-play 'An angry customer'"
    appraisal = house.done(line, env=COACH_).strip()
    answers = {rating.criterion_id: str(rating.answer.option_id or rating.answer.number) for rating in fill().ratings}
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({"answers": answers, "comments": {"empathy": "Named it twice"}}), encoding="utf-8")
    for who in (COACH_, NINA_):
        house.done(f"coaching fill-in {appraisal}", file, env=who)
    (row,) = house.rows("coaching appraisals nina-north", env=NINA_)
    assert (row["about"], row["waits for"], row["self"], row["coach"]) == ("An angry customer", None, "100.0", "100.0")
    file.write_text("[", encoding="utf-8")
    assert house.refused(f"coaching fill-in {appraisal}", file, env=NINA_).endswith("[not-json]")
