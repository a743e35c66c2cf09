"""Compare what cards say of speed and memory with what is measured here.

A time is a fact of a machine as much as of a model. A card's time from another machine is neither reproduced nor
refuted by one from here; the outcome gives both, and says on what it was measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch

from registry.claims import ModelClaims
from registry.evidence.rejudge import TIMED
from registry.types import Claim, Evidence, Measurement, Model, Unverifiable, Verdict
from registry.verify.accuracy.jobs import GIB
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.accuracy.trial import build, input_shape
from registry.verify.builders import TRUSTED, resolve
from registry.verify.call_options import Precision
from registry.verify.engines import Failure, Resources, error_text, in_worker
from registry.verify.environment import environment, same_hardware
from registry.verify.evaluation.runner import Runner, devices
from registry.verify.evaluation.session import Speed, measure
from registry.verify.model_inputs import PictureInputs
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.preprocessing import of_card
from registry.verify.triage import Kind

_MODES: dict[str, Precision] = {"fp32": "fp32", "tf32": "tf32", "fp16": "fp16", "bf16": "bf16", "amp": "fp16"}
_MOST_PIXELS = 1 << 24
"""Pixels that a call may have: 256 pictures of 224x224, or one of 4096x4096. A card may name any number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """What a number of a card holds under.

    Attributes:
        hardware: The device as the card names it; empty where it names none.
        batch: Samples in a call; `None` where the card does not say.
        precision: Arithmetic; `None` where the card does not say.
        resolution: Height and width of a picture; `None` where the card does not say.
    """

    hardware: str = ""
    batch: int | None = None
    precision: Precision | None = None
    resolution: tuple[int, int] | None = None

    @classmethod
    def of(cls, claim: Claim) -> Conditions:
        """The conditions of a claim.

        Raises:
            Unverifiable: They cannot be had with PyTorch, or cannot be read.
        """
        conditions = dict(claim.conditions)
        backend, mode = conditions.get("backend", "PyTorch"), conditions.get("mode", "")
        if backend.casefold() not in ("pytorch", "torch"):
            raise Unverifiable(f"the card's {claim.reported} is a time of {backend}, and mir runs PyTorch")
        if mode and mode.casefold() not in _MODES:
            raise Unverifiable(f"the card's {claim.reported} is a time in {mode}; mir knows {', '.join(_MODES)}")
        batch = conditions.get("batch size")
        if batch is not None and not re.fullmatch(r"[1-9][0-9]{0,4}", batch):
            raise Unverifiable(f"the card's batch size is no number of pictures: {batch[:40]}")
        resolution = _resolution(conditions.get("resolution", ""))
        height, width = resolution or (224, 224)
        if int(batch or 1) * height * width > _MOST_PIXELS:
            raise Unverifiable(f"{batch or 1} pictures of {height}x{width} are more than mir times at once")
        return cls(
            hardware=conditions.get("hardware", ""),
            batch=None if batch is None else int(batch),
            precision=_MODES.get(mode.casefold()),
            resolution=resolution,
        )


def _resolution(text: str) -> tuple[int, int] | None:
    """Height and width, of `(800, 1333)`, `224x224` or `224`."""
    sides = [int(side) for side in re.findall(r"[0-9]{1,5}", text)]
    if not text.strip():
        return None
    if len(sides) not in (1, 2) or not all(sides):
        raise Unverifiable(f"the card's resolution is none: {text[:40]}")
    return sides[0], sides[-1]


THROUGHPUT_BATCH = 64

TOLERANCE = 0.1
"""Part by which times on the same kind of device may differ: cards do not say with which versions they were taken."""

MOST_CONDITIONS = 16
"""So many of a card's batch sizes, resolutions and arithmetics are measured; a list may have any length."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    value: float
    low: float
    high: float
    batch: int
    text: str


class Speeds:
    """Time, throughput and memory; see `registry.verify.triage.Measurer`."""

    kind: Kind = "time"

    def __init__(self, options: EvaluationOptions, *, beside: bool = True) -> None:
        self._options = options
        self._beside = beside

    def takes(self, claim: Claim) -> bool:
        """Whether a claim is about speed or memory."""
        return claim.subject in TIMED

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
        for model_claims in work:
            try:
                strange = self._beside and resolve(model_claims.model).library not in TRUSTED
            except Unverifiable as error:
                yield from (unverifiable(claim, error.message) for claim in model_claims.claims)
                continue
            if not strange:
                yield from _times(self._options, model_claims)
                continue
            options = self._options.travelling(self._options.device, None)
            most = None if devices(options.device)[0].type == "cuda" else _MOST
            result = in_worker(
                partial(_times, options), model_claims, Resources(seconds=options.seconds or _SECONDS, most=most)
            )
            if not isinstance(result, Failure) and [outcome.claim for outcome in result] != list(model_claims.claims):
                result = Failure(reason="its process returned results that were not asked for")
            if isinstance(result, Failure):
                yield from (
                    Outcome(claim=claim, verdict="error", reason=result.reason) for claim in model_claims.claims
                )
            else:
                yield from result


_SECONDS, _MOST = 600.0, 16 * GIB
"""What timing a stranger's model may take."""


