"""The names that the search of a site shows first: one script, which a page loads when its search is opened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from registry.checks import RULES
from registry.publish.catalog import CatalogEntry
from registry.publish.content import PageContent
from registry.publish.links import Links
from registry.publish.ways import convention_page, ways
from registry.resources import resource
from registry.verify.conventions import CONVENTIONS
from registry.vocabulary.vocabulary import Term

PATH = "assets/rows/names.js"
"""Where it is, from the site's root."""

_PLACES = {
    "Findings": "findings.md",
    "All models": "models/index.md",
    "Compare models": "compare.md",
    "Why do FLOPs differ?": "why-flops.md",
    "Leaderboards": "datasets/index.md",
    "Data sets": "datasets/index.md",
    "Tasks": "tasks/index.md",
    "Papers": "papers/index.md",
    "Rules": "rules/index.md",
    "FLOP conventions": "conventions/index.md",
}
_MOST_PEERS = 1000
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_LONG = re.compile(r"(?<![\w.])\d{5,}(?![\w.]*\w)")
"""Numbers that tell where they were read; shorter ones stand in every study."""


def script(content: PageContent, links: Links) -> str:
    """The script: by kind, the address with a star for each name's own part of it, and the names.

    A name is its part of the address, the name, how much is known of it, what tells it from others of the
    same name, and its other spellings; what is empty at the end is left out.
    """
    kinds = [(kind, _packed(links, rows)) for kind, rows in _kinds(content).items()]
    names = {
        "kinds": [[kind, *packed] for kind, packed in kinds],
        "numbers": [[links.address(page), title, " ".join(numbers)] for page, title, numbers in _studies() if numbers],
        "finds": links.address("why-flops.md") if any(map(ways, content.catalog.entries)) else "",
    }
    return f"window.mirNames = {json.dumps(names, ensure_ascii=False, separators=(',', ':'))};\n"


def _kinds(content: PageContent) -> Mapping[str, Iterable[list[Any]]]:
    """The rows of each kind, with the path of a page in the first place."""
    words = content.words
    datasets = ((dataset.page, dataset.name, dataset.models) for dataset in content.datasets)
    tasks = ((page, task, 0) for task, page in content.task_pages.items())
    return {
        "model": map(partial(_model, _peers(content)), content.catalog.entries),
        "data set": (_spelt(row, words.datasets) for row in datasets),
        "task": (_spelt(row, words.tasks) for row in tasks),
        "collection": ([family.page, family.name, len(family.entries)] for family in content.families),
        "convention": ([convention_page(convention), convention.name] for convention in CONVENTIONS.values()),
        "guide": (
            [page, title] for page, title, _ in (*_studies(), *((page, name, ()) for name, page in _PLACES.items()))
        ),
        "rule": ([f"rules/{rule.id}.md", f"{rule.id} {rule.name}"] for rule in RULES.values()),
        "paper": ([paper.page, paper.title, len(paper.entries)] for paper in content.papers),
    }


def _model(peers: Mapping[str, int], entry: CatalogEntry) -> list[Any]:
    measured = sum(outcome.evidence is not None for outcome in entry.claims)
    rank = measured * _MOST_PEERS + min(peers.get(entry.slug, 0), _MOST_PEERS - 1)
    return [entry.page, entry.name, rank, "" if entry.alone else entry.file]


def _peers(content: PageContent) -> Mapping[str, int]:
    """By a model's slug, how many report a result on the same data set: who types `resnet50` means that on ImageNet."""
    peers: dict[str, int] = {}
    for dataset in content.datasets:
        models = dataset.models
        for slug in {place.entry.slug for board in dataset.boards for place in board.places}:
            peers[slug] = max(models, peers.get(slug, 0))
    return peers


def _spelt(row: tuple[str, str, int], terms: Mapping[str, Term]) -> list[Any]:
    """With the other spellings that the vocabulary knows of the name."""
    page, name, models = row
    known = next((term for term in terms.values() if term.name == name), None)
    return [page, name, models, "", list(known.aliases) if known else []]


def _packed(links: Links, rows: Iterable[list[Any]]) -> tuple[str, list[list[Any]]]:
    """What the addresses share, with a star for the rest, and the rows with that rest."""
    entries = list(rows)
    folders = {path.rpartition("/")[0] for path, *_ in entries}
    folder = f"{folders.pop()}/" if len(folders) == 1 else ""
    shared = links.address(f"{folder}*.md") if folder else "*"
    packed = []
    for path, *others in entries:
        while others and not others[-1]:
            others.pop()
        packed.append([path.removeprefix(folder).removesuffix(".md") if folder else links.address(path), *others])
    return shared, packed


def _studies() -> Iterator[tuple[str, str, list[str]]]:
    """Path, title and long numbers of each page that was written by hand."""
    for file in sorted((resource("site") / "pages").glob("*.md")):
        text = Path(file).read_text(encoding="utf-8")
        if title := _TITLE.search(text):
            yield f"guide/{file.name}", title[1].replace("`", ""), sorted(set(_LONG.findall(text)))
