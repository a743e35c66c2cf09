"""A score on another scale than its siblings'.

What:
    A model reports one metric as a percentage of one data set and as a fraction of another; or one score of a file is a
    fraction where at least three of four others of the metric are percentages, or the other way round. Where whole
    files of an index disagree it is said once for each metric, and is a remark where more than one of ten is on the
    other scale; not of cards of the Hub, where both are usual.

Why:
    A table of both ranks 0.988 below 97.8.

Bad:
    Models:
    - Name: dbnet
      Results:
      - {Task: Text Detection, Dataset: ICDAR2015, Metrics: {hmean-iou: 0.8543}}
      - {Task: Text Detection, Dataset: CTW1500, Metrics: {hmean-iou: 83.21}}

Good:
    Models:
    - Name: dbnet
      Results:
      - {Task: Text Detection, Dataset: ICDAR2015, Metrics: {hmean-iou: 0.8543}}
      - {Task: Text Detection, Dataset: CTW1500, Metrics: {hmean-iou: 0.8321}}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from registry.checks.card_view import CardView, Number
from registry.checks.message_text import median_of
from registry.checks.rule import Context, Problem, rule
from registry.checks.whole import Whole
from registry.types import Claim

_NEAR = 2.5
"""How far a score may lie from the others', on one scale, to be one of them on another scale."""

_FEW = 0.25
"""The part of a file's scores that may be taken for slips."""


_RARE = 10
"""Of so many files of one scale at most one of another is a slip, and more are a habit."""


class _Scales(NamedTuple):
    fractions: list[Claim]
    percentages: list[Claim]


class _FileScale(NamedTuple):
    """The scores of one metric in a file: how many are on each scale, and the first of each."""

    subject: str
    fractions: int
    percentages: int
    fraction: Number | None
    percentage: Number | None


def scales_of(view: CardView) -> list[_FileScale]:
    """On which scales the scores of a card are, by metric."""
    # On the Hub, MTEB's cards have percentages and the Trainer's fractions.
    if view.card.dialect in ("huggingface", "eval-results"):
        return []
    of_file: dict[str, list[list[Number]]] = {}
    for entry in view.models:
        for claim in entry.claims:
            scale = _scale(claim)
            if scale is not None:
                of_file.setdefault(claim.subject, [[], []])[scale].append(entry.number(claim))
    return [
        _FileScale(subject, len(low), len(high), low[0] if low else None, high[0] if high else None)
        for subject, (low, high) in of_file.items()
    ]


def _across(whole: Whole, context: Context) -> Iterator[Problem]:
    zoos: dict[tuple[str, str], list[_FileScale]] = defaultdict(list)
    for card, scales in whole.facts(scales_of):
        for scale in scales:
            zoos[whole.zoo(card), scale.subject].append(scale)
    for files in zoos.values():
        yield from _files(files)


@rule("MIR212", "sibling-scale", "warning", "card", facts=(scales_of,), across=_across)
def check(view: CardView, context: Context) -> Iterator[Problem]:
    of_model: dict[tuple[int, str], _Scales] = defaultdict(lambda: _Scales([], []))
    of_file: dict[str, _Scales] = defaultdict(lambda: _Scales([], []))
    for number, entry in enumerate(view.models):
        for claim in entry.claims:
            scale = _scale(claim)
            if scale is not None:
                of_model[number, claim.subject][scale].append(claim)
                of_file[claim.subject][scale].append(claim)
    complaints: set[int] = set()
    for scales in of_model.values():
        yield from _odd(scales, complaints, most=0.5)
    for scales in of_file.values():
        yield from _odd(scales, complaints, most=_FEW)


def _scale(claim: Claim) -> int | None:
    """On which scale a score is: 0 a fraction, 1 a percentage; `None` where that says nothing."""
    quantity = claim.reported
    if claim.result is None or claim.kind != "ratio" or not claim.term.bounded or not 0 < quantity.value <= 1:
        return None
    # That a similarity above one was exchanged with the signal's ratio is another rule's to say.
    if (not quantity.percent and quantity.value >= 1) or (quantity.percent and claim.subject == "ssim"):
        return None
    return 1 if quantity.percent else 0


def _odd(scales: _Scales, complaints: set[int], *, most: float) -> Iterator[Problem]:
    """The scores that are on another scale than the rest, where they are the lesser part of them."""
    few, many = sorted(scales, key=len)
    if not few or len(few) > most * (len(few) + len(many)):
        return
    usual = median_of([float(claim.reported.value) for claim in many])
    for claim in few:
        if id(claim) in complaints or not 1 / _NEAR < float(claim.reported.value) / usual < _NEAR:
            continue
        complaints.add(id(claim))
        here, rest = ("a percentage", "fractions") if claim.reported.percent else ("a fraction", "percentages")
        others = f"others are {rest}, such as {many[0].reported}" if len(many) > 1 else f"another is {many[0].reported}"
        message = f"{claim.label} is {claim.reported}, {here}, where {others}"
        yield Problem(message, claim.location, related=(many[0].location,))


def _files(files: Sequence[_FileScale]) -> Iterator[Problem]:
    """One remark where whole files of an index are on one scale and others on the other."""
    fractions = [file.fraction for file in files if file.fraction is not None and not file.percentages]
    percentages = [file.percentage for file in files if file.percentage is not None and not file.fractions]
    if not fractions or not percentages:
        return
    one, other = fractions[0], percentages[0]
    if not 1 / _NEAR < float(one.value) / float(other.value) < _NEAR:
        return
    few, first, second = len(fractions), one, other
    if len(percentages) < few:
        few, first, second = len(percentages), other, one
    place = second.place
    yield Problem(
        f"{first.label} is on another scale in {few} of {len(fractions) + len(percentages)} files: "
        f"{first.text} here, {second.text} at {place.file}:{place.line}",
        first.place,
        related=(place,),
        severity=None if few * _RARE <= len(fractions) + len(percentages) else "info",
    )
