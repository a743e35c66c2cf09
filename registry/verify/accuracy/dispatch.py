"""Evaluate on an engine: jobs go out, answers come back, and what is written is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from registry.claims import ModelClaims
from registry.evidence.rejudge import contradictions
from registry.types import Claim, Evidence, Verdict
from registry.verify.accuracy.answer import Answer, keep
from registry.verify.accuracy.dataset_cache import DatasetCache
from registry.verify.accuracy.evaluate_models import evaluate
from registry.verify.accuracy.jobs import EvaluationJob, evaluation_jobs, most_of, passes
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.accuracy.trial import questions
from registry.verify.datasets import name_of, whereabouts
from registry.verify.engines import Engine, Failure, Local, NotHereError, Processes, Resources, run
from registry.verify.evaluation.runner import devices
from registry.verify.outcome import Outcome
from registry.verify.tasks import decide, task_named

Piece = tuple[tuple[ModelClaims, ...], Resources]


@dataclass(frozen=True, kw_only=True, slots=True)
class JobPayload:
    """What goes to a worker for one job.

    Attributes:
        earlier: Earlier evidence of these claims, by the claim's digest.
        predictions: Whether the answers are to hold what the models said of each sample.
        tasks: Which task takes each claim, by its digest.
    """

    work: tuple[ModelClaims, ...]
    earlier: Mapping[str, Evidence]
    predictions: bool
    tasks: Mapping[str, str]


def verify_accuracy(
    work: Sequence[ModelClaims],
    options: EvaluationOptions,
    *,
    shelf: DatasetCache | None = None,
    engine: Engine | None = None,
) -> Iterator[Outcome]:
    """Evaluate models on data.

    Where jobs run in this process, models of one dataset share the reading of it, whatever their library and
    transform; elsewhere each job reads for itself. A model's answers do not depend on which others run beside it, so
    that the evidence is the same.

    Args:
        work: Models with their claims; claims of other things than results are left out.
        options: Where the data is, and how to evaluate.
        shelf: Datasets that were found before, for a run in this process.
        engine: Where jobs run; where `None`, in this process, and those of strangers' code in one of their own.

    Yields:
        One outcome for each claim, as soon as it is there.

    Raises:
        UsageError: The options name a device that is not here, where models run in this process.
        OutputError: The predictions cannot be written, or the cache of this process.
    """
    here = engine or Local()
    device, gpus = here.place(options.device)
    if here.in_process:
        devices(options.device)  # says at once what is wrong with it
    jobs, rejected = evaluation_jobs(work, options, gpus=gpus, engine=engine)
    yield from rejected
    if not here.in_process:
        yield from _settle_there(here, jobs, options, device)
        return
    strange = [job for job in jobs if job.strange] if engine is None else []
    ours = [job for job in jobs if job not in strange]
    function = partial(_evaluate, options, shelf or DatasetCache(options.data, options.remembered))
    yield from _settle(here, function, [(models, Resources()) for models in passes(ours)], options)
    if strange:
        yield from _settle_there(Processes(1), strange, options, options.device)


def _settle_there(
    engine: Engine, jobs: Sequence[EvaluationJob], options: EvaluationOptions, device: str
) -> Iterator[Outcome]:
    """Run jobs in workers, the largest first: a long job that starts last ends long after all others."""
    placed, gpus = engine.place(device)
    function = partial(_evaluate_there, options.travelling(placed, engine.cores(gpus)))
    pieces = [
        (
            job.work,
            Resources(
                gpus=gpus,
                memory=job.memory,
                seconds=options.seconds_for(len(job.work)),
                most=None if gpus else most_of(job.memory),  # CUDA reserves more addresses than there is memory
                alone=job.alone,
            ),
        )
        for job in sorted(jobs, key=lambda job: job.memory, reverse=True)
    ]
    yield from _settle(engine, function, pieces, options)


def _settle(
    engine: Engine,
    function: Callable[[JobPayload], tuple[Answer, ...]],
    pieces: Sequence[Piece],
    options: EvaluationOptions,
) -> Iterator[Outcome]:
    alone: list[Piece] = []
    done, models = 0, sum(len(work) for work, _ in pieces)
    errands = ((_errand(work, options), resources) for work, resources in pieces)
    for number, result in run(engine, function, errands):
        work, resources = pieces[number]
        if resources.alone and not isinstance(result, Failure):
            result = _held(result, work)
        if not isinstance(result, Failure):
            for answer in result:
                yield from keep(answer, options.predictions)
        elif len(work) > 1 and not result.expected:
            # One model may have taken the others down with it: each has its own chance.
            seconds = options.seconds_for(1)
            alone += [((model_claims,), replace(resources, seconds=seconds)) for model_claims in work]
            continue
        else:
            verdict: Verdict = "unverifiable" if result.expected else "error"
            for claim in (claim for model_claims in work for claim in model_claims.claims):
                yield Outcome(claim=claim, verdict=verdict, reason=result.reason)
        done += len(work)
        if options.progress is not None and not engine.in_process:
            options.progress(done, models, ", ".join(model_claims.model.name for model_claims in work))
    if alone:
        yield from _settle(engine, function, alone, options)


def _held(answers: tuple[Answer, ...], work: Sequence[ModelClaims]) -> tuple[Answer, ...] | Failure:
    """What a stranger's process answered, where that is one outcome for each claim it was asked about, and no other."""
    left = [claim for model_claims in work for claim in model_claims.claims]
    for outcome in (outcome for answer in answers for outcome in answer.outcomes):
        if outcome.claim not in left:
            return Failure(reason="its process returned results that were not asked for")
        left.remove(outcome.claim)
        if wrong := _contradiction(outcome):
            return Failure(reason=f"the result of its process contradicts itself: {wrong}")
    if left:
        return Failure(reason="its process did not return a result for every claim")
    return answers


def _contradiction(outcome: Outcome) -> str:
    """What is wrong with an outcome as a record; empty where nothing is."""
    measured = outcome.measurement
    if measured is not None and "predictions" in measured.details:
        return "it names a file of predictions, which it may not write"
    record = Evidence(claim=outcome.claim, verdict=outcome.verdict, reason=outcome.reason, measurement=measured)
    return next(iter(contradictions(record)), "")


def _errand(work: tuple[ModelClaims, ...], options: EvaluationOptions) -> JobPayload:
    records = {claim.digest: options.earlier(claim) for model_claims in work for claim in model_claims.claims}
    return JobPayload(
        work=work,
        earlier={digest: record for digest, record in records.items() if record is not None},
        predictions=options.predictions is not None,
        tasks={claim.digest: question.task for question in questions(work) for claim in question.claims},
    )


def _evaluate(options: EvaluationOptions, shelf: DatasetCache | None, errand: JobPayload) -> tuple[Answer, ...]:
    options = replace(options, earlier=partial(_known, errand))
    return tuple(evaluate(errand.work, options, shelf=shelf, predictions=errand.predictions))


def _evaluate_there(options: EvaluationOptions, errand: JobPayload) -> tuple[Answer, ...]:
    """The same in a worker, which may be on a machine that lacks the dataset where another has it."""
    decide(errand.tasks)
    for question in questions(errand.work):
        name = name_of(question.dataset, options.data)
        folder = whereabouts(name, options.data, answers=task_named(question.task).answers)
        if folder is not None and not folder.exists():
            raise NotHereError(f"{name} is not here: there is no {folder}")
    return _evaluate(options, None, errand)


def _known(errand: JobPayload, claim: Claim) -> Evidence | None:
    return errand.earlier.get(claim.digest)
