"""How sure a measured share is."""

from __future__ import annotations

import math

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
