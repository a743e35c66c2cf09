from __future__ import annotations

import pytest

from registry.evidence.rejudge.sampling import wilson
from registry.types import Claim, Location, Quantity
from registry.verify.accuracy.outcomes import judge
from registry.verify.tasks import Score


def claim(text: str) -> Claim:
    return Claim(
        model="m",
        subject="top-1-accuracy",
        label="Top 1 Accuracy",
        kind="ratio",
        reported=Quantity.parse(text, "ratio"),
        location=Location(file="card.md"),
    )


def score(right: int, samples: int) -> Score:
    return Score(value=right / samples, samples=samples, right=right, interval=wilson(right, samples))


@pytest.mark.parametrize(
    ("text", "right", "samples", "verdict", "difference"),
    [
        ("97.50%", 351, 360, "reproduced", 0),
        ("0.975", 351, 360, "reproduced", 0),
        ("97.5", 351, 360, "reproduced", 0),
        ("97.22%", 351, 360, "within-tolerance", -1),
        ("97.78%", 351, 360, "within-tolerance", 1),
        ("99.9%", 351, 360, "refuted", 8),
        ("56.55%", 28_261, 50_000, "within-tolerance", 12),
        ("56.55%", 28_272, 50_000, "within-tolerance", 1),
        ("56.55%", 28_273, 50_000, "reproduced", 0),
        ("56.55%", 28_277, 50_000, "reproduced", 0),
        ("73.30%", 35_185, 50_000, "refuted", 1463),
        ("66.67%", 2000, 3000, "reproduced", 0),
    ],
)
def test_a_verdict_and_how_many_samples_it_hangs_on(
    text: str, right: int, samples: int, verdict: str, difference: int
) -> None:
    judgement = judge(claim(text), score(right, samples))
    assert (judgement.verdict, judgement.difference) == (verdict, difference)
    assert f"{right} of {samples} samples" in judgement.reason
    if difference:
        assert f"{abs(difference)} sample" in judgement.reason
        assert ("more" if difference > 0 else "fewer") in judgement.reason


def test_a_metric_that_is_no_share_of_samples() -> None:
    judgement = judge(claim("0.70"), Score(value=0.62, samples=50, interval=(0.58, 0.66)))
    assert (judgement.verdict, judgement.difference) == ("refuted", None)
    assert (
        judgement.reason
        == "62.00% over 50 samples (58.00% to 66.00% on other samples); the card's 0.70 is further away than 0.10%"
    )
