"""Pictures a second, beside torchvision's own evaluation loop or timm's, on the same machine in the same run.

    python tests/bench/bench_accuracy.py [--device cuda] [--pictures 5000] [--model resnet50] [--peer timm] [--out FILE]

JPEG files of 500x375 pixels are made first. The peer is what torchvision's reference does: an ImageFolder with the
weights' transforms, a DataLoader, and the model, once for each model; or what timm's validate.py does: its loader with
its prefetcher, and channels last. Both sides get the same files, the same batch size, number of worker processes and
arithmetic, and their answers are compared sample by sample. On a GPU it is done in exact 32-bit arithmetic, in TF32,
which torch uses for convolutions unless it is told otherwise, so that most people's "fp32" is this, and in bf16.
Where the limit lies is measured too: reading alone, copying alone, arithmetic alone; and decoding by the GPU.
Without a GPU it runs on few pictures and a model that costs a processor little, as a large one costs a GPU.

Everything is printed, and written to tests/bench/results/accuracy-DEVICE.json.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from limits import limits
from pictures import CLASSES, make_pictures, timm_loader, torchvision_loader
from torch import nn

from registry.evidence.digest_cache import Remembered
from registry.verify.datasets import Dataset, find
from registry.verify.environment import environment
from registry.verify.evaluation.batches import find_layout
from registry.verify.evaluation.feed import Feeding
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.evaluation.prepared import Prepared
from registry.verify.evaluation.runner import Precision, Runner, arithmetic
from registry.verify.evaluation.session import Contestant, run
from registry.verify.model_inputs import PictureInputs
from registry.verify.target import Preprocessing
from registry.verify.tasks import Classification
from registry.verify.torchvision_ops import import_torchvision
from registry.vocabulary import slug

MODELS = 8
RESULTS = Path(__file__).with_name("results")
PREPROCESSING = Preprocessing(resize=256, crop=224)


def make_models(name: str) -> list[nn.Module]:
    """Models of one architecture with different random weights: arithmetic costs the same as with trained ones."""
    models = []
    torchvision = import_torchvision()
    for seed in range(MODELS):
        torch.manual_seed(seed)
        models.append(torchvision.models.get_model(name, weights=None, num_classes=CLASSES).eval())
    return models


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What both sides get."""

    folder: Path
    device: torch.device
    batch: int
    workers: int
    precision: Precision
    peer: Literal["torchvision", "timm"]

    @property
    def pin(self) -> bool:
        return self.device.type == "cuda"


def peer(model: nn.Module, setting: Setting) -> np.ndarray:
    """The peer's evaluation of one model: the best five answers of each sample."""
    of_timm = setting.peer == "timm"
    make_loader = timm_loader if of_timm else torchvision_loader
    loader = make_loader(setting.folder, batch=setting.batch, workers=setting.workers, pin=setting.pin)
    device = setting.device
    layout = torch.channels_last if of_timm else torch.contiguous_format
    model.to(device, memory_format=layout)
    batches = []
    with torch.inference_mode(), arithmetic(setting.precision, device):
        for pictures, _ in loader:
            placed = pictures.to(device, non_blocking=True)
            if of_timm:
                placed = placed.contiguous(memory_format=layout)
            batches.append(model(placed).topk(5).indices.cpu())
    return torch.cat(batches).numpy()


def ours(dataset: Dataset, models: Sequence[nn.Module], setting: Setting, feeding: Feeding) -> list[np.ndarray]:
    """The same by `mir`, all models in one pass."""
    contestants = []
    for model in models:
        runner = Runner(model, PictureInputs(PREPROCESSING), [setting.device], precision=setting.precision)
        if setting.pin:
            find_layout(runner, (3, 224, 224), setting.device)
        contestants.append(Contestant(runner=runner, gatherer=Gatherer(Classification(), dataset)))
    run(dataset, contestants, feeding)
    if any(contestant.failure for contestant in contestants):
        raise SystemExit(next(contestant.failure for contestant in contestants if contestant.failure))
    return [contestant.gatherer.kept().arrays["top"] for contestant in contestants]


@dataclass(frozen=True, kw_only=True)
class Timed:
    """What one side took, by the clock and of all cores; the second hardly minds what else the machine does."""

    clock: float
    cores: float


def timed(work: Callable[[], Any]) -> tuple[Timed, Any]:
    """Do it, and say what it took."""
    start, before = time.perf_counter(), sum(os.times()[:4])
    result = work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return Timed(clock=time.perf_counter() - start, cores=sum(os.times()[:4]) - before), result


