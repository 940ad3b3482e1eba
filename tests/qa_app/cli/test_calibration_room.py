"""What comes before a calibration meeting, by commands alone."""

import json

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
