"""Run the models that cards are about, and judge what the cards report of them, on the machine that this runs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch

from registry.claims import ModelClaims
from registry.parallel import usable_cores
from registry.types import BuildError, Claim, Unverifiable, Verdict
from registry.verify.accuracy.answer import Answer, EvaluatedModel, gather
from registry.verify.accuracy.dataset_cache import DatasetCache
from registry.verify.accuracy.diagnosis import diagnose
from registry.verify.accuracy.options import MODELS_IN_A_PASS, EvaluationOptions
from registry.verify.accuracy.outcomes import outcomes
from registry.verify.accuracy.quick import BATCH_SIZE as QUICK_BATCH_SIZE
from registry.verify.accuracy.quick import Sampling, draw, sampling_of
from registry.verify.accuracy.trial import Trial, input_shape, load, prepare, questions
from registry.verify.datasets import Arrays, Dataset
from registry.verify.environment import environment
from registry.verify.evaluation.batches import find_batch_size, find_layout
from registry.verify.evaluation.feed import Feeding
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.evaluation.runner import Runner, devices
from registry.verify.evaluation.session import Contestant, run
from registry.verify.model_inputs import PictureInputs
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.tasks import Task, task_named
from registry.verify.weights import AlteredError, RefusedError

CPU_BATCH_SIZE = 32

_FEW_SAMPLES = 1000
"""So few are decoded sooner than worker processes start."""


def evaluate(
    work: Sequence[ModelClaims],
    options: EvaluationOptions,
    *,
    shelf: DatasetCache | None = None,
    predictions: bool = False,
) -> Iterator[Answer]:
    """Evaluate models on data; those that share a dataset share reading and decoding it.

    Yields:
        One answer for each model and dataset, as soon as it is there.

    Raises:
        UsageError: The options name a device that is not here.
        OutputError: The cache cannot be written.
    """
    where = devices(options.device)
    shelf = shelf or DatasetCache(options.data, options.remembered)
    groups: dict[str, list[Trial]] = {}
    for question in questions(work):
        try:
            trial = prepare(question, options, shelf)
        except Unverifiable as error:
            yield Answer(outcomes=tuple(unverifiable(claim, error.message) for claim in question.claims))
        else:
            groups.setdefault(f"{question.task} {trial.fingerprint}", []).append(trial)
    for trials in groups.values():
        for start in range(0, len(trials), MODELS_IN_A_PASS):
            yield from _pass(trials[start : start + MODELS_IN_A_PASS], where, options, predictions=predictions)


def _pass(
    trials: Sequence[Trial], where: Sequence[torch.device], options: EvaluationOptions, *, predictions: bool
) -> Iterator[Answer]:
    entries: list[EvaluatedModel] = []
    for trial in trials:
        try:
            entries.append(_enter(trial, where, options))
        except Unverifiable as error:
            verdict: Verdict = "error" if isinstance(error, RefusedError) else "unverifiable"
            altered = isinstance(error, AlteredError)
            yield Answer(
                outcomes=tuple(
                    Outcome(claim=claim, verdict=verdict, reason=error.message, altered=altered)
                    for claim in trial.question.claims
                )
            )
    if not entries:
        return
    trial = entries[0].trial
    feeding = _feeding(entries, where, options)
    run(
        trial.dataset,
        [entry.contestant for entry in entries],
        feeding,
        order=draw(trial.fingerprint, len(trial.dataset.names)) if options.quick else _by_length(trial.dataset),
        progress=_named(options, entries),
    )
    here = environment(where[0])
    for entry in entries:
        results: list[Outcome] = []
        for outcome in outcomes(entry, options):
            if outcome.verdict == "refuted" and "population" in _details(outcome):
                outcome = _confirm(outcome, entry, feeding, options)
            explain = outcome.verdict == "refuted" and options.diagnose
            explained = diagnose(outcome, entry, feeding, where, options) if explain else outcome
            results.append(replace(explained, environment=here) if explained.measurement else explained)
        yield Answer(outcomes=tuple(results), predictions=gather(entry) if predictions else None)


def _by_length(dataset: Dataset) -> list[int] | None:
    """Texts in the order of their lengths, the longest first, so that little of a batch is padding."""
    lengths = getattr(dataset, "lengths", None)
    if lengths is None or not any(lengths):
        return None
    return sorted(range(len(lengths)), key=lambda index: -lengths[index])


def _enter(trial: Trial, where: Sequence[torch.device], options: EvaluationOptions) -> EvaluatedModel:
    only = trial.target.only_on
    if only and any(device.type != only for device in where):
        raise BuildError(f"{trial.target.name} is quantized and runs on the {only} alone; give --device {only}")
    loaded = load(trial, options)
    task = task_named(trial.question.task)
    runner = Runner(
        task.running(loaded.model, trial.inputs),
        trial.inputs,
        where,
        precision=options.precision,
        compiled=options.compiled,
    )
    gatherer = Gatherer(task, trial.dataset)
    contestant = Contestant(runner=runner, gatherer=gatherer)
    watch = _watch(trial.question.claims, contestant, len(trial.dataset.names)) if options.quick else None
    return EvaluatedModel(trial=trial, loaded=loaded, contestant=contestant, sampling=watch)


def _confirm(outcome: Outcome, entry: EvaluatedModel, feeding: Feeding, options: EvaluationOptions) -> Outcome:
    """A refutation by drawn samples, asked again in an order of the claim's own.

    Models that err together, and runs that are repeated, would otherwise all be refuted by one unlucky order.
    """
    claim, trial = outcome.claim, entry.trial
    again = Contestant(runner=entry.contestant.runner, gatherer=Gatherer(entry.contestant.gatherer.task, trial.dataset))
    watch = _watch([claim], again, len(trial.dataset.names))
    order = draw(trial.fingerprint, len(trial.dataset.names), claim)
    run(trial.dataset, [again], feeding, order=order)
    (confirmed,) = outcomes(replace(entry, contestant=again, sampling=watch), options, (claim,))
    if confirmed.measurement is None or outcome.measurement is None:
        return confirmed
    first = {"right": _details(outcome)["right"], "samples": outcome.measurement.samples}
    in_first = f"{first['right']} of {first['samples']} samples in another order"
    verb = "so did" if confirmed.verdict == "refuted" else "it was refuted by"
    details = {**confirmed.measurement.details, "first_order": first}
    return replace(
        confirmed,
        reason=f"{confirmed.reason}; {verb} {in_first}",
        measurement=replace(confirmed.measurement, details=details),
    )


def _details(outcome: Outcome) -> Mapping[str, Any]:
    return {} if outcome.measurement is None else outcome.measurement.details


def _watch(claims: Sequence[Claim], contestant: Contestant, population: int) -> Sampling | None:
    """What ends a model's part in a pass as soon as all claims are decided."""
    watch = sampling_of(claims, contestant.gatherer, population, lambda: len(contestant.unreadable))
    if watch is not None:
        contestant.enough = watch.enough
    return watch


