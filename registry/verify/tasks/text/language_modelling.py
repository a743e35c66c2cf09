"""How well a model foresees a text: perplexity, over windows of a stated stride."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from registry.types import Claim, Model, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import bootstrap
from registry.verify.tasks.task import Score, Task
from registry.verify.tasks.text.written import kind_of

if TYPE_CHECKING:
    from torch import nn

    from registry.verify.model_inputs import Inputs
    from registry.verify.target import Target


class LanguageModelling(Task):
    """See `Task`. Keeps, for each window of the text, what its tokens cost together in nats, and how many they are.

    The text is one sample: the rows of the data set with an empty line between them. Each window is as long as the
    model takes and begins a stride after the one before; what that one has told is context and not told again. So does
    transformers' guide ("Perplexity of fixed-length models").
    """

    name = "language-modelling"
    answers = "texts"
    documents: ClassVar = ("windows",)
    blank: ClassVar = {"windows": []}

    def takes(self, claim: Claim) -> bool:
        return kind_of(claim) == "language" and claim.subject == "perplexity"

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        from registry.verify.tasks.text.windows import running_text

        return running_text(model, target, given)

    def running(self, model: nn.Module, inputs: Inputs) -> nn.Module:
        from registry.verify.tasks.text.windows import RunningText, TextCosts

        assert isinstance(inputs, RunningText), "the inputs of this task"
        return TextCosts(model, inputs.window, inputs.stride)

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Any) -> Mapping[str, Any]:
        return {"windows": [[[float(cost), int(count)] for cost, count in outputs.tolist()]]}

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        return ("perplexity",)

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """See `Task`: exp of the mean cost of a token. Windows are the samples, also of the interval's bootstrap."""
        self.check(kept)
        if subject != "perplexity":
            raise PredictionsError(f"{subject} cannot be computed from the losses of tokens")
        parts = np.array([window for text in kept.documents["windows"] for window in text], np.float64)
        if not len(parts) or not parts[:, 1].sum():
            raise PredictionsError("no token was predicted")
        cost, count = parts.sum(0)
        with np.errstate(over="ignore"):
            return Score(
                value=float(np.exp(cost / count)),
                samples=len(parts),
                interval=bootstrap(parts, lambda sums: np.exp(sums[:, 0] / sums[:, 1])),
                details={"metric": {"library": "mir", "name": "exp of the mean cost", "tokens": int(count)}},
            )

    def check(self, kept: KeptPredictions) -> None:
        super().check(kept)
        windows = kept.documents["windows"]
        try:
            shapes = {np.asarray(text, np.float64).shape[1:] for text in windows}
        except (TypeError, ValueError):
            shapes = {(0,)}
        if shapes != {(2,)}:
            raise PredictionsError("it does not hold a loss and a count for each window")
