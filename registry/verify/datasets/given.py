"""Which of the data sets that the caller has is the one that a card names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from registry.types import DatasetRef
from registry.verify.datasets import canonical
from registry.verify.datasets.sources import source
from registry.vocabulary.sizes import named_split


def name_of(named: DatasetRef, data: Mapping[str, Path]) -> str:
    """The name to find a dataset by: its Hub id or its name without the split where only that is one of `data`."""
    here = {canonical(each) for each in data}
    known = named_split(named.name).known
    if source(named.name) is not None:
        known = None  # found by any of its names, which say the split, the pass or the labels that are meant
    names = (named.name, named.type, None if known is None else known.name)
    return next((each for each in names if each and canonical(each) in here), named.name)
