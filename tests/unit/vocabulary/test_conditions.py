from __future__ import annotations

import pytest

from registry.types import Metric
from registry.vocabulary.vocabulary import conditions, is_condition


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Iter", True),
        ("total_iters", True),
        ("<br>Scale", True),
        (r"$\sigma$", True),
        ("Backbone", True),
        ("Size / Num images per prompt", True),
        ("FID", False),
        ("FID (Iter)", False),
        ("Top 1 Accuracy", False),
        ("", False),
        ("/", False),
    ],
)
def test_conditions_are_known_by_their_names(name: str, expected: bool) -> None:
    assert is_condition(name) is expected


def test_the_conditions_of_a_result_are_those_among_its_metrics_and_in_mappings() -> None:
    metrics = [
        Metric(name="FID", value=9.4, text="9.4"),
        Metric(name="Iter", value=480000, text="480000"),
        Metric(name="PSNR", value=512, text="512", within=("Size",)),
    ]
    assert conditions(metrics) == (("Iter", "480000"), ("Size PSNR", "512"))
