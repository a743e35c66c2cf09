"""An interval for a share that holds at every moment of a sampling, so that one may look after each batch and stop.

The hedged betting confidence sequence for sampling without replacement of I. Waudby-Smith and A. Ramdas, "Estimating
means of bounded random variables by betting", Journal of the Royal Statistical Society B 86 (2024) 1-27, section 5.
Somebody who bets against the share m, never more than he has, gets rich only if m is wrong: by Ville's inequality his
capital exceeds 1/alpha at any time with probability alpha at most. The interval holds every m that nobody got rich on.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

ALPHA = 0.05
"""Probability that the true share is ever outside."""

_STAKE = 0.5
"""Largest part of the capital that is bet at once."""

_STEPS = 40
"""Halvings of the search for a bound: below 1e-12."""

Hits = npt.NDArray[np.bool_]


def interval(hits: Hits, population: int, alpha: float = ALPHA) -> tuple[float, float]:
    """Bounds of a population's share of hits, from some of it drawn at random without replacement.

    Args:
        hits: What was drawn, in the order of drawing.
        population: How many there are in all.
        alpha: Probability of error over all times together.

    Returns:
        Low and high; they only ever come closer as more is drawn.
    """
    return _lower(hits, population, alpha), 1.0 - _lower(~hits, population, alpha)


def above(hits: Hits, population: int, share: float, alpha: float = ALPHA) -> bool:
    """Whether the interval lies above a share; much quicker than the interval itself."""
    return _rich(hits, population, share, alpha)


def below(hits: Hits, population: int, share: float, alpha: float = ALPHA) -> bool:
    """Whether the interval lies below a share."""
    return above(~hits, population, 1.0 - share, alpha)


def _lower(hits: Hits, population: int, alpha: float) -> float:
    """The largest share that is known to be too small; what was drawn already is certain."""
    low, high = float(hits.sum()) / population, 1.0 - float((~hits).sum()) / population
    if not _rich(hits, population, low, alpha):
        return low
    for _ in range(_STEPS):
        middle = (low + high) / 2
        # The capital falls as the share rises, since no bet depends on the share but by its limit.
        low, high = (middle, high) if _rich(hits, population, middle, alpha) else (low, middle)
    return low


def _rich(hits: Hits, population: int, share: float, alpha: float) -> bool:
    """Whether betting that the true share is larger than this one ever made 2/alpha of 1."""
    drawn = len(hits)
    if population * share < hits.sum() - 1e-9:
        return True
    if drawn == 0:
        return False
    values = hits.astype(np.float64)
    before = np.concatenate([[0.0], np.cumsum(values)[:-1]])
    left = population - np.arange(drawn)
    # The share of hits among what is left, were `share` the truth.
    expected = (population * share - before) / left
    if (expected < -1e-9).any():
        return True
    expected = np.maximum(expected, 1e-12)
    stakes = np.minimum(_bets(values, alpha), _STAKE / expected)
    return bool(np.log1p(stakes * (values - expected)).cumsum().max() >= math.log(2 / alpha))


def _bets(values: npt.NDArray[np.float64], alpha: float) -> npt.NDArray[np.float64]:
    """The paper's predictable plug-in bets: each knows only the draws before it."""
    number = np.arange(1, len(values) + 1)
    means = (0.5 + np.cumsum(values)) / (number + 1)
    variances = (0.25 + np.cumsum((values - means) ** 2)) / (number + 1)
    known = np.concatenate([[0.25], variances[:-1]])
    return np.sqrt(2 * math.log(2 / alpha) / (known * number * np.log1p(number)))
