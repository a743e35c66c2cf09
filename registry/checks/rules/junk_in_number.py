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

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from registry.checks.card_view import CardView
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.whole import Whole
from registry.lazy_regex import lazy_regex
from registry.types import Location, Metric, Quantity, QuantityError
from registry.vocabulary import Vocabulary, fold
from registry.vocabulary.vocabulary import is_measured

_BEGUN = lazy_regex(r"[+-]?\.?\d")
_SIGNS = lazy_regex(r"[+-]?\d+(?:\.\d+)?\s*[$#&*;:!?|\\<>=\]\[{}`~^@,]+")
_USUAL = 3
"""Numbers of a metric that make a text among them a slip."""


class _Text(NamedTuple):
    """A text where a metric's number is expected."""

    name: str
    text: str
    place: Location


class _Unknown(NamedTuple):
    """The metrics of a card that nobody knows, by their folded names: how many are numbers, and the others."""

    numbers: dict[str, int]
    texts: dict[str, list[_Text]]


def unknown_of(view: CardView) -> _Unknown | None:
    """The metrics of a card that the vocabulary lacks."""
    unknowns = _Unknown({}, {})
    for model in view.card.models:
        for result in model.results if model.dialect in ("model-index", "metafile") else ():
            for metric in result.metrics:
                if _is_known(metric, view.vocabulary):
                    continue
                name = fold(metric.name)
                if isinstance(metric.value, str) and not _is_number(metric.value):
                    unknowns.texts.setdefault(name, []).append(_Text(metric.name, metric.text, metric.location))
                else:
                    unknowns.numbers[name] = unknowns.numbers.get(name, 0) + 1
    return unknowns if unknowns.numbers or unknowns.texts else None


@rule("MIR209", "junk-in-number", "error", "index", facts=(unknown_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    texts: dict[tuple[str, str], list[_Text]] = defaultdict(list)
    numbers: Counter[tuple[str, str]] = Counter()
    for card, unknowns in whole.facts(unknown_of):
        zoo = whole.zoo(card)
        for name, count in unknowns.numbers.items():
            numbers[zoo, name] += count
        for name, entries in unknowns.texts.items():
            texts[zoo, name] += entries
    for key, metrics in texts.items():
        usual = numbers[key] >= max(_USUAL, 3 * len(metrics))
        for metric in metrics:
            text = metric.text.strip()
            if _SIGNS.fullmatch(text) or (usual and _BEGUN.match(text)):
                yield Problem(f"{metric.name}: {short(text)} is not a number", metric.place)


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
