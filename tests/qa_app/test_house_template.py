"""The organisation's template: what a whole document gives, and everything that is wrong with a bad one at once."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.errors import Refused
from qa_app.headings import RAW, Language, head
from qa_app.house import LARGEST_LOGO, DateFormat, House, LoadedHouse, measure_contrast, read_house, require_house
from scorecards.problems import format_problem

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def load(folder: Path, text: str) -> LoadedHouse:
    document = folder / "house.yaml"
    document.write_text(text, encoding="utf-8")
    return read_house(document)


def problems(folder: Path, text: str) -> list[str]:
    return [format_problem(problem) for problem in load(folder, text).problems]


def test_a_whole_document_gives_the_house(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "acme.png").write_bytes(PNG)
    found = load(
        tmp_path,
        """
name: Acme Support
logo: pictures/acme.png
accent: "#0F766E"
language: de
date_format: dd.mm.yyyy
columns:
  raw: [ticket, agent, value]
""",
    )
    assert found.problems == ()
    assert found.house == House(
        "Acme Support", PNG, "0F766E", {"raw": ("ticket", "agent", "value")}, Language.GERMAN, DateFormat.POINTS
    )
    assert found.house is not None
    assert found.house.choose("raw") == ("ticket", "agent", "value")


def test_what_is_left_out_is_as_usual(tmp_path: Path) -> None:
    assert load(tmp_path, "name: Acme").house == House(name="Acme")
    assert require_house(None) == House()
    assert House().choose("raw") == RAW


def test_everything_wrong_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "big.png").write_bytes(PNG + bytes(LARGEST_LOGO))
    assert problems(
        tmp_path,
        """name: ""
logo: big.png
accent: "#FDE047"
langage: de
date_format: d.m.y
columns:
  raw: [ticket, agnet, ticket]
  reveiws: [agent]
""",
    ) == [
        "house.yaml:1:7 name: the text is empty [empty-text]",
        'house.yaml:2:7 logo: "big.png" is larger than 512 KiB [logo-size]',
        (
            "house.yaml:3:9 accent: white text on #FDE047 has a contrast of 1.3 to 1; choose a darker one, 4.5 to 1 at "
            "least [faint-colour]"
        ),
        (
            'house.yaml:4:1 langage: unknown key "langage"; valid keys: name, logo, accent, columns, language, '
            'date_format; did you mean "language"? [unknown-key]'
        ),
        (
            'house.yaml:5:14 date_format: "d.m.y" is not valid here; valid: yyyy-mm-dd, dd.mm.yyyy, dd/mm/yyyy, '
            'mm/dd/yyyy; did you mean "dd.mm.yyyy"? [unknown-value]'
        ),
        (
            f'house.yaml:7:17 columns.raw[1]: there is no column "agnet"; valid: {", ".join(RAW)}; did you mean '
            '"agent"? [unknown-column]'
        ),
        'house.yaml:7:24 columns.raw[2]: "ticket" is there already [doubled-column]',
        (
            'house.yaml:8:12 columns.reveiws: there is no table "reveiws"; valid: raw, reviews, ratings; did you mean '
            '"reviews"? [unknown-table]'
        ),
    ]


@pytest.mark.parametrize(
    ("logo", "said"),
    [
        ("/etc/passwd", '"/etc/passwd" must lie in the document\'s own folder or below it [logo-outside]'),
        ("../acme.png", '"../acme.png" must lie in the document\'s own folder or below it [logo-outside]'),
        ("gone.png", '"gone.png" cannot be read: no such file or directory [unreadable-logo]'),
        ("note.png", '"note.png" is no picture of a kind that is valid here: PNG, JPEG [logo-kind]'),
    ],
)
def test_a_logo_is_a_picture_beside_the_document(tmp_path: Path, logo: str, said: str) -> None:
    (tmp_path / "note.png").write_text("no picture", encoding="utf-8")
    assert problems(tmp_path, f"logo: {logo}") == [f"house.yaml:1:7 logo: {said}"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty-document"), ("- a", "not-a-mapping"), ("name: [", "yaml-syntax"), ("accent: red", "bad-colour")],
)
def test_what_is_no_template_is_refused_in_words_of_its_own(tmp_path: Path, text: str, code: str) -> None:
    found = load(tmp_path, text)
    assert found.house is None
    assert [problem.code for problem in found.problems] == [code]
    assert "scorecard" not in found.problems[0].message


def test_an_installation_with_a_bad_template_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"(?s)cannot be used:\ngone\.yaml:1:1 the file cannot be read: no such file"):
        require_house(tmp_path / "gone.yaml")


@pytest.mark.parametrize(
    ("accent", "contrast"),
    # White on white, on black, and on the grey that WCAG's understanding of 1.4.3 names as just enough (#767676).
    [("FFFFFF", 1.0), ("000000", 21.0), ("767676", 4.54)],
)
def test_contrast_is_that_of_wcag(accent: str, contrast: float) -> None:
    assert measure_contrast(accent) == pytest.approx(contrast, abs=0.005)


@given(st.text(max_size=200))
def test_any_text_is_a_house_or_has_problems(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / "house.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    found = read_house(folder / "house.yaml")
    assert (found.house is None) == bool(found.problems)


def test_every_column_has_a_heading_in_every_language() -> None:
    for language in Language:
        headings = [head(column, language) for column in RAW]
        assert len(set(headings)) == len(RAW)
        assert all(headings)
