"""Which documented key an unknown one is a slip of."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from registry.checks.document_texts import Document, Leaf
from registry.checks.fixes import replace_value, together
from registry.checks.message_text import short
from registry.checks.rule import Problem
from registry.checks.spelling import KeySpelling
from registry.lazy_regex import lazy_regex
from registry.vocabulary import Term, fold
from registry.vocabulary.slips import allowed, distance


def nearest(key: str, plan: KeySpelling) -> str | None:
    """The documented key that an unknown one is a slip of, `None` where there is none."""
    return _nearest(fold(key), tuple(plan.names.items()))


@functools.lru_cache(maxsize=4096)
def _nearest(folded: str, names: tuple[tuple[str, str], ...]) -> str | None:
    most = allowed(len(folded))
    best = [(distance(folded, name, most), documented) for name, documented in names]
    steps, documented = min(best, default=(most + 1, ""))
    return documented if steps <= most else None


_IN_RESULT = lazy_regex(r"\bresults\b", re.IGNORECASE)
_DIALECTS = ("model-index", "metafile")


def named(document: Document, key: str) -> Iterator[Leaf]:
    """The texts that results give under a key, whether as the value or as the `Name` in it.

    Only where the name is all there is: Hugging Face's cards have identifiers for what something is, and their names
    are for people to read.
    """
    if document.dialect not in _DIALECTS:
        return
    folded = fold(key)
    for leaf in document.names:
        last = fold(str(leaf.key))
        here = last == folded or (last == "name" and fold(leaf.base.rpartition(".")[2]) == folded)
        if here and _in_result(leaf.base):
            yield leaf


@lru_cache(maxsize=4096)
def _in_result(path: str) -> bool:
    return _IN_RESULT.search(path) is not None


def _says_less(spelling: str, name: str) -> bool:
    """Whether a name lacks words of the usual one: `Classification` may be one of pictures, and need not.

    >>> _says_less("Classification", "Image Classification"), _says_less("image-classification", "Image Classification")
    (True, False)
    """
    words, usual = (set(re.split(r"[-_\s]+", text.casefold())) for text in (spelling, name))
    return words < usual


def respelling(leaves: Iterable[Leaf], lookup: Callable[[str], Term | None], noun: str) -> Iterator[Problem]:
    """One problem for each spelling that is not the usual one."""
    spellings: dict[str, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        spellings[leaf.value.strip()].append(leaf)
    for spelling, places in spellings.items():
        term = lookup(spelling)
        if term is not None and term.name != spelling and not _says_less(spelling, term.name):
            message = f"{short(spelling)} is the {noun} {short(term.name)}"
            fix = together((replace_value(leaf, term.name) for leaf in places), f"Write '{term.name}'")
            yield Problem.once(message, (leaf.location for leaf in places), fix=fix)
