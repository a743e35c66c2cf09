"""What a page and its files are made of, as a digest: where it is as it was, they need not be made again."""

from __future__ import annotations

import hashlib
import marshal
import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from importlib.metadata import version
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any

import registry
from registry.publish import downloads
from registry.publish.catalog import CatalogEntry
from registry.publish.content import Family, PageContent
from registry.publish.links import Links, PagePlan
from registry.publish.pages.models import SIBLINGS, summary
from registry.publish.texts import text_of
from registry.resources import resource
from registry.types import MapNode, SeqNode, Source

_LIBRARIES = ("jinja2", "markdown-it-py", "markupsafe", "nh3", "pygments")
"""What turns a card's text and our templates into pages."""

_BOARDS = ""
"""Where the digest of the leaderboards is kept among those of the models, of which none has an empty slug."""

_ATOMS = frozenset({bool, bytes, float, int, str, type(None)})
_OF_CARDS = frozenset({MapNode, SeqNode, Source})

_WITHOUT_REFERENCES = 2
"""The version of `marshal`'s format in which equal values look the same."""

_CODE = frozenset({".json", ".py", ".toml"})


def of_all(content: PageContent, links: Links, templates: Path | None) -> str:
    """What every page depends on: code, templates, libraries, and where the site and the cards are."""
    own = [] if templates is None else [f"{file}{file.read_bytes()!r}" for file in _below(templates)]
    # What a model claims is read from its card, with these words.
    parts = [_code(), own, content.base_url, repr(content.repository), links.directories, _digest(content.words)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def learn(content: PageContent) -> None:
    """Work out what the models are made of."""
    families = {family.name: _digest(_of_family(family)) for family in content.families}
    for entry in content.catalog.entries:
        content.digests[entry.slug] = _of_entry(content, entry, families.get(entry.model.collection or "", ""))
    tasks = [
        (task, content.task_pages.get(task), [(of.key, of.label, of.board.kind, of.board.better) for of in headlines])
        for task, headlines in content.of_task.items()
    ]
    content.digests[_BOARDS] = _digest(tasks)


def _of_family(family: Family) -> Any:
    """What a page of a model says of its collection."""
    return (family.name, family.page, len(family.entries), [(e.slug, e.name) for e in family.entries[: SIBLINGS + 1]])


def _of_entry(content: PageContent, entry: CatalogEntry, family: str) -> str:
    """What the files of one model depend on beside that.

    Everything of the model, the texts and files of its card, and what is said on its page of what stands elsewhere:
    its collection, papers, data sets and rank. A claim is the card's; what was measured of it is not.
    """
    rank = content.ranks.get(entry.slug)
    measured, text = content.measured_on.get(entry.slug), text_of(entry, content.attachments)
    files = downloads.files_of(entry, content.attachments)
    parts: list[Any] = [
        replace(entry.model, raw=None),
        (entry.slug, entry.file, entry.unreadable, entry.findings, len(entry.card.models), entry.alone),
        [(outcome.evidence, outcome.stale, outcome.wrong, outcome.lack, outcome.imported) for outcome in entry.claims],
        content.profiles[entry.slug],
        [(paper.title, paper.page, paper.url) for paper in content.papers_of.get(entry.slug, ())],
        rank and (rank.label, rank.text),
        family,
        measured and (measured.tasks, [(dataset.name, dataset.page) for dataset in measured.datasets]),
        summary(content, entry),
        text and (text.text, str(text.base)),
        [(str(file), hashlib.sha256(file.read_bytes()).hexdigest()) for file in files],
    ]
    return _digest(parts)


def of_table(content: PageContent, entries: Iterable[CatalogEntry]) -> object:
    """What a table of models is made of: the models, and the leaderboards that may have columns in it."""
    return content.digests[_BOARDS], [content.digests[entry.slug] for entry in entries]


def of_plan(plan: PagePlan) -> str:
    """What a page is made of that says so itself."""
    return _digest(plan.made_of)


def with_references(digest: str, content: PageContent, entry: CatalogEntry) -> str:
    """What `of_entry` said, and where the references of the model's text lead: known once it was rendered."""
    text = text_of(entry, content.attachments)
    targets = content.attachments.found(text.key) if text else []
    return f"{digest} {hashlib.sha256(repr(targets).encode()).hexdigest()}" if any(targets) else digest


def _digest(value: object) -> str:
    return hashlib.sha256(marshal.dumps(_plain(value, {}), _WITHOUT_REFERENCES)).hexdigest()


def _plain(value: Any, seen: dict[int, int]) -> Any:
    """An object as texts, numbers, and tuples and lists of them, the same for what is equal.

    A pickle is not: it tells one text that stands in two places from two equal ones, which caches make of each other.

    Args:
        value: The object.
        seen: Numbers of the parts of cards that were told already, by `id`: each of a card's fields names its mapping.
    """
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind in _OF_CARDS:
        if (index := seen.get(id(value))) is not None:
            return kind.__name__, index
        seen[id(value)] = len(seen)
    parts = _PARTS[kind]
    return kind.__name__, [_plain(part, seen) for part in parts(value)]


class _Parts(dict[type, Callable[[Any], Iterable[Any]]]):
    """How an object comes apart, by its type."""

    def __missing__(self, kind: type) -> Callable[[Any], Iterable[Any]]:
        parts = self[kind] = _parts_of(kind)
        return parts


def _parts_of(kind: type) -> Callable[[Any], Iterable[Any]]:
    # What an object works out when somebody asks is no part of it, such as a claim's digest.
    names = [field.name for field in fields(kind) if field.init] if is_dataclass(kind) else []
    if len(names) > 1:
        return attrgetter(*names)
    if issubclass(kind, dict):
        return lambda mapping: chain.from_iterable(mapping.items())
    return iter if issubclass(kind, tuple | list) else lambda value: (pickle.dumps(value),)


_PARTS = _Parts(
    {
        Source: attrgetter("file", "text"),
        # Where its parts stand follows from the text of its source, which is told.
        MapNode: lambda node: (node.source, node.start, node.end, dict(node)),
        SeqNode: lambda node: (node.source, node.start, node.end, list(node)),
    }
)


@cache
def _code() -> str:
    """A hash of the package's own code and templates, and of the libraries that render."""
    digest = hashlib.sha256()
    for folder in (Path(registry.__file__).parent, resource("site") / "templates"):
        for file in _below(folder):
            if file.suffix in _CODE or folder.name == "templates":
                digest.update(f"{file}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\0".encode())
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\0".encode())
    return digest.hexdigest()


def _below(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())
