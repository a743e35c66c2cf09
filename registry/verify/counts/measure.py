"""Build one model, trace it on each input, and count it under every convention. Runs in a worker process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from registry.types import BuildError, Quantity
from registry.verify.conventions import CONVENTIONS
from registry.verify.conventions.base import Variant
from registry.verify.counts.cache import TraceCache
from registry.verify.counts.inputs import Input
from registry.verify.counts.judge import Candidate, Rule
from registry.verify.parameters import Ledger, deploy, ledger, readings
from registry.verify.target import Target
from registry.verify.trace import Trace, build, trace

if TYPE_CHECKING:
    from torch import nn

DEPLOYED = "in deploy mode"

_LIKELY = {"MACs": 0, "torch": 1, "fvcore 0.1.5": 1, "thop 0.0.31": 1}
"""Surprise of each convention, in bits; 2 for those not named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One model to count.

    Attributes:
        target: How to build it.
        inputs: What to count it on; empty where only its parameters are asked for.
        reported: The counts that cards report of it. Where a tool's own settings reproduce one of them, no other
            settings are tried.
    """

    target: Target
    inputs: tuple[Input, ...] = ()
    reported: tuple[Quantity, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What one model counts; plain data.

    Attributes:
        ledger: Its parameters.
        candidates: Its FLOPs under every rule that was tried.
        failures: Why it does not run, one sentence for each input on which it does not.
        versions: Of torch and of the model's library.
    """

    ledger: Ledger
    candidates: tuple[Candidate, ...] = ()
    failures: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()


def count_model(job: Job, cache: TraceCache) -> Counted:
    """Count one model.

    Raises:
        BuildError: It cannot be built.
    """
    models = _Models(job.target)
    candidates: list[Candidate] = []
    failures: list[str] = []
    for variant in ("", DEPLOYED):
        traces: list[tuple[Input, Trace]] = []
        for each in job.inputs:
            try:
                traces.append((each, _trace(models, each, variant, cache)))
            except BuildError as error:
                if not variant:
                    failures.append(error.message)
        for thorough in (False, True):
            for each, traced in traces:
                candidates += _count(traced, each, variant, thorough=thorough)
            if _explained(job.reported, candidates):
                break
        if _explained(job.reported, candidates) or not models.folds:
            break
    return Counted(
        ledger=models.ledger,
        candidates=tuple(candidates),
        failures=tuple(failures),
        # Not which build of it: CPU and CUDA builds count alike.
        versions=(("torch", torch.__version__.partition("+")[0]), (job.target.library, job.target.version)),
    )


class _Models:
    """The model as built and as deployed, made only when asked for: a cached trace needs neither."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._built = build(target.build)
        self.ledger = ledger(self._built)

    @property
    def folds(self) -> bool:
        return self.ledger.deployed is not None

    def get(self, variant: str) -> nn.Module:
        if not variant:
            return self._built
        folded = deploy(self._built)
        assert folded is not None, "asked for only where the ledger says that it folds"
        return folded


def _trace(models: _Models, each: Input, variant: str, cache: TraceCache) -> Trace:
    key = cache.key(models.target, each.size, variant)
    found = cache.get(key)
    if found is None:
        found = trace(models.get(variant), each.size)
        cache.put(key, found)
    return found


def _count(traced: Trace, each: Input, variant: str, *, thorough: bool) -> Iterator[Candidate]:
    """Candidates under the tools' own settings, or under all others where `thorough`."""
    for convention in CONVENTIONS.values():
        own, *others = convention.variants()
        for setting in others if thorough else [own]:
            total = setting(traced).total
            for factor in _factors(setting):
                yield Candidate(
                    rule=Rule(convention=setting.label, factor=factor, input=each.rule, variant=variant),
                    size=each.size,
                    value=factor * total,
                    surprise=each.surprise + _surprise(setting, own, factor) + (4 if variant else 0),
                )


def _factors(setting: Variant) -> tuple[int, ...]:
    """Tools that count multiply-adds are published as they are or doubled; twice torch's MACs is torch's own count."""
    return (1, 2) if setting.convention.unit == "MACs" and setting.convention.name != "MACs" else (1,)


def _surprise(setting: Variant, own: Variant, factor: int) -> int:
    changed = sum(setting.settings[name] != value for name, value in own.settings.items())
    return _LIKELY.get(setting.convention.name, 2) + 2 * changed + (factor - 1)


def _explained(reported: Sequence[Quantity], candidates: Sequence[Candidate]) -> bool:
    return all(
        any(reading.holds(each.value) for reading, _ in readings(quantity) for each in candidates)
        for quantity in reported
    )
