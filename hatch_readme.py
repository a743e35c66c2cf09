"""The README as a package index shows it, where a path of the repository leads nowhere: hatchling calls this.

A picture or page of the guide gets its address on the project's site; other paths keep their words and lose their link.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

GUIDE = "site/pages/"
_PATH = re.compile(r"(!?)\[([^\]]*)\]\((?![a-z]+:|#)([^)]+)\)")


class Readme(MetadataHookInterface):
    """Gives the project's metadata its README."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set `readme`, with the addresses that the project's own `Homepage` makes of paths."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        readme = with_addresses(text, metadata["urls"]["Homepage"])
        metadata["readme"] = {"content-type": "text/markdown", "text": readme}


def with_addresses(text: str, homepage: str) -> str:
    """A text in which no link or picture is a path of the repository."""

    def address(link: re.Match[str]) -> str:
        picture, words, path = link.groups()
        if not path.startswith(GUIDE):
            return words
        page = re.sub(r"\.md$", ".html", path.removeprefix(GUIDE))
        return f"{picture}[{words}]({homepage.rstrip('/')}/guide/{page})"

    return _PATH.sub(address, text)
