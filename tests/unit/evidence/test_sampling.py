"""The bounds' error rate, by simulation: at no time may they leave out the truth more often than they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from registry.evidence.rejudge.sampling import ALPHA, bounds, log_hypergeometric

RUNS = 1500


def population(size: int, share: float) -> np.ndarray:
    hits = np.zeros(size, np.bool_)
    hits[: round(size * share)] = True
    return hits


def ratios(size: int, truth: int) -> np.ndarray:
    """The logarithm of the martingale at the true number of hits, by (drawn, hits)."""
    table = np.full((size + 1, truth + 1), -np.inf)
    for drawn in range(size + 1):
        for hits in range(max(0, drawn - (size - truth)), min(drawn, truth) + 1):
            table[drawn, hits] = -log_hypergeometric(hits, size, truth, drawn) - math.log(drawn + 1)
    return table


@pytest.mark.parametrize(("size", "share"), [(200, 0.5), (500, 0.95), (1000, 0.75), (300, 0.02)])
def test_the_truth_is_left_out_less_often_than_alpha_whenever_one_stops(size: int, share: float) -> None:
    random, everyone = np.random.default_rng(7), population(size, share)
    table, wrong = ratios(size, int(everyone.sum())), 0
    for _ in range(RUNS):
        hits = random.permutation(everyone).cumsum()
        # The worst moment to stop, of all of them.
        wrong += bool((table[np.arange(1, size + 1), hits] >= math.log(1 / ALPHA)).any())
    assert wrong / RUNS <= ALPHA


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


def test_the_bounds_are_what_the_martingale_leaves() -> None:
    for size, drawn, hits in ((60, 20, 13), (60, 20, 0), (60, 20, 20), (101, 7, 3), (50, 49, 30)):
        left = [
            number
            for number in range(size + 1)
            if log_hypergeometric(hits, size, number, drawn) + math.log(drawn + 1) > math.log(ALPHA)
        ]
        assert bounds(hits, drawn, size) == (left[0], left[-1])
        assert left == list(range(left[0], left[-1] + 1))


def test_the_bounds_close_on_the_truth() -> None:
    everyone = np.random.default_rng(1).permutation(population(2000, 0.8))
    widths = []
    for count in (0, 10, 100, 500, 1000, 1999, 2000):
        low, high = bounds(int(everyone[:count].sum()), count, 2000)
        assert low <= 1600 <= high
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)
    assert widths[0] == 2000
    assert widths[-1] == 0


@pytest.mark.parametrize(("truth", "claim", "most"), [(0.90, 0.95, 500), (0.7, 0.8, 500), (0.01, 0.80, 12)])
def test_a_wrong_claim_falls_after_hundreds_of_samples(truth: float, claim: float, most: int) -> None:
    everyone = population(50_000, truth)
    needed = []
    for seed in range(15):
        hits = np.random.default_rng(seed).permutation(everyone)[: 4 * most].cumsum()
        falls = (n for n in range(1, 4 * most) if bounds(int(hits[n - 1]), n, 50_000)[1] < claim * 50_000)
        needed.append(next(falls, 4 * most))
    assert np.median(needed) < most
