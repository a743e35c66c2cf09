"""Nested tuples, lists and mappings of arrays or tensors: what samples that are more than one array come as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def apply(function: Callable[..., Any], first: Any, *others: Any) -> Any:
    """Call a function on every leaf, and on the leaves at the same place of other trees of that form.

    >>> apply(lambda left, right: left + right, (1, {"a": 2}), (10, {"a": 20}))
    (11, {'a': 22})
    """
    if isinstance(first, Mapping):
        return {name: apply(function, tree, *(other[name] for other in others)) for name, tree in first.items()}
    if isinstance(first, tuple | list):
        return tuple(apply(function, *trees) for trees in zip(first, *others, strict=True))
    return function(first, *others)


def length(tree: Any) -> int:
    """The length of the first leaf, which is that of all where a tree is a batch."""
    while isinstance(tree, Mapping | tuple | list):
        tree = next(iter(tree.values())) if isinstance(tree, Mapping) else tree[0]
    return len(tree)
