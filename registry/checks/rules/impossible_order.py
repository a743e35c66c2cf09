"""A score above another that it cannot exceed.

What:
    Of one evaluation, AP at a higher overlap is above AP at a lower one, or AP is above AP at 0.5; likewise AR. AR is
    more than a point below AP, whose precision is zero beyond the highest recall. PCK
    within a larger distance is below PCK within a smaller one. Recall or rank among more guesses is below that among
    fewer. mIoU is above mAcc or mDice, or PQ above SQ or RQ. F1 above the mean of precision and recall is a warning,
    and so is a test at several scales, mIoU(ms+flip), that is more than 15 points from the one at a single scale.

Why:
    Who is right under the stricter condition is right under the other. The two were exchanged, or one is of another
    model.

Bad:
    Models:
    - Name: faster-rcnn
      Results:
      - Task: Object Detection
        Dataset: COCO
        Metrics:
          box AP: 37.4
          AP50: 30.1

Good:
    Models:
    - Name: faster-rcnn
      Results:
      - Task: Object Detection
        Dataset: COCO
        Metrics:
          box AP: 37.4
          AP50: 58.1
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from registry.checks.card_view import Entry
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex
from registry.types import Metric, Quantity, QuantityError
from registry.vocabulary import Vocabulary, fold
from registry.vocabulary.orders import Rank, never_above, rank_of
from registry.vocabulary.vocabulary import is_measured


class _Score(NamedTuple):
    metric: Metric
    quantity: Quantity


@rule("MIR211", "impossible-order", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    for result in entry.results:
        groups: dict[tuple[str, ...], list[_Score]] = defaultdict(list)
        for metric in result.metrics:
            if _is_ordered(metric.name) and is_measured(metric):
                score = _score(metric)
                if score is not None:
                    groups[metric.within].append(score)
        for scores in groups.values():
            if len(scores) < 2:
                continue
            complaints: set[int] = set()
            by_name = {fold(score.metric.name): score for score in scores}
            yield from _harmonic(by_name)
            yield from _flipped(by_name)
            for higher, lower in (*_ranked(scores), *_parts(scores, by_name), *_recalls(scores)):
                if id(higher.metric) not in complaints and not _is_top_k(higher, lower, context.vocabulary):
                    complaints.add(id(higher.metric))
                    yield _problem(higher, lower)


def _is_top_k(one: _Score, other: _Score, words: Vocabulary) -> bool:
    """Whether two scores count hits among the best guesses, which another rule compares."""
    terms = words.metric(one.metric.name), words.metric(other.metric.name)
    return all(term is not None and term.family for term in terms)


def _ranked(scores: list[_Score]) -> Iterator[tuple[_Score, _Score]]:
    kinds: dict[str, list[tuple[Rank, _Score]]] = defaultdict(list)
    averages: list[tuple[Rank, _Score]] = []
    for score in scores:
        rank = rank_of(score.metric.name)
        if rank is not None:
            (averages if rank.averaged else kinds[rank.kind]).append((rank, score))
    for ranked in kinds.values():
        ranked.sort(key=lambda item: item[0].at)
        for (fewer, lower), (more, higher) in itertools.pairwise(ranked):
            if fewer.at < more.at and _below(higher, lower):
                yield higher, lower
    for rank, average in averages:
        for of, score in itertools.chain.from_iterable(kinds.values()):
            same = of.kind == rank.kind or (len(averages) == 1 and of.kind in rank.kind.split())
            if same and of.at == -0.5 and _below(score, average):
                yield score, average


def _parts(scores: list[_Score], by_name: Mapping[str, _Score]) -> Iterator[tuple[_Score, _Score]]:
    for score in scores:
        for name in never_above(score.metric.name):
            if name in by_name and _below(by_name[name], score):
                yield by_name[name], score


_MOST_BOXES = 20
"""Guesses from which on a recall is the one that belongs to AP: 20 people, 100 boxes."""

_STEP = Decimal("0.0101")
"""AP is read at 101 recalls from 0 to 1, so that it may exceed the highest recall by one of them."""


def _recalls(scores: list[_Score]) -> Iterator[tuple[_Score, _Score]]:
    """AR below AP at the same overlaps."""
    pairs: dict[tuple[str, float], dict[str, _Score]] = defaultdict(dict)
    for score in scores:
        rank = rank_of(score.metric.name)
        if rank is None:
            continue
        among = rank.kind.endswith(" of guesses")
        prefix, _, name = rank.kind.removesuffix(" of guesses").rpartition(" ")
        if name in _PRECISIONS and not among:
            pairs[prefix, rank.at]["precision"] = score
        elif name in _RECALLS and (not among or rank.at >= _MOST_BOXES):
            pairs[prefix, 0.0 if among else rank.at]["recall"] = score
    precisions = [pair["precision"] for (_, at), pair in pairs.items() if not at and "precision" in pair]
    for (prefix, at), pair in pairs.items():
        precision, recall = pair.get("precision"), pair.get("recall")
        if precision is None and not prefix and not at and len(precisions) == 1:
            [precision] = precisions
        if precision is None or recall is None or not _below(recall, precision):
            continue
        if precision.quantity.value - recall.quantity.value > _STEP:
            yield recall, precision


_PRECISIONS, _RECALLS = frozenset({"ap", "map"}), frozenset({"ar", "mar"})
_MEANS = ("f1", "f score", "f1 score", "hmean", "hmean iou")
_FLIPPED = lazy_regex(r"^(?P<name>.+?)(?<!\s)\s*\((?:ms|multi scale)\s*\+\s*flip\)$")
_FAR = Decimal("0.15")
"""How far a test at several scales may be from one at a single scale: it brings a few points."""


def _harmonic(by_name: Mapping[str, _Score]) -> Iterator[Problem]:
    """F1 above the mean of precision and recall, which it never is, also where it is averaged over classes."""
    precision, recall = by_name.get("precision"), by_name.get("recall")
    if precision is None or recall is None:
        return
    for mean in (by_name[name] for name in _MEANS if name in by_name):
        if not mean.quantity.percent == precision.quantity.percent == recall.quantity.percent:
            continue
        slack = mean.quantity.half_width + precision.quantity.half_width + recall.quantity.half_width
        if mean.quantity.value > (precision.quantity.value + recall.quantity.value) / 2 + slack:
            yield Problem(
                f"{mean.metric.name} is {mean.quantity}, above the mean of precision and recall, {precision.quantity} "
                f"and {recall.quantity}, which it cannot be",
                mean.metric.location,
                hint="Were they averaged over the classes in different ways?",
                related=(precision.metric.location, recall.metric.location),
                severity="warning",
            )


def _flipped(by_name: Mapping[str, _Score]) -> Iterator[Problem]:
    for name, flipped in by_name.items():
        match = _FLIPPED.match(name)
        plain = by_name.get(match["name"]) if match else None
        if plain is None or plain.quantity.percent != flipped.quantity.percent:
            continue
        if abs(flipped.quantity.value - plain.quantity.value) > _FAR:
            yield Problem(
                f"{flipped.metric.name} is {flipped.quantity}, far from {plain.metric.name}, {plain.quantity}",
                flipped.metric.location,
                related=(plain.metric.location,),
                severity="warning",
            )


_LARGER = frozenset(itertools.chain.from_iterable(never_above(name) for name in ("mIoU", "IoU", "PQ")))


@functools.lru_cache(maxsize=4096)
def _is_ordered(name: str) -> bool:
    """Whether a metric's name has a place among others."""
    folded = fold(name)
    if folded in _MEANS or folded in ("precision", "recall", "mean") or _FLIPPED.match(folded):
        return True
    return rank_of(name) is not None or bool(never_above(name)) or folded in _LARGER


def _score(metric: Metric) -> _Score | None:
    if isinstance(metric.value, bool) or not isinstance(metric.value, int | float | str):
        return None
    try:
        quantity = Quantity.parse(metric.text or str(metric.value), "ratio")
    except QuantityError:
        return None
    # What lies outside of 0 to 100 % is another rule's to say.
    return _Score(metric, quantity) if 0 <= quantity.value <= 1 else None


def _below(one: _Score, other: _Score) -> bool:
    """Whether a score is below another by more than both were rounded, and on the same scale."""
    if one.quantity.percent != other.quantity.percent:
        return False
    return other.quantity.value - one.quantity.value > one.quantity.half_width + other.quantity.half_width


def _problem(higher: _Score, lower: _Score) -> Problem:
    least = f"{lower.metric.name}, {lower.quantity}, which it cannot be"
    return Problem(
        f"{higher.metric.name} is {higher.quantity}, below {least}",
        higher.metric.location,
        related=(lower.metric.location,),
    )
