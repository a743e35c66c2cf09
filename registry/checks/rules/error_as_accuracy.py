"""An accuracy that looks like an error rate.

What:
    A Top 1 accuracy under 10 % beside a Top 5 accuracy more than six times as high, or an accuracy under 10 % on data
    where the other models of the index reach more than 50 %. (Guessing makes Top 5 five times as high as Top 1.) Or an
    accuracy of zero where answers can be guessed, or a mean IoU, AP of boxes, PSNR or SSIM of zero. Data that was
    chosen because models fail on it, such as ImageNet-A, is left alone.

Why:
    No published model is that bad: the number is an error rate, or belongs to another metric. Four cards of a
    well-known zoo carried such numbers for years.

Bad:
    Models:
    - Name: inception_v4
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 1.01%
          Top 5 Accuracy: 16.85%

Good:
    Models:
    - Name: inception_v4
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 80.14%
          Top 5 Accuracy: 94.95%
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from typing import NamedTuple

from registry.checks.card_view import CardView
from registry.checks.message_text import median_of, percent
from registry.checks.rule import Context, Problem, rule
from registry.checks.whole import Whole
from registry.types import Claim, Location
from registry.vocabulary import Vocabulary, fold

_SUSPICIOUS = 0.1
_GUESSING = 6
_OTHERS = 5
_NEVER_ZERO = frozenset({"mean-iou", "box-ap", "panoptic-quality", "psnr", "ssim"})
"""Other metrics, by subject, of which zero stands for no number at all."""

_CHOSEN_TO_FAIL = frozenset({"imagenet a", "imagenet adversarial", "imagenet o"})
"""Data sets, folded, whose samples were picked because a good model fails on them: a good model is near zero there."""


class _Low(NamedTuple):
    """A suspicious accuracy: of what, how it is called, what it is, and what the metric beside it says against it."""

    of: tuple[str, str]
    label: str
    percent: str
    beside: str
    place: Location


class _Accuracies(NamedTuple):
    """The accuracies of a card: all of them by subject and data set, and those that are suspicious or zero."""

    reached: dict[tuple[str, str], list[float]]
    low: list[_Low]
    zero: list[tuple[str, Location]]


def accuracies_of(view: CardView) -> _Accuracies | None:
    """The accuracies that a card's models report."""
    accuracies = _Accuracies({}, [], [])
    for entry in view.models:
        best: dict[tuple[Hashable, ...], Claim] = {}
        low: list[Claim] = []
        for claim in entry.claims:
            if claim.result is None:
                continue
            if claim.subject in _NEVER_ZERO and claim.reported.value == 0:
                accuracies.zero.append((claim.label, claim.location))
            if "accuracy" not in (claim.term.family, claim.subject):
                continue
            if claim.dataset is not None and fold(claim.dataset.name) in _CHOSEN_TO_FAIL:
                continue
            value = float(claim.reported.value)
            accuracies.reached.setdefault(_key(claim, view.vocabulary), []).append(value)
            if value == 0 and not _is_answering(claim):
                accuracies.zero.append((claim.label, claim.location))
            elif 0 < value < _SUSPICIOUS and claim.reported.percent:
                low.append(claim)
            # What belongs together: the metrics of one result that count hits of the same thing.
            group = claim.result, claim.conditions, claim.term.family
            more = best.setdefault(group, claim)
            if claim.term.top > more.term.top:
                best[group] = claim
        for claim in low:
            beside = _beside(claim, best[claim.result, claim.conditions, claim.term.family])
            of = _key(claim, view.vocabulary)
            accuracies.low.append(_Low(of, claim.label, percent(claim.reported), beside, claim.location))
    return accuracies if accuracies.reached or accuracies.zero else None


@rule("MIR206", "error-as-accuracy", "warning", "index", facts=(accuracies_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    reached: dict[tuple[str, str], list[float]] = defaultdict(list)
    for _, accuracies in whole.facts(accuracies_of):
        for of, values in accuracies.reached.items():
            reached[of] += values
        for label, place in accuracies.zero:
            yield Problem(f"{label} is 0, which no model reaches", place)
    medians: dict[tuple[str, str], str] = {}
    for _, accuracies in whole.facts(accuracies_of):
        for low in accuracies.low:
            if low.of not in medians:
                medians[low.of] = _among(reached[low.of])
            why = low.beside or medians[low.of]
            if why:
                yield Problem(f"{low.label} is {low.percent}, {why}; it looks like an error rate", low.place)


def _is_answering(claim: Claim) -> bool:
    """Whether nobody can guess the answers, so that a weak model has none right: sums, code, games, texts."""
    task = (claim.task or "").casefold()
    return any(word in task for word in ("generation", "answering", "reasoning", "reinforcement", "retrieval"))


def _key(claim: Claim, words: Vocabulary) -> tuple[str, str]:
    name = claim.dataset.name if claim.dataset is not None else ""
    term = words.dataset(name)
    return claim.subject, term.name if term else fold(name)


def _beside(claim: Claim, more: Claim) -> str:
    """What the metric of the same result that counts the most guesses says against it."""
    if more.term.top <= claim.term.top or more.reported.value <= _GUESSING * claim.reported.value:
        return ""
    return f"where {more.label} is {percent(more.reported)}"


def _among(values: list[float]) -> str:
    if len(values) <= _OTHERS:
        return ""
    median = median_of(values)
    return f"where the median of {len(values)} models is {median:.1%}" if median > 0.5 else ""
