"""The page that finds a number of FLOPs: which convention, on which input, of which model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from registry.publish.content import PageContent
from registry.publish.links import Page
from registry.publish.ways import PRINTED, Way, Ways, convention_of, convention_page, ways
from registry.verify.conventions import CONVENTIONS
from registry.vocabulary import slug

DATA = "assets/rows/ways.js"
_KNOWN = "resnet50"
"""A model that everybody has seen a number of."""
_KNOWN_SIZE = "3x224x224"
"""The input that most people know it on."""


def pages(content: PageContent) -> Iterator[Page]:
    """The page, with a model that many know as its example."""
    pairs = [(entry, summary) for entry in content.catalog.entries if (summary := ways(entry)) is not None]
    favourites = [pair for pair in pairs if pair[0].name.lower().startswith(_KNOWN)]
    example = next(iter((*sorted(favourites, key=lambda pair: pair[1].size != _KNOWN_SIZE), *pairs)), None)
    yield Page(
        path="why-flops.md",
        template="why-flops.md.j2",
        title="Why do FLOPs differ?",
        description="Which tool counts how, and which convention gives a number.",
        context={
            "example": example[0] if example else None,
            "sentence": example[1].sentence if example else "",
            "printed": list(_printed(example[1])) if example else [],
            "resnet50": [(count, convention_of(count.convention)) for count in PRINTED],
            "convention_page": convention_page,
            "finds": bool(pairs),
        },
    )


def _printed(summary: Ways) -> Iterator[tuple[Way, list[Way]]]:
    """The counts that are printed alike, each time with the first of them, which stands for all."""
    for _, alike in groupby(summary.counts, key=lambda way: (way.macs("G"), way.flops("G"))):
        first, *others = alike
        yield first, [first, *others]


def data(content: PageContent) -> str:
    """What the page searches: for each model its page, name, input and counts; and the page of each convention."""
    rows = []
    for entry in content.catalog.entries:
        summary = ways(entry)
        if summary is not None:
            counts = [[way.value, way.unit, list(way.names)] for way in summary.counts]
            rows.append([entry.slug, entry.name, summary.size, counts])
    pages = {name: slug(name) for name in CONVENTIONS}
    scripts = (json.dumps(table, ensure_ascii=False, separators=(",", ":")) for table in (rows, pages))
    return "window.mirWays = {};\nwindow.mirConventions = {};\n".format(*scripts)
