"""The joining of the desk's files is simple; these tests hold what it relies on."""

import re
from pathlib import Path

import pytest

import qa_app.ui.desk
from qa_app.ui.desk.bundle import (
    COURIER_MODULES,
    DESK_MODULES,
    MEETING_MODULES,
    MEETING_STYLES,
    MESSENGER_MODULES,
    PREVIEW_MODULES,
    PREVIEW_STYLES,
    STYLES,
    WAKER_MODULES,
    join_modules,
    join_styles,
    read_module,
)

WEB = Path(qa_app.ui.desk.__file__).parent / "web"
ENTRIES = [DESK_MODULES, COURIER_MODULES, MESSENGER_MODULES, WAKER_MODULES, PREVIEW_MODULES, MEETING_MODULES]
IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./([\w]+\.js)";$', re.MULTILINE)
TOP_LEVEL = re.compile(r"^(?:export )?(?:const|let|function|class) (\w+)", re.MULTILINE)


def test_every_file_belongs_to_the_desk() -> None:
    scripts = {name for entry in ENTRIES for name in entry}
    assert {path.name for path in WEB.iterdir()} == scripts | {*STYLES, *PREVIEW_STYLES, *MEETING_STYLES}


@pytest.mark.parametrize("modules", ENTRIES)
def test_modules_import_only_from_those_before_them(modules: tuple[str, ...]) -> None:
    for place, name in enumerate(modules):
        source = read_module(name)
        imports = [(names.split(", "), origin) for names, origin in IMPORT.findall(source)]
        assert len(imports) == source.count("\nimport ") + source.startswith("import ")
        for names, origin in imports:
            assert origin in modules[:place]
            exported = set(re.findall(r"^export (?:const|function|class) (\w+)", read_module(origin), re.MULTILINE))
            assert exported >= set(names)


@pytest.mark.parametrize("modules", ENTRIES)
def test_joined_modules_are_one_scope_with_one_entry(modules: tuple[str, ...]) -> None:
    joined = join_modules(modules)
    names = TOP_LEVEL.findall(joined)
    assert len(names) == len(set(names))
    assert not re.search(r"^import\b", joined, re.MULTILINE)
    assert joined.count("export default") == 1


def test_foreign_text_cannot_become_markup() -> None:
    joined = join_modules(DESK_MODULES) + join_modules(MEETING_MODULES)
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "createContextualFragment", "document.write", "eval("):
        assert way not in joined


def test_colours_and_fonts_come_from_the_theme() -> None:
    styles = join_styles((*STYLES, "meeting.css"))
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", styles) == []
    assert set(re.findall(r"font(?:-family)?:[^;]*var\((--st-[\w-]+)\)", styles)) == {
        "--st-font",
        "--st-code-font",
        "--st-heading-font",
    }
    assert set(re.findall(r"var\((--st-[\w-]+)", styles)) <= {
        "--st-background-color",
        "--st-base-radius",
        "--st-border-color",
        "--st-code-font",
        "--st-font",
        "--st-green-color",
        "--st-heading-font",
        "--st-orange-color",
        "--st-primary-color",
        "--st-red-color",
        "--st-secondary-background-color",
        "--st-text-color",
    }