def compare(models: Sequence[nn.Module], setting: Setting, temporary: Path, fingerprint: str) -> dict[str, Any]:
    """One model, all models, and one more over what was prepared: both sides, by turns."""
    dataset = find("pictures", {"pictures": setting.folder})
    count = len(dataset.names)
    feeding = Feeding(batch_size=setting.batch, workers=setting.workers, pin=setting.pin)
    prepared = Prepared(folder=temporary / f"prepared {setting.precision}")
    keeping = replace(feeding, prepared=prepared, fingerprint=fingerprint)
    # The first call pays for the device's libraries; neither side's figures should.
    peer(models[0], setting)
    theirs_one, expected = timed(lambda: peer(models[0], setting))
    ours_one, answer = timed(lambda: ours(dataset, models[:1], setting, feeding))
    theirs_all, predictions = timed(lambda: [peer(model, setting) for model in models])
    ours_all, answers = timed(lambda: ours(dataset, models, setting, keeping))
    ours_again, again = timed(lambda: ours(dataset, models[:1], setting, keeping))
    pairs = [*zip(predictions, answers, strict=True), (expected, answer[0]), (expected, again[0])]
    differ = [int((peers[:, 0] != tops[:, 0]).sum()) for peers, tops in pairs]
    sides = {
        "one model": (theirs_one, ours_one),
        f"{MODELS} models in one call": (theirs_all, ours_all),
        "second call over the prepared cache": (theirs_one, ours_again),
    }
    return {
        "pictures_per_second": {
            f"{setting.peer}, one model": round(count / theirs_one.clock, 1),
            "mir, one model": round(count / ours_one.clock, 1),
            f"{setting.peer}, {MODELS} models": round(MODELS * count / theirs_all.clock, 1),
            f"mir, {MODELS} models in one call": round(MODELS * count / ours_all.clock, 1),
            "mir, one more model over the prepared cache": round(count / ours_again.clock, 1),
        },
        f"times_{setting.peer}": {
            name: round(time_peer.clock / time_ours.clock, 2) for name, (time_peer, time_ours) in sides.items()
        },
        "times_less_processor": {
            name: round(time_peer.cores / time_ours.cores, 2) for name, (time_peer, time_ours) in sides.items()
        },
        "same_answers": not any(differ),
        "answers_that_differ": f"{sum(differ)} of {len(pairs) * count}",
    }


def main() -> None:
    """Measure, compare, print and write."""
    gpu = torch.cuda.is_available()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda" if gpu else "cpu")
    parser.add_argument("--pictures", type=int, default=5000 if gpu else 100)
    parser.add_argument("--model", default="resnet50" if gpu else "mobilenet_v3_small")
    parser.add_argument("--batch", type=int, default=256 if gpu else 16)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--peer", default="torchvision", choices=("torchvision", "timm"))
    parser.add_argument("--precision", nargs="+", default=["fp32", "tf32", "bf16"] if gpu else ["fp32"])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    device = torch.device(options.device)
    result: dict[str, Any] = {
        "device": environment(device),
        "pictures": options.pictures,
        "model": options.model,
        "batch": options.batch,
        "workers": options.workers,
    }
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "pictures"
        make_pictures(folder, options.pictures)
        dataset = find("pictures", {"pictures": folder})
        fingerprint = dataset.fingerprint(Remembered(Path(temporary) / "digests.sqlite"))
        models = make_models(options.model)
        for precision in options.precision:
            setting = Setting(
                folder=folder,
                device=device,
                batch=options.batch,
                workers=options.workers,
                precision=precision,
                peer=options.peer,
            )
            result[_NAMES[precision]] = compare(models, setting, Path(temporary), fingerprint)
        result["limits_pictures_per_second"] = limits(
            folder, dataset, models[0], device, options.batch, options.workers
        )
    print(json.dumps(result, indent=2))
    beside = "" if options.peer == "torchvision" else f"-{options.peer}"
    out = options.out or RESULTS / f"accuracy{beside}-{_file_name(result['device'])}.json"
    out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    exact = result.get(_NAMES["fp32"])
    if exact is not None and not exact["same_answers"]:
        raise SystemExit("answers differ: see answers_that_differ")


_NAMES: dict[Precision, str] = {
    "fp32": "fp32 on both sides, no TF32",
    "tf32": "TF32 on both sides",
    "bf16": "bf16 on both sides",
}


def _file_name(device: dict[str, str]) -> str:
    """Such as `nvidia-h200` or `cpu-2core`."""
    if "gpu" in device:
        return slug(device["gpu"].partition("(")[0])
    return f"cpu-{device['cpu'].rpartition(', ')[2].removesuffix(' cores')}core"


if __name__ == "__main__":
    main()
