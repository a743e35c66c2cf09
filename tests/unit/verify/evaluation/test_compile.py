from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
import torch
from torch import nn

from registry.verify.evaluation.runner import Runner
from registry.verify.model_inputs import PictureInputs
from registry.verify.target import Preprocessing

CPU = torch.device("cpu")
PIXELS = torch.arange(2 * 3 * 4 * 4, dtype=torch.uint8).view(2, 3, 4, 4)


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Linear(3 * 4 * 4, 5)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.layer(pictures.flatten(1)).relu() + 1


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    torch._dynamo.reset()


def answers(model: nn.Module, *, compiled: bool) -> tuple[torch.Tensor, Runner]:
    runner = Runner(model, PictureInputs(Preprocessing()), [CPU], compiled=compiled)
    return torch.cat([output for _, _, output, _ in runner(PIXELS)]), runner


@pytest.mark.skipif(
    shutil.which(os.environ.get("CXX", "g++")) is None, reason="torch.compile needs a C++ compiler, and there is none"
)
def test_a_compiled_model_gives_the_same_answers() -> None:
    expected, _ = answers(Small(), compiled=False)
    outputs, runner = answers(Small(), compiled=True)
    assert runner.uncompiled == ""
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1, "it was compiled"
    assert torch.allclose(outputs, expected, atol=1e-6)
    assert outputs.argmax(1).tolist() == expected.argmax(1).tolist()


def test_where_nothing_can_be_compiled_the_model_is_run_as_it_is() -> None:
    from torch._inductor import config

    expected, _ = answers(Small(), compiled=False)
    with config.patch({"cpp.cxx": (None, "/nowhere/g++"), "fx_graph_cache": False}):
        outputs, runner = answers(Small(), compiled=True)
    assert "No working C++ compiler" in runner.uncompiled
    assert torch.equal(outputs, expected)
