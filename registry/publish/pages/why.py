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
    found = [(entry, every) for entry in content.catalog.entries if (every := ways(entry)) is not None]
    known = [pair for pair in found if pair[0].name.lower().startswith(_KNOWN)]
    example = next(iter((*sorted(known, key=lambda pair: pair[1].size != _KNOWN_SIZE), *found)), None)
    yield Page(
        path="why-flops.md",
        template="why-flops.md.j2",
        title="Why do FLOPs differ?",
        description="Which tool counts how, and which convention gives a number.",
        context={
            "example": example[0] if example else None,
            "sentence": example[1].sentence if example else "",
            "printed": list(_printed(example[1])) if example else [],
            "resnet50": [(each, convention_of(each.convention)) for each in PRINTED],
            "convention_page": convention_page,
            "finds": bool(found),
        },
    )


def _printed(every: Ways) -> Iterator[tuple[Way, list[Way]]]:
    """The counts that are printed alike, each time with the first of them, which stands for all."""
    for _, alike in groupby(every.counts, key=lambda way: (way.macs("G"), way.flops("G"))):
        first, *others = alike
        yield first, [first, *others]


def data(content: PageContent) -> str:
    """What the page searches: for each model its page, name, input and counts; and the page of each convention."""
    rows = []
    for entry in content.catalog.entries:
        every = ways(entry)
        if every is not None:
            counts = [[way.value, way.unit, list(way.names)] for way in every.counts]
            rows.append([entry.slug, entry.name, every.size, counts])
    pages = {name: slug(name) for name in CONVENTIONS}
    said = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in (rows, pages))
    return "window.mirWays = {};\nwindow.mirConventions = {};\n".format(*said)
