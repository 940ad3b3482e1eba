"""The file format as a JSON Schema and as tables for its documentation, both made from the model.

`python -m scorecards.schema` writes `document.schema.json`; a test fails while the file differs from the model.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from scorecards.files import write_schema
from scorecards.model import (
    AcknowledgementRules,
    Band,
    Condition,
    Criterion,
    DisputeRules,
    NumberRange,
    Option,
    Reason,
    Scorecard,
    Section,
    ShowIf,
)

Schema = Mapping[str, Any]  # JSON Schema is untyped by nature

_PARTS = (
    *(Scorecard, Section, Criterion, Option, Reason, NumberRange, ShowIf, Condition, Band),
    *(DisputeRules, AcknowledgementRules),
)


class _Untitled(GenerateJsonSchema):
    """Leaves out titles, which only repeat the keys."""

    def field_title_should_be_set(self, schema: object) -> bool:
        """Never."""
        del schema
        return False


def document_schema() -> dict[str, Any]:
    """JSON Schema of a scorecard document."""
    schema = Scorecard.model_json_schema(schema_generator=_Untitled)
    return {"$schema": _Untitled.schema_dialect, **schema, "title": "Plumbline scorecard, format 1"}


def schema_text() -> str:
    """The schema as it stands in `document.schema.json`."""
    return json.dumps(document_schema(), indent=2, ensure_ascii=False) + "\n"


def key_tables() -> str:
    """Markdown: for each part of a document its keys, what they take, their default and their meaning."""
    schema = document_schema()
    parts: dict[str, Schema] = {**schema["$defs"], "Scorecard": schema}
    return "\n".join(_part_table(part.__name__, parts[part.__name__], schema) for part in _PARTS)


def _part_table(name: str, part: Schema, root: Schema) -> str:
    required = part.get("required", [])
    rows = ["| key | takes | left out | meaning |", "|---|---|---|---|"]
    for key, field in part["properties"].items():
        default = "*required*" if key in required else _default(field)
        rows.append(f"| `{key}` | {_takes(field, root)} | {default} | {field.get('description', '')} |")
    return "\n".join([f"### {_heading(name)}", "", part["description"], "", *rows, ""])


def _heading(name: str) -> str:
    return _HEADINGS.get(name, name)


_HEADINGS = {
    "NumberRange": "Number range",
    "ShowIf": "Show if",
    "DisputeRules": "Disputes",
    "AcknowledgementRules": "Acknowledgement",
}


def _default(field: Schema) -> str:
    default = field.get("default")
    if default in (None, "", []):
        return "–"
    return f"`{json.dumps(default)}`".replace('"', "")


def _takes(field: Schema, root: Schema) -> str:
    """What a key takes, in words."""
    if "anyOf" in field:
        return _takes(next(branch for branch in field["anyOf"] if branch.get("type") != "null"), root)
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        target = root["$defs"][name]
        return _takes(target, root) if "enum" in target else _heading(name).lower()
    words = field.get("enum", [field["const"]] if "const" in field else [])
    if words:
        return ", ".join(f"`{word}`" for word in words)
    return _takes_kind(field, root)


def _takes_kind(field: Schema, root: Schema) -> str:
    match field["type"]:
        case "array":
            return f"list of {_takes(field['items'], root)}"
        case "object":
            return "texts by key"
        case "string":
            return "name" if "pattern" in field else f"text, up to {field['maxLength']}"
        case "boolean":
            return "`true`, `false`"
        case kind:
            low = f"from {field['minimum']:.0f}" if "minimum" in field else f"above {field['exclusiveMinimum']:.0f}"
            return f"{'whole number' if kind == 'integer' else 'number'} {low} to {field['maximum']:.0f}"


if __name__ == "__main__":
    write_schema(schema_text())
