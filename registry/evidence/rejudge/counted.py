"""Records of counts and of files' sizes: a verdict says whether the count lies inside what the card prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from registry.evidence.rejudge.count_chance import recorded_verdict
from registry.types import Evidence, Measurement


def contradictions(evidence: Evidence, measurement: Measurement) -> Iterator[str]:
    """What in the record of a count does not follow from the rest of it, one sentence each."""
    claim = evidence.claim
    if evidence.verdict == "within-tolerance":
        yield "the verdict is within-tolerance, and a count has no tolerance"
    yield from _sums(measurement)
    if evidence.verdict not in ("reproduced", "refuted"):
        return
    if "tried" not in measurement.details:
        # A record of before the counts that were tried were kept: it was the only one.
        alone = {measurement.convention or "": measurement.value}
        measurement = replace(measurement, details={**measurement.details, "tried": alone})
    follows, why = recorded_verdict(claim.reported, measurement)
    if follows != evidence.verdict:
        yield f"the verdict is {evidence.verdict}, and {follows} follows for the card's {claim.reported}: {why}"


def _sums(measurement: Measurement) -> Iterator[str]:
    """Whether the count agrees with what the record holds of the model's layers and of other conventions."""
    details, value = measurement.details, measurement.value
    counts, layers, conventions = (details.get(name) for name in ("counts", "by_layer", "conventions"))
    if isinstance(counts, Mapping) and counts:
        if counts.get(measurement.convention, value) != value:
            yield f"it counts {counts[measurement.convention]} and not {value} by {measurement.convention}"
        layer_counts = [row[1] for row in layers] if isinstance(layers, list) else []
        total = counts.get("all parameters", sum(layer_counts))
        if layer_counts and total != sum(layer_counts):
            yield f"its layers have {sum(layer_counts)} parameters, and not {total}"
    if isinstance(conventions, list) and conventions:
        totals = {row[1] for row in conventions}
        # A rule may double or halve what a convention counts.
        if totals.isdisjoint((value, 2 * value, value / 2)):
            yield f"no convention that it lists counts {value}"
