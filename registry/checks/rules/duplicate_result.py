"""One result twice.

What:
    A model reports the same metric for the same task and data more than once. Where the numbers differ it is an error,
    otherwise a warning.

Why:
    Only one of the numbers is read, and which one depends on the program.

Bad:
    Models:
    - Name: AlexNet
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 56.55%
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 57.10%

Good:
    Models:
    - Name: AlexNet
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 56.55%
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from registry.checks.context import Context
from registry.checks.entry import Entry, result_key
from registry.checks.rule import Problem, rule
from registry.types import Metric
from registry.vocabulary import fold


@rule("MIR308", "duplicate-result", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    if entry.model is None or (len(entry.model.results) < 2 and entry.model.dialect in ("model-index", "metafile")):
        return
    first: dict[tuple[Hashable, ...], Metric] = {}
    for result in entry.model.results:
        where = result_key(result, context.vocabulary)
        for metric in result.metrics:
            extra = str(sorted((key, str(value)) for key, value in metric.extra.items()))
            term = context.vocabulary.metrics.get(fold(metric.name))
            key = (
                *where,
                term.subject if term else fold(metric.name),
                metric.type,
                str(metric.args),
                extra,
                result.source_url,
            )
            other = first.setdefault(key, metric)
            if other is not metric:
                same = other.value == metric.value
                yield Problem(
                    f"{metric.type or metric.name} was already reported for this task and data"
                    + (
                        ""
                        if same
                        else f", as {other.text or other.value} where here it is {metric.text or metric.value}"
                    ),
                    metric.location,
                    related=(other.location,),
                    severity="warning" if same else None,
                )
