"""Why a claim is refuted: try the usual causes on a sample, and the likeliest ones on everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch

from registry.evidence.rejudge.fineness import half_width
from registry.evidence.rejudge.score import tolerance
from registry.numbers import percent
from registry.types import Claim, Unverifiable
from registry.verify.accuracy.answer import EvaluatedModel
from registry.verify.accuracy.causes import Cause, causes
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.accuracy.outcomes import judge, measured, renumbered
from registry.verify.accuracy.quick import draw
from registry.verify.accuracy.trial import load
from registry.verify.evaluation.feed import Feeding
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.evaluation.runner import Runner
from registry.verify.evaluation.session import Contestant, run
from registry.verify.model_inputs import PictureInputs
from registry.verify.outcome import Outcome
from registry.verify.target import Preprocessing
from registry.verify.tasks import Classification, Score
from registry.verify.tasks.classification import relabelled

SAMPLE = 2000
"""How many samples every cause is tried on."""

_CONFIRMED = 6
"""How many causes are tried on all samples, the nearest first."""

_WORTH_SAYING = 0.01
"""Chance of a hit from which on it is told."""

_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A cause, and what was scored under it."""

    cause: Cause
    score: Score


def diagnose(
    outcome: Outcome, entry: EvaluatedModel, feeding: Feeding, where: Sequence[torch.device], options: EvaluationOptions
) -> Outcome:
    """The outcome of a refuted claim, with what would reproduce it where a usual cause does. It stays refuted."""
    claim, gatherer, inputs = outcome.claim, entry.contestant.gatherer, entry.trial.inputs
    if (
        not isinstance(gatherer.task, Classification)
        or not isinstance(inputs, PictureInputs)
        or not outcome.measurement
    ):
        return outcome
    dataset, state = entry.trial.dataset, entry.loaded.state
    candidates = list(causes(inputs.preprocessing, dataset.classes, gatherer.outputs, has_average=state.has_average))
    order = draw(entry.trial.fingerprint, len(dataset.names))[:SAMPLE]
    candidates += _renumbered(entry, inputs.preprocessing)
    trials = _try(candidates, order, claim, entry, feeding, where, options)
    # What a cause changes is seen best on the same samples: the sample's own luck is in both numbers.
    luck = _on_sample(entry, order, claim) - outcome.measurement.value
    finding, best = "", None
    whole = len(order) == len(dataset.names)
    nearest = nearest_cause(
        claim,
        trials,
        luck,
        lambda trial: [trial] if whole else _try([trial.cause], None, claim, entry, feeding, where, options),
    )
    if nearest is not None:
        off, best = nearest
        how = "reproduces the claim" if off == 0 else f"comes near, {off} samples from the claim"
        chance = chance_of_hit(claim, trials, best.score.samples, outcome.measurement.value)
        finding = f"with {best.cause.change} it is {measured(best.score)}, which {how}"
        finding += f" (of {len(trials)} causes one would by chance in {chance:.0%})" if chance >= _WORTH_SAYING else ""
    if best is None:
        finding = f"none of {len(trials)} usual causes explains it"
        if trials:
            finding += f"; the nearest is {trials[0].cause.change}, {percent(trials[0].score.value)}"
    scores = {trial.cause.change: round(trial.score.value, 6) for trial in trials[:_SHOWN]}
    diagnosis = {"tried_on": len(order), "nearest": scores, "cause": None if best is None else best.cause.change}
    details = {**outcome.measurement.details, "diagnosis": diagnosis}
    return replace(
        outcome, reason=f"{outcome.reason}; {finding}", measurement=replace(outcome.measurement, details=details)
    )


