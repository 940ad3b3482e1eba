import gzip
from pathlib import Path

import pytest

from qa_app.errors import NotFound, Refused, Unavailable
from qa_app.estimate import Estimate
from qa_app.stats.chance.alpha import krippendorff_alpha
from qa_app.stats.chance.measuring import count_by_level
from qa_app.stats.ratings import Level, LongRow, RatingsTable, build_table
from qa_app.workflows.ratings_file import LevelName, RatingsFile, find_rater, find_values, read_ratings

HEADER = "item,rater,criterion,value\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "ratings.csv"
    path.write_text(text, encoding="utf-8")
    return path


def read(
    path: Path, *, level: LevelName = LevelName.ORDINAL, scale: str | None = None, criterion: str | None = None
) -> RatingsFile:
    return read_ratings(path, level=level, scale=scale, criterion=criterion)


def cells(table: RatingsTable) -> list[tuple[str, str, float]]:
    return [
        (unit, rater, float(table.values[row, column]))
        for row, unit in enumerate(table.unit_ids)
        for column, rater in enumerate(table.rater_ids)
        if table.values[row, column] == table.values[row, column]
    ]


@pytest.mark.parametrize(
    ("name", "level", "scale", "alphas"),
    [
        ("politeness_wikipedia.csv.gz", LevelName.INTERVAL, "1..25", {"politeness": 0.424}),
        (
            "newsroom_summaries.csv",
            LevelName.ORDINAL,
            "1..5",
            {"informativeness": 0.285, "relevance": 0.115, "fluency": -0.016, "coherence": 0.065},
        ),
        (
            "recipe_quality.csv",
            LevelName.ORDINAL,
            "1..6",
            {
                "grammar": 0.415,
                "fluency": 0.432,
                "verbosity": 0.399,
                "structure": 0.399,
                "success": 0.363,
                "overall": 0.435,
            },
        ),
        ("dices350_safety.csv.gz", LevelName.ORDINAL, "No,Unsure,Yes", {"is_safe": 0.191}),
        (
            "wmt23_mqm_zhen.csv.gz",
            LevelName.INTERVAL,
            None,
            {"mqm_penalty": 0.457, "major_errors": 0.491, "minor_errors": 0.096},
        ),
    ],
)
def test_real_ratings_give_the_published_alphas(
    shared_data: Path, name: str, level: LevelName, scale: str | None, alphas: dict[str, float]
) -> None:
    # Alphas by the Python package krippendorff over the same files, as their README states them to 3 digits.
    tables = read(shared_data / "ratings" / name, level=level, scale=scale).tables
    found = {key: krippendorff_alpha(count_by_level(table), metric=table.level) for key, table in tables.items()}
    assert {key: round(one.value, 3) for key, one in found.items() if isinstance(one, Estimate)} == alphas


def test_file_becomes_a_table_for_each_criterion(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "\ufeffunit,rater_id,criterion,value,note\n"
        "t1,bo,tone,5,\nt1,cy,tone,4,\nt2,bo,tone,2,\nt2,cy,tone,,left out\n"
        "t3,bo,tone,n/a,\nt3,cy,tone,Not applicable\n\n"
        "t1,bo,pace,1,\n",
    )
    found = read(path, scale="1..5").tables
    assert list(found) == ["tone", "pace"]
    rows = [LongRow("t1", "bo", 5), LongRow("t1", "cy", 4), LongRow("t2", "bo", 2)]
    rows += [LongRow("t3", "bo", None), LongRow("t3", "cy", None)]
    same = build_table(rows, level=Level.ORDINAL, categories=(1, 2, 3, 4, 5))
    assert (cells(found["tone"]), found["tone"].categories) == (cells(same), same.categories)
    assert (found["tone"].n_chosen, found["tone"].n_not_applicable, found["tone"].n_missing) == (3, 2, 1)
    assert list(read(path, scale="1..5", criterion="pace").tables) == ["pace"]


