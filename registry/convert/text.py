"""Plain data as the text of a file: YAML, JSON, front matter, or a comment in Markdown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from registry.dialects.writers import Printed

Kind = Literal["yaml", "json", "comment", "front-matter", "csv"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """A file to be written.

    Attributes:
        file: Where it belongs below the folder of all of them, with forward slashes.
        text: The whole file.
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
    return f"<!--\n{to_yaml({'Type': 'model-index', **data}, dumper=_CommentDumper)}-->\n{prose}"


def to_yaml(data: Any, *, dumper: type[yaml.SafeDumper] | None = None) -> str:
    """YAML as people write it: in the order of the data, lists below their key, a line for a scalar."""
    text: str = yaml.dump(data, Dumper=dumper or _Dumper, sort_keys=False, allow_unicode=True, width=1 << 20)
    # Only a double-quoted scalar can hold the sign that ends a comment, and there it can be escaped.
    return text.replace("-->", "--\\x3E") if dumper is _CommentDumper else text


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
        # In other styles a text of several lines could end front matter or a comment.
        style = '"' if len(data.splitlines()) > 1 else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    def printed(self, data: Printed) -> yaml.ScalarNode:
        text = str(data)
        tag = self.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
        return yaml.ScalarNode(tag, text)


class _CommentDumper(_Dumper):
    def text(self, data: str) -> yaml.ScalarNode:
        style = '"' if len(data.splitlines()) > 1 or "-->" in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


for _each in (_Dumper, _CommentDumper):
    _each.add_representer(str, _each.text)
    _each.add_representer(Printed, _each.printed)
