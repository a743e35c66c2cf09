"""Run the models that cards are about, and judge what the cards report of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

import torch

from registry.types import Claim, Unverifiable, Verdict
from registry.verify.accuracy.diagnose import diagnose
from registry.verify.accuracy.entry import Entry
from registry.verify.accuracy.job import Job, load, prepare, questions
from registry.verify.accuracy.options import MODELS_IN_A_PASS, EvaluationOptions
from registry.verify.accuracy.outcomes import outcomes
from registry.verify.accuracy.quick import BATCH_SIZE, draw, sampling_of
from registry.verify.accuracy.shelf import Shelf
from registry.verify.claims import ModelClaims
from registry.verify.datasets import Arrays, Dataset
from registry.verify.evaluation.feed import Feeding
from registry.verify.evaluation.runner import Runner, devices
from registry.verify.evaluation.session import Contestant, run
from registry.verify.evaluators import KINDS, kind_of
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.weights import RefusedError

_FEW_SAMPLES = 1000
"""So few are decoded sooner than worker processes start."""


def takes(claim: Claim) -> bool:
    """Whether a claim is one that is evaluated."""
    return claim.dataset is not None and kind_of(claim.subject) is not None


def verify_accuracy(
    work: Sequence[ModelClaims], options: EvaluationOptions, *, shelf: Shelf | None = None
) -> Iterator[Outcome]:
    """Evaluate models on data; those that share a dataset share reading and decoding it.

    Args:
        work: Models with their claims; claims of other things than results are left out.
        options: Where the data is, and how to evaluate.
        shelf: Datasets that were found before.

    Yields:
        One outcome for each claim, as soon as it is there.

    Raises:
        UsageError: The options name a device that is not here.
        OutputError: The cache or the predictions cannot be written.
    """
    where = devices(options.device)
    shelf = shelf or Shelf(options.data, options.remembered)
    groups: dict[str, list[Job]] = {}
    for question in questions(work):
        try:
            job = prepare(question, options, shelf)
        except Unverifiable as error:
            yield from (unverifiable(claim, error.message) for claim in question.claims)
        else:
            groups.setdefault(f"{question.kind} {job.fingerprint}", []).append(job)
    for jobs in groups.values():
        for start in range(0, len(jobs), MODELS_IN_A_PASS):
            yield from _pass(jobs[start : start + MODELS_IN_A_PASS], where, options)


def _pass(jobs: Sequence[Job], where: Sequence[torch.device], options: EvaluationOptions) -> Iterator[Outcome]:
    entries: list[Entry] = []
    for job in jobs:
        try:
            entries.append(_enter(job, where, options))
        except Unverifiable as error:
            verdict: Verdict = "error" if isinstance(error, RefusedError) else "unverifiable"
            for claim in job.question.claims:
                yield Outcome(claim=claim, verdict=verdict, reason=error.message)
    if not entries:
        return
    job = entries[0].job
    feeding = _feeding(job, where, options)
    run(
        job.dataset,
        [entry.contestant for entry in entries],
        feeding,
        order=draw(job.fingerprint, len(job.dataset.names)) if options.quick else None,
        progress=_named(options, entries),
    )
    for entry in entries:
        for outcome in outcomes(entry, options):
            if outcome.verdict == "refuted" and options.diagnose:
                yield diagnose(outcome, entry, feeding, where, options)
            else:
                yield outcome


def _enter(job: Job, where: Sequence[torch.device], options: EvaluationOptions) -> Entry:
    loaded = load(job, options)
    runner = Runner(loaded.model, job.preprocessing, where, precision=options.precision, compiled=options.compiled)
    evaluator = KINDS[job.question.kind](job.dataset)  # type: ignore[arg-type]
    contestant = Contestant(runner=runner, evaluator=evaluator)
    watch = sampling_of(job.question.claims, evaluator, len(job.dataset.names)) if options.quick else None
    if watch is not None:
        contestant.enough = watch.enough
    return Entry(job=job, loaded=loaded, contestant=contestant, sampling=watch)


def _feeding(job: Job, where: Sequence[torch.device], options: EvaluationOptions) -> Feeding:
    on_gpu = where[0].type == "cuda"
    size = BATCH_SIZE if options.quick else 256 if on_gpu else 32
    return Feeding(
        batch_size=options.batch_size or size,
        workers=_workers(job.dataset) if options.workers is None else options.workers,
        pin=on_gpu,
        masks=job.question.kind == "masks",
        prepared=None if isinstance(job.dataset, Arrays) else options.prepared,
        fingerprint=job.fingerprint,
    )


def _workers(dataset: Dataset) -> int:
    if isinstance(dataset, Arrays) or len(dataset.names) < _FEW_SAMPLES:
        return 0
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _named(options: EvaluationOptions, entries: Sequence[Entry]) -> Callable[[int, int], None] | None:
    report = options.progress
    if report is None:
        return None
    names = ", ".join(entry.job.question.model.name for entry in entries)
    return lambda done, total: report(done, total, names)
