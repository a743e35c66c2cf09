"""Verify what cards say of parameters, FLOPs and file sizes: many models, in processes, siblings as evidence."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from registry.evidence.rejudge import COUNTED
from registry.types import Claim, MirError, Model
from registry.verify.builders import BUILT_IN, TRUSTED, exported, resolve
from registry.verify.counts.count_verdicts import outcomes
from registry.verify.counts.counted_model import CountedModel
from registry.verify.counts.filesize import AskSize, local_file
from registry.verify.counts.headers import ReadRemote
from registry.verify.counts.inputs import candidate_inputs
from registry.verify.counts.measure import Counted, CountJob, count_model
from registry.verify.counts.sibling_rules import Siblings
from registry.verify.counts.trace_cache import TraceCache
from registry.verify.engines import Engine, Failure, Processes, Resources, run
from registry.verify.environment import source_digest
from registry.verify.outcome import Outcome
from registry.verify.parameters import variants

GIB = 2**30

LIMITS = Resources(seconds=120, memory=GIB // 2, most=8 * GIB)
"""What counting one model may take; half a GiB is what a process that has loaded torch has."""

Progress = Callable[[int, int, str], None]
"""Called with how many models are done, how many there are, and the name of the one just done."""


def verify_counts(
    models: Sequence[tuple[Model, Sequence[Claim]]],
    *,
    engine: Engine | None = None,
    limits: Resources = LIMITS,
    cache: Path | None = None,
    ask_size: AskSize | None = None,
    read_remote: ReadRemote | None = None,
    progress: Progress | None = None,
    trust: bool = False,
) -> Iterator[Outcome]:
    """Count every model and judge its claims.

    Args:
        models: Models with their claims; claims of other subjects than `COUNTED` are left out.
        engine: Where models are counted; in processes of this machine, one a core, where `None`.
        limits: Time and memory that one model may use, where the engine is not this process.
        cache: Folder for traces; `None` keeps none.
        ask_size: Asks a URL for its size; without it no network is used.
        read_remote: Reads a part of a file on a host, for the headers of weights; the same.
        progress: Called as models are done.
        trust: Open programs of torch.export that lie beside their cards, which are code.

    Yields:
        One outcome for each claim, in the order of `models`, once all are counted: siblings are evidence.
    """
    entries = [
        CountedModel(model=model, claims=tuple(claim for claim in claims if claim.subject in COUNTED))
        for model, claims in models
    ]
    measure(entries, engine or Processes(), limits, cache, progress, trust=trust)
    siblings = Siblings(entries)
    for entry in entries:
        yield from outcomes(entry, siblings, ask_size, read_remote)


def measure(
    entries: Sequence[CountedModel],
    engine: Engine,
    limits: Resources,
    cache: Path | None,
    progress: Progress | None,
    *,
    trust: bool = False,
) -> None:
    """Resolve and count every entry, and fill in what came out or why nothing did; see `verify_counts`."""
    work: list[CountedModel] = []
    done = 0
    for entry in entries:
        try:
            entry.target = resolve(entry.model, trust=trust)
            if trust and entry.target.library == exported.NAME:
                file = local_file(entry.model, entry.target.name)
                entry.target = entry.target if file is None else exported.with_file(entry.target, file)
            work.append(entry)
        except MirError as error:
            entry.problem = error.message
            done += 1

    def report(entry: CountedModel) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, len(entries), entry.model.name)

    # Untrusted models are built first, so that a failure of their run is reported of the run alone.
    untrusted: list[CountedModel] = []
    trusted: list[CountedModel] = []
    for entry in work:
        (trusted if engine.in_process or _library(entry) in TRUSTED else untrusted).append(entry)
    built: list[CountedModel] = []
    for entry, result in _counts(engine, limits, cache, untrusted, run_too=False):
        if _store_count(entry, result) and _job(entry).inputs:
            built.append(entry)
        else:
            report(entry)
    for entry, result in _counts(engine, limits, cache, built, run_too=True):
        _store_run(entry, result)
        report(entry)
    failed: list[tuple[CountedModel, Failure]] = []
    for entry, result in _counts(engine, limits, cache, trusted, run_too=True):
        if isinstance(result, Failure) and not result.expected and not engine.in_process and _job(entry).inputs:
            failed.append((entry, result))
        else:
            _store_count(entry, result)
            report(entry)
    # What was wrong may have been the run, which the number of parameters does not need.
    reasons = {id(entry): failure for entry, failure in failed}
    for entry, result in _counts(engine, limits, cache, [entry for entry, _ in failed], run_too=False):
        _store_count(entry, result)
        _store_run(entry, reasons[id(entry)])
        report(entry)


def _counts(
    engine: Engine, limits: Resources, cache: Path | None, entries: Sequence[CountedModel], *, run_too: bool
) -> Iterator[tuple[CountedModel, Counted | Failure]]:
    """What each model comes to; those that are the same model on the same inputs, and claim the same, are one job."""
    jobs = [_job(entry) if run_too else replace(_job(entry), inputs=()) for entry in entries]
    alike: dict[object, list[int]] = {}
    for index, job in enumerate(jobs):
        same = (job.target.library, job.target.same, job.inputs, job.reported) if job.target.same else index
        alike.setdefault(same, []).append(index)
    groups = list(alike.values())
    calls = ((jobs[group[0]], replace(limits, alone=_library(entries[group[0]]) not in BUILT_IN)) for group in groups)
    for number, result in run(engine, partial(_count, cache), calls):
        for index in groups[number]:
            yield entries[index], result


def _store_count(entry: CountedModel, result: Counted | Failure) -> bool:
    """Keep what counting came to; whether there is anything."""
    if isinstance(result, Failure):
        entry.problem, entry.failed = result.reason, not result.expected
        return False
    later = entry.target.later if entry.target is not None else ()
    entry.counted, entry.parameters = result, variants(result.ledger, later)
    return True


def _store_run(entry: CountedModel, result: Counted | Failure) -> None:
    """Keep what running came to of a model that was built, or why it does not run."""
    if not isinstance(result, Failure):
        _store_count(entry, result)
    elif entry.counted is not None:
        entry.counted = replace(entry.counted, failures=(f"the model does not run: {result.reason}",))


def _library(entry: CountedModel) -> str:
    assert entry.target is not None
    return entry.target.library


def _count(folder: Path | None, job: CountJob) -> Counted:
    with warnings.catch_warnings():
        # Warnings of the model's own code are not about its counts.
        warnings.simplefilter("ignore")
        traces = TraceCache(folder)
        # What is kept of a count is one of this very code; a trace outlives it.
        variant = f"{job.inputs!r} {job.reported!r} {source_digest('count')}"
        return traces.keep(Counted, job.target, (), variant, lambda: count_model(job, traces))


def _job(entry: CountedModel) -> CountJob:
    assert entry.target is not None
    flops = entry.of("flops")
    return CountJob(
        target=entry.target,
        inputs=candidate_inputs(entry.model, entry.target) if flops else (),
        reported=tuple(claim.reported for claim in flops),
    )
