"""Why a claim is refuted: try the usual causes on a sample, and the likeliest ones on everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from registry.numbers import percent
from registry.types import Claim, Unverifiable
from registry.verify.accuracy.causes import Cause, causes
from registry.verify.accuracy.evaluated_model import EvaluatedModel
from registry.verify.accuracy.judge import exact, judge, measured
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.accuracy.quick import draw
from registry.verify.accuracy.trial import load
from registry.verify.evaluation.feed import Feeding
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.evaluation.runner import Runner
from registry.verify.evaluation.session import Contestant, run
from registry.verify.inputs import Pictures
from registry.verify.outcome import Outcome
from registry.verify.tasks import Classification, Score
from registry.verify.tasks.classification import relabelled

SAMPLE = 2000
"""How many samples every cause is tried on."""

_CONFIRMED = 3
"""How many causes are tried on all samples, the nearest first."""

_NEAR = 0.001
"""Part of the samples by which a cause may miss the claim: another library's decoding turns so many answers."""

_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class _Attempt:
    cause: Cause
    score: Score


def diagnose(
    outcome: Outcome, entry: EvaluatedModel, feeding: Feeding, where: Sequence[torch.device], options: EvaluationOptions
) -> Outcome:
    """The outcome of a refuted claim, with what would reproduce it where a usual cause does. It stays refuted.

    Args:
        outcome: The outcome.
        entry: The model, its weights and its answers.
        feeding: How samples are read.
        where: The devices.
        options: As for the evaluation.
    """
    claim, gatherer, inputs = outcome.claim, entry.contestant.gatherer, entry.trial.inputs
    if not isinstance(gatherer.task, Classification) or not isinstance(inputs, Pictures) or not outcome.measurement:
        return outcome
    dataset, state = entry.trial.dataset, entry.loaded.state
    found = list(causes(inputs.preprocessing, dataset.classes, gatherer.outputs, has_average=state.has_average))
    order = draw(entry.trial.fingerprint, len(dataset.names))[:SAMPLE]
    trials = _try(found, order, claim, entry, feeding, where, options)
    trials.sort(key=lambda trial: abs(exact(trial.score) - claim.reported.value))
    said, best = "", None
    whole = len(order) == len(dataset.names)
    for trial in trials[:_CONFIRMED]:
        confirmed = [trial] if whole else _try([trial.cause], None, claim, entry, feeding, where, options)
        off = judge(claim, confirmed[0].score).difference if confirmed else None
        if off is not None and abs(off) <= _NEAR * confirmed[0].score.samples:
            best = confirmed[0]
            how = "reproduces the claim" if off == 0 else f"is {abs(off)} samples from the claim"
            said = f"with {best.cause.change} it is {measured(best.score)}, which {how}"
            break
    if best is None:
        said = f"none of {len(trials)} usual causes explains it"
        if trials:
            said += f"; the nearest is {trials[0].cause.change}, {percent(trials[0].score.value)}"
    tried = {trial.cause.change: round(trial.score.value, 6) for trial in trials[:_SHOWN]}
    diagnosis = {"tried_on": len(order), "nearest": tried, "cause": None if best is None else best.cause.change}
    details = {**outcome.measurement.details, "diagnosis": diagnosis}
    return replace(
        outcome, reason=f"{outcome.reason}; {said}", measurement=replace(outcome.measurement, details=details)
    )


def _try(
    found: Sequence[Cause],
    order: Sequence[int] | None,
    claim: Claim,
    entry: EvaluatedModel,
    feeding: Feeding,
    where: Sequence[torch.device],
    options: EvaluationOptions,
) -> list[_Attempt]:
    """Score the claim's metric under each cause, in one pass over the samples; a cause that cannot be is left out."""
    running: list[tuple[Cause, Contestant]] = []
    for cause in found:
        try:
            loaded = load(entry.trial, options, average=True) if cause.average else entry.loaded
        except Unverifiable:
            continue
        runner = Runner(loaded.model, Pictures(cause.preprocessing), where, precision=options.precision)
        gatherer = Gatherer(entry.contestant.gatherer.task, entry.trial.dataset)
        running.append((cause, Contestant(runner=runner, gatherer=gatherer)))
    run(entry.trial.dataset, [contestant for _, contestant in running], feeding, order=order)
    return [
        _Attempt(cause=cause, score=_score(contestant.gatherer, cause, claim))
        for cause, contestant in running
        if not contestant.failure
    ]


def _score(gatherer: Gatherer, cause: Cause, claim: Claim) -> Score:
    kept = gatherer.kept()
    return gatherer.task.score(kept if cause.order is None else relabelled(kept, cause.order), claim.subject)
