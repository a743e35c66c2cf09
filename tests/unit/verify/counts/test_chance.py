"""No number so coarse that chance would explain it is reproduced: not of parameters, FLOPs or sizes."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

import pytest

from registry.evidence.rejudge.count_chance import first_fit, significant_digits
from registry.evidence.rejudge.fineness import MOST_CHANCE
from registry.types import Claim, Location, Model, Quantity
from registry.verify.counts.count_models import verify_counts
from registry.verify.counts.filesize import judge_size
from registry.verify.engines import Local


@pytest.mark.parametrize(
    ("text", "digits"), [("0.1B", 1), ("0.0G", 0), ("4.10G", 3), ("61100840", 8), ("100000000", 1), ("7B", 1)]
)
def test_digits_are_counted_as_printed(text: str, digits: int) -> None:
    assert significant_digits(Quantity.parse(text, "count")) == digits


@pytest.mark.parametrize("text", ["0.1B", "100000000", "61M", "0.0G"])
def test_a_coarse_number_is_not_reproduced_and_the_reason_says_so(card: Callable[..., Model], text: str) -> None:
    model = card("x", Builder="torchvision:alexnet")
    (outcome,) = verify_counts([(model, [claim(text)])], engine=Local())
    assert outcome.verdict == "unverifiable"
    assert "is printed too coarsely to tell: the " in outcome.reason


def claim(text: str) -> Claim:
    return Claim(
        model="x",
        subject="parameters",
        label="Parameters",
        kind="count",
        reported=Quantity.parse(text, "count"),
        location=Location(file="card.md"),
    )


@pytest.mark.parametrize("digits", [1, 2, 3, 4, 5])
def test_wrong_numbers_within_a_factor_of_two_pass_at_the_promised_rate(digits: int) -> None:
    """Each is drawn around the truth, printed to so many digits, and compared with all counts of a model."""
    draw = random.Random(digits)
    passed = draws = 0
    while draws < 20000:
        right = int(10 ** draw.uniform(5, 9.5))
        counts = [right, *(int(right * draw.uniform(0.8, 1.1)) for _ in range(5))]
        wrong = Decimal(right) * Decimal(2 ** draw.uniform(-1, 1))
        if abs(wrong / right - 1) < Decimal("0.0001"):
            continue
        draws += 1
        printed = Quantity.parse(f"{wrong:.{digits - 1}e}", "count")
        fit = first_fit(printed, counts)
        passed += fit is not None and not fit.coarse
    assert passed / draws <= MOST_CHANCE


def test_sizes_are_held_to_the_same_bound() -> None:
    def size(text: str) -> Claim:
        return Claim(
            model="x",
            subject="file-size",
            label="File Size",
            kind="bytes",
            reported=Quantity.parse(text, "bytes"),
            location=Location(file="card.md"),
        )

    assert judge_size(size("0.1 GB"), 102530333, "asked", {}).verdict == "unverifiable"
    assert judge_size(size("102.5 MB"), 102530333, "asked", {}).verdict == "reproduced"
