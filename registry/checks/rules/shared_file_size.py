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
from typing import NamedTuple

from registry.checks.card_view import CardView, Number
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.siblings import agree
from registry.checks.whole import Whole


class _Sized(NamedTuple):
    """A model whose file's size is known to the byte."""

    name: str
    size: Number
    parameters: Number
    weights: tuple[str, ...]


def sizes_of(view: CardView) -> list[_Sized]:
    """The models of a card whose files' sizes are known to the byte."""
    models = []
    for entry in view.models:
        file, parameters = entry.numbers.get("file-size"), entry.numbers.get("parameters")
        if file is not None and parameters is not None and file.half_width == 0:
            weights = tuple(weights_file.url for weights_file in entry.weights[:1])
            models.append(_Sized(entry.owner.name, file, parameters, weights))
    return models


@rule("MIR307", "shared-file-size", "warning", "index", facts=(sizes_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    of: dict[Decimal, list[_Sized]] = defaultdict(list)
    for _, models in whole.facts(sizes_of):
        for model in models:
            of[model.size.value].append(model)
    for first, *others in of.values():
        for model in others:
            one, other = first.parameters, model.parameters
            if agree(one, other) or first.weights == model.weights:
                continue
            yield Problem(
                f"File Size is that of {short(first.name)} to the byte, which has {one.text} parameters "
                f"where this model has {other.text}",
                model.size.place,
                related=(first.size.place,),
            )
