"""The error rates that the guide's page "Verdicts" promises, by simulation on the deciding code itself."""

from __future__ import annotations

import numpy as np
import pytest

from registry.evidence.rejudge.fineness import printed_counts
from registry.evidence.rejudge.sampling import bounds, wilson
from registry.evidence.rejudge.score import ScoreFacts, decide, judge_score
from registry.types import Claim, Location, Quantity
from registry.verify.accuracy.quick import draw


def named(text: str) -> Claim:
    return Claim(
        model="m",
        subject="top-1-accuracy",
        label="Top 1",
        kind="ratio",
        reported=Quantity.parse(text, "ratio"),
        location=Location(file="m"),
    )


def facts(right: int, samples: int, **keywords: int) -> ScoreFacts:
    return ScoreFacts(value=right / samples, samples=samples, right=right, interval=wilson(right, samples), **keywords)


def verdict(text: str, right: int, samples: int, **keywords: int) -> str:
    return judge_score(Quantity.parse(text, "ratio"), facts(right, samples, **keywords)).verdict


def test_floats_of_any_width_mean_their_count() -> None:
    random = np.random.default_rng(0)
    for _ in range(2000):
        samples = int(random.integers(400, 60_000))
        right = int(random.integers(1, samples))
        share = right / samples
        texts = [repr(share), repr(float(np.float32(share)))]
        texts += [repr(share * 100), repr(float(np.float32(share * 100)))] if share > 0.011 else []
        for text in texts:
            counts = printed_counts(Quantity.parse(text, "ratio"), samples)
            assert counts.difference(right) == 0, (text, right, samples)
            if len(text) > 9:
                assert (counts.least, counts.most, counts.exact) == (right, right, True), (text, right, samples)


@pytest.mark.parametrize(
    ("digits", "samples"), [(1, 50_000), (2, 50_000), (2, 10_000), (2, 360), (0, 50_000), (1, 200)]
)
def test_few_plausible_wrong_numbers_are_reproduced(digits: int, samples: int) -> None:
    random, passed, trials = np.random.default_rng(1), 0, 4000
    for _ in range(trials):
        right = int(samples * random.uniform(0.5, 0.99))
        low, high = right / samples / 2, min(1.0, 2 * right / samples)
        text = f"{100 * random.uniform(low, high):.{digits}f}%"
        passed += verdict(text, right, samples) == "reproduced"
    assert passed / trials <= 0.006 + 3 * np.sqrt(0.006 / trials)


@pytest.mark.parametrize(
    ("text", "right", "samples", "expected"),
    [
        ("1.0", 359, 360, "unverifiable"),
        ("1.0", 360, 360, "unverifiable"),
        ("0.9", 8633, 10_000, "unverifiable"),
        ("0.0", 14, 360, "unverifiable"),
        ("0.5", 8633, 10_000, "refuted"),
        ("76.13%", 1, 1, "unverifiable"),
        ("100.00%", 60, 60, "unverifiable"),
        ("20.00%", 60, 60, "refuted"),
        ("100.00%", 360, 360, "reproduced"),
        ("95", 47_600, 50_000, "unverifiable"),
        ("95.2", 47_600, 50_000, "reproduced"),
        ("95.1", 47_600, 50_000, "within-tolerance"),
        ("95.0", 47_600, 50_000, "refuted"),
    ],
)
def test_numbers_that_are_too_coarse_and_samples_that_are_too_few(
    text: str, right: int, samples: int, expected: str
) -> None:
    assert verdict(text, right, samples) == expected


def test_a_whole_known_data_set_may_be_small() -> None:
    assert verdict("67.07%", 110, 164) == "unverifiable"
    assert verdict("67.07%", 110, 164, complete=True) == "reproduced"


@pytest.mark.parametrize(
    ("more", "expected"), [(0, "refuted"), (5, "unverifiable"), (40, "unverifiable"), (1, "refuted")]
)
def test_unreadable_samples_are_judged_both_ways(more: int, expected: str) -> None:
    assert verdict("90.00%", 895, 1000, more=more) == expected


def drawn(truth: float, text: str, seed: int, population: int = 4000) -> tuple[str | None, int]:
    """What a drawing decides, looked at after each 50 samples, and after how many."""
    everyone = np.zeros(population, np.bool_)
    everyone[: round(population * truth)] = True
    hits = np.random.default_rng(seed).permutation(everyone).cumsum()
    reported = Quantity.parse(text, "ratio")
    for count in range(50, population, 50):
        right = int(hits[count - 1])
        low, high = bounds(right, count, population)
        facts = ScoreFacts(
            value=right / count, samples=count, right=right, interval=(low / population, high / population)
        )
        verdict = decide(reported, facts, right, population)
        if verdict is not None:
            return verdict, count
    return None, population


def test_a_right_claim_is_refuted_by_drawn_samples_no_more_often_than_promised() -> None:
    runs = 400
    refuted = sum(drawn(0.75, "75.00%", seed)[0] == "refuted" for seed in range(runs))
    assert refuted / runs <= 0.05


def test_a_refutation_is_asked_again_in_an_order_of_the_claim_s_own() -> None:
    """Both orders are needed, so that what one order does by chance is not repeated for ever: 0.25 % at most."""
    claims = [named(f"{share:.2f}%") for share in (75.00, 74.00, 73.00)]
    orders = [draw("sha256:0", 4000), *(draw("sha256:0", 4000, claim) for claim in claims)]
    assert all(sorted(order) == list(range(4000)) for order in orders)
    assert len({tuple(order[:20]) for order in orders}) == len(orders)
    assert draw("sha256:0", 4000, claims[0]) == orders[1]
    # By chance two of those orders agree in one of 4000 places.
    shared = [sum(a == b for a, b in zip(orders[0], order, strict=True)) for order in orders[1:]]
    assert max(shared) < 10
    twice = sum(
        drawn(0.75, "75.00%", seed)[0] == "refuted" and drawn(0.75, "75.00%", 10_000 + seed)[0] == "refuted"
        for seed in range(400)
    )
    assert twice / 400 <= 0.0025


def test_quick_and_full_do_not_contradict_each_other() -> None:
    for truth, text in ((0.75, "75.00%"), (0.75, "75.05%"), (0.96, "95.00%"), (0.5, "60.00%")):
        full = verdict(text, round(4000 * truth), 4000)
        verdicts = [drawn(truth, text, seed)[0] for seed in range(40)]
        wrong = {"refuted"} if full != "refuted" else {"within-tolerance"}
        assert sum(verdict in wrong for verdict in verdicts) <= 6, (truth, text, full)


def test_a_claim_that_is_two_points_off_falls_after_some_thousand_samples() -> None:
    needed = [drawn(0.76, "78.00%", seed, population=50_000)[1] for seed in range(15)]
    assert np.median(needed) < 8000
