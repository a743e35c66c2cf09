"""One result twice.

What:
    Two results of a model report the same metrics for the same task and data, and nothing says in what they differ:
    neither a split or revision of the data, nor a condition among the metrics, such as `Iter: 400000` or `Scale: 4`.
    Where the numbers differ it is an error, otherwise a warning.

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

from collections import defaultdict
from collections.abc import Hashable, Iterator

from registry.checks.card_view import Entry, result_key
from registry.checks.message_text import among
from registry.checks.rule import Context, Problem, rule
from registry.types import Metric, Result
from registry.vocabulary import Vocabulary, fold
from registry.vocabulary.vocabulary import is_measured

_MANY = 4
"""Repetitions in one model that have one cause: a condition that none of its results names."""

_SHOWN = 3
"""Metrics of a result that are named; a result with fifty would fill the screen."""


@rule("MIR308", "duplicate-result", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    if len(entry.results) < 2 and entry.dialect in ("model-index", "metafile"):
        return
    first: dict[tuple[Hashable, ...], tuple[Metric, Result]] = {}
    groups: dict[tuple[bool, tuple[str, ...]], list[Problem]] = defaultdict(list)
    for result in entry.results:
        where = result_key(result, context.vocabulary)
        again: dict[int, list[tuple[Metric, Metric]]] = defaultdict(list)
        for metric in result.metrics:
            if metric.value is None or not is_measured(metric):
                continue
            key = (*where, *_identity(metric, context.vocabulary), result.source_url)
            other, of = first.setdefault(key, (metric, result))
            if other is not metric:
                again[id(of)].append((other, metric))
        for pairs in again.values():
            differ = any(one.value != other.value for one, other in pairs)
            groups[differ, tuple(metric.name for _, metric in pairs)].append(_problem(pairs))
    for problems in groups.values():
        yield from problems if len(problems) < _MANY else [_together(problems)]


def _together(problems: list[Problem]) -> Problem:
    """One for a model that reports the same metrics again and again, and never says of what."""
    first, *more = problems
    related = (*first.related, *(problem.location for problem in more))
    return first._replace(message=f"{first.message}; and so {len(more)} times more in this model", related=related)


def _identity(metric: Metric, words: Vocabulary) -> tuple[Hashable, ...]:
    name = metric.name or metric.type or ""
    term = words.metrics.get(fold(name))
    extra = str(sorted((key, str(value)) for key, value in metric.extra.items()))
    # What the author reports may stand beside what the Hub has verified.
    verified = metric.verified
    return (term.subject if term else fold(name), metric.within, metric.type, str(metric.args), verified, extra)


def _problem(pairs: list[tuple[Metric, Metric]]) -> Problem:
    """One for each two results, whatever number of metrics they share."""
    differing = [(one, other) for one, other in pairs if one.value != other.value]
    names = among([metric.name or metric.type or "a metric" for _, metric in pairs], _SHOWN)
    verb = "was" if len(pairs) == 1 else "were"
    message = f"{names} {verb} already reported for this task and data"
    if differing:
        before = among([str(one.text or one.value) for one, _ in differing], _SHOWN)
        now = among([str(other.text or other.value) for _, other in differing], _SHOWN)
        message += f", as {before} where here {'it is' if len(differing) == 1 else 'they are'} {now}"
    first, metric = differing[0] if differing else pairs[0]
    return Problem(
        message,
        metric.location,
        "Say in what the two differ." if differing else "",
        related=(first.location,),
        severity=None if differing else "warning",
    )
