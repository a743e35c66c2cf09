"""A key that is one slip away from a known one.

What:
    A key that the dialect does not know, and that differs from one that it knows in a letter or two. Cards may carry
    keys of their own, so a key that resembles none is left alone. It is said once for each slip in a file.

Why:
    What stands under a misspelt key is read by nobody: the model seems to have no parameters, or no results.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        Paramaters: 61100840

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Parameters: 61100840
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from registry.checks.document_texts import Document
from registry.checks.keys import nearest
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.types import Location, child_path
from registry.vocabulary import fold
from registry.vocabulary.hub_identifiers import key_meant

_LONG = 6
"""Letters of a key that is a slip even where the right one stands beside it; of two short ones both may be meant."""

_EXACT = frozenset({"eval-results", "benchmark"})
"""Dialects whose keys are read letter by letter."""


@rule("MIR102", "misspelt-key", "warning", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    keys: dict[tuple[str, str], list[Location]] = defaultdict(list)
    beside: set[tuple[str, str]] = set()
    for node, plan, path in document.spelled:
        for key in node:
            folded = fold(key) in plan.names and document.dialect not in _EXACT
            if key in plan.children or folded or context.vocabulary.metric(key) is not None:
                continue
            if not path and document.dialect == "huggingface" and key_meant(key, plan.names):
                continue  # MIR707 knows it
            meant = nearest(key, plan)
            if meant is None or (meant in node and len(key) < _LONG):
                continue
            keys[key, meant].append(node.key_location(key, child_path(path, key)))
            if meant in node:
                beside.add((key, meant))
    for (key, meant), places in keys.items():
        also = ", and stands beside it" if (key, meant) in beside else ""
        yield Problem.once(f"{short(key)} is no known key; '{meant}' is{also}", places)