def _times(options: EvaluationOptions, work: ModelClaims) -> list[Outcome]:
    """The outcome of each of a model's claims."""
    try:
        speeds = _Timed(work.model, options)
        here = environment(speeds.device)
        return [replace(_outcome(claim, speeds), environment=here) for claim in work.claims]
    except Unverifiable as error:
        return [unverifiable(claim, error.message) for claim in work.claims]


class _Timed:
    """A model's speeds, each measured when it is first asked for."""

    def __init__(self, model: Model, options: EvaluationOptions) -> None:
        target = resolve(model, trust=options.policy.trust)
        self._preprocessing = of_card(model, target.preprocessing, options.preprocessing)
        self._shape = input_shape(target, self._preprocessing)
        self.device = devices(options.device)[0]
        self.precision = options.precision
        self._model = build(target)
        self._speeds: dict[Conditions, Speed] = {}

    def of(self, under: Conditions) -> Speed:
        """The speed under some conditions.

        Raises:
            Unverifiable: The model does not take such pictures, or was timed under enough conditions.
        """
        under = replace(under, hardware="")
        if under not in self._speeds and len(self._speeds) == MOST_CONDITIONS:
            raise Unverifiable(f"the model was timed under {MOST_CONDITIONS} other conditions of this card already")
        if under not in self._speeds:
            channels, *sides = self._shape
            height, width = under.resolution or sides
            precision = under.precision or self.precision
            runner = Runner(self._model, PictureInputs(self._preprocessing), [self.device], precision=precision)
            try:
                self._speeds[under] = measure(runner, (channels, height, width), self.device, batch=under.batch or 1)
            except (Exception, SystemExit) as error:
                # A model is foreign code: whatever it raises is said of this model and ends nothing.
                raise Unverifiable(f"it cannot be timed on {height}x{width}: {error_text(error)}") from error
        return self._speeds[under]


def _outcome(claim: Claim, timed: _Timed) -> Outcome:
    try:
        under = Conditions.of(claim)
        timing = _measured(claim.subject, timed, under)
    except Unverifiable as error:
        return unverifiable(claim, error.message)
    if timing is None:
        return unverifiable(claim, "memory is measured on a GPU only, and there is none here")
    where, reported, value = machine(timed.device), claim.reported, float(claim.reported.value)
    reason, printed = f"{timing.text} on {where}", _milliseconds(value) if claim.kind == "seconds" else str(reported)
    verdict: Verdict
    if under.hardware and not same_hardware(under.hardware, where):
        verdict = "unverifiable"
        reason += f"; the card's {printed} is of {under.hardware}, and a time from another machine refutes nothing"
    elif reported.holds(timing.value):
        verdict = "reproduced"
    elif timing.low <= value <= timing.high or (under.hardware and abs(timing.value - value) <= TOLERANCE * value):
        verdict = "within-tolerance"
    else:
        verdict = "refuted" if under.hardware else "unverifiable"
        reason += f", {timing.value / value:.2f} times the card's {printed}" if value else f", and not {printed}"
        reason += "" if under.hardware else "; a time from another machine refutes nothing"
    details = {"hardware": where, "batch": timing.batch, "precision": under.precision or timed.precision}
    interval = (timing.low, timing.high)
    measurement = Measurement(value=timing.value, method="time", interval=interval, details=details)
    return Outcome(claim=claim, verdict=verdict, reason=reason, measurement=measurement)


def machine(device: torch.device) -> str:
    """The GPU or processor that a speed is one of."""
    facts = environment(device)
    return facts.get("gpu", facts["cpu"])


def _measured(subject: str, timed: _Timed, under: Conditions) -> _Found | None:
    if subject == "throughput":
        speed = timed.of(under if under.batch else replace(under, batch=THROUGHPUT_BATCH))
        return _Found(
            value=speed.samples_per_second,
            low=speed.batch / speed.high,
            high=speed.batch / speed.low,
            batch=speed.batch,
            text=f"{speed.samples_per_second:.1f} pictures a second in batches of {speed.batch}",
        )
    speed = timed.of(under)
    if subject == "inference-time":
        median, low, high = (seconds / speed.batch for seconds in (speed.seconds, speed.low, speed.high))
        text = f"{_milliseconds(median)} a picture, the median of {speed.calls} calls,"
        return _Found(value=median, low=low, high=high, batch=speed.batch, text=text)
    if speed.peak_bytes is None:
        return None
    peak = float(speed.peak_bytes)
    text = f"at most {speed.peak_bytes} bytes for a batch of {speed.batch}"
    return _Found(value=peak, low=peak, high=peak, batch=speed.batch, text=text)


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.4g} ms"
