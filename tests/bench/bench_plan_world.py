"""What `bench_plan.py` puts in the place of a hundred thousand models and a thousand GPUs."""

from __future__ import annotations

import heapq
import io
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from measure import ROOT
from PIL import Image

from registry.claims import ModelClaims, read_claims
from registry.evidence import Store
from registry.loader import load
from registry.types import Claim, Measurement
from registry.verify.accuracy import EvaluationOptions
from registry.verify.accuracy.answer import Answer
from registry.verify.accuracy.dataset_cache import DatasetCache
from registry.verify.accuracy.dependencies import current_digests
from registry.verify.accuracy.dispatch import JobPayload
from registry.verify.datasets.class_order import imagenet_synsets
from registry.verify.engines import Engine, EngineTask, Failure, Resources
from registry.verify.geometry import Geometry
from registry.verify.outcome import Outcome
from registry.verify.planning.model_sizes import read_sizes

SAMPLES = 50_000

PER_CLASS = {f"class number {number}": "38/50" for number in range(1000)}
"""As much as an evaluation on ImageNet keeps of its classes."""


def evaluated(claim: Claim) -> bool:
    """Whether a claim is of accuracy."""
    return claim.subject in ("top-1-accuracy", "top-5-accuracy")


def make_dataset(folder: Path) -> None:
    """ImageNet's validation set by its names; nobody looks at the pictures, so they are empty."""
    for number, synset in enumerate(imagenet_synsets()):
        (folder / synset).mkdir(parents=True)
        for sample in range(50):
            (folder / synset / f"ILSVRC2012_val_{number * 50 + sample:08d}.JPEG").touch()


def make_models(number: int) -> list[ModelClaims]:
    """torchvision's ImageNet cards again and again, each time under new names and with weights of their own."""
    cards = read_claims(load([ROOT / "models" / "torchvision"]))
    originals = [card for card in cards if any(evaluated(claim) for claim in card.claims)]
    return [_copy(originals[at % len(originals)], at) for at in range(number)]


def _copy(original: ModelClaims, at: int) -> ModelClaims:
    name = f"{original.model.name}#{at}"
    weights = original.model.fields["Weights"]
    fields = {**original.model.fields, "Weights": weights._replace(value=f"{weights.value}?{at}")}
    model = replace(original.model, name=name, fields=fields)
    return ModelClaims(model=model, claims=tuple(replace(claim, model=name) for claim in original.claims))


def options_for(folder: Path) -> EvaluationOptions:
    """How the models are evaluated."""
    return EvaluationOptions(data={"imagenet": folder / "imagenet"}, device="cpu")


@dataclass(frozen=True)
class Costs:
    """FLOPs of one sample by the model's name without its number."""

    flops: dict[str, float]

    @classmethod
    def read(cls) -> Costs:
        """From the cards and the evidence in `models/`."""
        store = Store(ROOT / "models" / "evidence")
        cards = read_claims(load([ROOT / "models" / "torchvision"]))
        spans = {card.model.name: read_sizes(card.claims, store.find).flops for card in cards}
        return cls({name: span.low for name, span in spans.items() if span is not None})

    def of(self, errand: JobPayload) -> float:
        """Of all models of a job."""
        return sum(self.flops[model.model.name.partition("#")[0]] for model in errand.work)


def fake(options: EvaluationOptions, shelf: DatasetCache, errand: JobPayload) -> tuple[Answer, ...]:
    """What a worker would answer if every card were right."""
    return tuple(
        Answer(outcomes=tuple(_right(options, shelf, model, claim) for claim in model.claims)) for model in errand.work
    )


def _right(options: EvaluationOptions, shelf: DatasetCache, model: ModelClaims, claim: Claim) -> Outcome:
    value = float(claim.reported.value)
    details: dict[str, Any] = {
        "precision": "fp32",
        "speed": {"answering": 60.0, "reading": 5.0},
        "per_class": PER_CLASS,
        "weights": model.model.get("Weights"),
    }
    return Outcome(
        claim=claim,
        verdict="reproduced",
        reason=f"{round(value * SAMPLES)} of {SAMPLES} samples, as the card says",
        measurement=Measurement(
            value=value, method="evaluate", samples=SAMPLES, interval=(value - 0.004, value + 0.004), details=details
        ),
        digests={**current_digests(model.model, claim, options, shelf), "weights": f"sha256:{'0' * 64}"},
    )


