"""A name that is one slip away from a known one.

What:
    A result's data set, task or metric is unknown, and resembles a known one: `ImagNet`, `Top 1 Acuracy`. Names that
    differ in their digits are not compared: `CIFAR-20` is no slip of `CIFAR-10`.

Why:
    The result stands alone in tables, where it should stand with the others.

Bad:
    Models:
    - Name: resnet50
      Results:
      - Task: Image Classification
        Dataset: ImagNet
        Metrics:
          Top 1 Accuracy: 76.55%

Good:
    Models:
    - Name: resnet50
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 76.55%
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.card_view import Entry
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule


@rule("MIR504", "name-slip", "warning", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    if entry.dialect not in ("model-index", "metafile"):
        return
    words = context.vocabulary
    for result in entry.results:
        for noun, name, meant in (
            ("data set", result.dataset.name, words.slip_of_dataset(result.dataset.name)),
            ("task", result.task, words.slip_of_task(result.task)),
        ):
            if meant:
                yield Problem(f"the {noun} {short(name)} is unknown", result.location, f"Is '{meant}' meant?")
        for metric in result.metrics:
            meant = words.slip_of_metric(metric.name)
            if meant:
                message = f"the metric {short(metric.name)} is unknown"
                yield Problem(message, metric.key_location, f"Is '{meant}' meant?")
