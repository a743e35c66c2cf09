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

from registry.checks.agreement import disagreement
from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.message_text import short
from registry.checks.rule import Problem, rule


@rule("MIR305", "duplicate-model", "error", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    first: dict[tuple[str, str], Entry] = {}
    for entry in context.models:
        name = entry.owner.name
        # A folder of evaluation results has one file for each, all of the same model; a model of the Hub is its
        # repository, whatever default name a trainer gave it.
        if not name or entry.card.dialect in ("eval-results", "huggingface"):
            continue
        other = first.setdefault((context.zoo(entry.card), name), entry)
        if other is entry:
            continue
        differs = disagreement(other, entry)
        where = other.owner.location
        yield Problem(
            f"{short(name)} is already a model at {where}" + (f", and the two differ in {differs}" if differs else ""),
            entry.owner.location,
            related=(where,),
            severity=None if differs else "warning",
        )
