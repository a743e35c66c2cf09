"""Plain data as the text of a file: YAML, JSON, front matter, or a comment in Markdown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from registry.dialects.writers import Printed

_COMMENT_END = "-->"

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


def to_yaml(data: Any) -> str:
    """YAML as people write it: in the order of the data, lists below their key, a line for a scalar."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 20)
    # `_Dumper` double-quotes every text that holds the sign that ends a comment, and there it can be escaped.
    return text.replace(_COMMENT_END, "--\\x3E")


def to_json(data: Any, indent: str = "\n") -> str:
    """JSON, indented by two; `json.dumps` would print numbers anew."""
    below = indent + "  "
    if isinstance(data, dict) and data:
        entries = (f"{json.dumps(key, ensure_ascii=False)}: {to_json(value, below)}" for key, value in data.items())
        return f"{{{below}{f',{below}'.join(entries)}{indent}}}"
    if isinstance(data, list) and data:
        return f"[{below}{f',{below}'.join(to_json(value, below) for value in data)}{indent}]"
    return str(data) if isinstance(data, Printed) else json.dumps(data, ensure_ascii=False)


class _Dumper(yaml.SafeDumper):
    """Writes the same list twice instead of an anchor that people must look up."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def text(self, data: str) -> yaml.ScalarNode:
        # In other styles a text of several lines could end front matter or a comment, and odd line ends are folded.
        style = '"' if data.splitlines() not in ([data], []) or _COMMENT_END in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    def printed(self, data: Printed) -> yaml.ScalarNode:
        text = str(data)
        tag = self.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
        return yaml.ScalarNode(tag, text)


_Dumper.add_representer(str, _Dumper.text)
_Dumper.add_representer(Printed, _Dumper.printed)