def test_compressed_file_reads_as_it_does_plain(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv.gz"
    path.write_bytes(gzip.compress((HEADER + "t1,bo,tone,5\nt1,cy,tone,4\n").encode()))
    assert cells(read(path).tables["tone"]) == [("t1", "bo", 5.0), ("t1", "cy", 4.0)]


def test_words_in_a_declared_order_are_steps(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "t1,bo,safe,Yes\nt1,cy,safe,Unsure\nt2,bo,safe,No\n")
    found = read(path, scale="No,Unsure,Yes")
    assert cells(found.tables["safe"]) == [("t1", "bo", 2.0), ("t1", "cy", 1.0), ("t2", "bo", 0.0)]
    assert found.words == {0.0: "No", 1.0: "Unsure", 2.0: "Yes"}
    assert find_values(found, ["No"]) == frozenset({0.0})
    with pytest.raises(NotFound, match="no value of 'Unsur'; near are Unsure"):
        find_values(found, ["Unsur"])


def test_names_are_names_also_beside_digits(tmp_path: Path) -> None:
    lines = [("t1", "unclear", "0"), ("t2", "0", "0"), ("t3", "unclear", "unclear"), ("t4", "1", "1.0")]
    path = write(tmp_path, HEADER + "".join(f"{item},bo,kind,{bo}\n{item},cy,kind,{cy}\n" for item, bo, cy in lines))
    table = read(path, level=LevelName.NOMINAL).tables["kind"]
    # All but the first item have the same answer twice; "1" and "1.0" are one number.
    assert [row[0] == row[1] for row in table.values.tolist()] == [False, True, True, True]
    assert table.categories == (0.0, 1.0, 2.0)


def test_numbers_have_no_scale_unless_it_is_declared(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "t1,bo,penalty,8.1\nt1,cy,penalty,0\n")
    assert read(path, level=LevelName.RATIO).tables["penalty"].categories == ()


@pytest.mark.parametrize(
    ("text", "scale", "level", "line", "column", "said"),
    [
        ("t1,bo,tone,5\nt1,cy,tone,good\n", None, LevelName.ORDINAL, 3, "value", "'good' is no number; words need"),
        ("t1,bo,tone,nan\n", None, LevelName.ORDINAL, 2, "value", "'nan' is no number"),
        ("t1,bo,tone,inf\n", None, LevelName.INTERVAL, 2, "value", "'inf' is no number"),
        ("t1,bo,tone,-1\n", None, LevelName.RATIO, 2, "value", "-1 is below 0"),
        ("t1,bo,tone,1_0\n", None, LevelName.ORDINAL, 2, "value", "'1_0' is no number"),
        ("t1,bo,tone,1e300\n", None, LevelName.INTERVAL, 2, "value", "sizes from 1e-30 to 1e30 are valid, and 0."),
        ("t1,bo,tone,1e-320\n", None, LevelName.INTERVAL, 2, "value", "too large or too small to compute with"),
        ("t1,bo,tone,5\nt1,bo,tone,4\n", None, LevelName.ORDINAL, 3, "value", "on 'tone' in line 2 already"),
        ("t1,bo,tone,9\n", "1..5", LevelName.ORDINAL, 2, "value", "9 is not on the scale 1..5."),
        ("t1,bo,tone,yess\n", "no,yes", LevelName.ORDINAL, 2, "value", "no,yes. Did you mean 'yes'?"),
        ("t1,,tone,5\n", None, LevelName.ORDINAL, 2, "rater", "The rater is empty"),
    ],
    ids=["word", "nan", "inf", "below 0", "underscore", "huge", "tiny", "twice", "outside", "near", "nobody"],
)
def test_lines_that_cannot_be_used_are_named_with_their_place(
    tmp_path: Path, text: str, scale: str | None, level: LevelName, line: int, column: str, said: str
) -> None:
    found = read(write(tmp_path, HEADER + text), scale=scale, level=level)
    assert [(issue.file, issue.row, issue.column) for issue in found.issues] == [("ratings.csv", line, column)]
    assert said in found.issues[0].message, found.issues[0].message
    assert found.tables == {}


def test_all_bad_lines_are_named_at_once(tmp_path: Path) -> None:
    found = read(write(tmp_path, HEADER + "t1,bo,tone,a\nt2,bo,tone,4\nt3,bo,tone,b\n"))
    assert [issue.row for issue in found.issues] == [2, 4]


@pytest.mark.parametrize(
    ("text", "scale", "code", "said"),
    [
        ("item,rater,value\nt1,bo,5\n", None, "ratings-columns", "ratings.csv lacks the column(s) criterion"),
        ("", None, "ratings-columns", "item, rater, criterion, value: it is empty."),
        ("item;rater;criterion;value\n", None, "ratings-columns", "parted by commas, not by ';': save it as CSV"),
        ("item,rater,criterion,value,value\n", None, "ratings-columns", "has the column(s) value more than once"),
        (HEADER + 't1,"bo,tone,5\nt2,bo,tone,5\n', None, "ratings-csv", "no valid CSV from line 2 on"),
        (HEADER + "t1,bo,tone,5\n", "1..five", "ratings-scale", "'1..five' is no scale; write 1..5, or 0,1,2,"),
        (HEADER + "t1,bo,tone,5\n", "5..1", "ratings-scale", "'5..1' runs backwards; write 1..5."),
        (HEADER + "t1,bo,tone,5\n", "1..999999999999", "ratings-scale", "has more than 500 steps"),
        (HEADER + "t1,bo,tone,5\n", "", "ratings-scale", "'' is no scale"),
        (HEADER + "t1,bo,tone,5\n", "1,nan", "ratings-scale", "'1,nan' is no scale"),
        (HEADER + "t1,bo,tone,5\n", "1,1,2", "ratings-scale", "'1,1,2' is no scale"),
        (HEADER + "t1,bo,tone,5\n", "no,no", "ratings-scale", "'no,no' is no scale"),
        (HEADER, None, "no-criterion", "ratings.csv has no rating; it needs a line with"),
    ],
    ids=[
        "column",
        "empty",
        "semicolon",
        "column twice",
        "quote",
        "scale",
        "backwards",
        "long",
        "no scale",
        "nan scale",
        "twice scale",
        "twice word",
        "nothing",
    ],
)
def test_file_that_does_not_fit_is_refused(tmp_path: Path, text: str, scale: str | None, code: str, said: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(write(tmp_path, text), scale=scale)
    assert (refusal.value.code, said in refusal.value.message) == (code, True), refusal.value.message


def test_near_misses_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "t1,bodil,grammar,5\nt1,cy,tone,4\n")
    with pytest.raises(NotFound, match="no rating of 'gramar'; near are grammar"):
        read(path, criterion="gramar")
    tables = read(path).tables
    assert find_rater(tables, "bodil") == "bodil"
    with pytest.raises(NotFound, match="no rater of 'bodl'; near are bodil"):
        find_rater(tables, "bodl")


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"item,rater,criterion,value\nt1,bo,tone,\xff\xfe\n")
    with pytest.raises(Refused) as refusal:
        read(path)
    assert refusal.value.code == "ratings-encoding"


