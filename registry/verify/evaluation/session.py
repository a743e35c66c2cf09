"""One pass over a dataset for any number of models: each sample is read once, and answered once by every model."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import torch

from registry.types import DatasetError, MirError
from registry.verify import nested
from registry.verify.datasets import Dataset
from registry.verify.engines import error_text
from registry.verify.evaluation.batches import Batch
from registry.verify.evaluation.feed import Feeding, feed
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.evaluation.runner import Runner, TooLargeError
from registry.verify.model_inputs import Transform


@dataclass(kw_only=True)
class Contestant:
    """A model in a pass.

    Attributes:
        runner: The model on its device.
        gatherer: What takes its predictions.
        enough: Called after each batch; true ends this model's part in the pass.
        failure: Why it could not go on, empty where it could.
        unverifiable: Whether that is no failure of the model: this machine lacks the memory, or the data is other data.
        unreadable: Samples of its part that could not be read, by index, with why; they count as wrong.
        answering: Seconds that its answers took; a GPU is waited for a few batches later.
        reading: Seconds that the pass waited for samples while it took part, whatever the number of models.
    """

    runner: Runner
    gatherer: Gatherer
    enough: Callable[[], bool] = lambda: False
    failure: str = ""
    unverifiable: bool = False
    unreadable: dict[int, str] = field(default_factory=dict)
    answering: float = 0.0
    reading: float = 0.0

    @property
    def nothing_read(self) -> bool:
        """Whether no sample of its part could be read."""
        return bool(self.unreadable) and len(self.unreadable) == self.gatherer.taken

    @property
    def transform(self) -> Transform:
        """What it wants of each sample."""
        return self.runner.inputs.transform


def run(
    dataset: Dataset,
    contestants: Sequence[Contestant],
    feeding: Feeding,
    *,
    order: Sequence[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Run every model over the dataset.

    Args:
        dataset: The samples.
        contestants: The models.
        feeding: How samples are read.
        order: Which samples, in which order; all, in their own, where `None`.
        progress: Told how many samples are done, and how many there are.

    Returns:
        How many samples were read.
    """
    whole = order is None
    indices = range(len(dataset.names)) if order is None else order
    done = 0
    active = list(contestants)
    transforms = list(dict.fromkeys(contestant.transform for contestant in contestants))
    with closing(feed(dataset, transforms, indices, feeding, keep=whole)) as batches:
        since = time.perf_counter()
        for batch in batches:
            waited = time.perf_counter() - since
            done += len(batch.indices) + len(batch.unreadable)
            for contestant in active:
                contestant.reading += waited
                since = time.perf_counter()
                _answer(contestant, batch)
                contestant.answering += time.perf_counter() - since
            active = [contestant for contestant in active if not contestant.failure and not contestant.enough()]
            if progress is not None:
                progress(done, len(indices))
            if not active:
                break
            since = time.perf_counter()
    return done


def _answer(contestant: Contestant, batch: Batch) -> None:
    contestant.unreadable |= batch.unreadable
    for index, why in batch.unreadable.items():
        contestant.gatherer.unreadable(index, why)
    if not batch.indices:
        return
    references = batch.references.get(contestant.transform)
    try:
        with torch.inference_mode():
            for start, end, output, device in contestant.runner(batch.inputs[contestant.transform]):
                right = None if references is None else _part(references, start, end, device)
                contestant.gatherer.update(batch.indices[start:end], output, right)
    except (TooLargeError, DatasetError) as error:
        contestant.failure, contestant.unverifiable = error.message, True
    except MirError as error:
        contestant.failure = error.message
    except (Exception, SystemExit) as error:  # noqa: BLE001
        # A model is foreign code: what one raises must not end the pass for the others.
        contestant.failure = error_text(error)


def _part(references: Any, start: int, end: int, device: torch.device) -> Any:
    return nested.apply(lambda tensor: tensor[start:end].to(device, non_blocking=True), references)


WARM_UP = 5
"""Calls before the first that is timed: the first ones choose algorithms and fill caches."""

LEAST, MOST, SECONDS = 10, 200, 5.0
"""Calls that are timed: at least so many, at most so many, and no more once this time is up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Speed:
    """What was measured.

    Attributes:
        seconds: Median time of one call, from the picture's bytes to the answer.
        low: The quarter of calls that were quickest took no longer.
        high: The quarter of calls that were slowest took no less.
        calls: How many were timed.
        batch: Samples in a call.
        peak_bytes: Most memory of the GPU in use at once, weights included; `None` on a CPU.
    """

    seconds: float
    low: float
    high: float
    calls: int
    batch: int
    peak_bytes: int | None = None

    @property
    def samples_per_second(self) -> float:
        """Throughput."""
        return self.batch / self.seconds


def measure(runner: Runner, shape: tuple[int, int, int], device: torch.device, *, batch: int = 1) -> Speed:
    """Time a model: warm up, then the median of many calls, by CUDA's own events where there is a GPU.

    Args:
        runner: The model on its device.
        shape: (channels, height, width) of a sample.
        device: The device.
        batch: Samples in a call.
    """
    pixels = torch.zeros(batch, *shape[1:], shape[0], dtype=torch.uint8).movedim(-1, 1)
    pixels = pixels.pin_memory() if device.type == "cuda" else pixels

    def call() -> None:
        for _ in runner(pixels):
            pass

    for _ in range(WARM_UP):
        call()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
        torch.cuda.reset_peak_memory_stats(device)
    clock = _on_gpu if device.type == "cuda" else _on_cpu
    times: list[float] = []
    end = time.perf_counter() + SECONDS
    while len(times) < LEAST or (len(times) < MOST and time.perf_counter() < end):
        times.append(clock(call))
    low, middle, high = statistics.quantiles(times, n=4)
    peak = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None
    return Speed(seconds=middle, low=low, high=high, calls=len(times), batch=batch, peak_bytes=peak)


def _on_cpu(call: Callable[[], None]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _on_gpu(call: Callable[[], None]) -> float:
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    call()
    end.record()
    end.synchronize()
    return float(start.elapsed_time(end)) / 1000
