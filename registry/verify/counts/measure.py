"""Build one model, trace it on each input, and count it under every convention. Runs in a worker process."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import torch

from registry.evidence.rejudge.fineness import readings
from registry.types import BuildError, Quantity
from registry.verify.arguments import sample
from registry.verify.conventions import Variant, counts
from registry.verify.counts.inputs import DECLARED, Input
from registry.verify.counts.judge import Candidate, CountRule, factors, surprise
from registry.verify.counts.trace_cache import TraceCache
from registry.verify.own_code import by_block
from registry.verify.parameters import DEPLOYED, ParameterCount, deploy, ledger
from registry.verify.target import Target
from registry.verify.trace import Trace, build, trace

if TYPE_CHECKING:
    from torch import nn

SHOWN = 5
"""How many names of what was not counted are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CountJob:
    """One model to count.

    Attributes:
        target: How to build it.
        inputs: What to count it on; empty where only its parameters are asked for.
        reported: The counts that cards report of it. Deploy mode is tried only where nothing else reproduces them.
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

    ledger: ParameterCount
    candidates: tuple[Candidate, ...] = ()
    failures: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()


def count_model(job: CountJob, cache: TraceCache) -> Counted:
    """Count one model.

    Raises:
        BuildError: It cannot be built.
    """
    models = _TracedModel(job.target, cache)
    candidates: list[Candidate] = []
    failures: list[str] = []
    for place, variant in enumerate(models.variants):
        counted, failed = _candidates(models, job, variant, penalty=place)
        candidates += counted
        failures += failed
    if models.ledger.deployed is not None and not _explained(job.reported, candidates):
        candidates += _candidates(models, job, DEPLOYED, penalty=4)[0]
    return Counted(
        ledger=models.ledger,
        candidates=tuple(candidates),
        failures=tuple(failures),
        # Not which build of it: CPU and CUDA builds count alike.
        versions=(("torch", torch.__version__.partition("+")[0]), (job.target.library, job.target.version)),
    )


class _TracedModel:
    """The model as built and as deployed, made only where nothing is kept of it."""

    def __init__(self, target: Target, cache: TraceCache) -> None:
        self.target = target
        self.cache = cache

    @cached_property
    def built(self) -> nn.Module:
        return build(self.target.build)

    @cached_property
    def ledger(self) -> ParameterCount:
        return self.cache.keep(ParameterCount, self.target, (), "", lambda: ledger(self.built))

    @property
    def variants(self) -> list[str]:
        """Names of the ways to run it."""
        return [variant.name for variant in self.target.variants] or [""]

    def trace(self, tried_input: Input, variant: str) -> Trace:
        """The model's run on one input, in one of its variants."""

        def run() -> Trace:
            arguments = tried_input.arguments or sample(tried_input.size, self.target.inputs, listed=self.target.listed)
            return trace(
                self._changed(self.built, variant),
                arguments=arguments,
                real=lambda: self._changed(self.target.build().eval(), variant, disposable=True),
            )

        return self.cache.keep(Trace, self.target, tried_input.size, variant, run)

    def _changed(self, model: nn.Module, variant: str, *, disposable: bool = False) -> nn.Module:
        """The model as it is in a variant; a copy of it where that is used again."""
        changes = {change.name: change.change for change in self.target.variants}
        first = next(iter(changes.values()), None)
        change = first if variant == DEPLOYED else changes.get(variant)
        # A copy: what one way changes is not the next one's. One with values would be gigabytes twice.
        changed = model if change is None else change(model if disposable else copy.deepcopy(model))
        if variant != DEPLOYED:
            return changed
        folded = deploy(changed)
        assert folded is not None, "asked for only where the ledger says that it folds"
        return folded


def _candidates(
    models: _TracedModel, job: CountJob, variant: str, *, penalty: int
) -> tuple[list[Candidate], list[str]]:
    """What the model counts under every rule, and why it does not run where it does not.

    Further inputs than the one that the card declares are for numbers that nothing likely explains on that.
    """
    candidates: list[Candidate] = []
    failures: list[str] = []
    for tried_input in job.inputs:
        if candidates and _explained(job.reported, [candidate for candidate in candidates if _is_likely(candidate)]):
            break
        try:
            candidates += _count(
                models.trace(tried_input, variant), tried_input, variant, penalty, models.target.conventions
            )
        except BuildError as error:
            failures.append(error.message)
    return candidates, failures


def _count(
    traced: Trace, tried_input: Input, variant: str, penalty: int, own_conventions: Collection[str]
) -> Iterator[Candidate]:
    for setting, count in counts(traced):
        convention = setting.convention
        for factor in factors(convention):
            yield Candidate(
                rule=CountRule(convention=setting.label, factor=factor, input=tried_input.rule, variant=variant),
                size=tried_input.size,
                value=factor * count.total,
                surprise=tried_input.surprise + _surprise(setting, own_conventions) + penalty,
                uncounted=tuple(count.uncounted)[:SHOWN],
                unit="FLOPs" if factor == 2 else convention.unit,
                by_layer=tuple(by_block(count.by_layer).items()) if convention.name == "MACs" else (),
                against=tried_input.against,
                run=traced.run,
                own=convention.name in own_conventions and not setting.changed,
            )


def _surprise(setting: Variant, own_conventions: Collection[str]) -> int:
    if setting.convention.name in own_conventions:
        return setting.changed
    return surprise(setting.convention.name, changed=setting.changed) + (2 if own_conventions else 0)


def _is_likely(candidate: Candidate) -> bool:
    """Whether a rule is the first one to try: the library's own convention on the declared input."""
    return candidate.surprise <= 1 and candidate.rule.input == DECLARED and not candidate.against


def _explained(reported: Sequence[Quantity], candidates: Sequence[Candidate]) -> bool:
    return all(
        any(reading.holds(candidate.value) for reading, _ in readings(quantity) for candidate in candidates)
        for quantity in reported
    )
