"""Whether samples are what they are called, and a fingerprint by which two people know that they have the same."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from registry.evidence.digest_cache import Remembered
from registry.files import reason
from registry.types import DatasetError, DatasetRef
from registry.verify.datasets import Dataset
from registry.vocabulary.dataset_sizes import published_split


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What is known of a data set's samples.

    Attributes:
        complete: Whether they are known to be all samples of the split that the card names.
        subset: Why they are not, as one clause; empty where they are, or nobody knows.
        contents: Digest of the samples alone, whatever their names and order; empty where they cannot be told apart.
        repeated: How many samples are equal to another one.
        class_order: How the order of the classes was found; `guessed` where nothing says it.
    """

    complete: bool = False
    subset: str = ""
    contents: str = ""
    repeated: int = 0
    class_order: str = ""


def identify(ref: DatasetRef, dataset: Dataset, remembered: Remembered) -> Identity:
    """Hold a data set against what is published of the one that a card names.

    Raises:
        DatasetError: A file cannot be read.
    """
    samples, published = len(dataset.names), published_split(ref)
    contents, repeated = _contents(dataset, remembered)
    complete, subset = False, ""
    if published.known is not None and (sizes := published.known.sizes(published.split)):
        labels = getattr(dataset, "labels", None)
        classes = None if labels is None else len(np.unique(labels))
        strange = bool(published.known.contents) and contents not in published.known.contents
        complete = published.known.is_whole(published.split, samples, classes) and not strange
        if not complete:
            whole = " or ".join(map(str, sizes))
            of = f" of {classes} classes" if classes is not None and published.known.classes else ""
            suffix = f" of {published.known.classes}" if of else ""
            subset = (
                f"{samples} samples{of} are a part of {published.known.name} ({published.split}) or other data: "
                f"it has {whole}{suffix}, so that this is no verdict on the card"
            )
    return Identity(
        complete=complete,
        subset=subset,
        contents=contents,
        repeated=repeated,
        class_order=getattr(dataset, "class_order", ""),
    )


def _contents(dataset: Any, remembered: Remembered) -> tuple[str, int]:
    if not hasattr(dataset, "sample_digests"):
        return "", 0
    try:
        counts: Counter[str] = Counter(dataset.sample_digests(remembered))
    except OSError as error:
        raise DatasetError(f"a file of {dataset.name} cannot be read: {reason(error)}") from error
    whole = hashlib.sha256("\n".join(sorted(counts.elements())).encode()).hexdigest()
    return f"sha256:{whole}", sum(count for count in counts.values() if count > 1)
