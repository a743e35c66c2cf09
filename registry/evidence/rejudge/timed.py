"""Records of times, throughputs and memory: a time of one machine, held against the card's."""

from __future__ import annotations

from collections.abc import Iterator

from registry.types import Evidence, Measurement

TOLERANCE = 0.1
"""Part by which times on the same kind of device may differ: cards do not say with which versions they were taken."""


def contradictions(evidence: Evidence, measurement: Measurement) -> Iterator[str]:
    """What in the record of a time does not follow from the rest of it, one sentence each."""
    claim, verdict = evidence.claim, evidence.verdict
    reported, value = float(claim.reported.value), measurement.value
    low, high = measurement.interval or (value, value)
    names_hardware = "hardware" in dict(claim.conditions)
    holds = claim.reported.holds(value)
    near = low <= reported <= high or (names_hardware and abs(value - reported) <= TOLERANCE * reported)
    if verdict == "reproduced" and not holds:
        yield f"the verdict is reproduced, and the card's {claim.reported} is not {value:.6g}"
    elif verdict == "within-tolerance" and not near:
        yield f"the verdict is within-tolerance, and the card's {claim.reported} is not near {value:.6g}"
    elif verdict == "refuted" and (holds or near or not names_hardware):
        why = f"is near {value:.6g}" if holds or near else "names no hardware, and another machine refutes nothing"
        yield f"the verdict is refuted, and the card's {claim.reported} {why}"
