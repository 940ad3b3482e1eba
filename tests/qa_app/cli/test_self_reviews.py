"""Self-reviews by commands: a coach asks, the agent begins one, lists what is open and grades it from a file."""

import json

from db.records import ReviewId
from qa_app.workflows.access import find_actor
from qa_app.workflows.reviews import release_reviews
from tests.factories import BEST
from tests.qa_app.cli.terminal import Env, Terminal

BO, COL, NINA = ({"PLUMBLINE_USER": f"{who}@example.org"} for who in ("bo", "col-coach", "nina-north"))


def grade(house: Terminal, assignments: list[str], *, who: Env) -> dict[str, str]:
    """Grade by a file as `BEST` says; each assignment with the review that was printed for it."""
    lines = [json.dumps({"assignment": each, "answers": {**BEST, "note": "n/a"}}) for each in assignments]
    file = house.folder / "graded.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    printed = house.done("grade", file, env=who).splitlines()
    return dict(zip(assignments, (line.split("\t")[0] for line in printed), strict=True))


def test_self_reviews_are_asked_begun_listed_and_graded(house: Terminal) -> None:
    sample = house.done("sample draw All --size 4").strip()
    house.done(f"assign {sample} --scorecard care --reviewer bo@example.org")
    queue = {row["ticket"]: row["assignment"] for row in house.rows("queue", env=BO)}
    given = grade(house, list(queue.values()), who=BO)
    released, unreleased = given[queue["101"]], given[queue["102"]]
    with house.opened() as installation:
        admin = installation.context(find_actor(installation.store, None))
        release_reviews(admin, [ReviewId(released)])

    asked = house.done(f"self-review ask {unreleased} --due 2026-12-04", env=COL).strip()
    begun = house.done(f"self-review start {released}", env=NINA).strip()
    assert house.rows("self-review list", env=NINA) == [
        {"assignment": asked, "ticket": "102", "subject": "Parcel 2", "due": "2026-12-04T18:00:00+00:00"},
        {"assignment": begun, "ticket": "101", "subject": "Parcel 1", "due": None},
    ]
    grade(house, [asked, begun], who=NINA)
    assert house.rows("self-review list", env=NINA) == []
    assert house.refused(f"self-review start {released}", env=NINA).endswith("[self-done]")
    assert house.refused(f"self-review ask {released}", env=BO).endswith("Ask an admin. [not-allowed]")
