"""Finding the scores in what models return."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def logits_of(outputs: Any) -> torch.Tensor:
    """The tensor of scores in what a model returns: itself, `out` or `logits` of a mapping, the first of a tuple.

    Raises:
        TypeError: There is none.
    """
    import torch

    if isinstance(outputs, torch.Tensor):
        return outputs
    if isinstance(outputs, Mapping):
        found = outputs.get("out", outputs.get("logits"))
    elif isinstance(outputs, tuple | list):
        found = outputs[0] if outputs else None
    else:
        found = getattr(outputs, "logits", None)
    if isinstance(found, torch.Tensor):
        return found
    raise TypeError(f"the model returns a {type(outputs).__name__}, in which no scores are found")
