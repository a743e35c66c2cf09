"""Runs the real tools, on real tensors on the CPU, as their users do.

`python tests/unit/verify/conventions/peers.py OUT.csv NAME=FOLDER ...` records what tools print for the models of
`zoo.py`; a FOLDER is put on the path before the tool of that NAME is imported, in a process of its own, since three
versions of thop share one name. Tools without a folder are taken from the environment.
"""

from __future__ import annotations

import collections
import contextlib
import csv
import io
import os
import subprocess
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from unittest.mock import MagicMock

import torch
from torch import nn

Tool = Callable[[nn.Module, torch.Tensor], dict[str, int]]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep a tool's talk off the terminal."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def thop(name: str) -> Tool:
    def run(model: nn.Module, x: torch.Tensor) -> dict[str, int]:
        collections.Iterable = collections.abc.Iterable  # type: ignore[attr-defined]  # 0.0.31 is older than its removal
        return {name: int(import_module("thop").profile(model, inputs=(x,), verbose=False)[0])}

    return run


def fvcore(model: nn.Module, x: torch.Tensor) -> dict[str, int]:
    from fvcore.nn import FlopCountAnalysis

    def total() -> int:
        analysis = FlopCountAnalysis(model, (x,)).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
        return int(analysis.total())

    counts = {"fvcore 0.1.5": total()}
    if x.shape[0] > 1 or not _needs_a_batch(model):
        model.train()
        for module in model.modules():
            if not isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.training = False
        counts["fvcore 0.1.5, BatchNorm as in training"] = total()
        model.eval()
    return counts


def _needs_a_batch(model: nn.Module) -> bool:
    return any(isinstance(module, nn.BatchNorm1d) for module in model.modules())


def mmengine(model: nn.Module, x: torch.Tensor) -> dict[str, int]:
    from mmengine.analysis import FlopAnalyzer

    analysis = FlopAnalyzer(model, (x,)).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return {"mmengine 0.10.7": int(analysis.total())}


def mmcv(model: nn.Module, x: torch.Tensor) -> dict[str, int]:
    # Of mmcv 1.7.2 the one file; the wrappers that it names are mmcv's own layers, which no model here has.
    bricks = types.SimpleNamespace(
        **{name: type(name, (nn.Module,), {}) for name in ("Conv2d", "Conv3d", "MaxPool2d", "MaxPool3d", "Linear")},
        ConvTranspose2d=type("ConvTranspose2d", (nn.Module,), {}),
    )
    sys.modules["mmcv"] = types.ModuleType("mmcv")
    sys.modules["mmcv"].cnn = types.SimpleNamespace(bricks=bricks)  # type: ignore[attr-defined]
    counter = import_module("flops_counter")
    shape = tuple(x.shape[1:])
    flops, _ = counter.get_model_complexity_info(model, shape, as_strings=False, print_per_layer_stat=False)
    return {"mmcv 1.x": int(flops)}


def ptflops(model: nn.Module, x: torch.Tensor) -> dict[str, int]:
    from ptflops import get_model_complexity_info

    counts = {}
    for backend in ("pytorch", "aten"):
        with contextlib.suppress(TypeError):
            flops, _ = get_model_complexity_info(
                model,
                tuple(x.shape[1:]),
                as_strings=False,
                print_per_layer_stat=False,
                input_constructor=lambda _: x,
                backend=backend,
            )
            counts[f"ptflops 0.7.5 ({backend})"] = int(flops)
    return counts


def deepspeed(model: nn.Module, x: torch.Tensor) -> dict[str, int]:
    # Of deepspeed the profiler's one file; what it imports of the rest only measures time.
    if "deepspeed" not in sys.modules:
        for name in ("", ".accelerator", ".utils", ".utils.timer", ".utils.torch", ".moe", ".moe.layer"):
            sys.modules["deepspeed" + name] = types.ModuleType("deepspeed" + name)
        idle = types.SimpleNamespace(synchronize=lambda: None, info=lambda *_: None)
        sys.modules["deepspeed.accelerator"].get_accelerator = lambda: idle  # type: ignore[attr-defined]
        sys.modules["deepspeed.utils"].logger = idle  # type: ignore[attr-defined]
        sys.modules["deepspeed.moe.layer"].MoE = type("MoE", (), {})  # type: ignore[attr-defined]
        sys.modules["deepspeed.utils.torch"].required_torch_version = lambda **_: True  # type: ignore[attr-defined]
        for timer in ("FORWARD_GLOBAL_TIMER", "BACKWARD_GLOBAL_TIMER", "STEP_GLOBAL_TIMER"):
            setattr(sys.modules["deepspeed.utils.timer"], timer, timer)
        sys.modules.setdefault("einops", types.ModuleType("einops")).einsum = torch.einsum  # type: ignore[attr-defined]
    profiler = import_module("profiler")
    flops, macs, _ = profiler.get_model_profile(model, args=[x], print_profile=False, as_string=False)
    return {"deepspeed 0.19.8 (flops)": int(flops), "deepspeed 0.19.8 (MACs)": int(macs)}


