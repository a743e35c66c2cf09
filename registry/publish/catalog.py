"""What the pages show: models with their claims beside the evidence, their findings and their relatives."""

from __future__ import annotations

import bisect
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from registry.claims import read_claims
from registry.download.hub_address import as_hub_address
from registry.evidence.beside import Beside, Shown, ShownVerdict, tally
from registry.file_facts import RealPaths
from registry.publish import links
from registry.publish.escape import plain
from registry.types import Card, Collection, Evidence, Finding, Index, Model
from registry.verify.lacking import Lacking
from registry.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogEntry:
    """One model as the site shows it.

    Attributes:
        unreadable: Labels of the values that are no numbers.
        file: Its card's file, from the root of the cards.
        alone: Whether no other model has its name.
    """

    file: str
    model: Model
    slug: str
    card: Card
    claims: tuple[Shown, ...]
    unreadable: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    alone: bool = True

    @property
    def name(self) -> str:
        """The model's name on one line, and something to click on where it is made of spaces."""
        return _on_one_line(self.model.name)

    @property
    def page(self) -> str:
        """Address of its page from the site's root, as a Markdown file."""
        return f"models/{self.slug}.md"

    def tally(self) -> Mapping[ShownVerdict, int]:
        """How many of its claims have each verdict, those that none has left out."""
        return tally(self.claims)


@lru_cache(maxsize=1 << 16)
def _on_one_line(name: str) -> str:
    return plain(name) or "(no name)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalog:
    """Everything that the site shows.

    Attributes:
        entries: Every model that has a name, in the order of the cards.
    """

    index: Index
    entries: tuple[CatalogEntry, ...]
    collections: Mapping[str, Collection]
    findings: tuple[Finding, ...]

    def said(self, entry: CatalogEntry, *names: str) -> Any:
        """The first of some fields that a model has, or else its collection; `None` where neither has any."""
        collection = self.collections.get(entry.model.collection or "")
        own = (entry.model.get(name) for name in names)
        shared = (collection.fields[name].value for name in names if collection and name in collection.fields)
        return next((value for value in (*own, *shared) if value is not None), None)

    def tally(self) -> Mapping[ShownVerdict, int]:
        """How many claims have each verdict, those that none has left out."""
        return tally(outcome for entry in self.entries for outcome in entry.claims)


def catalog(
    index: Index, findings: Sequence[Finding], evidence: Iterable[Evidence], vocabulary: Vocabulary | None = None
) -> Catalog:
    """Bring models, findings and evidence together."""
    beside = Beside(evidence, Lacking().explain)
    readings = read_claims(index, vocabulary)
    names = links.assign(reading.model.name for reading in readings)
    shared = Counter(reading.model.name for reading in readings)
    cards = {id(model): card for card in index.cards for model in card.models}
    of_model = _by_model([reading.model for reading in readings], findings)
    real = RealPaths()
    paths = {file: _from_root(file, index, real) for file in {card.file for card in index.cards} | {*index.sources}}
    placed = {id(finding): _placed(finding, paths) for finding in findings}
    entries = tuple(
        CatalogEntry(
            file=paths.get(reading.model.file, reading.model.file),
            model=reading.model,
            slug=name,
            card=cards[id(reading.model)],
            claims=tuple(beside.shown(claim, reading.model) for claim in reading.claims),
            alone=shared[reading.model.name] == 1,
            unreadable=tuple(entry.label for entry in reading.unreadable),
            findings=tuple(placed[id(finding)] for finding in of_model.get(id(reading.model), ())),
        )
        for reading, name in zip(readings, names, strict=True)
    )
    collections = {collection.name: collection for collection in reversed(index.collections) if collection.name}
    return Catalog(index=index, entries=entries, collections=collections, findings=tuple(placed.values()))


def _from_root(file: str, index: Index, real: RealPaths) -> str:
    """A file's path from the root of the cards: what stands above it is nobody's business."""
    address = as_hub_address(file)
    if address != file:
        return address
    path = real.of(os.path.abspath(file))  # noqa: PTH100 - of thousands
    above = index.root.rstrip(os.sep) + os.sep
    return path.removeprefix(above).replace(os.sep, "/") if path.startswith(above) else Path(path).name


def _placed(finding: Finding, paths: Mapping[str, str]) -> Finding:
    file, message = finding.location.file, finding.message
    for path in {place.file for place in finding.related}:
        message = message.replace(path, paths.get(path, Path(path).name))
    return replace(finding, message=message, location=finding.location._replace(file=paths.get(file, Path(file).name)))


def _by_model(models: Sequence[Model], findings: Sequence[Finding]) -> dict[int, list[Finding]]:
    """Findings by the model whose lines they stand in."""
    starts: dict[str, list[tuple[int, Model]]] = defaultdict(list)
    for model in models:
        starts[model.file].append((model.location.line, model))
    for pairs in starts.values():
        pairs.sort(key=lambda pair: pair[0])
    groups: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        here = starts.get(finding.location.file, [])
        at = bisect.bisect_right(here, finding.location.line, key=lambda pair: pair[0]) - 1
        if at < 0:
            continue
        model = here[at][1]
        if model.location.end_line is None or finding.location.line <= model.location.end_line:
            groups[id(model)].append(finding)
    return groups
