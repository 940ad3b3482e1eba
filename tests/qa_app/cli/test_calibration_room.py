"""What comes before a calibration meeting, and the meeting itself, by commands alone."""

import csv
import json
from pathlib import Path

from tests.factories import BEST
from tests.qa_app.cli.terminal import Terminal

TWO = "--reviewer bo@example.org --reviewer cy@example.org"


def test_session_is_planned_opened_moved_and_cancelled(house: Terminal) -> None:
    (seen,) = house.rows("calibration plan care --tickets 20 --reviewers 2")
    # By hand: the variance of Donner & Eliasziw 1992 at kappa .6 and .25 is .864 / 20, see the planner's own test.
    assert (round(seen["95% within"], 4), seen["minutes in all"], seen["measured on"]) == (0.4074, None, 0)
    assert seen["tickets for +-0.15"] == 148
    assert house.rows("calibration contested") == []

    opened = house.run(
        f"calibration open W1 --scorecard care --tickets 1 --ticket t1 --seed 9 --criterion greeting --show-agent {TWO}"
    )
    assert opened.stderr == "2 tickets: 1 at random, 1 by hand in each of 2 queues.\n"
    session_id = opened.stdout.strip()
    queued = house.rows("queue", env={"PLUMBLINE_USER": "bo@example.org"})
    assert {(row["ticket"], row["purpose"]) for row in queued} == {("101", "calibration"), ("103", "calibration")}

    assert house.run("calibration deadline", session_id, "2099-12-04", "--why", "Two are ill").stderr == (
        "Due 2099-12-04.\n"
    )
    assert "[deadline-past]" in house.refused("calibration deadline", session_id, "2020-01-01", "--why", "Too late")
    assert house.run("calibration cancel", session_id, "--why", "The card changes").stderr == "Cancelled.\n"
    assert [row["state"] for row in house.rows("calibration status")] == ["cancelled"]
    assert "[unknown-criterion]" in house.refused(f"calibration open W2 --scorecard care --criterion hue {TWO}")


def test_meeting_is_written_down_and_ticked_off(house: Terminal, tmp_path: Path) -> None:
    session_id = house.done(f"calibration open W1 --scorecard care --ticket t1 {TWO}").strip()
    assert "[session-blind]" in house.refused("calibration agree", session_id, "101", "empathy", "4")
    for who in ("bo", "cy"):
        env = {"PLUMBLINE_USER": f"{who}@example.org"}
        (row,) = house.rows("queue", env=env)
        line = {"assignment": row["assignment"], "answers": {**BEST, "note": "n/a"}}
        (tmp_path / "graded.jsonl").write_text(json.dumps(line), encoding="utf-8")
        house.done("grade", tmp_path / "graded.jsonl", env=env)
    house.done("calibration reveal", session_id)

    assert house.run("calibration agree", session_id, "101", "wait", "7.5").stderr == "Agreed: 7.5 min.\n"
    assert "Did you mean 101?" in house.refused("calibration agree", session_id, "110", "empathy", "4")
    assert "[agreed-answer]" in house.refused("calibration agree", session_id, "101", "empathy", "9")
    assert "[unknown-criterion]" in house.refused("calibration agree", session_id, "101", "hue", "9")
    house.done("calibration attend", session_id, "bo@example.org", "ada-admin@example.org")
    assert house.run("calibration attend", session_id, "cy@example.org", "--absent").stderr == (
        "1 person noted as absent.\n"
    )
    house.done("calibration feedback", session_id, "bo@example.org", "Thank you.")
    told: object = house.rows("calibration minutes", session_id)
    assert told == {
        "agreed": [{"ticket": "101", "criterion": "Minutes of silence", "answer": "7.5 min"}],
        "attendance": [
            {"person": "Ada Admin", "as": "facilitator", "there": True},
            {"person": "Bo", "as": "reviewer", "there": True},
            {"person": "Cy", "as": "reviewer", "there": False},
        ],
        "in private": [{"reviewer": "Bo", "words": "Thank you."}],
    }

    words = ("empathy", "=Once is enough", "--cause", "slip", "--action", "Reword it", "--due", "2020-02-03")
    finding_id = house.done("calibration finding", session_id, *words, "--owner", "bo@example.org").strip()
    refusal = house.refused("calibration finding", session_id, *words, "--owner", "nina-north@example.org")
    assert "[finding-owner]" in refusal
    assert "is the draft" in house.run("calibration finding", session_id, *words[:4], "--guideline").stderr
    (row,) = house.rows("calibration findings --open")
    assert {key: row[key] for key in ("finding", "to do", "owner", "until", "progress")} == {
        "finding": finding_id, "to do": "Reword it", "owner": "Bo", "until": "2020-02-03", "progress": "overdue",
    }  # fmt: skip
    house.done("calibration done", finding_id, env={"PLUMBLINE_USER": "bo@example.org"})
    assert [row["progress"] for row in house.rows("calibration findings")] == ["done", "nothing to do"]
    assert house.run("calibration done", finding_id, "--reopen").stderr == "To do again.\n"
    assert "[no-finding]" in house.refused("calibration done nothing")
    written = Path(house.done("calibration findings --format csv --to", tmp_path).strip())
    rows = list(csv.DictReader(written.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["decision"], row["due"], row["progress"]) for row in rows] == [
        ("'=Once is enough", "2020-02-03", "overdue"), ("'=Once is enough", "", "nothing to do"),
    ]  # fmt: skip
    assert house.run("calibration close", session_id).stderr == "Closed.\n"
    assert "[session-not-revealed]" in house.refused("calibration finding", session_id, *words)


