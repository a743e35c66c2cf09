"""One class for each text or pair of texts: accuracy, F1, precision, recall, and Matthews' correlation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import Claim, DatasetError, Model, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import bootstrap
from registry.verify.tasks.classification import Classification
from registry.verify.tasks.regression import Regression, read_numbers
from registry.verify.tasks.task import Counts, Hits, Score, logits_of
from registry.verify.tasks.text.written import average_of, from_counts, kind_of, scoring

if TYPE_CHECKING:
    from torch import nn

    from registry.verify.model_inputs import Inputs
    from registry.verify.target import Target

_AVERAGED = ("f1", "precision", "recall")
_AVERAGES = ("macro", "micro", "weighted")
_MCC = "matthews-correlation"
_SHARES = re.compile(r"(?:top-1-)?accuracy|top-[2-5]-accuracy|(?:top-1-)?error")


class TextClassification(Classification):
    """See `Task`. Keeps what `Classification` keeps.

    F1, precision and recall of two classes are those of class 1, as the field's tools take them unless told otherwise;
    of more classes they are averaged as the card says.
    """

    name = "text-classification"
    answers = "labelled texts"

    def takes(self, claim: Claim) -> bool:
        if kind_of(claim) != "classification" or claim.kind != "ratio":
            return False
        return self.subject(claim) == _MCC or average_of(claim.subject)[0] in _AVERAGED or _is_share(claim.subject)

    def subject(self, claim: Claim) -> str:
        return _MCC if claim.subject in (_MCC, "mcc", "matthews-corrcoef") else claim.subject

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        from registry.verify.tasks.text.tokens import token_inputs

        return token_inputs(model, target, given)

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        averaged = _AVERAGED if len(kept.classes) == 2 else tuple(f"{m}-{a}" for m in _AVERAGED for a in _AVERAGES)
        return ("accuracy", *averaged, _MCC)

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """See `Task`. All but shares of samples are scikit-learn's; their interval is a bootstrap over samples."""
        if _is_share(subject):
            return super().score(kept, subject)
        self.check(kept)
        metric, average = average_of(subject)
        labels, predictions = kept.arrays["labels"].astype(np.int64), kept.arrays["top"][:, 0].astype(np.int64)
        if metric not in (*_AVERAGED, _MCC):
            raise PredictionsError(f"{subject} cannot be computed from one class for each text")
        # A text that could not be read was given no class: it is missed, and no class of its own in a mean over them.
        classes = np.unique(np.concatenate([labels, predictions[predictions >= 0]]))
        options: dict[str, Any] = {}
        if metric in _AVERAGED:
            average = average or self._usual(kept, metric, labels, predictions, classes)
            options = {"average": average, "zero_division": 0.0}
            if average == "binary":
                options["pos_label"], classes = 1, np.arange(2)
        with scoring("scikit-learn") as library:
            from sklearn import metrics

            function: Callable[..., float] = getattr(metrics, f"{metric}_score" if options else "matthews_corrcoef")
            if average == "binary":
                value = float(function(labels == 1, predictions == 1, **options))
            else:
                value = float(function(labels, predictions, **options, **({"labels": classes} if options else {})))
        parts = _confusion(
            labels, predictions, classes if options else np.unique(np.concatenate([labels, predictions]))
        )
        return Score(
            value=value,
            samples=len(labels),
            interval=bootstrap(parts, lambda sums: _from_confusion(sums, metric, average)),
            details={"metric": {**library, "name": function.__name__, **options}},
        )

    def hits(self, kept: KeptPredictions, subject: str) -> Hits | None:  # type: ignore[override]
        return super().hits(kept, subject) if _is_share(subject) else None

    def per_class(self, kept: KeptPredictions, subject: str) -> Counts:
        return super().per_class(kept, subject) if _is_share(subject) else {}

    def _usual(
        self,
        kept: KeptPredictions,
        metric: str,
        labels: npt.NDArray[np.int64],
        predictions: npt.NDArray[np.int64],
        classes: npt.NDArray[np.int64],
    ) -> str:
        """How a metric of classes is averaged where the card does not say.

        Raises:
            PredictionsError: There are more than two classes, so that it may be any of several.
        """
        if len(kept.classes) == 2 and max(labels.max(), predictions.max()) < 2:
            return "binary"
        from sklearn import metrics

        averages = {
            average: getattr(metrics, f"{metric}_score")(
                labels, predictions, labels=classes, average=average, zero_division=0.0
            )
            for average in _AVERAGES
        }
        values = ", ".join(f"{average} {value:.4f}" for average, value in averages.items())
        name = "F1" if metric == "f1" else metric
        raise PredictionsError(
            f"the card does not say how {name} is averaged over {len(kept.classes)} classes, and it is {values}; call "
            f"it '{name.capitalize()} Macro', for one"
        )


def _is_share(subject: str) -> bool:
    return _SHARES.fullmatch(subject) is not None


