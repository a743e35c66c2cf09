"""How a model's counts hang together, in one sentence: which is which counted twice, and what another adds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from registry.numbers import short

BASE = "MACs"
"""The convention that the others are held against."""

_MOST = 3
_KINDS = (("norm", "normalisation"), ("pool", "pooling"), ("attention", "attention"), ("attn", "attention"))


def relation(counted: Mapping[str, Any], conventions: Sequence[str]) -> str:
    """The sentence; empty where there is nothing to say.

    Args:
        counted: As `ModelCounts.as_dict` holds it.
        conventions: Names of those that are printed.
    """
    counts, layers = counted["counts"], counted["layers"]
    base = counts[BASE]["total"] if BASE in counts else 0
    known = [name for name in conventions if name != BASE and layers and name in layers[0]["counts"]]
    if not base or BASE not in conventions:
        return ""
    clauses: dict[str, list[str]] = {}
    for name in known:
        clauses.setdefault(_clause(name, counts[name], base, layers), []).append(name)
    said = [clause.format(names=", ".join(names)) for clause, names in clauses.items()]
    return f"{'; '.join(said)}." if said else ""


def _clause(name: str, count: Mapping[str, Any], base: int, layers: Sequence[Mapping[str, Any]]) -> str:
    total, shown = count["total"], short(count["total"], "count")
    if count["unit"] == "FLOPs":
        times = "2" if total == 2 * base else f"{total / base:.3g}"
        return f"{shown} FLOPs ({{names}}) is {times} x {short(base, 'count')} MACs"
    if total == base:
        return "{names} counts the same MACs"
    more, less = _differences(name, layers)
    parts = [f"{verb} {_words(kinds)}" for verb, kinds in (("adds", more), ("leaves out", less)) if kinds]
    return f"{shown} ({{names}}) {' and '.join(parts) or 'counts the same layers otherwise'}"


def _differences(name: str, layers: Sequence[Mapping[str, Any]]) -> tuple[Counter[str], Counter[str]]:
    """By kind of layer, how much a convention counts more than the base, and less."""
    more: Counter[str] = Counter()
    less: Counter[str] = Counter()
    for layer in layers:
        difference = layer["counts"][name] - layer["counts"][BASE]
        if difference:
            bias = difference == prod(layer["output"] or ())
            kind = f"the biases of {layer['type']}" if bias and layer["counts"][BASE] else _kind(layer["type"])
            (more if difference > 0 else less)[kind] += abs(difference)
    return more, less


def _kind(type_: str) -> str:
    return next((word for part, word in _KINDS if re.search(part, type_, re.IGNORECASE)), type_)


def _words(kinds: Counter[str]) -> str:
    """The kinds that matter most: those of less than a thousandth of the rest are left out where others are there."""
    total = kinds.total()
    named = [kind for kind, amount in kinds.most_common(_MOST) if amount * 1000 >= total] or [*kinds][:1]
    return f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else named[0]