def calflops(model: nn.Module, x: torch.Tensor) -> dict[str, int]:
    # Its package imports transformers for a feature not used here.
    for name in (
        "transformers",
        "accelerate",
        "accelerate.utils",
        "huggingface_hub",
        "huggingface_hub.utils",
    ):
        sys.modules.setdefault(name, MagicMock())
    from calflops.flops_counter import calculate_flops

    flops, macs, _ = calculate_flops(model, args=[x], print_results=False, output_as_string=False)
    return {"calflops 0.3.2 (FLOPs)": int(flops), "calflops 0.3.2 (MACs)": int(macs)}


def torchinfo(model: nn.Module, x: torch.Tensor) -> dict[str, int]:
    from torchinfo import summary

    return {"torchinfo 1.8.0": int(summary(model, input_data=x, verbose=0, cache_forward_pass=False).total_mult_adds)}


def torchprofile(model: nn.Module, x: torch.Tensor) -> dict[str, int]:
    from torchprofile import profile_macs

    counts = profile_macs(model, x, reduction=None)
    # Arithmetic on sizes, which torch.jit records as operators without dimensions.
    sizes = sum(count for node, count in counts.items() if node.outputs[0].shape == [])
    return {"torchprofile 0.1.0": int(sum(counts.values())) - sizes}


def torch_counter(model: nn.Module, x: torch.Tensor) -> dict[str, int]:
    from torch.utils.flop_counter import FlopCounterMode

    # On CPU it leaves out attention that torch fuses there.
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.to("meta")(x.to("meta"))
    return {"torch": counter.get_total_flops(), "MACs": counter.get_total_flops() // 2}


TOOLS: dict[str, Tool] = {
    "thop-0.0.31": thop("thop 0.0.31"),
    "thop-0.1.1": thop("thop 0.1.1"),
    "ultralytics-thop": thop("ultralytics-thop 2.2.3"),
    "fvcore": fvcore,
    "mmengine": mmengine,
    "mmcv": mmcv,
    "ptflops": ptflops,
    "deepspeed": deepspeed,
    "calflops": calflops,
    "torchinfo": torchinfo,
    "torchprofile": torchprofile,
    "torch": torch_counter,
}


VERSIONS = {
    "thop-0.0.31": "0.0.31.post2005241907",
    "thop-0.1.1": "0.1.1.post2209072238",
    "ultralytics-thop": "2.2.3",
    "fvcore": "0.1.5.post20221221",
    "mmengine": "0.10.7",
    "mmcv": "1.7.2",
    "ptflops": "0.7.5",
    "deepspeed": "0.19.8",
    "calflops": "0.3.2",
    "torchinfo": "1.8.0",
    "torchprofile": "0.1.0",
    "torch": torch.__version__,
}


def measure(tool: str, model: str) -> dict[str, int]:
    """What a tool prints for a model of the zoo, by convention.

    Raises:
        Exception: Whatever the tool raises on a model that it cannot count.
    """
    from zoo import LARGE, ZOO

    factory, shape = (ZOO | LARGE)[model]
    torch.manual_seed(0)
    with quiet():
        return TOOLS[tool](factory().eval(), torch.randn(shape))


def _record(tool: str) -> None:
    from zoo import LARGE, ZOO

    writer = csv.writer(sys.stdout, lineterminator="\n")
    for model, (_, shape) in (ZOO | LARGE).items():
        try:
            counts = measure(tool, model)
        except Exception as error:  # noqa: BLE001 - a tool may fail in any way on a model; it then has no figure
            print(f"{tool} fails on {model}: {type(error).__name__}: {str(error)[:150]}", file=sys.stderr)
            continue
        batch = 1 if tool == "mmcv" else shape[0]  # mmcv makes its own input, of one sample
        size = "x".join(map(str, (batch, *shape[1:])))
        for convention, count in counts.items():
            writer.writerow([convention, VERSIONS[tool], model, size, count])


def main(out: str, *folders: str) -> None:
    places = dict(folder.split("=") for folder in folders)
    here = Path(__file__).parent
    rows = []
    for tool in TOOLS:
        path = os.pathsep.join([*filter(None, [places.get(tool)]), str(here), str(Path.cwd())])
        command = [sys.executable, __file__, "--tool", tool]
        environment = {**os.environ, "PYTHONPATH": path}
        rows.append(subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout)
    Path(out).write_text("".join(["convention,version,model,input,count\n", *rows]))


if __name__ == "__main__":
    if sys.argv[1] == "--tool":
        _record(sys.argv[2])
    else:
        main(*sys.argv[1:])
