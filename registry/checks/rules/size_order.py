"""A larger model with fewer parameters or FLOPs than the smaller one.

What:
    Two models of one collection whose names differ only in their size, such as `small` and `base` or `r50` and `r101`,
    and the larger one reports fewer parameters or FLOPs.

Why:
    One of the two numbers was mistyped, or the two were exchanged. Each alone looks sensible.

Bad:
    Collections:
    - Name: ViG
    Models:
    - Name: vig-small_in1k
      In Collection: ViG
      Metadata:
        Parameters: 22748000
    - Name: vig-base_in1k
      In Collection: ViG
      Metadata:
        Parameters: 20685000

Good:
    Collections:
    - Name: ViG
    Models:
    - Name: vig-small_in1k
      In Collection: ViG
      Metadata:
        Parameters: 22748000
    - Name: vig-base_in1k
      In Collection: ViG
      Metadata:
        Parameters: 86800000
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.rules.swapped_numbers import exchanged
from registry.checks.shared_facts import SiblingFacts, families, siblings_of
from registry.checks.siblings import Sized, agree, architecture, sizes
from registry.checks.whole import Whole

_OTHERS = 4
"""How far a model's parameters must be from those of its architecture for another rule to say so."""


@rule("MIR312", "size-order", "warning", "index", facts=(siblings_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    for family in families(whole):
        complaints: set[int] = set()
        scales: dict[tuple[str, str], list[Sized]] = defaultdict(list)
        for entry in family:
            for rest, rank in sizes(entry.name):
                for number in (entry.parameters, entry.flops):
                    if number is not None:
                        scales[number.subject, rest].append(Sized(rank, entry.name, number))
        for scale in scales.values():
            for odd, other, problem in _odd(sorted(scale, key=lambda item: item.rank)):
                if id(odd.number) not in complaints and not _is_known(odd, family) and not _is_known(other, family):
                    complaints.add(id(odd.number))
                    yield problem


def _odd(scale: list[Sized]) -> Iterator[tuple[Sized, Sized, Problem]]:
    """The numbers of a scale, the smallest model first, that break its order, and those that they break it with."""
    at = 0
    while at + 1 < len(scale):
        smaller, larger = scale[at : at + 2]
        if not _breaks(smaller, larger):
            at += 1
            continue
        without_smaller, without_larger = scale[:at] + scale[at + 1 :], scale[: at + 1] + scale[at + 2 :]
        if _in_order(without_smaller) and not _in_order(without_larger):
            text = f"more than the {larger.number.text} of {short(larger.name)}, which by its name is the larger model"
            yield smaller, larger, _problem(smaller, larger, text, "")
        else:
            text = (
                f"fewer than the {smaller.number.text} of {short(smaller.name)}, which by its name is the smaller model"
            )
            swapped = [*scale[:at], smaller._replace(number=larger.number), larger._replace(number=smaller.number)]
            hint = "Were the two exchanged?" if len(scale) > 2 and _in_order(swapped + scale[at + 2 :]) else ""
            yield larger, smaller, _problem(larger, smaller, text, hint)
        # What comes after a number that is wrong is compared with each other again.
        at += 2


def _in_order(scale: list[Sized]) -> bool:
    return not any(_breaks(one, other) for one, other in itertools.pairwise(scale))


def _breaks(smaller: Sized, larger: Sized) -> bool:
    one, other = smaller.number, larger.number
    return smaller.rank < larger.rank and other.value < one.value and not agree(one, other)


def _is_known(odd: Sized, family: list[SiblingFacts]) -> bool:
    """Whether another rule says of a number that it is far from its architecture's, or that it is the other number."""
    same = [entry for entry in family if architecture(entry.name) == architecture(odd.name)]
    counts = [float(entry.parameters.value) for entry in same if entry.parameters is not None]
    if odd.number.subject == "parameters" and min(counts) > 0 and max(counts) / min(counts) > _OTHERS:
        return True
    return any(odd.name == name for name in exchanged(family))


def _problem(odd: Sized, other: Sized, text: str, hint: str) -> Problem:
    return Problem(
        f"{odd.number.label} is {odd.number.text}, {text}",
        odd.number.place,
        hint=hint,
        related=(other.number.place,),
    )