class Simulated:
    """GPUs that are not there, with a clock of their own: an engine like the others to the driver.

    Args:
        gpus: How many.
        costs: FLOPs of the models.
        rate: FLOPs a second that each reaches.
        decode: Seconds of a core for decoding a picture.
        cores: Cores that decode for a GPU.
        options: As for the run.
    """

    in_process = False

    def __init__(
        self, gpus: int, costs: Costs, *, rate: float, decode: float, cores: int, options: EvaluationOptions
    ) -> None:
        self.gpus, self.costs, self.rate, self.decode = gpus, costs, rate, decode
        self._cores = cores
        self.fake = partial(fake, options, DatasetCache(options.data, options.remembered))
        self.created = time.perf_counter()
        self.first = 0.0
        self.faking = 0.0
        self.served: list[float] = []
        self.serving = 0.0

    def cores(self, gpus: float) -> int | None:
        """See `Engine`."""
        return self._cores

    def place(self, device: str) -> tuple[str, float]:
        """See `Engine`."""
        return "cuda:0", 1

    def attempt(
        self, function: Callable[[Any], Any], take: Callable[[], EngineTask[Any] | None]
    ) -> Iterator[tuple[EngineTask[Any], Any | Failure]]:
        """See `Engine`; what the driver does with each answer is timed."""
        running: list[tuple[float, int, EngineTask[Any]]] = []
        clock = 0.0
        while True:
            while len(running) < self.gpus and (task := take()) is not None:
                self.first = self.first or time.perf_counter()
                seconds = SAMPLES * max(self.costs.of(task.item) / self.rate, self.decode / self._cores)
                heapq.heappush(running, (clock + seconds, task.number, task))
            if not running:
                return
            clock, _, task = heapq.heappop(running)
            start = time.perf_counter()
            answers = self.fake(task.item)
            self.faking += time.perf_counter() - start
            start, cpu = time.perf_counter(), time.process_time()
            yield task, answers
            self.served.append(time.perf_counter() - start)
            self.serving += time.process_time() - cpu


class Faked:
    """A real engine whose workers answer at once, and ask for nothing."""

    in_process = False

    def cores(self, gpus: float) -> int | None:
        """See `Engine`."""
        return 1

    def __init__(self, engine: Engine, options: EvaluationOptions) -> None:
        self.engine = engine
        self.tasks = 0
        self.fake = partial(fake, options, _NoShelf())

    def place(self, device: str) -> tuple[str, float]:
        """See `Engine`."""
        return "cpu", 0

    def attempt(
        self, function: Callable[[Any], Any], take: Callable[[], EngineTask[Any] | None]
    ) -> Iterator[tuple[EngineTask[Any], Any | Failure]]:
        """See `Engine`."""

        def one() -> EngineTask[Any] | None:
            task = take()
            self.tasks += task is not None
            return None if task is None else replace(task, resources=Resources(seconds=600))

        yield from self.engine.attempt(self.fake, one)


def answer_at_once(item: int) -> int:
    """The least that a task can be."""
    return item


class _NoShelf(DatasetCache):
    """For workers, which would each list the dataset."""

    def __init__(self) -> None:
        pass

    def find(self, *_: Any) -> Any:
        """Nothing that has a name, and the digest of nothing."""
        return None, f"sha256:{'0' * 64}"


def decode_seconds(pictures: int = 60) -> float:
    """Seconds of one core to read, decode, resize and crop one picture of ImageNet's usual size."""
    random = np.random.default_rng(0)
    # Smooth enough to compress like a photograph: about 100 kB at 500 x 375.
    coarse = Image.fromarray(random.integers(0, 256, (94, 125, 3), np.uint8)).resize(
        (500, 375), Image.Resampling.BICUBIC
    )
    buffer = io.BytesIO()
    coarse.save(buffer, "JPEG", quality=95)
    geometry = Geometry(resize=256, crop=224, interpolation="bilinear", antialias=True, grey=False)
    geometry.apply(Image.open(io.BytesIO(buffer.getvalue())))
    start = time.process_time()
    for _ in range(pictures):
        with Image.open(io.BytesIO(buffer.getvalue())) as picture:
            picture.load()
            geometry.apply(picture)
    return (time.process_time() - start) / pictures, len(buffer.getvalue())


def in_order(times: Sequence[float], machines: int) -> float:
    """When the last job ends if they start in this order, each on the machine that is free first."""
    busy = [0.0] * machines
    for seconds in times:
        heapq.heapreplace(busy, busy[0] + seconds)
    return max(busy)
