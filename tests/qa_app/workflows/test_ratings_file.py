from pathlib import Path

import pytest

from qa_app.errors import Refused
from qa_app.estimate import Estimate, Undefined
from qa_app.stats.agreement import Agreement, measure_criterion
from qa_app.stats.ratings import Level, LongRow, build_table
from qa_app.workflows.ratings_file import LevelName, measure_file

HEADER = "item,rater,criterion,value\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "ratings.csv"
    path.write_text(text, encoding="utf-8")
    return path


def measure(
    path: Path, *, level: LevelName = LevelName.ORDINAL, scale: str | None = None, criterion: str | None = None
) -> dict[str, Agreement]:
    return dict(measure_file(path, level=level, scale=scale, criterion=criterion, n_resamples=50, seed=1))


def test_ratings_of_recipes_give_the_published_alphas(shared_data: Path) -> None:
    # Alphas by the Python package krippendorff over the same file, as its README states them to 3 digits.
    found = measure(shared_data / "ratings" / "recipe_quality.csv", scale="1..6")
    assert {name: alpha(measured) for name, measured in found.items()} == {
        "fluency": 0.432,
        "grammar": 0.415,
        "overall": 0.435,
        "structure": 0.399,
        "success": 0.363,
        "verbosity": 0.399,
    }
    only = measure(shared_data / "ratings" / "recipe_quality.csv", scale="1..6", criterion="fluency")
    assert only == {"fluency": found["fluency"]}


def test_file_is_measured_as_its_ratings_are(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "\ufeffunit,rater_id,criterion,value,note\n"
        "t1,bo,tone,5,\nt1,cy,tone,4,\nt2,bo,tone,2,\nt2,cy,tone,,left out\n"
        "t3,bo,tone,n/a,\nt3,cy,tone,Not applicable\n"
        "t1,bo,pace,1,\n",
    )
    rows = [LongRow("t1", "bo", 5), LongRow("t1", "cy", 4), LongRow("t2", "bo", 2)]
    rows += [LongRow("t3", "bo", None), LongRow("t3", "cy", None)]
    table = build_table(rows, level=Level.ORDINAL, categories=(1, 2, 3, 4, 5))
    found = measure(path, scale="1..5")
    assert list(found) == ["tone", "pace"]
    assert found["tone"] == measure_criterion(table, seed=1, n_resamples=50)
    assert (found["tone"].chosen, found["tone"].not_applicable, found["tone"].missing) == (3, 2, 1)
    assert isinstance(found["pace"].alpha, Undefined)


def test_names_are_measured_as_names_also_beside_digits(tmp_path: Path) -> None:
    cells = [("t1", "unclear", "0"), ("t2", "0", "0"), ("t3", "unclear", "unclear"), ("t4", "1", "1.0")]
    path = write(tmp_path, HEADER + "".join(f"{item},bo,kind,{bo}\n{item},cy,kind,{cy}\n" for item, bo, cy in cells))
    percent = measure(path, level=LevelName.NOMINAL)["kind"].percent
    assert isinstance(percent, Estimate)
    # All but the first ticket have the same answer twice; "1" and "1.0" are one number.
    assert percent.value == 75.0


@pytest.mark.parametrize(
    ("text", "scale", "code", "said"),
    [
        ("item,rater,value\nt1,bo,5\n", None, "ratings-columns", "ratings.csv lacks the column(s) criterion"),
        ("", None, "ratings-columns", "ratings.csv lacks the column(s) item, rater, criterion, value"),
        (HEADER + "t1,bo,tone,5\nt1,cy,tone,good\n", None, "ratings-value", "ratings.csv:3: 'good' is no number"),
        (HEADER + "t1,bo,tone,nan\n", None, "ratings-value", "ratings.csv:2: 'nan' is no number"),
        (HEADER + "t1,bo,tone,inf\n", None, "ratings-value", "ratings.csv:2: 'inf' is no number"),
        (HEADER + "t1,bo,tone,5\nt1,bo,tone,4\n", None, "ratings-table", "two rows for unit 't1' and rater 'bo'"),
        (HEADER + "t1,bo,tone,9\n", "1..5", "ratings-table", "values outside of the declared scale"),
        (HEADER + "t1,bo,tone,5\n", "1..five", "ratings-scale", "'1..five' is no scale; write 1..5, or 0,1,2."),
        (HEADER + "t1,bo,tone,5\n", "5..1", "ratings-scale", "'5..1' is no scale"),
        (HEADER + "t1,bo,tone,5\n", "1,nan", "ratings-scale", "'1,nan' is no scale"),
        (HEADER + "t1,bo,tone,5\n", "1,1,2", "ratings-scale", "'1,1,2' is no scale"),
    ],
    ids=["column", "empty", "word", "nan", "inf", "twice", "outside", "scale", "backwards", "nan scale", "twice scale"],
)
def test_file_that_does_not_fit_is_refused_with_its_line(
    tmp_path: Path, text: str, scale: str | None, code: str, said: str
) -> None:
    with pytest.raises(Refused) as refusal:
        measure(write(tmp_path, text), scale=scale)
    assert (refusal.value.code, said in refusal.value.message) == (code, True), refusal.value.message


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"item,rater,criterion,value\nt1,bo,tone,\xff\xfe\n")
    with pytest.raises(Refused) as refusal:
        measure(path)
    assert refusal.value.code == "ratings-encoding"


def alpha(measured: Agreement) -> float:
    assert isinstance(measured.alpha, Estimate)
    return round(measured.alpha.value, 3)
