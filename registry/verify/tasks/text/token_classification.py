"""One tag for each word, as named entities are marked: F1, precision, recall and accuracy as seqeval takes them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import Claim, DatasetError, Model, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import bootstrap, ratio
from registry.verify.tasks.task import Score, Task, logits_of
from registry.verify.tasks.text.written import average_of, from_counts, kind_of, scoring

if TYPE_CHECKING:
    from registry.verify.model_inputs import Inputs, Transform
    from registry.verify.target import Target

_METRICS = ("f1", "precision", "recall")
_MARKS = frozenset({"B-", "I-", "E-", "S-"})
"""How tags of entities begin: IOB1, IOB2, IOE and BIOES, all of which seqeval reads."""


class TokenClassification(Task):
    """See `Task`. The tag of a word is that of its first token, as transformers' own examples take it.

    `predicted` and `tags` are lists of tags, one for each word of each sample; a word that was cut off has the tag `O`,
    and one that the data set leaves out none: it is not counted.
    """

    name = "token-classification"
    answers = "tagged words"
    documents: ClassVar = ("predicted", "tags")
    blank: ClassVar = {"predicted": []}

    def takes(self, claim: Claim) -> bool:
        metric, average = average_of(self.subject(claim))
        return (
            kind_of(claim) == "token"
            and claim.kind == "ratio"
            and (metric in _METRICS or (metric == "accuracy" and not average))
        )

    def subject(self, claim: Claim) -> str:
        """See `Task`: the field calls its scores over all entities `overall_f1` too."""
        return claim.subject.removeprefix("overall-")

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        from registry.verify.tasks.text.tokens import TokenInputs, token_inputs
        from registry.verify.tasks.text.windows import Words

        base = token_inputs(model, target, given)
        return TokenInputs(transform=Words(**asdict(base.transform)), padding=base.padding)

    def reference(self, dataset: Any, index: int, transform: Transform) -> Any:
        """See `Task`: where each word's first token is, from one; zero where it was cut off."""
        return transform.starts(dataset.sample(index))  # type: ignore[attr-defined]

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Any) -> Mapping[str, Any]:
        logits = logits_of(outputs)
        best = logits.argmax(-1).cpu().numpy()
        names, starts = dataset.classes, references.cpu().numpy()
        if names and len(names) != logits.shape[-1]:
            raise DatasetError(f"{dataset.name} has {len(names)} tags and the model has {logits.shape[-1]} outputs")
        rows = []
        for row, index in enumerate(indices):
            first = starts[row, : len(dataset.sample(index))]
            rows.append([names[best[row, at - 1]] if at else "O" for at in first])
        return {"predicted": rows}

    def references(self, dataset: Any, indices: npt.NDArray[np.int64]) -> Mapping[str, Any]:
        return {"tags": [dataset.answers[index] for index in indices]}

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        return (*_METRICS, "accuracy")

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """See `Task`. The interval is a bootstrap over samples; that of a mean over kinds of entities is not taken."""
        self.check(kept)
        right, guesses = _whole(kept)
        metric, average = average_of(subject)
        if metric == "accuracy":
            average = ""
        elif metric not in _METRICS:
            raise PredictionsError(f"{subject} cannot be computed from tags of words")
        elif not any(str(tag)[:2] in _MARKS for row in right for tag in row):
            raise PredictionsError(
                "the tags mark no entities by B- and I- or as BIOES does, as F1, precision and recall of seqeval need"
            )
        with scoring("seqeval") as library, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of kinds that were never answered, whose F1 is zero
            from seqeval import metrics
            from seqeval.metrics.sequence_labeling import get_entities

            options = {} if metric == "accuracy" else {"average": average or "micro"}
            function = getattr(metrics, f"{metric}_score")
            value = float(function(right, guesses, **options))
            entities = [
                (set(get_entities(one)), set(get_entities(other))) for one, other in zip(right, guesses, strict=True)
            ]
        interval = (value, value)
        if metric == "accuracy":
            rows = zip(right, guesses, strict=True)
            parts = np.array([[sum(a == b for a, b in zip(*row, strict=True)), len(row[0])] for row in rows], float)
            interval = bootstrap(parts, ratio)
        elif options["average"] == "micro":
            parts = np.array([[len(one & other), len(one), len(other)] for one, other in entities], float)
            interval = bootstrap(parts, lambda sums: from_counts(metric, *sums.T))
        return Score(
            value=value,
            samples=len(right),
            interval=interval,
            details={"metric": {**library, "name": function.__name__, **options}},
        )

    def check(self, kept: KeptPredictions) -> None:
        super().check(kept)
        for rows in kept.documents.values():
            if not isinstance(rows, list) or len(rows) != len(kept.samples) or not all(map(_are_tags, rows)):
                raise PredictionsError("its documents do not hold a list of tags for each sample")


def _whole(predictions: KeptPredictions) -> tuple[list[list[str]], list[list[str]]]:
    """Right and predicted tags of the words that count; samples that could not be read have `O` throughout."""
    right, guesses = [], []
    for row, tags in zip(predictions.documents["predicted"], predictions.documents["tags"], strict=True):
        pairs = zip(tags, [*row[: len(tags)], *["O"] * (len(tags) - len(row))], strict=True)
        counted = [(tag, guess) for tag, guess in pairs if tag is not None]
        right.append([tag for tag, _ in counted])
        guesses.append([guess for _, guess in counted])
    return right, guesses


def _are_tags(row: Any) -> bool:
    return isinstance(row, list) and all(tag is None or isinstance(tag, str) for tag in row)
