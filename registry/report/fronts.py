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
                for name, reported in ((name, standing.claim.reported) for name, standing in results.items())
                if name in values
            ]
            front = pareto.front(places, lambda place: place[:2])
            if len(front) > 1:
                yield dataset, cost, str(len(front)), ", ".join(text for *_, text in front[: -_LISTED - 1 : -1])


def side_by_side(models: Sequence[tuple[str, Sequence[Shown]]]) -> tuple[list[str], list[list[str]]]:
    """The test sets that the same models report, and the best models on the first of them with all their results."""
    results = _results(models)
    if len(results) < 2:
        return [], []
    first, *others = results
    names = sorted(results[first], key=lambda name: -results[first][name].claim.reported.value)
    both = [name for name in names if sum(name in results[dataset] for dataset in others) > 1][:_ROWS]
    rows = [
        [name, *(standings[name].claim.reported.text if name in standings else "" for standings in results.values())]
        for name in both
    ]
    return list(results), rows


def _results(models: Sequence[tuple[str, Sequence[Shown]]]) -> Mapping[str, Mapping[str, Shown]]:
    """By data set, the largest first as cards name them, each model's top-1 accuracy; a refuted one is none."""
    results: dict[str, dict[str, Shown]] = defaultdict(dict)
    for name, claims in models:
        for standing in claims:
            dataset = standing.claim.dataset
            if dataset is not None and standing.claim.subject == _METRIC and standing.verdict != "refuted":
                results[dataset.name].setdefault(name, standing)
    return {name: accuracies for name, accuracies in results.items() if len(accuracies) >= _FEW}


def _costs(models: Sequence[tuple[str, Sequence[Shown]]]) -> Mapping[str, Mapping[str, tuple[Decimal, str]]]:
    """By cost, each model's with how it is printed: as it was counted, where that was measured."""
    costs: dict[str, dict[str, tuple[Decimal, str]]] = defaultdict(dict)
    for name, claims in models:
        for standing in claims:
            claim, measured = standing.claim, standing.measurement
            text, value = claim.reported.text, claim.reported.value
            if claim.subject == "parameters":
                costs["parameters"].setdefault(name, (value, text))
            elif claim.subject == "flops" and measured is not None and measured.details.get("unit") == "MACs":
                costs["GMACs"].setdefault(name, (Decimal(str(measured.value)), f"{measured.value / 1e9:.2f} GMACs"))
            elif claim.subject == "throughput" and (hardware := dict(claim.conditions).get("hardware")):
                costs[f"throughput on {hardware}"].setdefault(name, (value, f"{text} pictures a second"))
    return {cost: values for cost, values in costs.items() if len(values) >= _FEW}
