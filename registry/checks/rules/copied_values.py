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
from functools import lru_cache
from typing import NamedTuple

from registry.checks.card_view import CardView
from registry.checks.message_text import among, short
from registry.checks.rule import Context, Problem, rule
from registry.checks.whole import Whole
from registry.types import Location, Result
from registry.vocabulary import fold
from registry.vocabulary.vocabulary import conditions, is_measured

_DIALECTS = ("model-index", "metafile")
_DIGITS = 3
_IN_MODEL, _ELSEWHERE = 2, 3
"""Numbers with so many digits that no two evaluations share by chance: in one model, and of two models."""


class _Reported(NamedTuple):
    """A result that no other has by chance: its data set and numbers, whose it is, and where."""

    of: tuple[str, tuple[tuple[str, str], ...]]
    model: str
    weights: tuple[str, ...]
    place: Location


def reported_of(view: CardView) -> list[_Reported]:
    """The results of a card with numbers enough to be told from all others."""
    results = []
    for model in view.card.models:
        if model.dialect not in _DIALECTS:
            continue
        weights: tuple[str, ...] | None = None
        for result in model.results:
            values = _values(result)
            if len(values) >= _ELSEWHERE:
                if weights is None:
                    weights = tuple(file.url for file in model.weights)
                of = fold(result.dataset.name), values
                results.append(_Reported(of, model.name, weights, result.metrics[0].location))
    return results


def _across(whole: Whole, context: Context) -> Iterator[Problem]:
    elsewhere: dict[tuple[object, ...], list[_Reported]] = defaultdict(list)
    for card, results in whole.facts(reported_of):
        zoo = whole.zoo(card)
        for result in results:
            elsewhere[zoo, result.of].append(result)
    for one, *others in elsewhere.values():
        for other in others:
            if one.model != other.model and one.weights != other.weights:
                yield Problem(
                    f"{short(other.model)} has the numbers of {short(one.model)}, and other weights",
                    other.place,
                    related=(one.place,),
                    severity="info",
                )


@rule("MIR314", "copied-values", "warning", "card", facts=(reported_of,), across=_across)
def check(view: CardView, context: Context) -> Iterator[Problem]:
    for model in view.card.models:
        if model.dialect not in _DIALECTS:
            continue
        firsts: dict[tuple[object, ...], Result] = {}
        for result in model.results:
            values = _values(result)
            if len(values) >= _IN_MODEL:
                key = (values, result.downstream, conditions(result.metrics))
                first = firsts.setdefault(key, result)
                if fold(first.dataset.name) != fold(result.dataset.name):
                    numbers = among([value for _, value in values], 3)
                    yield Problem(
                        f"{numbers} on {short(result.dataset.name)} are the numbers of {short(first.dataset.name)}",
                        result.metrics[0].location,
                        related=(first.metrics[0].location,),
                    )


@lru_cache(maxsize=65536)
def _is_precise(number: str) -> bool:
    """Whether a printed number has digits enough."""
    digits = "".join(letter for letter in number if letter.isdigit()).strip("0")
    return len(digits) >= _DIGITS and "." in number


def _values(result: Result) -> tuple[tuple[str, str], ...]:
    """The numbers of a result that have digits enough, by their names."""
    return tuple(
        (fold(" ".join((*metric.within, metric.name))), metric.text)
        for metric in result.metrics
        if _is_precise(metric.text) and is_measured(metric)
    )
