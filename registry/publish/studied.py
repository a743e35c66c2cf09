"""Wrong numbers that were found in published zoos, read from the page that lists them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from registry.resources import resource

PAGE = "guide/wrong-numbers.md"
"""Where they stand in the site."""

_ROW = re.compile(r"^\| \[(?P<card>.+?)\]\((?P<url>https://[^)\s]+)\) \|(?P<rest>.+)\|$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class StudiedMistake:
    """A mistake in a card of a published zoo.

    Attributes:
        kind: What kind of mistake it is, such as `swapped`.
    """

    zoo: str
    models: str
    url: str
    kind: str
    claim: str
    wrong: str
    measured: str


@cache
def studied() -> tuple[StudiedMistake, ...]:
    """Every mistake on the page, in its order."""
    text = (resource("site") / "pages" / "wrong-numbers.md").read_text(encoding="utf-8")
    found = []
    for row in _ROW.finditer(text):
        kind, claim, wrong, measured = (part.strip() for part in _plain(row["rest"]).split("|"))
        zoo, _, models = _plain(row["card"]).partition(" ")
        found.append(
            StudiedMistake(
                zoo=zoo.rstrip(","),
                models=models,
                url=row["url"],
                kind=kind,
                claim=claim,
                wrong=wrong,
                measured="" if measured == "-" else measured,
            )
        )
    return tuple(found)


def _plain(text: str) -> str:
    return text.replace("`", "")
