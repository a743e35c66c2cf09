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

from registry.checks.context import Context
from registry.checks.message_text import median_of
from registry.checks.rule import Problem, rule
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


@rule("MIR212", "sibling-scale", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    of_model: dict[tuple[int, str], _Scales] = defaultdict(lambda: _Scales([], []))
    of_file: dict[tuple[str, str], _Scales] = defaultdict(lambda: _Scales([], []))
    zoos: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for number, entry in enumerate(context.models):
        for claim in entry.claims:
            quantity = claim.reported
            if claim.result is None or claim.kind != "ratio" or not claim.term.bounded or not 0 < quantity.value <= 1:
                continue
            scale = 1 if quantity.percent else 0
            # That a similarity above one was exchanged with the signal's ratio is another rule's to say.
            if (not quantity.percent and quantity.value >= 1) or (quantity.percent and claim.subject == "ssim"):
                continue
            of_model[number, claim.subject][scale].append(claim)
            key = (entry.owner.file, claim.subject)
            # On the Hub, MTEB's cards have percentages and the Trainer's fractions.
            if key not in of_file and entry.card.dialect not in ("huggingface", "eval-results"):
                zoos[context.zoo(entry.card), claim.subject].append(key)
            of_file[key][scale].append(claim)
    told: set[int] = set()
    for scales in of_model.values():
        yield from _odd(scales, told, most=0.5)
    for scales in of_file.values():
        yield from _odd(scales, told, most=_FEW)
    for keys in zoos.values():
        yield from _files([of_file[key] for key in keys])


def _odd(scales: _Scales, told: set[int], *, most: float) -> Iterator[Problem]:
    """The scores that are on another scale than the rest, where they are the lesser part of them."""
    few, many = sorted(scales, key=len)
    if not few or len(few) > most * (len(few) + len(many)):
        return
    usual = median_of([float(claim.reported.value) for claim in many])
    for claim in few:
        if id(claim) in told or not 1 / _NEAR < float(claim.reported.value) / usual < _NEAR:
            continue
        told.add(id(claim))
        here, there = ("a percentage", "fractions") if claim.reported.percent else ("a fraction", "percentages")
        others = (
            f"others are {there}, such as {many[0].reported}" if len(many) > 1 else f"another is {many[0].reported}"
        )
        message = f"{claim.label} is {claim.reported}, {here}, where {others}"
        yield Problem(message, claim.location, related=(many[0].location,))


def _files(files: Sequence[_Scales]) -> Iterator[Problem]:
    """One remark where whole files of an index are on one scale and others on the other."""
    fractions = [each for each in files if each.fractions and not each.percentages]
    percentages = [each for each in files if each.percentages and not each.fractions]
    if not fractions or not percentages:
        return
    one, other = fractions[0].fractions[0], percentages[0].percentages[0]
    if not 1 / _NEAR < float(one.reported.value) / float(other.reported.value) < _NEAR:
        return
    few, first, second = len(fractions), one, other
    if len(percentages) < few:
        few, first, second = len(percentages), other, one
    yield Problem(
        f"{first.label} is on another scale in {few} of {len(fractions) + len(percentages)} files: "
        f"{first.reported} here, {second.reported} at {second.location.file}:{second.location.line}",
        first.location,
        related=(second.location,),
        severity=None if few * _RARE <= len(fractions) + len(percentages) else "info",
    )
