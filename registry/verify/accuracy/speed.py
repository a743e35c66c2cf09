"""Compare what cards say of speed and memory with what is measured here.

A time is a fact of a machine as much as of a model. A card's time from another machine is neither reproduced nor
refuted by one from here; the outcome gives both, and says on what it was measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch

from registry.types import Claim, Evidence, Measurement, Model, Unverifiable, Verdict
from registry.verify.accuracy.job import input_shape
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.builders import resolve
from registry.verify.claims import ModelClaims
from registry.verify.environment import environment
from registry.verify.evaluation.runner import Runner, devices
from registry.verify.evaluation.speed import Speed, measure
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.preprocessing import of_card
from registry.verify.triage import Kind

SUBJECTS = frozenset({"inference-time", "throughput", "peak-memory"})
"""What is measured here."""

THROUGHPUT_BATCH = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    value: float
    low: float
    high: float
    said: str


class Speeds:
    """Time, throughput and memory; see `registry.verify.triage.Measurer`."""

    kind: Kind = "time"

    def __init__(self, options: EvaluationOptions) -> None:
        self._options = options

    def takes(self, claim: Claim) -> bool:
        """Whether a claim is about speed or memory."""
        return claim.subject in SUBJECTS

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:  # noqa: ARG002
        """Nothing: what is compared is a machine of one day."""
        return {}

    def final(self, evidence: Evidence) -> bool:
        """Whether it was measured on this very machine: another run would only add noise."""
        if evidence.measurement is None:
            return False
        return evidence.measurement.details.get("hardware") == machine(devices(self._options.device)[0])

    def measure(self, work: Sequence[ModelClaims]) -> Iterator[Outcome]:
        """Time each model without its weights, which change nothing of it."""
        for each in work:
            try:
                speeds = _Timed(each.model, self._options)
                for claim in each.claims:
                    yield _outcome(claim, speeds)
            except Unverifiable as error:
                yield from (unverifiable(claim, error.message) for claim in each.claims)


class _Timed:
    """A model's speeds, each measured when it is first asked for."""

    def __init__(self, model: Model, options: EvaluationOptions) -> None:
        target = resolve(model)
        self._preprocessing = of_card(model, target.preprocessing, options.preprocessing)
        self._shape = input_shape(target, self._preprocessing)
        self.device = devices(options.device)[0]
        self._runner = Runner(target.build(), self._preprocessing, [self.device], precision=options.precision)
        self._speeds: dict[int, Speed] = {}

    def of(self, batch: int) -> Speed:
        """The speed with so many samples in a call."""
        if batch not in self._speeds:
            self._speeds[batch] = measure(self._runner, self._shape, self.device, batch=batch)
        return self._speeds[batch]


def _outcome(claim: Claim, timed: _Timed) -> Outcome:
    found = _measured(claim.subject, timed)
    if found is None:
        return unverifiable(claim, "memory is measured on a GPU only, and there is none here")
    where = machine(timed.device)
    reported = claim.reported
    value = float(reported.value)
    measurement = Measurement(
        value=found.value, method="time", interval=(found.low, found.high), details={"hardware": where}
    )
    reason = f"{found.said} on {where}"
    verdict: Verdict = "reproduced" if reported.holds(found.value) else "within-tolerance"
    if verdict != "reproduced" and not found.low <= value <= found.high:
        verdict = "unverifiable"
        reason = (
            f"{found.said} on {where}, {found.value / value:.2f} times the card's {reported}; "
            "a time from another machine refutes nothing"
        )
    return Outcome(claim=claim, verdict=verdict, reason=reason, measurement=measurement)


def machine(device: torch.device) -> str:
    """The GPU or processor that a speed is one of."""
    found = environment(device)
    return found.get("gpu", found["cpu"])


def _measured(subject: str, timed: _Timed) -> _Found | None:
    if subject == "throughput":
        speed = timed.of(THROUGHPUT_BATCH)
        return _Found(
            value=speed.samples_per_second,
            low=speed.batch / speed.high,
            high=speed.batch / speed.low,
            said=f"{speed.samples_per_second:.1f} pictures a second in batches of {speed.batch}",
        )
    speed = timed.of(1)
    if subject == "inference-time":
        said = f"{speed.seconds:.4g} s a picture, the median of {speed.calls} calls,"
        return _Found(value=speed.seconds, low=speed.low, high=speed.high, said=said)
    if speed.peak_bytes is None:
        return None
    peak = float(speed.peak_bytes)
    return _Found(value=peak, low=peak, high=peak, said=f"at most {speed.peak_bytes} bytes for one picture")