def nearest_cause(
    claim: Claim, trials: list[Attempt], luck: float, confirm: Callable[[Attempt], Sequence[Attempt]]
) -> tuple[int, Attempt] | None:
    """The cause that comes nearest to a claim on all samples, and by how many; `None` where none comes near.

    Args:
        claim: What was refuted.
        trials: Every cause with its score on some of the samples; they are sorted, the nearest first.
        luck: By how much the measurement itself is higher on those samples than on all.
        confirm: Scores a cause on all samples; nothing where it cannot be.
    """
    trials.sort(key=lambda trial: abs(trial.score.value - luck - float(claim.reported.value)))
    on_all = [
        (abs(off), at, attempt)
        for at, trial in enumerate(trials[:_CONFIRMED])
        for attempt in confirm(trial)
        if (off := judge(claim, attempt.score).difference) is not None
    ]
    nearest = min(on_all, key=lambda row: row[:2], default=None)
    if nearest is None or nearest[0] > tolerance(nearest[2].score.samples):
        return None
    return nearest[0], nearest[2]


def _renumbered(entry: EvaluatedModel, used: Preprocessing) -> list[Cause]:
    """Another numbering of the classes, where the answers themselves show one."""
    numbering = renumbered(entry)
    if numbering is None:
        return []
    classes = entry.trial.dataset.classes
    moved = [f"output {output} for {classes[label]}" for label, output in enumerate(numbering.order) if output != label]
    more = f" and {len(moved) - 3} more" if len(moved) > 3 else ""
    change = f"classes numbered otherwise, {', '.join(moved[:3])}{more}"
    return [Cause(change=change, preprocessing=used, order=numbering.order)]


def _on_sample(entry: EvaluatedModel, order: Sequence[int], claim: Claim) -> float:
    """The score as it was measured, on some of the samples; all of it where they were not all answered."""
    gatherer = entry.contestant.gatherer
    hits = gatherer.task.hits(gatherer.kept(), gatherer.task.subject(claim))
    if hits is None or len(hits) < len(entry.trial.dataset.names) or not order:
        return gatherer.score(gatherer.task.subject(claim)).value
    return float(hits[list(order)].mean())


def chance_of_hit(claim: Claim, trials: Sequence[Attempt], samples: int, measured_value: float) -> float:
    """How likely one of the causes would come as near to a number that none of them explains.

    Such a number lies up to twice as far from the measurement as the claim does, and is refuted; each cause covers what
    is printed and what other decoding may turn, on both sides.
    """
    reach = float(half_width(claim.reported)) + tolerance(samples) / samples
    far = 2 * max(abs(float(claim.reported.value) - measured_value), reach)
    covered = possible = 0.0
    for low, high in (
        (max(0.0, measured_value - far), measured_value - reach),
        (measured_value + reach, min(1.0, measured_value + far)),
    ):
        possible += max(0.0, high - low)
        reached = low
        for value in sorted(trial.score.value for trial in trials):
            covered += max(0.0, min(high, value + reach) - max(reached, value - reach))
            reached = max(reached, min(high, value + reach))
    return min(1.0, covered / possible) if possible else 1.0


def _try(
    candidates: Sequence[Cause],
    order: Sequence[int] | None,
    claim: Claim,
    entry: EvaluatedModel,
    feeding: Feeding,
    where: Sequence[torch.device],
    options: EvaluationOptions,
) -> list[Attempt]:
    """Score the claim's metric under each cause, in one pass over the samples; a cause that cannot be is left out."""
    running: list[tuple[Cause, Contestant]] = []
    for cause in candidates:
        try:
            loaded = load(entry.trial, options, average=True) if cause.average else entry.loaded
        except Unverifiable:
            continue
        runner = Runner(loaded.model, PictureInputs(cause.preprocessing), where, precision=options.precision)
        gatherer = Gatherer(entry.contestant.gatherer.task, entry.trial.dataset)
        running.append((cause, Contestant(runner=runner, gatherer=gatherer)))
    run(entry.trial.dataset, [contestant for _, contestant in running], feeding, order=order)
    return [
        Attempt(cause=cause, score=_score(contestant.gatherer, cause, claim))
        for cause, contestant in running
        if not contestant.failure
    ]


def _score(gatherer: Gatherer, cause: Cause, claim: Claim) -> Score:
    predictions = gatherer.kept()
    return gatherer.task.score(
        predictions if cause.order is None else relabelled(predictions, cause.order), gatherer.task.subject(claim)
    )
