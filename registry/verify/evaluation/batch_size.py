"""How many samples a model should take at once: doubled as long as that pays and the memory lasts."""

from __future__ import annotations

import time

import torch

from registry.verify.evaluation.runner import Runner

FIRST, LAST = 32, 1024
GAIN = 1.05
"""A size twice as large must answer this many times as many samples a second."""

_CALLS = 3


def find_batch_size(runner: Runner, shape: tuple[int, int, int], device: torch.device) -> int:
    """The smallest size that is about as quick as the larger ones.

    Args:
        runner: The model on its device; its `limit` is halved where the memory does not suffice.
        shape: (channels, height, width) of a sample.
        device: The device.
    """
    size, best = FIRST, _rate(runner, shape, device, FIRST)
    while 2 * size <= min(LAST, runner.limit):
        rate = _rate(runner, shape, device, 2 * size)
        if runner.limit < 2 * size or rate < GAIN * best:
            break
        size, best = 2 * size, rate
    return min(size, runner.limit)


def _rate(runner: Runner, shape: tuple[int, int, int], device: torch.device, size: int) -> float:
    """Samples a second, after one call that chooses algorithms."""
    pixels = torch.zeros(size, *shape, dtype=torch.uint8)
    start = 0.0
    for call in range(_CALLS + 1):
        for _ in runner(pixels):
            pass
        if call == 0:
            _wait(device)
            start = time.perf_counter()
    _wait(device)
    return _CALLS * size / (time.perf_counter() - start)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
