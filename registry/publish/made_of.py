"""What a page and its files are made of, as a digest: where it is as it was, they need not be made again."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import registry
from registry.publish import downloads
from registry.publish.catalog import CatalogEntry
from registry.publish.content import PageContent
from registry.publish.links import Links, Page
from registry.publish.pages.models import SIBLINGS, summary
from registry.publish.texts import text_of
from registry.resources import resource

_LIBRARIES = ("jinja2", "markdown-it-py", "markupsafe", "mdit-py-plugins", "nh3", "pygments")
"""What turns a card's text and our templates into pages."""

_CODE = frozenset({".json", ".py", ".toml"})


def of_all(content: PageContent, links: Links, templates: Path | None) -> str:
    """What every page depends on: code, templates, libraries, and where the site and the cards are."""
    own = [] if templates is None else [f"{file}{file.read_bytes()!r}" for file in _below(templates)]
    said = [_code(), own, content.base_url, repr(content.repository), links.directories]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def of_entry(content: PageContent, entry: CatalogEntry) -> str:
    """What the files of one model depend on beside that.

    Everything of the model, the texts and files of its card, and what is said on its page of what stands elsewhere:
    its collection, papers, data sets and rank. Objects are pickled: two pickles may differ for the same, which makes
    a page again for nothing, but not be the same for what differs.
    """
    family, rank = content.family(entry), content.ranks.get(entry.slug)
    measured, written = content.measured_on.get(entry.slug), text_of(entry, content.attachments)
    files = downloads.files_of(entry, content.attachments)
    said: list[Any] = [
        replace(entry.model, raw=None),
        (entry.slug, entry.file, entry.claims, entry.unreadable, entry.findings, len(entry.card.models)),
        content.profiles[entry.slug],
        [(paper.title, paper.page, paper.url) for paper in content.papers_of.get(entry.slug, ())],
        rank and (rank.label, rank.text),
        family
        and (family.name, family.page, len(family.entries), [(e.slug, e.name) for e in family.entries[: SIBLINGS + 1]]),
        measured and (measured.tasks, [(each.name, each.page) for each in measured.datasets]),
        summary(content, entry),
        written and (written.text, str(written.base)),
        [(str(file), hashlib.sha256(file.read_bytes()).hexdigest()) for file in files],
    ]
    return hashlib.sha256(pickle.dumps(said, protocol=5)).hexdigest()


def of_page(page: Page) -> str:
    """What a page is made of that says so itself."""
    said = [page.made_of, page.title, page.description, page.hide, page.search, page.tags, page.boost]
    return hashlib.sha256(pickle.dumps(said, protocol=5)).hexdigest()


def with_references(digest: str, content: PageContent, entry: CatalogEntry) -> str:
    """What `of_entry` said, and where the references of the model's text lead: known once it was rendered."""
    written = text_of(entry, content.attachments)
    found = content.attachments.found(written.key) if written else []
    return f"{digest} {hashlib.sha256(repr(found).encode()).hexdigest()}" if any(found) else digest


@cache
def _code() -> str:
    """A hash of the package's own code and templates, and of the libraries that render."""
    found = hashlib.sha256()
    for folder in (Path(registry.__file__).parent, resource("site") / "templates"):
        for file in _below(folder):
            if file.suffix in _CODE or folder.name == "templates":
                found.update(f"{file}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\0".encode())
    for name in _LIBRARIES:
        found.update(f"{name} {_version(name)}\0".encode())
    return found.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _below(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())
