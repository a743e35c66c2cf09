"""A card as a text that is written the same each time, so that only what changed shows in a diff."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from registry.dialects.writers import Printed

Notes = Mapping[tuple[str, str], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedCard:
    """A card to be written.

    Attributes:
        file: Its path below the folder of imported cards, with forward slashes.
    """

    file: str
    text: str


def markdown(collections: list[dict[str, Any]], models: list[dict[str, Any]], body: str, notes: Notes) -> str:
    """A Markdown file with a model-index in a comment at its start.

    Args:
        collections: Plain data, in the order to write.
        models: Plain data, in the order to write.
        body: The text after the comment.
        notes: What to say in a comment behind a key of a model's metadata, by model name and key.
    """
    parts = [_dump({"Type": "model-index"}), _dump({"Collections": collections}), "Models:\n"]
    for model in models:
        text = _dump([model])
        for (name, key), note in notes.items():
            if name == model["Name"]:
                text = re.sub(rf"^( +{re.escape(key)}: .*)$", lambda match: f"{match[1]}  # {note}", text, flags=re.M)  # noqa: B023
        parts.append(text)
    block = "".join(parts)
    # A comment ends at the first such sign, wherever it stands; no library's metadata has one.
    assert "-->" not in block
    return f"<!--\n{block}-->\n\n{body.strip()}\n"


def _dump(data: Any) -> str:
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return text


class Line:
    """A list or a mapping that stands on one line of a card."""

    def __init__(self, data: Iterable[Any] | Mapping[str, Any]) -> None:
        self.data = dict(data) if isinstance(data, Mapping) else list(data)


class _Dumper(yaml.SafeDumper):
    """Writes lists below their key, and the same list twice instead of an anchor that people must look up."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def printed(self, data: Printed) -> yaml.ScalarNode:
        text = str(data)
        tag = self.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
        return yaml.ScalarNode(tag, text)


_Dumper.add_representer(Printed, _Dumper.printed)


def _line(dumper: yaml.SafeDumper, line: Line) -> yaml.Node:
    if isinstance(line.data, dict):
        return dumper.represent_mapping("tag:yaml.org,2002:map", line.data.items(), flow_style=True)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", line.data, flow_style=True)


_Dumper.add_representer(Line, _line)
