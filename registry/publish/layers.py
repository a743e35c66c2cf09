"""Where a model's parameters and operations are: the share of each layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from registry.publish.catalog import Entry

_MOST = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """One layer, or a group of them: its name, and its counts with their shares of the whole, from 0 to 1."""

    name: str
    counts: Mapping[str, int]
    shares: Mapping[str, float]


def layers(entry: Entry) -> tuple[Layer, ...]:
    """The layers of a model, in its order, as far as evidence holds counts by layer (`by_layer` of its details).

    A model with many layers is shown by its blocks, as coarse as it takes for a chart that can be read.
    """
    counted = {subject: found for subject in ("parameters", "flops") if (found := _by_layer(entry, subject))}
    if not counted:
        return ()
    depth = max(name.count(".") for found in counted.values() for name in found) + 1
    grouped = _grouped(counted, depth)
    while depth > 1 and len(_names(grouped)) > _MOST:
        depth -= 1
        grouped = _grouped(counted, depth)
    totals = {subject: sum(found.values()) for subject, found in grouped.items()}
    return tuple(
        Layer(
            name=name,
            counts={subject: found[name] for subject, found in grouped.items()},
            shares={subject: found[name] / totals[subject] for subject, found in grouped.items()},
        )
        for name in _names(grouped)[:_MOST]
    )


def _by_layer(entry: Entry, subject: str) -> dict[str, int]:
    for shown in entry.claims:
        measured = shown.evidence.measurement if shown.evidence else None
        if measured is not None and shown.claim.subject == subject:
            found = measured.details.get("by_layer")
            if isinstance(found, Mapping):
                return {str(name): count for name, count in found.items() if isinstance(count, int) and count > 0}
    return {}


def _grouped(counted: Mapping[str, Mapping[str, int]], depth: int) -> dict[str, Counter[str]]:
    grouped: dict[str, Counter[str]] = {}
    for subject, found in counted.items():
        grouped[subject] = Counter()
        for name, count in found.items():
            grouped[subject][".".join(name.split(".")[:depth]) or "(the model itself)"] += count
    return grouped


def _names(grouped: Mapping[str, Counter[str]]) -> list[str]:
    return list(dict.fromkeys(name for found in grouped.values() for name in found))
