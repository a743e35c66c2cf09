"""Pictures a second, beside torchvision's own evaluation loop, on the same machine in the same run.

    python tests/bench/bench_accuracy.py [--device cuda] [--pictures 5000] [--model resnet50] [--out FILE]

JPEG files of 500x375 pixels are made first. The peer is what torchvision's reference does: an ImageFolder with the
weights' transforms, a DataLoader, and the model in fp32, once for each model. Both sides get the same files, the same
batch size, number of worker processes and arithmetic (no TF32), and their answers are compared sample by sample.
Without a GPU the same runs on few pictures and a smaller model, and shows only that it works.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pictures import make_pictures, torchvision_loader
from torch import nn

from registry.evidence.remembered import Remembered
from registry.verify.datasets import Dataset, find
from registry.verify.environment import environment
from registry.verify.evaluation.feed import Feeding
from registry.verify.evaluation.prepared import Prepared
from registry.verify.evaluation.runner import Runner, arithmetic
from registry.verify.evaluation.session import Contestant, run
from registry.verify.evaluators import Classification
from registry.verify.target import Preprocessing
from registry.verify.torchvision_ops import import_torchvision

MODELS = 8
PREPROCESSING = Preprocessing(resize=256, crop=224)


def make_models(name: str) -> list[nn.Module]:
    """Models of one architecture with different random weights: arithmetic costs the same as with trained ones."""
    models = []
    for seed in range(MODELS):
        torch.manual_seed(seed)
        models.append(import_torchvision().models.get_model(name, weights=None).eval())
    return models


def peer(folder: Path, model: nn.Module, device: torch.device, batch: int, workers: int) -> np.ndarray:
    """torchvision's evaluation of one model: the best five answers of each sample."""
    loader = torchvision_loader(folder, batch=batch, workers=workers, pin=device.type == "cuda")
    model.to(device)
    found = []
    with torch.inference_mode(), arithmetic("fp32", device):
        for pictures, _ in loader:
            found.append(model(pictures.to(device, non_blocking=True)).topk(5).indices.cpu())
    return torch.cat(found).numpy()


def ours(dataset: Dataset, models: Sequence[nn.Module], device: torch.device, feeding: Feeding) -> list[np.ndarray]:
    """The same by `mir`, all models in one pass."""
    contestants = [
        Contestant(runner=Runner(model, PREPROCESSING, [device]), evaluator=Classification(dataset))  # type: ignore[arg-type]
        for model in models
    ]
    run(dataset, contestants, feeding)
    if any(each.failure for each in contestants):
        raise SystemExit(next(each.failure for each in contestants if each.failure))
    return [each.evaluator.answers()[1] for each in contestants]  # type: ignore[attr-defined]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and result."""
    start = time.perf_counter()
    result = work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start, result


def main() -> None:
    """Measure, compare, print and write."""
    gpu = torch.cuda.is_available()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda" if gpu else "cpu")
    parser.add_argument("--pictures", type=int, default=5000 if gpu else 48)
    parser.add_argument("--model", default="resnet50" if gpu else "resnet18")
    parser.add_argument("--batch", type=int, default=256 if gpu else 16)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    device = torch.device(options.device)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "pictures"
        make_pictures(folder, options.pictures)
        dataset = find("pictures", {"pictures": folder})
        feeding = Feeding(batch_size=options.batch, workers=options.workers, pin=device.type == "cuda")
        fingerprint = dataset.fingerprint(Remembered(Path(temporary) / "digests.sqlite"))
        keeping = Feeding(
            batch_size=options.batch,
            workers=options.workers,
            pin=feeding.pin,
            prepared=Prepared(folder=Path(temporary) / "prepared"),
            fingerprint=fingerprint,
        )
        models = make_models(options.model)
        # The first call pays for the device's libraries; neither side's figures should.
        peer(folder, models[0], device, options.batch, options.workers)
        theirs_one, expected = timed(lambda: peer(folder, models[0], device, options.batch, options.workers))
        ours_one, found = timed(lambda: ours(dataset, models[:1], device, feeding))
        theirs_all, every = timed(
            lambda: [peer(folder, each, device, options.batch, options.workers) for each in models]
        )
        ours_all, answers = timed(lambda: ours(dataset, models, device, keeping))
        ours_again, again = timed(lambda: ours(dataset, models[:1], device, keeping))
    same = [np.array_equal(a[:, 0], b[:, 0]) for a, b in zip([*every, *every[:1]], [*answers, *again], strict=True)]
    count = options.pictures
    result = {
        "device": environment(device),
        "pictures": count,
        "model": options.model,
        "batch": options.batch,
        "workers": options.workers,
        "pictures_per_second": {
            "torchvision, one model": round(count / theirs_one, 1),
            "mir, one model": round(count / ours_one, 1),
            f"torchvision, {MODELS} models": round(MODELS * count / theirs_all, 1),
            f"mir, {MODELS} models in one call": round(MODELS * count / ours_all, 1),
            "mir, one more model over the prepared cache": round(count / ours_again, 1),
        },
        "times_torchvision": {
            "one model": round(theirs_one / ours_one, 2),
            f"{MODELS} models in one call": round(theirs_all / ours_all, 2),
            "second call over the prepared cache": round(theirs_one / ours_again, 2),
        },
        "same_answers": bool(all(same) and np.array_equal(expected[:, 0], found[0][:, 0])),
    }
    print(json.dumps(result, indent=2))
    if options.out is not None:
        options.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if not result["same_answers"]:
        differ = np.mean([(a[:, 0] != b[:, 0]).mean() for a, b in zip(every, answers, strict=True)])
        raise SystemExit(f"answers differ for {differ:.2%} of the samples")


if __name__ == "__main__":
    main()
