"""Optical flow beside the metrics of torchvision's `references/optical_flow`, on its own model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from registry.types import DatasetError
from registry.verify.datasets import find
from registry.verify.torchvision_ops import import_torchvision
from tests.unit.verify.tasks import drawn

METRICS = {
    "End-Point Error": "epe",
    "End-Point Error per image": "per_image_epe",
    "1px": "1px",
    "3px": "3px",
    "5px": "5px",
    "Fl-all": "f1",
}


def raft() -> nn.Module:
    torch.manual_seed(0)
    return import_torchvision().models.optical_flow.raft_small(weights=None).eval()


class Shift(nn.Module):
    """A flow from two pictures, without refining it."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.layer = nn.Conv2d(6, 2, 5, padding=2)

    def forward(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        return 4 * self.layer(torch.cat([first, second], 1))


@torch.inference_mode()
def oracle(model: Any, samples: list[Any], *, mode: str, updates: int) -> dict[str, float]:
    """`_evaluate` of torchvision's train.py and `compute_metrics` of its utils.py, one pair at a time."""
    functional = torch.nn.functional
    sums: dict[str, float] = dict.fromkeys(METRICS.values(), 0.0)
    pixels = 0
    for first, second, flow, mask in samples:
        one, two = (
            torch.from_numpy(np.array(picture)).movedim(-1, 0)[None].float() / 255 for picture in (first, second)
        )
        one, two = (one - 0.5) / 0.5, (two - 0.5) / 0.5
        height, width = one.shape[-2:]
        rows, columns = ((side // 8 + 1) * 8 - side for side in (height, width))
        rows, columns = rows % 8, columns % 8
        top = rows // 2 if mode == "sintel" else 0
        around = [columns // 2, columns - columns // 2, top, rows - top]
        one, two = (functional.pad(picture, around, mode="replicate") for picture in (one, two))
        answer = model(one, two, num_flow_updates=updates)[-1] if updates else model(one, two)
        answer = answer[:, :, top : top + height, around[0] : around[0] + width]
        right, validity = torch.from_numpy(flow)[None], torch.from_numpy(mask)[None]
        errors, lengths = ((answer - right) ** 2).sum(1).sqrt()[validity], (right**2).sum(1).sqrt()[validity]
        count = errors.numel()
        for name, value in {
            "epe": errors.mean(),
            "1px": (errors < 1).float().mean(),
            "3px": (errors < 3).float().mean(),
            "5px": (errors < 5).float().mean(),
            "f1": ((errors > 3) & (errors / lengths > 0.05)).float().mean(),
        }.items():
            sums[name] += value.item() * count
        sums["per_image_epe"] += errors.mean().item()
        pixels += count
    return {name: value / (len(samples) if name == "per_image_epe" else pixels) for name, value in sums.items()}


def read(dataset: Any) -> list[Any]:
    pairs = []
    for index in range(len(dataset.names)):
        pair = dataset.sample(index)
        pairs.append((pair.first, pair.second, *dataset.flow(index)))
    return pairs


@pytest.mark.parametrize(
    ("make", "name", "option", "mode", "updates", "pairs"),
    [
        (drawn.sintel, "Sintel training (clean pass)", "sintel", "sintel", 0, 2),
        (drawn.sintel, "Sintel training (final pass)", "sintel", "sintel", 0, 2),
        (drawn.kitti, "KITTI 2015 training", "kitti-2015", "kitti", 24, 2),
        (drawn.chairs, "FlyingChairs", "flyingchairs", "sintel", 0, 2),
    ],
)
def test_metrics_are_those_of_the_reference(
    tmp_path: Path,
    offered: Callable[..., None],
    measured: Callable[..., Any],
    make: Any,
    name: str,
    option: str,
    mode: str,
    updates: int,
    pairs: int,
) -> None:
    folder = make(tmp_path / "data")
    offered(Shift)
    model = raft() if updates else Shift()
    torch.save(model.state_dict(), tmp_path / "weights.pth")
    samples = read(find(name, {option: folder}, answers="flows"))
    assert len(samples) == pairs
    expected = oracle(model, samples, mode=mode, updates=updates)
    assert expected["epe"] > 0.5
    claims = {
        label: f"{expected[key]:.4f}" if "Error" in label else f"{expected[key]:.4%}" for label, key in METRICS.items()
    }
    outcomes = measured(
        "Optical Flow",
        name,
        claims,
        {option: folder},
        builder="torchvision:raft_small" if updates else "registry:model",
        workers=2 if "clean" in name else 0,
    )
    for label, key in METRICS.items():
        assert outcomes[label].measurement.value == pytest.approx(expected[key], rel=1e-6, abs=1e-6), label
    assert "%" not in outcomes["End-Point Error"].reason.partition("95 %")[0]


def test_torchvision_reads_the_same_flows(tmp_path: Path) -> None:
    reader = import_torchvision().datasets
    sintel = drawn.sintel(tmp_path / "Sintel")
    reference = reader.Sintel(str(tmp_path), split="train", pass_name="final")
    ours = find("Sintel training (final pass)", {"sintel": sintel}, answers="flows")
    order = sorted(range(len(reference)), key=lambda index: reference._image_list[index][0])
    for (first, second, flow), (one, two, reading, mask) in zip(
        [reference[at] for at in order], read(ours), strict=True
    ):
        assert np.array_equal(np.asarray(first), np.asarray(one))
        assert np.array_equal(np.asarray(second), np.asarray(two))
        assert np.array_equal(flow, reading)
        assert mask.all()
    drawn.chairs(tmp_path / "FlyingChairs")
    chairs = reader.FlyingChairs(str(tmp_path), split="val")
    pairs = read(find("FlyingChairs", {"flyingchairs": tmp_path / "FlyingChairs"}, answers="flows"))
    for (first, _, flow), (one, _, reading, _) in zip(chairs, pairs, strict=True):
        assert np.array_equal(np.asarray(first), np.asarray(one))
        assert np.array_equal(flow, reading)


def test_kitti_s_numbers_come_back_as_they_were_written(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    flow, mask = random.normal(0, 40, (2, 20, 30)).astype(np.float32), random.random((20, 30)) > 0.5
    drawn.write_kitti(tmp_path / "training/flow_occ/000000_10.png", flow, mask)
    for name in ("10", "11"):
        file = tmp_path / f"training/image_2/000000_{name}.png"
        file.parent.mkdir(exist_ok=True)
        Image.new("RGB", (30, 20)).save(file)
    reading, validity = find("KITTI 2015", {"kitti-2015": tmp_path}, answers="flows").flow(0)
    assert np.abs(reading - flow).max() <= 0.0079
    assert np.array_equal(validity, mask)


def test_what_is_not_published_or_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"the flows of Sintel test \(clean pass\) are not published"):
        find("Sintel test (clean pass)", {"sintel": tmp_path}, answers="flows")
    with pytest.raises(DatasetError, match="none of the layouts of Sintel"):
        find("KITTI 2015 training", {"kitti-2015": tmp_path}, answers="flows")
    with pytest.raises(DatasetError, match=r"--data sintel=PATH \(split training: MPI-Sintel-complete\.zip"):
        find("Sintel training (clean pass)", {}, answers="flows")
