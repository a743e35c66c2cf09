"""Cut an evaluation into jobs: what shares a library, a dataset and a transform runs in one place, in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from registry.claims import ModelClaims
from registry.types import DatasetRef, MirError, Unverifiable
from registry.verify.accuracy.options import MODELS_IN_A_PASS, EvaluationOptions
from registry.verify.accuracy.trial import Question, questions
from registry.verify.builders import BUILT_IN as LIBRARIES
from registry.verify.builders import TRUSTED, resolve
from registry.verify.builders.hub_folder import fetch_running
from registry.verify.counts.trace_cache import TraceCache
from registry.verify.datasets import canonical, name_of, plugin_of, whereabouts
from registry.verify.engines import Engine, Failure, in_worker
from registry.verify.engines.once import LIMITS
from registry.verify.engines.process import machine_memory
from registry.verify.model_inputs import Transform
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.parameters import ParameterCount, ledger
from registry.verify.target import Target
from registry.verify.tasks import BUILT_IN, inputs_of, task_named
from registry.verify.trace import build

GIB = 2**30

WEIGHTS_IN_A_PASS = 4 * GIB
"""Bytes of weights that lie in memory together; a model that is larger than that runs alone.

Large models gain little from sharing what is read, and a job of several of them ends long after all others.
"""

BASE_MEMORY = 3 * GIB
"""Bytes of a process that has loaded torch and holds a few batches and what a model makes of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationJob:
    """Models to evaluate in one pass over one dataset, as plain data that goes to any machine.

    Attributes:
        task: Name of the task.
        work: The models, each with its claims of this dataset; `MODELS_IN_A_PASS` of them at most.
        library: The library that builds them.
        dataset: The dataset's canonical name.
        transform: What is done to each sample alone, such as resizing. Normalisation is each model's own.
        gpus: GPUs that it asks for.
        memory: Bytes of main memory that it asks for; see `memory_of`.
    """

    task: str
    work: tuple[ModelClaims, ...]
    library: str
    dataset: str
    transform: Transform
    gpus: float
    memory: int

    @property
    def strange(self) -> bool:
        """Whether its models, its task or its data are code that neither we nor the libraries we know wrote."""
        return self.library not in TRUSTED or self.alone

    @property
    def alone(self) -> bool:
        """Whether some of it is a plug-in's, which shares no process with what others wrote."""
        return self.library not in LIBRARIES or self.task not in BUILT_IN or plugin_of(self.dataset) is not None


def evaluation_jobs(
    work: Sequence[ModelClaims], options: EvaluationOptions, *, gpus: float = 0, engine: Engine | None = None
) -> tuple[list[EvaluationJob], list[Outcome]]:
    """The jobs that settle every claim of `work` that is evaluated.

    No weights are loaded or fetched, and no dataset is looked at: it may be on other machines only. Each architecture
    is built once, without memory for its parameters, to learn its size. Time and memory are linear in the number of
    models.

    Args:
        work: Models with their claims; claims of other things than results are left out.
        options: Which datasets there are, and how pictures are prepared.
        gpus: GPUs that each job asks for. It is given whole ones: a pass looks for the largest batch that the GPU's
            memory takes, so that a second job beside it would have none.
        engine: Where jobs run. Strangers' models are built in a worker to learn their size, unless it is this process.

    Returns:
        The jobs, by dataset in the order in which the cards first name them, models in the order of the cards; and
        the outcome of each claim that no machine can evaluate. A claim is in exactly one of the two.
    """
    groups: dict[tuple[str, str, str, Transform], list[tuple[ModelClaims, int]]] = {}
    rejected: list[Outcome] = []
    weigh = _Weights(options, beside=engine is None or not engine.in_process)

    @cache
    def dataset_of(ref: DatasetRef, task: str) -> str:
        name = name_of(ref, options.data)
        whereabouts(name, options.data, answers=task_named(task).answers, hub=ref.type)
        return canonical(name)

    for question in questions(work):
        try:
            target = resolve(question.model, trust=options.policy.trust)
            dataset = dataset_of(question.dataset, question.task)
            fetch_running(target.folder, options.policy)
            inputs = inputs_of(question.task, question.model, target, options.preprocessing)
        except Unverifiable as error:
            rejected += (unverifiable(claim, error.message) for claim in question.claims)
            continue
        weight = weigh(target)
        if isinstance(weight, Failure):
            reason = f"the model cannot be built: {weight.reason}"
            rejected += (Outcome(claim=claim, verdict="error", reason=reason) for claim in question.claims)
            continue
        key = (question.task, dataset, target.library, inputs.transform)
        groups.setdefault(key, []).append((_asked(question), weight))
    jobs = [
        EvaluationJob(
            task=task,
            work=tuple(model_claims for model_claims, _ in part),
            library=library,
            dataset=dataset,
            transform=transform,
            gpus=gpus,
            memory=memory_of([weights for _, weights in part]),
        )
        for (task, dataset, library, transform), models in groups.items()
        for part in _parts(models, most=MODELS_IN_A_PASS if library in LIBRARIES else 1)
    ]
    order = {(job.task, job.dataset): at for at, job in reversed(list(enumerate(jobs)))}
    return sorted(jobs, key=lambda job: order[job.task, job.dataset]), rejected


