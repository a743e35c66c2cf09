"""Which models are the best for what they cost, on each test set, and how robust the best are: parts of a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from registry import pareto
from registry.evidence.beside import Shown

_LISTED = 5
"""Models of a front that are listed, from the best down."""

_ROWS = 24
"""Rows of the table of test sets."""

_FEW = 20
"""A data set is looked at where so many models report it."""

_METRIC = "top-1-accuracy"


def fronts(models: Sequence[tuple[str, Sequence[Shown]]]) -> Iterator[tuple[str, str, str, str]]:
    """For each test set and cost: both, and the models that none beats on both, the best first, with their numbers."""
    for dataset, results in _results(models).items():
        for cost, values in _costs(models).items():
            sign = -1 if cost.startswith("throughput") else 1  # of which more is better
            places = [
                (sign * values[name][0], reported.value, f"{name} ({reported.text}, {values[name][1]})")
                for name, reported in ((name, shown.claim.reported) for name, shown in results.items())
                if name in values
            ]
            front = pareto.front(places, lambda place: place[:2])
            if len(front) > 1:
                yield dataset, cost, str(len(front)), ", ".join(shown for *_, shown in front[: -_LISTED - 1 : -1])


def side_by_side(models: Sequence[tuple[str, Sequence[Shown]]]) -> tuple[list[str], list[list[str]]]:
    """The test sets that the same models report, and the best models on the first of them with all their results."""
    results = _results(models)
    if len(results) < 2:
        return [], []
    first, *others = results
    names = sorted(results[first], key=lambda name: -results[first][name].claim.reported.value)
    both = [name for name in names if sum(name in results[each] for each in others) > 1][:_ROWS]
    rows = [
        [name, *(each[name].claim.reported.text if name in each else "" for each in results.values())] for name in both
    ]
    return list(results), rows


def _results(models: Sequence[tuple[str, Sequence[Shown]]]) -> Mapping[str, Mapping[str, Shown]]:
    """By data set, the largest first as cards name them, each model's top-1 accuracy; a refuted one is none."""
    found: dict[str, dict[str, Shown]] = defaultdict(dict)
    for name, claims in models:
        for shown in claims:
            dataset = shown.claim.dataset
            if dataset is not None and shown.claim.subject == _METRIC and shown.verdict != "refuted":
                found[dataset.name].setdefault(name, shown)
    return {name: each for name, each in found.items() if len(each) >= _FEW}


def _costs(models: Sequence[tuple[str, Sequence[Shown]]]) -> Mapping[str, Mapping[str, tuple[Decimal, str]]]:
    """By cost, each model's with how it is printed: as it was counted, where that was measured."""
    found: dict[str, dict[str, tuple[Decimal, str]]] = defaultdict(dict)
    for name, claims in models:
        for shown in claims:
            claim, measured = shown.claim, shown.measurement
            text, value = claim.reported.text, claim.reported.value
            if claim.subject == "parameters":
                found["parameters"].setdefault(name, (value, text))
            elif claim.subject == "flops" and measured is not None and measured.details.get("unit") == "MACs":
                found["GMACs"].setdefault(name, (Decimal(str(measured.value)), f"{measured.value / 1e9:.2f} GMACs"))
            elif claim.subject == "throughput" and (hardware := dict(claim.conditions).get("hardware")):
                found[f"throughput on {hardware}"].setdefault(name, (value, f"{text} pictures a second"))
    return {cost: each for cost, each in found.items() if len(each) >= _FEW}
