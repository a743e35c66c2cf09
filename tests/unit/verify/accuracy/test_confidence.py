"""The interval's error rate, by simulation: at no time may it leave out the truth more often than it says."""

from __future__ import annotations

import numpy as np
import pytest

from registry.verify.accuracy.confidence import ALPHA, above, below, interval

RUNS = 1500


def population(size: int, share: float) -> np.ndarray:
    found = np.zeros(size, np.bool_)
    found[: round(size * share)] = True
    return found


@pytest.mark.parametrize(("size", "share"), [(200, 0.5), (500, 0.95), (1000, 0.75), (300, 0.02)])
def test_the_truth_is_left_out_less_often_than_alpha_whenever_one_stops(size: int, share: float) -> None:
    random, everyone = np.random.default_rng(7), population(size, share)
    truth = everyone.mean()
    # `above` and `below` look at all times up to the end of the draws, so that this is the error of the worst stop.
    wrong = 0
    for _ in range(RUNS):
        drawn = random.permutation(everyone)
        wrong += above(drawn, size, truth) or below(drawn, size, truth)
    assert wrong / RUNS <= ALPHA + 3 * np.sqrt(ALPHA * (1 - ALPHA) / RUNS)


def test_a_naive_interval_fails_the_same_simulation() -> None:
    random, everyone = np.random.default_rng(7), population(1000, 0.75)
    wrong = 0
    for _ in range(RUNS):
        drawn = random.permutation(everyone)[:500]
        count = np.arange(1, 501)
        share = drawn.cumsum() / count
        half = 1.96 * np.sqrt(share * (1 - share) / count)
        wrong += bool((np.abs(share - 0.75) > half)[20:].any())
    assert wrong / RUNS > 2 * ALPHA


def test_the_interval_narrows_to_the_truth() -> None:
    drawn = np.random.default_rng(1).permutation(population(2000, 0.8))
    before = (0.0, 1.0)
    for count in (0, 1, 10, 100, 500, 1000, 1999, 2000):
        low, high = interval(drawn[:count], 2000)
        assert before[0] - 1e-9 <= low <= 0.8 <= high <= before[1] + 1e-9
        before = (low, high)
    assert before == pytest.approx((0.8, 0.8), abs=1e-9)


def test_the_interval_is_where_above_and_below_change() -> None:
    for seed in range(20):
        drawn = np.random.default_rng(seed).permutation(population(3000, 0.6))[:700]
        low, high = interval(drawn, 3000)
        assert above(drawn, 3000, low - 1e-6)
        assert not above(drawn, 3000, low + 1e-6)
        assert below(drawn, 3000, high + 1e-6)
        assert not below(drawn, 3000, high - 1e-6)


@pytest.mark.parametrize(("truth", "claimed", "most"), [(0.90, 0.95, 1000), (0.7, 0.8, 1000), (0.01, 0.80, 20)])
def test_a_wrong_claim_falls_after_hundreds_of_samples(truth: float, claimed: float, most: int) -> None:
    everyone = population(50_000, truth)
    needed = []
    for seed in range(15):
        drawn = np.random.default_rng(seed).permutation(everyone)[: 4 * most]
        needed.append(next((n for n in range(1, 4 * most, 10) if below(drawn[:n], 50_000, claimed)), 4 * most))
    assert np.median(needed) < most
