"""How a model is run quickest: how its pictures lie in memory, and how many it should take at once."""

from __future__ import annotations

import time

import torch

from registry.verify.evaluation.runner import Runner

FIRST, LAST = 32, 1024
GAIN = 1.05
"""A size twice as large must answer this many times as many samples a second."""

_CALLS = 3


def find_layout(runner: Runner, shape: tuple[int, int, int], device: torch.device) -> None:
    """Lay the model out as it is quicker here: tensor cores like channels last, exact 32-bit arithmetic often does not.

    Args:
        runner: The model on its device.
        shape: (channels, height, width) of a sample.
        device: The device.
    """
    rates = {}
    for layout in (torch.contiguous_format, torch.channels_last):
        runner.lay_out(layout)
        rates[layout] = _rate(runner, shape, device, FIRST)
    runner.lay_out(max(rates, key=rates.__getitem__))


def find_batch_size(runner: Runner, shape: tuple[int, int, int], device: torch.device) -> int:
    """The smallest size that is about as quick as the larger ones: doubled as long as that pays and the memory lasts.

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
    pixels = torch.zeros(size, *shape[1:], shape[0], dtype=torch.uint8).movedim(-1, 1)
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
