"""Names of data sets, tasks and metrics in a card, and their spelling."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from registry.checks.document import Document
from registry.checks.edits import replace_value
from registry.checks.leaves import Leaf
from registry.checks.rule import Problem
from registry.checks.words import plural, short
from registry.types import Fix
from registry.vocabulary import Term, fold

_IN_RESULT = re.compile(r"\bresults\b", re.IGNORECASE)
_DIALECTS = ("model-index", "metafile")


def named(document: Document, key: str) -> Iterator[Leaf]:
    """The texts that results give under a key, whether as the value or as the `Name` in it.

    Only where the name is all there is: Hugging Face's cards have identifiers for what something is, and their names
    are for people to read.
    """
    if document.card.dialect not in _DIALECTS:
        return
    folded = fold(key)
    for leaf in document.names:
        last = fold(str(leaf.key))
        here = last == folded or (last == "name" and fold(leaf.base.rpartition(".")[2]) == folded)
        if here and _IN_RESULT.search(leaf.base):
            yield leaf


def respelling(leaves: Iterable[Leaf], lookup: Callable[[str], Term | None], noun: str) -> Iterator[Problem]:
    """One problem for each spelling that is not the usual one."""
    found: dict[str, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        found[leaf.value.strip()].append(leaf)
    for spelling, places in found.items():
        term = lookup(spelling)
        if term is not None and term.name != spelling:
            times = f" ({plural(len(places), 'time')} in this file)" if len(places) > 1 else ""
            message = f"{short(spelling)} is the {noun} {short(term.name)}{times}"
            related = tuple(leaf.location for leaf in places[1:])
            yield Problem(message, places[0].location, fix=_everywhere(places, term.name), related=related)


def _everywhere(places: list[Leaf], name: str) -> Fix | None:
    description = f"Write '{name}'"
    fixes = [replace_value(leaf, name, description) for leaf in places]
    edits = tuple(edit for fix in fixes if fix is not None for edit in fix.edits)
    return Fix(description=description, edits=edits) if edits and None not in fixes else None
