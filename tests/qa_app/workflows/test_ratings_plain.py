"""The page of sentences: each number in it is one of the tables', and it claims no more than they show."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from qa_app.reports import RatingsReport
from qa_app.workflows.ratings_file import LevelName, read_ratings
from qa_app.workflows.ratings_report import report_file
from tests.factories import NOON
from tests.qa_app.worked import read_document

Rows = Sequence[tuple[str, str, int]]


def report(path: Path, *, level: LevelName = LevelName.ORDINAL, reference: str | None = None) -> RatingsReport:
    found = read_ratings(path, level=level, scale=None, criterion=None)
    return report_file(
        found,
        path.name,
        reference=reference,
        critical=frozenset(),
        n_resamples=2000,
        seed=1,
        interval="bootstrap",
        made_at=NOON,
    )


def write(folder: Path, rows: Rows) -> Path:
    path = folder / "ratings.csv"
    lines = [f"{item},{rater},tone,{value}\n" for item, rater, value in rows]
    path.write_text("item,rater,criterion,value\n" + "".join(lines), encoding="utf-8")
    return path


def read(made: RatingsReport, key: str) -> dict[str, str]:
    (section,) = (section for section in made.sections if section.key == key)
    return {str(row[0]): str(row[-1]) for row in section.rows}


@pytest.fixture(scope="module")
def recipes(shared_data: Path) -> RatingsReport:
    return report(shared_data / "ratings" / "recipe_quality.csv")


def test_real_ratings_are_told_in_true_sentences(recipes: RatingsReport) -> None:
    said = read(recipes, "plain")
    assert said["What was measured"] == (
        "88 raters gave 6336 ratings to 52 items on 6 criteria. On average an item has 20.3 ratings on a criterion."
    )
    # Ordinal alpha by krippendorff 0.9.0 over the file: success 0.363 lowest, overall 0.435 highest.
    assert "runs from 0.36 (" in said["How far raters agree"]
    assert "on success to 0.44 (" in said["How far raters agree"]
    # Counted by hand from the file: mean share of equal pairs .246 to .268, of pairs at most a step apart .565 to .626.
    assert "the same value 25% to 27% of the time" in said["How far raters agree"]
    assert "one step apart 57% to 63% of the time" in said["How far raters agree"]
    # lme4 1.1-31, value ~ 1 + (1|item_id) + (1|rater_id) by REML: items .375 to .466 of the variance, raters .102 to
    # .148, residual .386 to .519; item over total with ten raters .857 to .897.
    assert "38% to 47% comes from the items" in said["Where the differences come from"]
    assert "10% to 15% from raters" in said["Where the differences come from"]
    assert "39% to 52% from the rest" in said["Where the differences come from"]
    assert "a dependability of 0.38 to 0.47" in said["What to do"]
    assert "the mean of 10 raters reaches it on every criterion" in said["What to do"]
    assert said["Raters"].startswith(
        "Shown to rate lower: participant_73 (fluency, structure, success, overall), participant_80 (success, overall)"
    )
    assert "corrected for looking at 88 raters on 6 criteria" in said["Raters"]


def test_the_guide_quotes_this_report(recipes: RatingsReport) -> None:
    (section,) = (section for section in recipes.sections if section.key == "plain")
    quoted = [line for line in read_document("user-guide/reading-a-result.md").splitlines() if line.startswith("> **")]
    assert quoted == [f"> **{about}.** {said}" for about, said in section.rows]


def test_a_design_in_which_pairs_share_two_items_is_told(recipes: RatingsReport) -> None:
    """Five lists of raters, each with ten items of its own; two items are rated by all."""
    (criteria, warning), *more = read(recipes, "warnings").items()
    assert more == []
    assert criteria == "grammar, fluency, verbosity, structure, success, overall"
    assert warning.startswith("3091 of 3828 pairs of raters share fewer than 5 of the 52 units.")
    assert "on the 2 items that all of them rated" in read(recipes, "tests")["grammar"]
    (pairs,) = (section for section in recipes.sections if section.key == "pairs")
    assert min(int(str(row[3])) for row in pairs.rows) == 12
    assert len(pairs.rows) == 6 * 737
    assert pairs.note.endswith("Pairs with fewer than 5 items in common are left out: 18546.")


def test_from_few_items_nothing_is_advised(tmp_path: Path) -> None:
    said = read(
        report(write(tmp_path, [("t1", "Ann", 2), ("t1", "Bob", 3), ("t2", "Ann", 1), ("t2", "Bob", 1)])), "plain"
    )
    assert list(said) == ["What was measured", "How far raters agree", "What cannot be said"]
    assert said["What cannot be said"].endswith("The warnings say what else.")


def test_the_stricter_of_two_is_told_once(tmp_path: Path) -> None:
    items = [(f"t{place}", place % 4) for place in range(12)]
    rows = [row for item, value in items for row in ((item, "Ann", value), (item, "Bob", value + 1 + (value == 3)))]
    said = read(report(write(tmp_path, rows)), "plain")
    assert said["Raters"].startswith("Shown to rate lower: Ann (tone). This is against the others on the same items")
    assert "strictness divides raters most" in said["What to do"]


def test_names_have_no_variance_and_a_reference_is_taken_as_given(tmp_path: Path) -> None:
    rows = [(f"t{item}", rater, (item * place) % 3) for item in range(8) for place, rater in enumerate("ABC", start=1)]
    said = read(report(write(tmp_path, rows), level=LevelName.NOMINAL, reference="C"), "plain")
    assert "Where the differences come from" not in said
    assert said["What to do"].startswith("Go through the items to talk about")
    assert said["What cannot be said"].startswith("Whether C is right: the reference is taken as given.")


def test_nothing_to_compare_is_said(tmp_path: Path) -> None:
    said = read(report(write(tmp_path, [("t1", "Ann", 2), ("t2", "Bob", 3)])), "plain")
    assert list(said) == ["What was measured", "What cannot be said"]
