"""How jobs spread over machines that are alike: the longest first, each to whoever is free first.

R. L. Graham, "Bounds on Multiprocessing Timing Anomalies", SIAM Journal on Applied Mathematics 17 (1969), 416-429:
this takes at most 4/3 - 1/(3m) times as long as the best schedule on m machines.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """Jobs on machines.

    Attributes:
        machines: How many machines there are.
        makespan: When the last job ends; in the unit of the jobs' times, as the others are.
        ideal: No schedule can end before: the work by the machines, or the longest job where that is more.
        longest: Number of the longest job, `None` where there is none.
        busy: How long each machine works, the longest first.
    """

    machines: int
    makespan: float
    ideal: float
    longest: int | None
    busy: tuple[float, ...]

    @property
    def bound(self) -> float:
        """How many times the best schedule's time this one takes at most, by Graham."""
        return 4 / 3 - 1 / (3 * self.machines)


def longest_first(times: Sequence[float], machines: int) -> Schedule:
    """Give each job, the longest first, to the machine that is free first.

    >>> longest_first([2, 2, 2, 3, 3], 2).makespan  # 3 + 3 and 2 + 2 + 2 would end at 6
    7.0
    """
    if machines < 1:
        raise ValueError("jobs need a machine")
    order = sorted(range(len(times)), key=lambda job: -times[job])
    busy = [0.0] * machines
    for job in order:
        heapq.heapreplace(busy, busy[0] + times[job])
    longest = order[0] if order else None
    return Schedule(
        machines=machines,
        makespan=max(busy),
        ideal=max(sum(times) / machines, 0.0 if longest is None else times[longest]),
        longest=longest,
        busy=tuple(sorted(busy, reverse=True)),
    )