def passes(jobs: Sequence[EvaluationJob]) -> Iterator[tuple[ModelClaims, ...]]:
    """The models of jobs of one dataset put together again, for one process that reads each picture once for all.

    Decoding a picture costs more than resizing it, so that models of different libraries and transforms had better
    share it where they run in one place. What a model answers does not depend on which models run beside it.
    """
    together: dict[tuple[str, str], list[ModelClaims]] = {}
    for job in jobs:
        together.setdefault((job.task, job.dataset), []).extend(job.work)
    for models in together.values():
        for start in range(0, len(models), MODELS_IN_A_PASS):
            yield tuple(models[start : start + MODELS_IN_A_PASS])


def memory_of(weights: Sequence[int]) -> int:
    """Bytes of main memory that a pass needs: `BASE_MEMORY` + the weights of all its models + the largest once more.

    All models of a pass are in memory together, and while one is loaded, its file is there beside it.
    """
    return BASE_MEMORY + sum(weights) + max(weights, default=0)


def _asked(question: Question) -> ModelClaims:
    return ModelClaims(model=question.model, claims=question.claims)


def _parts(models: Sequence[tuple[ModelClaims, int]], most: int) -> Iterator[list[tuple[ModelClaims, int]]]:
    part: list[tuple[ModelClaims, int]] = []
    total = 0
    for model_claims, weights in models:
        if part and (len(part) == most or total + weights > WEIGHTS_IN_A_PASS):
            yield part
            part, total = [], 0
        part.append((model_claims, weights))
        total += weights
    if part:
        yield part


def most_of(memory: int) -> int:
    """Bytes that a job may take which is likely to take so many: twice as much, within the machine's memory."""
    return max(memory, min(max(2 * memory, memory + 8 * GIB), machine_memory()))


class _Weights:
    """Bytes of models' weights in 32-bit floats, each architecture looked at once."""

    def __init__(self, options: EvaluationOptions, *, beside: bool) -> None:
        self._folder = options.folder / "traces"
        self._beside = beside
        self._limits = LIMITS if options.seconds is None else replace(LIMITS, seconds=options.seconds)
        self._known: dict[str, int | Failure] = {}

    def __call__(self, target: Target) -> int | Failure:
        # The builder and its arguments: several weights of one architecture differ in neither.
        architecture = f"{target.library} {target.version} {target.build!r}"
        if architecture not in self._known:
            weigh = partial(_weigh, self._folder)
            strange = self._beside and target.library not in TRUSTED
            self._known[architecture] = in_worker(weigh, target, self._limits) if strange else weigh(target)
        return self._known[architecture]


def _weigh(folder: Path, target: Target) -> int:
    try:
        counted = TraceCache(folder).keep(ParameterCount, target, (), "", lambda: ledger(build(target.build)))
    except MirError:
        # It cannot be built, or is its own file: the job will say so, or be let in by its base alone.
        return 0
    return 4 * (counted.total + counted.buffers)
