"""Samples, decoded and put together in batches: each sample once, in the order that is asked for."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from registry.verify import nested
from registry.verify.datasets import Dataset, UnreadableError
from registry.verify.evaluation.runner import Runner
from registry.verify.geometry import Geometry
from registry.verify.model_inputs import Transform
from registry.verify.plugins import first_line, prepare_imports
from registry.verify.tasks import Task

PIECE = 32
"""Samples that one worker decodes at a time: a large batch is not left to one of them while the others wait."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some samples.

    Attributes:
        indices: Which samples, those that could not be read left out.
        inputs: Tensors of them under each transform, first axis the samples'; a tuple or mapping of tensors where a
            sample is more than one. Pictures are bytes (batch, channels, height, width), channels last in memory.
        references: What the task needs of their right answers, under each transform, in the same form.
        unreadable: Samples that could not be read, and why.
    """

    indices: list[int]
    inputs: dict[Transform, Any]
    references: dict[Transform, Any] = field(default_factory=dict)
    unreadable: dict[int, str] = field(default_factory=dict)


def split(order: Sequence[T], size: int) -> list[list[T]]:
    """The samples of each batch; the last one may be smaller, and none is padded."""
    return [list(order[start : start + size]) for start in range(0, len(order), size)]


def decode(
    dataset: Dataset,
    transforms: Sequence[Transform],
    order: Sequence[int],
    *,
    size: int,
    workers: int = 0,
    task: Task | None = None,
    pin: bool = False,
) -> Iterator[Batch]:
    """Read samples and bring each under every transform, so that models that differ in it share the decoding.

    Worker processes start before this returns, so that it may be called before threads are started.

    Args:
        dataset: Where the samples are.
        transforms: What is wanted of each.
        order: Which samples, in which order.
        size: Samples in a batch; one where a transform leaves them their own size.
        workers: Processes that decode; 0 decodes here.
        task: Whose references are wanted too; none are where it is `None`.
        pin: Whether batches go to a GPU, which copies from pinned memory without making anybody wait.
    """
    size = size if all(transform.fixed for transform in transforms) else 1
    batches = split(order, size)
    loader = DataLoader(
        _Decoder(dataset, tuple(transforms), task),
        batch_sampler=[piece for batch in batches for piece in split(batch, PIECE)],
        num_workers=workers,
        collate_fn=_as_it_is,
        worker_init_fn=_one_thread,
        prefetch_factor=4 if workers else None,
    )
    pieces = cast("Iterator[Batch]", iter(loader))
    return (_join(list(islice(pieces, -(-len(batch) // PIECE))), pin=pin) for batch in batches)


def _join(pieces: Sequence[Batch], *, pin: bool) -> Batch:
    """One batch out of its pieces."""
    if len(pieces) == 1 and not pin:
        return pieces[0]
    return Batch(
        indices=[index for piece in pieces for index in piece.indices],
        inputs=_join_each([piece.inputs for piece in pieces], pin=pin),
        references=_join_each([piece.references for piece in pieces], pin=pin),
        unreadable={index: why for piece in pieces for index, why in piece.unreadable.items()},
    )


def _join_each(pieces: Sequence[dict[Transform, Any]], *, pin: bool) -> dict[Transform, Any]:
    inputs = [piece for piece in pieces if piece]
    if not inputs:
        return {}

    def join(*parts: torch.Tensor) -> torch.Tensor:
        return _concatenate(parts, pin=pin)

    def join_ragged(*parts: torch.Tensor) -> torch.Tensor:
        return pad([row for part in parts for row in part])

    return {
        transform: nested.apply(join_ragged if is_ragged(transform) else join, *(piece[transform] for piece in inputs))
        for transform in inputs[0]
    }


def _concatenate(parts: Sequence[torch.Tensor], *, pin: bool) -> torch.Tensor:
    # Written straight into pinned memory; torch.cat forgets that channels come last.
    rows = [part.movedim(1, -1) if part.ndim == 4 else part for part in parts]
    whole = room((sum(map(len, rows)), *rows[0].shape[1:]), rows[0].dtype, pin=pin)
    torch.cat(rows, out=whole)
    return whole.movedim(-1, 1) if whole.ndim == 4 else whole


def room(shape: tuple[int, ...], dtype: torch.dtype, *, pin: bool) -> torch.Tensor:
    """Memory to be filled, pinned where a GPU is to copy from it."""
    return torch.empty(shape, dtype=dtype, pin_memory=pin and torch.cuda.is_available())


class _Decoder(TorchDataset[Batch]):
    def __init__(self, dataset: Dataset, transforms: tuple[Transform, ...], task: Task | None) -> None:
        self._parts = dataset, transforms, task

    def __getstate__(self) -> bytes:
        return pickle.dumps(self._parts)

    def __setstate__(self, state: bytes) -> None:
        prepare_imports()  # a plug-in's classes are imported here
        self._parts = pickle.loads(state)  # noqa: S301 - from the process that started this one

    def __getitems__(self, indices: list[int]) -> Batch:
        """A piece of a batch, as torch's loader asks for it; no sample is made alone and then copied."""
        dataset, transforms, task = self._parts
        good: list[int] = []
        unreadable: dict[int, str] = {}
        inputs: dict[Transform, Any] = {}
        references: dict[Transform, Any] = {}
        for index in indices:
            try:
                sample = dataset.sample(index)
                for transform in transforms:
                    writer = _append if is_ragged(transform) else _put
                    writer(inputs, transform, transform.apply(sample), len(good), len(indices))
                    right = None if task is None else task.reference(dataset, index, transform)
                    if right is not None:
                        writer(references, transform, right, len(good), len(indices))
            except UnreadableError as error:
                unreadable[index] = str(error)
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001 - a plug-in's dataset may raise anything, and no sample ends all
                unreadable[index] = first_line(error)
            else:
                good.append(index)
        if not good:
            return Batch(indices=[], inputs={}, unreadable=unreadable)
        return Batch(
            indices=good,
            inputs={transform: _stack(rows, len(good), transform) for transform, rows in inputs.items()},
            references={
                transform: _stack(rows, len(good), transform, right=True) for transform, rows in references.items()
            },
            unreadable=unreadable,
        )


