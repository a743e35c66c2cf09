"""Which documented key an unknown one is a slip of."""

from __future__ import annotations

import functools

from registry.checks.spelling import Plan
from registry.vocabulary import fold


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
