"""A card of a data set or a Space.

What:
    A README of the Hugging Face Hub that describes a data set or a Space and no model. What holds for every card is
    checked, what holds for models is not.

Why:
    It is said so that nobody takes its silence for a verdict on a model.

Bad:
    # file: README.md
    ---
    license: mit
    task_categories: [image-classification]
    size_categories: [1K<n<10K]
    ---

Good:
    # file: README.md
    ---
    license: mit
    pipeline_tag: image-classification
    ---
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.rule import Context, Problem, rule
from registry.dialects.hub_cards import kind_of
from registry.types import MapNode

_NOUNS = {"dataset": "data set", "space": "Space"}


@rule("MIR710", "hub-kind", "info", "hub-card")
def check(root: MapNode, context: Context) -> Iterator[Problem]:
    noun = _NOUNS.get(kind_of(root))
    if noun is not None:
        yield Problem(f"this is the card of a {noun}, and holds no model", root.source.location(root.start, None))
