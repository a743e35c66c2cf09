"""torchmetrics' counts, from which every metric here is taken."""

from __future__ import annotations

from typing import Any

import torch

from registry.verify.torchvision_ops import import_torchvision


def stat_scores(answers: torch.Tensor, right: torch.Tensor, *, classes: int, **options: Any) -> torch.Tensor:
    """True and false positives, true and false negatives, and samples, of each class: shape (..., classes, 5).

    See `torchmetrics.functional.classification.multiclass_stat_scores`. It is imported here and not above: torchmetrics
    imports torchvision, which some builds of torch need help with.
    """
    import_torchvision()
    from torchmetrics.functional.classification import multiclass_stat_scores

    return multiclass_stat_scores(answers, right, num_classes=classes, average=None, validate_args=False, **options)
