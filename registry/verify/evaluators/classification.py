"""One class for each picture: Top 1, Top 5, and the accuracy of each class."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from registry.types import Unverifiable
from registry.verify.datasets import Labelled
from registry.verify.evaluators.base import Score, logits_of
from registry.verify.evaluators.counting import stat_scores
from registry.verify.statistics import wilson

KEPT = 5
"""Best answers that are kept of each sample."""

_SUBJECT = re.compile(r"(?:top-(?P<k>\d+)-)?(?P<what>accuracy|error)")
_CHUNK = 4096


class Classification:
    """See `Evaluator`. Keeps the best five answers of each sample and forgets the rest."""

    def __init__(self, dataset: Labelled) -> None:
        self._dataset = dataset
        self._indices: list[npt.NDArray[np.int64]] = []
        self._top: list[torch.Tensor] = []
        self._scores: list[torch.Tensor] = []
        self._outputs = 0

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """The right class of every sample of the dataset."""
        return self._dataset.labels

    @staticmethod
    def takes(subject: str) -> bool:
        """Whether this is a metric of classification."""
        return _SUBJECT.fullmatch(subject) is not None

    def update(self, indices: Sequence[int], outputs: Any, masks: torch.Tensor | None = None) -> None:  # noqa: ARG002
        """See `Evaluator`. Nothing here waits for the device."""
        logits = logits_of(outputs).flatten(1).float()
        self._outputs = logits.shape[1]
        best = logits.topk(min(KEPT, self._outputs), dim=1)
        # An answer of NaN is none: sorting would put it first.
        answered = ~logits.isnan().any(dim=1, keepdim=True)
        self._indices.append(np.asarray(indices, dtype=np.int64))
        self._top.append(torch.where(answered, best.indices, -1))
        self._scores.append(torch.where(answered, best.values, 0.0))

    def unreadable(self, index: int) -> None:
        """See `Evaluator`."""
        self._indices.append(np.array([index], dtype=np.int64))
        width = min(KEPT, self._outputs or KEPT)
        self._top.append(torch.full((1, width), -1))
        self._scores.append(torch.zeros(1, width))

    def answers(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """Everything taken: (n,) samples in the dataset's order, (n, k) best classes and (n, k) their scores."""
        width = min((each.shape[1] for each in self._top), default=0)
        indices = np.concatenate([np.empty(0, np.int64), *self._indices])
        top = torch.cat([torch.empty(0, width), *(each[:, :width].cpu() for each in self._top)])
        scores = torch.cat([torch.empty(0, width), *(each[:, :width].cpu() for each in self._scores)])
        order = np.argsort(indices, kind="stable")
        return indices[order], top.numpy().astype(np.int32)[order], scores.numpy().astype(np.float32)[order]

    def score(self, subject: str) -> Score:
        """See `Evaluator`."""
        match = _SUBJECT.fullmatch(subject)
        if match is None:
            raise Unverifiable(f"{subject} is no metric of classification")
        k = int(match["k"] or 1)
        indices, top, _ = self.answers()
        if not 1 <= k <= KEPT:
            raise Unverifiable(f"{subject} needs more than the {KEPT} best answers that are kept")
        labels = self._dataset.labels[indices]
        right_of, samples_of = by_class(
            labels, top, min(k, top.shape[1]), max(self._outputs, len(self._dataset.classes))
        )
        right, samples = int(right_of.sum()), len(indices)
        counted = right if match["what"] == "accuracy" else samples - right
        return Score(
            value=counted / samples if samples else 0.0,
            samples=samples,
            right=counted,
            interval=wilson(counted, samples),
            details={"per_class": self._per_class(right_of, samples_of)} if match["what"] == "accuracy" else {},
        )

    def _per_class(self, right: npt.NDArray[np.int64], samples: npt.NDArray[np.int64]) -> dict[str, str]:
        """By class name, how many of its samples are right of how many."""
        names = self._dataset.classes
        return {names[each]: f"{right[each]}/{samples[each]}" for each in np.flatnonzero(samples[: len(names)])}


def by_class(
    labels: npt.NDArray[np.int64], top: npt.NDArray[np.int32], k: int, classes: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each class, how many of its samples have it among their `k` best answers, and how many there are.

    Counted by torchmetrics. A sample without an answer (-1 throughout) counts as wrong.
    """
    right, samples = np.zeros(classes, np.int64), np.bincount(labels, minlength=classes)
    answered = np.flatnonzero((top >= 0).all(axis=1))
    for start in range(0, len(answered), _CHUNK):
        rows = answered[start : start + _CHUNK]
        best = torch.from_numpy(top[rows, :k].astype(np.int64))
        # torchmetrics ranks scores; these give the kept answers their order, and everything else less.
        ranks = torch.zeros(len(rows), classes).scatter_(1, best, torch.arange(k, 0, -1.0).expand(len(rows), k))
        counts = stat_scores(ranks, torch.from_numpy(labels[rows]), classes=classes, top_k=k)
        right += counts[:, 0].numpy()
    return right, samples
