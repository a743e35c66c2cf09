"""A card as a text that is written the same each time, so that only what changed shows in a diff."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.dialects.writers.yaml_text import to_yaml

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
    parts = [to_yaml({"Type": "model-index"}), to_yaml({"Collections": collections}), "Models:\n"]
    for model in models:
        text = to_yaml([model])
        for (name, key), note in notes.items():
            if name == model["Name"]:
                text = re.sub(rf"^( +{re.escape(key)}: .*)$", lambda match: f"{match[1]}  # {note}", text, flags=re.M)  # noqa: B023
        parts.append(text)
    return f"<!--\n{''.join(parts)}-->\n\n{body.strip()}\n"
