"""The path of tests/unit/verify/evaluation on a CUDA device: the same answers, and what only a GPU has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from registry.evidence.digest_cache import Remembered
from registry.verify.datasets import find
from registry.verify.evaluation.batches import find_batch_size, find_layout
from registry.verify.evaluation.feed import Feeding
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.evaluation.prepared import Prepared
from registry.verify.evaluation.runner import Runner, arithmetic
from registry.verify.evaluation.session import Contestant, run
from registry.verify.model_inputs import PictureInputs
from registry.verify.target import Preprocessing
from registry.verify.tasks import Classification
from registry.verify.torchvision_ops import import_torchvision

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here"),
]

PREPROCESSING = Preprocessing(resize=72, crop=64)
SAMPLES = 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("gpu") / "set"
    for number in range(SAMPLES):
        file = folder / f"class {number % 10}" / f"{number:03d}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (80, 90, 3), np.uint8)).save(file)
    return folder


def answers(folder: Path, device: str, **options) -> tuple[np.ndarray, np.ndarray, Runner]:
    torch.manual_seed(0)
    model = import_torchvision().models.resnet18(num_classes=10)
    dataset = find("set", {"set": folder})
    limit, precision = options.pop("limit", 1 << 30), options.pop("precision", "fp32")
    runner = Runner(model, PictureInputs(PREPROCESSING), [torch.device(device)], precision=precision, limit=limit)
    contestant = Contestant(runner=runner, gatherer=Gatherer(Classification(), dataset))
    run(dataset, [contestant], Feeding(pin=device != "cpu", **options))
    assert contestant.failure == ""
    arrays = contestant.gatherer.kept().arrays
    return arrays["top"], arrays["scores"], runner


@pytest.mark.parametrize("batch", [1, 64, 256])
@pytest.mark.parametrize("workers", [0, 2])
def test_the_answers_are_the_cpu_s(folder: Path, batch: int, workers: int) -> None:
    expected, scores, _ = answers(folder, "cpu", batch_size=64)
    top, again, _ = answers(folder, "cuda", batch_size=batch, workers=workers)
    assert (top[:, 0] == expected[:, 0]).mean() > 0.99
    assert np.abs(again - scores).max() < 1e-3


@pytest.mark.parametrize("precision", ["tf32", "bf16", "fp16"])
def test_other_arithmetic_is_near(folder: Path, precision: str) -> None:
    _, scores, _ = answers(folder, "cpu", batch_size=64)
    _, coarse_scores, _ = answers(folder, "cuda", batch_size=64, precision=precision)
    assert 0 < np.abs(coarse_scores - scores).max() < 0.1


def test_fp32_is_not_tf32() -> None:
    left, right = torch.randn(512, 512, device="cuda"), torch.randn(512, 512, device="cuda")
    exact = left.double() @ right.double()
    errors = {}
    for precision in ("fp32", "tf32"):
        with arithmetic(precision, left.device):
            errors[precision] = (left @ right - exact).abs().max().item()
    assert errors["fp32"] * 10 < errors["tf32"]


def test_too_little_memory_halves_the_batch(folder: Path) -> None:
    expected, _, _ = answers(folder, "cuda", batch_size=200)
    torch.cuda.empty_cache()
    free, total = torch.cuda.mem_get_info()
    torch.cuda.set_per_process_memory_fraction(min(1.0, (total - free + 500 * 2**20) / total))
    hog = torch.empty(440 * 2**20, dtype=torch.uint8, device="cuda")
    try:
        top, _, runner = answers(folder, "cuda", batch_size=200)
    finally:
        del hog
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert runner.limit < 200
    assert (top[:, 0] == expected[:, 0]).mean() > 0.99


def test_nothing_waits_for_the_gpu_between_batches(folder: Path) -> None:
    dataset = find("set", {"set": folder})
    model = import_torchvision().models.resnet18(num_classes=10)
    runner = Runner(model, PictureInputs(PREPROCESSING), [torch.device("cuda")])
    gatherer = Gatherer(Classification(), dataset)
    pixels = torch.zeros(8, 64, 64, 3, dtype=torch.uint8).pin_memory().movedim(-1, 1)

    def answer() -> None:
        with torch.inference_mode():
            for start, end, output, _ in runner(pixels):
                gatherer.update(range(start, end), output)

    answer()  # which chooses algorithms, and brings constants
    torch.cuda.set_sync_debug_mode("error")
    try:
        answer()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert len(gatherer.kept().samples) == 16


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_layout_and_batch_size_are_found(folder: Path, precision: str) -> None:
    expected, _, _ = answers(folder, "cpu", batch_size=64)
    device = torch.device("cuda")
    torch.manual_seed(0)
    model = import_torchvision().models.resnet18(num_classes=10)
    runner = Runner(model, PictureInputs(PREPROCESSING), [device], precision=precision)
    find_layout(runner, (3, 64, 64), device)
    assert find_batch_size(runner, (3, 64, 64), device) >= 32
    dataset = find("set", {"set": folder})
    contestant = Contestant(runner=runner, gatherer=Gatherer(Classification(), dataset))
    run(dataset, [contestant], Feeding(pin=True, batch_size=128, workers=2))
    same = (contestant.gatherer.kept().arrays["top"][:, 0] == expected[:, 0]).mean()
    assert same > 0.99 or precision != "fp32"


def test_a_prepared_dataset_gives_the_same_answers(folder: Path, tmp_path: Path) -> None:
    fingerprint = find("set", {"set": folder}).fingerprint(Remembered(tmp_path / "digests.sqlite"))
    options = {"batch_size": 32, "prepared": Prepared(folder=tmp_path / "prepared"), "fingerprint": fingerprint}
    first, scores, _ = answers(folder, "cuda", **options)
    second, again, _ = answers(folder, "cuda", **options)
    assert (first == second).all()
    assert (scores == again).all()
