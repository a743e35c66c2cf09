"""A data set under another of its names.

What:
    A result names a known data set in another spelling than the usual one: `ImageNet-1k`, `Imagenet`, `CIFAR100`. It
    is said once for each spelling in a file. A project can add names, or replace those that come with `mir`, in a file
    that `vocabulary` in `[tool.mir]` names.

Why:
    Results on `CIFAR100` and on `CIFAR-100` end up in two tables.

Bad:
    Models:
    - Name: resnet50
      Results:
      - Task: Image Classification
        Dataset: Imagenet
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

from registry.checks.document_texts import Document
from registry.checks.keys import named, respelling
from registry.checks.rule import Context, Problem, rule


@rule("MIR501", "dataset-spelling", "info", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    yield from respelling(named(document, "Dataset"), context.vocabulary.dataset, "data set")