def _feeding(entries: Sequence[EvaluatedModel], where: Sequence[torch.device], options: EvaluationOptions) -> Feeding:
    trial = entries[0].trial
    task = task_named(trial.question.task)
    return Feeding(
        batch_size=options.batch_size or _batch_size(entries, where, options),
        workers=_workers(trial.dataset, options.cores) if options.workers is None else options.workers,
        pin=where[0].type == "cuda",
        task=task if type(task).reference is not Task.reference else None,
        prepared=None if isinstance(trial.dataset, Arrays) else options.prepared,
        fingerprint=trial.fingerprint,
    )


def _batch_size(entries: Sequence[EvaluatedModel], where: Sequence[torch.device], options: EvaluationOptions) -> int:
    """How many samples are read at once; on a GPU each model's own best is found, and bounds what it takes of them."""
    if options.quick:
        return QUICK_BATCH_SIZE
    if where[0].type != "cuda":
        return CPU_BATCH_SIZE
    return max(CPU_BATCH_SIZE, *(_own_batch_size(entry, where[0], options) for entry in entries))


def _own_batch_size(entry: EvaluatedModel, device: torch.device, options: EvaluationOptions) -> int:
    inputs, runner = entry.trial.inputs, entry.contestant.runner
    if not isinstance(inputs, PictureInputs) or not inputs.transform.fixed:
        return CPU_BATCH_SIZE
    shape = input_shape(entry.trial.target, inputs.preprocessing)
    try:
        if not options.compiled:  # torch.compile lays convolutions out itself
            find_layout(runner, shape, device)
        size = find_batch_size(runner, shape, device)
    except Exception:  # noqa: BLE001
        # A model is foreign code and may raise anything; the pass itself will say of it what it cannot do.
        return CPU_BATCH_SIZE
    runner.limit = min(runner.limit, size)
    return size


def _workers(dataset: Dataset, cores: int | None) -> int:
    in_memory = isinstance(dataset, Arrays) or any(getattr(dataset, "lengths", ()))
    if in_memory or len(dataset.names) < _FEW_SAMPLES:
        return 0
    if cores is not None:
        return cores if cores > 1 else 0
    return usable_cores()


def _named(options: EvaluationOptions, entries: Sequence[EvaluatedModel]) -> Callable[[int, int], None] | None:
    report = options.progress
    if report is None:
        return None
    names = ", ".join(entry.trial.question.model.name for entry in entries)
    return lambda done, total: report(done, total, names)
