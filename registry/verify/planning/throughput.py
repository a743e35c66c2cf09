"""How fast models ran on machines, learnt from earlier evidence; nothing is guessed where nothing was measured."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence

from registry.types import Evidence
from registry.verify.planning.plan import Estimate, PlannedJob, PlannedModel, Seen
from registry.verify.planning.span import NOTHING, Span

LEAST_SECONDS = 1.0
"""What took less says more of starting than of the model."""

QUARTILES_FROM = 4
"""With fewer measured speeds, the range is from the least to the most."""


def seen(evidence: Evidence, precision: str, flops: Span | None) -> Seen | None:
    """What a record says of speed.

    Args:
        evidence: The record.
        precision: Arithmetic that the plan is for; a model that ran in another says nothing.
        flops: The model's, of one sample.
    """
    measurement = evidence.measurement
    if measurement is None:
        return None
    answering, reading, machine = 0.0, None, evidence.environment.get("gpu") or evidence.environment.get("cpu", "")
    if (
        measurement.method == "time"
        and evidence.claim.subject == "throughput"
        and precision == "fp32"
        and measurement.value > 0
    ):
        answering, machine = 1 / measurement.value, str(measurement.details.get("hardware", ""))
    elif measurement.method == "evaluate" and measurement.details.get("precision") == precision and measurement.samples:
        speed = measurement.details.get("speed")
        if not isinstance(speed, dict) or not all(_is_time(seconds) for seconds in speed.values()):
            return None
        took = float(speed.get("answering", 0.0))
        if took < LEAST_SECONDS:
            return None
        answering, reading = took / measurement.samples, float(speed.get("reading", 0.0)) / measurement.samples
    if answering <= 0 or not machine:
        return None
    rate = flops.low / answering if flops is not None and flops.exact else None
    return Seen(machine=machine, model=evidence.claim.model, answering=answering, rate=rate, reading=reading)


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and value >= 0


def estimates(jobs: Sequence[PlannedJob], observations: Iterable[Seen]) -> list[Estimate]:
    """How long jobs take on each machine where something was measured, by the machine's name."""
    machines: dict[str, list[Seen]] = {}
    for observation in observations:
        machines.setdefault(observation.machine, []).append(observation)
    return [_estimate(machine, jobs, speeds) for machine, speeds in sorted(machines.items())]


def _estimate(machine: str, jobs: Sequence[PlannedJob], speeds: Sequence[Seen]) -> Estimate:
    own: dict[str, list[float]] = {}
    for speed in speeds:
        own.setdefault(speed.model, []).append(speed.answering)
    rate = _middle([speed.rate for speed in speeds if speed.rate is not None])
    reading = _middle([speed.reading for speed in speeds if speed.reading is not None])

    def answering(model: PlannedModel) -> Span | None:
        if model.name in own:
            return Span(min(own[model.name]), max(own[model.name]))
        if rate is None or model.flops is None:
            return None
        return Span(model.flops.low / rate.high, model.flops.high / rate.low)

    def seconds(job: PlannedJob) -> Span | None:
        whole = reading or NOTHING
        for model in job.models:
            duration = answering(model)
            if duration is None or job.samples is None:
                return None
            whole += duration
        return whole * (job.samples or 0)

    return Estimate(
        machine=machine, models=len(own), rate=rate, reading=reading, seconds=tuple(seconds(job) for job in jobs)
    )


def _middle(values: Sequence[float]) -> Span | None:
    """The middle half, or all of a few."""
    if not values:
        return None
    if len(values) < QUARTILES_FROM:
        return Span(min(values), max(values))
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return Span(low, high)
