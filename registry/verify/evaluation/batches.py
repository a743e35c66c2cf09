"""Samples, decoded and put together in batches: each sample once, in the order that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar, cast

import numpy as np
import torch
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from registry.verify.datasets import Dataset, Masked, UnreadableError
from registry.verify.geometry import Bytes, Geometry

PIECE = 32
"""Samples that one worker decodes at a time: a large batch is not left to one of them while the others wait."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some samples.

    Attributes:
        indices: Which samples, those that could not be read left out.
        pixels: Their bytes under each geometry, shape (batch, channels, height, width), channels last in memory.
        masks: Their right classes, shape (batch, height, width), for segmentation.
        unreadable: Samples that could not be read, and why.
    """

    indices: list[int]
    pixels: dict[Geometry, torch.Tensor]
    masks: dict[Geometry, torch.Tensor] = field(default_factory=dict)
    unreadable: dict[int, str] = field(default_factory=dict)


def split(order: Sequence[T], size: int) -> list[list[T]]:
    """The samples of each batch; the last one may be smaller, and none is padded."""
    return [list(order[start : start + size]) for start in range(0, len(order), size)]


def decode(
    dataset: Dataset,
    geometries: Sequence[Geometry],
    order: Sequence[int],
    *,
    size: int,
    workers: int = 0,
    masks: bool = False,
    pin: bool = False,
) -> Iterator[Batch]:
    """Read samples and bring each under every geometry, so that models that differ in it share the decoding.

    Worker processes start before this returns, so that it may be called before threads are started.

    Args:
        dataset: Where the samples are.
        geometries: What is wanted of each.
        order: Which samples, in which order.
        size: Samples in a batch; one where a geometry leaves pictures their own size.
        workers: Processes that decode; 0 decodes here.
        masks: Whether masks are wanted too.
        pin: Whether batches go to a GPU, which copies from pinned memory without making anybody wait.
    """
    size = size if all(geometry.fixed for geometry in geometries) else 1
    batches = split(order, size)
    loader = DataLoader(
        _Decoder(dataset, tuple(geometries), masks=masks),
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
        pixels=_join_each([piece.pixels for piece in pieces], pin=pin),
        masks=_join_each([piece.masks for piece in pieces], pin=pin),
        unreadable={index: why for piece in pieces for index, why in piece.unreadable.items()},
    )


def _join_each(pieces: Sequence[dict[Geometry, torch.Tensor]], *, pin: bool) -> dict[Geometry, torch.Tensor]:
    there = [piece for piece in pieces if piece]
    if not there:
        return {}
    return {geometry: _concatenate([piece[geometry] for piece in there], pin=pin) for geometry in there[0]}


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
    def __init__(self, dataset: Dataset, geometries: tuple[Geometry, ...], *, masks: bool) -> None:
        self._dataset = dataset
        self._geometries = geometries
        self._masks = masks

    def __getitems__(self, indices: list[int]) -> Batch:
        """A piece of a batch, as torch's loader asks for it; no sample is made alone and then copied."""
        good: list[int] = []
        unreadable: dict[int, str] = {}
        pixels: dict[Geometry, Bytes] = {}
        masks: dict[Geometry, list[torch.Tensor]] = {}
        for index in indices:
            try:
                picture = self._dataset.picture(index)
                mask = cast("Masked", self._dataset).mask(index) if self._masks else None
            except UnreadableError as error:
                unreadable[index] = str(error)
                continue
            for geometry in self._geometries:
                found = geometry.apply(picture)
                if geometry not in pixels:
                    pixels[geometry] = np.empty((len(indices), *found.shape), np.uint8)
                pixels[geometry][len(good)] = found
                if mask is not None:
                    masks.setdefault(geometry, []).append(geometry.apply_to_mask(mask))
            good.append(index)
        return Batch(
            indices=good,
            pixels={each: torch.from_numpy(rows[: len(good)]).movedim(-1, 1) for each, rows in pixels.items()},
            masks={each: torch.stack(rows) for each, rows in masks.items()},
            unreadable=unreadable,
        )


def _as_it_is(piece: T) -> T:
    return piece


def _one_thread(worker: Any) -> None:  # noqa: ARG001 - torch passes the worker's number
    torch.set_num_threads(1)
