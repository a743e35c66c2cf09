"""The Pareto front: what nothing else beats on both cost and result."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

Point = TypeVar("Point")


def front(points: Iterable[Point], place: Callable[[Point], tuple[Any, Any]]) -> list[Point]:
    """The points of which no other costs less and is as good, the cheapest first.

    Args:
        points: The points.
        place: From a point to its cost, of which less is better, and its result, of which more is.

    >>> front([(1, 3), (2, 2), (2, 5)], lambda point: point)
    [(1, 3), (2, 5)]
    """
    best: list[Point] = []
    for point in sorted(points, key=lambda point: (place(point)[0], -place(point)[1])):
        if not best or place(point)[1] > place(best[-1])[1]:
            best.append(point)
    return best
