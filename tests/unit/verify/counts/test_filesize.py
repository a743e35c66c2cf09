"""The size of a weights file: exact where it can be asked, bounded where not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from registry.types import Claim, Location, Model, Quantity
from registry.verify.builders import target
from registry.verify.counts.filesize import bounds, judge_bounds, judge_size, local_size
from registry.verify.parameters import ledger
from registry.verify.trace import build


def claim(text: str) -> Claim:
    return Claim(
        model="x",
        subject="file-size",
        label="File Size",
        kind="bytes",
        reported=Quantity.parse(text, "bytes"),
        location=Location(file="card.md"),
    )


@pytest.mark.parametrize(
    ("printed", "verdict"),
    [("102530333", "reproduced"), ("102.5 MB", "reproduced"), ("97.8MB", "reproduced"), ("98.8MB", "refuted")],
)
def test_megabytes_may_be_decimal_or_binary(printed: str, verdict: str) -> None:
    assert judge_size(claim(printed), 102530333, "asked", {}).verdict == verdict


def test_the_bounds_hold_what_torchvision_publishes() -> None:
    """torchvision's `_file_size` is in 2^20 bytes: 97.781 for ResNet-50, 233.087 for AlexNet."""
    for name, published in (("resnet50", 97.781), ("alexnet", 233.087), ("mobilenet_v2", 13.555)):
        limits = bounds(ledger(build(target(f"torchvision:{name}").build)))
        assert limits.least <= published * 2**20 <= limits.most


def test_bounds_decide_only_what_they_can() -> None:
    parameters = ledger(build(target("torchvision:alexnet").build))
    assert judge_bounds(claim("244 MB"), parameters, {}, advice="").verdict == "reproduced"
    assert judge_bounds(claim("244408911"), parameters, {}, advice="").verdict == "unverifiable"


def test_a_file_beside_the_card_is_measured_and_one_outside_is_not(card: Callable[..., Model], tmp_path: Path) -> None:
    import dataclasses

    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "w.safetensors").write_bytes(b"12345")
    (tmp_path / "secret").write_bytes(b"1")
    model = dataclasses.replace(card("x"), base=str(tmp_path / "cards"))
    assert local_size(model, "w.safetensors") == 5
    assert local_size(model, "../secret") is None
    assert local_size(model, "https://example.org/w.pth") is None