def test_damaged_archive_is_refused_whatever_is_damaged(tmp_path: Path) -> None:
    whole = gzip.compress((HEADER + "".join(f"t{n},bo,tone,{n % 5}\n" for n in range(500))).encode())
    middle, path = len(whole) // 2, tmp_path / "ratings.csv.gz"
    turned = whole[:middle] + bytes([whole[middle] ^ 0xFF, whole[middle + 1] ^ 0xFF]) + whole[middle + 2 :]
    for content in (b"", whole[:middle], turned, whole[:-6] + b"\0\0" + whole[-4:], b"item,rater\n"):
        path.write_bytes(content)
        with pytest.raises(Refused) as refusal:
            read(path)
        assert refusal.value.code == ("ratings-compression" if content else "ratings-columns")


def test_file_that_the_system_refuses_is_named_with_the_cause(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"gone.csv cannot be read \(No such file or directory\)"):
        read(tmp_path / "gone.csv")


def test_tables_that_no_memory_holds_are_refused_before_they_are_made(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "".join(f"t{n},r{n},tone,1\n" for n in range(7_100)))
    with pytest.raises(Refused, match="'tone' has 7,100 items by 7,100 raters, more than the 50,000,000 cells"):
        read(path)
    path = write(tmp_path, HEADER + "".join(f"t{n},bo,tone,{n}\n" for n in range(1_000)))
    with pytest.raises(Refused, match="has 1,000 different values, too many to be steps; say --level interval"):
        read(path)
    assert read(path, level=LevelName.INTERVAL).tables["tone"].n_chosen == 1_000


def test_columns_are_found_whatever_their_case(tmp_path: Path) -> None:
    assert list(read(write(tmp_path, "Item,Rater,Criterion,Value\nt1,bo,tone,5\n")).tables) == ["tone"]
