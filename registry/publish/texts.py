"""The prose that belongs to a model: its card's own text, or the README that its metadata names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from registry.git import git
from registry.publish.attachments import Attachments
from registry.publish.catalog import CatalogEntry
from registry.types import UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """Markdown.

    Attributes:
        key: Names it, so that what several models share is rendered once.
        base: Folder that its relative addresses start from.
    """

    key: str
    text: str
    base: Path


def text_of(entry: CatalogEntry, attachments: Attachments) -> Text | None:
    """The prose of a model; `None` where there is none."""
    base = Path(entry.model.base)
    if entry.card.body.strip():
        return Text(key=entry.card.file, text=entry.card.body, base=base)
    readme = entry.model.get("README")
    file = attachments.find(base, readme) if isinstance(readme, str) and readme.endswith(".md") else None
    text = None if file is None else attachments.read_text(file)
    return None if file is None or text is None else Text(key=str(file), text=text, base=file.parent)


_COMMIT = "\x01"
_LOG = (
    *("-c", "core.quotePath=false", "-c", "log.showSignature=false", "log", "--no-renames", "--diff-filter=A"),
    *("--relative", "--name-only", f"--format={_COMMIT}%as", "--", "."),
)
_MONTH = len("2015-12")


def added(root: Path) -> Mapping[str, str]:
    """Year and month in which each file was added, by its path from a folder.

    Args:
        root: The folder; nothing is known of one that is in no git repository, or in one whose history was cut off.
    """
    try:
        if git(root, "rev-parse", "--is-shallow-repository").strip() != b"false":
            return {}
        printed = git(root, *_LOG).decode("utf-8", "surrogateescape")
    except (UsageError, OSError):
        return {}
    dates: dict[str, str] = {}
    day = ""
    for line in printed.splitlines():
        if line.startswith(_COMMIT):
            day = line[1 : 1 + _MONTH]
        elif line:
            dates[line] = day  # the newest commit comes first, so that the first addition stays
    return dates
