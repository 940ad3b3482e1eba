"""The seeded cases are repeatable, varied and pure JSON."""

import json

from tests.scorecards.parity import parity_cases


def test_parity_cases_are_the_same_every_time_and_survive_json() -> None:
    cases = parity_cases(count=50)
    assert parity_cases(count=50) == cases
    assert json.loads(json.dumps(cases)) == [list(case) for case in cases]


def test_parity_cases_cover_what_can_go_wrong() -> None:
    cases = parity_cases()
    assert len(cases) >= 300
    seen = {
        "no score": sum(expected["raw"] is None for *_, expected in cases),
        "above 100": sum(float(expected["raw"] or 0) > 100 for *_, expected in cases),
        "lowered": sum(expected["raw"] != expected["reported"] for *_, expected in cases),
        "section weights": sum("weight" in form["sections"][0] for form, *_ in cases),
        "not asked": sum(expected["asked"] < len(answers) for _, answers, expected in cases),
        "passed": sum(expected["passed"] is True for *_, expected in cases),
        "failed": sum(expected["passed"] is False for *_, expected in cases),
    }
    assert {name for name, count in seen.items() if count < 10} == set()
