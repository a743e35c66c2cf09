"""Something that does not belong in a number.

What:
    A metric that `mir` does not know, whose values are numbers elsewhere, has one with something behind it: `0.89s`,
    `32.86$`; or a number stands between signs that no unit has.

Why:
    The value is read as text, and the claim is lost.

Bad:
    Models:
    - Name: a
      Results:
      - {Task: Optical Flow, Dataset: Sintel, Metrics: {Outliers: 4.1, Odd: 32.86$}}

Good:
    Models:
    - Name: a
      Results:
      - {Task: Optical Flow, Dataset: Sintel, Metrics: {Outliers: 4.1, Odd: 32.86}}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.message_text import short
from registry.checks.rule import Problem, rule
from registry.lazy_regex import lazy_regex
from registry.types import Metric, Quantity, QuantityError
from registry.vocabulary import Vocabulary, fold
from registry.vocabulary.condition_names import is_measured

_BEGUN = lazy_regex(r"[+-]?\.?\d")
_SIGNS = lazy_regex(r"[+-]?\d+(?:\.\d+)?\s*[$#&*;:!?|\\<>=\]\[{}`~^@,]+")
_USUAL = 3
"""Numbers of a metric that make a text among them a slip."""


@rule("MIR209", "junk-in-number", "error", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    texts: dict[tuple[str, str], list[Metric]] = defaultdict(list)
    numbers: dict[tuple[str, str], int] = defaultdict(int)
    for entry in context.models:
        if entry.model is None or entry.model.dialect not in ("model-index", "metafile"):
            continue
        zoo = context.zoo(entry.card)
        for result in entry.model.results:
            for metric in result.metrics:
                if _is_known(metric, context.vocabulary):
                    continue
                key = zoo, fold(metric.name)
                if isinstance(metric.value, str) and not _is_number(metric.value):
                    texts[key].append(metric)
                else:
                    numbers[key] += 1
    for key, metrics in texts.items():
        usual = numbers[key] >= max(_USUAL, 3 * len(metrics))
        for metric in metrics:
            text = metric.text.strip()
            if _SIGNS.fullmatch(text) or (usual and _BEGUN.match(text)):
                yield Problem(f"{metric.name}: {short(text)} is not a number", metric.location)


def _is_known(metric: Metric, words: Vocabulary) -> bool:
    return words.metric(metric.name) is not None or not is_measured(metric)


def _is_number(text: str) -> bool:
    try:
        Quantity.parse(text, "ratio")
    except QuantityError:
        try:
            Quantity.parse(text)
        except QuantityError:
            return False
    return True
