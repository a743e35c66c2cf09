"""A task under another of its names.

What:
    A result names a known task in another spelling than the usual one: `image classification`. It is said once for each
    spelling in a file.

Why:
    Results of one task end up in two tables.

Bad:
    Models:
    - Name: resnet50
      Results:
      - Task: image-classification
        Dataset: ImageNet
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


@rule("MIR503", "task-spelling", "info", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    yield from respelling(named(document, "Task"), context.vocabulary.task, "task")
