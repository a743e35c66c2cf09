"""The papers that cards name, each with its models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from registry.claims.publication import PAPER_KEYS, arxiv_number
from registry.publish import escape, links
from registry.publish.catalog import Catalog, CatalogEntry

_TITLE = re.compile(r"""\btitle\s*=\s*["{](.{1,300}?)["}]\s*(?:,|\}|$)""", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperReference:
    """A paper as one card names it: its address, where it has one, and its title, where the card gives it."""

    url: str | None
    title: str

    @property
    def arxiv(self) -> str:
        """Its number on arXiv, empty where it is elsewhere."""
        return (self.url or "").partition("https://arxiv.org/abs/")[2]

    @property
    def key(self) -> str:
        """What is the same for two spellings of one address."""
        if self.url is None:
            return self.title.casefold()
        parts = urlsplit(self.url)
        return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}".casefold()


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """A paper and the models that refer to it."""

    title: str
    url: str | None
    slug: str
    entries: tuple[CatalogEntry, ...]

    @property
    def page(self) -> str:
        """Address of its page from the site's root."""
        return f"papers/{self.slug}.md"


def references(value: Any) -> Iterator[PaperReference]:
    """The papers of a `Paper` field: an arXiv number, an address, a title, a mapping of address and title, or several.

    >>> [reference.url for reference in references("1404.5997")]
    ['https://arxiv.org/abs/1404.5997']
    """
    if isinstance(value, Mapping):
        folded = {str(key).casefold(): entry for key, entry in value.items()}
        url, title = folded.get("url"), folded.get("title")
        for reference in references(str(url)) if url else ():
            yield PaperReference(url=reference.url, title=escape.plain(title) if title else reference.title)
        if not url and title:
            yield PaperReference(url=None, title=escape.plain(title))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references(item)
    elif value is not None and (text := escape.plain(value)):
        if arxiv := arxiv_number(text):
            yield PaperReference(url=f"https://arxiv.org/abs/{arxiv}", title=f"arXiv:{arxiv}")
        else:
            url = escape.link(text)
            yield PaperReference(url=url, title=_name(url) if url else text)


def papers(catalog: Catalog) -> tuple[Paper, ...]:
    """Every paper that a model or its collection names, those with a title first, by title."""
    groups: dict[str, list[tuple[PaperReference, CatalogEntry]]] = {}
    for entry in catalog.entries:
        for reference in of_model(entry, catalog):
            groups.setdefault(reference.key, []).append((reference, entry))
    titles = [_title(group) for group in groups.values()]
    items = [
        Paper(title=title, url=group[0][0].url, slug=page, entries=_once(entry for _, entry in group))
        for title, page, group in zip(titles, links.assign(titles), groups.values(), strict=True)
    ]
    return tuple(sorted(items, key=lambda paper: paper.title.casefold()))


def of_model(entry: CatalogEntry, catalog: Catalog) -> tuple[PaperReference, ...]:
    """The papers of one model, those of its collection where it names none."""
    return tuple(references(catalog.said(entry, *PAPER_KEYS)))


def _cited(arxiv: str, text: str) -> str | None:
    """The title that a card's own citation of a paper on arXiv gives it."""
    for entry in re.split(r"^ *@", text, flags=re.MULTILINE)[1:] if arxiv in text else ():
        title = _TITLE.search(entry)
        if title and arxiv in entry.partition("```")[0]:
            return escape.plain(re.sub(r"[{}]|\s+(?=\s)", "", title[1]))
    return None


def _once(entries: Iterable[CatalogEntry]) -> tuple[CatalogEntry, ...]:
    return tuple({entry.slug: entry for entry in entries}.values())


def _title(group: list[tuple[PaperReference, CatalogEntry]]) -> str:
    """The first title that is more than an address: as a card names the paper, or as its citation does."""
    for reference, _ in group:
        if reference.title not in (f"arXiv:{reference.arxiv}", reference.url and _name(reference.url)):
            return reference.title
    cited = (_cited(reference.arxiv, entry.card.body) for reference, entry in group if reference.arxiv)
    return next(filter(None, cited), group[0][0].title)


def _name(url: str) -> str:
    """What to call an address: its host and the last part of its path."""
    parts = urlsplit(url)
    last = parts.path.rstrip("/").rpartition("/")[2]
    return f"{parts.netloc.removeprefix('www.')}: {last}" if last else parts.netloc
