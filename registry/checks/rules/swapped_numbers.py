"""FLOPs and parameters that look exchanged.

What:
    A model's FLOPs for each parameter are far from its collection's, and its parameters outside what the others have;
    with the two numbers exchanged, millions for thousands of millions, both fit.

Why:
    The two columns of a table were mixed up. Each number alone looks sensible, so that nobody notices.

Bad:
    Collections:
    - Name: RepVGG
    Models:
    - {Name: A0, In Collection: RepVGG, Metadata: {FLOPs: 1360000000, Parameters: 8310000}}
    - {Name: A1, In Collection: RepVGG, Metadata: {FLOPs: 2370000000, Parameters: 12790000}}
    - {Name: B0, In Collection: RepVGG, Metadata: {FLOPs: 15820000000, Parameters: 3420000}}
    - {Name: B1, In Collection: RepVGG, Metadata: {FLOPs: 11820000000, Parameters: 51830000}}

Good:
    Collections:
    - Name: RepVGG
    Models:
    - {Name: A0, In Collection: RepVGG, Metadata: {FLOPs: 1360000000, Parameters: 8310000}}
    - {Name: A1, In Collection: RepVGG, Metadata: {FLOPs: 2370000000, Parameters: 12790000}}
    - {Name: B0, In Collection: RepVGG, Metadata: {FLOPs: 3420000000, Parameters: 15820000}}
    - {Name: B1, In Collection: RepVGG, Metadata: {FLOPs: 11820000000, Parameters: 51830000}}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from registry.checks.message_text import median_of, size
from registry.checks.rule import Context, Problem, rule
from registry.checks.shared_facts import SiblingFacts, families, siblings_of
from registry.checks.whole import Whole

_LEAST_SIBLINGS = 3
_FAR, _NEAR, _ABSURD = 6.0, 2.0, 20.0


class _Pair(NamedTuple):
    sibling: SiblingFacts
    flops: float
    parameters: float

    @property
    def cost(self) -> float:
        return self.flops / self.parameters


@rule("MIR303", "swapped-numbers", "warning", "index", facts=(siblings_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    for family in families(whole):
        for pair, factor in _exchanged(family):
            yield _problem(pair, pair.flops / factor, pair.parameters * factor)


def exchanged(family: list[SiblingFacts]) -> list[str]:
    """The names of the models of a collection whose two numbers look exchanged."""
    return [pair.sibling.name for pair, _ in _exchanged(family)]


def _exchanged(family: list[SiblingFacts]) -> Iterator[tuple[_Pair, int]]:
    """The pairs that look exchanged, and by which factor the units differ."""
    pairs = [pair for entry in family if (pair := _pair(entry)) is not None]
    if len(pairs) <= _LEAST_SIBLINGS:
        return
    usual = median_of([pair.cost for pair in pairs])
    # The smallest two and largest two: who lies outside the others' range is decided without a pass over them.
    sizes = sorted(pair.parameters for pair in pairs)
    for pair in pairs:
        if 1 / _FAR < pair.cost / usual < _FAR:
            continue
        low = sizes[1] if pair.parameters == sizes[0] else sizes[0]
        high = sizes[-2] if pair.parameters == sizes[-1] else sizes[-1]
        for factor in (1, 1000):
            parameters, flops = pair.flops / factor, pair.parameters * factor
            fits = 1 / _NEAR < flops / parameters / usual < _NEAR and low <= parameters <= high
            outside = not low <= pair.parameters <= high or not 1 / _ABSURD < pair.cost / usual < _ABSURD
            if fits and outside:
                yield pair, factor
                break


def _problem(pair: _Pair, parameters: float, flops: float) -> Problem:
    count, other = pair.sibling.parameters, pair.sibling.flops
    assert count is not None
    assert other is not None
    return Problem(
        f"{count.label} is {size(pair.parameters)} and {other.label} {size(pair.flops)}, unlike every other model of "
        f"the collection; {size(parameters)} parameters and {size(flops)} FLOPs would fit, so the two look swapped",
        count.place,
        related=(other.place,),
    )


def _pair(sibling: SiblingFacts) -> _Pair | None:
    flops, parameters = sibling.flops, sibling.parameters
    if flops is None or parameters is None or flops.value <= 0 or parameters.value <= 0:
        return None
    return _Pair(sibling, float(flops.value), float(parameters.value))
