"""Emissions that are no amount.

What:
    In a card of the Hugging Face Hub `co2_eq_emissions` is neither grams of CO2 as a number nor a mapping with such a
    number under `emissions`, or its `training_type` is neither `pre-training` nor `fine-tuning`.

Why:
    The Hub shows and filters by grams. A text with a unit of its own is left out.

Bad:
    # file: README.md
    ---
    library_name: timm
    co2_eq_emissions:
      emissions: 7.5 kg
    ---

Good:
    # file: README.md
    ---
    library_name: timm
    co2_eq_emissions:
      emissions: 7500
    ---
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from registry.checks.message_text import either, short
from registry.checks.rule import Context, Problem, rule
from registry.types import MapNode

_TRAINING = ("pre-training", "fine-tuning")


@rule("MIR709", "hub-emissions", "warning", "hub-model")
def check(root: MapNode, context: Context) -> Iterator[Problem]:
    emissions = root.get("co2_eq_emissions")
    if emissions is None:
        return
    if not isinstance(emissions, MapNode):
        if not _amount(emissions):
            yield _no_amount("co2_eq_emissions", emissions, root, "co2_eq_emissions")
        return
    if "emissions" not in emissions:
        location = root.location("co2_eq_emissions", "co2_eq_emissions")
        yield Problem("co2_eq_emissions has no 'emissions'", location, hint="It is the mass in grams.")
    elif not _amount(emissions["emissions"]):
        yield _no_amount("co2_eq_emissions.emissions", emissions["emissions"], emissions, "emissions")
    kind = emissions.get("training_type")
    if kind is not None and kind not in _TRAINING:
        path = "co2_eq_emissions.training_type"
        message = f"{path} is {short(kind)}; it may be {either(_TRAINING)}"
        yield Problem(message, emissions.location("training_type", path), severity="info")


def _amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _no_amount(path: str, value: Any, node: MapNode, key: str) -> Problem:
    text = "empty" if value is None else short(value)
    return Problem(f"{path} is {text}, and no mass in grams", node.location(key, path), hint="Write a number.")
