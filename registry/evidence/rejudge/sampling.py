"""Bounds for a number of hits that hold at every moment of a drawing without replacement, so that one may stop.

The prior-posterior-ratio martingale of I. Waudby-Smith and A. Ramdas, "Confidence sequences for sampling without
replacement", Advances in Neural Information Processing Systems 33 (2020), with the uniform prior: a beta-binomial
whose two parameters are 1. A population of N holds M hits. Before anything is drawn each of the N + 1 values of M has
the same prior; after n draws with k hits the ratio of prior to posterior at the true M is

    1 / ((n + 1) * hypergeometric(k; N, M, n)),

a martingale that begins at 1. By Ville's inequality it ever reaches 1 / alpha with probability alpha at most. It
depends on n and k alone, and on no order, so that whoever reads a record can take the bounds again.
"""

from __future__ import annotations

import math
from collections.abc import Callable

ALPHA = 0.05
"""Probability that the true number is ever outside of the bounds."""


def bounds(hits: int, drawn: int, population: int, alpha: float = ALPHA) -> tuple[int, int]:
    """The least and the most hits that the population may hold.

    Args:
        hits: How many of the drawn are hits.
        drawn: How many were drawn at random, without replacement.
        population: How many there are in all.
        alpha: Probability of error over all times together.

    >>> bounds(8, 10, 10), bounds(0, 0, 10)
    ((8, 8), (0, 10))
    """
    least, most = hits, population - (drawn - hits)
    if drawn == 0 or least == most:
        return least, most
    threshold = math.log(alpha / (drawn + 1))

    def possible(number: int) -> bool:
        return log_hypergeometric(hits, population, number, drawn) > threshold

    # The probability of what was drawn rises up to this number of hits and falls after it.
    likeliest = min(most, max(least, hits * (population + 1) // drawn))
    low = _first(least, likeliest, possible)
    high = -_first(-most, -likeliest, lambda number: possible(-number))
    return low, high


def log_hypergeometric(hits: int, population: int, number: int, drawn: int) -> float:
    """Natural logarithm of the probability of `hits` among `drawn` from a population of which `number` are hits."""
    if not max(0, drawn - (population - number)) <= hits <= min(drawn, number):
        return -math.inf
    return _log_choose(number, hits) + _log_choose(population - number, drawn - hits) - _log_choose(population, drawn)


def _log_choose(of: int, some: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first number from `low` to `high` for which a condition holds that holds from there on up to `high`."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: two sides of 2.5 %."""


def wilson(right: int, samples: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for a share, low and high.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), 209-212. Unlike the normal interval it holds at 0 and at 1.

    >>> low, high = wilson(351, 360)
    >>> round(low, 4), round(high, 4)
    (0.9532, 0.9868)
    """
    if samples == 0:
        return 0.0, 1.0
    share, square = right / samples, z * z / samples
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * math.sqrt(share * (1 - share) / samples + square / (4 * samples))
    # The ends at 0 and at 1 are exact; floating point would leave them a little inside.
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
