from __future__ import annotations

import pytest
import torch

from registry.verify.environment import environment

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")]


def test_the_record_names_the_gpu_and_its_driver() -> None:
    facts = environment("cuda")
    assert facts["gpu"].startswith(torch.cuda.get_device_name())
    assert facts["cuda"] == torch.version.cuda
    assert facts["driver"].split(".")[0].isdigit()
    assert facts["device"] == "cuda"
