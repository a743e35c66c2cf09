"""Walking a tree beside its schema: which keys are documented where."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from registry.checks.context import Document
from registry.checks.shape import PARTS, plan_of
from registry.checks.spelling import Plan
from registry.types import MapNode, SeqNode, child_path
from registry.vocabulary import fold


def structure(document: Document) -> Iterator[tuple[MapNode, Plan, str]]:
    """Every mapping whose keys the dialect documents, with them and its path in the data."""
    root, dialect = document.raw.root, document.card.dialect
    if isinstance(root, MapNode | SeqNode) and dialect in PARTS:
        yield from _walk(root, plan_of(dialect), "")


def _walk(node: MapNode | SeqNode, plan: Plan, path: str) -> Iterator[tuple[MapNode, Plan, str]]:
    if isinstance(node, SeqNode):
        if plan.items is not None:
            for number, item in enumerate(node):
                if isinstance(item, MapNode | SeqNode):
                    yield from _walk(item, plan.items, child_path(path, number))
        return
    if not plan.names:
        return
    yield node, plan, path
    for key, value in node.items():
        if isinstance(value, MapNode | SeqNode):
            below = plan.children.get(key) or plan.children.get(plan.names.get(fold(key), ""))
            if below is not None:
                yield from _walk(value, below, child_path(path, key))


def nearest(key: str, plan: Plan) -> str | None:
    """The documented key that an unknown one is a slip of, `None` where there is none."""
    return _nearest(fold(key), tuple(plan.names.items()))


@functools.lru_cache(maxsize=4096)
def _nearest(folded: str, names: tuple[tuple[str, str], ...]) -> str | None:
    allowed = 0 if len(folded) < 4 else 1 if len(folded) < 8 else 2
    best = [(distance(folded, name, allowed), documented) for name, documented in names]
    steps, documented = min(best, default=(allowed + 1, ""))
    return documented if steps <= allowed else None


def distance(one: str, other: str, limit: int) -> int:
    """Letters to add, leave out, change or swap with their neighbour to get from one to the other; past `limit`, more.

    The optimal string alignment distance.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return last[-1]
