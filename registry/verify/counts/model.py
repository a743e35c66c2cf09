"""Count one model under every convention, for `mir count` and `registry.count`."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from registry.verify.conventions import CONVENTIONS, Count
from registry.verify.parameters import BACKGROUND, ParameterCount, ledger, variants
from registry.verify.trace import trace


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelCounts:
    """Everything that can be counted of a model; plain data.

    Attributes:
        input_size: Shape of the sample that it was counted on, without the batch.
        ledger: Its parameters by layer.
        types: Class of every module by its path, in the model's order.
        counts: What each convention counts, by its name.
        versions: Of torch and of the library that defines the model.
    """

    input_size: tuple[int, ...]
    ledger: ParameterCount
    types: Mapping[str, str]
    counts: Mapping[str, Count]
    versions: Mapping[str, str]

    @property
    def parameters(self) -> dict[str, int]:
        """How many parameters it has, in each way that published numbers are counted and that is a part of it."""
        return {way: count for way, count in variants(self.ledger).items() if way != BACKGROUND}

    def layers(self) -> list[dict[str, Any]]:
        """Every layer that holds parameters or in which something is counted: path, type, parameters, counts."""
        held = {layer.path: layer.parameters for layer in self.ledger.layers}
        counted = {path for count in self.counts.values() for path in count.by_layer}
        return [
            {
                "path": path,
                "type": type_,
                "parameters": held.get(path, 0),
                "counts": {name: count.by_layer.get(path, 0) for name, count in self.counts.items()},
            }
            for path, type_ in self.types.items()
            if path in held or path in counted
        ]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON data: the shape that `mir count --format json` prints and `registry.count` returns."""
        return {
            "input_size": list(self.input_size),
            "parameters": self.parameters,
            "counts": {
                name: {
                    "total": count.total,
                    "unit": CONVENTIONS[name].unit,
                    "version": CONVENTIONS[name].version,
                    "uncounted": dict(count.uncounted),
                }
                for name, count in self.counts.items()
            },
            "layers": self.layers(),
            "versions": dict(self.versions),
        }


def count_module(model: nn.Module, input_size: Sequence[int], *, inputs: int = 1, run: bool = True) -> ModelCounts:
    """Count a model, which is left as it is.

    Args:
        model: On any device; a copy without its numbers is what runs.
        input_size: Shape of one sample, without the batch.
        inputs: How many tensors of that shape the model takes.
        run: Count what it computes too; where False its parameters alone.

    Raises:
        BuildError: The model does not run on this input, or needs a tensor's values to run.
    """
    hollow = _without_numbers(model)
    size = tuple(input_size)
    if not run:
        types = {path: type(module).__name__ for path, module in hollow.named_modules()}
        return ModelCounts(
            input_size=size, ledger=ledger(hollow), types=types, counts={}, versions={"torch": torch.__version__}
        )
    traced = trace(hollow, inputs=[torch.empty(1, *size, device="meta") for _ in range(inputs)])
    return ModelCounts(
        input_size=size,
        ledger=ledger(hollow),
        types={module.path: module.type.rpartition(".")[2] for module in traced.modules},
        counts={name: convention.count(traced) for name, convention in CONVENTIONS.items()},
        versions=traced.versions,
    )


def _without_numbers(model: nn.Module) -> nn.Module:
    """A copy on the meta device that never holds the numbers, so that a model as large as the memory can be counted."""
    tensors = [*model.parameters(), *model.buffers()]
    memo: dict[int, Any] = {id(each): _hollow(each) for each in tensors}
    return copy.deepcopy(model, memo)


def _hollow(tensor: torch.Tensor) -> torch.Tensor:
    empty = torch.empty_like(tensor, device="meta")
    return nn.Parameter(empty, requires_grad=tensor.requires_grad) if isinstance(tensor, nn.Parameter) else empty
