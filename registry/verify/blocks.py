"""Counts by layer, added up into as few parts of the model as a reader can take in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

MOST = 24
"""Parts of a model that are kept; a chart of more is not read."""

ITSELF = "(the model itself)"


def by_block(by_layer: Mapping[str, int], most: int = MOST) -> dict[str, int]:
    """Add layers up by the beginning of their dotted paths, as fine as `most` parts allow, in the model's order.

    >>> by_block({"stem": 1, "body.0.a": 2, "body.0.b": 3, "body.1.a": 4}, most=3)
    {'stem': 1, 'body.0': 5, 'body.1': 4}
    """
    depth = depth_of(by_layer)
    blocks = at_depth(by_layer, depth)
    while depth > 1 and len(blocks) > most:
        depth -= 1
        blocks = at_depth(by_layer, depth)
    return blocks


def at_depth(by_layer: Mapping[str, int], depth: int) -> dict[str, int]:
    """Add layers up by the first `depth` parts of their paths."""
    blocks: Counter[str] = Counter()
    for path, count in by_layer.items():
        if count:
            blocks[".".join(path.split(".")[:depth]) or ITSELF] += count
    return dict(blocks)


def depth_of(by_layer: Mapping[str, int]) -> int:
    """How many parts the longest path has."""
    return max((path.count(".") + 1 for path in by_layer), default=1)
