"""How sure a measured metric of sums is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

T95 = 2.262157162740992
"""The 97.5 % point of Student's distribution with nine degrees of freedom, for ten groups."""

RESAMPLES = 1000

_TOGETHER = 50
"""Resamples that are held in memory at once."""


def bootstrap(
    parts: npt.NDArray[Any], metric: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]
) -> tuple[float, float]:
    """A 95 % interval of a metric of sums over samples, from 1000 resamples of the samples with a fixed seed.

    Args:
        parts: What each sample adds to the sums, shape (samples, sums).
        metric: From sums of shape (resamples, sums) to the metric of each, shape (resamples,).

    Returns:
        Low and high: B. Efron's percentile interval ("Bootstrap methods: another look at the jackknife", Annals of
        Statistics 7 (1979) 1-26).
    """
    count, random, parts = len(parts), np.random.default_rng(0), parts.astype(np.float64)
    shares = np.full(count, 1 / count)
    values = [
        metric(random.multinomial(count, shares, _TOGETHER).astype(np.float64) @ parts)
        for _ in range(RESAMPLES // _TOGETHER)
    ]
    low, high = np.nanquantile(np.concatenate(values), (0.025, 0.975))
    return float(low), float(high)


def ratio(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A metric for `bootstrap` that is one sum over another, shape (resamples,)."""
    quotients: npt.NDArray[np.float64] = sums[:, 0] / sums[:, 1]
    return quotients


def mean_interval(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """`bootstrap` of the mean of one number for each sample, shape (samples,)."""
    return bootstrap(np.stack([values, np.ones_like(values)], axis=1), ratio)


def jackknife(value: float, others: Sequence[float]) -> tuple[float, float]:
    """A 95 % interval of a share from its values where each of some groups of samples is left out.

    P. S. Kott, "The delete-a-group jackknife", Journal of Official Statistics 17 (2001), 521-526, with the normal
    distribution's quantile for ten groups replaced by Student's. The value twice where nothing was left out.
    """
    count = len(others)
    if count < 2:
        return value, value
    mean = sum(others) / count
    half = T95 * math.sqrt((count - 1) / count * sum((other - mean) ** 2 for other in others))
    return max(0.0, value - half), min(1.0, value + half)
