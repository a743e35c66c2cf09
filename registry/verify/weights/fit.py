"""Put weights into a model, all of them and nothing else."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from registry.verify.weights.refused import RefusedError

_SHOWN = 5
_NUMBER = re.compile(r"(?<![^.])\d+(?![^.])")
"""A part of a name that is a number: a layer's index."""

_COUNTER = "num_batches_tracked"
"""Batch normalisation's step counter, which files of before torch 0.4.1 lack and inference never reads."""


def fit(model: nn.Module, tensors: Mapping[str, torch.Tensor], versions: Mapping[str, Any] | None = None) -> None:
    """Load the weights in place, strictly.

    Args:
        model: The model.
        tensors: Its weights by name.
        versions: What the file says of the layers' own versions, which quantized layers are read by.

    Raises:
        RefusedError: Names are missing, unexpected or of another shape; the message lists them. The model is then
            loaded in part and of no use.
    """
    wanted = model.state_dict()
    misshapen = [
        f"{name} is {_shape(tensors[name])} and should be {_shape(tensor)}"
        for name, tensor in wanted.items()
        if isinstance(tensor, torch.Tensor)
        and isinstance(tensors.get(name), torch.Tensor)
        and tensors[name].shape != tensor.shape
    ]
    if misshapen:
        missing, unexpected = sorted(wanted.keys() - tensors.keys()), sorted(tensors.keys() - wanted.keys())
    else:
        try:
            state: Any = OrderedDict(tensors)
            if versions is not None:
                state._metadata = versions
            result = model.load_state_dict(state, strict=False)
        except (KeyError, RuntimeError, TypeError) as error:
            raise RefusedError(f"the weights do not fit the model: {' '.join(str(error).split())[:300]}") from error
        missing, unexpected = list(result.missing_keys), list(result.unexpected_keys)
    missing = [name for name in missing if not name.endswith(_COUNTER)]
    problem = misfit(missing, unexpected, misshapen)
    if problem:
        raise RefusedError(problem)


def misfit(missing: Sequence[str], unexpected: Sequence[str], misshapen: Sequence[str]) -> str:
    """Which weights do not fit a model, as one sentence; empty where all do."""
    problems = [
        _listed(said, names)
        for said, names in (("missing", missing), ("unexpected", unexpected), ("of another shape", misshapen))
        if names
    ]
    return f"the weights do not fit the model: {'; '.join(problems)}" if problems else ""


def _listed(said: str, names: Sequence[str]) -> str:
    """How many names, and which: where they are many, those that differ by their numbers only are shown as one."""
    if len(names) <= _SHOWN:
        return f"{len(names)} {said}: {', '.join(names)}"
    patterns = Counter(_NUMBER.sub("*", name) for name in names)
    shown = [f"{pattern} ({count})" if count > 1 else pattern for pattern, count in patterns.most_common(_SHOWN)]
    left = len(names) - sum(count for _, count in patterns.most_common(_SHOWN))
    return f"{len(names)} {said}: {', '.join(shown)}" + (f" and {left} more" if left else "")


def _shape(tensor: torch.Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "a single number"
