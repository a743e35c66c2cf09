"""Building and tracing load no compiler, fill no layers, and leave torch as it was."""

import subprocess
import sys

import torch
from torch import nn

from registry.verify.trace import build


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
