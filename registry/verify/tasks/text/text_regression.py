"""A number for each text or pair of texts: Pearson's and Spearman's correlation with the right ones, and errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import Claim, DatasetError, Model, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.tasks.outputs import logits_of
from registry.verify.tasks.regression import Regression
from registry.verify.tasks.task import Score
from registry.verify.tasks.text.claimed import kind_of
from registry.verify.tasks.text.libraries import scoring

if TYPE_CHECKING:
    from torch import nn

    from registry.verify.model_inputs import Inputs
    from registry.verify.target import Target

CORRELATIONS = {"pearson": "pearsonr", "spearman": "spearmanr"}
"""scipy's functions."""

_RESAMPLES = 1000


class TextRegression(Regression):
    """See `Task`. Keeps what `Regression` keeps; the model has one output."""

    name = "text-regression"
    answers = "scored texts"

    def takes(self, claim: Claim) -> bool:
        """See `Task`."""
        return kind_of(claim) == "classification" and (claim.subject in CORRELATIONS or super().takes(claim))

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        """See `Task`."""
        from registry.verify.tasks.text.tokens import token_inputs

        return token_inputs(model, target, given)

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Any) -> Mapping[str, Any]:
        """See `Task`."""
        logits = logits_of(outputs)
        if logits.numel() != len(indices):
            raise DatasetError(
                f"the model has {logits.shape[-1]} outputs, and {dataset.name} one number for each sample"
            )
        return super().predictions(logits, references, indices, dataset)

    def references(self, dataset: Any, indices: npt.NDArray[np.int64]) -> Mapping[str, Any]:
        """See `Task`."""
        return {"target": np.array([dataset.answers[index] for index in indices], np.float32)[:, None]}

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        """See `Task`."""
        return (*CORRELATIONS, *super().metrics(kept))

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """See `Task`. Correlations are scipy's; their interval is a bootstrap over samples."""
        if subject not in CORRELATIONS:
            return super().score(kept, subject)
        self.check(kept)
        found, right = (kept.arrays[name].astype(np.float64)[:, 0] for name in ("predicted", "target"))
        read = ~np.isnan(found)
        return correlated(found[read], right[read], subject, len(kept.samples))


class SentenceSimilarity(TextRegression):
    """See `Task`. The cosine of two sentences' embeddings, or what a model that reads both together says."""

    name = "sentence-similarity"
    answers: ClassVar[str] = "scored texts"

    def takes(self, claim: Claim) -> bool:
        """See `Task`."""
        return kind_of(claim) == "similarity" and claim.kind == "ratio" and self.subject(claim) in CORRELATIONS

    def subject(self, claim: Claim) -> str:
        """See `Task`: the usual correlation is that of cosines."""
        return claim.subject.removesuffix("-cosine").removeprefix("cosine-")

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        """See `Task`."""
        from registry.verify.tasks.text.embeddings import reads_both, sentence_inputs

        if reads_both(target):
            return super().inputs(model, target, given)
        return sentence_inputs(model, target, given)

    def running(self, model: nn.Module, inputs: Inputs) -> nn.Module:
        """See `Task`."""
        from registry.verify.tasks.text.embeddings import Cosine, SentenceInputs

        if not isinstance(inputs, SentenceInputs):
            return model
        return Cosine(getattr(model, "base_model", model), inputs.pooling)


def correlated(found: npt.NDArray[np.float64], right: npt.NDArray[np.float64], subject: str, samples: int) -> Score:
    """A correlation by scipy.

    Raises:
        PredictionsError: There are fewer than two samples, or one side says the same of all.
    """
    if len(found) < 2 or np.ptp(found) == 0 or np.ptp(right) == 0:
        raise PredictionsError(f"{subject} has no value where one side says the same of all samples")
    with scoring("scipy") as said:
        from scipy import stats

        function = getattr(stats, CORRELATIONS[subject])
        value = float(function(found, right).statistic)
        random = np.random.default_rng(0)
        values = []
        for _ in range(_RESAMPLES):
            drawn = random.integers(0, len(found), len(found))
            one, other = found[drawn], right[drawn]
            if subject == "spearman":
                one, other = stats.rankdata(one), stats.rankdata(other)
            with np.errstate(divide="ignore", invalid="ignore"):
                values.append(np.corrcoef(one, other)[0, 1])
    low, high = np.nanquantile(values, (0.025, 0.975))
    details = {"metric": {**said, "name": CORRELATIONS[subject]}}
    return Score(value=value, samples=samples, interval=(float(low), float(high)), details=details)
