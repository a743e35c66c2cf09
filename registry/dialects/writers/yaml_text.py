"""Plain data as YAML that people read: in the order of the data, lists below their key, a line for a scalar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from registry.dialects.writers.notes import Printed

_COMMENT_END = "-->"


def to_yaml(data: Any) -> str:
    """Plain data as YAML, which may stand in a comment of Markdown."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 20)
    # `_Dumper` double-quotes every text that holds the sign that ends a comment, and there it can be escaped.
    return text.replace(_COMMENT_END, "--\\x3E")


class Line:
    """A list or a mapping that stands on one line of a card."""

    def __init__(self, data: Iterable[Any] | Mapping[str, Any]) -> None:
        self.data = dict(data) if isinstance(data, Mapping) else list(data)


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

    def on_one_line(self, line: Line) -> yaml.Node:
        if isinstance(line.data, dict):
            return self.represent_mapping("tag:yaml.org,2002:map", line.data.items(), flow_style=True)
        return self.represent_sequence("tag:yaml.org,2002:seq", line.data, flow_style=True)


_Dumper.add_representer(str, _Dumper.text)
_Dumper.add_representer(Printed, _Dumper.printed)
_Dumper.add_representer(Line, _Dumper.on_one_line)
