"""Samples, decoded and put together in batches: each sample once, in the order that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from registry.verify.datasets import Dataset, Masked, UnreadableError
from registry.verify.preprocessing import Geometry


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some samples.

    Attributes:
        indices: Which samples, those that could not be read left out.
        pixels: Their bytes, shape (batch, channels, height, width), under each geometry.
        masks: Their right classes, shape (batch, height, width), for segmentation.
        unreadable: Samples that could not be read, and why.
    """

    indices: list[int]
    pixels: dict[Geometry, torch.Tensor]
    masks: dict[Geometry, torch.Tensor] = field(default_factory=dict)
    unreadable: dict[int, str] = field(default_factory=dict)

    def pin_memory(self) -> Batch:
        """The same in memory that a GPU copies from without waiting; called by torch's data loader."""
        return Batch(
            indices=self.indices,
            pixels={geometry: each.pin_memory() for geometry, each in self.pixels.items()},
            masks={geometry: each.pin_memory() for geometry, each in self.masks.items()},
            unreadable=self.unreadable,
        )


def split(order: Sequence[int], size: int) -> list[list[int]]:
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

    Args:
        dataset: Where the samples are.
        geometries: What is wanted of each.
        order: Which samples, in which order.
        size: Samples in a batch; one where a geometry leaves pictures their own size.
        workers: Processes that decode; 0 decodes here.
        masks: Whether masks are wanted too.
        pin: Whether batches go to a GPU.
    """
    size = size if all(geometry.fixed for geometry in geometries) else 1
    loader = DataLoader(
        _Decoder(dataset, tuple(geometries), masks=masks),
        batch_sampler=split(order, size),
        num_workers=workers,
        collate_fn=_collate,
        pin_memory=pin,
        worker_init_fn=_one_thread,
        prefetch_factor=4 if workers else None,
    )
    for batch in loader:
        yield cast("Batch", batch)


@dataclass(frozen=True)
class _Sample:
    index: int
    pixels: Mapping[Geometry, torch.Tensor]
    masks: Mapping[Geometry, torch.Tensor]
    problem: str = ""


class _Decoder(TorchDataset[_Sample]):
    def __init__(self, dataset: Dataset, geometries: tuple[Geometry, ...], *, masks: bool) -> None:
        self._dataset = dataset
        self._geometries = geometries
        self._masks = masks

    def __getitem__(self, index: int) -> _Sample:
        try:
            picture = self._dataset.picture(index)
            pixels = {geometry: geometry.apply(picture) for geometry in self._geometries}
            masks: dict[Geometry, torch.Tensor] = {}
            if self._masks:
                mask = cast("Masked", self._dataset).mask(index)
                masks = {geometry: geometry.apply_to_mask(mask) for geometry in self._geometries}
        except UnreadableError as error:
            return _Sample(index, {}, {}, str(error))
        return _Sample(index, pixels, masks)


def _collate(samples: list[_Sample]) -> Batch:
    good = [sample for sample in samples if not sample.problem]
    return Batch(
        indices=[sample.index for sample in good],
        pixels=_stack([sample.pixels for sample in good]),
        masks=_stack([sample.masks for sample in good]),
        unreadable={sample.index: sample.problem for sample in samples if sample.problem},
    )


def _stack(samples: Sequence[Mapping[Geometry, torch.Tensor]]) -> dict[Geometry, torch.Tensor]:
    if not samples:
        return {}
    return {geometry: torch.stack([sample[geometry] for sample in samples]) for geometry in samples[0]}


def _one_thread(worker: Any) -> None:  # noqa: ARG001 - torch passes the worker's number
    torch.set_num_threads(1)
