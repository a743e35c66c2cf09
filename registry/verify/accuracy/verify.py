"""Run the models that cards are about, and judge what the cards report of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from registry.types import Claim, Measurement, Unverifiable, Verdict
from registry.verify.accuracy.job import Job, Loaded, load, prepare, preprocessing_digest, questions
from registry.verify.accuracy.judge import judge
from registry.verify.accuracy.keep import keep_predictions
from registry.verify.accuracy.options import MODELS_IN_A_PASS, EvaluationOptions
from registry.verify.claims import ModelClaims
from registry.verify.datasets import Arrays, Dataset
from registry.verify.evaluation.feed import Feeding
from registry.verify.evaluation.runner import Runner, devices
from registry.verify.evaluation.session import Contestant, Passed, run
from registry.verify.evaluators import KINDS, Evaluator, kind_of
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.weights import RefusedError

_LISTED = 100
"""Samples that could not be read that a record names."""

_FEW_SAMPLES = 1000
"""So few are decoded sooner than worker processes start."""


def takes(claim: Claim) -> bool:
    """Whether a claim is one that is evaluated."""
    return claim.dataset is not None and kind_of(claim.subject) is not None


def verify_accuracy(work: Sequence[ModelClaims], options: EvaluationOptions) -> Iterator[Outcome]:
    """Evaluate models on data; those that share a dataset share reading and decoding it.

    Args:
        work: Models with their claims; claims of other things than results are left out.
        options: Where the data is, and how to evaluate.

    Yields:
        One outcome for each claim, as soon as it is there.

    Raises:
        UsageError: The options name a device that is not here.
        OutputError: The cache or the predictions cannot be written.
    """
    where = devices(options.device)
    groups: dict[str, list[Job]] = {}
    for question in questions(work):
        try:
            job = prepare(question, options)
        except Unverifiable as error:
            yield from (unverifiable(claim, error.message) for claim in question.claims)
        else:
            groups.setdefault(f"{question.kind} {job.fingerprint}", []).append(job)
    for jobs in groups.values():
        for start in range(0, len(jobs), MODELS_IN_A_PASS):
            yield from _pass(jobs[start : start + MODELS_IN_A_PASS], where, options)


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A model on its way through a pass."""

    job: Job
    loaded: Loaded
    contestant: Contestant


def _pass(jobs: Sequence[Job], where: Sequence[torch.device], options: EvaluationOptions) -> Iterator[Outcome]:
    entries: list[_Entry] = []
    for job in jobs:
        try:
            loaded = load(job, options)
        except Unverifiable as error:
            verdict: Verdict = "error" if isinstance(error, RefusedError) else "unverifiable"
            for claim in job.question.claims:
                yield Outcome(claim=claim, verdict=verdict, reason=error.message)
            continue
        runner = Runner(loaded.model, job.preprocessing, where, precision=options.precision, compiled=options.compiled)
        evaluator = KINDS[job.question.kind](job.dataset)  # type: ignore[arg-type]
        entries.append(_Entry(job=job, loaded=loaded, contestant=Contestant(runner=runner, evaluator=evaluator)))
    if not entries:
        return
    job = entries[0].job
    passed = run(
        job.dataset,
        [entry.contestant for entry in entries],
        feeding(job, where, options),
        progress=_named(options, entries),
    )
    for entry in entries:
        yield from _outcomes(entry, passed, options)


def feeding(job: Job, where: Sequence[torch.device], options: EvaluationOptions) -> Feeding:
    """How a job's samples are read."""
    on_gpu = where[0].type == "cuda"
    return Feeding(
        batch_size=options.batch_size or (256 if on_gpu else 32),
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


def _named(options: EvaluationOptions, entries: Sequence[_Entry]) -> Callable[[int, int], None] | None:
    report = options.progress
    if report is None:
        return None
    names = ", ".join(entry.job.question.model.name for entry in entries)
    return lambda done, total: report(done, total, names)


def _outcomes(entry: _Entry, passed: Passed, options: EvaluationOptions) -> Iterator[Outcome]:
    job, failure = entry.job, entry.contestant.failure
    digests = {
        "weights": f"sha256:{entry.loaded.fetched.sha256}",
        "dataset": job.fingerprint,
        "preprocessing": preprocessing_digest(job.preprocessing),
    }
    details = _details(entry, passed, options)
    evaluator: Evaluator = entry.contestant.evaluator
    if failure:
        reason = f"the model failed on {job.dataset.name}: {failure}"
        for claim in job.question.claims:
            yield Outcome(claim=claim, verdict="error", reason=reason, digests=digests)
        return
    kept = keep_predictions(job, evaluator, digests, options.predictions)
    for claim in job.question.claims:
        try:
            score = evaluator.score(claim.subject)
        except Unverifiable as error:
            yield unverifiable(claim, error.message)
            continue
        said = judge(claim, score)
        notes = [said.reason, *_notes(entry, passed)]
        yield Outcome(
            claim=claim,
            verdict=said.verdict,
            reason="; ".join(notes),
            measurement=Measurement(
                value=score.value,
                method="evaluate",
                samples=score.samples,
                interval=score.interval,
                details={**details, **kept, **score.details, "difference_in_samples": said.difference},
            ),
            digests=digests,
        )


def _notes(entry: _Entry, passed: Passed) -> Iterator[str]:
    if entry.loaded.note:
        yield entry.loaded.note
    if passed.unreadable:
        names = [entry.job.dataset.names[index] for index in sorted(passed.unreadable)]
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        yield f"{len(names)} could not be read and count as wrong: {', '.join(names[:3])}{more}"


def _details(entry: _Entry, passed: Passed, options: EvaluationOptions) -> dict[str, Any]:
    job, state = entry.job, entry.loaded.state
    details: dict[str, Any] = {
        "dataset": job.dataset.name,
        "preprocessing": job.preprocessing.as_dict(),
        "precision": options.precision,
        "model": f"{job.target.library}:{job.target.name}",
        "found": job.target.how,
        "weights": entry.loaded.fetched.url,
    }
    if state.steps:
        details["unwrapped"] = list(state.steps)
    if state.has_average:
        details["average"] = state.average
    if passed.unreadable:
        names = job.dataset.names
        listed = sorted(passed.unreadable)[:_LISTED]
        details["unreadable"] = {names[index]: passed.unreadable[index] for index in listed}
        details["unreadable_count"] = len(passed.unreadable)
    return details
