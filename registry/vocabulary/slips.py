"""How far two spellings are apart."""

from __future__ import annotations

import re
from collections.abc import Iterable


def allowed(length: int) -> int:
    """How many slips a word of so many letters may have and still be recognised; none below four."""
    return 0 if length < 4 else 1 if length < 8 else 2


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


def nearest(folded: str, known: Iterable[str]) -> str | None:
    """The known word that a longer one is one slip away from, `None` where none is, or one with other digits."""
    if len(folded) < 5:
        return None
    digits = re.findall(r"\d+", folded)
    near = (other for other in known if distance(folded, other, 1) <= 1)
    return next((other for other in near if re.findall(r"\d+", other) == digits), None)