def _put(rows: dict[Transform, Any], transform: Transform, sample: Any, at: int, count: int) -> None:
    """Copy one sample into its row of the batch's memory, which the first sample's shape is taken for."""
    if transform not in rows:
        rows[transform] = nested.apply(lambda leaf: np.empty((count, *np.shape(leaf)), np.asarray(leaf).dtype), sample)

    def copy(row: npt.NDArray[Any], leaf: Any) -> None:
        if row.shape[1:] != np.shape(leaf):
            raise UnreadableError(f"it has the shape {np.shape(leaf)} where others have {row.shape[1:]}")
        row[at] = leaf

    nested.apply(copy, rows[transform], sample)


def _append(rows: dict[Transform, Any], transform: Transform, sample: Any, at: int, count: int) -> None:  # noqa: ARG001
    """Keep one sample whose shape need not be that of others."""
    rows.setdefault(transform, [])[at:] = [sample]


def _stack(rows: Any, count: int, transform: Transform, *, right: bool = False) -> Any:
    if is_ragged(transform):
        return nested.apply(lambda *samples: pad([torch.from_numpy(np.asarray(row)) for row in samples]), *rows[:count])
    tensors = nested.apply(lambda row: torch.from_numpy(row[:count]), rows)
    return tensors.movedim(-1, 1) if isinstance(transform, Geometry) and not right else tensors


def is_ragged(transform: Transform) -> bool:
    """Whether samples under a transform differ in shape, and are padded with zeros to the largest of their batch."""
    return bool(getattr(transform, "ragged", False))


def pad(rows: Sequence[torch.Tensor]) -> torch.Tensor:
    """Rows of one tensor, each padded at the end of every axis with zeros to the largest."""
    shape = tuple(map(max, zip(*(row.shape for row in rows), strict=True)))
    whole = torch.zeros((len(rows), *shape), dtype=rows[0].dtype)
    for place, row in zip(whole, rows, strict=True):
        place[tuple(map(slice, row.shape))] = row
    return whole


def _as_it_is(piece: T) -> T:
    return piece


def _one_thread(worker: Any) -> None:  # noqa: ARG001 - torch passes the worker's number
    torch.set_num_threads(1)


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
