"""Evaluators by the metrics that they measure. Adding one means one file here and one line below."""

from __future__ import annotations

from typing import Literal

from registry.verify.evaluators.base import Evaluator, Score
from registry.verify.evaluators.classification import Classification
from registry.verify.evaluators.segmentation import Segmentation

__all__ = ["KINDS", "Classification", "Evaluator", "Kind", "Score", "Segmentation", "kind_of"]

Kind = Literal["labels", "masks"]
"""What an evaluator compares answers with: a class for each picture, or one for each pixel."""

KINDS: dict[Kind, type[Classification] | type[Segmentation]] = {"labels": Classification, "masks": Segmentation}


def kind_of(subject: str) -> Kind | None:
    """Which evaluator measures a subject, `None` where none does."""
    return next((kind for kind, evaluator in KINDS.items() if evaluator.takes(subject)), None)
