"""What a model predicts, taken batch by batch on its device and brought together at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from registry.types import Unverifiable
from registry.verify.datasets import Dataset
from registry.verify.predictions import KeptPredictions
from registry.verify.tasks import Score, Task
from registry.verify.tasks.task import logits_of


class Gatherer:
    """Gathers the predictions of one model on one dataset.

    Attributes:
        outputs: How many outputs the model has, where it gives a vector for each sample; zero otherwise.
    """

    def __init__(self, task: Task, dataset: Dataset) -> None:
        self.task = task
        self.dataset = dataset
        self._indices: list[np.ndarray] = []
        self._rows: list[Mapping[str, Any]] = []
        self._unreadable: dict[int, str] = {}
        self.outputs = 0
        self._not_numbers: list[torch.Tensor] = []
        self._last: tuple[tuple[int, int], KeptPredictions] | None = None

    @property
    def not_numbers(self) -> int:
        """Samples whose outputs hold NaN, which is no number and is no answer."""
        return int(sum(int(count) for count in self._not_numbers))

    @property
    def answered(self) -> int:
        """Samples that the model answered."""
        return sum(map(len, self._indices))

    @property
    def taken(self) -> int:
        """How many samples were taken, those that could not be read included."""
        return self.answered + len(self._unreadable)

    def update(self, indices: Sequence[int], outputs: Any, references: Any = None) -> None:
        """Take a batch; see `Task.predictions`."""
        self._rows.append(self.task.predictions(outputs, references, indices, self.dataset))
        self._indices.append(np.asarray(indices, np.int64))
        with suppress(
            Unverifiable, AttributeError, IndexError, RuntimeError, TypeError
        ):  # of another kind, as boxes are
            # Nothing here waits for the device.
            self._not_numbers.append(logits_of(outputs).flatten(1).isnan().any(dim=1).sum())
        scores = outputs if isinstance(outputs, torch.Tensor) else getattr(outputs, "logits", None)
        self.outputs = scores.shape[1] if isinstance(scores, torch.Tensor) and scores.ndim == 2 else 0

    def unreadable(self, index: int, why: str = "") -> None:
        """Take a sample that could not be read: the task says what that counts as."""
        self._unreadable[index] = why

    def kept(
        self, *, model: str = "", digests: Mapping[str, str] | None = None, drawn: bool = False
    ) -> KeptPredictions:
        """Everything that was taken, samples in the dataset's order, or in that of drawing, unreadable ones at the end.

        What stands in the dataset's order is remembered, since every metric of a model asks for it.

        Raises:
            Unverifiable: No sample could be read.
        """
        counts = len(self._rows), len(self._unreadable)
        if drawn:
            predictions = self._gathered(drawn=True)
        elif self._last is not None and self._last[0] == counts:
            predictions = self._last[1]
        else:
            predictions = self._gathered(drawn=False)
            self._last = counts, predictions
        return replace(predictions, model=model, digests=digests or {})

    def score(self, subject: str) -> Score:
        """A metric of everything that was taken.

        Raises:
            PredictionsError: It cannot be computed from these predictions.
            Unverifiable: No sample could be read.
        """
        return self.task.score(self.kept(), subject)

    def _gathered(self, *, drawn: bool) -> KeptPredictions:
        if not self._rows:
            why = next((why for why in self._unreadable.values() if why), "")
            raise Unverifiable(f"no sample of {self.dataset.name} could be read{why and f': {why}'}")
        # Each tensor is brought from the device once, however often one looks.
        self._rows = [{name: _here(tensor) for name, tensor in rows.items()} for rows in self._rows]
        indices = np.concatenate([*self._indices, np.array([*self._unreadable], np.int64)])
        order = np.arange(len(indices)) if drawn else np.argsort(indices, kind="stable")
        columns = {name: self._column(name, order) for name in self._rows[0]}
        columns |= self.task.references(self.dataset, indices[order])
        names = self.dataset.names
        return KeptPredictions(
            task=self.task.name,
            model="",
            dataset=self.dataset.name,
            samples=np.array([names[index] for index in indices[order]], np.str_),
            classes=tuple(self.dataset.classes),
            arrays={name: np.asarray(column) for name, column in columns.items() if name in self.task.arrays},
            documents={name: column for name, column in columns.items() if name in self.task.documents},
        )

    def _column(self, name: str, order: np.ndarray) -> Any:
        parts, blank = [rows[name] for rows in self._rows], self.task.blank.get(name)
        if name in self.task.documents:
            entries = [entry for part in parts for entry in part] + [blank] * len(self._unreadable)
            return self.task.document(name, [entries[at] for at in order])
        missing = np.full((len(self._unreadable), *parts[0].shape[1:]), blank, parts[0].dtype)
        return np.concatenate([*parts, missing])[order]


def _here(rows: Any) -> Any:
    return rows.cpu().numpy() if isinstance(rows, torch.Tensor) else rows
