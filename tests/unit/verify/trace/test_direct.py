"""What is told without running it is what torch does."""

import subprocess
import sys
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from registry.verify.trace import Trace, build, functions, trace


class Runs(nn.Module):
    def __init__(self, run: Callable[[torch.Tensor], object]) -> None:
        super().__init__()
        self.run = run

    def forward(self, x: torch.Tensor) -> object:
        return self.run(x)


def wrapped(*layers: nn.Module) -> nn.Module:
    return nn.Sequential(*layers)


def made(*shape: int) -> torch.Tensor:
    return torch.empty(*shape, device="meta")


CASES: dict[str, Callable[[], nn.Module]] = {
    "convolutions": lambda: wrapped(
        nn.Conv2d(4, 8, 3, 2, 1, groups=2),
        nn.Conv2d(8, 8, (3, 1), bias=False, dilation=2, padding=(1, 0)),
        nn.Conv2d(8, 4, 1),
    ),
    "padding in words": lambda: nn.Conv2d(4, 4, 3, padding="same"),
    "no batch": lambda: Runs(lambda x: F.conv2d(x[0], made(2, 4, 3, 3))),
    "named arguments": lambda: Runs(lambda x: F.conv2d(input=x, weight=made(2, 4, 3, 3))),
    "channels last": lambda: Runs(
        lambda x: F.conv2d(x.contiguous(memory_format=torch.channels_last), made(2, 4, 3, 3))
    ),
    "norms": lambda: wrapped(
        nn.BatchNorm2d(4), nn.BatchNorm2d(4, affine=False), nn.BatchNorm2d(4, track_running_stats=False)
    ),
    "activations": lambda: wrapped(nn.ReLU(inplace=True), nn.SiLU(), nn.Hardswish(), nn.ReLU(), nn.SiLU(inplace=True)),
    "strided activation": lambda: Runs(lambda x: F.relu(x[:, :, ::2])),
    "linear": lambda: wrapped(nn.Linear(8, 3), nn.Flatten(2), nn.Linear(24, 5), nn.Flatten(), nn.Linear(20, 2)),
    "linear without bias": lambda: wrapped(nn.Flatten(2), nn.Linear(64, 5, bias=False)),
    "linear of what is turned": lambda: Runs(lambda x: F.linear(x.flatten(2).transpose(1, 2), made(3, 4), made(3))),
    "views": lambda: Runs(
        lambda x: (x.view(2, 4, 64).permute(0, 2, 1), x.chunk(2, 1), torch.split(x, 1, dim=1), x[:, 0], x[..., None])
    ),
    "copies": lambda: Runs(lambda x: (x.transpose(1, 2).reshape(2, -1), x[:, [0, 1]], x[:, torch.zeros(2, dtype=int)])),
    "gradients": lambda: Runs(lambda x: _with_gradients(x)),
}


def _with_gradients(x: torch.Tensor) -> torch.Tensor:
    with torch.enable_grad():
        y = F.relu(F.conv2d(x, made(2, 4, 3, 3).requires_grad_()))
        assert y.requires_grad
    return y


def levels(recording: Trace) -> tuple[object, ...]:
    return recording.calls, recording.functions, recording.operators, recording.outputs


@pytest.mark.parametrize("case", CASES)
def test_rules_say_what_torch_does(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = build(CASES[case])
    recording = trace(model, (4, 8, 8), batch=2)
    monkeypatch.setattr(functions, "DIRECT", {})
    monkeypatch.setattr(functions, "is_view", lambda *_: False)
    assert levels(recording) == levels(trace(model, (4, 8, 8), batch=2))
    assert recording.functions


@pytest.mark.parametrize("run", [lambda x: F.linear(x, made(3, 7), made(3)), lambda x: F.conv2d(x, made(2, 3, 3, 3))])
def test_what_torch_refuses_is_refused(run: Callable[[torch.Tensor], object]) -> None:
    with pytest.raises(Exception, match="the model does not run"):
        trace(Runs(run), (4, 8, 8))


def test_counting_loads_no_compiler_until_it_is_used() -> None:
    code = """
import sys
from registry.verify.torchvision_ops import import_torchvision
from registry.verify.trace import build, trace

trace(build(import_torchvision().models.alexnet), (3, 64, 64))
print("torch._dynamo" in sys.modules)
from torchvision.ops import roi_align
from torch._dynamo.utils import is_compile_supported
print(sys.modules[roi_align.__module__].is_compile_supported("cpu") == is_compile_supported("cpu"))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\nTrue\n"


def test_layers_are_not_filled_and_torch_is_as_before() -> None:
    before = nn.Linear.reset_parameters, nn.init.normal_
    filled = []

    def make() -> nn.Module:
        assert nn.Linear.reset_parameters is not before[0]
        values = nn.init.constant_(torch.empty(2, device="cpu"), 3.0)
        filled.extend(values.tolist())
        return nn.Linear(2, 2)

    assert all(parameter.is_meta for parameter in build(make).parameters())
    assert filled == [3.0, 3.0]
    assert (nn.Linear.reset_parameters, nn.init.normal_) == before
