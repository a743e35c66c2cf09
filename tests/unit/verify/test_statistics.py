from __future__ import annotations

import pytest
from scipy.stats import binomtest

from registry.evidence.rejudge.sampling import wilson


@pytest.mark.parametrize(("right", "samples"), [(0, 10), (10, 10), (351, 360), (1, 3), (37_325, 50_000), (5, 7)])
def test_wilson_is_scipy_s(right: int, samples: int) -> None:
    oracle = binomtest(right, samples).proportion_ci(0.95, method="wilson")
    assert wilson(right, samples) == pytest.approx((oracle.low, oracle.high), abs=1e-12)


def test_nothing_known_is_everything_possible() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
