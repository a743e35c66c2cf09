"""One model twice.

What:
    Two models of an index have the same name. Where their numbers differ it is an error, otherwise a warning.

Why:
    A name is how a model is found. With two, a program takes one of them, and which one depends on the program.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        Parameters: 61100840
    - Name: AlexNet
      Metadata:
        Parameters: 57000000

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Parameters: 61100840
    - Name: AlexNet-OWT
      Metadata:
        Parameters: 57000000
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.card_view import CardView, Compared
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.siblings import disagreement
from registry.checks.whole import Whole


def named_of(view: CardView) -> list[Compared]:
    """The models of a card that are found by their names."""
    # A folder of evaluation results has one file for each, all of the same model; a model of the Hub is its
    # repository, whatever default name a trainer gave it.
    if view.card.dialect in ("eval-results", "huggingface"):
        return []
    return [entry.compared for entry in view.models if entry.owner.name]


@rule("MIR305", "duplicate-model", "error", "index", facts=(named_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    first: dict[tuple[str, str], Compared] = {}
    for card, models in whole.facts(named_of):
        zoo = whole.zoo(card)
        for model in models:
            other = first.setdefault((zoo, model.name), model)
            if other is model:
                continue
            differs = disagreement(other, model)
            where = other.place
            also = f", and the two differ in {differs}" if differs else ""
            yield Problem(
                f"{short(model.name)} is already a model at {where}{also}",
                model.place,
                related=(where,),
                severity=None if differs else "warning",
            )
