"""How far two spellings are apart, and which known name an unknown one was meant to be."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from typing import Final

from registry.lazy_regex import lazy_regex

LONGEST_NAME: Final = 100
"""Characters of a name that is compared letter by letter, which takes the square of them; nobody mistypes a longer
one."""

MOST_GUESSES: Final = 50
"""Unknown names of one kind for which a known one is looked for; who has more has another problem than a slip."""

_NEIGHBOURS = 20


class KnownNames:
    """Names among which one is looked for that an unknown name resembles, in a time that hardly grows with them.

    Compared are the neighbours in the order of the alphabet, read from the front and from the back: a slip leaves
    what stands before it or behind it as it was.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._forward = sorted({name for name in names if len(name) <= LONGEST_NAME})
        self._backward = sorted(name[::-1] for name in self._forward)

    def closest(self, name: str, *, alike: float = 0.6) -> str | None:
        """The known name that is most like an unknown one, `None` where none is.

        Args:
            name: What stands there.
            alike: How alike they have to be, of one: the part of both that is the same.

        >>> KnownNames(["ResNet", "VGG"]).closest("ResNets")
        'ResNet'
        """
        # Imported here because it costs more than checking a card, and few cards have the mistake.
        from difflib import get_close_matches

        if not self._forward or len(name) > LONGEST_NAME:
            return None
        near = {*_around(self._forward, name), *(spelling[::-1] for spelling in _around(self._backward, name[::-1]))}
        close = get_close_matches(name, sorted(near), n=1, cutoff=alike)
        return close[0] if close else None


def _around(ordered: list[str], name: str) -> Iterator[str]:
    at = bisect.bisect_left(ordered, name)
    yield from ordered[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]


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


def nearest(folded: str, words: Iterable[str]) -> str | None:
    """The known word that a longer one is one slip away from, `None` where none is, or one with other digits."""
    if len(folded) < 5:
        return None
    digits = re.findall(r"\d+", folded)
    near = (other for other in words if distance(folded, other, 1) <= 1)
    return next((other for other in near if re.findall(r"\d+", other) == digits), None)


_LIKE = str.maketrans({"0": "o", "1": "l", "i": "l"})


def mistaken(folded: str, words: Iterable[str]) -> str | None:
    """The known word that an unknown one of four letters or more looks like, or is but for two neighbours that swapped.

    >>> mistaken("mlou", ["miou"]), mistaken("ade2ok", ["ade20k"]), mistaken("bxo ap", ["box ap"])
    ('miou', 'ade20k', 'box ap')
    >>> mistaken("mpq", ["pq"]), mistaken("psnr", ["ssim"])
    (None, None)
    """
    if len(folded) < 4 or len(folded) > LONGEST_NAME:
        return None
    shape = folded.translate(_LIKE)
    letters = sorted(folded)
    for other in words:
        if len(other) != len(folded) or other == folded:
            continue
        if other.translate(_LIKE) == shape:
            return other
        if sorted(other) == letters and not _DIGIT.search(folded) and distance(folded, other, 1) == 1:
            return other
    return None


_DIGIT = lazy_regex(r"\d")
