"""What a task is: from a model's outputs to kept predictions, and from these to a score.

A task is one object without state. It imports torch only where it handles outputs, so that metrics can be taken again
from kept predictions on a machine that has NumPy alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from registry.evidence.rejudge.sampling import wilson
from registry.types import Claim, Model, PredictionsError
from registry.verify.predictions import KeptPredictions

if TYPE_CHECKING:
    import torch
    from torch import nn

    from registry.verify.datasets import Dataset
    from registry.verify.model_inputs import Inputs, Transform
    from registry.verify.target import Target

Hits = npt.NDArray[np.bool_]
Counts = Mapping[int, tuple[int, int]]


_NOT_GIVEN = (math.nan, math.nan)


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """One metric.

    Attributes:
        value: In the metric's base unit: a fraction of one for a share. What is no number is a `PredictionsError`.
        samples: Number of samples behind it, those that could not be read included.
        right: Number of samples that count, where the metric is a share of samples.
        interval: 95 % confidence interval. Where it is not given, that of a share of samples is Wilson's, which alone
            is taken for one of all samples; of another metric it is the value twice.
        details: What else is worth keeping, such as the value of each class; plain JSON data.
    """

    value: float
    samples: int
    right: int | None = None
    interval: tuple[float, float] = _NOT_GIVEN
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise PredictionsError(f"the metric comes to {self.value}, which is no number")
        if self.interval is _NOT_GIVEN:
            alone = (self.value, self.value)
            object.__setattr__(self, "interval", alone if self.right is None else wilson(self.right, self.samples))


class Task:
    """One way to evaluate. A plug-in's is a subclass; whatever it does not override is as for pictures.

    Attributes:
        name: The task's name, which kept predictions carry: `classification`.
        answers: What a dataset must hold for each sample, in one word that its reader uses too: `labels`.
        arrays: The arrays of its kept predictions, each with NumPy's letter for what it holds.
        documents: The JSON documents of its kept predictions.
        blank: What stands in each array that `predictions` gives for a sample that could not be read.
        counted: What the classes of `per_class` are counted in.
    """

    name: ClassVar[str]
    answers: ClassVar[str]
    arrays: ClassVar[Mapping[str, str]] = {}
    documents: ClassVar[tuple[str, ...]] = ()
    blank: ClassVar[Mapping[str, Any]] = {}
    counted: ClassVar[Literal["samples", "pixels"]] = "samples"

    def takes(self, claim: Claim) -> bool:
        """Whether a claim is of this task and its metric can be taken from the kept predictions."""
        raise NotImplementedError

    def subject(self, claim: Claim) -> str:
        """What `score` is asked for: the metric without what it leaves open, such as AP of boxes or of masks."""
        return claim.subject

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        """How samples become what a model takes: as they are for one whose input is a vector, else as pictures.

        Args:
            model: The card.
            target: Its code.
            given: The option `--preprocessing`.

        Raises:
            Unverifiable: Nothing says how.
        """
        from registry.verify.model_inputs import AsStored, PictureInputs
        from registry.verify.preprocessing import of_card

        if target.preprocessing is None and target.input_size is not None and len(target.input_size) < 3:
            return AsStored()
        if target.preprocessing is None and target.folder:
            from registry.verify.tasks.processed import processed_pictures

            return processed_pictures(target, given)
        return PictureInputs(of_card(model, target.preprocessing, given))

    def running(self, model: nn.Module, inputs: Inputs) -> nn.Module:
        """The model as this task asks it, where that is more than one call: one that writes a text, token by token.

        Args:
            model: The model with its weights.
            inputs: What `inputs` gave.

        Raises:
            Unverifiable: It cannot be asked so.
        """
        return model

    def reference(self, dataset: Any, index: int, transform: Transform) -> Any:
        """What `predictions` needs of a sample's right answer, read where the sample is: arrays, or `None` for nothing.

        Raises:
            UnreadableError: It cannot be read.
        """
        return None

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Dataset) -> Mapping[str, Any]:
        """What is kept of a batch.

        Args:
            outputs: What the model gave, on its device. Nothing should wait for that device here.
            references: What `reference` gave, stacked, on that device; `None` where it gives nothing.
            indices: Which samples these are.
            dataset: The samples.

        Returns:
            A tensor or array by name, first axis the samples'; for documents a list with an entry for each sample.

        Raises:
            DatasetError: Outputs and dataset do not belong together.
        """
        raise NotImplementedError

    def references(self, dataset: Any, indices: npt.NDArray[np.int64]) -> Mapping[str, Any]:
        """The right answers that are kept beside the predictions, for these samples: arrays and documents by name."""
        return {}

    def document(self, name: str, entries: Sequence[Any]) -> Any:
        """A document of all samples from what `predictions` gave for each."""
        return list(entries)

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        """The usual metrics that can be taken from kept predictions, as subjects."""
        raise NotImplementedError

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """A metric from kept predictions alone: a pure function, without torch.

        Raises:
            PredictionsError: It cannot be computed from them, or there is no sample.
        """
        raise NotImplementedError

    def hits(self, kept: KeptPredictions, subject: str) -> Hits | None:
        """Which samples count, where the metric is the share of samples that do; then samples may be drawn."""
        return None

    def per_class(self, kept: KeptPredictions, subject: str) -> Counts:
        """For each class, how many count and of how many; empty where the metric has no such counts.

        Raises:
            PredictionsError: See `score`.
        """
        return {}

    def check(self, kept: KeptPredictions) -> None:
        """Hold the arrays of kept predictions, which may be somebody else's file, against the task's.

        Raises:
            PredictionsError: They are not what this task keeps.
        """
        kinds = {name: array.dtype.kind for name, array in kept.arrays.items()}
        if kinds != dict(self.arrays) or set(kept.documents) != set(self.documents):
            names = ", ".join([*self.arrays, *self.documents])
            raise PredictionsError(f"predictions of {self.name} hold {names}, and these do not")
        if not len(kept.samples):
            raise PredictionsError("there is no sample")


def logits_of(outputs: Any) -> torch.Tensor:
    """The tensor of scores in what a model returns: itself, `out` or `logits` of a mapping, the first of a tuple.

    Raises:
        TypeError: There is none.
    """
    import torch

    if isinstance(outputs, torch.Tensor):
        return outputs
    if isinstance(outputs, Mapping):
        logits = outputs.get("out", outputs.get("logits"))
    elif isinstance(outputs, tuple | list):
        logits = outputs[0] if outputs else None
    else:
        logits = getattr(outputs, "logits", None)
    if isinstance(logits, torch.Tensor):
        return logits
    raise TypeError(f"the model returns a {type(outputs).__name__}, in which no scores are found")
