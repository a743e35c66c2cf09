"""Results that are another data set's or another model's.

What:
    A model reports the very same numbers, two or more with three digits at least, on two data sets. That two models
    with other weights report the same, three numbers or more, is a remark.

Why:
    No evaluation comes out alike to the last digit on other data: the block was copied and not changed.

Bad:
    Models:
    - Name: restormer
      Results:
      - {Task: Deblurring, Dataset: IndoorScenes, Metrics: {PSNR: 26.6160, SSIM: 0.8346}}
      - {Task: Deblurring, Dataset: OutdoorScenes, Metrics: {PSNR: 26.6160, SSIM: 0.8346}}

Good:
    Models:
    - Name: restormer
      Results:
      - {Task: Deblurring, Dataset: IndoorScenes, Metrics: {PSNR: 29.4820, SSIM: 0.8952}}
      - {Task: Deblurring, Dataset: OutdoorScenes, Metrics: {PSNR: 23.9700, SSIM: 0.7731}}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.message_text import among, short
from registry.checks.rule import Problem, rule
from registry.types import Result
from registry.vocabulary import fold
from registry.vocabulary.condition_names import conditions, is_measured

_DIGITS = 3
_IN_MODEL, _ELSEWHERE = 2, 3
"""Numbers with so many digits that no two evaluations share by chance: in one model, and of two models."""


@rule("MIR314", "copied-values", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    elsewhere: dict[tuple[object, ...], list[tuple[Entry, Result]]] = defaultdict(list)
    for entry in context.models:
        model = entry.model
        if model is None or model.dialect not in ("model-index", "metafile"):
            continue
        seen: dict[tuple[object, ...], Result] = {}
        for result in model.results:
            values = _values(result)
            data = fold(result.dataset.name)
            if len(values) >= _IN_MODEL:
                key = (values, result.downstream, conditions(result.metrics))
                first = seen.setdefault(key, result)
                if fold(first.dataset.name) != data:
                    said = among([value for _, value in values], 3)
                    yield Problem(
                        f"{said} on {short(result.dataset.name)} are the numbers of {short(first.dataset.name)}",
                        result.metrics[0].location,
                        related=(first.metrics[0].location,),
                    )
            if len(values) >= _ELSEWHERE:
                elsewhere[context.zoo(entry.card), data, values].append((entry, result))
    for places in elsewhere.values():
        (one, original), *others = places
        for other, again in others:
            if one.owner.name != other.owner.name and _weights(one) != _weights(other):
                yield Problem(
                    f"{short(other.owner.name)} has the numbers of {short(one.owner.name)}, and other weights",
                    again.metrics[0].location,
                    related=(original.metrics[0].location,),
                    severity="info",
                )


def _values(result: Result) -> tuple[tuple[str, str], ...]:
    """The numbers of a result that have digits enough, by their names."""
    found = []
    for metric in result.metrics:
        digits = "".join(letter for letter in metric.text if letter.isdigit()).lstrip("0")
        if is_measured(metric) and len(digits.rstrip("0")) >= _DIGITS and "." in metric.text:
            found.append((fold(" ".join((*metric.within, metric.name))), metric.text))
    return tuple(found)


def _weights(entry: Entry) -> object:
    return None if entry.model is None else tuple(each.url for each in entry.model.weights)
