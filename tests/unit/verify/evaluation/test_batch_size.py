from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from registry.verify.evaluation import batches
from registry.verify.evaluation.batches import find_batch_size, find_layout
from registry.verify.evaluation.runner import Runner
from registry.verify.model_inputs import PictureInputs
from registry.verify.target import Preprocessing

CPU = torch.device("cpu")


class Device(nn.Module):
    """Needs a second for each call up to `wide` samples, more beyond, and has memory for `memory` of them."""

    def __init__(self, wide: int, memory: int) -> None:
        super().__init__()
        self.wide, self.memory, self.clock = wide, memory, 0.0

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        if len(pictures) > self.memory:
            raise torch.OutOfMemoryError("out of memory")
        self.clock += max(1.0, len(pictures) / self.wide)
        return pictures.mean((1, 2, 3))


@pytest.mark.parametrize(
    ("wide", "memory", "expected"),
    [(128, 10_000, 128), (200, 10_000, 256), (10_000, 100, 64), (1, 10_000, 32), (8, 8, 8), (10_000, 10_000, 1024)],
)
def test_it_grows_while_that_pays_and_the_memory_lasts(
    monkeypatch: pytest.MonkeyPatch, wide: int, memory: int, expected: int
) -> None:
    device = Device(wide, memory)
    monkeypatch.setattr(batches, "time", SimpleNamespace(perf_counter=lambda: device.clock))
    runner = Runner(device, PictureInputs(Preprocessing(mean=(0.0,), std=(1.0,))), [CPU])
    assert find_batch_size(runner, (1, 2, 2), CPU) == expected


@pytest.mark.parametrize("likes", [torch.contiguous_format, torch.channels_last])
def test_the_layout_is_the_one_that_is_quicker(monkeypatch: pytest.MonkeyPatch, likes: torch.memory_format) -> None:
    class Picky(Device):
        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            self.clock += 1.0 if pictures.is_contiguous(memory_format=likes) else 2.0
            return pictures.mean((1, 2, 3))

    device = Picky(0, 0)
    monkeypatch.setattr(batches, "time", SimpleNamespace(perf_counter=lambda: device.clock))
    runner = Runner(device, PictureInputs(Preprocessing()), [CPU])
    find_layout(runner, (3, 4, 4), CPU)
    assert runner.layout == likes
