"""Datasets that were found in a run, so that each is listed and its fingerprint taken once, however many claims ask."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from registry.evidence.digest_cache import Remembered
from registry.types import DatasetError, DatasetRef
from registry.verify.datasets import Dataset, canonical, find

Categories = tuple[str, ...] | None


class DatasetCache:
    """Finds each dataset once.

    Args:
        data: Folder of each dataset by its name.
        remembered: Digests of files that were read before.
    """

    def __init__(self, data: Mapping[str, Path], remembered: Remembered) -> None:
        self._data = data
        self._remembered = remembered
        self._found: dict[tuple[str, str, Categories], tuple[Dataset, str] | DatasetError] = {}

    def find(self, named: DatasetRef, answers: str, categories: Categories) -> tuple[Dataset, str]:
        """A dataset as the model's categories number it, and its fingerprint.

        Args:
            named: The dataset as a card names it: by `name`, or by the Hub's id in `type`.
            answers: What it must hold for each sample, as tasks say it.
            categories: The model's own class names, in the order of its outputs.

        Raises:
            DatasetError: It is not here, or is not what it should be.
        """
        name = name_of(named, self._data)
        wanted = (name, answers, categories)
        if wanted not in self._found:
            try:
                dataset = find(name, self._data, answers=answers, categories=categories)
                self._found[wanted] = (dataset, dataset.fingerprint(self._remembered))
            except DatasetError as error:
                self._found[wanted] = error
        found = self._found[wanted]
        if isinstance(found, DatasetError):
            raise DatasetError(found.message)
        return found


def name_of(named: DatasetRef, data: Mapping[str, Path]) -> str:
    """The name to find a dataset by: its Hub id where only that is one of `data`, else its name."""
    here = {canonical(each) for each in data}
    return next((each for each in (named.name, named.type) if each and canonical(each) in here), named.name)
