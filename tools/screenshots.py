"""A tour of every page as every kind of person, on desktop and phone, light and dark, written as pictures to a folder.

    python -m tools.screenshots FOLDER [--data DATA] [--part coach] [--page agent] [--size phone] [--whole]

Without `--data`, a demo is made for the tour. `--whole` grows the window until the page fits.
"""

import argparse
import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.journey.house import DESKTOP, PHONE, House, Visitor, launch_browser, make_demo, serve
from tests.journey.places import PARTS, list_places, look_into

SIZES = {"desktop": DESKTOP, "phone": PHONE}
SCHEMES = ("light", "dark")
_TALLEST = 6000


def main() -> None:
    """Read the words of the command line and go."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, help="data folder of a demo")
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--page", action="append")
    parser.add_argument("--size", action="append", choices=tuple(SIZES))
    parser.add_argument("--scheme", action="append", choices=SCHEMES)
    parser.add_argument("--whole", action="store_true")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with _demo(asked.data) as data, serve(data) as house, sync_playwright() as playwright:
        with look_into(data) as installation:
            places = {part: list_places(installation, part) for part in asked.part or PARTS}
        browser = launch_browser(playwright)
        for part, addresses in places.items():
            wanted = {name: address for name, address in addresses.items() if not asked.page or name in asked.page}
            for size in asked.size or SIZES:
                for scheme in asked.scheme or SCHEMES:
                    _visit(browser, house, asked.folder, part, wanted, size=size, scheme=scheme, whole=asked.whole)
        browser.close()


@contextlib.contextmanager
def _demo(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "demo"
        make_demo(made)
        yield made


def _visit(
    browser: Browser,
    house: House,
    folder: Path,
    part: str,
    places: Mapping[str, str],
    *,
    size: str,
    scheme: str,
    whole: bool,
) -> None:
    visitor = Visitor(browser, house, size=SIZES[size], scheme=scheme)
    visitor.enter(part)
    for name, address in places.items():
        visitor.open(address)
        visitor.page.wait_for_timeout(700)  # charts and tables paint after the script has ended
        if whole:
            _grow(visitor, SIZES[size])
        path = folder / f"{part}.{name}.{size}.{scheme}.png"
        visitor.page.screenshot(path=path)
        print(path, *_remarks(visitor))
        visitor.page.set_viewport_size({"width": SIZES[size][0], "height": SIZES[size][1]})
    visitor.leave()


def _grow(visitor: Visitor, size: Sequence[int]) -> None:
    height = visitor.page.locator("[data-testid=stMain]").evaluate("main => main.scrollHeight")
    visitor.page.set_viewport_size({"width": size[0], "height": min(_TALLEST, max(size[1], height + 60))})
    visitor.page.wait_for_timeout(500)


def _remarks(visitor: Visitor) -> list[str]:
    main = visitor.page.locator("[data-testid=stMain]")
    wide = main.evaluate("main => main.scrollWidth - main.clientWidth")
    return ([f"overflows by {wide} px"] if wide > 0 else []) + visitor.problems


if __name__ == "__main__":
    main()
