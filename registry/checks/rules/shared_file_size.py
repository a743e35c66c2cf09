"""Two models whose files have the same size to the byte.

What:
    Two models with different weights and different numbers of parameters report the same file size, to the byte.

Why:
    Files of different models do not come out equal by chance: one of the sizes was copied.

Bad:
    Models:
    - Name: tresnet_m
      Weights: https://example.org/tresnet_m_80_8-dbc13962.pth
      Metadata:
        Parameters: 31390000
        File Size: 125861314
    - Name: tresnet_xl
      Weights: https://example.org/tresnet_xl_81_5-65e56a70.pth
      Metadata:
        Parameters: 78440000
        File Size: 125861314

Good:
    Models:
    - Name: tresnet_m
      Weights: https://example.org/tresnet_m_80_8-dbc13962.pth
      Metadata:
        Parameters: 31390000
        File Size: 125861314
    - Name: tresnet_xl
      Weights: https://example.org/tresnet_xl_81_5-65e56a70.pth
      Metadata:
        Parameters: 78440000
        File Size: 314378965
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from registry.checks.agreement import agree
from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.message_text import short
from registry.checks.rule import Problem, rule


@rule("MIR307", "shared-file-size", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    of: dict[Decimal, list[Entry]] = defaultdict(list)
    for entry in context.models:
        file = entry.counts.get("file-size")
        if file is not None and file.reported.half_width == 0 and "parameters" in entry.counts:
            of[file.reported.value].append(entry)
    for entries in of.values():
        first = entries[0]
        for entry in entries[1:]:
            one, other = first.counts["parameters"].reported, entry.counts["parameters"].reported
            if agree(one, other) or _weights(first) == _weights(entry):
                continue
            yield Problem(
                f"File Size is that of {short(first.owner.name)} to the byte, which has {one} parameters "
                f"where this model has {other}",
                entry.counts["file-size"].location,
                related=(first.counts["file-size"].location,),
            )


def _weights(entry: Entry) -> object:
    return None if entry.model is None else tuple(each.url for each in entry.model.weights[:1])
