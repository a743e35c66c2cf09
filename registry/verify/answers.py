"""Kept predictions held against the data set's own answers, where the data is at hand. Needs no torch."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.evidence.digest_cache import Remembered
from registry.types import Claim, DatasetError, Evidence, PredictionsError
from registry.verify.datasets import Dataset, find, name_of, plugin_of
from registry.verify.engines import Failure, in_worker, is_worker
from registry.verify.predictions import KeptPredictions
from registry.verify.tasks import BUILT_IN, Task, task_that_scores


class RightAnswers:
    """The answers of the data sets that are at hand, each read once."""

    def __init__(self, data: Mapping[str, Path], remembered: Remembered) -> None:
        self._data = data
        self._remembered = remembered
        self._found: dict[tuple[str, str | None, str | None, str, tuple[str, ...]], tuple[Dataset, str] | None] = {}

    def compare(self, evidence: Evidence, predictions: KeptPredictions) -> str | None:
        """Which of the kept answers is not the data set's, as one sentence; empty where all are.

        Returns:
            `None` where the data is not at hand, or is other data than the record's.

        Raises:
            PredictionsError: The task whose predictions these are is not here, or a stranger's code does not answer.
        """
        name = evidence.claim.dataset.name if evidence.claim.dataset else ""
        if is_worker() or (predictions.task in BUILT_IN and plugin_of(name) is None):
            return self._compare(evidence, predictions)
        beside = partial(_compare, self._data, self._remembered)
        difference = in_worker(beside, (evidence, predictions))
        if isinstance(difference, Failure):
            raise PredictionsError(f"the right answers of {name} cannot be read: {difference.reason}")
        return difference

    def _compare(self, evidence: Evidence, predictions: KeptPredictions) -> str | None:
        task = task_that_scores(predictions)
        dataset_found = self._dataset(evidence.claim, predictions, task)
        if dataset_found is None or dataset_found[1] != evidence.digests.get("dataset"):
            return None
        dataset = dataset_found[0]
        number = {name: index for index, name in enumerate(dataset.names)}
        indices = [number.get(str(name), -1) for name in predictions.samples]
        if -1 in indices:
            return f"its sample {predictions.samples[indices.index(-1)]} is none of {dataset.name}"
        if len(set(indices)) < len(indices):
            return f"it holds a sample of {dataset.name} twice"
        right = task.references(dataset, np.asarray(indices, np.int64))
        for name, answers in right.items():
            stored = predictions.arrays.get(name)
            if isinstance(answers, list) and isinstance(predictions.documents.get(name), list):
                stored, answers = _as_texts(predictions.documents[name]), _as_texts(answers)
            if stored is None or not isinstance(answers, np.ndarray) or stored.shape != answers.shape:
                continue
            wrong = np.flatnonzero((stored != answers).reshape(len(answers), -1).any(axis=1))
            if len(wrong):
                first = predictions.samples[int(wrong[0])]
                return f"{len(wrong)} of its right answers are not those of {dataset.name}, such as that of {first}"
        return ""

    def _dataset(self, claim: Claim, predictions: KeptPredictions, task: Task) -> tuple[Dataset, str] | None:
        if claim.dataset is None:
            return None
        # The classes that the predictions were numbered by are the order in which the model numbers them.
        ref, classes = claim.dataset, tuple(predictions.classes)
        key = name_of(ref, self._data), ref.config, ref.split, task.answers, classes
        if key not in self._found:
            try:
                dataset = find(
                    key[0],
                    self._data,
                    answers=task.answers,
                    categories=classes or None,
                    split=ref.split,
                    config=ref.config,
                )
                self._found[key] = dataset, dataset.fingerprint(self._remembered)
            except DatasetError:
                self._found[key] = None
        return self._found[key]


def _compare(
    data: Mapping[str, Path], remembered: Remembered, arguments: tuple[Evidence, KeptPredictions]
) -> str | None:
    return RightAnswers(data, remembered)._compare(*arguments)


def _as_texts(document: Sequence[Any]) -> npt.NDArray[np.object_]:
    """A document with an entry for each sample, so that it compares as arrays do."""
    return np.array([json.dumps(entry, sort_keys=True) for entry in document], object)
