"""A result that is no number.

What:
    In a card of the Hugging Face Hub a metric's value is `.nan`, infinite, a truth value, a list or a mapping.

Why:
    A result is one number, or a text that holds one such as `20.9 +/- 1.2`. Leaderboards leave out what is none, or
    stop at it: JSON has no NaN.

Bad:
    # file: README.md
    ---
    model-index:
    - name: resnet50
      results:
      - task: {type: image-classification}
        dataset: {name: ImageNet, type: imagenet-1k}
        metrics: [{type: accuracy, value: .nan}]
    ---

Good:
    # file: README.md
    ---
    model-index:
    - name: resnet50
      results:
      - task: {type: image-classification}
        dataset: {name: ImageNet, type: imagenet-1k}
        metrics: [{type: accuracy, value: 0.7613}]
    ---
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from registry.checks.context import Context
from registry.checks.document import Document
from registry.checks.hub import card_of, metrics_of
from registry.checks.rule import Problem, rule

_NO_NUMBER = re.compile(r"\s*[+-]?\.?(?:nan|inf|infinity)(?:\s*(?:\+/-|±|\+-)\s*.*)?", re.IGNORECASE)


@rule("MIR708", "hub-value", "warning", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    root = card_of(document, "model")
    for _, metric, path in metrics_of(root) if root is not None else ():
        kind = no_number(metric.get("value", 0))
        if kind:
            label = metric.get("name") or metric.get("type") or "the value"
            message = f"{label} is {kind}, and no result"
            yield Problem(message, metric.location("value", f"{path}.value"))


def no_number(value: Any) -> str | None:
    """What a value is that cannot be a result, in words; `None` for numbers and other texts."""
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, float) and not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinite"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    if isinstance(value, str) and _NO_NUMBER.fullmatch(value):
        return "not a number" if "nan" in value.lower() else "infinite"
    return None
