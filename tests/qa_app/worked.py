"""Worked tables of the documentation, as tests read them."""

from pathlib import Path

_DOCS = Path(__file__).parents[2] / "docs"


def read_worked(document: str, name: str) -> list[dict[str, str]]:
    """Rows of the Markdown table after `<!-- worked: name -->`, by column heading."""
    lines = (_DOCS / document).read_text(encoding="utf-8").splitlines()
    start = lines.index(f"<!-- worked: {name} -->") + 1
    table = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    heading, _, *rows = table
    return [dict(zip(heading, row, strict=True)) for row in rows]


def read_document(document: str) -> str:
    """The whole text of a document."""
    return (_DOCS / document).read_text(encoding="utf-8")
