"""One claim and its evidence, to be varied."""

from __future__ import annotations

import pytest

from registry.evidence.rejudge.sampling import wilson
from registry.types import Claim, DatasetRef, Evidence, Location, Measurement, Quantity


@pytest.fixture
def claim() -> Claim:
    return Claim(
        model="AlexNet",
        subject="top-1-accuracy",
        label="Top 1 Accuracy",
        kind="ratio",
        reported=Quantity.parse("56.52%", "ratio"),
        location=Location(file="models/alexnet.md", line=39, column=25, path="Models[0].Results[0].Metrics"),
        task="Image Classification",
        dataset=DatasetRef(name="ImageNet"),
    )


@pytest.fixture
def evidence(claim: Claim) -> Evidence:
    return Evidence(
        claim=claim,
        verdict="reproduced",
        reason="28 261 of 50 000 images.",
        measurement=Measurement(
            value=0.56522, method="evaluate", samples=50000, interval=wilson(28261, 50000), details={"batch": 64}
        ),
        digests={
            "claim": claim.digest,
            "weights": "sha256:" + "7b" * 32,
            "dataset": "sha256:" + "d5" * 32,
        },
        environment={"python": "3.11.2", "device": "cpu"},
        time="2026-01-02T03:04:05Z",
    )
