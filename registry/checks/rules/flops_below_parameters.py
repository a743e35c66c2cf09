"""Fewer FLOPs than parameters.

What:
    A model reports fewer operations for one input than it has parameters.

Why:
    A dense network uses each of its parameters at least once for every input, and a convolution many times. The FLOPs
    lack a unit, count something else, or stand where the parameters should.

Bad:
    Models:
    - Name: resnetv2_50x1_bitm
      Metadata:
        FLOPs: 5330896
        Parameters: 25550000

Good:
    Models:
    - Name: resnetv2_50x1_bitm
      Metadata:
        FLOPs: 4230000000
        Parameters: 25550000
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.card_view import Entry
from registry.checks.message_text import size
from registry.checks.rule import Context, Problem, rule


@rule("MIR304", "flops-below-parameters", "warning", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    flops, parameters = entry.counts.get("flops"), entry.counts.get("parameters")
    if flops is None or parameters is None:
        return
    if 1000 <= flops.reported.value < parameters.reported.value:
        yield Problem(
            f"{flops.label} is {size(flops.reported.value)}, less than the {size(parameters.reported.value)} "
            "parameters, each of which is used at least once",
            flops.location,
            related=(parameters.location,),
        )
