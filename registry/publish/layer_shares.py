"""Where a model's parameters and operations are: the share of each part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.publish.catalog import CatalogEntry
from registry.verify.own_code import MOST, at_depth, depth_of


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerRow:
    """One part of a model: its name, and its counts with their shares of the whole, from 0 to 1."""

    name: str
    counts: Mapping[str, int]
    shares: Mapping[str, float]


def layers(entry: CatalogEntry) -> tuple[LayerRow, ...]:
    """The parts of a model, in its order, as far as evidence holds counts by layer (`by_layer` of its details)."""
    counted = {subject: counts for subject in ("parameters", "flops") if (counts := _by_layer(entry, subject))}
    if not counted:
        return ()
    # What was added up further for one count is added up as far for the other, so that they share their rows.
    depth = min(depth_of(counts) for counts in counted.values())
    parts = {subject: at_depth(counts, depth) for subject, counts in counted.items()}
    while depth > 1 and len(_names(parts)) > MOST:
        depth -= 1
        parts = {subject: at_depth(counts, depth) for subject, counts in counted.items()}
    totals = {subject: sum(counts.values()) for subject, counts in parts.items()}
    return tuple(
        LayerRow(
            name=name,
            counts={subject: counts.get(name, 0) for subject, counts in parts.items()},
            shares={subject: counts.get(name, 0) / totals[subject] for subject, counts in parts.items()},
        )
        for name in _names(parts)[:MOST]
    )


def _by_layer(entry: CatalogEntry, subject: str) -> dict[str, int]:
    for outcome in entry.claims:
        if outcome.measurement is not None and outcome.claim.subject == subject:
            rows = outcome.details.get("by_layer")
            pairs = rows if isinstance(rows, list) else []
            return {
                str(pair[0]): pair[1]
                for pair in pairs
                if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[1], int) and pair[1] > 0
            }
    return {}


def _names(parts: Mapping[str, Mapping[str, int]]) -> list[str]:
    return list(dict.fromkeys(name for counts in parts.values() for name in counts))