def test_series_is_run_from_cron(house: Terminal) -> None:
    made = house.done(f"calibration series add Chat --scorecard care --tickets 1 --every 2 --first 2020-01-06 {TWO}")
    (opened,) = house.rows("calibration series run")
    assert (opened["series"], opened["problem"]) == ("Chat", "")
    assert house.rows("calibration series run") == []
    (row,) = house.rows("calibration series list")
    assert (row["series"], row["sessions"], row["every weeks"], row["reviewers"]) == (made.strip(), 1, 2, "Bo, Cy")
    assert house.run("calibration series rest", made.strip()).stderr == "Rests.\n"
    assert house.rows("calibration series list")[0]["next"] == "rests"
    assert house.run("calibration series resume", made.strip()).stderr == "Goes on.\n"
    stuck = house.done(f"calibration series add All --scorecard care --tickets 4 --first 2020-01-06 {TWO}")
    assert stuck
    assert [row["problem"] for row in house.rows("calibration series run")] == [""]
    assert "Did you mean" in house.refused("calibration series rest", "Cha")


def test_certificates_say_what_is_missing(house: Terminal) -> None:
    assert house.run("certificate rule care --least 0.75 --required").stderr == (
        "care: 60 answers, interval from 0.75.\n"
    )
    assert [(row["reviewer"], row["answers"], row["valid"]) for row in house.rows("certificate list")] == [
        ("Bo", 0, False), ("Cy", 0, False), ("Di", 0, False),
    ]  # fmt: skip
    assert house.refused("certificate grant care bo@example.org") == (
        "Bo is not calibrated yet. 0 answers stand beside a reference; the rule asks for 60. There is no interval yet; "
        "it takes two tickets with a reference. [not-calibrated]"
    )
    sample_id = house.done("sample draw W1 --size 1").strip()
    assert "Bo has none" in house.refused(f"assign {sample_id} --scorecard care --reviewer bo@example.org")
    assert "[no-certificate]" in house.refused("certificate withdraw c1 --why Gone")
    assert "[certificate-rule]" in house.refused("certificate rule care --least much")


def test_hidden_checks_are_set_given_and_reported(house: Terminal) -> None:
    assert house.rows("check list") == []
    said = house.run("check rule care --pairs 50 --repeats 2.5 --weeks 4").stderr
    assert said == "care: 50% to a second reviewer, 2.5% again after 4 weeks; 3 of 3 reviewers can be checked.\n"
    (rule,) = house.rows("check list")
    assert (rule["scorecard"], rule["pairs %"], rule["repeats %"], rule["weeks"]) == ("care", "50", "2.5", 4)
    sample_id = house.done("sample draw W1 --size 4").strip()
    assert house.run("assign", sample_id, "--scorecard", "care", *TWO.split()).stderr == (
        "4 tickets handed out, and 2 hidden checks, 0 without an eligible reviewer.\n"
    )
    queued = [
        row for user in ("bo", "cy") for row in house.rows("queue", env={"PLUMBLINE_USER": f"{user}@example.org"})
    ]
    assert [row["purpose"] for row in queued] == ["quality"] * 6
    report = json.loads(house.done("check report care --format json"))
    assert [(row["kind"], row["given"], row["open"]) for row in report["given"]] == [
        ("Two reviewers", 2, 2), ("Same reviewer again", 0, 0),
    ]  # fmt: skip
    assert house.done("check report care").startswith("Hidden checks, Care: 0 tickets of two reviewers")
    assert "[not-allowed]" in house.refused("check report care", env={"PLUMBLINE_USER": "bo@example.org"})
    assert "[check-rule]" in house.refused("check rule care --pairs many")
