from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from registry.types import UsageError
from registry.verify.datasets import Dataset, find
from registry.verify.evaluation.feed import Feeding, feed
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.evaluation.prepared import Prepared
from registry.verify.evaluation.runner import Runner, devices
from registry.verify.evaluation.session import Contestant, run
from registry.verify.geometry import Geometry
from registry.verify.model_inputs import PictureInputs
from registry.verify.target import Preprocessing
from registry.verify.tasks import Classification

CPU = [torch.device("cpu")]
SMALL = Preprocessing(resize=10, crop=8)
OTHER = Preprocessing(resize=9, crop=8, interpolation="bicubic")
SAMPLES = 23


class Linear(nn.Module):
    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.layer = nn.Linear(3 * 8 * 8, 4)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.layer(pictures.flatten(1))


class Greedy(Linear):
    """Has memory for three samples."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        if len(pictures) > 3:
            raise torch.OutOfMemoryError("out of memory")
        return super().forward(pictures)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for number in range(SAMPLES):
        file = tmp_path / "set" / f"class {number % 4}" / f"{number:02d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (16, 20, 3), np.uint8)).save(file)
    return tmp_path / "set"


def contestant(dataset: Any, model: nn.Module | None = None, preprocessing: Preprocessing = SMALL, **options: Any):
    return Contestant(
        runner=Runner(model or Linear(), PictureInputs(preprocessing), options.pop("where", CPU)),
        gatherer=Gatherer(Classification(), dataset),
        **options,
    )


def answers(
    dataset: Dataset, feeding: Feeding, *, order: Sequence[int] | None = None, **options: Any
) -> tuple[list[int], list[list[int]]]:
    entrant = contestant(dataset, **options)
    run(dataset, [entrant], feeding, order=order)
    assert entrant.failure == ""
    predictions = entrant.gatherer.kept()
    names = list(dataset.names)
    return [names.index(name) for name in predictions.samples], predictions.arrays["top"].tolist()


@pytest.mark.parametrize(("workers", "size"), [(0, 1), (0, 5), (0, 23), (0, 100), (2, 5), (2, 100)])
@pytest.mark.parametrize("replicas", [1, 3])
def test_each_sample_is_answered_once_however_it_is_split(folder: Path, workers: int, size: int, replicas: int) -> None:
    dataset = find("set", {"set": folder})
    indices, top = answers(dataset, Feeding(batch_size=size, workers=workers), where=CPU * replicas)
    assert indices == list(range(SAMPLES))
    assert top == answers(dataset, Feeding(batch_size=7))[1]


def test_another_order_gives_the_same_answers(folder: Path) -> None:
    dataset = find("set", {"set": folder})
    drawn = np.random.default_rng(1).permutation(SAMPLES)[:10].tolist()
    indices, top = answers(dataset, Feeding(batch_size=4), order=drawn)
    whole = answers(dataset, Feeding())[1]
    assert indices == sorted(drawn)
    assert top == [whole[index] for index in sorted(drawn)]


def test_too_little_memory_halves_the_batch_and_loses_nothing(folder: Path) -> None:
    dataset = find("set", {"set": folder})
    entrant = contestant(dataset, Greedy())
    run(dataset, [entrant], Feeding(batch_size=16))
    assert entrant.runner.limit == 2
    assert entrant.gatherer.kept().arrays["top"].tolist() == answers(dataset, Feeding())[1]


def test_models_share_the_reading_of_pictures(folder: Path) -> None:
    dataset = find("set", {"set": folder})
    read: list[int] = []

    class Counting(type(dataset)):  # type: ignore[misc]
        def sample(self, index: int) -> Image.Image:
            read.append(index)
            return super().sample(index)

    counting = Counting(**vars(dataset))
    models = [(Linear(1), SMALL), (Linear(2), OTHER), (Linear(3), SMALL)]
    together = [contestant(counting, model, preprocessing) for model, preprocessing in models]
    run(counting, together, Feeding(batch_size=6))
    assert read == list(range(SAMPLES))
    for entrant, (model, preprocessing) in zip(together, models, strict=True):
        alone = answers(dataset, Feeding(), model=model, preprocessing=preprocessing)
        assert entrant.gatherer.kept().arrays["top"].tolist() == alone[1]


def test_unreadable_pictures_are_named_and_counted(folder: Path, tmp_path: Path) -> None:
    (folder / "class 1" / "01.png").write_bytes(b"broken")
    dataset = find("set", {"set": folder})
    feeding = Feeding(batch_size=3, prepared=Prepared(folder=tmp_path / "prepared"), fingerprint="sha256:1")
    for _ in range(2):
        entrant = contestant(dataset)
        assert run(dataset, [entrant], feeding) == SAMPLES
        assert [dataset.names[index] for index in entrant.unreadable] == ["class 1/01.png"]
        assert entrant.gatherer.score("accuracy").samples == SAMPLES
        assert entrant.gatherer.kept().arrays["top"][next(iter(entrant.unreadable))].tolist() == [-1] * 4


def test_a_model_that_fails_does_not_end_the_pass(folder: Path) -> None:
    dataset = find("set", {"set": folder})
    broken, whole = contestant(dataset, nn.Linear(3, 3)), contestant(dataset)
    run(dataset, [broken, whole], Feeding())
    assert "RuntimeError" in broken.failure
    assert whole.gatherer.score("accuracy").samples == SAMPLES


def test_a_model_that_knows_enough_stops(folder: Path) -> None:
    dataset = find("set", {"set": folder})
    calls: list[int] = []

    def enough() -> bool:
        calls.append(1)
        return len(calls) == 2

    entrant = contestant(dataset, enough=enough)
    assert run(dataset, [entrant], Feeding(batch_size=5)) == 10


class TestPrepared:
    def test_the_second_pass_reads_no_picture(self, folder: Path, tmp_path: Path) -> None:
        dataset = find("set", {"set": folder})
        feeding = Feeding(batch_size=4, prepared=Prepared(folder=tmp_path / "prepared"), fingerprint="sha256:1")
        first = answers(dataset, feeding)
        for file in folder.rglob("*.png"):
            file.unlink()
        assert answers(dataset, feeding) == first
        some = answers(dataset, feeding, order=[9, 3, 20])
        assert some == ([3, 9, 20], [first[1][index] for index in (3, 9, 20)])

    def test_other_data_and_other_geometry_are_other_files(self, folder: Path, tmp_path: Path) -> None:
        prepared = Prepared(folder=tmp_path / "prepared")
        answers(find("set", {"set": folder}), Feeding(prepared=prepared, fingerprint="sha256:1"))
        assert prepared.find("sha256:1", Geometry.of(SMALL)) is not None
        assert prepared.find("sha256:2", Geometry.of(SMALL)) is None
        assert prepared.find("sha256:1", Geometry.of(OTHER)) is None

    def test_a_pass_that_ends_early_leaves_nothing(self, folder: Path, tmp_path: Path) -> None:
        dataset = find("set", {"set": folder})
        feeding = Feeding(batch_size=4, prepared=Prepared(folder=tmp_path / "prepared"), fingerprint="sha256:1")
        run(dataset, [contestant(dataset, enough=lambda: True)], feeding)
        assert list((tmp_path / "prepared").iterdir()) == []

    def test_it_is_bounded(self, folder: Path, tmp_path: Path) -> None:
        dataset = find("set", {"set": folder})
        one = SAMPLES * 3 * 8 * 8
        prepared = Prepared(folder=tmp_path / "prepared", max_bytes=one + 500)
        for fingerprint in ("sha256:1", "sha256:2"):
            answers(dataset, Feeding(prepared=prepared, fingerprint=fingerprint))
        assert prepared.find("sha256:1", Geometry.of(SMALL)) is None
        assert prepared.find("sha256:2", Geometry.of(SMALL)) is not None
        tiny = Prepared(folder=tmp_path / "tiny", max_bytes=100)
        answers(dataset, Feeding(prepared=tiny, fingerprint="sha256:1"))
        assert not (tmp_path / "tiny").exists()

    @pytest.mark.parametrize("pin", [False, True])
    def test_a_damaged_sample_is_decoded_again(
        self, folder: Path, tmp_path: Path, pin: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(torch.Tensor, "pin_memory", lambda tensor: tensor)
        dataset = find("set", {"set": folder})
        prepared = Prepared(folder=tmp_path / "prepared")
        feeding = Feeding(batch_size=4, prepared=prepared, fingerprint="sha256:1")
        first = answers(dataset, feeding)
        (file,) = (tmp_path / "prepared").glob("*.npy")
        whole = file.read_bytes()
        for damaged in (b"broken", whole[:-1], whole[:-200] + bytes(200), whole[:130] + b"\xff" + whole[131:]):
            file.write_bytes(damaged)
            assert answers(dataset, dataclasses.replace(feeding, pin=pin)) == first
            assert answers(dataset, feeding) == first
        assert file.read_bytes() == whole

    def test_a_reading_thread_hands_over_everything(self, folder: Path, tmp_path: Path) -> None:
        from registry.verify.evaluation.feed import _ahead

        dataset = find("set", {"set": folder})
        feeding = Feeding(batch_size=4)
        batches = list(_ahead(feed(dataset, [Geometry.of(SMALL)], range(SAMPLES), feeding, keep=False)))
        assert [index for batch in batches for index in batch.indices] == list(range(SAMPLES))
        half = _ahead(batch for batch in batches)
        next(half)
        half.close()

        def broken():
            yield batches[0]
            raise OSError("the disk is gone")

        with pytest.raises(OSError, match="the disk is gone"):
            list(_ahead(broken()))


def test_devices() -> None:
    assert devices("cpu,cpu") == [torch.device("cpu")] * 2
    assert devices("auto")[0].type in ("cpu", "cuda")
    for text in ("abacus", "cuda:99", "meta"):
        with pytest.raises(UsageError, match=f"--device {text}"):
            devices(text)


class Slow(Linear):
    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        time.sleep(0.02)
        return super().forward(pictures)


def test_each_models_own_time_is_kept_apart_from_the_others_and_from_reading(folder: Path) -> None:
    dataset = find("set", {"set": folder})
    slow, quick = contestant(dataset, Slow()), contestant(dataset)
    start = time.perf_counter()
    run(dataset, [slow, quick], Feeding(batch_size=5))
    whole = time.perf_counter() - start
    assert slow.answering >= 5 * 0.02  # five batches of 23 samples
    assert slow.reading == quick.reading > 0
    assert slow.answering + quick.answering + slow.reading <= whole
