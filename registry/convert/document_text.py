"""Plain data as the text of a file: YAML, JSON, front matter, or a comment in Markdown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from registry.dialects.writers import Printed
from registry.dialects.writers.yaml_text import to_yaml

Kind = Literal["yaml", "json", "comment", "front-matter", "csv"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """A file to be written.

    Attributes:
        file: Where it belongs below the folder of all of them, with forward slashes.
    """

    file: str
    text: str


def render(data: Any, kind: Kind, body: str = "") -> str:
    """The text of a file.

    Args:
        data: A tree of plain data, in which `Printed` is written without quotes.
        kind: How it stands in the file.
        body: The prose around it, in Markdown.
    """
    if kind == "json":
        return to_json(data) + "\n"
    if kind == "yaml":
        return to_yaml(data)
    prose = f"\n{body}\n" if body else ""
    if kind == "front-matter":
        return f"---\n{to_yaml(data)}---\n{prose}"
    return f"<!--\n{to_yaml({'Type': 'model-index', **data})}-->\n{prose}"


def to_json(data: Any, indent: str = "\n") -> str:
    """JSON, indented by two; `json.dumps` would print numbers anew."""
    below = indent + "  "
    if isinstance(data, dict) and data:
        entries = (f"{json.dumps(key, ensure_ascii=False)}: {to_json(value, below)}" for key, value in data.items())
        return f"{{{below}{f',{below}'.join(entries)}{indent}}}"
    if isinstance(data, list) and data:
        return f"[{below}{f',{below}'.join(to_json(value, below) for value in data)}{indent}]"
    return str(data) if isinstance(data, Printed) else json.dumps(data, ensure_ascii=False)