def _confusion(
    labels: npt.NDArray[np.int64], predictions: npt.NDArray[np.int64], classes: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """What each sample adds to hits, answers and predictions of each class; shape (n, 3 x classes)."""
    right, guesses = labels[:, None] == classes, predictions[:, None] == classes
    return np.concatenate([right & guesses, right, guesses], axis=1).astype(np.float64)


def _from_confusion(sums: npt.NDArray[np.float64], metric: str, average: str) -> npt.NDArray[np.float64]:
    """A metric from sums over samples, shape (resamples, 3 x classes)."""
    hits, right, guesses = np.split(sums, 3, axis=1)
    count = right.sum(1, keepdims=True)
    if metric == _MCC:
        covariance = hits.sum(1) * count[:, 0] - (right * guesses).sum(1)
        spread = (count[:, 0] ** 2 - (right**2).sum(1)) * (count[:, 0] ** 2 - (guesses**2).sum(1))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.nan_to_num(covariance / np.sqrt(spread))  # type: ignore[no-any-return]
    if average == "micro":
        hits, right, guesses = (counts.sum(1, keepdims=True) for counts in (hits, right, guesses))
    values = from_counts(metric, hits, right, guesses)
    if average == "binary":
        return values[:, -1]
    return (values * right / count).sum(1) if average == "weighted" else values.mean(1)  # type: ignore[no-any-return]


CORRELATIONS = {"pearson": "pearsonr", "spearman": "spearmanr"}
"""scipy's functions."""

_RESAMPLES = 1000


class TextRegression(Regression):
    """See `Task`. Keeps what `Regression` keeps; the model has one output."""

    name = "text-regression"
    answers = "scored texts"

    def takes(self, claim: Claim) -> bool:
        return kind_of(claim) == "classification" and (claim.subject in CORRELATIONS or super().takes(claim))

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        from registry.verify.tasks.text.tokens import token_inputs

        return token_inputs(model, target, given)

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Any) -> Mapping[str, Any]:
        logits = logits_of(outputs)
        if logits.numel() != len(indices):
            raise DatasetError(
                f"the model has {logits.shape[-1]} outputs, and {dataset.name} one number for each sample"
            )
        return super().predictions(logits, references, indices, dataset)

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        return (*CORRELATIONS, *super().metrics(kept))

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """See `Task`. Correlations are scipy's; their interval is a bootstrap over samples."""
        if subject not in CORRELATIONS:
            return super().score(kept, subject)
        self.check(kept)
        predictions, right = (numbers[:, 0] for numbers in read_numbers(kept))
        return correlated(predictions, right, subject, len(kept.samples))


class SentenceSimilarity(TextRegression):
    """See `Task`. The cosine of two sentences' embeddings, or what a model that reads both together says."""

    name = "sentence-similarity"
    answers: ClassVar[str] = "scored texts"

    def takes(self, claim: Claim) -> bool:
        return kind_of(claim) == "similarity" and claim.kind == "ratio" and self.subject(claim) in CORRELATIONS

    def subject(self, claim: Claim) -> str:
        """See `Task`: the usual correlation is that of cosines."""
        return claim.subject.removesuffix("-cosine").removeprefix("cosine-")

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        from registry.verify.tasks.text.embeddings import reads_both, sentence_inputs

        if reads_both(target):
            return super().inputs(model, target, given)
        return sentence_inputs(model, target, given)

    def running(self, model: nn.Module, inputs: Inputs) -> nn.Module:
        from registry.verify.tasks.text.embeddings import Cosine, SentenceInputs

        if not isinstance(inputs, SentenceInputs):
            return model
        return Cosine(getattr(model, "base_model", model), inputs.pooling)


def correlated(
    predictions: npt.NDArray[np.float64], right: npt.NDArray[np.float64], subject: str, samples: int
) -> Score:
    """A correlation by scipy.

    Raises:
        PredictionsError: There are fewer than two samples, or one side says the same of all.
    """
    if len(predictions) < 2 or np.ptp(predictions) == 0 or np.ptp(right) == 0:
        raise PredictionsError(f"{subject} has no value where all predictions, or all right answers, are the same")
    with scoring("scipy") as library:
        from scipy import stats

        function = getattr(stats, CORRELATIONS[subject])
        value = float(function(predictions, right).statistic)
        random = np.random.default_rng(0)
        values = []
        for _ in range(_RESAMPLES):
            drawn = random.integers(0, len(predictions), len(predictions))
            one, other = predictions[drawn], right[drawn]
            if subject == "spearman":
                one, other = stats.rankdata(one), stats.rankdata(other)
            with np.errstate(divide="ignore", invalid="ignore"):
                values.append(np.corrcoef(one, other)[0, 1])
    low, high = np.nanquantile(values, (0.025, 0.975))
    details = {"metric": {**library, "name": CORRELATIONS[subject]}}
    return Score(value=value, samples=samples, interval=(float(low), float(high)), details=details)
