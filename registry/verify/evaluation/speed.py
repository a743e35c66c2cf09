"""How fast a model answers on this machine, and how much memory of a GPU it takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from registry.verify.evaluation.runner import Runner

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
