"""Datasets that were found in a run, so that each is listed and its fingerprint taken once, however many claims ask."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from registry.evidence.digest_cache import Remembered
from registry.types import DatasetError, DatasetRef
from registry.verify.accuracy.identity import Identity, identify
from registry.verify.datasets import Dataset, find, name_of, plugin_of, whereabouts
from registry.verify.engines import Failure, in_worker, is_worker

Categories = tuple[str, ...] | None
Wanted = tuple[str, str | None, str | None, str, Categories]


class DatasetCache:
    """Finds each dataset once."""

    def __init__(self, data: Mapping[str, Path], remembered: Remembered) -> None:
        self._data = data
        self._remembered = remembered
        self._found: dict[Wanted, tuple[Dataset, str] | DatasetError] = {}
        self._about: dict[Wanted, tuple[int, str] | Failure] = {}
        self._identities: dict[tuple[str, str | None, str | None, str], Identity] = {}

    def find(self, ref: DatasetRef, answers: str, categories: Categories) -> tuple[Dataset, str]:
        """A dataset as the model's categories number it, and its fingerprint.

        Args:
            ref: The dataset as a card names it: by `name`, or by the Hub's id in `type`.
            answers: What it must hold for each sample, as tasks say it.
            categories: The model's own class names, in the order of its outputs.

        Raises:
            DatasetError: It is not here, or is not what it should be.
        """
        name = name_of(ref, self._data)
        key = (name, ref.config, ref.split, answers, categories)
        if key not in self._found:
            try:
                dataset = find(
                    name,
                    self._data,
                    answers=answers,
                    categories=categories,
                    split=ref.split,
                    config=ref.config,
                )
                self._found[key] = (dataset, dataset.fingerprint(self._remembered))
            except DatasetError as error:
                self._found[key] = error
        result = self._found[key]
        if isinstance(result, DatasetError):
            raise DatasetError(result.message)
        return result

    def about(self, ref: DatasetRef, answers: str, categories: Categories) -> tuple[int, str]:
        """How many samples a dataset has, and its fingerprint; see `find`. What a plug-in reads is read in a worker."""
        name = name_of(ref, self._data)
        key = (name, ref.config, ref.split, answers, categories)
        if is_worker() or plugin_of(name) is None:
            dataset, fingerprint = self.find(ref, answers, categories)
            return len(dataset.names), fingerprint
        if key not in self._about:
            whereabouts(name, self._data, answers=answers)
            beside = partial(_about, self._data, self._remembered)
            self._about[key] = in_worker(beside, (ref, answers, categories))
        result = self._about[key]
        if isinstance(result, Failure):
            raise DatasetError(result.reason if result.expected else f"{name} cannot be read: {result.reason}")
        return result

    def identify(self, ref: DatasetRef, dataset: Dataset, fingerprint: str) -> Identity:
        """Whether a dataset is the one that a card names.

        Raises:
            DatasetError: A file cannot be read.
        """
        key = ref.name, ref.config, ref.split, fingerprint
        if key not in self._identities:
            self._identities[key] = identify(ref, dataset, self._remembered)
        return self._identities[key]


def _about(
    data: Mapping[str, Path], remembered: Remembered, request: tuple[DatasetRef, str, Categories]
) -> tuple[int, str]:
    return DatasetCache(data, remembered).about(*request)
