"""What measures a task: gathers a model's answers batch by batch, on its device, and scores them at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """One metric.

    Attributes:
        value: A fraction of one.
        samples: Number of samples behind it, those that could not be read included.
        right: Number of samples that count as right, where the metric is a share of samples.
        interval: 95 % confidence interval.
        details: What else is worth keeping, such as the value of each class; plain JSON data.
    """

    value: float
    samples: int
    interval: tuple[float, float]
    right: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


class Evaluator(Protocol):
    """Gathers answers. One evaluator serves one model."""

    def update(self, indices: Sequence[int], outputs: Any, masks: torch.Tensor | None) -> None:
        """Take a batch.

        Args:
            indices: Which samples these are.
            outputs: What the model gave for them, on its device.
            masks: For segmentation, the right class of each pixel, shape (batch, height, width), on that device.
        """

    def unreadable(self, index: int) -> None:
        """Take a sample that could not be read: it counts as wrong."""

    def score(self, subject: str) -> Score:
        """The metric of that name over everything that was taken.

        Raises:
            Unverifiable: The metric cannot be taken from these answers.
        """


def logits_of(outputs: Any) -> torch.Tensor:
    """The tensor of scores in what a model returns: itself, `out` or `logits` of a mapping, the first of a tuple."""
    if isinstance(outputs, torch.Tensor):
        return outputs
    if isinstance(outputs, Mapping):
        outputs = outputs.get("out", outputs.get("logits"))
        if isinstance(outputs, torch.Tensor):
            return outputs
    if isinstance(outputs, tuple | list) and outputs and isinstance(outputs[0], torch.Tensor):
        return outputs[0]
    found = getattr(outputs, "logits", None)
    if isinstance(found, torch.Tensor):
        return found
    raise TypeError(f"the model returns a {type(outputs).__name__}, in which no scores are found")
