"""One class for each picture: Top 1, Top 5, and the accuracy of each class."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from registry.evidence.rejudge.wilson import wilson
from registry.types import Unverifiable
from registry.verify.datasets import Labelled, check_classes
from registry.verify.evaluators.base import Score, logits_of
from registry.verify.evaluators.counting import stat_scores

KEPT = 5
"""Best answers that are kept of each sample."""

_SUBJECT = re.compile(r"(?:top-(?P<k>\d+)-)?(?P<what>accuracy|error)")
_CHUNK = 4096


class Classification:
    """See `Evaluator`. Keeps the best five answers of each sample and forgets the rest."""

    def __init__(self, dataset: Labelled, *, order: Sequence[int] | None = None) -> None:
        """Gather answers to a dataset.

        Args:
            dataset: The samples.
            order: Which output means each class of the dataset, where that is not the one of the same number.
        """
        self._dataset = dataset
        self._labels = dataset.labels if order is None else np.asarray(order, np.int64)[dataset.labels]
        self._indices: list[npt.NDArray[np.int64]] = []
        self._top: list[torch.Tensor] = []
        self._scores: list[torch.Tensor] = []
        self._outputs = 0

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """The right output for every sample of the dataset."""
        return self._labels

    @property
    def outputs(self) -> int:
        """How many outputs the model has; zero before the first batch."""
        return self._outputs

    @staticmethod
    def takes(subject: str) -> bool:
        """Whether this is a metric of classification that the kept answers give."""
        match = _SUBJECT.fullmatch(subject)
        return match is not None and 1 <= int(match["k"] or 1) <= KEPT

    def update(self, indices: Sequence[int], outputs: Any, masks: torch.Tensor | None = None) -> None:  # noqa: ARG002
        """See `Evaluator`. Nothing here waits for the device."""
        logits = logits_of(outputs).flatten(1).float()
        self._outputs = logits.shape[1]
        check_classes(self._dataset, self._outputs)
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

    def _gather(self) -> None:
        """Bring the answers from the device, each of them once however often one looks."""
        self._top = [each.cpu() for each in self._top]
        self._scores = [each.cpu() for each in self._scores]

    def answers(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """Everything taken: (n,) samples in the dataset's order, (n, k) best classes and (n, k) their scores."""
        self._gather()
        width = min((each.shape[1] for each in self._top), default=0)
        indices = np.concatenate([np.empty(0, np.int64), *self._indices])
        top = torch.cat([torch.empty(0, width), *(each[:, :width] for each in self._top)])
        scores = torch.cat([torch.empty(0, width), *(each[:, :width] for each in self._scores)])
        order = np.argsort(indices, kind="stable")
        return indices[order], top.numpy().astype(np.int32)[order], scores.numpy().astype(np.float32)[order]

    def hits(self, subject: str) -> npt.NDArray[np.bool_]:
        """Whether each sample counts for a metric, in the order in which they were taken."""
        k, wants_right = _read(subject)
        indices = np.concatenate([np.empty(0, np.int64), *self._indices])
        self._gather()
        top = [each[:, :k].numpy() for each in self._top]
        if not top:
            return np.empty(0, np.bool_)
        width = min(each.shape[1] for each in top)
        best = np.concatenate([each[:, :width] for each in top])
        found: npt.NDArray[np.bool_] = (best == self._labels[indices][:, None]).any(axis=1)
        return found if wants_right else ~found

    def score(self, subject: str) -> Score:
        """See `Evaluator`."""
        k, wants_right = _read(subject)
        indices, top, _ = self.answers()
        labels = self._labels[indices]
        right_of, samples_of = by_class(
            labels, top, min(k, top.shape[1]), max(self._outputs, len(self._dataset.classes))
        )
        right, samples = int(right_of.sum()), len(indices)
        counted = right if wants_right else samples - right
        return Score(
            value=counted / samples if samples else 0.0,
            samples=samples,
            right=counted,
            interval=wilson(counted, samples),
            details={"per_class": self._per_class(right_of, samples_of)} if wants_right else {},
        )

    def _per_class(self, right: npt.NDArray[np.int64], samples: npt.NDArray[np.int64]) -> dict[str, str]:
        """By class name, how many of its samples are right of how many."""
        names = self._dataset.classes
        return {names[each]: f"{right[each]}/{samples[each]}" for each in np.flatnonzero(samples[: len(names)])}


def _read(subject: str) -> tuple[int, bool]:
    """How many best answers a metric looks at, and whether it counts those that are right."""
    match = _SUBJECT.fullmatch(subject)
    if match is None or not Classification.takes(subject):
        raise Unverifiable(f"{subject} cannot be taken from the {KEPT} best answers that are kept of each sample")
    return int(match["k"] or 1), match["what"] == "accuracy"


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
