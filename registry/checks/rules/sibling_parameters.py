"""Parameters far from those of the same architecture elsewhere.

What:
    Two models of one collection whose names differ only in how they were trained report numbers of parameters that
    differ more than fourfold. (A head for other classes changes them too, but not so much.)

Why:
    A digit or a unit was lost. A zoo's ResNet-34 said 2180000 for years, ten times too small.

Bad:
    Collections:
    - Name: ResNet
    Models:
    - Name: resnet34_8xb16_cifar10
      In Collection: ResNet
      Metadata:
        Parameters: 21280000
    - Name: resnet34_8xb32_in1k
      In Collection: ResNet
      Metadata:
        Parameters: 2180000

Good:
    Collections:
    - Name: ResNet
    Models:
    - Name: resnet34_8xb16_cifar10
      In Collection: ResNet
      Metadata:
        Parameters: 21280000
    - Name: resnet34_8xb32_in1k
      In Collection: ResNet
      Metadata:
        Parameters: 21800000
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from registry.checks.message_text import median_of, short, size
from registry.checks.rule import Context, Problem, rule
from registry.checks.shared_facts import SiblingFacts, families, siblings_of
from registry.checks.siblings import architecture
from registry.checks.whole import Whole

_FACTOR = 4


@rule("MIR302", "sibling-parameters", "warning", "index", facts=(siblings_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    for family in families(whole):
        same: dict[str, list[SiblingFacts]] = defaultdict(list)
        for entry in family:
            if _parameters(entry) > 0:
                same[architecture(entry.name)].append(entry)
        usual = _usual_cost(family)
        for entries in same.values():
            if len(entries) > 1:
                yield from _outliers(entries, usual)


def _outliers(entries: list[SiblingFacts], usual: float) -> Iterator[Problem]:
    middle = median_of([_parameters(entry) for entry in entries])
    if len(entries) == 2:
        # Neither is in the majority: the one whose FLOPs for each parameter are like its family's is believed.
        middle = _parameters(min(entries, key=lambda entry: _distance(_cost(entry), usual)))
    believed = min(entries, key=lambda entry: abs(_parameters(entry) - middle))
    for entry in entries:
        factor = _parameters(entry) / _parameters(believed)
        if factor < 1 / _FACTOR or factor > _FACTOR:
            parameters, other = entry.parameters, believed.parameters
            assert parameters is not None
            assert other is not None
            less = f"{1 / factor:.3g} times fewer" if factor < 1 else f"{factor:.3g} times more"
            yield Problem(
                f"{parameters.label} is {parameters.text}, {less} than {short(believed.name)}, "
                f"the same architecture, has ({size(_parameters(believed))})",
                parameters.place,
                related=(other.place,),
            )


def _parameters(entry: SiblingFacts) -> float:
    return 0.0 if entry.parameters is None else float(entry.parameters.value)


def _cost(entry: SiblingFacts) -> float:
    flops = entry.flops
    return float(flops.value) / _parameters(entry) if flops is not None and _parameters(entry) else 0.0


def _usual_cost(family: list[SiblingFacts]) -> float:
    costs = [cost for entry in family if (cost := _cost(entry)) > 0]
    return median_of(costs) if costs else 0.0


def _distance(cost: float, usual: float) -> float:
    return abs(math.log(cost / usual)) if cost > 0 and usual > 0 else math.inf
