"""Where the cards are kept: links to their lines, and to where an error is reported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from registry.git import top_of
from registry.types import UsageError

_FOLDER = re.compile(r"(?P<base>https?://[^?#]+?)(?P<dash>/-)?/(?:tree|blob)/(?P<rest>[^?#]+?)/?")


@dataclass(frozen=True, kw_only=True, slots=True)
class BrowsedRepository:
    """A repository as browsers show it.

    Attributes:
        base: Its address.
        folder: Revision and folder of the cards in it, such as `main/models`.
        dash: `/-` where that stands before the views of a repository, as GitLab has it.
    """

    base: str
    folder: str
    dash: str = ""

    def line(self, file: str, line: int) -> str:
        """The address of a line of a card, given by its path from the root of the cards."""
        return f"{self.base}{self.dash}/blob/{quote(self.folder)}/{quote(file)}#L{line}"

    def report(self, title: str, text: str) -> str:
        """The address that opens a new issue with a title and a text."""
        if "huggingface.co" in (urlsplit(self.base).hostname or ""):
            return f"{self.base}/discussions/new?{urlencode({'title': title, 'description': text})}"
        if self.dash:
            return f"{self.base}/-/issues/new?{urlencode({'issue[title]': title, 'issue[description]': text})}"
        return f"{self.base}/issues/new?{urlencode({'title': title, 'body': text})}"


def repository(url: str, root: Path) -> BrowsedRepository | None:
    """The repository of an address: its folder of cards as a browser shows it, or its front page.

    Args:
        url: Such as `https://github.com/owner/zoo/tree/main/models`; empty where nobody says.
        root: The root of the cards here, by whose place in git the folder is found where the address does not name it.
    """
    if not url:
        return None
    match = _FOLDER.fullmatch(url)
    if match:
        return BrowsedRepository(base=match["base"], folder=match["rest"], dash=match["dash"] or "")
    base = url.rstrip("/").removesuffix(".git")
    dash = "/-" if "gitlab" in (urlsplit(base).hostname or "") else ""
    try:
        inside = root.resolve().relative_to(top_of(root).resolve()).as_posix()
    except (UsageError, ValueError):
        inside = "."
    return BrowsedRepository(base=base, folder="HEAD" if inside == "." else f"HEAD/{inside}", dash=dash)
